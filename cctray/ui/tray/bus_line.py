"""A line to the session bus for the calls Qt's binding cannot make: opened for a notification, closed after it."""

import os
import socket
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from cctray.ui.tray.desktop_bus import Body, BusError, Target, method_call, take_message

BUS: Final = Target("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

BITE: Final = 1 << 16
SEND_LIMIT_S: Final = 1.0
"""The bus reads at once; one that does not is as good as none."""


def bus_address(environment: Mapping[str, str]) -> str | None:
    """Path of the session bus's socket (abstract ones begin with a zero byte), None where none is named."""
    named = environment.get("DBUS_SESSION_BUS_ADDRESS", "")
    if not named and (folder := environment.get("XDG_RUNTIME_DIR")):
        named = f"unix:path={folder}/bus"
    for address in named.split(";"):
        kind, _, rest = address.partition(":")
        pairs = dict(pair.split("=", 1) for pair in rest.split(",") if "=" in pair)
        if kind == "unix" and "path" in pairs:
            return unquote(pairs["path"])
        if kind == "unix" and "abstract" in pairs:
            return "\0" + unquote(pairs["abstract"])
    return None


class BusLine(QObject):
    """Calls go out by `call`, everything that comes in by `received`; `broken` once if the line is lost."""

    received = Signal(object)
    """Carries a `Message`."""
    broken = Signal()

    def __init__(self, environment: Mapping[str, str], match_rule: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._address = bus_address(environment)
        self._match_rule = match_rule
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None
        self._buffer = bytearray()
        self._is_accepted = False
        self._waiting = b""
        self._serial = 0

    def open(self) -> bool:
        """Begin; False where there is no bus."""
        if self._address is None:
            return False
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SEND_LIMIT_S)
        try:
            line.connect(self._address)
            line.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        except OSError:
            line.close()
            return False
        self._socket = line
        self._notifier = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self.call(BUS, "Hello", Body())
        self.call(BUS, "AddMatch", Body().string(self._match_rule))
        return True

    def call(self, target: Target, member: str, body: Body) -> int | None:
        """Send a call; its serial, or None if the line is lost."""
        self._serial += 1
        message = method_call(self._serial, target, member, body)
        if not self._is_accepted:
            self._waiting += message
            return self._serial
        return self._serial if self._send(message) else None

    def close(self) -> None:
        """End without a word."""
        if self._notifier:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._socket:
            self._socket.close()
            self._socket = None

    def _send(self, raw: bytes) -> bool:
        if self._socket is None:
            return False
        try:
            self._socket.sendall(raw)
        except OSError:
            self._break()
            return False
        return True

    def _read(self) -> None:
        try:
            bite = self._socket.recv(BITE) if self._socket else b""
        except OSError:
            bite = b""
        if not bite:
            self._break()
            return
        self._buffer += bite
        if self._is_accepted or self._take_acceptance():
            self._take_messages()

    def _take_acceptance(self) -> bool:
        """The bus's one line of greeting; then everything that waits may go."""
        line, newline, rest = self._buffer.partition(b"\r\n")
        if not newline:
            return False
        if not line.startswith(b"OK "):
            self._break()
            return False
        self._buffer = rest
        self._is_accepted = True
        return self._send(b"BEGIN\r\n" + self._waiting)

    def _take_messages(self) -> None:
        try:
            while self._socket and (message := take_message(self._buffer)):
                self.received.emit(message)
        except BusError:
            self._break()

    def _break(self) -> None:
        self.close()
        self.broken.emit()
