"""The feed: keeps everything that is new in the transcripts coming, from the first read on.

It knows where each transcript was read to, reads what changed, and hands readings to its `Sink`, which commits them.
"""

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Final, Protocol

from cctray.core.records import FileRead, Position, path_text
from cctray.core.snapshot import Place, Reading, Watch
from cctray.feed.cold import ALONE_BYTES, read_all
from cctray.feed.places import Found, Places, find_one, find_transcripts, is_transcript
from cctray.feed.progress import Tally
from cctray.feed.reading import read_new
from cctray.feed.survey import Survey, compare, concerning, is_below
from cctray.feed.watch import CannotWatchError, watch
from cctray.feed.worker import Frame, Readings, Work

LOOK_S: Final = 5.0
"""How often folders are looked for that are not there yet, were put away or came back (a drive); a few stats."""
SURVEY_S: Final = 600.0
"""A full look at every file, against lost notices: 45 ms for 3,000 files."""
LOT_RECORDS: Final = 800
"""Records of one commit of the first read: about 25 ms, so that a live line waits no longer than that."""
PUT_S: Final = 0.2
"""How long the reading thread waits for a full queue before it looks whether it should stop."""
AGAIN: Final = 3
"""How often a stale reading is tried again before the next notice has to bring it."""


class Sink(Protocol):
    """What the feed needs of the engine."""

    async def take(self, reads: list[FileRead]) -> Sequence[str]:
        """Commit readings; returns paths whose reading was stale."""

    async def lose(self, paths: list[str]) -> None:
        """Transcripts that are gone."""

    async def move(self, old: str, new: str) -> None:
        """A transcript that has another path now."""

    async def positions(self, paths: list[str]) -> dict[str, Position]:
        """Where each of these was read to (those that are known)."""

    async def present(self) -> list[str]:
        """Paths the store believes to be on disk."""

    def looked_at(self, places: Sequence[Place]) -> None:
        """Which folders there are."""

    async def reading(self, progress: Reading | None) -> None:
        """How the first read goes; None: done."""

    def watching(self, state: Watch) -> None:
        """How changes are noticed."""

    def unreadable(self, paths: Mapping[str, str]) -> None:
        """Files and folders that can't be read, with the reason."""


