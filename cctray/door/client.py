"""The local door from outside: what the command line, a second start and later the dashboard say to the engine.

Blocking, and without asyncio and http.client: every start of the command line pays for this import
(http.client alone costs 20 ms). One connection a request, HTTP/1.0, so that the end of the answer is its end.
"""

import select
import socket
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from cctray import __version__
from cctray.core.commands import Command
from cctray.core.errors import DoorError
from cctray.core.snapshot import Snapshot
from cctray.door import address as door_address
from cctray.door import protocol
from cctray.door.address import Address
from cctray.door.protocol import Info, Refusal

CONNECT_S: Final = 4.0
"""The kernel connects at once; Windows tries a closed port for two seconds before it says so."""
ANSWER_S: Final = 5.0
"""The engine's loop is never held longer than some milliseconds; a machine that swaps may need seconds."""
SILENCE_S: Final = 3 * protocol.HEARTBEAT_S
"""A stream without so much as a heartbeat is dead."""
CATCH_UP_S: Final = 600.0
"""A first read of tens of gigabytes takes minutes."""
LOOK_AGAIN_S: Final = 0.02
SETTLE_S: Final = 0.5
"""An engine that takes over from a dead one listens a moment before its door file is there; the old token fails."""
MAX_HEAD: Final = 16 * 1024
MAX_ANSWER: Final = 16 * 1024 * 1024
"""Bytes; a snapshot of fifty machines has less than 100 kB."""
RECEIVE: Final = 64 * 1024
UNKNOWN_LENGTH: Final = MAX_ANSWER
LOOPBACK: Final = "127.0.0.1"
OK: Final = 200


T = TypeVar("T")


def connect(door_file: Path, wait_s: float = 0.0) -> "DoorClient | None":
    """Find the running engine, None where nobody is there (after waiting that long for one that is starting).

    Raises DoorError where somebody is there who does not answer, refuses, or is of a version too different.
    """
    until = time.monotonic() + wait_s
    settled = time.monotonic() + SETTLE_S
    while True:
        try:
            if (address := door_address.read(door_file)) and (client := _met(address)):
                return client
        except DoorError:
            if time.monotonic() >= settled:
                raise
        else:
            if time.monotonic() >= until:
                return None
        time.sleep(LOOK_AGAIN_S)  # noqa: TID251 - nothing tells a blocking client that a door opens


