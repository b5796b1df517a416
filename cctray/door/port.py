"""What the door needs of the engine, said by the door: the two rooms do not know each other."""

from typing import Protocol

from cctray.core.commands import Command
from cctray.core.snapshot import Snapshot


class EnginePort(Protocol):
    """The engine as the door sees it."""

    @property
    def snapshot(self) -> Snapshot:
        """The newest one."""

    async def next_snapshot(self, after_rev: int) -> Snapshot:
        """Wait for a snapshot with a larger rev; give the newest, at once if it is there already."""

    def post(self, command: Command) -> None:
        """Take a command into the inbox."""

    async def catch_up(self) -> None:
        """Return when all bytes that are on disk now are committed; raise CctrayError where that fails."""