class Feed:
    """Reads everything, then whatever is added, until cancelled."""

    def __init__(
        self,
        sink: Sink,
        reader: Executor,
        look: Callable[[], Places],
        notices: Callable[[str], tuple[bool, str]],
        today_ns: Callable[[], int],
    ) -> None:
        """Hand everything to `sink`, reading files on `reader`.

        `look` finds the folders; `notices` says whether the system tells of changes below one, and why not; `today_ns`
        is the time from which on transcripts hold today and the running block.
        """
        self._today_ns = today_ns
        self._sink = sink
        self._reader = reader
        self._look = look
        self._notices = notices
        self._known: dict[str, Position] = {}
        self._lock = asyncio.Lock()
        self._wake = asyncio.Event()
        self._paused = False
        self._unreadable: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._watch = Watch()

    def pause(self) -> None:
        """Read nothing until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Read on, beginning with what was missed."""
        self._paused = False
        self._wake.set()

    def look_again(self) -> None:
        """Search the folders anew."""
        self._wake.set()

    def forget(self) -> None:
        """Believe nothing read: the history begins anew."""
        self._known.clear()

    async def serve(self) -> None:
        """Run until cancelled."""
        while True:
            self._wake.clear()
            places = await self._look_around()
            self._sink.looked_at(places.looked_at)
            try:
                async with asyncio.timeout(SURVEY_S), asyncio.TaskGroup() as group:
                    folders = [root.projects for root in places.roots]
                    watching = group.create_task(self._follow(folders), name="watch") if folders else None
                    await asyncio.sleep(0)  # the watch is set before the survey, or a line in between would be missed
                    if not self._paused:
                        await self.catch_up()
                    await self._wait(places)
                    if watching is not None:
                        watching.cancel()
            except TimeoutError:
                continue

    async def _wait(self, places: Places) -> None:
        """Return when told to look again, or when the folders are not those that are followed."""
        followed = _identity(places)
        while not self._wake.is_set() and _identity(await self._look_around()) == followed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()

    async def catch_up(self) -> None:
        """Return when all that is on disk now is committed."""
        async with self._lock:
            places = await self._look_around()
            self._sink.looked_at(places.looked_at)
            survey = await asyncio.get_running_loop().run_in_executor(self._reader, self._survey_found, places)
            await self._apply(places, *survey)
            self._tell_unreadable()
            self._tell_count()

    def _tell_count(self) -> None:
        if self._watch.files != len(self._known):
            self._tell_watch(self._watch.mode, self._watch.reason)

    def _tell_watch(self, mode: str, reason: str) -> None:
        self._watch = Watch(mode=mode, reason=reason, files=len(self._known))
        self._sink.watching(self._watch)

    async def _look_around(self) -> Places:
        # Not on the loop: a network drive that hangs would hang it.
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._look)

    def _survey_found(self, places: Places) -> tuple[list[Found], list[str]]:
        self._unreadable = {}
        found = [file for root in places.roots for file in find_transcripts(root.projects, self._deny)]
        return found, [*places.away, *self._unreadable]

    async def _apply(self, places: Places, found: list[Found], unreachable: list[str]) -> None:
        folders = [root.projects for root in places.roots]
        present = concerning(await self._sink.present(), folders, os.path.lexists)
        paths = {path_text(file.path) for file in found}
        wanted = [path for path in paths.union(present) if path not in self._known]
        self._known.update(await self._sink.positions(wanted))
        await self._do(compare(found, self._known, present, unreachable))

    async def _do(self, survey: Survey) -> None:
        for old, new in survey.moved:
            await self._sink.move(old, new)
            position = self._known.pop(old, None)
            if position is not None:  # else a notice of the same move was quicker
                self._known[path_text(new)] = position
        if survey.lost:
            await self._sink.lose(survey.lost)
            for path in survey.lost:
                self._known.pop(path, None)
        sizes = [max(1, file.size - self._read_to(file)) for file in survey.new]
        if sum(sizes) < ALONE_BYTES:
            await self._read_here(survey.new)
        else:
            await self._read_cold(survey.new, sizes)

    def _read_to(self, file: Found) -> int:
        known = self._known.get(path_text(file.path))
        return known.read_to if known else 0

    async def _read_here(self, files: Sequence[Found]) -> None:
        for _ in range(AGAIN):
            if not files:
                return
            reads = await asyncio.get_running_loop().run_in_executor(self._reader, self._read_files, files)
            stale = set(await self._commit(reads))
            files = [file for file in files if file.path in stale]

    def _read_files(self, files: Sequence[Found]) -> list[FileRead]:
        reads: list[FileRead] = []
        for file in files:
            try:
                reads += read_new(file.path, self._known.get(path_text(file.path)))
            except FileNotFoundError:
                continue
            except OSError as error:
                self._deny(file.path, error)
            else:
                self._unreadable.pop(path_text(file.path), None)
        return reads

    async def _commit(self, reads: list[FileRead]) -> Sequence[str]:
        if not reads:
            return ()
        stale = await self._sink.take(reads)
        for read in reads:
            self._known[path_text(read.path)] = read.position
        if stale:
            for path in stale:
                self._known.pop(path_text(path), None)
            self._known.update(await self._sink.positions([path_text(path) for path in stale]))
        return stale

    async def _read_cold(self, files: Sequence[Found], sizes: Sequence[int]) -> None:
        loop = asyncio.get_running_loop()
        tally = Tally(files, sizes, time.time_ns(), self._today_ns())
        work = [
            (Work(file.path, self._known.get(path_text(file.path))), size)
            for file, size in zip(files, sizes, strict=True)
        ]
        lots: asyncio.Queue[list[Frame] | None] = asyncio.Queue(1)
        stopping = threading.Event()
        await self._sink.reading(tally.reading())
        pumping = loop.run_in_executor(None, _pump, work, lots, loop, stopping)
        stale: set[str] = set()
        try:
            while lot := await lots.get():
                stale.update(await self._commit([frame.read for frame in lot if isinstance(frame, Readings)]))
                for frame in lot:
                    if isinstance(frame, Readings):
                        tally.add(frame.read.path, frame.read.read_to - frame.read.start, is_last=frame.is_last)
                    else:
                        tally.add(frame.path, 0, is_last=True)
                        if frame.reason:
                            self._unreadable[path_text(frame.path)] = frame.reason
                await self._sink.reading(tally.reading())
            await pumping
        finally:
            stopping.set()
            await self._sink.reading(None)
        await self._read_here([file for file in files if file.path in stale])

    async def _follow(self, folders: Sequence[str]) -> None:
        reasons = [why for works, why in map(self._notices, folders) if not works]
        poll = bool(reasons)
        while True:
            self._tell_watch("poll" if poll else "notify", "; ".join(reasons))
            try:
                async for changes in watch(folders, poll=poll):
                    if not self._paused:
                        await self._changed({path for _, path in changes})
                return
            except CannotWatchError as error:
                poll, reasons = True, [str(error)]

    async def _changed(self, paths: set[str]) -> None:
        loop = asyncio.get_running_loop()
        found, lost = await loop.run_in_executor(self._reader, self._look_at, paths)
        wanted = [path_text(file.path) for file in found if path_text(file.path) not in self._known]
        self._known.update(await self._sink.positions(wanted))
        survey = compare(found, self._known, lost, ())
        if survey.lost or survey.moved:
            await self._do(survey)
        else:
            await self._read_here(survey.new)
        self._tell_unreadable()
        self._tell_count()

    def _look_at(self, paths: set[str]) -> tuple[list[Found], list[str]]:
        found: dict[str, Found] = {}
        lost: list[str] = []
        for path in paths:
            try:
                file = find_one(path)
            except OSError as error:
                self._deny(path, error)
                continue
            if file is not None:
                found[path] = file
            elif is_transcript(path):
                lost.append(path_text(path))
            elif Path(path).is_dir():
                # A new folder may be filled before its watch is set: 24 of 40 files were seen without this walk.
                found.update((file.path, file) for file in find_transcripts(path, self._deny))
            else:
                lost += [known for known in self._known if is_below(known, path_text(path))]
        return list(found.values()), [path for path in lost if path in self._known]

    def _tell_unreadable(self) -> None:
        if self._unreadable != self._told:
            self._told = dict(self._unreadable)
            self._sink.unreadable(self._told)

    def _deny(self, path: str, error: OSError) -> None:
        self._unreadable[path_text(path)] = error.strerror or str(error)


def _identity(places: Places) -> list[tuple[str, int, int]]:
    """Which folders these are: a path that is mounted anew is another folder."""
    return [(root.projects, root.device, root.inode) for root in places.roots]


def _pump(
    work: list[tuple[Work, int]],
    lots: "asyncio.Queue[list[Frame] | None]",
    loop: asyncio.AbstractEventLoop,
    stopping: threading.Event,
) -> None:
    """Gather frames into lots of one commit each (in a thread: the readers' pipes block)."""

    def put(lot: list[Frame] | None) -> None:
        putting = asyncio.run_coroutine_threadsafe(lots.put(lot), loop)
        while not stopping.is_set():
            with contextlib.suppress(TimeoutError):
                return putting.result(PUT_S)
        putting.cancel()
        return None

    lot: list[Frame] = []
    records = 0
    try:
        for frame in read_all(work):
            if stopping.is_set():
                return
            lot.append(frame)
            records += len(frame.read.records) + 1 if isinstance(frame, Readings) else 1
            if records >= LOT_RECORDS:
                put(lot)
                lot, records = [], 0
        if lot:
            put(lot)
    finally:
        put(None)
