"""The time zone of this machine as an IANA name, as ccusage finds it: `TZ`, else the system's, else UTC."""

import ctypes
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

UNKNOWN: Final = "UTC"
LONGEST_NAME: Final = 128
"""Characters of a buffer for a zone's name; the longest known one has 32."""
_LINK: Final = Path("/etc/localtime")
_NOTE: Final = Path("/etc/timezone")


def is_known(name: str) -> bool:
    """Whether this machine has the calendar of a zone of that name."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def find(environ: Mapping[str, str], link: Path = _LINK, note: Path = _NOTE) -> str:
    """IANA name of the zone that days are counted in when nobody says another one."""
    candidates = (_name_in(environ.get("TZ", "").removeprefix(":")), *_of_system(link, note))
    return next((name for name in candidates if name and is_known(name)), UNKNOWN)


def _name_in(path: str) -> str:
    """`Europe/Berlin` of that name itself or of a path into a zoneinfo folder."""
    _, folder, name = path.rpartition("zoneinfo/")
    return name.removeprefix("posix/").removeprefix("right/") if folder else path


def _of_system(link: Path, note: Path) -> tuple[str, ...]:
    if sys.platform == "win32":
        return (_of_windows(),)
    return (_of_link(link), _of_note(note))


def _of_link(link: Path) -> str:
    try:
        # One step only: zones are links among themselves, and the first name is the one that was chosen.
        return _name_in(link.readlink().as_posix())
    except OSError:
        return ""


def _of_note(note: Path) -> str:
    try:
        return note.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _of_windows() -> str:
    """Ask the ICU library that is part of Windows 10 and later; its own zone names are not IANA's."""
    try:
        icu = ctypes.CDLL("icu.dll")
    except OSError:
        return ""
    buffer = ctypes.create_unicode_buffer(LONGEST_NAME)
    status = ctypes.c_int(0)
    icu.ucal_getDefaultTimeZone(buffer, LONGEST_NAME, ctypes.byref(status))
    return buffer.value if status.value <= 0 else ""
