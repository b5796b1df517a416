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

    def record(self, reads: Sequence[FileRead], live_from_ms: int) -> Recorded: ...
    def lose(self, paths: Sequence[str], live_from_ms: int) -> Recorded: ...
    def move(self, old: str, new: str, live_from_ms: int) -> Recorded: ...
    def positions(self, paths: Sequence[str]) -> dict[str, Position]: ...
    def present(self) -> list[str]: ...
    def totals(self, days: Days, day: str) -> Totals: ...
    def recent(self, from_ms: int) -> Sequence[Recent]: ...
    def chain(self, now_ms: int) -> Iterator[Slice]: ...
    def skipped(self) -> dict[str, int]: ...
    def unpriced(self) -> tuple[str, ...]: ...
    def reprice(self, book: PriceBook) -> Iterator[None]: ...
    def recall(self, key: str) -> bytes | None: ...
    def remember(self, key: str, value: bytes) -> None: ...
    def shrink(self) -> None: ...


class FeedPort(Protocol):
    """The feed, as far as commands reach it."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def look_again(self) -> None: ...
    async def catch_up(self) -> None: ...


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
