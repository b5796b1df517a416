"""The tray's menu: the list of entries for each state, and the QMenu that follows it."""

from itertools import pairwise

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from cctray.core.commands import Command, Pause, Quit, Resume
from cctray.core.snapshot import Hub, Reading, Snapshot
from cctray.ui.theme import DARK, LIGHT
from cctray.ui.tray.menu import Door, MenuItem, MenuView, menu_items
from tests.ui.tray.tray_scenes import NOW_MS, scene, team

ALONE = ["12.4k tok/min · $3.20/h", "", "Pause", "", "Settings…", "Diagnostics…", "", "Quit cctray"]
WHOLE = scene(is_team=True, machines=team(), can_pair=True, has_dashboard=True, hub=Hub(name="R&D", is_this=True))


def labels(items: tuple[MenuItem, ...]) -> list[str]:
    """What stands there, lines as empty words."""
    return [item.label for item in items]


def entry(items: tuple[MenuItem, ...], label: str) -> MenuItem:
    """The entry with that label."""
    return next(item for item in items if item.label == label)


def shown(menu: QMenu) -> list[str]:
    """What the QMenu shows, lines as empty words."""
    return [action.text() for action in menu.actions()]


def test_one_machine_is_offered_no_team() -> None:
    """Without pairing and dashboard in the build the menu does not speak of them."""
    assert labels(menu_items(scene())) == ALONE


def test_a_team_gets_everything() -> None:
    """Dashboard, hub and pairing appear where the Snapshot has them, in the order of the design."""
    items = menu_items(WHOLE)
    assert labels(items)[:6] == [
        "12.4k tok/min · $3.20/h · 3 of 4 live",
        "",
        "Open dashboard",
        "Pause",
        "Hub",
        "Pair a machine…",
    ]
    assert labels(entry(items, "Hub").children) == [
        "Automatic",
        "Always this machine",
        "Never this machine",
        "",
        "Now: R&D (this machine)",
    ]


@pytest.mark.parametrize(
    ("snapshot", "status"),
    [
        (scene(0), "Idle · $12.70 today"),
        (scene(paused_since_ms=NOW_MS), "Paused since 13:46"),
        (scene(places=()), "No Claude Code data found"),
        (scene(reading=Reading(files_done=0, files_total=1, bytes_done=1, bytes_total=4)), "Reading history: 25 %"),
    ],
)
def test_the_first_line_says_what_is_going_on(snapshot: Snapshot, status: str) -> None:
    """Each state has its words, and the line cannot be chosen."""
    first = menu_items(snapshot)[0]
    assert first.label == status
    assert not first.is_enabled


def test_pause_turns_into_resume() -> None:
    """One entry, two commands."""
    assert entry(menu_items(scene()), "Pause").command == Pause()
    assert entry(menu_items(scene(paused_since_ms=NOW_MS)), "Resume").command == Resume()


def test_no_state_has_two_lines_in_a_row() -> None:
    """Groups are separated once, and no line begins or ends the menu."""
    for snapshot in (scene(), WHOLE, scene(0, places=()), replace(WHOLE, hub=None)):
        names = labels(menu_items(snapshot))
        assert names[0]
        assert names[-1]
        assert all(one or other for one, other in pairwise(names))


def test_a_click_posts_or_opens(qtbot: QtBot) -> None:
    """Every entry that can be chosen does exactly what its item says; Quit is a command like any other."""
    posted: list[Command] = []
    opened: list[Door] = []
    view = MenuView(posted.append, opened.append, DARK)
    qtbot.addWidget(view.menu)
    view.show_items(menu_items(WHOLE), DARK)
    for action in view.menu.actions():
        child = action.menu()
        for each in child.actions() if isinstance(child, QMenu) else [action]:
            each.trigger()
    assert posted == [Pause(), Quit()]
    assert opened == [
        Door.DASHBOARD,
        Door.HUB_AUTOMATIC,
        Door.HUB_ALWAYS,
        Door.HUB_NEVER,
        Door.PAIRING,
        Door.SETTINGS,
        Door.DIAGNOSTICS,
    ]


def test_new_words_do_not_replace_the_entries(qtbot: QtBot) -> None:
    """A menu that is open while the rate changes keeps its entries, so it stays open."""
    view = MenuView(lambda _: None, lambda _: None, DARK)
    qtbot.addWidget(view.menu)
    view.show_items(menu_items(scene()), DARK)
    before = view.menu.actions()
    view.show_items(menu_items(scene(840)), DARK)
    assert shown(view.menu)[0] == "840 tok/min · $3.20/h"
    assert view.menu.actions() == before


def test_the_menu_follows_the_state(qtbot: QtBot) -> None:
    """Entries come and go with the Snapshot, and a theme brings its colours; a name's & is not a shortcut."""
    view = MenuView(lambda _: None, lambda _: None, DARK)
    qtbot.addWidget(view.menu)
    view.show_items(menu_items(scene()), DARK)
    assert shown(view.menu) == ALONE
    view.show_items(menu_items(WHOLE), LIGHT)
    assert LIGHT.card in view.menu.styleSheet()
    hub = view.menu.actions()[4].menu()
    assert isinstance(hub, QMenu)
    assert shown(hub)[-1] == "Now: R&&D (this machine)"
    icons = [not action.icon().isNull() for action in view.menu.actions()]
    assert icons == [False, False, True, True, True, True, False, True, False, False, False]
