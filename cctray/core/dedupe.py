"""Which copy of a response counts: ccusage's fold, as a pure function of all copies.

The store keeps every copy that could matter and asks here again when one is added or goes; so the result depends
neither on the order in which files appear nor on restarts.
"""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from cctray.core.usage import DAILY, SPEED_ABSENT, UsageEvent

_BY_REQUEST: Final = "request"
_BY_SESSION: Final = "session"


class Copy(Struct, frozen=True):
    """A copy of a response and where it stands."""

    event: UsageEvent
    path: str
    """Full path of its file: ccusage's order of files, byte by byte."""
    path_session: str
    """Session the path names; stands in where the line names none."""
    is_gone: bool = False
    """The line no longer exists on disk. It keeps its place in the order: deleting a transcript changes no past day."""
    ref: int = 0
    """The caller's handle."""

    @property
    def session(self) -> str:
        """Session that deduplication compares."""
        return self.path_session if self.event.session is None else self.event.session


class Slot(Struct):
    """One counted response."""

    copy: Copy
    """The copy that counts."""
    opened_by: Copy
    """The copy that made the slot; the order of the slots is the order of these."""


def fold(copies: Sequence[Copy], rule: int, costs: Callable[[UsageEvent], float]) -> list[Slot]:
    """Responses that count by a rule (DAILY or ENTRIES), in ccusage's order; `copies` may come in any order.

    `costs` gives US dollars of a copy; the daily rule breaks ties by it (ccusage's cost is that of the report's mode).
    """
    slots: list[Slot] = []
    index: dict[tuple[str, str, str], list[Slot]] = {}
    for copy in sorted((copy for copy in copies if copy.event.rules & rule), key=_place):
        if copy.event.message is None:
            slots.append(Slot(copy, copy))
            continue
        exact, loose = _keys(copy, copy.event.message)
        slot = _find(index, exact, loose, copy, rule)
        if slot is None:
            slot = Slot(copy, copy)
            slots.append(slot)
        elif _wins(copy, slot.copy, rule, costs):
            slot.copy = copy
        for key in (exact, loose):
            known = index.setdefault(key, [])
            if not any(one is slot for one in known):
                known.append(slot)
    return slots


def _place(copy: Copy) -> tuple[bytes, int, int]:
    return copy.path.encode("utf-8", "surrogateescape"), copy.event.offset, copy.event.part


def _keys(copy: Copy, message: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    request = copy.event.request
    loose = (_BY_SESSION, message, copy.session)
    return loose if request is None else (_BY_REQUEST, message, request), loose


def _find(
    index: dict[tuple[str, str, str], list[Slot]],
    exact: tuple[str, str, str],
    loose: tuple[str, str, str],
    copy: Copy,
    rule: int,
) -> Slot | None:
    event = copy.event
    for slot in index.get(exact, ()):
        there = slot.copy.event
        if there.request == event.request and (
            event.request is not None or rule != DAILY or there.at_ms == event.at_ms
        ):
            return slot
    for slot in index.get(loose, ()):
        there = slot.copy.event
        if (event.is_sidechain or there.is_sidechain) and (rule == DAILY or there.at_ms == event.at_ms):
            return slot
    return None


def _wins(copy: Copy, over: Copy, rule: int, costs: Callable[[UsageEvent], float]) -> bool:
    new, old = copy.event, over.event
    if new.is_sidechain != old.is_sidechain:
        return old.is_sidechain
    if new.tokens.total != old.tokens.total:
        return new.tokens.total > old.tokens.total
    if rule == DAILY:
        new_cost, old_cost = costs(new), costs(old)
        if new_cost != old_cost:
            return new_cost > old_cost
    return new.speed != SPEED_ABSENT and old.speed == SPEED_ABSENT
