"""How the process starts: one per user, the face it shows, how it is told to stop. The only file with qasync."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from msgspec import structs

from cctray.app.parts import Owned, Wishes, host_name, running
from cctray.cli.home import Home, find
from cctray.cli.options import Face, Options
from cctray.core.commands import Command, Raise
from cctray.core.config import Config
from cctray.core.errors import AlreadyRunningError
from cctray.core.snapshot import Snapshot
from cctray.system import autostart, instance, logs

COMMAND_WAIT_S: Final = 2.0
"""A command line that catches up holds the lock for a moment; an engine that starts meanwhile waits for it."""
DOCTOR_S: Final = 30.0
"""The doctor starts Qt and looks at every folder; a dead network drive may keep it."""


class Hooks:
    """What a face adds to the engine: something to show Snapshots on, and what commands reach of it."""

    def __init__(self) -> None:
        """Begin without any."""
        self.show: Callable[[Snapshot, Config], None] = lambda _snapshot, _config: None
        self.raise_window: Callable[[], None] = lambda: None
        self._early: list[Command] = []
        self.post: Callable[[Command], None] = self._early.append
        """Commands of the face; those given before the engine runs wait for it."""

    def raise_now(self) -> None:
        """Show the window, if the face has one."""
        self.raise_window()

    def send(self, command: Command) -> None:
        """Send a command to the engine, or keep it until there is one."""
        self.post(command)

    def connect(self, post: Callable[[Command], None]) -> None:
        """Let commands through to the engine."""
        self.post = post
        for command in self._early:
            post(command)


def run_headless(options: Options) -> int:
    """Run the engine without a screen until told to stop; with Face.LINE it prints the live status line."""
    with _only_one(options) as owned:
        if owned is None:
            return 0
        hooks = Hooks()
        with contextlib.ExitStack() as stack:
            if options.face is not Face.SILENT:
                from cctray.cli.live import LiveLine

                line = LiveLine()
                stack.callback(line.close)
                hooks.show = lambda snapshot, _config: line.show(snapshot)
            with asyncio.Runner() as runner:
                return runner.run(_run(owned, hooks, asyncio.Event()))


def run_tray(options: Options) -> int:
    """Run the engine behind a tray icon; without a display as `run_headless` with the live line."""
    if not _has_display():
        sys.stderr.write("There is no display: running headless. Ctrl-C ends it.\n")
        return run_headless(structs.replace(options, face=Face.LINE))
    with _only_one(options) as owned:
        return 0 if owned is None else _run_application(options, owned)


def _run_application(options: Options, owned: Owned) -> int:
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    stop = asyncio.Event()

    class Application(QApplication):
        """Quits by asking the engine to stop first: `quit()` under a running main would cut its services off."""

        def event(self, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Quit:
                event.ignore()
                stop.set()
                return True
            return super().event(event)

    application = Application(["cctray"])
    application.setApplicationName("cctray")
    application.setDesktopFileName("cctray")
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(application)) as runner:
        return runner.run(_run_desk(options, owned, stop))


async def _run_desk(options: Options, owned: Owned, stop: asyncio.Event) -> int:
    from cctray.ui.desk import Desk, Outside

    hooks = Hooks()
    outside = Outside(
        post=hooks.send,
        diagnose=partial(_diagnose, options),
        machine_name=host_name(),
    )
    desk = Desk(outside, owned.home.config)
    hooks.show = desk.show
    hooks.raise_window = desk.raise_window
    try:
        return await _run(owned, hooks, stop)
    finally:
        desk.close()


def _has_display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _diagnose(options: Options, done: Callable[[str], None]) -> None:
    """Have `cctray doctor` write its report, beside the loop."""
    command = [*autostart.command(), "doctor"]
    for name, folder in (("--data-dir", options.data_dir), ("--config-dir", options.config_dir)):
        command += [name, folder] if folder else []
    loop = asyncio.get_running_loop()

    def report() -> None:
        result = subprocess.run(command, capture_output=True, text=True, timeout=DOCTOR_S, check=False)
        loop.call_soon_threadsafe(done, result.stdout or result.stderr)

    loop.run_in_executor(None, report)


async def _run(owned: Owned, hooks: Hooks, stop: asyncio.Event) -> int:
    _stop_on_signals(stop)
    # Qt's loop would start ten threads of its own; the doctor, imports and the first read are all that use these.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(3, thread_name_prefix="beside"))
    async with running(owned, Wishes(hooks.raise_now, stop.set)) as engine:
        hooks.connect(engine.post)
        engine.listen(lambda snapshot: hooks.show(snapshot, engine.config))
        await stop.wait()
    return 0


@contextlib.contextmanager
def _only_one(options: Options) -> Iterator[Owned | None]:
    """Own the history while it lasts; where another cctray does, raise that one's window and yield None."""
    home = find(options)
    home.paths.make()
    complaint = logs.set_up(home.paths.log_file, is_debug=options.debug)
    logs.capture_everything()
    lock = instance.acquire(home.paths.lock_file)
    if lock is None and _raise_other(home):
        yield None
        return
    lock = lock or instance.wait_acquire(home.paths.lock_file, COMMAND_WAIT_S)
    if lock is None:
        raise AlreadyRunningError(
            f"Another cctray owns the history ({instance.holder(home.paths.lock_file)}) and does not answer.",
            "End it, or name another folder with --data-dir.",
        )
    with lock:
        yield Owned(home, complaint)


def _raise_other(home: Home) -> bool:
    from cctray.door.client import connect

    client = connect(home.paths.door_file)
    if client is None:
        return False
    client.post(Raise())
    sys.stderr.write("cctray is running already; it was asked to show itself.\n")
    return True


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError):
            # Windows' loops know no signal handlers; a plain one reaches the loop at its next turn.
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
