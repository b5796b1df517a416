"""Config: every setting with its default, unit and meaning; parsing of the file, the environment and options.

Pure: reading and writing the file is `system.files`. The settings dialog, the README table and the tests
are made from the same fields (`settings`).
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Annotated, Final, get_args

import msgspec
from msgspec import UNSET, Meta, Struct

VARIABLE_PREFIX: Final = "CCTRAY_"
TRUE_WORDS: Final = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS: Final = frozenset({"0", "false", "no", "off"})
MAX_SHOWN: Final = 60
"""Characters of a wrong value that a complaint repeats: a line of the popover."""


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


Price = Annotated[float, Meta(ge=0)]


class PriceOverride(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Prices of one model as the user sets them, US dollars per million tokens; missing ones keep the table's."""

    input: Price | None = None
    output: Price | None = None
    cache_write_5m: Price | None = None
    cache_write_1h: Price | None = None
    cache_read: Price | None = None
    fast_multiplier: Price | None = None


class Config(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the user chose."""

    start_at_login: Annotated[bool, Meta(description="Start cctray when you log in.")] = False
    icon_shows: Annotated[IconShows, Meta(description="What the tray icon shows.")] = IconShows.RING_AND_NUMBER
    rate_unit: Annotated[RateUnit, Meta(description="What the live rate counts.")] = RateUnit.ALL_TOKENS
    theme: Annotated[Theme, Meta(description="Colours: of the system, dark or light.")] = Theme.AUTO
    extra_folders: Annotated[
        tuple[Annotated[str, Meta(min_length=1, pattern=r"\A[^\x00]*\Z")], ...],
        Meta(description="Claude config folders to read besides those found by themselves (WSL, devcontainers)."),
    ] = ()
    cost_mode: Annotated[CostMode, Meta(description="Costs as logged or calculated.")] = CostMode.AUTO
    time_zone: Annotated[
        str,
        Meta(
            max_length=64,
            pattern=r"\A([A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*)?\Z",
            description="IANA time zone of days; empty: the system's.",
        ),
    ] = ""
    poll_always: Annotated[
        bool, Meta(description="Look for new lines every second instead of waiting for the system's notice.")
    ] = False
    price_overrides: Annotated[
        dict[str, PriceOverride], Meta(description="Prices by model, US dollars per million tokens.")
    ] = {}
    machine_name: Annotated[
        str,
        Meta(
            max_length=32,
            pattern=r"\A[^\x00-\x1f\x7f]*\Z",
            description="Name other machines see; empty: the host's name.",
        ),
    ] = ""
    notify_block_80: Annotated[bool, Meta(description="Notify when 80 % of the block is used.")] = True
    notify_block_95: Annotated[bool, Meta(description="Notify when 95 % of the block is used.")] = True


class ReadConfig(Struct, frozen=True):
    """A config and what could not be used of its sources."""

    config: Config
    complaints: tuple[str, ...] = ()
    """One or two sentences per field that could not be used, and per unknown key."""
    fixed: tuple[str, ...] = ()
    """Fields that the environment or an option sets: a settings dialog cannot change them."""


class Setting(Struct, frozen=True, kw_only=True):
    """One field of Config as a person needs it explained."""

    name: str
    variable: str
    """The environment variable that sets it."""
    allowed: str
    """`auto, dark or light`; `true or false`."""
    default: str
    """As JSON."""
    description: str


ALLOWED: Final = {
    "extra_folders": "a list of paths, none of them empty",
    "time_zone": "an IANA name as Europe/Berlin, or nothing",
    "price_overrides": "by model: " + ", ".join(PriceOverride.__struct_fields__) + "; each 0 or more",
    "machine_name": "one line of at most 32 characters",
}
"""What a field takes, where its type alone does not tell a person."""

_DEFAULTS: Final = Config()
_TYPES: Final = {field.name: field.type for field in msgspec.structs.fields(Config)}


def settings() -> tuple[Setting, ...]:
    """Every field of Config in its order, explained: the source of the dialog and of the README's table."""
    return tuple(
        Setting(
            name=name,
            variable=_variable(name),
            allowed=_allowed(name),
            default=_shown(_default(name)),
            description=next(filter(None, (meta.description for meta in get_args(kind)[1:])), ""),
        )
        for name, kind in _TYPES.items()
    )


def parse(
    file: bytes | None,
    environ: Mapping[str, str],
    options: Mapping[str, str] | None = None,
    is_time_zone: Callable[[str], bool] = bool,
) -> ReadConfig:
    """Read the settings: defaults below the file below `CCTRAY_<FIELD>` variables below options (field: text).

    Never raises. What cannot be used is named, and the value of the source below stays. Empty variables count
    as unset. `is_time_zone` says whether this machine knows a zone of that name.
    """
    reading = _Reading(is_time_zone)
    known, complaints = _items(file)
    reading.complaints.extend(complaints)
    for name, value in known.items():
        reading.take(name, value, f'"{name}" in the settings file')
    for name in _TYPES:
        if text := environ.get(_variable(name)):
            reading.take_text(name, text, f"The environment variable {_variable(name)}")
    for name, text in (options or {}).items():
        reading.take_text(name, text, f"The option --{name.replace('_', '-')}")
    return reading.result()


def render(config: Config, previous: bytes | None, fixed: Collection[str] = ()) -> bytes:
    """Give the new settings file: what differs from the defaults, unknown keys of the previous file kept.

    Fields in `fixed` (see ReadConfig) keep what the previous file says, not what the environment made of them.
    """
    old, _ = _items(previous)
    chosen: dict[str, object] = msgspec.to_builtins(config)
    kept = {name: value for name, value in old.items() if name not in _TYPES or name in fixed}
    new = {name: value for name, value in chosen.items() if name not in fixed} | kept
    ordered = {name: new[name] for name in (*old, *new) if name in new}
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"


class _Reading:
    """Values taken so far, from the weakest source to the strongest."""

    def __init__(self, is_time_zone: Callable[[str], bool]) -> None:
        self.complaints: list[str] = []
        self._is_time_zone = is_time_zone
        self._values: dict[str, object] = {}
        self._fixed: list[str] = []

    def take(self, name: str, value: object, where: str) -> bool:
        """Take a JSON value; say whether it, or a part of it, could be used."""
        if name not in _TYPES:
            self.complaints.append(f"{where} is not a setting of this cctray; it is kept but does nothing.")
            return False
        usable, bad = self._sifted(name, value)
        if usable is not UNSET:
            self._values[name] = usable
        used = _shown(self._values.get(name, _default(name)))
        for part in bad:
            self.complaints.append(f"{where} is {_shown(part)}; allowed: {_allowed(name)}. cctray uses {used}.")
        return usable is not UNSET

    def take_text(self, name: str, text: str, where: str) -> None:
        """Take the text of a variable or an option."""
        if self.take(name, _from_text(name, text), where):
            self._fixed.append(name)

    def result(self) -> ReadConfig:
        """Give the settings as they are now."""
        return ReadConfig(msgspec.convert(self._values, Config), tuple(self.complaints), tuple(self._fixed))

    def _sifted(self, name: str, value: object) -> tuple[object, list[object]]:
        """The value as its type wants it and nothing bad; or of a list or an object its good and its bad parts."""
        if self._fits(name, value):
            return value, []
        if isinstance(value, list) and isinstance(_default(name), tuple):
            good = [item for item in value if self._fits(name, [item])]
            return good or UNSET, [item for item in value if item not in good]
        if isinstance(value, dict) and isinstance(_default(name), dict):
            fitting = {key: item for key, item in value.items() if self._fits(name, {key: item})}
            return fitting or UNSET, [{key: item} for key, item in value.items() if key not in fitting]
        return UNSET, [value]

    def _fits(self, name: str, value: object) -> bool:
        try:
            msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError:
            return False
        return name != "time_zone" or not value or self._is_time_zone(str(value))


def _items(file: bytes | None) -> tuple[dict[str, object], list[str]]:
    """The file's members, or none and why."""
    if file is None or not file.strip():
        return {}, []
    try:
        # Editors of Windows begin a file with a mark that JSON does not allow.
        return msgspec.json.decode(file.removeprefix(b"\xef\xbb\xbf"), type=dict[str, object]), []
    except msgspec.ValidationError:
        reason = "it is not an object in braces"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error)
    return {}, [f"The settings file is not usable JSON ({reason}); cctray uses the defaults until it is mended."]


def _from_text(name: str, text: str) -> object:
    """What a variable or option means as JSON; text that means nothing stays text and is refused later."""
    # Paths of the environment may hold bytes that are no text: they cannot be kept in JSON.
    text = text.encode("utf-8", "replace").decode()
    default = _default(name)
    if isinstance(default, bool):
        return text.lower() in TRUE_WORDS if text.lower() in TRUE_WORDS | FALSE_WORDS else text
    if isinstance(default, dict) or (isinstance(default, tuple) and text.startswith("[")):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return text
    if isinstance(default, tuple):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def _default(name: str) -> object:
    return getattr(_DEFAULTS, name, None)


def _variable(name: str) -> str:
    return VARIABLE_PREFIX + name.upper()


def _allowed(name: str) -> str:
    default = _default(name)
    if isinstance(default, bool):
        return "true, false"
    return ", ".join(type(default)) if isinstance(default, StrEnum) else ALLOWED[name]


def _shown(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
