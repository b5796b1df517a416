"""Stand-ins for the parts that a test does not look at: no mocks, small working things."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from cctray.core.commands import Command
from cctray.core.records import FileRead, Position
from cctray.core.snapshot import Place, Reading, Snapshot, Watch
from cctray.core.usage import DAILY
from cctray.store.store import Store


class FakeEngine:
    """An engine as the local door and the screens see it: shows what it is told to, remembers commands."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.may_catch_up = asyncio.Event()
        self.failure: Exception | None = None
        self.catch_ups = 0
        self._snapshot = Snapshot(rev=1, at_ms=1_000)
        self._changed = asyncio.Condition()

    @property
    def snapshot(self) -> Snapshot:
        """The newest one."""
        return self._snapshot

    async def show(self, snapshot: Snapshot) -> None:
        """Make it the newest."""
        async with self._changed:
            self._snapshot = snapshot
            self._changed.notify_all()

    async def next_snapshot(self, after_rev: int) -> Snapshot:
        """Wait for a larger rev."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._snapshot.rev > after_rev)
            return self._snapshot

    def post(self, command: Command) -> None:
        """Remember it."""
        self.commands.append(command)

    async def catch_up(self) -> None:
        """Wait until the test says so; fail where it says so."""
        self.catch_ups += 1
        await self.may_catch_up.wait()
        if self.failure:
            raise self.failure


class StoreSink:
    """What a feed hands its readings to: a real history, and a memory of what was said."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.watches: list[Watch] = []
        self.progress: list[Reading | None] = []
        self.denied: list[dict[str, str]] = []
        self.places: list[tuple[Place, ...]] = []
        self.moves: list[tuple[str, str]] = []
        self.stale: list[str] = []
        self._changed = asyncio.Event()

    async def take(self, reads: list[FileRead]) -> Sequence[str]:
        """Commit."""
        stale = self.store.record(reads, 0).stale
        self.stale += stale
        self._tell()
        return stale

    async def lose(self, paths: list[str]) -> None:
        """Mark as gone."""
        self.store.lose(paths, 0)
        self._tell()

    async def move(self, old: str, new: str) -> None:
        """Rename."""
        self.moves.append((old, new))
        self.store.move(old, new, 0)
        self._tell()

    async def positions(self, paths: list[str]) -> dict[str, Position]:
        """As the store has them."""
        return self.store.positions(paths)

    async def present(self) -> list[str]:
        """As the store has them."""
        return self.store.present()

    def looked_at(self, places: Sequence[Place]) -> None:
        """Remember."""
        self.places.append(tuple(places))
        self._tell()

    async def reading(self, progress: Reading | None) -> None:
        """Remember."""
        self.progress.append(progress)
        self._tell()

    def watching(self, state: Watch) -> None:
        """Remember."""
        self.watches.append(state)
        self._tell()

    def unreadable(self, paths: Mapping[str, str]) -> None:
        """Remember."""
        self.denied.append(dict(paths))
        self._tell()

    def count(self, *, on_disk: bool = False) -> int:
        """How many responses count."""
        return sum(1 for _ in self.store.history.entries(-(1 << 60), 1 << 60, rule=DAILY, on_disk=on_disk))

    async def until(self, condition: Callable[[], bool], within_s: float = 20.0) -> None:
        """Wait until something that was said or done makes a condition true."""
        async with asyncio.timeout(within_s):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
