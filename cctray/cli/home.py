"""What every command that looks at this machine needs first: folders, settings, the time zone, the terminal."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final, TextIO

from msgspec import Struct

from cctray.cli.options import Options
from cctray.core.config import Config, parse
from cctray.core.errors import UsageError
from cctray.system import files, paths, zone
from cctray.system.paths import Paths

WIDTH_WITHOUT_TERMINAL: Final = 120
"""Columns of a table in a file or a pipe: ccusage's too."""
LOCAL: Final = "local"


class Home(Struct, frozen=True, kw_only=True):
    """This user's cctray."""

    paths: Paths
    config: Config
    complaints: tuple[str, ...]
    """What of the settings cannot be used."""
    fixed: tuple[str, ...] = ()
    """Settings that environment variables or options set; they are not written into the file."""


def find(options: Options) -> Home:
    """Find the folders and read the settings; raise CctrayError where the file cannot be read."""
    places = paths.find(os.environ, _path(options.data_dir), _path(options.config_dir))
    read = parse(files.read(places.config_file), os.environ, None, zone.is_known)
    return Home(paths=places, config=read.config, complaints=read.complaints, fixed=read.fixed)


def zone_name(asked: str | None, config: Config) -> str:
    """IANA name of the zone to count days in: the option's, else the settings', else the machine's."""
    if asked and asked != LOCAL:
        if not zone.is_known(asked):
            raise UsageError(
                f"There is no time zone '{asked}'.",
                "Use an IANA name such as UTC or America/New_York, or 'local' for the system's.",
            )
        return asked
    return (config.time_zone if asked is None else "") or zone.find(os.environ)


def columns(stream: TextIO) -> int:
    """Columns of the terminal behind the stream; `COLUMNS` overrides it."""
    if not stream.isatty() and "COLUMNS" not in os.environ:
        return WIDTH_WITHOUT_TERMINAL
    return shutil.get_terminal_size((WIDTH_WITHOUT_TERMINAL, 24)).columns


def has_color(stream: TextIO, *, asked: bool | None) -> bool:
    """Whether to colour: as asked, else as `NO_COLOR` and `FORCE_COLOR` say, else on a terminal."""
    if asked is not None:
        return asked
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def is_terminal() -> bool:
    """Whether a person is likely to read the output as it comes."""
    return sys.stdout.isatty()


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None
