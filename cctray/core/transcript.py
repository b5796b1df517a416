"""JSONL bytes to UsageEvents, and a count by reason of what was refused.

The hot path of the first read. Ordinary lines (canonical JSON, ordinary types) take the short cut here; every other
line goes to `core.acceptance`, which is the rule. Nothing but usage, ids, model, time and session leaves this file.
"""

from typing import Final

import orjson

from cctray.core.acceptance import (
    ADVISOR,
    MAY_NOT_BE_NULL,
    SPEEDS,
    VERSION,
    accept,
    line_key_of,
)
from cctray.core.calendar import MINUTE_MS, parse_stamp
from cctray.core.json_tree import MAX_DEPTH
from cctray.core.usage import DAILY, ENTRIES, MAX_TOKENS, SPEED_ABSENT, ParsedLines, Tokens, UsageEvent

MARK: Final = b'"usage":{'
"""ccusage looks at no line without these bytes."""

_BOTH: Final = DAILY | ENTRIES
_NULL_KEY_ENDS: Final = frozenset(f'"{key}'[-3:].encode() for key in MAY_NOT_BE_NULL)
_SPEEDS: Final[dict[str | None, int]] = {None: SPEED_ABSENT, **SPEEDS}
_MINUTES: Final = {f"{minute:02d}:": minute * MINUTE_MS for minute in range(60)}
_SECONDS: Final = {f"{second:02d}.": second * 1000 for second in range(60)}
_MILLIS: Final = {f"{milli:03d}Z": milli for milli in range(1000)}
_MEMORY: Final = 4096
"""Hours and versions remembered; a transcript has few, and the bound keeps a hostile one from filling memory."""


class _Odd(Exception):  # noqa: N818 - a turn of the road, not an error
    """The short cut does not fit the line."""


def whole_lines(data: bytes | bytearray | memoryview) -> int:
    """Length of the data up to and including its last newline; 0 without one."""
    return (bytes(data) if isinstance(data, memoryview) else data).rfind(b"\n") + 1


def parse(data: bytes | bytearray | memoryview, base_offset: int) -> ParsedLines:
    """Events of whole lines (the last may lack its newline) whose first byte lies at `base_offset` of the file."""
    text = data if isinstance(data, bytes) else bytes(data)
    events: list[UsageEvent] = []
    skipped: dict[str, int] = {}
    find, rfind, end_of_all = text.find, text.rfind, len(text)
    start = 0
    while (mark := find(MARK, start)) >= 0:
        start = rfind(b"\n", start, mark) + 1 or start
        end = find(b"\n", mark)
        if end < 0:
            end = end_of_all
        line = text[start:end]
        try:
            events.append(_ordinary(line, base_offset + start))
        except (_Odd, KeyError, TypeError, ValueError, RecursionError):
            _take_slowly(line, base_offset + start, events, skipped)
        start = end + 1
    return ParsedLines(events, skipped)


def _take_slowly(line: bytes, offset: int, events: list[UsageEvent], skipped: dict[str, int]) -> None:
    verdict = accept(line, offset)
    if isinstance(verdict, str):
        skipped[verdict] = skipped.get(verdict, 0) + 1
    elif verdict is not None:
        events.extend(verdict)


class _Hours(dict[str, int]):
    """`2026-06-01T10:` -> UTC milliseconds."""

    def __missing__(self, hour: str) -> int:
        at_ms = parse_stamp(f"{hour}00:00Z")
        if at_ms is None or len(hour) != 14:  # noqa: PLR2004 - length of the key
            raise _Odd
        if len(self) >= _MEMORY:
            self.clear()
        self[hour] = at_ms
        return at_ms


class _Versions(dict[str, bool]):
    """Versions that were seen to be good."""

    def __missing__(self, version: str) -> bool:
        if not VERSION.match(version):
            raise _Odd
        if len(self) >= _MEMORY:
            self.clear()
        self[version] = True
        return True


_HOURS: Final = _Hours()
_VERSIONS: Final = _Versions()


def _ordinary(line: bytes, offset: int) -> UsageEvent:
    """The event of a line as Claude Code writes it; raises for every other, which says nothing about the line.

    A line that equals its own re-encoding has no doubled key, no space, no odd number and no escaped letter: its
    dict tells all. What remains to be seen is depth, nulls and types.
    """
    top = orjson.loads(line)
    if orjson.dumps(top) != line or (line.count(b"{") + line.count(b"[") > MAX_DEPTH):
        raise _Odd
    at = line.find(b'":null')
    while at >= 0:
        if line[at - 3 : at] in _NULL_KEY_ENDS:
            raise _Odd
        at = line.find(b'":null', at + 6)
    message = top["message"]
    usage = message["usage"]
    stamp = top["timestamp"]
    top_get, message_get, usage_get = top.get, message.get, usage.get
    at_ms = _HOURS[stamp[:14]] + _MINUTES[stamp[14:17]] + _SECONDS[stamp[17:20]] + _MILLIS[stamp[20:]]
    fresh = usage["input_tokens"]
    output = usage["output_tokens"]
    flat = usage_get("cache_creation_input_tokens", 0)
    cache_read = usage_get("cache_read_input_tokens", 0)
    split = usage_get("cache_creation")
    if split is None:
        short, long = flat, 0
    else:
        short = split.get("ephemeral_5m_input_tokens", 0)
        long = split.get("ephemeral_1h_input_tokens", 0)
    for count in (fresh, output, flat, cache_read, short, long):
        if type(count) is not int or not 0 <= count <= MAX_TOKENS:
            raise _Odd
    for iteration in usage_get("iterations") or ():
        if iteration["type"] == ADVISOR:
            raise _Odd
    if "version" in top:
        _VERSIONS[top["version"]]
    is_sidechain = top_get("isSidechain")
    if (
        (is_sidechain is not None and is_sidechain is not False and is_sidechain is not True)
        or "costUSD" in top
        or top_get("isApiErrorMessage", False) is not False
    ):
        raise _Odd
    name, request, session, model = message_get("id"), top_get("requestId"), top_get("sessionId"), message_get("model")
    for text in (name, request, session, model):
        # A null is forbidden in these, so None means absent.
        if text is not None and (type(text) is not str or not text):
            raise _Odd
    return UsageEvent(
        offset,
        at_ms,
        name,
        request,
        session,
        model,
        Tokens(fresh, output, short, long, cache_read),
        _SPEEDS[usage_get("speed")],
        is_sidechain is True,
        _BOTH,
        0,
        None,
        None if flat == short + long else flat,
        None,
        None if name is not None else line_key_of(line),
    )
