"""The composition root: builds the parts, introduces them to each other, runs them and puts them away.

Nobody imports it but `__main__`. Heavy rooms are imported inside, so that the icon is there before they are.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from cctray import __version__
from cctray.cli.home import Home, find
from cctray.cli.options import Face, Options
from cctray.core.commands import Command, Raise
from cctray.core.config import Config, render
from cctray.core.errors import AlreadyRunningError, CctrayError, DamagedStoreError
from cctray.core.snapshot import Problem, Snapshot
from cctray.engine.engine import Engine
from cctray.engine.ports import Doors, Setting
from cctray.supervise import supervise
from cctray.system import autostart, files, instance, logs, zone
from cctray.system.filesystems import notifies
from cctray.system.health import give_back, measure

log = logging.getLogger(__name__)

COMMAND_WAIT_S: Final = 2.0
"""A command line that catches up holds the lock for a moment; an engine that starts meanwhile waits for it."""
DOCTOR_S: Final = 30.0
"""The doctor starts Qt and looks at every folder; a dead network drive may keep it."""
BLOCK_SPAN_MS: Final = 10 * 3_600_000
"""A running block began at most 5 hours ago, after a pause that its first line may be 5 hours older than."""


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


class Owned(Struct, frozen=True):
    """What a process that owns the history starts from."""

    home: Home
    complaint: str
    """Why there is no log, if so."""


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
        machine_name=_host_name(),
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
    async with _engine(owned.home, hooks, stop, owned.complaint) as engine:
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


@contextlib.asynccontextmanager
async def _engine(home: Home, hooks: Hooks, stop: asyncio.Event, complaint: str) -> AsyncIterator[Engine]:
    """The running engine with its services; the history is closed last."""
    from cctray.catchup import open_store, price_book
    from cctray.door.server import DoorServer
    from cctray.feed.places import find_places
    from cctray.feed.tail import Feed
    from cctray.store.store import Store

    loop = asyncio.get_running_loop()
    writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
    reader = ThreadPoolExecutor(1, thread_name_prefix="reader")

    store, aside = await loop.run_in_executor(writer, open_store, home.paths, home.config)
    doors = Doors(
        now_ms=lambda: time.time_ns() // 1_000_000,
        save_config=lambda config: _save(home, config),
        book=price_book,
        zone=lambda config: config.time_zone or zone.find(os.environ),
        raise_window=hooks.raise_now,
        quit=stop.set,
        give_back=give_back,
    )
    setting = Setting(
        version=__version__, machine_id=_machine_id(), machine_name=_host_name(),
        zone=home.config.time_zone or zone.find(os.environ),
    )  # fmt: skip
    engine = Engine(store, writer, doors, setting, home.config)
    feed = Feed(
        engine, reader,
        look=lambda: find_places(os.environ, engine.config.extra_folders),
        notices=lambda folder: (False, "so the settings say") if engine.config.poll_always else notifies(Path(folder)),
        today_ns=lambda: _today_ns(engine),
    )  # fmt: skip
    door = DoorServer(engine, home.paths.door_file, version=__version__, measure=measure)
    _report_start(engine, home, complaint, aside)

    async def rebuild() -> None:
        nonlocal store
        await loop.run_in_executor(writer, store.discard)
        book = price_book(engine.config)
        store, aside = await loop.run_in_executor(
            writer, Store.rebuild, home.paths.store_file, book, time.time_ns() // 1_000_000
        )
        engine.adopt(store)
        feed.forget()
        feed.look_again()
        engine.report(_rebuilt(aside))

    mender = _Mender(rebuild)
    services: list[tuple[str, Callable[[], Awaitable[None]]]] = [
        ("feed", feed.serve), ("door", door.serve), ("commands", engine.serve_commands), ("clock", engine.serve_clock),
        ("prices", engine.serve_prices),
    ]  # fmt: skip
    try:
        await mender.keep(lambda: engine.begin(feed))()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(supervise(name, mender.keep(serve), _failure(engine), _recovery(engine)), name=name)
                for name, serve in services
            ]
            yield engine
            for task in tasks:
                task.cancel()
    finally:
        reader.shutdown(cancel_futures=True)
        await loop.run_in_executor(writer, store.close)
        writer.shutdown()


class _Mender:
    """Has a history that turns out damaged begun anew, once, whichever service meets the damage."""

    def __init__(self, rebuild: Callable[[], Awaitable[None]]) -> None:
        self._rebuild = rebuild
        self._lock = asyncio.Lock()
        self._rebuilds = 0

    def keep(self, serve: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """`serve`, started again after a rebuild."""

        async def run() -> None:
            while True:
                before = self._rebuilds
                try:
                    await serve()
                    return
                except* DamagedStoreError as found:
                    log.warning("%s", found.exceptions[0])
                    async with self._lock:
                        if before == self._rebuilds:
                            await self._rebuild()
                            self._rebuilds += 1

        return run


def _failure(engine: Engine) -> Callable[[str, Exception], None]:
    def on_failure(name: str, error: Exception) -> None:
        title, remedy = (
            (error.title, error.remedy)
            if isinstance(error, CctrayError)
            else (f"The {name} stopped ({error}).", "It is started again; `cctray doctor` and the log tell more.")
        )
        engine.report(Problem(code=f"service-{name}", title=title, remedy=remedy, is_severe=True))

    return on_failure


def _recovery(engine: Engine) -> Callable[[str], None]:
    return lambda name: engine.settle(f"service-{name}")


def _report_start(engine: Engine, home: Home, complaint: str, aside: Path | None) -> None:
    if aside is not None:
        engine.report(_rebuilt(aside))
    if complaint:
        engine.report(Problem(code="log", title=complaint, remedy="The log goes to the terminal."))
    if home.complaints:
        engine.report(Problem(code="config", title=" ".join(home.complaints), remedy="Mend it in the settings."))


def _rebuilt(aside: Path) -> Problem:
    return Problem(
        code="store-rebuilt",
        title=f"The history was damaged; it is kept at {aside} and read anew from the transcripts.",
        remedy="Usage of transcripts that no longer exist is in the old file only.",
        is_severe=True,
    )


def _save(home: Home, config: Config) -> None:
    # What environment and options set stays theirs: it is not written into the file.
    files.write_atomically(home.paths.config_file, render(config, files.read(home.paths.config_file), home.fixed))
    if autostart.is_enabled(os.environ, Path.home()) != config.start_at_login:
        autostart.apply(os.environ, Path.home(), is_on=config.start_at_login)


def _host_name() -> str:
    return socket.gethostname().split(".")[0]


def _machine_id() -> str:
    return hashlib.sha256(f"cctray-{uuid.getnode():x}".encode()).hexdigest()[:16]


def _today_ns(engine: Engine) -> int:
    now_ms = time.time_ns() // 1_000_000
    midnight, _ = engine.days.bounds_ms(engine.days.day(now_ms), engine.days.day(now_ms))
    return min(midnight, now_ms - BLOCK_SPAN_MS) * 1_000_000
