"""The tray icon's behaviour without a tray: throttling, clicks, no panel. Real panels: tests/lab/test_tray.py."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from cctray.core.commands import Command
from cctray.core.config import Config
from cctray.ui.tray.icon_look import IconLook, Panel
from cctray.ui.tray.menu import Door
from cctray.ui.tray.tray import RETRIES, SHARP_WHEN_HALVED, Tray, TrayDoors, icon_of, panel_of
from tests.ui.tray.tray_scenes import NOW_MS, scene

REASON = QSystemTrayIcon.ActivationReason
GAP_MS = 60


class Said:
    """What came out of the tray."""

    def __init__(self) -> None:
        self.posted: list[Command] = []
        self.opened: list[Door] = []
        self.activations: list[QPoint | None] = []
        self.no_tray = 0

    def doors(self) -> TrayDoors:
        """Doors that remember."""
        return TrayDoors(
            post=self.posted.append,
            on_activate=self.activations.append,
            open_door=self.opened.append,
            on_no_tray=self._count,
        )

    def _count(self) -> None:
        self.no_tray += 1


@pytest.fixture
def said() -> Said:
    """What came out of the tray."""
    return Said()


@pytest.fixture
def make(qtbot: QtBot, said: Said) -> Iterator[Callable[..., Tray]]:
    """Build trays that are taken away again."""
    made: list[Tray] = []

    def build(retry_ms: int = 60_000) -> Tray:
        made.append(Tray(said.doors(), least_gap_ms=GAP_MS, retry_ms=retry_ms))
        return made[-1]

    yield build
    for tray in made:
        tray.close()
        tray.deleteLater()


def first_line(tray: Tray) -> str:
    """The menu's status line: what is shown now."""
    return tray._menu.menu.actions()[0].text()


def test_the_first_snapshot_shows_at_once(make: Callable[..., Tray]) -> None:
    """Icon, tooltip and menu are of the same Snapshot."""
    tray = make()
    tray.show_snapshot(scene(), Config())
    assert tray._icon.toolTip().startswith("cctray — 12.4k tok/min")
    assert first_line(tray) == "12.4k tok/min · $3.20/h"
    assert not tray._icon.icon().isNull()


def test_a_flood_is_shown_once_more_at_its_end(make: Callable[..., Tray], qtbot: QtBot) -> None:
    """Within the gap nothing moves; then the newest is shown, and none in between."""
    tray = make()
    shown: list[str] = []
    tray.show_snapshot(scene(1_000), Config())
    tray._menu.menu.actions()[0].changed.connect(lambda: shown.append(first_line(tray)))
    for tokens in (2_100, 3_100, 4_200):
        tray.show_snapshot(scene(tokens), Config())
    assert shown == []
    qtbot.waitUntil(lambda: bool(shown))
    assert {line.split(" ")[0] for line in shown} == {"4.2k"}


def test_nothing_new_costs_nothing(make: Callable[..., Tray], qtbot: QtBot) -> None:
    """An equal Snapshot neither repaints nor starts a timer; once the gap is over no timer runs at all."""
    tray = make()
    tray.show_snapshot(scene(), Config())
    qtbot.waitUntil(lambda: not tray._gap.isActive())
    key = tray._icon.icon().cacheKey()
    tray.show_snapshot(scene(rev=2), Config())
    assert not tray._gap.isActive()
    assert tray._icon.icon().cacheKey() == key


@pytest.mark.parametrize("reasons", [[REASON.Trigger], [REASON.DoubleClick], [REASON.Trigger, REASON.DoubleClick]])
def test_a_click_and_a_double_click_are_one_wish(
    reasons: list[QSystemTrayIcon.ActivationReason], make: Callable[..., Tray], said: Said
) -> None:
    """Panels send a click, a double click, or both for the same gesture."""
    tray = make()
    for reason in reasons:
        tray._icon.activated.emit(reason)
    assert len(said.activations) == 1


def test_other_buttons_open_nothing(make: Callable[..., Tray], said: Said) -> None:
    """The right button's menu is the panel's business, the middle one has none."""
    tray = make()
    tray._icon.activated.emit(REASON.Context)
    tray._icon.activated.emit(REASON.MiddleClick)
    assert said.activations == []


def test_a_click_on_a_message_opens(make: Callable[..., Tray], said: Said) -> None:
    """Where the tray itself shows notifications."""
    make()._icon.messageClicked.emit()
    assert len(said.activations) == 1


def test_no_tray_is_said_once_after_a_minute_of_trying(make: Callable[..., Tray], said: Said, qtbot: QtBot) -> None:
    """Twelve looks, one call, then silence; the icon stays ready."""
    if QSystemTrayIcon.isSystemTrayAvailable():
        pytest.skip("this desktop has a tray")
    tray = make(retry_ms=1)
    qtbot.waitUntil(lambda: said.no_tray == 1)
    assert tray._tries_left == 0
    assert not tray._retry.isActive()
    assert RETRIES == 12
    tray.show_snapshot(scene(), Config())
    assert tray._icon.isVisible()


@pytest.mark.parametrize(
    ("scheme", "platform", "desktop", "panel"),
    [
        (Qt.ColorScheme.Dark, "linux", "KDE", Panel.DARK),
        (Qt.ColorScheme.Light, "linux", "KDE", Panel.LIGHT),
        (Qt.ColorScheme.Light, "linux", "ubuntu:GNOME", Panel.DARK),
        (Qt.ColorScheme.Unknown, "linux", "", Panel.UNKNOWN),
        (Qt.ColorScheme.Light, "win32", "", Panel.LIGHT),
        (Qt.ColorScheme.Light, "darwin", "", Panel.TEMPLATE),
    ],
)
def test_the_ground_is_the_panels_not_the_windows(
    scheme: Qt.ColorScheme, platform: str, desktop: str, panel: Panel
) -> None:
    """GNOME's bar is dark in both styles, macOS tints, and who does not say gets an icon for either."""
    assert panel_of(scheme, platform, desktop) is panel


def test_every_size_a_panel_asks_for_is_there(qtbot: QtBot) -> None:
    """The exact picture is handed out, not a scaled one; panels that shrink get one that halves to 22 px."""
    icon = icon_of(IconLook(text="12k"), 1.0)
    for size in (16, 20, 22, 24, 32, 36, 40, 44):
        assert icon.actualSize(icon.availableSizes()[0].__class__(size, size)).width() == size
    assert max(size.width() for size in icon.availableSizes()) in {SHARP_WHEN_HALVED, 64}
    assert max(size.width() for size in icon_of(IconLook(text="12k"), 2.0).availableSizes()) == 64
    assert icon_of(IconLook(panel=Panel.TEMPLATE), 2.0).isMask()


def test_a_change_of_the_desktops_colours_repaints(make: Callable[..., Tray]) -> None:
    """Without a new Snapshot and without waiting for one."""
    tray = make()
    tray.show_snapshot(scene(at_ms=NOW_MS), Config())
    hints = QGuiApplication.styleHints()
    before = tray._icon.icon().cacheKey()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert tray._icon.icon().cacheKey() == before
    assert tray._shown.look.panel is panel_of(hints.colorScheme(), "linux", "")
