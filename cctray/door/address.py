"""The door file: where the running engine listens, and the token that opens. Readable for this user alone.

Written by the server when it listens, removed when it stops; after a crash it lies there and leads nowhere.
"""

import os
import socket
import stat
import sys
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from cctray.core.errors import DoorError

MAX_DOOR_FILE: Final = 4096
"""Bytes; what is larger was not written by cctray."""


class Address(Struct, frozen=True, kw_only=True):
    """Where to knock, and with which word."""

    door: int
    version: str
    pid: int
    host: str
    """A home on the network is seen by several machines; the door opens on this one."""
    token: str
    socket: str | None = None
    """Path of the socket file."""
    port: int | None = None
    """On 127.0.0.1, where there are no socket files."""


def read(door_file: Path) -> Address | None:
    """Read the door file, None where there is none of this machine; raise DoorError where it is not ours alone."""
    try:
        if not is_ours_alone(door_file):
            raise DoorError(
                f"{door_file} can be changed or read by somebody else.", "Remove it and start cctray again."
            )
        with door_file.open("rb") as file:
            address = msgspec.json.decode(file.read(MAX_DOOR_FILE), type=Address)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise DoorError(f"{door_file} cannot be read: {error.strerror}.", "Look at its rights.") from error
    return address if address.host == socket.gethostname() else None


def publish(door_file: Path, address: Address) -> None:
    """Write the door file; a reader sees all of it or the one before. Raises OSError."""
    temporary = door_file.with_suffix(f".{os.getpid()}")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(address))
    temporary.replace(door_file)


def withdraw(door_file: Path, address: Address) -> None:
    """Remove the door file if it is still the one of this address. Raises OSError."""
    try:
        is_mine = door_file.read_bytes() == msgspec.json.encode(address)
    except FileNotFoundError:
        return
    if is_mine:
        door_file.unlink(missing_ok=True)


def is_ours_alone(path: Path) -> bool:
    """Whether it belongs to this user, is no link and gives nobody else any right; raise OSError."""
    if sys.platform == "win32":
        return True  # the rights of the user's profile folder say so
    found = path.lstat()
    is_own = found.st_uid == os.getuid() and not stat.S_ISLNK(found.st_mode)
    return is_own and not stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
