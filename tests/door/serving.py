"""A served door and those who come to it, for the tests of this folder."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from cctray import __version__
from cctray.core.errors import DoorError
from cctray.door import address as door_address
from cctray.door.client import DoorClient, connect
from cctray.door.server import DoorServer
from cctray.door.sockets import Transport
from tests.fakes import FakeEngine

T = TypeVar("T")
REPOSITORY = Path(__file__).parents[2]
TRANSPORTS = [Transport.LOOPBACK] if sys.platform == "win32" else list(Transport)


@asynccontextmanager
async def served(
    engine: FakeEngine, door_file: Path, transport: Transport = Transport.BEST, version: str = __version__
) -> AsyncIterator[DoorServer]:
    """Serve for the length of a block, then stop as the composition root does."""
    server = DoorServer(engine, door_file, version=version, measure=lambda: (50_000_000, 1.5), transport=transport)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.serve())
        await server.ready.wait()
        try:
            yield server
        finally:
            task.cancel()


async def outside(call: Callable[[], T]) -> T:
    """Do what another process would, beside the loop."""
    return await asyncio.to_thread(call)


async def entered(door_file: Path) -> DoorClient:
    """The client of a door that is open."""
    client = await outside(lambda: connect(door_file))
    assert client is not None
    return client


def raw(door_file: Path, request: str, body: bytes = b"", *, half_close: bool = False) -> bytes:
    """What an arbitrary program says and hears; `{token}` and `{port}` are filled in from the door file."""
    known = door_address.read(door_file)
    assert known is not None
    with socket.socket(socket.AF_INET if known.port else socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(("127.0.0.1", known.port) if known.port else known.socket or "")
        connection.sendall(request.format(token=known.token, port=known.port).replace("\n", "\r\n").encode() + body)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
        return answer


def failure(call: Callable[[], None]) -> str:
    """What it raised, in words."""
    with pytest.raises(DoorError) as caught:
        call()
    return str(caught.value)
