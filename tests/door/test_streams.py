"""The stream of snapshots: the first, the newest, heartbeats, the end. Real sockets, a fake engine."""

import asyncio
import socket
from pathlib import Path
from typing import BinaryIO

import pytest

from cctray.core.errors import DoorError
from cctray.core.snapshot import Snapshot, SparkPoint
from cctray.door import address as door_address
from cctray.door import protocol, routes, visits
from cctray.door.sockets import Transport
from tests.door.serving import TRANSPORTS, entered, outside, served
from tests.fakes import FakeEngine


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_watch_gives_the_first_and_the_newest(door_file: Path, transport: Transport) -> None:
    """The stream begins with the present snapshot; of changes in quick succession the last one arrives."""
    engine = FakeEngine()
    async with served(engine, door_file, transport):
        stream = (await entered(door_file)).watch()
        assert (await outside(lambda: next(stream))).rev == 1
        for rev in range(2, 100):
            await engine.show(Snapshot(rev=rev, at_ms=rev))
        seen = await outside(lambda: next(stream))
        assert seen.rev == 99
        await outside(stream.close)


async def test_slow_reader_gets_only_the_newest(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a reader stands still nothing queues up for it: of a thousand snapshots it is sent a few and the last."""
    monkeypatch.setattr(routes, "COALESCE_S", 0.0)
    engine = FakeEngine()
    some = tuple(SparkPoint(at_ms, 1.5) for at_ms in range(100))
    async with served(engine, door_file):
        known = door_address.read(door_file)
        assert known is not None
        assert known.socket is not None
        with socket.socket(socket.AF_UNIX) as reader, reader.makefile("rb") as lines:
            reader.connect(known.socket)
            reader.sendall(f"GET /v1/snapshots HTTP/1.0\r\nAuthorization: Bearer {known.token}\r\n\r\n".encode())
            for rev in range(2, 1_000):
                await engine.show(Snapshot(rev=rev, at_ms=rev, spark=some))
                for _ in range(4):  # turns of the loop in which the door may send
                    await asyncio.sleep(0)
            sent = await outside(lambda: until_rev(lines, 999))
        assert sent[-1] == 999
        assert len(sent) < 30


def until_rev(lines: BinaryIO, last: int) -> list[int]:
    """The revs a stream holds, up to this one."""
    revs = [0]
    while revs[-1] < last:
        line = lines.readline()
        assert line
        if line.startswith(b"{"):
            revs.append(protocol.decode_snapshot(line).rev)
    return revs


async def test_heartbeats_are_no_snapshots(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiet engine still shows that it lives, and the reader sees only snapshots."""
    monkeypatch.setattr(protocol, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(routes, "COALESCE_S", 0.0)
    engine = FakeEngine()
    async with served(engine, door_file):
        known = door_address.read(door_file)
        assert known is not None
        reader, writer = await asyncio.open_unix_connection(known.socket)
        writer.write(f"GET /v1/snapshots HTTP/1.0\r\nAuthorization: Bearer {known.token}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        assert [bool((await reader.readline()).strip()) for _ in range(3)] == [True, False, False]
        writer.close()
        stream = (await entered(door_file)).watch()
        await outside(lambda: next(stream))
        await engine.show(Snapshot(rev=2, at_ms=2))
        assert (await outside(lambda: next(stream))).rev == 2
        await outside(stream.close)


async def test_stopping_ends_streams_at_once(door_file: Path) -> None:
    """A watcher does not delay Quit, and hears that the engine is gone."""
    async with served(FakeEngine(), door_file):
        stream = (await entered(door_file)).watch()
        await outside(lambda: next(stream))
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < visits.CLOSING_S / 2
    with pytest.raises(DoorError, match="ended"):
        next(stream)
