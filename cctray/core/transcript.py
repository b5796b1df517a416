"""JSONL bytes to UsageEvents, and a count by reason of what was refused.

The hot path of the first read. Ordinary lines (canonical JSON, ordinary types) take the short cut here; every other
line goes to `core.acceptance`, which is the rule. Nothing but usage, ids, model, time and session leaves this file.
"""

from operator import itemgetter
from typing import Final, TypedDict

from orjson import dumps, loads

from cctray.core.acceptance import (
    ADVISOR,
    MAY_NOT_BE_NULL,
    VERSION,
    accept,
)
from cctray.core.calendar import parse_stamp
from cctray.core.json_tree import MAX_DEPTH
from cctray.core.usage import (
    DAILY,
    ENTRIES,
    SPEED_ABSENT,
    SPEED_FAST,
    SPEED_STANDARD,
    ParsedLines,
    Tokens,
    UsageEvent,
)

MARK: Final = b'"usage":{'
"""ccusage looks at no line without these bytes."""

_BOTH: Final = DAILY | ENTRIES
_NULL_KEY_ENDS: Final = frozenset(f'"{key}'[-3:].encode() for key in MAY_NOT_BE_NULL)
_SPEEDS: Final[dict[str | None, int]] = {None: SPEED_ABSENT, "standard": SPEED_STANDARD, "fast": SPEED_FAST}
_TOP: Final = itemgetter("timestamp", "message", "sessionId")
_MESSAGE: Final = itemgetter("id", "model", "usage")
_COUNTS: Final = itemgetter("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_SPLIT: Final = itemgetter("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
_SECONDS: Final = {f"{second:02d}.": second * 1000 for second in range(60)}
_MILLIS: Final = {f"{milli:03d}Z": milli for milli in range(1000)}
_MEMORY: Final = 4096
"""Minutes and versions remembered; a transcript has few, and the bound keeps a hostile one from filling memory."""


class _Iteration(TypedDict):
    """What is read of an iteration; like those below the form that is hoped for, and tried by every reader."""

    type: str


class _Usage(TypedDict, total=False):
    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int
    cache_creation: dict[str, int] | None
    iterations: list[_Iteration] | None
    speed: str


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
        except (_Odd, AttributeError, KeyError, TypeError, ValueError, RecursionError):
            _take_slowly(line, base_offset + start, events, skipped)
        start = end + 1
    return ParsedLines(events, skipped)


def _take_slowly(line: bytes, offset: int, events: list[UsageEvent], skipped: dict[str, int]) -> None:
    verdict = accept(line, offset)
    if isinstance(verdict, str):
        skipped[verdict] = skipped.get(verdict, 0) + 1
    elif verdict is not None:
        events.extend(verdict)


class _Minutes(dict[str, int]):
    """`2026-06-01T10:15:` -> UTC milliseconds."""

    def __missing__(self, minute: str) -> int:
        at_ms = parse_stamp(f"{minute}00Z")
        if at_ms is None or len(minute) != 17:  # noqa: PLR2004 - length of the key
            raise _Odd
        if len(self) >= _MEMORY:
            self.clear()
        self[minute] = at_ms
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


_MINUTES: Final = _Minutes()
_VERSIONS: Final = _Versions()


def _ordinary(line: bytes, offset: int) -> UsageEvent:
    """The event of a line as Claude Code writes it; raises for every other, which says nothing about the line.

    A line that equals its own re-encoding has no doubled key, no space, no odd number and no escaped letter: its
    dict tells all. What remains to be seen is depth, nulls and types.
    """
    top = loads(line)
    if dumps(top) != line or _has_odd_null(line) or line.count(b"{") + line.count(b"[") > MAX_DEPTH:
        raise _Odd
    stamp, message, session = _TOP(top)
    name, model, usage = _MESSAGE(message)
    top_get, usage_get = top.get, usage.get
    at_ms = _MINUTES[stamp[:17]] + _SECONDS[stamp[17:20]] + _MILLIS[stamp[20:]]
    tokens, flat = _tokens(usage)
    is_sidechain = top_get("isSidechain")
    if is_sidechain is not False and is_sidechain is not True and is_sidechain is not None:
        raise _Odd
    if "version" in top:
        _VERSIONS[top["version"]]
    if "costUSD" in top or "isApiErrorMessage" in top or _has_advisor(usage_get("iterations")):
        raise _Odd
    request = top_get("requestId")
    if not (type(name) is type(session) is type(model) is str and name and session and model):
        raise _Odd
    # A null is forbidden here, so None means that the line has no request id, as behind gateways.
    if request is not None and (type(request) is not str or not request):
        raise _Odd
    return UsageEvent(
        offset,
        at_ms,
        name,
        request,
        session,
        model,
        tokens,
        _SPEEDS[usage_get("speed")],
        is_sidechain is True,
        _BOTH,
        0,
        None,
        flat,
        None,
        None,
    )


def _has_odd_null(line: bytes) -> bool:
    """Whether a null may stand under a name that must not be null; a false alarm costs time only."""
    at = line.find(b'":null')
    while at >= 0:
        if line[at - 3 : at] in _NULL_KEY_ENDS:
            return True
        at = line.find(b'":null', at + 6)
    return False


def _tokens(usage: _Usage) -> tuple[Tokens, int | None]:
    """Counts of a usage object, and the flat count of cache writes where it differs from the split."""
    fresh, output, flat, cache_read = _COUNTS(usage)
    split = usage.get("cache_creation")
    short, long = (flat, 0) if split is None else _SPLIT(split)
    # A bool is an int to `|` and `<`, so types come first; orjson's ints have 64 bits at most.
    if not (type(fresh) is type(output) is type(flat) is type(cache_read) is type(short) is type(long) is int):
        raise _Odd
    if fresh | output | flat | cache_read | short | long < 0:
        raise _Odd
    return Tokens(fresh, output, short, long, cache_read), None if flat == short + long else flat


def _has_advisor(iterations: list[_Iteration] | None) -> bool:
    """Whether a list of iterations names an advisor; raises for what is no list of objects with a type."""
    for iteration in iterations or ():  # noqa: SIM110 - a generator takes twice the time here
        if iteration["type"] == ADVISOR:
            return True
    return False
