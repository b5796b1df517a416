"""The engine's side of the local door. On asyncio's streams: an HTTP library costs as much memory as the engine."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from cctray.door.port import EnginePort
from cctray.door.routes import Routes
from cctray.door.sockets import Transport, open_door
from cctray.door.visits import listening


class DoorServer:
    """Lets this user's other processes in, for one engine."""

    def __init__(
        self,
        engine: EnginePort,
        door_file: Path,
        *,
        version: str,
        measure: Callable[[], tuple[int, float]],
        transport: Transport = Transport.BEST,
    ) -> None:
        self.ready = asyncio.Event()
        """Set while clients get in."""
        self._engine = engine
        self._door_file = door_file
        self._version = version
        self._measure = measure
        """Gives resident bytes and processor seconds of this process."""
        self._transport = transport

    async def serve(self) -> None:
        """Let clients in until cancelled, then remove the door file and the socket.

        Raises AlreadyRunningError where another engine serves this door, DoorError where it cannot be opened.
        """
        with open_door(self._door_file, self._version, self._transport) as (listener, address):
            async with listening(Routes(self._engine, address, self._measure), listener):
                self.ready.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.ready.clear()
