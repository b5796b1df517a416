"""Opening the door and leaving it: files, sockets, processes, loops."""

import asyncio
import gc
import stat
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from cctray.core.commands import AddFolder, Raise
from cctray.core.errors import AlreadyRunningError, DoorError
from cctray.core.snapshot import Snapshot
from cctray.door import address as door_address
from cctray.door import routes, visits
from cctray.door.client import connect
from cctray.door.server import DoorServer
from cctray.door.sockets import MAX_SOCKET_PATH, Transport
from tests.door.serving import REPOSITORY, TRANSPORTS, entered, failure, outside, served
from tests.fakes import FakeEngine

ENDED = "The running cctray ended while it answered. Start it again."
GONE = "cctray is not running any more. Start it again."


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


async def test_a_door_that_cannot_be_opened(tmp_path: Path) -> None:
    """Where the folder cannot be made the engine hears a sentence with a remedy."""
    (tmp_path / "door").write_bytes(b"")
    server = DoorServer(FakeEngine(), tmp_path / "door" / "door.json", version="0", measure=lambda: (0, 0.0))
    with pytest.raises(DoorError, match=r"cannot be opened.*--data-dir"):
        await server.serve()


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


def test_the_server_is_light() -> None:
    """No HTTP library comes with the door: one costs the tray 18 MB."""
    code = (
        "import sys, asyncio; before = set(sys.modules); import cctray.door.server; "
        "print({'aiohttp', 'http', 'email', 'multidict', 'PySide6'} & (set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "set()\n"


def test_the_loop_of_the_tray(qapp: QApplication, door_file: Path) -> None:
    """Under Qt's loop the door serves as under asyncio's: answers, a stream, hanging up, an end without delay."""
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        for transport in TRANSPORTS:
            runner.run(each_kind_of_request(door_file, transport))
        loop = weakref.ref(runner.get_loop())
    # Here and not by chance in the thread of a later test: Qt's objects may die in their own thread only.
    gc.collect()
    assert loop() is None


async def each_kind_of_request(door_file: Path, transport: Transport) -> None:
    """What a tray serves in its life."""
    engine = FakeEngine()
    async with served(engine, door_file, transport):
        client = await entered(door_file)
        await outside(lambda: client.post(Raise()))
        assert engine.commands == [Raise()]
        with pytest.raises(DoorError, match="Too Large"):
            await outside(lambda: client.post(AddFolder("x" * routes.MAX_BODY)))
        left, stream = client.watch(), client.watch()
        assert (await outside(lambda: next(left))).rev == 1
        await outside(left.close)
        assert (await outside(lambda: next(stream))).rev == 1
        await engine.show(Snapshot(rev=2, at_ms=2))
        assert (await outside(lambda: next(stream))).rev == 2
        with pytest.raises(DoorError, match="in time"):
            await outside(lambda: client.catch_up(timeout_s=0.05))
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < visits.CLOSING_S / 2
    with pytest.raises(DoorError, match="ended"):
        next(stream)
