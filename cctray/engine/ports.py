"""What the engine needs of the rooms it does not know: history, feed and surroundings. Protocols and values only."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from cctray.core.calendar import Days
from cctray.core.commits import Recent, Recorded, Totals
from cctray.core.config import Config
from cctray.core.portion import Slice
from cctray.core.prices import PriceBook
from cctray.core.records import FileRead, Position


class HistoryPort(Protocol):
    """The store. Every call blocks and is made on the writer's thread."""

    def record(self, reads: Sequence[FileRead], live_from_ms: int) -> Recorded:
        """Commit readings, all or none; raises StoreError."""

    def lose(self, paths: Sequence[str], live_from_ms: int) -> Recorded:
        """Keep the usage of deleted transcripts."""

    def move(self, old: str, new: str, live_from_ms: int) -> Recorded:
        """Follow a renamed transcript."""

    def positions(self, paths: Sequence[str]) -> dict[str, Position]:
        """How far these transcripts were read."""

    def present(self) -> list[str]:
        """Transcripts believed to be on disk."""

    def totals(self, days: Days, day: str) -> Totals:
        """Usage of a local day."""

    def recent(self, from_ms: int) -> Sequence[Recent]:
        """Responses since a time."""

    def chain(self, now_ms: int, from_ms: int | None) -> Iterator[Slice]:
        """Slices from which the running block can be told."""

    def skipped(self) -> dict[str, int]:
        """Refused lines by reason."""

    def unpriced(self) -> tuple[str, ...]:
        """Models without a price."""

    def reprice(self, book: PriceBook) -> Iterator[None]:
        """Price history anew, a short step at a time."""

    def recall(self, key: str) -> bytes | None:
        """A small value kept before."""

    def remember(self, key: str, value: bytes) -> None:
        """Keep a small value."""

    def shrink(self) -> None:
        """Give memory back."""


class FeedPort(Protocol):
    """The feed, as far as commands reach it."""

    def pause(self) -> None:
        """Read nothing until `resume`."""

    def resume(self) -> None:
        """Read on."""

    def look_again(self) -> None:
        """Search the folders anew."""

    async def catch_up(self) -> None:
        """Return when all that is on disk is committed; raises CctrayError."""


class Setting(Struct, frozen=True, kw_only=True):
    """What the engine is told about its surroundings."""

    version: str
    machine_id: str
    machine_name: str
    zone: str
    """IANA name in force."""


class Doors(Struct, frozen=True, kw_only=True):
    """What the engine asks of its surroundings."""

    now_ms: Callable[[], int]
    save_config: Callable[[Config], None]
    """Write the settings; raises CctrayError."""
    book: Callable[[Config], PriceBook]
    """The prices by these settings."""
    zone: Callable[[Config], str]
    raise_window: Callable[[], None]
    quit: Callable[[], None]
    give_back: Callable[[], None]
    """Return freed memory to the system."""
