"""What of the history a report includes, in one line. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from cctray.core.blocks import UsageBlock
from cctray.core.calendar import Days
from cctray.core.portion import Portion, SessionKey

Session = tuple[SessionKey, Sequence[Portion]]
_NEVER_MS: Final = 1 << 62


class Scope(Struct, frozen=True, kw_only=True):
    """The usage a report was made from."""

    entries: int = 0
    first_ms: int = 0
    last_ms: int = 0
    on_disk: bool = False


class Tally:
    """Sums up what a report is made from while that passes by."""

    def __init__(self) -> None:
        self._entries, self._first_ms, self._last_ms = 0, _NEVER_MS, -_NEVER_MS

    def over(self, sessions: Iterable[Session]) -> Iterator[Session]:
        """The same sessions."""
        for session in sessions:
            for portion in session[1]:
                self._entries += portion.entries
                self._first_ms = min(self._first_ms, portion.first_ms)
                self._last_ms = max(self._last_ms, portion.last_ms)
            yield session

    def scope(self, *, on_disk: bool) -> Scope:
        """All that has passed."""
        if not self._entries:
            return Scope(on_disk=on_disk)
        return Scope(entries=self._entries, first_ms=self._first_ms, last_ms=self._last_ms, on_disk=on_disk)


def scope_of(portions: Sequence[Portion], *, on_disk: bool) -> Scope:
    """Sum up what a report was made from."""
    if not portions:
        return Scope(on_disk=on_disk)
    return Scope(
        entries=sum([portion.entries for portion in portions]),
        first_ms=min([portion.first_ms for portion in portions]),
        last_ms=max([portion.last_ms for portion in portions]),
        on_disk=on_disk,
    )


def scope_of_blocks(found: Sequence[UsageBlock], *, on_disk: bool) -> Scope:
    """Sum up the blocks that are shown."""
    used = [block for block in found if not block.is_gap]
    if not used:
        return Scope(on_disk=on_disk)
    return Scope(
        entries=sum(block.entries for block in used),
        first_ms=min(block.first_ms for block in used),
        last_ms=max(block.last_ms for block in used),
        on_disk=on_disk,
    )


def scope_line(scope: Scope, days: Days) -> str:
    """`1,234 responses from 2026-05-01 to 2026-06-01, deleted transcripts included (--on-disk leaves them out)`."""
    kept = "only transcripts on disk" if scope.on_disk else "deleted transcripts included (--on-disk leaves them out)"
    return f"{scope.entries:,} responses from {days.day(scope.first_ms)} to {days.day(scope.last_ms)}, {kept}"