class DoorClient:
    """Talks to the running engine. Every method raises DoorError where that fails."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def info(self) -> Info:
        """Tell version, process, memory, processor time and watch mode of the engine."""
        return self._asked(protocol.INFO, Info)

    def snapshot(self) -> Snapshot:
        """Give the newest snapshot."""
        return self._asked(protocol.SNAPSHOT, Snapshot)

    def watch(self) -> Generator[Snapshot, None, None]:
        """Give the newest snapshot now and after each change, at most ten a second; slow callers miss some."""
        with closing(_Exchange(self._address, "GET", protocol.SNAPSHOTS, b"", SILENCE_S)) as exchange:
            pending = b""
            while True:
                pending += exchange.more()
                while exchange.has_more():
                    pending += exchange.more()
                *lines, pending = pending.split(b"\n")
                if full := [line for line in lines if line]:
                    yield self._decoded(full[-1], Snapshot, exchange.version)

    def post(self, command: Command) -> None:
        """Hand a command to the engine; on return it is taken, not yet done."""
        with closing(_Exchange(self._address, "POST", protocol.COMMAND, msgspec.json.encode(command))) as exchange:
            exchange.rest()

    def catch_up(self, timeout_s: float = CATCH_UP_S) -> None:
        """Return when everything that is on disk now is in the history."""
        with closing(_Exchange(self._address, "POST", protocol.CATCH_UP, b"", timeout_s)) as exchange:
            exchange.rest()

    def _asked(self, path: str, kind: type[T]) -> T:
        with closing(_Exchange(self._address, "GET", path, b"")) as exchange:
            return self._decoded(exchange.rest(), kind, exchange.version)

    def _decoded(self, answer: bytes, kind: type[T], version: str) -> T:
        try:
            return msgspec.json.decode(answer, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            refusal = protocol.mismatch(version, __version__)
            raise DoorError(refusal.title, refusal.remedy) from error


class _NobodyError(DoorError):
    """Nobody listens there, or somebody who is not cctray."""

    def __init__(self) -> None:
        super().__init__("cctray is not running any more.", "Start it again.")


class _Exchange:
    """One request, and its answer as it comes in. Foreign errors end here."""

    def __init__(self, address: Address, method: str, path: str, body: bytes, timeout_s: float = ANSWER_S) -> None:
        self.version = ""
        """Of the engine."""
        self._status = 0
        self._length = 0
        self._early = b""
        """What came with the head."""
        self._connection = _knocked(address)
        try:
            self._connection.settimeout(timeout_s)
            self._send(address, method, path, body)
            self._read_head()
            if self._status != OK:
                raise _refused(self.rest())
        except DoorError:
            self.close()
            raise

    def more(self) -> bytes:
        """Wait for some bytes; raise DoorError where the engine ends or is silent."""
        chunk, self._early = self._early or self._receive(), b""
        if not chunk:
            raise DoorError("The running cctray ended while it answered.", "Start it again.")
        return chunk

    def has_more(self) -> bool:
        """Whether bytes are there already."""
        return bool(self._early or select.select([self._connection], [], [], 0)[0])

    def rest(self) -> bytes:
        """Give the whole answer."""
        answer = bytearray(self._early)
        while len(answer) < min(self._length, MAX_ANSWER) and (chunk := self._receive()):
            answer += chunk
        if len(answer) < self._length != UNKNOWN_LENGTH:
            raise DoorError("The running cctray ended while it answered.", "Start it again.")
        return bytes(answer)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _send(self, address: Address, method: str, path: str, body: bytes) -> None:
        lines = (
            f"{method} {path} HTTP/1.0",
            f"Host: {LOOPBACK}:{address.port}" if address.port else "Host: cctray",
            f"Authorization: Bearer {address.token}",
            f"{protocol.DOOR_HEADER}: {protocol.DOOR}",
            f"{protocol.VERSION_HEADER}: {__version__}",
            f"Content-Length: {len(body)}",
        )
        try:
            self._connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        except OSError:
            # It hung up before it had heard all: its reason may lie in the answer.
            return

    def _read_head(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < MAX_HEAD and (chunk := self._receive()):
            head += chunk
        head, _, self._early = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status, length = first.split(" ")[1:2], fields.get("content-length", "")
        if not head:
            raise DoorError("The running cctray ended while it answered.", "Start it again.")
        if protocol.DOOR_HEADER.lower() not in fields or not status[0:1] or not status[0].isdecimal():
            raise _NobodyError
        self.version = fields.get(protocol.VERSION_HEADER.lower(), "another")
        self._status = int(status[0])
        self._length = int(length) if length.isdecimal() else UNKNOWN_LENGTH

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(RECEIVE)
        except TimeoutError as error:
            raise DoorError(
                "The running cctray does not answer in time.",
                "Wait a little; if it goes on, quit it and start it again.",
            ) from error
        except OSError:
            # Reset: the same as the end for whoever reads.
            return b""


def _met(address: Address) -> DoorClient | None:
    try:
        client = DoorClient(address)
        client.info()
    except _NobodyError:
        return None
    return client


def _knocked(address: Address) -> socket.socket:
    """Connect to the address; raise _NobodyError, or DoorError where this user may not."""
    kind = socket.AF_INET if address.port else socket.AF_UNIX
    connection = socket.socket(kind, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_S)
        connection.connect((LOOPBACK, address.port) if address.port else address.socket or "")
    except (FileNotFoundError, ConnectionRefusedError) as error:
        connection.close()
        raise _NobodyError from error
    except OSError as error:
        connection.close()
        raise DoorError(
            f"The running cctray cannot be reached: {error.strerror or error}.", "Quit it and start it again."
        ) from error
    return connection


def _refused(answer: bytes) -> DoorError:
    try:
        refusal = msgspec.json.decode(answer, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return DoorError("The running cctray refused.", "Look into its log, quit it and start it again.")
    return DoorError(refusal.title, refusal.remedy)
