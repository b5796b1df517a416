"""The engine with real feed and history: what a Snapshot says after lines, commands, hours and failures."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cctray.core import commands
from cctray.core.commits import Recorded
from cctray.core.config import Config, CostMode
from cctray.core.errors import StoreError
from cctray.core.snapshot import PlaceState, Problem
from cctray.engine import engine as engine_module
from tests.robustness.live_engine import LiveEngine, live_engine
from tests.transcripts import START_MS, line

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def _add(base: Path, at_ms: int, number: int, name: str = "p/s.jsonl", output: int = 1_000) -> None:
    path = base / "projects" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(line(at_ms, f"m{number}", f"r{number}", counts=(0, output, 0, 0)))


async def test_a_line_becomes_numbers(tmp_path: Path) -> None:
    """Today, the block, the live rate and its line after one response."""
    _add(tmp_path, START_MS, 1)
    async with live_engine(tmp_path, now_ms=START_MS + 60_000) as engine:
        await engine.catch_up()
        told = engine.snapshot
        assert (told.today.entries, told.today.tokens.output) == (1, 1_000)
        assert told.live.tokens_per_minute == 200.0
        assert told.block is not None
        assert (told.block.start_ms, told.block.entries) == (START_MS // HOUR_MS * HOUR_MS, 1)
        assert told.spark[-1].tokens_per_minute == 200.0
        assert told.machines[0].is_this


async def test_a_response_that_grows_counts_once(tmp_path: Path) -> None:
    """Copies of a streamed response replace each other in today, the block and the live rate."""
    _add(tmp_path, START_MS, 1, output=1)
    async with live_engine(tmp_path, now_ms=START_MS + 1_000) as engine:
        await engine.catch_up()
        for output in (10, 500):
            _add(tmp_path, START_MS + 500, 1, output=output)
            await engine.catch_up()
        assert (engine.snapshot.today.entries, engine.snapshot.today.tokens.output) == (1, 500)
        assert engine.snapshot.live.tokens_per_minute == 100.0


async def test_a_restart_knows_what_was_live(tmp_path: Path) -> None:
    """The first Snapshot after a start has the rate of the last minutes, before anything is read."""
    _add(tmp_path, START_MS, 1)
    async with live_engine(tmp_path, now_ms=START_MS + 1_000) as engine:
        await engine.catch_up()
        before = engine.snapshot
    async with live_engine(tmp_path, now_ms=START_MS + 1_000) as engine:
        assert engine.snapshot.live == before.live
        assert engine.snapshot.today == before.today
        assert engine.snapshot.block == before.block


async def test_time_alone_changes_the_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate falls to nothing, the block ends, the day turns, without a new line."""
    monkeypatch.setattr(engine_module, "BUSY_TICK_S", 0.01)
    monkeypatch.setattr(engine_module, "QUIET_TICK_S", 0.01)
    _add(tmp_path, START_MS, 1)
    async with live_engine(tmp_path, now_ms=START_MS + 1_000, serve=True) as engine:
        await engine.until(lambda told: told.live.tokens_per_minute > 0)
        engine.clock.now_ms += 10 * 60_000
        told = await engine.until(lambda told: told.live.tokens_per_minute == 0)
        assert told.block is not None
        engine.clock.now_ms += 5 * HOUR_MS
        await engine.until(lambda told: told.block is None)
        engine.clock.now_ms += DAY_MS
        await engine.until(lambda told: told.today.entries == 0)


async def test_a_clock_set_back_leaves_no_ghosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines from what is now the future count on their day, not as today's rate; when time is there again they do."""
    monkeypatch.setattr(engine_module, "QUIET_TICK_S", 0.01)
    monkeypatch.setattr(engine_module, "BUSY_TICK_S", 0.01)
    _add(tmp_path, START_MS, 1)
    async with live_engine(tmp_path, now_ms=START_MS + 1_000, serve=True) as engine:
        await engine.until(lambda told: told.today.entries == 1)
        engine.clock.now_ms -= 2 * DAY_MS
        told = await engine.until(lambda told: told.today.entries == 0)
        assert told.live.tokens_per_minute == 0
        _add(tmp_path, engine.clock.now_ms, 2)
        await engine.until(lambda told: told.today.entries == 1 and told.live.tokens_per_minute == 200.0)
        engine.clock.now_ms = START_MS + 2_000
        told = await engine.until(lambda told: told.today.entries == 1 and told.live.tokens_per_minute == 200.0)
        msgspec.json.encode(told)


async def test_commands_pause_resume_and_settings(tmp_path: Path) -> None:
    """A pause shows since when and reads nothing; settings are kept, applied at once, and looked for again."""
    async with live_engine(tmp_path, now_ms=START_MS + 1_000, serve=True) as engine:
        engine.post(commands.Pause())
        await engine.until(lambda told: told.paused_since_ms == START_MS + 1_000)
        _add(tmp_path, START_MS, 1)
        engine.post(commands.Resume())
        await engine.until(lambda told: told.today.entries == 1 and told.paused_since_ms is None)
        engine.post(
            commands.SaveConfig(Config(time_zone="Asia/Tokyo", machine_name="desk", cost_mode=CostMode.DISPLAY))
        )
        told = await engine.until(lambda told: told.time_zone == "Asia/Tokyo")
        await engine.until(lambda told: told.machines[0].name == "desk")
        assert engine.saved[-1].machine_name == "desk"
        engine.post(commands.AddFolder("/elsewhere"))
        await engine.until(lambda told: bool(engine.saved) and engine.saved[-1].extra_folders == ("/elsewhere",))
        assert told.places[0].state is PlaceState.FOUND


