"""Snapshots for the tests of what lives in the panel."""

from typing import Any, Final

from cctray.core.snapshot import Block, Machine, MachineState, Period, Place, PlaceState, Problem, Rate, Snapshot
from cctray.core.usage import Tokens

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
NOW_MS: Final = 20_500 * 24 * HOUR_MS + 13 * HOUR_MS + 46 * MINUTE_MS
"""13:46 UTC."""

FULL_DISK: Final = Problem(code="disk-full", title="The disk is full.", remedy="Free some space.", is_severe=True)


def rate(tokens: float, io: float = 900.0, dollars: float = 3.2) -> Rate:
    """A live rate."""
    return Rate(tokens_per_minute=tokens, io_tokens_per_minute=io, cost_per_hour=dollars)


def block(start_ms: int = NOW_MS - 166 * MINUTE_MS) -> Block:
    """A block that runs 11:00 to 16:00 unless told otherwise."""
    return Block(
        start_ms=start_ms,
        end_ms=start_ms + 5 * HOUR_MS,
        first_ms=start_ms,
        last_ms=NOW_MS,
        tokens=Tokens(),
        cost=4.1,
        entries=9,
    )


def scene(tokens: float = 12_400.0, **fields: Any) -> Snapshot:
    """One machine at work at 13:46 in a block that ends at 16:00; `fields` replace what differs."""
    told: dict[str, Any] = {
        "rev": 1,
        "at_ms": NOW_MS,
        "live": rate(tokens),
        "block": block(),
        "today": Period(cost=12.7),
        "places": (Place(path="~/.claude", state=PlaceState.FOUND, files=3),),
    }
    return Snapshot(**(told | fields))


def team() -> tuple[Machine, ...]:
    """Four paired machines, three of them online, and one that is nearby."""
    states = (MachineState.LIVE, MachineState.IDLE, MachineState.LIVE, MachineState.OFFLINE, MachineState.NEARBY)
    return tuple(Machine(id=str(index), name=f"m{index}", state=state) for index, state in enumerate(states))
