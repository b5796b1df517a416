"""The one room where data meets: readings come in, are committed, change the live window, and become a new Snapshot.

It knows neither files nor screens nor networks; what it needs of them is said in `ports`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Final, TypeVar

from msgspec import Struct, json, structs

from cctray.core import commands
from cctray.core.blocks import running_block
from cctray.core.calendar import Days
from cctray.core.commands import Command
from cctray.core.commits import Recorded
from cctray.core.config import Config
from cctray.core.errors import CctrayError, DamagedStoreError, StoreError
from cctray.core.limits import merged_limit, still_running
from cctray.core.live import KEPT_MS, LiveWindow
from cctray.core.records import FileRead, Position
from cctray.core.snapshot import (
    Block,
    Limit,
    Machine,
    MachineState,
    Period,
    Place,
    Problem,
    Reading,
    Snapshot,
    Watch,
)
from cctray.engine.ports import Doors, FeedPort, HistoryPort, Setting

log = logging.getLogger(__name__)
T = TypeVar("T")

BUSY_TICK_S: Final = 2.0
"""While something burns the rate falls by itself; this is how often it is told anew."""
QUIET_TICK_S: Final = 60.0
"""While nothing burns only clocks move: what is left of the block, the day."""
_EVER_MS: Final = -(1 << 62)
RETRY_S: Final = 5.0
"""How long to wait before trying a full or read-only disk again."""


class _Sums(Struct, frozen=True):
    """What the writer's thread tells after a commit."""

    today: Period
    day: str
    block: Block | None
    skipped: dict[str, int]
    unpriced: tuple[str, ...]


