"""The tray's menu: `menu_items` lists it from a Snapshot, `MenuView` keeps a QMenu equal to such a list.

No decisions beyond which entries there are; what an entry does is handed in by the tray.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from cctray.core.commands import Command, Pause, Quit, Resume
from cctray.core.config import RateUnit
from cctray.core.snapshot import Snapshot
from cctray.core.words import money
from cctray.ui.marks import BOX, paint_mark
from cctray.ui.shapes import Mark
from cctray.ui.theme import Palette
from cctray.ui.tray.tooltip import clock, is_idle, machine_counts, rate_words, reading_words

ICON_SCALES: Final = (1, 2, 3)
"""Menu pictures are drawn at 100, 200 and 300 %."""


class Door(StrEnum):
    """What an entry opens, where it does not post a Command."""

    DASHBOARD = "dashboard"
    SETTINGS = "settings"
    DIAGNOSTICS = "diagnostics"
    PAIRING = "pairing"
    HUB_AUTOMATIC = "hub-automatic"
    HUB_ALWAYS = "hub-always"
    HUB_NEVER = "hub-never"


class MenuItem(Struct, frozen=True, kw_only=True):
    """One entry. Without a label it is a line between groups; with neither command nor door it only says something."""

    label: str = ""
    mark: Mark | None = None
    command: Command | None = None
    door: Door | None = None
    children: tuple["MenuItem", ...] = ()

    @property
    def is_line(self) -> bool:
        """Whether it only separates groups."""
        return not self.label

    @property
    def is_enabled(self) -> bool:
        """Whether it can be chosen."""
        return self.command is not None or self.door is not None or bool(self.children)


LINE: Final = MenuItem()


def menu_items(snapshot: Snapshot) -> tuple[MenuItem, ...]:
    """The whole menu, top to bottom."""
    return (
        MenuItem(label=_status(snapshot)),
        LINE,
        *_deeds(snapshot),
        LINE,
        MenuItem(label=QCoreApplication.translate("Tray", "Settings…"), mark=Mark.GEAR, door=Door.SETTINGS),
        MenuItem(label=QCoreApplication.translate("Tray", "Diagnostics…"), door=Door.DIAGNOSTICS),
        LINE,
        MenuItem(label=QCoreApplication.translate("Tray", "Quit cctray"), command=Quit()),
    )


def _deeds(snapshot: Snapshot) -> list[MenuItem]:
    items: list[MenuItem] = []
    if snapshot.has_dashboard:
        label = QCoreApplication.translate("Tray", "Open dashboard")
        items.append(MenuItem(label=label, mark=Mark.BARS, door=Door.DASHBOARD))
    if snapshot.paused_since_ms is None:
        items.append(MenuItem(label=QCoreApplication.translate("Tray", "Pause"), mark=Mark.PAUSE, command=Pause()))
    else:
        items.append(MenuItem(label=QCoreApplication.translate("Tray", "Resume"), mark=Mark.PLAY, command=Resume()))
    if snapshot.can_pair:
        items.append(_hub_item(snapshot))
        label = QCoreApplication.translate("Tray", "Pair a machine…")
        items.append(MenuItem(label=label, mark=Mark.PAIR, door=Door.PAIRING))
    return items


def _hub_item(snapshot: Snapshot) -> MenuItem:
    children = [
        MenuItem(label=QCoreApplication.translate("Tray", "Automatic"), door=Door.HUB_AUTOMATIC),
        MenuItem(label=QCoreApplication.translate("Tray", "Always this machine"), door=Door.HUB_ALWAYS),
        MenuItem(label=QCoreApplication.translate("Tray", "Never this machine"), door=Door.HUB_NEVER),
    ]
    if snapshot.hub:
        now = (
            QCoreApplication.translate("Tray", "Now: {name} (this machine)")
            if snapshot.hub.is_this
            else QCoreApplication.translate("Tray", "Now: {name}")
        )
        children += [LINE, MenuItem(label=now.format(name=snapshot.hub.name))]
    return MenuItem(label=QCoreApplication.translate("Tray", "Hub"), mark=Mark.STAR, children=tuple(children))


def _status(snapshot: Snapshot) -> str:
    """The first line: what is going on, with its unit."""
    if snapshot.paused_since_ms is not None:
        since = clock(snapshot.paused_since_ms, snapshot.time_zone)
        return QCoreApplication.translate("Tray", "Paused since {time}").format(time=since)
    if snapshot.reading:
        words = reading_words(snapshot.reading)
        return words[0].upper() + words[1:]
    if not snapshot.has_data:
        return QCoreApplication.translate("Tray", "No Claude Code data found")
    if is_idle(snapshot):
        words = QCoreApplication.translate("Tray", "Idle · {money} today").format(money=money(snapshot.today.cost))
    else:
        words = rate_words(snapshot.live, RateUnit.ALL_TOKENS)
    if not snapshot.is_team:
        return words
    online, known = machine_counts(snapshot)
    return words + QCoreApplication.translate("Tray", " · {online} of {known} live").format(online=online, known=known)


def mark_icon(mark: Mark, colour: str) -> QIcon:
    """A picture for an entry, in the colour `#rrggbb`."""
    icon = QIcon()
    for scale in ICON_SCALES:
        pixmap = QPixmap(BOX * scale, BOX * scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.scale(scale, scale)
        paint_mark(painter, mark, 0, 0, colour)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class MenuView:
    """Keeps one QMenu equal to the newest list of entries, changing no more of it than has to change."""

    def __init__(self, post: Callable[[Command], None], open_door: Callable[[Door], None], palette: Palette) -> None:
        self.menu = QMenu()
        self._post = post
        self._open_door = open_door
        self._items: tuple[MenuItem, ...] = ()
        self._palette = palette
        self.menu.setStyleSheet(style_sheet(palette))

    def show_items(self, items: tuple[MenuItem, ...], palette: Palette) -> None:
        """Make the menu equal to `items` in these colours."""
        if palette is not self._palette:
            self._palette = palette
            self.menu.setStyleSheet(style_sheet(palette))
            self._items = ()
        if items == self._items:
            return
        if not self._relabel(items):
            self.menu.clear()
            self._fill(self.menu, items)
        self._items = items

    def _relabel(self, items: tuple[MenuItem, ...]) -> bool:
        """Change words in place where only words of plain entries differ: an open menu stays open."""
        if [_without_words(item) for item in items] != [_without_words(item) for item in self._items]:
            return False
        for action, item in zip(self.menu.actions(), items, strict=True):
            if action.text() != _as_text(item.label):
                action.setText(_as_text(item.label))
        return True

    def _fill(self, menu: QMenu, items: tuple[MenuItem, ...]) -> None:
        for item in items:
            if item.is_line:
                menu.addSeparator()
            elif item.children:
                child = menu.addMenu(_as_text(item.label))
                self._dress(child.menuAction(), item)
                self._fill(child, item.children)
            else:
                self._dress(menu.addAction(_as_text(item.label)), item)

    def _dress(self, action: QAction, item: MenuItem) -> None:
        action.setEnabled(item.is_enabled)
        if item.mark:
            action.setIcon(mark_icon(item.mark, self._palette.off))
            action.setIconVisibleInMenu(True)
        command, door = item.command, item.door
        if command is not None:
            action.triggered.connect(lambda _checked: self._post(command))
        elif door is not None:
            action.triggered.connect(lambda _checked: self._open_door(door))


def _as_text(label: str) -> str:
    """A name may hold `&`, which Qt would take for a shortcut."""
    return label.replace("&", "&&")


def _without_words(item: MenuItem) -> MenuItem:
    if item.is_line or item.children:
        return item
    return MenuItem(label="…", mark=item.mark, command=item.command, door=item.door)


def style_sheet(palette: Palette) -> str:
    """Colours and measures of the menu where Qt draws it; panels that draw it themselves use their own."""
    return (
        f"QMenu {{ background: {palette.card}; color: {palette.text}; }}"
        f"QMenu {{ border: 1px solid {palette.edge}; padding: 6px; }}"
        "QMenu::item { padding: 6px 24px 6px 8px; border-radius: 6px; min-width: 170px; }"
        f"QMenu::item:selected {{ background: {palette.selection}; }}"
        f"QMenu::item:disabled {{ color: {palette.dim}; background: transparent; }}"
        f"QMenu::separator {{ height: 1px; background: {palette.line}; margin: 6px 8px; }}"
        "QMenu::icon { padding-left: 8px; }"
    )
