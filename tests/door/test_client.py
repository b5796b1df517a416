"""What the client believes, and what it costs."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cctray.core.errors import DoorError
from cctray.door import address as door_address
from cctray.door.client import connect
from tests.door.serving import REPOSITORY, outside, served
from tests.fakes import FakeEngine

FOREIGN = """
import socket, sys
connection, _ = socket.socket(fileno=int(sys.argv[1])).accept()
connection.recv(9999)
connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n{}")
connection.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="as above")
async def test_a_door_file_that_others_can_touch_is_not_believed(door_file: Path) -> None:
    """Whoever can write the door file could take the user's commands: the client says so and stops."""
    async with served(FakeEngine(), door_file):
        await outside(lambda: door_file.chmod(0o666))
        with pytest.raises(DoorError, match="somebody else"):
            await outside(lambda: connect(door_file))


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


def test_the_client_is_light() -> None:
    """Every start of the command line loads the client: no asyncio, no http.client with it."""
    code = (
        "import sys, cctray.door.client; "
        "print({'asyncio', 'aiohttp', 'http.client', 'ssl', 'email', 'logging'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "set()\n"
