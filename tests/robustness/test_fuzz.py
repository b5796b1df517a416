"""Whatever bytes a transcript holds: parser and history take them, and the short cut agrees with the exact rule."""

import json
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cctray.core.acceptance import SKIP_REASONS, accept
from cctray.core.records import Record, events_of, records_of
from cctray.core.transcript import MARK, parse
from cctray.core.usage import UsageEvent
from cctray.feed.reading import read_new
from cctray.store.store import Store
from tests.transcripts import line, price_book

BOOK = price_book()
BASE = json.loads(
    line(usage={"speed": "fast", "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 2}})
)
KEYS = (
    "timestamp", "requestId", "sessionId", "costUSD", "isSidechain", "isApiErrorMessage", "version", "cwd", "message",
    "data",
    "message.id", "message.model", "message.usage", "message.usage.input_tokens", "message.usage.output_tokens",
    "message.usage.cache_creation_input_tokens", "message.usage.cache_read_input_tokens", "message.usage.speed",
    "message.usage.cache_creation", "message.usage.cache_creation.ephemeral_5m_input_tokens",
    "message.usage.iterations",
)  # fmt: skip

ODD_NUMBERS = (0, -0.0, -1, 1.0, 1e3, 0.1, 2**31, 2**53, 2**63, 2**64 - 1, 2**64, 10**30, 1e308, -1e308, True)
ODD_TEXTS = (
    "", "x", "2.1", "2.1.0", "v2.1.0", "fast", "standard", "FAST", "2026-06-01T10:15:00Z", "2026-06-01T10:15:00.000Z",
    "2026-06-01T10:15:00+02:00", "2026-02-30T10:15:00.000Z", "2026-06-01T24:00:00.000Z", "0000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:60.000Z", "2026-06-01", "\u0000", "é日🚀", "<synthetic>",
    "Claude AI usage limit reached|" + "9" * 40,
    "Claude AI usage limit reached|1780308900", "a" * 300,
)  # fmt: skip
ITERATION = {"type": "advisor_message", "model": "claude-opus-4-8", "input_tokens": 1, "output_tokens": 2}

scalars = (
    st.none()
    | st.booleans()
    | st.sampled_from(ODD_NUMBERS)
    | st.sampled_from(ODD_TEXTS)
    | st.integers()
    | st.text(max_size=5)
)
values = st.recursive(
    scalars | st.sampled_from([ITERATION, [ITERATION], [ITERATION, {}], [], {}, {"fast": None}, [1, 2]]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "usage", "message", "type"]), inner, max_size=2)
    ),
    max_leaves=4,
)
REMOVED = object()
changes = st.dictionaries(st.sampled_from(KEYS), values | st.just(REMOVED), max_size=4)


def _changed(paths: dict[str, Any], *, spaced: bool, escaped: bool) -> bytes:
    tree = json.loads(json.dumps(BASE))
    for path, value in paths.items():
        *folders, last = path.split(".")
        node: Any = tree
        for folder in folders:
            node = node.get(folder) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            continue
        if value is REMOVED:
            node.pop(last, None)
        else:
            # A copy: one sample put into another would stay there for every later example.
            node[last] = deepcopy(value)
    text = json.dumps(tree, ensure_ascii=escaped, separators=(", ", ":") if spaced else (",", ":"))
    return text.encode("utf-8", "surrogatepass")


lines = st.builds(_changed, changes, spaced=st.booleans(), escaped=st.booleans())


@st.composite
def broken_lines(draw: st.DrawFn) -> bytes:
    """A line with bytes cut out, put in, doubled or changed anywhere."""
    data = bytearray(draw(lines))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 4)):
            case 0:
                del data[at : at + draw(st.integers(1, 30))]
            case 1:
                data[at:at] = draw(
                    st.sampled_from(
                        [
                            b"\xff",
                            b"\xe2\x82",
                            b"{",
                            b"}",
                            b'"',
                            b",",
                            b"\\",
                            b"\\ud800",
                            b"null",
                            b"\x00",
                            b'"id":"y",',
                            b" ",
                        ]
                    )
                )
            case 2:
                data[at:at] = data[max(0, at - 20) : at]
            case 3 if data:
                data[at] = draw(st.integers(0, 255))
            case _:
                del data[at:]
    return bytes(data).replace(b"\n", b" ")


