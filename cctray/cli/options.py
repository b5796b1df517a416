"""What the command line was asked, as values: one frozen Struct per kind of command.

Made by `cli.parser` alone; no reading of the environment and no output here.
"""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from cctray.core.config import CostMode

EXIT_OK: Final = 0
EXIT_FAILURE: Final = 1
EXIT_PIPE: Final = 141
"""128 + SIGPIPE: what a shell reports for a program whose reader left (`cctray daily | head -1`)."""
EXIT_INTERRUPT: Final = 130
"""128 + SIGINT."""


class Face(StrEnum):
    """How the engine shows itself."""

    TRAY = "tray"
    """Tray icon; where there is no display, the live line."""
    LINE = "line"
    """Headless, printing the live status line."""
    SILENT = "silent"
    """Headless, printing nothing (a service)."""


class Options(Struct, frozen=True, kw_only=True):
    """What every command knows, and all that the engine's process needs."""

    data_dir: str | None = None
    """Folder of the store; None: `CCTRAY_DATA_DIR`, else the system's usual place."""
    config_dir: str | None = None
    """Folder of the settings; None: `CCTRAY_CONFIG_DIR`, else the system's usual place."""
    debug: bool = False
    """Log everything, and show where an unforeseen error came from."""
    face: Face = Face.TRAY


class Order(StrEnum):
    """Order of the rows."""

    ASC = "asc"
    DESC = "desc"


class WeekDay(StrEnum):
    """First day of a week."""

    SUNDAY = "sunday"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"


class ReportOptions(Options, frozen=True, kw_only=True):
    """A report: the options of `ccusage claude <report>` and `--on-disk`."""

    report: str
    json: bool = False
    since: str | None = None
    """`YYYY-MM-DD`, inclusive."""
    until: str | None = None
    timezone: str | None = None
    mode: CostMode | None = None
    """None: as the settings say."""
    order: Order = Order.ASC
    offline: bool = False
    """Only the bundled prices that equal ccusage's own."""
    breakdown: bool = False
    no_cost: bool = False
    compact: bool = False
    color: bool | None = None
    """None: colour on a terminal unless `NO_COLOR` is set."""
    on_disk: bool = False
    """Only transcripts that still exist."""
    last: int | None = None
    instances: bool = False
    project: str | None = None
    project_aliases: str = ""
    start_of_week: WeekDay = WeekDay.SUNDAY
    id: str | None = None
    active: bool = False
    recent: bool = False
    token_limit: str | None = None
    """Tokens, or `max`: the largest finished block."""
    session_length: float = 5.0
    """Hours."""


class StatusOptions(Options, frozen=True, kw_only=True):
    """`cctray status`."""

    json: bool = False
    watch: bool = False


class BurnRateStyle(StrEnum):
    """How the status line shows the level of the burn rate."""

    OFF = "off"
    EMOJI = "emoji"
    TEXT = "text"
    EMOJI_TEXT = "emoji-text"


class CostSource(StrEnum):
    """Where the status line takes the session's cost from."""

    AUTO = "auto"
    CCUSAGE = "ccusage"
    CC = "cc"
    BOTH = "both"


class StatuslineOptions(Options, frozen=True, kw_only=True):
    """`cctray statusline`: the options of `ccusage statusline`."""

    visual_burn_rate: BurnRateStyle = BurnRateStyle.OFF
    cost_source: CostSource = CostSource.AUTO
    context_low_threshold: int = 50
    context_medium_threshold: int = 80
    timezone: str | None = None
    offline: bool = True


class ParityOptions(Options, frozen=True, kw_only=True):
    """`cctray parity`."""

    ccusage: str | None = None
    report: str = "all"
    since: str | None = None
    until: str | None = None
    timezone: str | None = None
    mode: CostMode = CostMode.AUTO
    order: Order = Order.ASC
    start_of_week: WeekDay = WeekDay.SUNDAY
    session_length: float = 5.0


class DoctorOptions(Options, frozen=True, kw_only=True):
    """`cctray doctor`."""

    json: bool = False


class ExportOptions(Options, frozen=True, kw_only=True):
    """`cctray export`."""

    format: str
    """`csv` or `json`."""
    rows: str = "responses"
    """`responses` or `days`."""
    since: str | None = None
    until: str | None = None
    timezone: str | None = None
    on_disk: bool = False


class DemoOptions(Options, frozen=True, kw_only=True):
    """`cctray demo`."""

    seed: int = 1
    days: int = 45
    speed: float = 1.0
    headless: bool = False


class CompletionOptions(Options, frozen=True, kw_only=True):
    """`cctray completion`."""

    shell: str
