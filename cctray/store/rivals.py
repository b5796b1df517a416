"""Rivals: all copies of one message, and which of them count. Pure: rows in, rows out.

All evidence is kept, so that the outcome is a function of the set of copies and not of the order they came in.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct, structs

from cctray.core.dedupe import Copy, fold
from cctray.core.records import HAS_OPENER, PART_BITS, Record, events_of, largest_of, merged, pack, place_of
from cctray.core.usage import DAILY, ENTRIES, UsageEvent
from cctray.store.rows import DISK_SHIFT, solo_counts

_OFFSET_BITS: Final = 40
"""A transcript is shorter than a terabyte; above that the generation of lost content is told."""
_MAX_GENERATION: Final = (1 << 14) - 1
"""What is left of 63 bits; a file rewritten more often shares its last generation."""


def lost_place(place: int, generation: int) -> int:
    """Where a copy stands once its file lost its content for the n-th time."""
    return place + (min(generation, _MAX_GENERATION) << _OFFSET_BITS + PART_BITS)


class Piece(Struct, frozen=True):
    """One copy of the message, wherever it is from."""

    file: int
    path: str
    path_session: str
    is_gone: bool
    event: UsageEvent

    @property
    def place(self) -> int:
        """Where it stands in its file."""
        return place_of(self.event)

    def lost(self, generation: int) -> "Piece":
        """The same copy after its file lost its content for the n-th time."""
        offset = self.event.offset + (min(generation, _MAX_GENERATION) << _OFFSET_BITS)
        return structs.replace(self, is_gone=True, event=structs.replace(self.event, offset=offset))


class Verdict(Struct, frozen=True):
    """One row as it should be."""

    file: int
    record: Record
    counts: int
    is_gone: bool


_RULES: Final = (DAILY, ENTRIES)


def pieces_of(record: Record, file: int, path: str, path_session: str, *, is_gone: bool) -> list[Piece]:
    """The copies of a record."""
    return [Piece(file, path, path_session, is_gone, event) for event in events_of(record)]


def united(known: Sequence[Piece], fresh: Sequence[Piece]) -> list[Piece]:
    """Known and fresh copies: a fresh one replaces what stood at its place, and revives an equal one that was gone."""
    at = {(piece.file, piece.place, piece.is_gone): piece for piece in known}
    for piece in fresh:
        at.pop((piece.file, piece.place, False), None)
        old = next((key for key, gone in at.items() if gone.is_gone and _same_line(gone, piece)), None)
        if old is not None:
            del at[old]
        at[piece.file, piece.place, False] = piece
    return list(at.values())


def _same_line(gone: Piece, fresh: Piece) -> bool:
    return gone.file == fresh.file and structs.replace(gone.event, offset=fresh.event.offset) == fresh.event


def settle(
    message: int, request_of: Callable[[Piece], int | None], pieces: list[Piece], costs: Callable[[UsageEvent], float]
) -> list[Verdict]:
    """Which rows a message has, and which rules count each."""
    pieces = sorted(pieces, key=lambda piece: (piece.file, piece.is_gone, piece.place))
    first = pieces[0]
    events = [piece.event for piece in pieces]
    if all(piece.file == first.file and piece.is_gone == first.is_gone for piece in pieces):
        largest = largest_of(events)
        if largest is not None:
            record = merged(events, largest, message, request_of(first))
            rules = first.event.rules
            counts = solo_counts(rules, is_gone=first.is_gone)
            return [Verdict(first.file, record, counts, first.is_gone)]
    return _judge(message, request_of, pieces, costs)


def _judge(
    message: int, request_of: Callable[[Piece], int | None], pieces: list[Piece], costs: Callable[[UsageEvent], float]
) -> list[Verdict]:
    copies = [
        Copy(event=piece.event, path=piece.path, path_session=piece.path_session, is_gone=piece.is_gone, ref=index)
        for index, piece in enumerate(pieces)
    ]
    present = [copy for copy in copies if not copy.is_gone]
    counts = [0] * len(pieces)
    openers = {rule: list(pieces) for rule in _RULES}
    for rule in _RULES:
        for shift, among in ((DISK_SHIFT, present), (0, copies)):
            for slot in fold(among, rule, costs):
                counts[slot.copy.ref] |= rule << shift
                if not shift:
                    openers[rule][slot.copy.ref] = pieces[slot.opened_by.ref]
    verdicts = []
    for index, piece in enumerate(pieces):
        record = merged([piece.event], piece.event, message, request_of(piece))
        daily, entries = (openers[rule][index] for rule in _RULES)
        if daily is not piece or entries is not piece:
            opened = (daily.file, daily.place), (entries.file, entries.place)
            more = pack(structs.replace(record.more, opened=opened))
            record = structs.replace(record, packed_more=more, traits=record.traits | HAS_OPENER)
        verdicts.append(Verdict(piece.file, record, counts[index], piece.is_gone))
    return verdicts
