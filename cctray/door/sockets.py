"""The listening socket of the door: a socket file for this user alone, or loopback where there is none.

A socket file left by a dead engine is replaced; one that answers is respected.
"""

import errno
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from cctray.core.errors import AlreadyRunningError, DoorError
from cctray.door import address as door_address
from cctray.door.address import Address
from cctray.door.protocol import DOOR

MAX_SOCKET_PATH: Final = 100
"""Bytes; macOS allows 104 with the closing zero, Linux 108."""
BACKLOG: Final = 32
PROBE_S: Final = 1.0
"""A living engine takes a connection at once; the kernel does it for a busy one."""
TOKEN_BYTES: Final = 32
LOOPBACK: Final = "127.0.0.1"
REMEDY: Final = "Choose another folder with --data-dir, on a disk with free space and with users' rights."


class Transport(StrEnum):
    """How the door is reached."""

    BEST = "best"
    """A socket file; loopback where the system or the folder cannot have one."""
    LOOPBACK = "loopback"


@contextmanager
def open_door(door_file: Path, version: str, transport: Transport) -> Iterator[tuple[socket.socket, Address]]:
    """Listen and tell so in the door file; on leaving take both back.

    Raises AlreadyRunningError where another engine listens here, DoorError where nobody can.
    """
    try:
        _make_private(door_file.parent)
        listener, path = _listen(door_file.parent, transport)
    except OSError as error:
        raise _impossible(door_file, error) from error
    with listener:
        address = Address(
            door=DOOR,
            version=version,
            pid=os.getpid(),
            host=socket.gethostname(),
            token=secrets.token_urlsafe(TOKEN_BYTES),
            socket=str(path) if path else None,
            port=None if path else listener.getsockname()[1],
        )
        try:
            _publish(door_file, address)
            yield listener, address
        finally:
            # What cannot be removed leads nowhere, and the next engine replaces it.
            with suppress(OSError):
                door_address.withdraw(door_file, address)
                if path:
                    path.unlink(missing_ok=True)


def _publish(door_file: Path, address: Address) -> None:
    try:
        door_address.publish(door_file, address)
    except OSError as error:
        raise _impossible(door_file, error) from error


def _impossible(door_file: Path, error: OSError) -> DoorError:
    return DoorError(f"The door in {door_file.parent} cannot be opened: {error.strerror}.", REMEDY)


def _listen(folder: Path, transport: Transport) -> tuple[socket.socket, Path | None]:
    if transport is Transport.BEST and sys.platform != "win32":
        path = _socket_path(folder)
        try:
            return _listen_at(path), path
        except OSError as error:
            # Shared folders of virtual machines and some network homes cannot hold a socket file.
            if error.errno not in {errno.EOPNOTSUPP, errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS}:
                raise
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind((LOOPBACK, 0))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener, None


def _socket_path(folder: Path) -> Path:
    path = folder / "socket"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
        return path
    short = Path(tempfile.gettempdir()) / f"cctray-{getattr(os, 'getuid', int)()}"
    _make_private(short)
    identity = folder.stat()
    return short / f"{identity.st_dev:x}-{identity.st_ino:x}.socket"


def _listen_at(path: Path) -> socket.socket:
    if path.exists():
        if _is_answered(path):
            raise AlreadyRunningError("Another cctray is running for this history.", "Use that one, or quit it first.")
        path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_S)
        # EAGAIN: alive, with a full queue.
        return probe.connect_ex(str(path)) in {0, errno.EAGAIN}


def _make_private(folder: Path) -> None:
    """Make the folder, or close an own one to everybody else; raise DoorError where that does not hold."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not door_address.is_ours_alone(folder):
        if folder.lstat().st_uid == getattr(os, "getuid", int)():
            folder.chmod(0o700)
        if not door_address.is_ours_alone(folder):
            raise DoorError(f"Others can get into {folder}.", REMEDY)
