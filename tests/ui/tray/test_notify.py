"""Notifications: their words, and what happens where there is no service for them."""

import sys

import pytest
from pytestqt.qtbot import QtBot

from cctray.core.alerts import Alert, AlertKind
from cctray.ui.tray.bus_line import bus_address
from cctray.ui.tray.icon import paint
from cctray.ui.tray.icon_look import IconLook
from cctray.ui.tray.notify import Notifier, Words, picture_of, words_of
from tests.ui.tray.tray_scenes import FULL_DISK, HOUR_MS, MINUTE_MS, NOW_MS, scene

FULL = Alert(kind=AlertKind.PROBLEM, key="problem:disk-full", problem=FULL_DISK)
BLOCK = Alert(
    kind=AlertKind.BLOCK,
    key="block-95",
    share=0.95,
    used_share=0.957,
    full_at_ms=NOW_MS + 76 * MINUTE_MS,
    ends_at_ms=NOW_MS + 2 * HOUR_MS + 14 * MINUTE_MS,
)


def test_a_block_alert_says_share_pace_and_end() -> None:
    """As drawn in the design; the share is rounded down, so that 95 % is never said too early."""
    assert words_of(BLOCK, "UTC") == Words(
        "95 % of this block is used", "At this rate the limit is reached at 15:02. The block ends at 16:00."
    )


def test_a_problem_alert_says_what_to_do() -> None:
    """Title and remedy are the problem's own."""
    assert words_of(FULL, "UTC") == Words("The disk is full.", "Free some space.")


@pytest.mark.parametrize("bus", ["disabled:", "unix:path=/nowhere/bus", "tcp:host=x"])
def test_without_a_bus_the_tray_says_it(bus: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bus, none that answers, one that cannot be spoken to: the words go the other way, none is lost."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    said: list[tuple[str, str]] = []
    notifier = Notifier(lambda *words: said.append(words), lambda px: paint(IconLook(), px), lambda: None)
    notifier.show(FULL, scene())
    notifier.show(BLOCK, scene())
    assert [title for title, _ in said] == ["The disk is full.", "95 % of this block is used"]


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1/bus,guid=ab"}, "/run/user/1/bus"),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:abstract=/tmp/dbus-x,guid=1"}, "\0/tmp/dbus-x"),
        ({"DBUS_SESSION_BUS_ADDRESS": "tcp:host=a,port=1;unix:path=/a%20b"}, "/a b"),
        ({"XDG_RUNTIME_DIR": "/run/user/1"}, "/run/user/1/bus"),
        ({}, None),
        ({"DBUS_SESSION_BUS_ADDRESS": "autolaunch:"}, None),
    ],
)
def test_the_bus_is_found_where_the_session_says(environment: dict[str, str], path: str | None) -> None:
    """Path and abstract sockets, several addresses, escapes, and systemd's place where nothing is named."""
    assert bus_address(environment) == path


@pytest.mark.skipif(sys.platform != "linux", reason="the picture goes over D-Bus")
def test_the_picture_is_what_the_icon_shows() -> None:
    """RGBA, unscaled, a line after the other."""
    image = paint(IconLook(text="12k", fill=20), 64)
    picture = picture_of(image)
    assert (picture.width, picture.height, picture.stride, len(picture.data)) == (64, 64, 256, 64 * 256)
    at = 40 * 4
    assert tuple(picture.data[at : at + 4]) == (0x7C, 0x9C, 0xFF, 255)
