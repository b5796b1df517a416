"""Records: responses as the store keeps and the wire carries them, and what a reading of a file brings.

Ids become 64-bit hashes here, and the copies of one response in one file are merged where that loses nothing.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from msgspec import Struct, msgpack

from cctray.core.usage import DAILY, ENTRIES, SPEED_FAST, SYNTHETIC, Tokens, UsageEvent

SPEED_MASK: Final = 0b11
IS_SIDECHAIN: Final = 1 << 2
RULES_SHIFT: Final = 3
IS_ADVISOR: Final = 1 << 5
HAS_NO_ID: Final = 1 << 6
IS_HUGE: Final = 1 << 7
HAS_NOTICE: Final = 1 << 8
HAS_COST: Final = 1 << 9
"""The line logs its own cost (`costUSD`)."""
HAS_OPENER: Final = 1 << 10
"""Another copy opened the slot it fills."""

PART_BITS: Final = 8
"""An advisor's number shares an integer with its line's offset; past 255 their order no longer matters to anybody."""
_MAX_PART: Final = (1 << PART_BITS) - 1

HUGE_TOKENS: Final = 1 << 40
"""Sums of larger counts could pass SQLite's signed 64 bits; such records are kept aside (ccusage takes 2^64-1)."""


Trail = tuple[tuple[int, ...], ...]
"""Every merged copy in order: place after the first, milliseconds after the largest, output; where they differ from the
largest also speed, input, both cache writes and cache read."""


class More(Struct, frozen=True, array_like=True, omit_defaults=True):
    """What few records have."""

    trail: Trail = ()
    """The merged copies; empty for a single one."""
    logged_cost: float | None = None
    flat_cache: int | None = None
    limit_reset_s: int | None = None
    huge: Tokens | None = None
    """The real counts where one is above HUGE_TOKENS; the record's own are 0 then."""
    opened: tuple[tuple[int, int], tuple[int, int]] | None = None
    """By the daily and by the entries rule: (file, place) of the copy that opened its slot, if another did."""


NOTHING_MORE: Final = More()
_encoder = msgpack.Encoder()
_decoder = msgpack.Decoder(More)


def pack(more: More) -> bytes | None:
    """The rare fields as bytes; None where there are none."""
    return None if more == NOTHING_MORE else _encoder.encode(more)


def unpack(packed: bytes | None) -> More:
    """The reverse of `pack`."""
    return NOTHING_MORE if packed is None else _decoder.decode(packed)


class Record(Struct, frozen=True, array_like=True, gc=False):
    """One response of one file: one copy, or several that differ in time and output only."""

    message: int | None
    """64 bits of SHA-256 of the message id; of the line where it has none."""
    request: int | None
    place: int
    """Offset of the first copy's line, shifted by PART_BITS, plus the advisor's number."""
    at_ms: int
    """Time of the largest copy, like `output`."""
    model: str | None
    input: int
    output: int
    cache_5m: int
    cache_1h: int
    cache_read: int
    traits: int
    """Speed, sidechain, accepting rules, advisor, without id, huge, with a limit notice."""
    session: str | None
    """`sessionId` of the line."""
    packed_more: bytes | None = None
    """What `more` tells, as the store and the wire carry it: next to nobody looks inside."""

    @property
    def more(self) -> More:
        """The rare fields."""
        return unpack(self.packed_more)

    @property
    def tokens(self) -> Tokens:
        """The counts, also where they are huge."""
        huge = self.more.huge if self.traits & IS_HUGE else None
        return huge or Tokens(self.input, self.output, self.cache_5m, self.cache_1h, self.cache_read)


