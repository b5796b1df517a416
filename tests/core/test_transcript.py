"""Which lines count, what is read of them, and that the short cut never disagrees with the rule."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core import acceptance
from cctray.core.transcript import parse, whole_lines
from cctray.core.usage import DAILY, ENTRIES, SPEED_FAST, Tokens
from tests.core.corpus_maker import corpus

USAGE = {
    "input_tokens": 10,
    "output_tokens": 20,
    "cache_creation_input_tokens": 30,
    "cache_read_input_tokens": 40,
}
MESSAGE: dict[str, object] = {
    "id": "msg_1",
    "model": "claude-opus-4-8",
    "content": [{"type": "text", "text": "hi"}],
    "usage": USAGE,
}
LINE: dict[str, object] = {
    "type": "assistant",
    "timestamp": "2026-06-01T10:15:00.000Z",
    "version": "2.1.0",
    "sessionId": "s1",
    "requestId": "req_1",
    "message": MESSAGE,
}


def text(value: object) -> bytes:
    """JSON as Claude Code writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def changed(old: str, new: str) -> bytes:
    """The plain line with one place changed."""
    line = text(LINE).decode()
    assert old in line
    return line.replace(old, new, 1).encode()


def rules(line: bytes) -> int:
    """Bits of the readers that accept a line."""
    events = parse(line, 0).events
    return events[0].rules if events else 0


def test_plain_line() -> None:
    """Every field of an ordinary line is read."""
    (event,) = parse(b"{}\n" + text(LINE) + b"\n", 1000).events
    assert event.offset == 1003
    assert event.at_ms == 1_780_308_900_000
    assert (event.message, event.request, event.session) == ("msg_1", "req_1", "s1")
    assert (event.model, event.tokens) == ("claude-opus-4-8", Tokens(10, 20, 30, 0, 40))
    assert (event.rules, event.part, event.logged_cost, event.flat_cache) == (DAILY | ENTRIES, 0, None, None)
    assert event.line_key is None


def test_split_of_cache_writes_wins_over_the_flat_count() -> None:
    """Cache writes by life time replace `cache_creation_input_tokens`, which is kept aside where it differs."""
    split = '"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"input_tokens"'
    (event,) = parse(changed('"input_tokens"', split), 0).events
    assert event.tokens == Tokens(10, 20, 1, 2, 40)
    assert event.flat_cache == 30


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"usage":{', '"usage": {', 0),
        ('"hi"', r'"\ud83d"', ENTRIES),
        ('"hi"', r'"\ud83d null"', 0),
        ('"hi"', "1e999", ENTRIES),
        ('"hi"', "[" * 122 + "]" * 122, DAILY | ENTRIES),
        ('"hi"', "[" * 124 + "]" * 124, ENTRIES),
        ('"hi"', "[" * 5000 + "]" * 5000, ENTRIES),
        ('"hi"', '{"id":null}', 0),
        ('"hi"', '{"x":null}', DAILY | ENTRIES),
        ('"hi"', '{"x":null,"x":1}', 0),
        ('"hi"', '{"x":2,"x":1}', DAILY | ENTRIES),
        ('"hi"', r'"\"id\":null"', DAILY | ENTRIES),
        ('"hi"', r'{"\u0069d":null}', 0),
        ('"hi"', '{"id" : null}', 0),
        ('"hi"', r'"\q"', 0),
        ('"input_tokens":10', '"input_tokens":10.0', 0),
        ('"input_tokens":10', '"input_tokens":-0', 0),
        ('"input_tokens":10', '"input_tokens":true', 0),
        ('"input_tokens":10', '"input_tokens":18446744073709551616', 0),
        ('"input_tokens":10', '"input_tokens":18446744073709551615', DAILY | ENTRIES),
        ('"input_tokens":10', '"input_tokens":1,"input_tokens":10', 0),
        ('"input_tokens":10', '"speed":"turbo","input_tokens":10', 0),
        ('"input_tokens":10', '"iterations":7,"input_tokens":10', DAILY | ENTRIES),
        ('"input_tokens":10', '"cache_creation":"x","input_tokens":10', 0),
        ('"version":"2.1.0"', '"version":"2.1"', 0),
        ('"version":"2.1.0"', '"version":"1.2.3-beta"', DAILY | ENTRIES),
        ('"sessionId":"s1"', '"sessionId":""', 0),
        ('"sessionId":"s1"', '"isApiErrorMessage":1', DAILY),
        ("10:15:00.000Z", "10:15:00.1Z", 0),
        ("10:15:00.000Z", "10:15:00+02:00", DAILY | ENTRIES),
        ("2026-06-01", "2026-02-30", 0),
        ('{"type"', '\ufeff{"type"', 0),
        ('"message":{', '"message":[{', 0),
        ('"usage":{', '"x":{"usage":{}},"usage":[],"y":{', 0),
    ],
)
def test_acceptance(old: str, new: str, expected: int) -> None:
    """Both readers accept what ccusage's accept (reference: input mutations measured on its binary)."""
    assert rules(changed(old, new)) == expected


