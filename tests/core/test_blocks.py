"""Blocks, gaps, the running one."""

from cctray.core.blocks import BlockFilter, UsageBlock, blocks, chosen, largest, limit_status, running_block
from cctray.core.calendar import HOUR_MS, MINUTE_MS, Days, iso_ms
from cctray.core.config import CostMode
from cctray.core.portion import Costs, Portion, Slice
from cctray.core.usage import Tokens

DAY = 1_780_272_000_000
"""2026-06-01, midnight UTC."""
FAR = DAY + 1000 * HOUR_MS


def at(clock: str, tokens: int = 10, cost: float = 1.0) -> Slice:
    """One entry at a time of that day (hours above 23 are of the next)."""
    hours, minutes, seconds = clock.split(":")
    at_ms = DAY + int(hours) * HOUR_MS + int(minutes) * MINUTE_MS + round(float(seconds) * 1000)
    portion = Portion(
        group="",
        model="m",
        label="m",
        tokens=Tokens(tokens),
        costs=Costs(cost, 0.0, 3 * cost),
        entries=1,
        first_ms=at_ms,
        last_ms=at_ms,
        unlogged_tokens=0,
    )
    return Slice(first_ms=at_ms, last_ms=at_ms, portions=(portion,))


def spans(found: list[UsageBlock]) -> list[str]:
    """Start, end and kind of blocks, in short."""
    return [f"{iso_ms(one.start_ms)[11:-1]}-{iso_ms(one.end_ms)[11:-1]}{' gap' * one.is_gap}" for one in found]


def test_exactly_five_hours_is_still_one_block() -> None:
    """A block ends after five hours from its full hour, not with them."""
    (block,) = blocks([at("10:00:00"), at("15:00:00")], FAR)
    assert (block.entries, block.cost, block.models) == (2, 2.0, ("m",))


def test_gap_may_begin_after_the_next_block() -> None:
    """A pause of more than five hours is shown from five hours after the last entry; blocks go by their start."""
    found = blocks([at("10:59:00"), at("15:00:00.001"), at("20:00:00.002")], FAR)
    assert spans(found) == [
        "10:00:00.000-15:00:00.000",
        "15:00:00.000-20:00:00.000",
        "20:00:00.000-01:00:00.000",
        "20:00:00.001-20:00:00.002 gap",
    ]


def test_slices_count_as_their_entries() -> None:
    """A quarter of an hour summed up gives the block its entries give."""
    first, second, last = at("10:01:00"), at("10:14:00"), at("12:00:00")
    both = Slice(first_ms=first.first_ms, last_ms=second.last_ms, portions=first.portions + second.portions)
    assert blocks([both, last], FAR) == blocks([first, second, last], FAR)


def test_running_block() -> None:
    """The running block has the rate between its entries and its projection to the end, in the mode asked for."""
    now = DAY + 11 * HOUR_MS
    block = running_block([at("10:00:00"), at("10:30:00")], now, CostMode.CALCULATE)
    assert block is not None
    assert block.rate is not None
    assert block.projection is not None
    assert (block.cost, block.rate.tokens_per_minute, block.rate.cost_per_hour) == (6.0, 20 / 30, 12.0)
    assert (block.projection.remaining_minutes, block.projection.total_cost) == (240, 54.0)
    assert running_block([at("10:00:00")], DAY + 15 * HOUR_MS, CostMode.AUTO) is None
    alone = running_block([at("10:00:00")], now, CostMode.AUTO)
    assert alone is not None
    assert alone.rate is None


def test_filters_and_limits() -> None:
    """Filters look at a block's start; `max` is the largest finished block that is left."""
    days, now = Days("UTC"), DAY + 35 * HOUR_MS
    found = blocks([at("10:00:00", 50), at("34:00:00", 5), at("34:30:00", 5)], now)
    assert [one.is_gap for one in found] == [False, True, False]
    assert largest(found) == 50
    active = chosen(found, BlockFilter(only_active=True), days, now)
    assert largest(active) is None
    status = limit_status(active[0], 100)
    assert status is not None
    assert (status.projected, status.status) == (90, "warning")
    assert limit_status(found[0], 100) is None
    assert chosen(found, BlockFilter(since="2026-06-02"), days, now) == [found[2]]
    assert chosen(found, BlockFilter(until="2026-06-01", newest_first=True), days, now) == found[1::-1]
    assert chosen(found, BlockFilter(only_recent=True), days, FAR) == active
