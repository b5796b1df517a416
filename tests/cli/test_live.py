"""A Snapshot as text."""

import msgspec
import pytest

from cctray.cli.live import line, page
from cctray.core.snapshot import (
    Block,
    Limit,
    Machine,
    MachineState,
    Period,
    Place,
    PlaceState,
    Problem,
    Projection,
    Rate,
    Reading,
    Snapshot,
)
from cctray.core.usage import Tokens

AT_MS = 1_780_321_560_000
"""2026-06-01 13:46:00 UTC."""
HOUR_MS = 3_600_000
SNAPSHOT = Snapshot(
    rev=1,
    at_ms=AT_MS,
    version="0.1.0",
    live=Rate(tokens_per_minute=12_400.0, io_tokens_per_minute=2_500.0, cost_per_hour=3.2),
    block=Block(
        start_ms=AT_MS - 2 * HOUR_MS,
        end_ms=AT_MS + 8_040_000,
        first_ms=AT_MS - HOUR_MS,
        last_ms=AT_MS - 1000,
        tokens=Tokens(input=4_000_000, output=800_000),
        cost=9.4,
        entries=100,
        rate=Rate(tokens_per_minute=30_000.0, cost_per_hour=5.0),
        projection=Projection(total_tokens=9_000_000, total_cost=18.4, remaining_minutes=134),
    ),
    today=Period(tokens=Tokens(output=4_800_000), cost=12.7, entries=321),
    limit=Limit(used_share=0.52, resets_at_ms=AT_MS + HOUR_MS, seen_at_ms=AT_MS - 60_000),
    places=(Place(path="~/.claude", state=PlaceState.FOUND),),
)


def replaced(**fields: object) -> Snapshot:
    """The Snapshot with other fields."""
    return msgspec.structs.replace(SNAPSHOT, **fields)


def test_line() -> None:
    """The live line names rate, cost, block and today, each with its unit."""
    assert line(SNAPSHOT) == "12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · today 4.8M tokens, $12.70"


def test_line_in_another_zone() -> None:
    """Clock times are those of the Snapshot's zone."""
    assert "block ends 21:30" in line(replaced(time_zone="Asia/Kolkata"))


def test_line_without_block() -> None:
    """Nothing is invented while nothing runs."""
    assert "block" not in line(replaced(block=None))


def test_line_tells_what_is_wrong() -> None:
    """Severe problems, missing data, reading and pause reach the terminal too."""
    problem = Problem(code="disk-full", title="The disk is full.", remedy="Free some space.", is_severe=True)
    assert line(replaced(problems=(problem,))).endswith("· The disk is full.")
    missing = (Place(path="~/.claude", state=PlaceState.MISSING),)
    assert "cctray demo" in line(replaced(places=missing))
    reading = Reading(files_done=412, files_total=2000, bytes_done=120_000_000, bytes_total=1_004_000_000)
    assert line(replaced(reading=reading)).endswith("reading history: 412 of 2,000 files, 120 of 1,004 MB")
    assert line(replaced(paused_since_ms=AT_MS)).startswith("paused · ")


def test_page() -> None:
    """The page holds the same numbers with their provenance."""
    assert page(SNAPSHOT) == (
        "cctray      0.1.0 · this machine · as of 13:46:00\n"
        "Burn rate   12.4k tok/min · $3.20/h · moderate (last 5 minutes)\n"
        "Block       11:46 → 16:00 · 2 h 14 m left · 4.8M tokens · $9.40\n"
        "            30k tok/min · $5.00/h (block rate)\n"
        "            on this pace 9M tokens · $18.40 at 16:00 (estimate)\n"
        "5-h limit   52% used · resets in 1 h 00 m (official, 1 m ago)\n"
        "Today       4.8M tokens · $12.70 · 321 responses"
    )


def test_page_names_machines_models_and_problems() -> None:
    """What a person has to know stands below the numbers."""
    machines = (
        Machine(id="a", name="studio", state=MachineState.LIVE, is_this=True, is_hub=True),
        Machine(id="b", name="build-1", state=MachineState.OFFLINE, as_of_ms=AT_MS - 900_000),
    )
    problem = Problem(code="polling", title="Changes are polled.", remedy="Nothing to do.")
    text = page(replaced(machines=machines, unpriced_models=("claude-x",), problems=(problem,), is_team=True))
    assert "Machines    studio (this) ★hub · live" in text
    assert "            build-1 · offline as of 13:31" in text
    assert "Unpriced    claude-x (counted as $0)" in text
    assert "Notice      Changes are polled. Nothing to do." in text
    assert "all machines" in text


@pytest.mark.parametrize("name", ["\x1b[2Jevil", "a\nb"])
def test_names_cannot_move_the_cursor(name: str) -> None:
    """A machine's name comes from elsewhere."""
    machine = Machine(id="a", name=name, state=MachineState.LIVE)
    text = page(replaced(machines=(machine, machine)))
    assert "\x1b" not in text
    assert "a\nb" not in text