class Position(Struct, frozen=True, array_like=True):
    """How far a transcript has been read, and how to tell that it is still the same."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    read_to: int
    anchor: bytes


class FileRead(Struct, frozen=True, array_like=True):
    """What one reading of one transcript brought; the store commits records and position together."""

    path: str
    device: int
    inode: int
    size: int
    mtime_ns: int
    expects: int
    """How far the reader believed the store to be; where the store is elsewhere the reading is stale."""
    start: int
    """Where the reading began: at `expects`, or at 0 where the file was found to be another one."""
    read_to: int
    """End of the last whole line that was read."""
    anchor: bytes
    """Hash of its head and of the bytes before `read_to`: tells an appended file from a rewritten one."""
    records: list[Record]
    span: tuple[int, int] | None
    """First and last UTC ms of all copies in `records`."""
    skipped: dict[str, int]

    @property
    def position(self) -> Position:
        """Where the next reading begins."""
        return Position(self.device, self.inode, self.size, self.mtime_ns, self.read_to, self.anchor)


def path_text(path: str) -> str:
    """A path as the store writes it: valid Unicode also where the file system's bytes are not."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def hash64(text: str) -> int:
    """Signed 64 bits of the SHA-256 of a text; SQLite's integer."""
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def records_of(events: Iterable[UsageEvent]) -> list[Record]:
    """Records of one file's events, in order of their first copies."""
    runs: dict[object, list[UsageEvent]] = {}
    for event in events:
        alone = event.message is None or event.request is None
        key: object = (event.offset, event.part) if alone else (event.message, event.request)
        run = runs.get(key)
        if run is None:
            runs[key] = [event]
        else:
            run.append(event)
    return [record for run in runs.values() for record in _records(run)]


def _records(run: list[UsageEvent]) -> list[Record]:
    first = run[0]
    # Without an id the line itself names it, and not its file: a renamed file that is read anew must find it again.
    message = hash64(f"{first.line_key}\0{first.part}" if first.message is None else first.message)
    request = None if first.request is None else hash64(first.request)
    if len(run) == 1:
        return [merged(run, first, message, request)]
    largest = largest_of(run)
    if largest is None:
        return [merged([event], event, message, request) for event in run]
    return [merged(run, largest, message, request)]


def largest_of(run: list[UsageEvent]) -> UsageEvent | None:
    """The copy that stands for all copies of one response in one file; None where they can't be merged.

    They can if they tell the same of everything that may change the fold, so that the largest (the first of equals)
    is what either rule keeps, as long as the message has no copies elsewhere.
    """
    first = run[0]
    if first.message is None or first.request is None:
        return first if len(run) == 1 else None
    largest, most, rival = first, first.tokens.total, first
    for event in run[1:]:
        if not _is_same(event, first):
            return None
        total = event.tokens.total
        if total > most:
            largest, most, rival = event, total, event
        elif total == most and (event.tokens != largest.tokens or event.speed != largest.speed):
            rival = event
    return largest if rival is largest else None


def _is_same(one: UsageEvent, other: UsageEvent) -> bool:
    """Whether two copies differ in place, time, speed and counts only."""
    return (
        one.message == other.message
        and one.request == other.request
        and one.session == other.session
        and one.model == other.model
        and one.is_sidechain is other.is_sidechain
        and one.rules == other.rules
        and one.part == other.part
        and one.logged_cost == other.logged_cost
        and one.flat_cache == other.flat_cache
        and one.limit_reset_s == other.limit_reset_s
    )


def merged(run: list[UsageEvent], largest: UsageEvent, message: int, request: int | None) -> Record:
    """The record of copies that may be merged, in order, under the ids given."""
    first = run[0]
    traits = largest.speed | first.rules << RULES_SHIFT
    if first.is_sidechain:
        traits |= IS_SIDECHAIN
    if first.part:
        traits |= IS_ADVISOR
    if first.message is None:
        traits |= HAS_NO_ID
    if first.limit_reset_s is not None:
        traits |= HAS_NOTICE
    if first.logged_cost is not None:
        traits |= HAS_COST
    counts = _counts(largest.tokens)
    is_huge = max(counts) > HUGE_TOKENS
    if is_huge:
        traits |= IS_HUGE
    return Record(
        message,
        request,
        place_of(first),
        largest.at_ms,
        largest.model,
        *((0, 0, 0, 0, 0) if is_huge else counts),
        traits,
        first.session,
        _more(run, largest, largest.tokens if is_huge else None),
    )


