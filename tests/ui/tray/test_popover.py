"""The popover's window: what its buttons post, how it opens, closes, is placed, and that every state fits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from cctray.core.commands import Command, LookAgain, Pause, Resume
from cctray.core.config import Theme
from cctray.core.snapshot import Rate
from cctray.ui.bridge import Bridge
from cctray.ui.theme import Look
from cctray.ui.tray.placing import place
from cctray.ui.tray.popover import Popover
from cctray.ui.tray.popover_model import Action
from tests.ui.snapshots import SAMPLES

SCREEN = QRect(0, 0, 1280, 800)
ICON = QRect(1200, 4, 24, 24)


@dataclass
class Desk:
    """A popover with everything it was asked."""

    popover: Popover
    bridge: Bridge
    look: Look
    posted: list[Command]
    asked: list[str] = field(default_factory=list)

    def show(self, name: str) -> None:
        """Open it in that state."""
        sample = SAMPLES[name]
        self.popover.show_snapshot(sample.snapshot)
        self.popover.open_at(ICON)
        self.popover.show_at(sample.now_ms)

    def button(self, text: str) -> QAbstractButton:
        """The visible button with that text or accessible name."""
        return next(each for each in buttons(self.popover) if text in (each.text(), each.accessibleName()))


def press(target: QWidget, key: Qt.Key) -> None:
    """Press a key where the focus is, or on the target."""
    focused: QWidget | None = target.focusWidget()
    QTest.keyClick(target if focused is None else focused, key)


def buttons(popover: Popover) -> list[QAbstractButton]:
    """The buttons that can be seen."""
    return [each for each in popover.findChildren(QAbstractButton) if each.isVisible()]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    """A popover in which everything is answered by taking a note."""
    posted: list[Command] = []
    asked: list[str] = []
    look, bridge = Look(Theme.DARK), Bridge(posted.append)
    popover = Popover(
        bridge,
        look,
        open_settings=lambda: asked.append("settings"),
        open_dashboard=lambda: asked.append("dashboard"),
        choose_folder=lambda: asked.append("folder"),
        more_actions={
            Action.PAIR: lambda: asked.append("pair"),
            Action.RETRY_HUB: lambda: asked.append("retry"),
            Action.DETAILS: lambda: asked.append("details"),
        },
    )
    qtbot.addWidget(popover)
    return Desk(popover, bridge, look, posted, asked)


@pytest.mark.parametrize(
    ("state", "text", "command"),
    [
        ("normal", "Pause", Pause()),
        ("paused", "Resume", Resume()),
        ("first-run", "Look again", LookAgain()),
    ],
)
def test_a_button_posts_its_command(desk: Desk, state: str, text: str, command: Command) -> None:
    """What a button says is what the engine is asked for, once."""
    desk.show(state)
    desk.button(text).click()
    assert desk.posted == [command]


@pytest.mark.parametrize(
    ("state", "text", "asked"),
    [
        ("normal", "Settings", "settings"),
        ("normal", "Dashboard", "dashboard"),
        ("first-run", "Choose folder…", "folder"),
        ("one-machine", "Pair…", "pair"),
        ("hub-lost", "Try now", "retry"),
        ("hub-lost", "Details", "details"),
    ],
)
def test_a_button_that_opens_another_window_closes_the_popover(desk: Desk, state: str, text: str, asked: str) -> None:
    """The popover is gone before the other window comes, else it would lie above it."""
    desk.show(state)
    desk.button(text).click()
    assert desk.asked == [asked]
    assert not desk.popover.isVisible()


def test_a_button_nobody_answers_is_not_there(qtbot: QtBot) -> None:
    """Without somebody who pairs or retries, neither is offered."""
    bridge = Bridge(lambda _command: None)
    nothing: Callable[[], None] = lambda: None  # noqa: E731 - given three times
    popover = Popover(bridge, Look(Theme.DARK), open_settings=nothing, open_dashboard=nothing, choose_folder=nothing)
    qtbot.addWidget(popover)
    desk = Desk(popover, bridge, Look(Theme.DARK), [])
    for state in ("hub-lost", "one-machine", "normal"):
        desk.show(state)
        texts = {each.text() for each in buttons(popover)}
        assert texts.isdisjoint({"Try now", "Details", "Pair…"}), state


def test_the_offer_can_be_dismissed(desk: Desk) -> None:
    """Once dismissed the offer does not come back with the next Snapshot."""
    desk.show("one-machine")
    desk.button("Do not offer this again").click()
    desk.show("one-machine")
    assert "Pair…" not in {each.text() for each in buttons(desk.popover)}


@pytest.mark.parametrize("state", SAMPLES)
def test_everything_is_reached_by_tab_and_has_a_name(desk: Desk, qtbot: QtBot, state: str) -> None:
    """Tab visits every button that can be pressed, from top to bottom; each has a name to be read out."""
    desk.show(state)
    wanted = [each for each in buttons(desk.popover) if each.isEnabled()]
    visited: list[QWidget] = []
    for _ in range(len(wanted) + 1):
        press(desk.popover, Qt.Key.Key_Tab)
        focused = desk.popover.focusWidget()
        assert focused is not None
        visited.append(focused)
    assert set(wanted) <= set(visited)
    places = [each.mapTo(desk.popover, each.rect().topLeft()) for each in visited[: len(wanted)]]
    assert [(spot.y() // 8, spot.x()) for spot in places] == sorted((spot.y() // 8, spot.x()) for spot in places)
    assert all(each.accessibleName() or each.text() for each in wanted)


@pytest.mark.parametrize("state", SAMPLES)
def test_no_part_overlaps_another_or_leaves_the_card(desk: Desk, state: str) -> None:
    """Parts stand below each other and inside, and each says in words what it shows."""
    desk.show(state)
    parts = sorted(
        (each for each in desk.popover.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
         if each.isVisible()),
        key=lambda each: each.y(),
    )  # fmt: skip
    for above, below in pairwise(parts):
        assert above.geometry().bottom() < below.geometry().top()
    assert all(desk.popover.rect().contains(each.geometry()) for each in parts)
    assert all(each.accessibleName() for each in parts[:-1])


def test_new_numbers_leave_buttons_alone(desk: Desk) -> None:
    """A button keeps its focus and its press while the numbers beside it change ten times a second."""
    desk.show("normal")
    pair = desk.button("Pair… office-mini")
    pair.setFocus()
    sample = SAMPLES["normal"].snapshot
    faster = replace(sample.machines[0], rate=Rate(tokens_per_minute=99_000))
    desk.popover.show_snapshot(replace(sample, machines=(faster, *sample.machines[1:])))
    assert desk.button("Pair… office-mini") is pair
    assert pair.hasFocus()


def test_escape_closes(desk: Desk, qtbot: QtBot) -> None:
    """Esc closes from wherever the focus is."""
    desk.show("normal")
    press(desk.button("Settings"), Qt.Key.Key_Escape)
    assert not desk.popover.isVisible()


def test_the_click_that_closed_it_does_not_open_it_again(desk: Desk) -> None:
    """A click on the icon while open arrives twice: first as a click outside, then as a click on the icon."""
    desk.popover.toggle_at(ICON)
    assert desk.popover.isVisible()
    desk.popover.hide()
    desk.popover.toggle_at(ICON)
    assert not desk.popover.isVisible()


def test_a_closed_popover_works_for_nothing(desk: Desk) -> None:
    """No timer runs while closed, and a Snapshot is only remembered until it opens."""
    desk.show("normal")
    assert desk.popover._clock.isActive()
    desk.popover.hide()
    assert not desk.popover._clock.isActive()
    desk.bridge.show(SAMPLES["paused"].snapshot)
    assert not desk.popover._clock.isActive()
    desk.popover.open_at(None)
    assert desk.button("Resume").isEnabled()


def test_the_same_snapshot_twice_changes_nothing(desk: Desk) -> None:
    """Showing is idempotent to the pixel."""
    desk.show("normal")
    before = desk.popover.grab().toImage()
    desk.show("normal")
    assert desk.popover.grab().toImage() == before


def test_states_follow_each_other_without_rests(desk: Desk) -> None:
    """Whatever was shown before, a state looks as if it were the first."""
    desk.show("normal")
    fresh = desk.popover.grab().toImage()
    for state in SAMPLES:
        desk.show(state)
    desk.show("normal")
    assert desk.popover.grab().toImage() == fresh


def test_the_theme_switches_while_open(desk: Desk) -> None:
    """The card's ground follows the choice at once."""
    desk.show("normal")
    desk.look.choose(Theme.LIGHT)
    image: QImage = desk.popover.grab().toImage()
    assert image.pixelColor(image.width() // 2, 30) == QColor("#ffffff")


def test_it_opens_at_once(desk: Desk) -> None:
    """From the click to the first pixels there is a tenth of a second at most."""
    desk.show("normal")
    desk.popover.hide()
    timer = QElapsedTimer()
    timer.start()
    desk.popover.open_at(ICON)
    desk.popover.repaint()
    assert timer.elapsed() <= 100


def test_a_name_is_never_markup(desk: Desk) -> None:
    """Angle brackets and ampersands of a machine's name are shown as they are."""
    sample = SAMPLES["hostile"].snapshot
    desk.popover.show_snapshot(replace(sample, machines=sample.machines[1:2], is_team=True))
    desk.popover.open_at(ICON)
    desk.popover.choose_scope(sample.machines[1].id)
    names = [each.accessibleName() for each in desk.popover.findChildren(QWidget)]
    assert any("<b>bold</b>&amp;red" in name for name in names)


@pytest.mark.parametrize(
    ("icon", "free", "expected"),
    [
        (QRect(1200, 4, 24, 24), QRect(0, 32, 1280, 768), (912, 40)),
        (QRect(1200, 772, 24, 24), QRect(0, 0, 1280, 768), (912, 192)),
        (QRect(4, 400, 24, 24), QRect(32, 0, 1248, 800), (40, 127)),
        (None, QRect(0, 32, 1280, 768), (912, 40)),
        (None, QRect(0, 0, 1280, 768), (912, 192)),
        (QRect(), QRect(0, 0, 1280, 768), (912, 192)),
    ],
    ids=["top", "bottom", "left", "unknown, panel above", "unknown, panel below", "empty"],
)
def test_it_is_placed_at_the_icon_and_never_off_the_screen(
    icon: QRect | None, free: QRect, expected: tuple[int, int]
) -> None:
    """Beside the icon and inside the free part of the screen; in the corner where nothing is known."""
    size = QSize(360, 568)
    spot = place(size, icon, SCREEN, free)
    assert (spot.x(), spot.y()) == expected
    assert free.contains(QRect(spot, size))


def test_another_window_in_front_closes_it(desk: Desk, qtbot: QtBot) -> None:
    """Losing the focus to another window closes the popover, but not one framed by the desktop."""
    other = QWidget()
    qtbot.addWidget(other)
    desk.show("normal")
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not desk.popover.isVisible())
    desk.popover.open_at(None, as_window=True)
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert desk.popover.isVisible()
