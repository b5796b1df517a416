"""Stand-ins for the parts that a test does not look at: no mocks, small working things."""

import asyncio

from cctray.core.commands import Command
from cctray.core.snapshot import Snapshot


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