def _counts(tokens: Tokens) -> tuple[int, int, int, int, int]:
    return tokens.input, tokens.output, tokens.cache_5m, tokens.cache_1h, tokens.cache_read


def _more(run: list[UsageEvent], largest: UsageEvent, huge: Tokens | None) -> bytes | None:
    first = run[0]
    trail = _trail(run, largest) if len(run) > 1 else ()
    if (
        not trail
        and huge is None
        and first.logged_cost is None
        and first.flat_cache is None
        and first.limit_reset_s is None
    ):
        return None
    return pack(More(trail, first.logged_cost, first.flat_cache, first.limit_reset_s, huge))


def _trail(run: list[UsageEvent], largest: UsageEvent) -> Trail:
    begin, at_ms, speed = place_of(run[0]), largest.at_ms, largest.speed
    most = largest.tokens
    steps: list[tuple[int, ...]] = []
    for event in run:
        mine = event.tokens
        step = place_of(event) - begin, event.at_ms - at_ms, mine.output
        if (
            event.speed == speed
            and mine.cache_5m == most.cache_5m
            and mine.cache_1h == most.cache_1h
            and mine.input == most.input
            and mine.cache_read == most.cache_read
        ):
            steps.append(step)
        else:
            steps.append((*step, event.speed, mine.input, mine.cache_5m, mine.cache_1h, mine.cache_read))
    return tuple(steps)


def place_of(event: UsageEvent) -> int:
    """Where an event stands in its file, as one integer."""
    return event.offset << PART_BITS | min(event.part, _MAX_PART)


def events_of(record: Record) -> list[UsageEvent]:
    """The copies a record was merged from; ids are the hashes, as text."""
    more, tokens = record.more, record.tokens
    trail = more.trail or ((0, 0, tokens.output),)
    return [_event(record, more, tokens, step) for step in trail]


def _event(record: Record, more: More, largest: Tokens, step: tuple[int, ...]) -> UsageEvent:
    place, after_ms, output, *others = step
    place += record.place
    speed, *kinds = others or (
        record.traits & SPEED_MASK, largest.input, largest.cache_5m, largest.cache_1h, largest.cache_read,
    )  # fmt: skip
    has_no_id = bool(record.traits & HAS_NO_ID)
    return UsageEvent(
        offset=place >> PART_BITS,
        at_ms=record.at_ms + after_ms,
        message=None if has_no_id else str(record.message),
        request=None if record.request is None else str(record.request),
        session=record.session,
        model=record.model,
        tokens=Tokens(kinds[0], output, *kinds[1:]),
        speed=speed,
        is_sidechain=bool(record.traits & IS_SIDECHAIN),
        rules=record.traits >> RULES_SHIFT & (DAILY | ENTRIES),
        part=place & _MAX_PART,
        logged_cost=more.logged_cost,
        flat_cache=more.flat_cache,
        limit_reset_s=more.limit_reset_s,
        line_key=record.message if has_no_id else None,
    )


def span_of(events: list[UsageEvent]) -> tuple[int, int] | None:
    """First and last UTC ms of some events."""
    times = [event.at_ms for event in events]
    return (min(times), max(times)) if times else None


def is_fast(record: Record) -> bool:
    """Whether the fast multiplier applies."""
    return record.traits & SPEED_MASK == SPEED_FAST


def label_of(record: Record) -> str | None:
    """The model's name as reports print it."""
    is_advisor = record.traits & IS_ADVISOR
    if record.model == SYNTHETIC and not is_advisor:
        return None
    if record.model is None or not is_fast(record) or is_advisor:
        return record.model
    return f"{record.model}-fast"
