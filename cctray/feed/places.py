"""Where transcripts are: the Claude config folders of this user, found as ccusage 20 finds them, and the files in them.

Nothing is ever written there.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from cctray.core.errors import FeedError
from cctray.core.records import path_text
from cctray.core.snapshot import Place, PlaceState

SUFFIX = ".jsonl"


class Root(Struct, frozen=True):
    """A `projects` folder that is read."""

    label: str
    """As a person would write its config folder."""
    projects: str
    device: int = 0
    inode: int = 0
    """Which folder it is: another one may be mounted there later."""


class Found(Struct, frozen=True):
    """A transcript on disk."""

    path: str
    device: int
    inode: int
    size: int
    mtime_ns: int


class Places(Struct, frozen=True):
    """Which folders were looked at."""

    roots: tuple[Root, ...]
    looked_at: tuple[Place, ...]
    away: tuple[str, ...] = ()
    """`projects` folders that are there and can't be looked into; what they held is not lost."""


def home_of(environ: Mapping[str, str]) -> str:
    """The user's home as ccusage takes it."""
    drive = environ.get("HOMEDRIVE", "") + environ.get("HOMEPATH", "")
    return environ.get("HOME") or environ.get("USERPROFILE") or drive


def find_places(environ: Mapping[str, str], extra: Sequence[str]) -> Places:
    """Folders with transcripts: `CLAUDE_CONFIG_DIR`, else XDG and `~/.claude`; then those of the settings."""
    home = home_of(environ)
    named = environ.get("CLAUDE_CONFIG_DIR")
    if named is None:
        config_home = environ.get("XDG_CONFIG_HOME", f"{home}/.config")
        candidates = [f"{config_home}/claude", f"{home}/.claude"]
    else:
        candidates = [part.strip() for part in named.split(",") if part.strip()]
    roots: list[Root] = []
    looked_at: list[Place] = []
    away: list[str] = []
    for candidate in [*candidates, *extra]:
        projects = _projects_of(_expanded(candidate, home))
        state = _state_of(projects)
        looked_at.append(Place(path=path_text(_short(projects, home)), state=state))
        if state is PlaceState.UNREADABLE:
            away.append(projects)
        if state in {PlaceState.FOUND, PlaceState.EMPTY} and all(root.projects != projects for root in roots):
            label = path_text(_short(os.path.dirname(projects), home))  # noqa: PTH120 - text, not a path to touch
            roots.append(Root(label, projects, *_identity(projects)))
    if named is None:
        looked_at.append(Place(path="$CLAUDE_CONFIG_DIR", state=PlaceState.UNSET))
    return Places(tuple(roots), tuple(looked_at), tuple(away))


def require_roots(places: Places, environ: Mapping[str, str]) -> None:
    """Raise FeedError where `CLAUDE_CONFIG_DIR` is set and names no folder with transcripts (as ccusage does)."""
    if places.roots or "CLAUDE_CONFIG_DIR" not in environ:
        return
    raise FeedError(
        f"CLAUDE_CONFIG_DIR names no folder with Claude Code data: {environ['CLAUDE_CONFIG_DIR'] or 'it is empty'}.",
        "Name folders that hold `projects`, separated by commas, or unset it.",
    )


def _expanded(text: str, home: str) -> str:
    if text == "~" or text.startswith(("~/", "~\\")):
        return home + text[1:]
    return text


def _projects_of(folder: str) -> str:
    clean = os.path.abspath(folder)  # noqa: PTH100 - Path.resolve would follow links, ccusage does not
    if os.path.basename(clean) == "projects" and os.path.isdir(clean):  # noqa: PTH119, PTH112 - as above
        return clean
    return os.path.join(clean, "projects")  # noqa: PTH118 - as above


def _state_of(projects: str) -> PlaceState:
    try:
        with os.scandir(projects) as entries:
            return PlaceState.FOUND if any(True for _ in entries) else PlaceState.EMPTY
    except (FileNotFoundError, NotADirectoryError):
        return PlaceState.MISSING
    except OSError:
        return PlaceState.UNREADABLE


def _identity(folder: str) -> tuple[int, int]:
    try:
        status = os.stat(folder)  # noqa: PTH116 - as above
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _short(path: str, home: str) -> str:
    inside = home and (path == home or path.startswith(home.rstrip("/\\") + os.sep))
    return "~" + path[len(home.rstrip("/\\")) :] if inside else path


def find_transcripts(folder: str, on_unreadable: Callable[[str, OSError], None]) -> Iterator[Found]:
    """Transcripts below a folder; links are not followed, as ccusage does not."""
    try:
        with os.scandir(folder) as scan:
            entries = list(scan)
    except FileNotFoundError:
        return
    except OSError as error:
        on_unreadable(folder, error)
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from find_transcripts(entry.path, on_unreadable)
        elif is_transcript(entry.name) and entry.is_file(follow_symlinks=False):
            try:
                yield _found(entry.path, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue
            except OSError as error:
                on_unreadable(entry.path, error)


def find_one(path: str) -> Found | None:
    """The transcript at a path; None where there is none; raises OSError where that can't be told."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _found(path, status) if stat.S_ISREG(status.st_mode) and is_transcript(Path(path).name) else None


def is_transcript(name: str) -> bool:
    """Whether a file name is a transcript's: its extension is exactly `jsonl`."""
    return name.endswith(SUFFIX) and name != SUFFIX


def _found(path: str, status: os.stat_result) -> Found:
    return Found(path, status.st_dev & (1 << 63) - 1, status.st_ino & (1 << 63) - 1, status.st_size, status.st_mtime_ns)
