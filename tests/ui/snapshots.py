"""Sample Snapshots for every state of the screens: what the tests check and the screenshot tool draws."""

from dataclasses import dataclass
from math import exp, sin
from typing import Final

from msgspec.structs import replace

from cctray.core.snapshot import (
    Block,
    Hub,
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
    SparkPoint,
    Watch,
)
from cctray.core.usage import Tokens

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
MIDNIGHT_MS: Final = 20_500 * DAY_MS
"""A UTC midnight; the samples are told in UTC so that their clock times are fixed."""


def at(hour: int, minute: int) -> int:
    """That time of the samples' day, UTC milliseconds."""
    return MIDNIGHT_MS + hour * HOUR_MS + minute * MINUTE_MS


NOW_MS: Final = at(13, 46)


@dataclass(frozen=True)
class Sample:
    """A Snapshot and the moment it is looked at."""

    snapshot: Snapshot
    now_ms: int = NOW_MS


def spark(now_ms: int, peak: float, last: float, minutes: int = 60, peak_at: float = 0.45) -> tuple[SparkPoint, ...]:
    """A believable hour: two hills and a rest, its highest point `peak`, its last `last` tokens per minute."""
    shape = []
    for index in range(minutes):
        x = index / max(1, minutes - 1)
        hills = exp(-(((x - peak_at) / 0.07) ** 2)) + 0.62 * exp(-(((x - 0.24) / 0.09) ** 2))
        shape.append(0.10 + hills + 0.35 * exp(-(((x - 0.7) / 0.07) ** 2)) + 0.03 * sin(index * 1.9))
    scale = peak / max(shape)
    heights = [height * scale for height in shape]
    tail = min(8, minutes)
    for step in range(tail):
        share = (step + 1) / tail
        heights[minutes - tail + step] = heights[minutes - tail + step] * (1 - share) + last * share
    start = now_ms - (minutes - 1) * MINUTE_MS
    return tuple(SparkPoint(start + index * MINUTE_MS, height) for index, height in enumerate(heights))


