"""The real tray on a private X server and session bus, clicked by a panel of our own."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
import pytest

from cctray.core.config import Config
from cctray.core.snapshot import Limit, Snapshot
from tests.ui.tray.tray_scenes import FULL_DISK, HOUR_MS, NOW_MS, scene

pytest.importorskip("dbus_fast", reason="the panel of these tests speaks D-Bus by dbus-fast")
if missing := [program for program in ("Xvfb", "dbus-daemon") if shutil.which(program) is None]:
    pytest.skip(f"not on this machine: {', '.join(missing)}", allow_module_level=True)

from tests.lab.sni_host import PATIENCE_S, SniHost, until

pytestmark = pytest.mark.lab

ROOT: Final = Path(__file__).parents[2]


@dataclass
class Desk:
    """A desktop without a panel: an X server, a session bus, and the programs started there."""

    display: str
    address: str
    programs: AsyncExitStack
    panels: list[SniHost] = field(default_factory=list)

    async def panel(self, *, has_notes: bool = True) -> SniHost:
        """A panel comes up."""
        self.panels.append(await SniHost.start(self.address, has_notes=has_notes))
        return self.panels[-1]

    async def tray(self, **environment: str) -> "Program":
        """The program with the tray starts."""
        program = await self.programs.enter_async_context(started_tray(self, environment))
        await program.says("ready xcb")
        return program


@dataclass
class Program:
    """A running `tray_driver`."""

    process: asyncio.subprocess.Process

    async def says(self, line: str) -> None:
        """Wait until it says exactly that; other lines before it are passed over."""
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE_S):
            while told := (await self.process.stdout.readline()).decode():
                if told.strip() == line:
                    return
        pytest.fail(f"it ended without saying {line!r}")

    async def line_with(self, word: str) -> str:
        """Wait for a line that begins so."""
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE_S):
            while told := (await self.process.stdout.readline()).decode():
                if told.startswith(word):
                    return told.strip()
        pytest.fail(f"it ended without a line {word!r}")

    async def show(self, snapshot: Snapshot, config: Config | None = None) -> None:
        """Hand it a Snapshot and wait until it has it."""
        assert self.process.stdin
        told = {"snapshot": snapshot, "config": config or Config()}
        self.process.stdin.write(msgspec.json.encode(told) + b"\n")
        await self.process.stdin.drain()
        await self.says("shown")


@asynccontextmanager
async def started_tray(desk: Desk, environment: dict[str, str]) -> AsyncIterator[Program]:
    """The driver in a process of its own; it has to end by itself, without a word on stderr."""
    told = os.environ | {"DISPLAY": desk.display, "DBUS_SESSION_BUS_ADDRESS": desk.address, "QT_QPA_PLATFORM": "xcb"}
    told |= {"PYTHONPATH": str(ROOT), "XDG_CURRENT_DESKTOP": "", "LIBGL_ALWAYS_SOFTWARE": "1"} | environment
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "tests/lab/tray_driver.py"),
        env=told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield Program(process)
        assert process.stdin
        process.stdin.close()
        async with asyncio.timeout(PATIENCE_S):
            _, complaints = await process.communicate()
        assert (process.returncode, complaints.decode()) == (0, "")
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@asynccontextmanager
async def first_line(*command: str) -> AsyncIterator[str]:
    """A server that says where it can be reached in its first line; ended at the end."""
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout
        async with asyncio.timeout(PATIENCE_S):
            yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.communicate()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A desktop without a panel."""
    async with AsyncExitStack() as servers:
        display = await servers.enter_async_context(
            first_line("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
        )
        address = await servers.enter_async_context(
            first_line("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        )
        async with AsyncExitStack() as programs:
            made = Desk(f":{display}", address, programs)
            yield made
        for panel in made.panels:
            await panel.stop()


async def test_the_panel_gets_pictures_and_words(desk: Desk) -> None:
    """The icon registers, brings sharp pictures of the usual sizes, and both follow the Snapshot."""
    panel = await desk.panel()
    program = await desk.tray()
    await panel.next_item()
    idle = await panel.pictures()
    assert {16, 22, 24, 32, 44} <= set(idle)
    assert all(len(data) == 4 * size * size and any(data) for size, data in idle.items())
    await program.show(scene())

    async def changed() -> dict[int, bytes] | None:
        now = await panel.pictures()
        return now if now != idle else None

    busy = await until(changed)
    assert set(busy) == set(idle)
    assert await panel.tooltip() == "cctray — 12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · this machine"
    assert await panel.property("Status") == "Active"


async def test_clicks_reach_the_program(desk: Desk) -> None:
    """A left click activates; entries of the menu post a Command or open a door."""
    panel = await desk.panel()
    program = await desk.tray()
    await panel.next_item()
    await program.show(scene())

    async def whole_menu() -> list[str] | None:
        entries = await panel.menu()
        return [entry.label for entry in entries] if entries[0].label.startswith("12.4k") else None

    assert await until(whole_menu) == [
        "12.4k tok/min · $3.20/h",
        "Pause",
        "Settings…",
        "Diagnostics…",
        "Quit cctray",
    ]
    status, pause, *_ = await panel.menu()
    assert not status.is_enabled
    assert pause.is_enabled
    assert pause.has_picture
    await panel.activate()
    await program.line_with("activate")
    await panel.choose("Pause")
    await program.says('post {"type":"pause"}')
    await panel.choose("Settings…")
    await program.says("door settings")
    await panel.choose("Quit cctray")
    await program.says('post {"type":"quit"}')


async def test_a_panel_that_comes_late_gets_the_icon(desk: Desk) -> None:
    """Started at login before the panel: the icon appears with it, can be clicked, and shows what is true now."""
    program = await desk.tray()
    await program.show(scene())
    panel = await desk.panel()
    await panel.next_item()
    assert (await panel.tooltip()).startswith("cctray — 12.4k tok/min")
    await panel.activate()
    await program.line_with("activate")


async def test_a_panel_that_restarts_gets_it_again(desk: Desk) -> None:
    """After a crash of the panel the icon is back, once, and can be clicked."""
    first = await desk.panel()
    program = await desk.tray()
    await first.next_item()
    await first.stop()
    desk.panels.clear()
    second = await desk.panel()
    await second.next_item()
    await program.show(scene())
    await second.activate()
    await program.line_with("activate")
    assert second.items.empty()


async def test_without_a_tray_it_says_so_once(desk: Desk) -> None:
    """Twelve looks, then the word; a panel that comes even later still gets the icon."""
    program = await desk.tray(RETRY_MS="5")
    await program.says("no-tray")
    panel = await desk.panel()
    await panel.next_item()
    await panel.activate()
    await program.line_with("activate")


async def test_notifications_go_to_the_service_and_leave_the_icon_alone(desk: Desk) -> None:
    """Words, picture and buttons arrive; a button opens; the next one about the block takes the place of the last."""
    panel = await desk.panel()
    program = await desk.tray()
    await panel.next_item()
    limit = Limit(used_share=0.8, resets_at_ms=NOW_MS + HOUR_MS, seen_at_ms=NOW_MS)
    await program.show(scene(limit=limit))
    first = await panel.next_note()
    assert (first.title, first.body) == ("80 % of this block is used", "The block ends at 14:46.")
    assert first.actions == ["default", "Open", "open", "Open"]
    width, height, *_rest, data = first.hints["image-data"]
    assert (width, height, len(data)) == (64, 64, 64 * 64 * 4)
    assert await panel.property("Status") == "Active"
    panel.press(first, "default")
    await program.says("open")
    await program.show(scene(limit=msgspec.structs.replace(limit, used_share=0.96), problems=(FULL_DISK,)))
    second, third = await panel.next_note(), await panel.next_note()
    assert (second.replaces, second.title) == (first.number, "96 % of this block is used")
    assert (third.replaces, third.title, third.hints["urgency"]) == (0, "The disk is full.", 2)
    panel.close(second)
    panel.close(third)
    # The line to the bus was closed with the last notification; the next one opens it again.
    await program.show(scene())
    await program.show(scene(problems=(FULL_DISK,)))
    fourth = await panel.next_note()
    panel.press(fourth, "open")
    await program.says("open")


async def test_without_a_notification_service_nothing_breaks(desk: Desk) -> None:
    """The bus answers with an error; the tray tries its own way, and lives on."""
    panel = await desk.panel(has_notes=False)
    program = await desk.tray()
    await panel.next_item()
    await program.show(scene(problems=(FULL_DISK,)))

    async def asks() -> bool | None:
        return (await panel.property("Status")) == "NeedsAttention" or None

    await until(asks)
    await panel.activate()
    await program.line_with("activate")
