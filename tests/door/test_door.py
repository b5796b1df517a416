"""The local door, both sides: real sockets, real aiohttp, real processes."""

import asyncio
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec
import pytest

from cctray import __version__
from cctray.core.commands import AddFolder, Command, LookAgain, Pause, Quit, Raise, ReportLimits, Resume, SaveConfig
from cctray.core.config import Config, Theme
from cctray.core.errors import AlreadyRunningError, DoorError, StoreError
from cctray.core.snapshot import Machine, MachineState, Snapshot, SparkPoint, Watch
from cctray.door import address as door_address
from cctray.door import protocol, routes
from cctray.door.client import DoorClient, connect
from cctray.door.server import DoorServer
from cctray.door.sockets import MAX_SOCKET_PATH, Transport
from tests.fakes import FakeEngine

T = TypeVar("T")
REPOSITORY = Path(__file__).parents[2]
ENDED = "The running cctray ended while it answered. Start it again."
GONE = "cctray is not running any more. Start it again."
FOREIGN = """
import socket, sys
connection, _ = socket.socket(fileno=int(sys.argv[1])).accept()
connection.recv(9999)
connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n{}")
connection.close()
"""
TRANSPORTS = [Transport.LOOPBACK] if sys.platform == "win32" else list(Transport)


@pytest.fixture
def door_file(tmp_path: Path) -> Path:
    """A door file as `Paths` names it."""
    return tmp_path / "door" / "door.json"


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


