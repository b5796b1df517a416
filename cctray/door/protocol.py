"""What is said through the local door: paths, headers and bodies, the same for both sides.

HTTP, so that any tool can look in; one request a connection. Bodies are JSON of msgspec Structs.
Nothing here opens a socket.
"""

from typing import Final

import msgspec
from msgspec import Struct

from cctray.core.commands import Command
from cctray.core.snapshot import Snapshot, Watch

DOOR: Final = 1
"""Version of this language; it grows when an older side would misunderstand."""
DOOR_HEADER: Final = "X-Cctray-Door"
VERSION_HEADER: Final = "X-Cctray-Version"

INFO: Final = "/v1/info"
SNAPSHOT: Final = "/v1/snapshot"
SNAPSHOTS: Final = "/v1/snapshots"
COMMAND: Final = "/v1/command"
CATCH_UP: Final = "/v1/catch-up"

HEARTBEAT_S: Final = 15.0
"""An empty line this often on the stream: a reader that hears nothing knows that the engine hangs."""


class Info(Struct, frozen=True, kw_only=True):
    """The engine about itself."""

    version: str
    pid: int
    rss_bytes: int
    """Resident memory."""
    cpu_s: float
    """Seconds of processor time since it started, user and system."""
    watch: Watch


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a request failed, for a person."""

    title: str
    remedy: str


def decode_command(body: bytes) -> Command:
    """Read a posted command; raise msgspec.DecodeError."""
    command: Command = msgspec.json.decode(body, type=Command)
    return command


def decode_snapshot(body: bytes) -> Snapshot:
    """Read a snapshot; raise msgspec.DecodeError."""
    return msgspec.json.decode(body, type=Snapshot)


def mismatch(running: str, asking: str) -> Refusal:
    """Explain that two versions of cctray met: the engine's and the one that came in."""
    return Refusal(
        title=f"The running cctray is version {running}, this one is {asking}; they do not understand each other.",
        remedy="Quit the running one (its menu, or stop `cctray serve`) and start it again.",
    )
