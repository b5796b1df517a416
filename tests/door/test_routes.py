"""What the door answers and to whom: real sockets, a fake engine."""

from pathlib import Path

import msgspec
import pytest

from cctray import __version__
from cctray.core.commands import AddFolder, Command, LookAgain, Pause, Quit, Raise, ReportLimits, Resume, SaveConfig
from cctray.core.config import Config, Theme
from cctray.core.errors import DoorError, StoreError
from cctray.core.snapshot import Machine, MachineState, Snapshot, SparkPoint, Watch
from cctray.door import address as door_address
from cctray.door import protocol, routes
from cctray.door.client import DoorClient
from cctray.door.sockets import Transport
from tests.door.serving import TRANSPORTS, entered, outside, raw, served
from tests.fakes import FakeEngine


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_snapshot_info_and_command(door_file: Path, transport: Transport) -> None:
    """A client reads the snapshot and the engine's own figures and hands in a command, over either transport."""
    engine = FakeEngine()
    shown = Snapshot(
        rev=7,
        at_ms=5,
        spark=(SparkPoint(1, 2.5),),
        machines=(Machine(id="a", name="attic", state=MachineState.LIVE),),
        watch=Watch(mode="poll", reason="nfs"),
        skipped_lines={"torn": 2},
    )
    await engine.show(shown)
    async with served(engine, door_file, transport):
        client = await entered(door_file)
        info = await outside(client.info)
        assert await outside(client.snapshot) == shown
        assert (info.version, info.rss_bytes, info.cpu_s, info.watch) == (__version__, 50_000_000, 1.5, shown.watch)
        await outside(lambda: client.post(SaveConfig(Config(theme=Theme.DARK))))
        assert engine.commands == [SaveConfig(Config(theme=Theme.DARK))]


@pytest.mark.parametrize(
    "command",
    [Pause(), Resume(), LookAgain(), AddFolder("/ü"), ReportLimits(1, 0.5, 2), Raise(), Quit(), SaveConfig(Config())],
)
def test_every_command_round_trips(command: Command) -> None:
    """Each command arrives as it was sent."""
    assert protocol.decode_command(msgspec.json.encode(command)) == command


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_wrong_token(door_file: Path, transport: Transport) -> None:
    """Another token, and none, get nothing but a refusal."""
    async with served(FakeEngine(), door_file, transport):
        known = door_address.read(door_file)
        assert known is not None
        stranger = DoorClient(msgspec.structs.replace(known, token="x" * 43))
        with pytest.raises(DoorError, match="token"):
            await outside(stranger.snapshot)
        assert b" 403 " in await outside(
            lambda: raw(door_file, "GET /v1/snapshot HTTP/1.0\nHost: 127.0.0.1:{port}\n\n")
        )


@pytest.mark.parametrize("header", ["Origin: http://evil.example", "Host: evil.example:{port}", "Host: localhost"])
async def test_web_pages(door_file: Path, header: str) -> None:
    """A page in a browser, and a name that was bent to this machine, are refused even with the token."""
    request, host = "GET /v1/info HTTP/1.0\nAuthorization: Bearer {token}\n", "Host: 127.0.0.1:{port}\n"
    bad = request + header + "\n" + ("" if header.startswith("Host") else host)
    async with served(FakeEngine(), door_file, Transport.LOOPBACK):
        refused = await outside(lambda: raw(door_file, bad + "\n"))
        assert b" 403 " in refused.splitlines()[0]
        good = await outside(lambda: raw(door_file, request + host + "\n"))
        assert b" 200 " in good.splitlines()[0]


async def test_large_bodies_and_nonsense_are_refused(door_file: Path) -> None:
    """More than 64 KiB, an unknown command, no JSON, an unknown path: refused by name, and the door stays open."""
    engine = FakeEngine()
    async with served(engine, door_file):
        client = await entered(door_file)
        with pytest.raises(DoorError, match="Too Large"):
            await outside(lambda: client.post(AddFolder("x" * routes.MAX_BODY)))
        head = "POST {path} HTTP/1.0\nAuthorization: Bearer {{token}}\nContent-Length: {length}\n\n"
        for path, body, status in [
            ("/v1/command", b'{"type":"burn"}', b" 400 "),
            ("/v1/command", b"\xff", b" 400 "),
            ("/v1/nothing", b"", b" 404 "),
            ("/v1/info", b"", b" 405 "),
        ]:
            request = head.format(path=path, length=len(body))
            answer = await outside(lambda request=request, body=body: raw(door_file, request, body))  # type: ignore[misc]
            assert status in answer.splitlines()[0]
        assert engine.commands == []
        assert (await outside(client.snapshot)).rev == 1


async def test_catch_up_waits_and_tells_failures(door_file: Path) -> None:
    """It returns when the engine is done, not before; the engine's own sentence reaches the caller."""
    engine = FakeEngine()
    async with served(engine, door_file):
        client = await entered(door_file)
        with pytest.raises(DoorError, match="in time"):
            await outside(lambda: client.catch_up(timeout_s=0.05))
        engine.may_catch_up.set()
        await outside(client.catch_up)
        engine.failure = StoreError("The disk is full.", "Free some space.")
        with pytest.raises(DoorError, match=r"The disk is full\. Free some space\."):
            await outside(client.catch_up)
        assert engine.catch_ups == 3


async def test_other_versions(door_file: Path) -> None:
    """Two versions that would misunderstand each other are told which they are and what to do."""
    request = "GET /v1/info HTTP/1.0\nAuthorization: Bearer {token}\nX-Cctray-Door: 2\nX-Cctray-Version: 8.0.0\n\n"
    async with served(FakeEngine(), door_file, version="9.9.9"):
        head, _, body = (await outside(lambda: raw(door_file, request))).partition(b"\r\n\r\n")
        assert b" 426 " in head.splitlines()[0]
        assert msgspec.json.decode(body, type=protocol.Refusal) == protocol.mismatch("9.9.9", "8.0.0")


async def test_a_snapshot_from_the_future(door_file: Path) -> None:
    """A snapshot that this version cannot read is a matter of versions, not a traceback."""
    engine = FakeEngine()
    async with served(engine, door_file, version="9.9.9"):
        client = await entered(door_file)
        await engine.show(msgspec.structs.replace(engine.snapshot, rev="text"))
        with pytest.raises(DoorError, match=r"9\.9\.9"):
            await outside(client.snapshot)