def _exactly(line: bytes) -> tuple[list[UsageEvent], dict[str, int]]:
    if MARK not in line:
        return [], {}
    verdict = accept(line, 0)
    if isinstance(verdict, str):
        return [], {verdict: 1}
    return verdict or [], {}


@settings(max_examples=600)
@given(lines | broken_lines())
@example(line(costUSD=0).replace(b'"costUSD":0', b'"costUSD":1' + b"0" * 400).rstrip())
@example(line(foo=0).replace(b'"foo":0', b'"foo":1' + b"0" * 6_000).rstrip())
@example(b'{"message":' + b"[" * 5_000 + b'{"usage":{"input_tokens":1}}')
@example(b'{"a":' * 130 + b'{"usage":{}}' + b"}" * 130)
def test_the_short_cut_never_disagrees_with_the_rule(data: bytes) -> None:
    """Line by line the same events and the same reasons as the exact reader gives, and no exception."""
    parsed = parse(data + b"\n", 0)
    events, skipped = _exactly(data)
    assert parsed.events == events
    assert parsed.skipped == skipped
    assert set(skipped) <= set(SKIP_REASONS)


@settings(max_examples=150)
@given(st.lists(lines | broken_lines(), max_size=5), st.integers(0, 4_000))
def test_where_the_bytes_are_cut_does_not_matter(rows: list[bytes], cut: int) -> None:
    """Any whole lines first and the rest later give what all at once gives."""
    data = b"".join(row + b"\n" for row in rows)
    at = data.rfind(b"\n", 0, cut) + 1
    first, second, both = parse(data[:at], 0), parse(data[at:], at), parse(data, 0)
    assert first.events + second.events == both.events


@settings(max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_reason_to_fail(data: bytes) -> None:
    """Noise, with and without the mark of usage."""
    parse(data, 0)
    parse(b'{"message":{"usage":{' + data, 0)


@settings(max_examples=150)
@given(st.lists(lines, min_size=1, max_size=6))
def test_records_tell_all_that_their_events_told(rows: list[bytes]) -> None:
    """Merged, coded for the pipe and taken apart again, no copy is lost or changed."""
    events = parse(b"".join(row + b"\n" for row in rows), 0).events
    records = records_of(events)
    records = msgspec.msgpack.decode(msgspec.msgpack.encode(records), type=list[Record])
    back = sorted(_told(event) for record in records for event in events_of(record))
    assert back == sorted(_told(event) for event in events)


def _told(event: UsageEvent) -> tuple[object, ...]:
    return (
        event.offset, event.part, event.at_ms, event.message is None, event.request is None, event.model or "",
        event.tokens,
        event.speed, event.is_sidechain, event.rules, event.logged_cost is None, event.logged_cost or 0.0,
        event.flat_cache is None, event.flat_cache or 0, event.limit_reset_s or 0, event.session or "",
    )  # fmt: skip


@settings(max_examples=60)
@given(st.lists(lines | broken_lines(), max_size=8), st.lists(lines | broken_lines(), max_size=8))
@example(
    [line(costUSD=1e308), line(message="n", costUSD=1e308), line(message="o", costUSD=-1e308)], [line(costUSD=-1e308)]
)
def test_the_history_takes_whatever_the_parser_lets_through(first: list[bytes], second: list[bytes]) -> None:
    """Read, rewritten and read again: no line breaks a commit, and sums equal their entries."""
    with tempfile.TemporaryDirectory() as text:
        path = Path(text) / "s.jsonl"
        store = Store.open(Path(text) / "h.sqlite", BOOK)
        known = None
        for rows in (first, second, [*first, *second]):
            path.write_bytes(b"".join(row.rstrip(b"\n") + b"\n" for row in rows))
            reads = list(read_new(str(path), known))
            assert not store.record(reads, 0).stale
            known = reads[-1].position
        for rule in (1, 2):
            entries = [entry for entry in store.history.entries(-(1 << 62), 1 << 62, rule=rule) if not entry.is_huge]
            got = store.history.db.execute(
                "SELECT coalesce(sum(entries),0),coalesce(sum(output),0) FROM cell WHERE counts&?", (rule,)
            )
            assert got.fetchone() == (len(entries), sum(entry.tokens.output for entry in entries))
        store.close()
