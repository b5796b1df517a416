"""Connections of the door: how many, how long, how they end. Real sockets, a fake engine."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from cctray.core.commands import Quit
from cctray.core.errors import DoorError
from cctray.core.snapshot import Snapshot
from cctray.door import visits
from cctray.door.client import DoorClient
from cctray.door.sockets import Transport
from tests.door.serving import TRANSPORTS, entered, failure, outside, raw, served
from tests.fakes import FakeEngine


async def test_too_many_connections(door_file: Path) -> None:
    """Connection 33 is told why it is refused; when one leaves the next gets in."""
    async with served(FakeEngine(), door_file):
        client = await entered(door_file)
        streams = [client.watch() for _ in range(visits.MAX_VISITS)]
        for stream in streams:
            await outside(lambda stream=stream: next(stream))  # type: ignore[misc]
        with pytest.raises(DoorError, match="Too many programs"):
            await outside(client.snapshot)
        for stream in streams:
            await outside(stream.close)
        async with asyncio.timeout(5):
            while not await outside(lambda: can_enter(client)):
                pass


def can_enter(client: DoorClient) -> bool:
    """Whether the door has room again."""
    try:
        client.snapshot()
    except DoorError:
        return False
    return True


async def test_silent_connections_are_closed(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who connects and asks nothing does not keep a place."""
    monkeypatch.setattr(visits, "REQUEST_S", 0.05)
    async with served(FakeEngine(), door_file):
        reader, writer = await asyncio.open_unix_connection(door_file.parent / "socket")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_quit_is_answered(door_file: Path) -> None:
    """Whoever asks the engine to end hears that it was taken, although the engine then ends."""
    engine = FakeEngine()
    async with served(engine, door_file):
        client = await entered(door_file)
        await outside(lambda: client.post(Quit()))
    assert engine.commands == [Quit()]


async def test_who_just_came_when_it_ends(door_file: Path) -> None:
    """A connection that the engine had no time to hear is closed with the others."""
    async with served(FakeEngine(), door_file):
        reader, writer = await asyncio.open_unix_connection(door_file.parent / "socket")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()


async def test_a_body_that_never_comes(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who announces a command and does not send it is refused after the time limit."""
    monkeypatch.setattr(visits, "REQUEST_S", 0.05)
    request = "POST /v1/command HTTP/1.0\nAuthorization: Bearer {token}\nContent-Length: 9\n\n"
    async with served(FakeEngine(), door_file):
        assert b" 408 " in (await outside(lambda: raw(door_file, request))).splitlines()[0]


async def test_far_too_many_connections(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a flood of connections a bounded number is held; the others are closed unheard."""
    monkeypatch.setattr(visits, "MAX_VISITS", 2)
    monkeypatch.setattr(visits, "MAX_TURNED_AWAY", 2)
    async with served(FakeEngine(), door_file), asyncio.timeout(10):
        client = await entered(door_file)
        ends = [await asyncio.open_unix_connection(door_file.parent / "socket") for _ in range(9)]
        for reader, _ in ends[4:]:
            assert await reader.read() == b""
        for _, writer in ends:
            writer.close()
        while not await outside(lambda: can_enter(client)):
            pass


class Watched(FakeEngine):
    """Tells when somebody waits for it to catch up, and when nobody does any more."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def catch_up(self) -> None:
        """As every fake engine, and tell."""
        self.asked.set()
        try:
            await super().catch_up()
        finally:
            self.left.set()


async def test_hanging_up_ends_what_was_asked(door_file: Path) -> None:
    """A caller that leaves while the engine catches up takes its request along: the engine's wait is cancelled."""
    engine = Watched()
    async with served(engine, door_file), asyncio.timeout(10):
        client = await entered(door_file)
        with pytest.raises(DoorError, match="in time"):
            await outside(lambda: client.catch_up(timeout_s=0.05))
        await engine.left.wait()


async def test_an_answer_under_way_is_waited_for(door_file: Path) -> None:
    """What the engine still finishes while it stops is answered."""
    engine = Watched()
    async with asyncio.TaskGroup() as tasks:
        async with served(engine, door_file):
            client = await entered(door_file)
            catching_up = tasks.create_task(outside(client.catch_up))
            await engine.asked.wait()
            asyncio.get_running_loop().call_later(0.05, engine.may_catch_up.set)
        await catching_up


async def test_an_endless_answer_does_not_delay_the_end(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catch up that never ends is cut off after the time for closing."""
    monkeypatch.setattr(visits, "CLOSING_S", 0.05)
    engine = Watched()
    async with asyncio.TaskGroup() as tasks:
        async with served(engine, door_file):
            client = await entered(door_file)
            catching_up = tasks.create_task(outside(lambda: failure(client.catch_up)))
            await engine.asked.wait()
        assert "ended while it answered" in await catching_up


async def test_a_failure_nobody_foresaw_is_its_own(door_file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of the engine is told to its caller and to the log; a stream beside it goes on."""
    engine = FakeEngine()
    engine.may_catch_up.set()
    engine.failure = RuntimeError("no such thing")
    async with served(engine, door_file):
        client = await entered(door_file)
        stream = client.watch()
        await outside(lambda: next(stream))
        with pytest.raises(DoorError, match=r"failed to answer\. Look into its log"):
            await outside(client.catch_up)
        assert "no such thing" in caplog.text
        await engine.show(Snapshot(rev=2, at_ms=2))
        assert (await outside(lambda: next(stream))).rev == 2
        await outside(stream.close)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_callers_that_only_stop_speaking_are_answered(door_file: Path, transport: Transport) -> None:
    """Who closes its own side after the question, as netcat does, still hears the answer."""
    async with served(FakeEngine(), door_file, transport):
        request = "GET /v1/snapshot HTTP/1.1\nHost: 127.0.0.1:{port}\nAuthorization: Bearer {token}\n\n"
        answer = await outside(lambda: raw(door_file, request, half_close=True))
        assert answer.endswith(msgspec.json.encode(Snapshot(rev=1, at_ms=1_000)))


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_long_speech_hears_its_refusal(door_file: Path, transport: Transport) -> None:
    """A megabyte that nobody wants does not cut off the answer that says so."""
    request = (
        "POST /v1/command HTTP/1.0\nHost: 127.0.0.1:{port}\nAuthorization: Bearer {token}\nContent-Length: 1000000\n\n"
    )
    async with served(FakeEngine(), door_file, transport):
        answer = await outside(lambda: raw(door_file, request, b"x" * 1_000_000))
        assert b" 413 " in answer.splitlines()[0]


async def test_a_head_without_end(door_file: Path) -> None:
    """A head beyond its limit is refused, however long it would go on."""
    async with served(FakeEngine(), door_file):
        answer = await outside(lambda: raw(door_file, "GET /v1/info HTTP/1.0\nX: " + "x" * 100_000))
        assert b" 400 " in answer.splitlines()[0]
        assert b"too long" in answer
