"""The parts of the engine's process: built, introduced to each other, run as services, put away in order.

Heavy rooms are imported when they are built, so that the icon is there before they are.
"""

import asyncio
import contextlib
import hashlib
import importlib
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from msgspec import Struct

from cctray import __version__
from cctray.cli.home import Home
from cctray.core.config import Config, render
from cctray.core.errors import CctrayError, DamagedStoreError, StoreError
from cctray.core.snapshot import Problem
from cctray.engine.engine import Engine
from cctray.engine.ports import Doors, Setting
from cctray.store.store import Store
from cctray.supervise import supervise
from cctray.system import autostart, files, zone
from cctray.system.filesystems import notifies
from cctray.system.health import give_back, measure

log = logging.getLogger(__name__)

RETRY_S: Final = 5.0
"""How long to wait before a full disk is asked again for a new history."""
BLOCK_SPAN_MS: Final = 10 * 3_600_000
"""A running block began at most 5 hours ago, after a pause that its first line may be 5 hours older than."""

Serve = Callable[[], Awaitable[None]]
T = TypeVar("T")


class Owned(Struct, frozen=True):
    """What a process that owns the history starts from."""

    home: Home
    complaint: str
    """Why there is no log, if so."""


class Wishes(Struct, frozen=True):
    """What commands may ask of the process around the engine."""

    raise_window: Callable[[], None]
    quit: Callable[[], None]


@contextlib.asynccontextmanager
async def running(owned: Owned, wishes: Wishes) -> AsyncIterator[Engine]:
    """The running engine with its services; the history is closed last."""
    parts = await _Parts.build(owned, wishes)
    try:
        await parts.mended(parts.begin)()
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(supervise(name, parts.mended(serve), parts.failed, parts.recovered), name=name)
                for name, serve in parts.services()
            ]
            yield parts.engine
            for task in tasks:
                task.cancel()
    finally:
        await parts.close()


class _Threads:
    """The two threads beside the loop: one reads transcripts, one owns the history."""

    def __init__(self) -> None:
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self.reader = ThreadPoolExecutor(1, thread_name_prefix="reader")

    async def on_writer(self, call: Callable[[], T]) -> T:
        """Make a call where the history lives."""
        return await asyncio.get_running_loop().run_in_executor(self.writer, call)


class _Parts:
    """Everything that lives as long as the process."""

    def __init__(self, threads: "_Threads", home: Home, opened: tuple[Store, Path | None], wishes: Wishes) -> None:
        from cctray.door.server import DoorServer
        from cctray.feed.places import find_places
        from cctray.feed.tail import Feed

        self._threads = threads
        self._home = home
        self.store, _ = opened
        self._doors = self._new_doors(wishes)
        self.engine = engine = Engine(self.store, threads.writer, self._doors, _setting(home.config), home.config)
        self._feed = Feed(
            engine,
            threads.reader,
            look=lambda: find_places(os.environ, engine.config.extra_folders),
            notices=lambda folder: _notices(folder, engine.config),
            today_ns=lambda: _today_ns(engine),
        )
        self._door = DoorServer(engine, home.paths.door_file, version=__version__, measure=measure)
        self._mending = asyncio.Lock()
        self._times_mended = 0

    @classmethod
    async def build(cls, owned: Owned, wishes: Wishes) -> "_Parts":
        """Make the parts; raises StoreError where the history can't be opened."""
        from cctray.catchup import open_store
        from cctray.system.price_files import price_book

        threads = _Threads()
        home = owned.home
        opened = await threads.on_writer(lambda: open_store(home.paths, price_book(home.config)))
        # The heavy imports hold the interpreter for 100 ms; in a thread they let the icon be painted meanwhile.
        await asyncio.to_thread(importlib.import_module, "cctray.feed.tail")
        parts = cls(threads, home, opened, wishes)
        _report_start(parts.engine, home, owned.complaint, opened[1])
        return parts

    def _new_doors(self, wishes: Wishes) -> Doors:
        from cctray.system.price_files import price_book

        return Doors(
            now_ms=_now_ms,
            save_config=lambda config: _save(self._home, config),
            book=price_book,
            zone=_zone_of,
            raise_window=wishes.raise_window,
            quit=wishes.quit,
            give_back=give_back,
        )

    def services(self) -> tuple[tuple[str, Serve], ...]:
        """What runs until the end."""
        engine = self.engine
        return (
            ("feed", self._feed.serve),
            ("door", self._door.serve),
            ("commands", engine.serve_commands),
            ("clock", engine.serve_clock),
            ("prices", engine.serve_prices),
        )

    async def begin(self) -> None:
        """Load what the first Snapshot needs."""
        await self.engine.begin(self._feed)

    async def close(self) -> None:
        """Stop reading, then close the history."""
        self._threads.reader.shutdown(cancel_futures=True)
        await self._threads.on_writer(self.store.close)
        self._threads.writer.shutdown()

    def mended(self, serve: Serve) -> Serve:
        """`serve`, started again with a new history where it meets a damaged one."""

        async def run() -> None:
            while True:
                before = self._times_mended
                try:
                    await serve()
                    return
                except* DamagedStoreError as found:
                    log.warning("%s", found.exceptions[0])
                    await self._mend(before)

        return run

    async def _mend(self, before: int) -> None:
        """Begin the history anew, once, whichever service met the damage."""
        async with self._mending:
            if before != self._times_mended:
                return
            await self._threads.on_writer(self.store.discard)
            aside = await self._begin_anew()
            self.engine.adopt(self.store)
            self._feed.forget()
            self._feed.look_again()
            self.engine.report(_rebuilt(aside))
            self._times_mended += 1

    async def _begin_anew(self) -> Path:
        """A new history in place of the damaged one, however long the disk refuses it."""
        book = self._doors.book(self.engine.config)
        while True:
            try:
                self.store, aside = await self._threads.on_writer(
                    lambda: Store.rebuild(self._home.paths.store_file, book, _now_ms())
                )
            except StoreError as error:
                self.engine.report(Problem(code="store", title=error.title, remedy=error.remedy, is_severe=True))
                await asyncio.sleep(RETRY_S)
            else:
                self.engine.settle("store")
                return aside

    def failed(self, name: str, error: Exception) -> None:
        """Show that a service stopped."""
        title, remedy = (
            (error.title, error.remedy)
            if isinstance(error, CctrayError)
            else (f"The {name} stopped ({error}).", "It is started again; `cctray doctor` and the log tell more.")
        )
        self.engine.report(Problem(code=f"service-{name}", title=title, remedy=remedy, is_severe=True))

    def recovered(self, name: str) -> None:
        """Show that it runs again."""
        self.engine.settle(f"service-{name}")


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


def _setting(config: Config) -> Setting:
    return Setting(version=__version__, machine_id=_machine_id(), machine_name=host_name(), zone=_zone_of(config))


def _zone_of(config: Config) -> str:
    return config.time_zone or zone.find(os.environ)


def _notices(folder: str, config: Config) -> tuple[bool, str]:
    return (False, "so the settings say") if config.poll_always else notifies(Path(folder))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def host_name() -> str:
    """This machine's name, without its domain."""
    return socket.gethostname().split(".")[0]


def _machine_id() -> str:
    return hashlib.sha256(f"cctray-{uuid.getnode():x}".encode()).hexdigest()[:16]


def _today_ns(engine: Engine) -> int:
    now_ms = _now_ms()
    midnight, _ = engine.days.bounds_ms(engine.days.day(now_ms), engine.days.day(now_ms))
    return min(midnight, now_ms - BLOCK_SPAN_MS) * 1_000_000