def test_nested_response_counts_by_the_daily_rule_alone() -> None:
    """A subagent's response inside a progress line is read with its own time and the line's session."""
    inner = {key: LINE[key] for key in ("timestamp", "requestId", "message")}
    line = {"type": "progress", "timestamp": "x", "sessionId": "s9", "data": {"message": inner}}
    (event,) = parse(text(line), 0).events
    assert (event.rules, event.session, event.message) == (DAILY, "s9", "msg_1")


def test_advisors_follow_their_line() -> None:
    """Each advisor is an entry of its own, with its own model, tokens and speed."""
    advisor = {"type": "advisor_message", "model": "claude-opus-4-7", "speed": "fast", **USAGE}
    message = {"type": "message", "model": "x", **USAGE}
    usage = {**USAGE, "iterations": [message, advisor, advisor]}
    line = {**LINE, "costUSD": 2, "message": {**MESSAGE, "usage": usage}}
    own, first, second = parse(text(line), 0).events
    assert (own.logged_cost, first.logged_cost) == (2.0, None)
    assert (first.message, second.message) == ("msg_1:advisor:0", "msg_1:advisor:1")
    assert (first.part, first.speed, first.label) == (1, SPEED_FAST, "claude-opus-4-7")
    broken = {**line, "message": {**MESSAGE, "usage": {**usage, "iterations": [advisor, {"type": "message"}]}}}
    assert len(parse(text(broken), 0).events) == 1


def test_limit_notice() -> None:
    """The reset time is read of an API error line."""
    line = {**LINE, "isApiErrorMessage": True, "x": "Claude AI usage limit reached|1780000000"}
    assert parse(text(line), 0).events[0].limit_reset_s == 1_780_000_000


def test_lines_without_message_id_get_a_key() -> None:
    """Equal lines have equal keys, others have others."""
    message = {key: value for key, value in MESSAGE.items() if key != "id"}
    one, other = text({**LINE, "message": message}), text({**LINE, "message": message, "sessionId": "s2"})
    first, second, third = parse(one + b"\n" + other + b"\n" + one, 0).events
    assert first.line_key == third.line_key is not None
    assert first.line_key != second.line_key


def test_refused_lines_are_counted_by_reason() -> None:
    """Damage is told by reason; lines that are no response at all are not damage."""
    lines = (
        changed('"hi"', '"hi'),
        changed('"hi"', '{"id":null}'),
        changed('"input_tokens":10', '"input_tokens":"10"'),
        changed("2026-06", "2026-66"),
        changed('"sessionId":"s1"', '"sessionId":""'),
        b'{"toolUseResult":{"usage":{"input_tokens":1}}}',
        b'{"type":"summary"}',
    )
    assert parse(b"\n".join(lines), 0).skipped == dict.fromkeys(acceptance.SKIP_REASONS, 1)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_buffer(kind: type) -> None:
    """Bytes, bytearrays and memory views give the same."""
    data = text(LINE) + b"\npart"
    assert whole_lines(kind(data)) == len(data) - 4
    assert parse(kind(data), 0) == parse(data, 0)


@given(st.integers(0, 10_000), st.data())
def test_cutting_changes_nothing(seed: int, data: st.DataObject) -> None:
    """Bytes cut at any line ends give the events of the whole, at the same offsets."""
    whole = b"".join(corpus(seed).values())
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10]
    cuts = sorted(data.draw(st.sets(st.sampled_from(ends), max_size=5)))
    pieces = zip([0, *cuts], [*cuts, len(whole)], strict=True)
    found = [event for start, end in pieces for event in parse(whole[start:end], start).events]
    assert found == parse(whole, 0).events


@given(st.integers(0, 10_000))
def test_short_cut_agrees_with_the_rule(seed: int) -> None:
    """What the short cut reads is what the exact reader reads, line by line."""
    for data in corpus(seed).values():
        for line in data.split(b"\n"):
            if b'"usage":{' in line:
                exact = acceptance.accept(line, 0)
                assert parse(line, 0).events == (exact if isinstance(exact, list) else [])


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 60))
def test_damage_is_never_fatal(junk: bytes, at: int, gone: int) -> None:
    """A line overwritten anywhere is read or refused, never raised."""
    line = text(LINE)
    parsed = parse(line[:at] + junk + line[at + gone :] + b"\n" + line, 0)
    assert parsed.events[-1].message == "msg_1"