def period(tokens: int, cost: float) -> Period:
    """A day's usage with that total."""
    return Period(tokens=Tokens(input=tokens // 10, output=tokens // 10, cache_read=tokens - 2 * (tokens // 10)),
                  cost=cost, entries=412)  # fmt: skip


def block(cost: float, total: float, last_ms: int = NOW_MS) -> Block:
    """The running block from 11 to 16."""
    return Block(
        start_ms=at(11, 0), end_ms=at(16, 0), first_ms=at(11, 2), last_ms=last_ms,
        tokens=Tokens(input=20_000, output=60_000, cache_read=3_000_000), cost=cost, entries=300,
        models=("claude-opus-5",), rate=Rate(tokens_per_minute=9_100, cost_per_hour=3.7),
        projection=Projection(total_tokens=9_000_000, total_cost=total, remaining_minutes=134),
    )  # fmt: skip


def limit(share: float, seen_ms: int = NOW_MS) -> Limit:
    """What Claude Code told of the window that ends at 16:00."""
    return Limit(used_share=share, resets_at_ms=at(16, 0), seen_at_ms=seen_ms)


def machine(name: str, state: MachineState, rate: float, cost: float, **more: object) -> Machine:
    """A machine whose id is its name, made tame."""
    return Machine(
        id="".join(filter(str.isalnum, name)),
        name=name,
        state=state,
        rate=Rate(tokens_per_minute=rate, cost_per_hour=cost / 4),
        today=period(int(cost * 300_000), cost),
        **more,  # type: ignore[arg-type]
    )


FOUND: Final = (
    Place(path="~/.config/claude/projects", state=PlaceState.MISSING),
    Place(path="~/.claude/projects", state=PlaceState.FOUND, files=3_034),
)

TEAM: Final = (
    machine("studio", MachineState.LIVE, 8_100, 7.90, is_this=True, is_hub=True),
    machine("laptop", MachineState.LIVE, 4_300, 4.10),
    machine("build-1", MachineState.STALE, 0, 0.70, as_of_ms=at(13, 31)),
)

SOLO: Final = Snapshot(
    rev=7,
    at_ms=NOW_MS,
    live=Rate(tokens_per_minute=8_100, io_tokens_per_minute=900, cost_per_hour=2.05),
    spark=spark(NOW_MS, 22_000, 8_100),
    block=block(6.30, 11.40),
    limit=limit(0.52),
    today=period(2_900_000, 7.90),
    machines=(machine("studio", MachineState.LIVE, 8_100, 7.90, is_this=True),),
    places=FOUND,
    watch=Watch(files=3_034),
)

NORMAL: Final = replace(
    SOLO,
    is_team=True,
    live=Rate(tokens_per_minute=12_400, io_tokens_per_minute=1_400, cost_per_hour=3.20),
    spark=spark(NOW_MS, 31_000, 12_400),
    block=block(10.18, 18.40),
    today=period(4_800_000, 12.70),
    machines=(*TEAM, Machine(id="n1", name="office-mini", state=MachineState.NEARBY)),
    hub=Hub(name="studio", is_this=True),
    can_pair=True,
    has_dashboard=True,
)

FIRST_RUN: Final = Snapshot(
    rev=1,
    at_ms=NOW_MS,
    places=(
        Place(path="~/.config/claude/projects", state=PlaceState.MISSING),
        Place(path="~/.claude/projects", state=PlaceState.EMPTY),
        Place(path="$CLAUDE_CONFIG_DIR", state=PlaceState.UNSET),
    ),
    problems=(Problem(code="no-data", title="No data.", remedy="Choose a folder.", is_severe=True),),
)

READING: Final = replace(
    SOLO,
    reading=Reading(
        files_done=1_212, files_total=3_034, bytes_done=184_000_000, bytes_total=460_000_000,
        today_complete=True, days_read=12, remaining_s=9,
    ),
    has_dashboard=True,
)  # fmt: skip

IDLE: Final = replace(
    SOLO,
    live=Rate(),
    spark=tuple(SparkPoint(NOW_MS - (59 - index) * MINUTE_MS, 0.0) for index in range(60)),
    block=block(6.30, 6.30, last_ms=at(12, 21)),
    limit=None,
    machines=(machine("studio", MachineState.IDLE, 0, 7.90, is_this=True),),
)

HUB_LOST: Final = replace(
    NORMAL,
    machines=(
        machine("laptop", MachineState.LIVE, 4_300, 4.10, is_this=True),
        machine("studio", MachineState.STALE, 0, 7.90, is_hub=True, as_of_ms=at(13, 31)),
        machine("build-1", MachineState.OFFLINE, 0, 0.70, as_of_ms=at(12, 7)),
    ),
    hub=Hub(name="studio", is_this=False, is_reachable=False, as_of_ms=at(13, 31), retry_at_ms=NOW_MS + 8_000),
    problems=(Problem(code="hub-lost", title="Hub lost.", remedy="Wait.", is_severe=True),),
)

PAUSED: Final = replace(
    NORMAL,
    live=Rate(),
    spark=spark(at(13, 20), 26_000, 9_000, minutes=34, peak_at=0.8),
    block=block(9.20, 17.0),
    limit=limit(0.47),
    today=period(4_100_000, 10.90),
    paused_since_ms=at(13, 20),
)

LIMIT_CLOSE: Final = replace(
    NORMAL,
    live=Rate(tokens_per_minute=186_000, io_tokens_per_minute=9_000, cost_per_hour=41.60),
    spark=(),
    block=block(52.30, 94.90),
    limit=limit(0.95, seen_ms=at(14, 57)),
    today=period(19_200_000, 58.10),
    machines=(
        machine("studio", MachineState.LIVE, 151_000, 44.20, is_this=True, is_hub=True),
        machine("laptop", MachineState.LIVE, 34_000, 12.90),
        machine("build-1", MachineState.LIVE, 1_200, 1.00),
    ),
)

SKEW: Final = replace(
    NORMAL,
    machines=(
        TEAM[0],
        machine("laptop", MachineState.LIVE, 4_300, 4.10, skew_ms=7 * MINUTE_MS),
        machine("build-1", MachineState.IDLE, 0, 0.70, skew_ms=-3 * HOUR_MS),
        Machine(id="n2", name="", state=MachineState.NEARBY),
    ),
)

HOSTILE: Final = replace(
    NORMAL,
    live=Rate(tokens_per_minute=987_654_321, io_tokens_per_minute=3_000, cost_per_hour=12_345.67),
    block=block(12_345.67, 23_456.78),
    today=period(98_765_432_100, 12_345.67),
    machines=(
        machine("a-machine-with-a-name-that-never-wants-to-end-at-all", MachineState.LIVE, 98_765_432, 12_345.67,
                is_this=True, is_hub=True),
        machine("<b>bold</b>&amp;\x1b[31mred\x1b[0m", MachineState.LIVE, 0.4, 0.001),
        machine("\u202eמחשב של דנה", MachineState.OFFLINE, 0, 1_234.5, as_of_ms=at(13, 46) - 3 * DAY_MS),
    ),
    unpriced_models=("claude-next-1", "claude-next-2"),
)  # fmt: skip

PROBLEMS: Final = replace(
    SOLO,
    problems=(
        Problem(code="polling", title="Polling.", remedy="Nothing to do."),
        Problem(
            code="disk-full",
            title="The disk with the history is full.",
            remedy="Free some space in ~/.local/share/cctray; nothing is lost until then, it is read in later.",
            is_severe=True,
        ),
        Problem(code="store-rebuilt", title="The history was damaged and built anew.", remedy="Nothing to do."),
    ),
    unpriced_models=("claude-next-1",),
    watch=Watch(mode="poll", reason="the home folder is on a network drive", files=3_034),
)

ESTIMATE: Final = replace(
    SOLO,
    live=Rate(tokens_per_minute=18_400, io_tokens_per_minute=3_100, cost_per_hour=4.9),
    limit=None,
    week_limit=Limit(used_share=0.31, resets_at_ms=MIDNIGHT_MS + 3 * DAY_MS, seen_at_ms=NOW_MS),
)

SAMPLES: Final[dict[str, Sample]] = {
    "normal": Sample(NORMAL),
    "first-run": Sample(FIRST_RUN),
    "reading": Sample(READING),
    "one-machine": Sample(replace(SOLO, can_pair=True, has_dashboard=True)),
    "one-machine-plain": Sample(SOLO),
    "no-limit": Sample(ESTIMATE),
    "idle": Sample(IDLE),
    "no-block": Sample(replace(IDLE, block=None, today=Period())),
    "hub-lost": Sample(HUB_LOST),
    "paused": Sample(PAUSED),
    "paused-alone": Sample(replace(SOLO, live=Rate(), paused_since_ms=at(13, 20),
                                   spark=spark(at(13, 20), 26_000, 9_000, minutes=34, peak_at=0.8))),
    "limit-close": Sample(LIMIT_CLOSE, at(14, 58)),
    "clock-skew": Sample(SKEW),
    "problems": Sample(PROBLEMS),
    "hostile": Sample(HOSTILE),
    "looking": Sample(Snapshot(rev=0, at_ms=NOW_MS)),
}  # fmt: skip
"""Every state of the popover, by name."""
