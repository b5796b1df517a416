"""Snapshot: the one immutable thing every screen draws.

Only numbers and states; screens turn them into words and pixels and compute no totals of their own.
Times are UTC milliseconds, money US dollars, rates per minute or per hour as their names say.
"""

from enum import StrEnum

from msgspec import Struct

from cctray.core.usage import Tokens


class MachineState(StrEnum):
    """How fresh a machine is."""

    LIVE = "live"
    IDLE = "idle"
    STALE = "stale"
    OFFLINE = "offline"
    NEARBY = "nearby"


class PlaceState(StrEnum):
    """What was found where transcripts may lie."""

    FOUND = "found"
    EMPTY = "empty"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNSET = "unset"


class Rate(Struct, frozen=True, kw_only=True):
    """A burn rate."""

    tokens_per_minute: float = 0.0
    """All four token kinds."""
    io_tokens_per_minute: float = 0.0
    """Input and output only: what ccusage's thresholds look at."""
    cost_per_hour: float = 0.0


class SparkPoint(Struct, frozen=True, array_like=True):
    """One step of the last hour's live rate."""

    at_ms: int
    tokens_per_minute: float


class Projection(Struct, frozen=True, kw_only=True):
    """Where the block ends on its present pace (ccusage's projection)."""

    total_tokens: int
    total_cost: float
    remaining_minutes: int


class Limit(Struct, frozen=True, kw_only=True):
    """Claude Code's own rate limit of the running window, as its status line told it."""

    used_share: float
    """0.0 to 1.0 (1.0 = 100 %)."""
    resets_at_ms: int
    seen_at_ms: int


class Block(Struct, frozen=True, kw_only=True):
    """The running 5-hour block."""

    start_ms: int
    end_ms: int
    first_ms: int
    last_ms: int
    tokens: Tokens
    cost: float
    entries: int
    models: tuple[str, ...] = ()
    rate: Rate | None = None
    """The block rate (ccusage's burnRate); None while first and last entry are the same moment."""
    projection: Projection | None = None


class Period(Struct, frozen=True, kw_only=True):
    """Usage of a calendar period."""

    tokens: Tokens = Tokens()
    cost: float = 0.0
    entries: int = 0


class Machine(Struct, frozen=True, kw_only=True):
    """One machine of the team, or one that is nearby."""

    id: str
    name: str
    """Empty for a nearby machine that does not tell its name."""
    state: MachineState
    is_this: bool = False
    is_hub: bool = False
    rate: Rate = Rate()
    today: Period = Period()
    as_of_ms: int | None = None
    """When its numbers were last heard; None while live."""
    skew_ms: int = 0
    """How far its clock is ahead of this machine's."""


class Reading(Struct, frozen=True, kw_only=True):
    """Progress of the first read."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    today_complete: bool = False
    """Files are read newest first; once this is true today and the running block are final."""
    days_read: int = 0
    """How many of the last 30 days are complete."""
    remaining_s: float | None = None


class Place(Struct, frozen=True, kw_only=True):
    """A folder that was looked at."""

    path: str
    """As a person would write it: `~/.claude/projects`, `$CLAUDE_CONFIG_DIR`."""
    state: PlaceState
    files: int = 0


class Problem(Struct, frozen=True, kw_only=True):
    """Something a person should know; shown as a dot on the icon and a line in the popover."""

    code: str
    """Stable, for tests and scripts: `no-data`, `store-rebuilt`, `disk-full`, `hub-lost`, `polling`, …"""
    title: str
    remedy: str
    is_severe: bool = False
    """Whether the icon shows its dot for it."""


class Hub(Struct, frozen=True, kw_only=True):
    """What this machine knows of the hub."""

    name: str
    is_this: bool
    is_reachable: bool = True
    as_of_ms: int | None = None
    retry_at_ms: int | None = None


class Watch(Struct, frozen=True, kw_only=True):
    """How new lines are noticed."""

    mode: str = "notify"
    """`notify` (the system tells) or `poll`."""
    reason: str = ""
    """Why it polls."""
    files: int = 0


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything a screen may show at one moment."""

    rev: int
    """Grows with every change."""
    at_ms: int
    version: str = ""
    is_team: bool = False
    """Whether the numbers are of all paired machines or of this one alone."""
    live: Rate = Rate()
    """Trailing 5 minutes divided by 5."""
    spark: tuple[SparkPoint, ...] = ()
    """Live rate over the last 60 minutes, oldest first, evenly spaced."""
    block: Block | None = None
    limit: Limit | None = None
    week_limit: Limit | None = None
    today: Period = Period()
    machines: tuple[Machine, ...] = ()
    hub: Hub | None = None
    reading: Reading | None = None
    places: tuple[Place, ...] = ()
    problems: tuple[Problem, ...] = ()
    paused_since_ms: int | None = None
    unpriced_models: tuple[str, ...] = ()
    skipped_lines: dict[str, int] = {}
    watch: Watch = Watch()
    can_pair: bool = False
    """Whether this build can pair machines; screens offer it only then."""
    has_dashboard: bool = False
    time_zone: str = "UTC"
    """IANA name that calendar days and clock times are shown in."""

    @property
    def has_data(self) -> bool:
        """Whether any folder with transcripts was found."""
        return any(place.state is PlaceState.FOUND for place in self.places)