async def test_limits_are_believed_kept_and_forgotten_in_time(tmp_path: Path) -> None:
    """Claude Code's own limit is shown until its window resets, also over a restart."""
    resets_ms = START_MS + HOUR_MS
    async with live_engine(tmp_path, now_ms=START_MS, serve=True) as engine:
        engine.post(
            commands.ReportLimits(
                five_hour_share=0.4,
                five_hour_resets_at_ms=resets_ms,
                seven_day_share=None,
                seven_day_resets_at_ms=None,
                seen_at_ms=START_MS,
            )
        )
        await engine.until(lambda told: told.limit is not None and told.limit.used_share == 0.4)
    async with live_engine(tmp_path, now_ms=START_MS + 1) as engine:
        assert engine.snapshot.limit is not None
    async with live_engine(tmp_path, now_ms=resets_ms) as engine:
        assert engine.snapshot.limit is None


class FullDisk:
    """A real history on a disk that is full for the first commits."""

    def __init__(self, engine: LiveEngine, failures: int) -> None:
        self._store = engine.store
        self._left = failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def record(self, reads: list[object], live_from_ms: int) -> Recorded:
        """Refuse, until there is room."""
        if self._left:
            self._left -= 1
            raise StoreError("The disk is full.", "Free some space.")
        return self._store.record(reads, live_from_ms)  # type: ignore[arg-type]


async def test_a_full_disk_is_shown_and_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A severe problem while it lasts; then it goes away and every line is there once."""
    monkeypatch.setattr(engine_module, "RETRY_S", 0.01)
    _add(tmp_path, START_MS, 1)
    shown: list[tuple[str, ...]] = []
    async with live_engine(tmp_path, now_ms=START_MS + 1) as engine:
        engine.listen(lambda told: shown.append(tuple(problem.title for problem in told.problems if problem.is_severe)))
        engine._history = FullDisk(engine, failures=3)  # type: ignore[assignment] # the rest is the store's
        await engine.catch_up()
        assert ("The disk is full.",) in shown
        assert engine.snapshot.problems == ()
        assert engine.snapshot.today.entries == 1


async def test_problems_are_shown_once_and_taken_back(tmp_path: Path) -> None:
    """The same problem again makes no new Snapshot; settling one that is not there neither."""
    async with live_engine(tmp_path, now_ms=START_MS) as engine:
        problem = Problem(code="x", title="t", remedy="r")
        engine.report(problem)
        rev = engine.snapshot.rev
        engine.report(problem)
        engine.settle("other")
        assert engine.snapshot.rev == rev
        engine.settle("x")
        assert engine.snapshot.problems == ()


async def test_counts_beyond_64_bits_still_make_a_snapshot(tmp_path: Path) -> None:
    """Responses that claim 2^64-1 tokens stop where ccusage's sums stop; screens and the door get their numbers."""
    for number in range(3):
        _add(tmp_path, START_MS, number, output=2**64 - 1)
    async with live_engine(tmp_path, now_ms=START_MS + 1_000) as engine:
        await engine.catch_up()
        assert msgspec.json.decode(msgspec.json.encode(engine.snapshot))["today"]["entries"] == 3


@pytest.fixture(params=["2026-03-29T00:59:59", "2026-10-25T00:30:00", "2026-10-25T01:30:00"])
def around_dst(request: pytest.FixtureRequest) -> int:
    """UTC instants beside Berlin's changes of clock."""
    return int(datetime.fromisoformat(f"{request.param}+00:00").timestamp()) * 1000


async def test_days_of_23_and_25_hours_are_whole_days(tmp_path: Path, around_dst: int) -> None:
    """Today begins at local midnight, also when an hour is missing or comes twice."""
    _add(tmp_path, around_dst, 1)
    async with live_engine(tmp_path, now_ms=around_dst + 60_000, zone="Europe/Berlin") as engine:
        await engine.catch_up()
        midnight, end = engine.days.bounds_ms(engine.days.day(around_dst), engine.days.day(around_dst))
        assert (end - midnight) // HOUR_MS in {23, 25}
        for number, at_ms in enumerate((midnight - 1, midnight, end - 1, end), 2):
            _add(tmp_path, at_ms, number)
        await engine.catch_up()
        assert engine.snapshot.today.entries == 3


async def test_the_next_snapshot_can_be_waited_for(tmp_path: Path) -> None:
    """A waiter gets one that is newer than what it has, and several waiters get it."""
    async with live_engine(tmp_path, now_ms=START_MS) as engine, asyncio.TaskGroup() as group:
        waiters = [group.create_task(engine.next_snapshot(engine.snapshot.rev)) for _ in range(3)]
        await asyncio.sleep(0)
        engine.report(Problem(code="x", title="t", remedy="r"))
        assert {(await waiter).rev for waiter in waiters} == {engine.snapshot.rev}
