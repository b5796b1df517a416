"""What a screen or another process may ask of the engine: one tagged union, the only way down."""

from msgspec import Struct

from cctray.core.config import Config


class Pause(Struct, frozen=True, tag="pause"):
    """Stop reading (nothing is lost: it is read in on Resume)."""


class Resume(Struct, frozen=True, tag="resume"):
    """Read on."""


class LookAgain(Struct, frozen=True, tag="look-again"):
    """Search the folders for transcripts now."""


class SaveConfig(Struct, frozen=True, tag="save-config"):
    """Replace the settings by these."""

    config: Config


class AddFolder(Struct, frozen=True, tag="add-folder"):
    """Read this Claude config folder too, and remember it in the settings."""

    path: str


class ReportLimits(Struct, frozen=True, tag="report-limits"):
    """Rate limits that Claude Code's status line told."""

    seen_at_ms: int
    five_hour_share: float | None = None
    five_hour_resets_at_ms: int | None = None
    seven_day_share: float | None = None
    seven_day_resets_at_ms: int | None = None


class Raise(Struct, frozen=True, tag="raise"):
    """A second start: show yourself."""


class Quit(Struct, frozen=True, tag="quit"):
    """End cctray."""


Command = Pause | Resume | LookAgain | SaveConfig | AddFolder | ReportLimits | Raise | Quit
