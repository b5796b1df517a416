"""Config: every setting with its default, unit and meaning; parsing of the file and of environment variables.

Pure: reading and writing the file is `system.files`. The settings dialog, the README table and the tests
are made from the same fields.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class IconShows(StrEnum):
    """What the tray icon shows."""

    RING_AND_NUMBER = "ring+number"
    NUMBER = "number"
    RING = "ring"


class RateUnit(StrEnum):
    """What the live rate counts."""

    ALL_TOKENS = "all"
    IO_TOKENS = "io"
    USD_PER_HOUR = "usd"


class Theme(StrEnum):
    """Colours of the windows."""

    AUTO = "auto"
    DARK = "dark"
    LIGHT = "light"


class CostMode(StrEnum):
    """Where a response's cost comes from (ccusage's --mode)."""

    AUTO = "auto"
    CALCULATE = "calculate"
    DISPLAY = "display"


class PriceOverride(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices of one model as the user sets them, US dollars per million tokens; missing ones keep the table's."""

    input: float | None = None
    output: float | None = None
    cache_write_5m: float | None = None
    cache_write_1h: float | None = None
    cache_read: float | None = None
    fast_multiplier: float | None = None


class Config(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user chose."""

    start_at_login: Annotated[bool, Meta(description="Start cctray when you log in.")] = False
    icon_shows: Annotated[IconShows, Meta(description="What the tray icon shows.")] = IconShows.RING_AND_NUMBER
    rate_unit: Annotated[RateUnit, Meta(description="What the live rate counts.")] = RateUnit.ALL_TOKENS
    theme: Annotated[Theme, Meta(description="Colours: of the system, dark or light.")] = Theme.AUTO
    extra_folders: Annotated[
        tuple[str, ...],
        Meta(description="Claude config folders to read besides those found by themselves (WSL, devcontainers)."),
    ] = ()
    cost_mode: Annotated[CostMode, Meta(description="Costs as logged or calculated.")] = CostMode.AUTO
    time_zone: Annotated[str, Meta(description="IANA time zone of days; empty: the system's.")] = ""
    poll_always: Annotated[
        bool, Meta(description="Look for new lines every second instead of waiting for the system's notice.")
    ] = False
    price_overrides: Annotated[
        dict[str, PriceOverride], Meta(description="Prices by model, US dollars per million tokens.")
    ] = {}
    machine_name: Annotated[
        str, Meta(max_length=32, description="Name other machines see; empty: the host's name.")
    ] = ""
    notify_block_80: Annotated[bool, Meta(description="Notify when 80 % of the block is used.")] = True
    notify_block_95: Annotated[bool, Meta(description="Notify when 95 % of the block is used.")] = True


class ReadConfig(Struct, frozen=True):
    """A config and what could not be used of its sources."""

    config: Config
    complaints: tuple[str, ...] = ()
    """One sentence per field that fell back to its default."""