class Engine:
    """Takes readings and commands, gives Snapshots."""

    def __init__(self, history: HistoryPort, writer: Executor, doors: Doors, setting: Setting, config: Config) -> None:
        """Begin with an empty Snapshot; `serve` fills it."""
        self._history = history
        self._writer = writer
        self._doors = doors
        self._setting = setting
        self.config = config
        self._days = Days(setting.zone)
        self._live = LiveWindow()
        self._feed: FeedPort | None = None
        self._inbox: asyncio.Queue[Command] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._ticking = asyncio.Event()
        self._problems: dict[str, Problem] = {}
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._sums = _Sums(Period(), "", None, {}, ())
        self.snapshot = Snapshot(rev=0, at_ms=doors.now_ms(), version=setting.version, time_zone=setting.zone)

    # -- what screens and the door use ---------------------------------------------------------------------------

    def listen(self, listener: Callable[[Snapshot], None]) -> None:
        """Have every new Snapshot handed to a function, on the loop."""
        self._listeners.append(listener)

    async def next_snapshot(self, after_rev: int) -> Snapshot:
        """Wait for a Snapshot with a larger rev."""
        while self.snapshot.rev <= after_rev:
            await self._changed.wait()
        return self.snapshot

    def post(self, command: Command) -> None:
        """Take a command into the inbox."""
        self._inbox.put_nowait(command)

    async def catch_up(self) -> None:
        """Return when all that is on disk now is committed."""
        if self._feed is None:
            return
        try:
            await self._feed.catch_up()
        except DamagedStoreError:
            # The feed's own survey then meets the damage, and with it the one who can mend it.
            self._feed.look_again()
            raise

    def report(self, problem: Problem) -> None:
        """Show a problem until `settle` takes it back."""
        if self._problems.get(problem.code) != problem:
            self._problems[problem.code] = problem
            self._publish()

    def settle(self, code: str) -> None:
        """Take a problem back."""
        if self._problems.pop(code, None) is not None:
            self._publish()

    # -- what the feed uses (its Sink) ---------------------------------------------------------------------------

    async def take(self, reads: list[FileRead]) -> Sequence[str]:
        """Commit readings, however long the disk stays full; returns paths whose reading was stale."""
        return await self._commit(lambda: self._history.record(reads, self._live_from_ms()))

    async def lose(self, paths: list[str]) -> None:
        """Keep the usage of transcripts that are gone."""
        await self._commit(lambda: self._history.lose(paths, self._live_from_ms()))

    async def move(self, old: str, new: str) -> None:
        """Follow a transcript to its new path."""
        await self._commit(lambda: self._history.move(old, new, self._live_from_ms()))

    async def positions(self, paths: list[str]) -> dict[str, Position]:
        """Where each transcript was read to."""
        return await self._on_writer(lambda: self._history.positions(paths)) if paths else {}

    async def present(self) -> list[str]:
        """Transcripts the store believes to be on disk."""
        return await self._on_writer(self._history.present)

    def looked_at(self, places: Sequence[Place]) -> None:
        """Show which folders there are."""
        self._publish(places=tuple(places))

    async def reading(self, progress: Reading | None) -> None:
        """Show how the first read goes; give its memory back when it is done."""
        self._publish(reading=progress)
        if progress is None:
            await self._on_writer(self._history.shrink)
            self._doors.give_back()

    def watching(self, state: Watch) -> None:
        """Show how changes are noticed."""
        self._publish(watch=state)

    def unreadable(self, paths: Mapping[str, str]) -> None:
        """Name files that can't be read, once."""
        if not paths:
            self.settle("unreadable")
            return
        path, reason = next(iter(paths.items()))
        others = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        self.report(
            Problem(
                code="unreadable", title=f"{path}{others} can't be read ({reason}).", remedy="Check its permissions."
            )
        )

    # -- services --------------------------------------------------------------------------------------------------

    async def begin(self, feed: FeedPort) -> None:
        """Load what the first Snapshot needs."""
        self._feed = feed
        now_ms = self._doors.now_ms()
        for recent in await self._on_writer(lambda: self._history.recent(now_ms - KEPT_MS)):
            self._live.add(recent.at_ms, recent.tokens, recent.cost)
        limit, week = await self._on_writer(lambda: _recall_limits(self._history))
        self._sums = await self._on_writer(self._sum_up)
        self._publish(limit=limit, week_limit=week)

    @property
    def days(self) -> Days:
        """The calendar in force."""
        return self._days

    def adopt(self, history: HistoryPort) -> None:
        """Go on with another history: the old one was damaged."""
        self._history = history
        self._live = LiveWindow()

    async def serve_commands(self) -> None:
        """Carry out commands until cancelled."""
        while True:
            await self._obey(await self._inbox.get())

    async def serve_clock(self) -> None:
        """Tell the Snapshot anew as time passes, until cancelled."""
        while True:
            busy = self.snapshot.live.tokens_per_minute > 0
            self._ticking.clear()
            try:
                async with asyncio.timeout(BUSY_TICK_S if busy else QUIET_TICK_S):
                    await self._ticking.wait()
            except TimeoutError:
                await self._tick()

    async def serve_prices(self) -> None:
        """Price history by the present table, a short step at a time."""
        steps = self._history.reprice(self._doors.book(self.config))
        while await self._on_writer(lambda: next(steps, _DONE)) is not _DONE:
            pass
        self._sums = await self._on_writer(self._sum_up)
        self._publish()

    # -- inside ------------------------------------------------------------------------------------------------------

    async def _on_writer(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, call)

    def _live_from_ms(self) -> int:
        return self._doors.now_ms() - KEPT_MS

    async def _commit(self, work: Callable[[], Recorded]) -> Sequence[str]:
        done: list[Recorded] = []

        def commit() -> tuple[Recorded, _Sums]:
            if not done:
                done.append(work())
            return done[0], self._sum_up(done[0].oldest_ms)

        while True:
            try:
                recorded, sums = await self._on_writer(commit)
            except DamagedStoreError:
                raise
            except StoreError as error:
                self.report(Problem(code="store", title=error.title, remedy=error.remedy, is_severe=True))
                log.warning("%s", error)
                await asyncio.sleep(RETRY_S)
                continue
            self.settle("store")
            for change in recorded.changes:
                self._live.add(change.at_ms, change.tokens, change.cost, change.sign)
            self._sums = sums
            self._publish()
            return recorded.stale

    def _sum_up(self, changed_since_ms: int = _EVER_MS) -> _Sums:
        """Today and the running block, on the writer's thread; nothing older than `changed_since_ms` has changed.

        A block that did not change before its start still starts there: without that, machines that never pause for
        five hours would have all their history walked at every line.
        """
        now_ms = self._doors.now_ms()
        known = self._sums.block
        from_ms = known.start_ms if known is not None and changed_since_ms >= known.start_ms else None
        day = self._days.day(now_ms)
        totals = self._history.totals(self._days, day)
        return _Sums(
            Period(tokens=totals.tokens, cost=totals.costs.in_mode(self.config.cost_mode), entries=totals.entries),
            day,
            running_block(self._history.chain(now_ms, from_ms), now_ms, self.config.cost_mode),
            self._history.skipped(),
            self._history.unpriced(),
        )

    async def _tick(self) -> None:
        now_ms = self._doors.now_ms()
        self._live.forget_before(now_ms)
        block = self._sums.block
        if self._sums.day != self._days.day(now_ms) or (block is not None and now_ms >= block.end_ms):
            self._sums = await self._on_writer(lambda: self._sum_up(now_ms))
        self._publish()

    def _publish(self, **changed: object) -> None:
        now_ms = self._doors.now_ms()
        live = self._live.rate(now_ms)
        sums = self._sums
        is_live, was_live = live.tokens_per_minute > 0, self.snapshot.live.tokens_per_minute > 0
        machine = Machine(
            id=self._setting.machine_id, name=self.config.machine_name or self._setting.machine_name,
            state=MachineState.LIVE if is_live else MachineState.IDLE, is_this=True, rate=live, today=sums.today,
        )  # fmt: skip
        old = structs.replace(self.snapshot, **changed)
        self.snapshot = structs.replace(
            old, rev=old.rev + 1, at_ms=now_ms, live=live, spark=self._live.spark(now_ms), block=sums.block,
            limit=still_running(old.limit, now_ms), week_limit=still_running(old.week_limit, now_ms), today=sums.today,
            machines=(machine,), problems=tuple(self._problems.values()), unpriced_models=sums.unpriced,
            skipped_lines=sums.skipped, time_zone=self._days.zone,
        )  # fmt: skip
        self._changed.set()
        self._changed = asyncio.Event()
        if is_live and not was_live:
            self._ticking.set()
        for listener in self._listeners:
            listener(self.snapshot)

    async def _obey(self, command: Command) -> None:
        match command:
            case commands.Pause():
                self._pause()
            case commands.Resume():
                self._resume()
            case commands.LookAgain():
                self._look_again()
            case commands.AddFolder(path):
                folders = dict.fromkeys([*self.config.extra_folders, path])
                await self._apply(structs.replace(self.config, extra_folders=tuple(folders)))
            case commands.SaveConfig(config):
                await self._apply(config)
            case commands.ReportLimits():
                await self._take_limits(command)
            case commands.Raise():
                self._doors.raise_window()
            case commands.Quit():
                self._doors.quit()

    def _pause(self) -> None:
        if self._feed is not None and self.snapshot.paused_since_ms is None:
            self._feed.pause()
            self._publish(paused_since_ms=self._doors.now_ms())

    def _resume(self) -> None:
        if self._feed is not None:
            self._feed.resume()
            self._publish(paused_since_ms=None)

    def _look_again(self) -> None:
        if self._feed is not None:
            self._feed.look_again()

    async def _apply(self, config: Config) -> None:
        before, self.config = self.config, config
        try:
            self._doors.save_config(config)
        except CctrayError as error:
            self.report(Problem(code="config", title=error.title, remedy=error.remedy))
        else:
            self.settle("config")
        self._days = Days(self._doors.zone(config))
        if config.price_overrides != before.price_overrides:
            await self.serve_prices()
        self._sums = await self._on_writer(self._sum_up)
        self._publish()
        self._look_again()

    async def _take_limits(self, told: commands.ReportLimits) -> None:
        limit = merged_limit(self.snapshot.limit, told.five_hour_share, told.five_hour_resets_at_ms, told.seen_at_ms)
        week = merged_limit(
            self.snapshot.week_limit, told.seven_day_share, told.seven_day_resets_at_ms, told.seen_at_ms
        )
        if (limit, week) != (self.snapshot.limit, self.snapshot.week_limit):
            await self._on_writer(lambda: self._history.remember(_LIMITS, json.encode((limit, week))))
            self._publish(limit=limit, week_limit=week)


_DONE: Final = object()
_LIMITS: Final = "limits"


def _recall_limits(history: HistoryPort) -> tuple[Limit | None, Limit | None]:
    """The limits told last, also before a restart."""
    kept = history.recall(_LIMITS)
    return (None, None) if kept is None else json.decode(kept, type=tuple[Limit | None, Limit | None])