def raw(door_file: Path, request: str, body: bytes = b"") -> bytes:
    """What an arbitrary program says and hears; `{token}` and `{port}` are filled in from the door file."""
    known = door_address.read(door_file)
    assert known is not None
    with socket.socket(socket.AF_INET if known.port else socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(("127.0.0.1", known.port) if known.port else known.socket or "")
        connection.sendall(request.format(token=known.token, port=known.port).replace("\n", "\r\n").encode() + body)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
        return answer


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


async def test_nobody_there(door_file: Path) -> None:
    """Without a door, and after one was closed, there is no client, no file and no socket."""
    assert connect(door_file) is None
    async with served(FakeEngine(), door_file):
        client = await entered(door_file)
    assert list(door_file.parent.iterdir()) == []
    assert connect(door_file) is None
    with pytest.raises(DoorError, match="not running any more"):
        client.snapshot()


async def test_waits_for_a_door_that_opens(door_file: Path) -> None:
    """A second start finds an engine that is still opening its door."""
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(outside(lambda: connect(door_file, wait_s=20)))
        async with served(FakeEngine(), door_file):
            assert await waiting is not None


@pytest.mark.skipif(sys.platform == "win32", reason="the rights of the profile folder rule there")
async def test_others_are_kept_out_by_the_file_system(door_file: Path) -> None:
    """Folder 0700, door file and socket 0600, also where the folder was wider before."""
    door_file.parent.mkdir(mode=0o755)
    async with served(FakeEngine(), door_file):
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in door_file.parent.iterdir()}
        assert found == {"door.json": 0o600, "socket": 0o600}
        assert stat.S_IMODE(door_file.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
async def test_a_door_file_that_others_can_touch_is_not_believed(door_file: Path) -> None:
    """Whoever can write the door file could take the user's commands: the client says so and stops."""
    async with served(FakeEngine(), door_file):
        await outside(lambda: door_file.chmod(0o666))
        with pytest.raises(DoorError, match="somebody else"):
            await outside(lambda: connect(door_file))


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


async def test_too_many_connections(door_file: Path) -> None:
    """Connection 33 is told why it is refused; when one leaves the next gets in."""
    async with served(FakeEngine(), door_file):
        client = await entered(door_file)
        streams = [client.watch() for _ in range(routes.MAX_CONNECTIONS)]
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
    monkeypatch.setattr(routes, "REQUEST_S", 0.05)
    async with served(FakeEngine(), door_file):
        reader, writer = await asyncio.open_unix_connection(door_file.parent / "socket")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_stopping_ends_streams_at_once(door_file: Path) -> None:
    """A watcher does not delay Quit, and hears that the engine is gone."""
    async with served(FakeEngine(), door_file):
        stream = (await entered(door_file)).watch()
        await outside(lambda: next(stream))
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < routes.CLOSING_S / 2
    with pytest.raises(DoorError, match="ended"):
        next(stream)


async def test_quit_is_answered(door_file: Path) -> None:
    """Whoever asks the engine to end hears that it was taken, although the engine then ends."""
    engine = FakeEngine()
    async with served(engine, door_file):
        client = await entered(door_file)
        await outside(lambda: client.post(Quit()))
    assert engine.commands == [Quit()]


async def test_a_door_that_cannot_be_opened(tmp_path: Path) -> None:
    """Where the folder cannot be made the engine hears a sentence with a remedy."""
    (tmp_path / "door").write_bytes(b"")
    server = DoorServer(FakeEngine(), tmp_path / "door" / "door.json", version="0", measure=lambda: (0, 0.0))
    with pytest.raises(DoorError, match=r"cannot be opened.*--data-dir"):
        await server.serve()


async def test_a_body_that_never_comes(door_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who announces a command and does not send it is refused after the time limit."""
    monkeypatch.setattr(routes, "REQUEST_S", 0.05)
    request = "POST /v1/command HTTP/1.0\nAuthorization: Bearer {token}\nContent-Length: 9\n\n"
    async with served(FakeEngine(), door_file):
        assert b" 408 " in (await outside(lambda: raw(door_file, request))).splitlines()[0]


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


async def test_second_engine_is_refused(door_file: Path) -> None:
    """A door that answers is not taken away from its engine."""
    async with served(FakeEngine(), door_file):
        second = DoorServer(FakeEngine(), door_file, version="0", measure=lambda: (0, 0.0))
        with pytest.raises(AlreadyRunningError):
            await second.serve()
        assert (await entered(door_file)) is not None


async def test_long_paths(tmp_path: Path) -> None:
    """Where the path is too long for a socket the door opens at a shorter, private one, and leaves nothing there."""
    door_file = tmp_path / ("d" * MAX_SOCKET_PATH) / "door.json"
    async with served(FakeEngine(), door_file):
        known = door_address.read(door_file)
        assert known is not None
        assert known.socket is not None
        path = Path(known.socket)
        assert path.parent != door_file.parent
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert (await entered(door_file)) is not None
    assert not await outside(path.exists)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"door":1}', b"\xff"])
def test_a_damaged_door_file_is_nobody(door_file: Path, content: bytes) -> None:
    """A door file that cannot be read leads nowhere; the next engine replaces it."""
    door_file.parent.mkdir()
    door_file.write_bytes(content)
    door_file.chmod(0o600)
    assert connect(door_file) is None


def test_another_machine_of_the_same_home(door_file: Path) -> None:
    """An engine on another machine that shares the home is nobody here."""
    door_file.parent.mkdir()
    foreign = door_address.Address(door=1, version="1", pid=1, host="elsewhere", token="t", port=1)
    door_address.publish(door_file, foreign)
    assert connect(door_file) is None


def test_a_port_that_went_to_somebody_else(door_file: Path) -> None:
    """After a crash another program may own the port: what it says is not taken for cctray."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        door_file.parent.mkdir()
        mine = door_address.Address(
            door=1, version="1", pid=1, host=socket.gethostname(), token="t", port=other.getsockname()[1]
        )
        door_address.publish(door_file, mine)
        answering = subprocess.Popen(  # a process, so that the test needs no thread
            [
                sys.executable,
                "-c",
                FOREIGN,
                str(other.fileno()),
            ],
            pass_fds=[other.fileno()],
        )
        assert connect(door_file) is None
        assert answering.wait(10) == 0


def started(door_file: Path) -> subprocess.Popen[str]:
    """An engine of its own process whose door is open."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("engine_process.py")), str(door_file)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process


async def test_engine_killed_while_it_answers(door_file: Path) -> None:
    """`kill -9` in the middle of a request is one clear sentence, and the next engine takes over the dead door."""
    process = started(door_file)
    client = await entered(door_file)
    stream = client.watch()
    await outside(lambda: next(stream))
    async with asyncio.TaskGroup() as tasks:
        catching_up = tasks.create_task(outside(lambda: failure(client.catch_up)))
        process.kill()
        assert await catching_up in {ENDED, GONE}
    process.wait(10)
    with pytest.raises(DoorError, match="ended"):
        next(stream)
    assert connect(door_file) is None
    async with served(FakeEngine(), door_file):
        assert (await entered(door_file)) is not None


def failure(call: Callable[[], None]) -> str:
    """What it raised, in words."""
    with pytest.raises(DoorError) as caught:
        call()
    return str(caught.value)


def test_the_client_is_light() -> None:
    """Every start of the command line loads the client: no asyncio, no aiohttp, no http.client with it."""
    code = (
        "import sys, cctray.door.client; "
        "print({'asyncio', 'aiohttp', 'http.client', 'ssl', 'email', 'logging'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "set()\n"


def test_the_server_loads_aiohttp_late() -> None:
    """The engine's process has aiohttp only once it serves."""
    code = "import sys, cctray.door.server; print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "False\n"
