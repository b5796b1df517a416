"""Notifications: the words for an alert, and their way to the desktop.

On Linux they go to org.freedesktop.Notifications themselves: sent through the tray icon they would hide its number.
Which alerts there are is `core.alerts`; how a call looks on the wire is `desktop_bus`.
"""

import os
import sys
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QImage

from cctray.core.alerts import Alert, AlertKind
from cctray.core.snapshot import Snapshot
from cctray.ui.tray.bus_line import BusLine
from cctray.ui.tray.desktop_bus import Body, Message, Picture, Target
from cctray.ui.tray.tooltip import clock

SERVICE: Final = Target(
    "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
)
PICTURE_PX: Final = 64
OPEN: Final = "open"
CLICKED: Final = "default"
"""The action most desktops send for a click on the notification itself."""

_NORMAL: Final = 1
_CRITICAL: Final = 2
"""Stays until it is read."""
_UNTIL_SERVER_SAYS: Final = -1


class Words(Struct, frozen=True):
    """A notification as a person reads it."""

    title: str
    body: str


def words_of(alert: Alert, time_zone: str) -> Words:
    """What to say about an alert; clock times in that IANA zone."""
    if alert.problem is not None:
        return Words(alert.problem.title, alert.problem.remedy)
    title = QCoreApplication.translate("Notify", "{percent} % of this block is used").format(
        # Rounded down: 94.6 % is not yet 95.
        percent=int(alert.used_share * 100 + 1e-6)
    )
    sentences = []
    if alert.full_at_ms is not None:
        text = QCoreApplication.translate("Notify", "At this rate the limit is reached at {time}.")
        sentences.append(text.format(time=clock(alert.full_at_ms, time_zone)))
    if alert.ends_at_ms is not None:
        text = QCoreApplication.translate("Notify", "The block ends at {time}.")
        sentences.append(text.format(time=clock(alert.ends_at_ms, time_zone)))
    return Words(title, " ".join(sentences))


class Notifier(QObject):
    """Shows alerts: by the desktop's service on Linux, else (or if there is none) by `fall_back(title, body)`."""

    def __init__(
        self,
        fall_back: Callable[[str, str], None],
        picture: Callable[[int], QImage],
        on_open: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._fall_back = fall_back
        self._picture = picture
        self._on_open = on_open
        self._line: BusLine | None = None
        self._asked: dict[int, tuple[AlertKind, Words]] = {}
        """Calls without an answer yet, by serial."""
        self._showing: dict[int, AlertKind] = {}
        """What is on the screen, by the service's own number."""

    def show(self, alert: Alert, snapshot: Snapshot) -> None:
        """Show it now; one about the same thing that is still on the screen is replaced."""
        words = words_of(alert, snapshot.time_zone)
        line = self._line or self._new_line()
        serial = line.call(SERVICE, "Notify", self._body(alert, words)) if line else None
        if serial is None:
            self._fall_back(words.title, words.body)
        else:
            self._asked[serial] = (alert.kind, words)

    def _new_line(self) -> BusLine | None:
        if sys.platform != "linux":
            return None
        line = BusLine(os.environ, f"type='signal',interface='{SERVICE.interface}'", self)
        line.received.connect(self._on_message)
        line.broken.connect(self._on_broken)
        if not line.open():
            line.deleteLater()
            return None
        self._line = line
        return line

    def _body(self, alert: Alert, words: Words) -> Body:
        replaces = next((number for number, kind in self._showing.items() if kind is alert.kind), 0)
        label = QCoreApplication.translate("Notify", "Open")
        is_critical = alert.problem is not None and alert.problem.is_severe
        return (
            Body()
            .string("cctray")
            .u32(replaces if alert.kind is AlertKind.BLOCK else 0)
            .string("cctray")
            .string(words.title)
            .string(words.body)
            .strings([CLICKED, label, OPEN, label])
            .hints(
                {
                    "urgency": _CRITICAL if is_critical else _NORMAL,
                    "desktop-entry": "cctray",
                    "image-data": picture_of(self._picture(PICTURE_PX)),
                }
            )
            .i32(_UNTIL_SERVER_SAYS)
        )

    def _on_message(self, message: Message) -> None:
        asked = self._asked.pop(message.reply_to, None)
        match message:
            case Message(is_error=True) if asked:
                self._fall_back(asked[1].title, asked[1].body)
            case Message(body=(int(number), *_)) if asked:
                self._showing[number] = asked[0]
            case Message(member="ActionInvoked", body=(int(number), str(), *_)) if number in self._showing:
                self._on_open()
            case Message(member="NotificationClosed", body=(int(number), *_)):
                self._showing.pop(number, None)
            case _:
                pass
        if self._line and not self._asked and not self._showing:
            # Nothing to hear any more: an idle program keeps no line open.
            self._line.close()
            self._line.deleteLater()
            self._line = None

    def _on_broken(self) -> None:
        """The bus is gone or speaks no D-Bus: say what was not said yet another way."""
        self._line = None
        self._showing.clear()
        unsaid, self._asked = list(self._asked.values()), {}
        for _, words in unsaid:
            self._fall_back(words.title, words.body)


def picture_of(image: QImage) -> Picture:
    """An image in the form notifications carry."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return Picture(plain.width(), plain.height(), plain.bytesPerLine(), bytes(plain.constBits()))
