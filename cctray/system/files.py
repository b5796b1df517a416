"""Small files of this machine: whole reads, writes that are there entirely or not at all, private folders.

The one place that turns an `OSError` of such a file into a sentence for a person. Transcripts and the store
have rooms of their own.
"""

import contextlib
import errno
import os
import stat
import sys
import time
from pathlib import Path
from typing import Final

from cctray.core.errors import CctrayError

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
WINDOWS_TRIES: Final = 10
WINDOWS_PAUSE_S: Final = 0.02
"""Virus scanners and readers hold a file for some milliseconds, and Windows refuses to replace it meanwhile."""


def read(path: Path) -> bytes | None:
    """Give the whole file, None where there is none; raise CctrayError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise explain(error, f"{path} cannot be read") from error


def write_atomically(path: Path, content: bytes, *, mode: int = PRIVATE_FILE) -> None:
    """Replace the file by this content: a reader, or a crash, sees the old or the new one, never half.

    Missing parent folders are made private. A link is followed, so that linked settings stay linked.
    Raises CctrayError with a remedy.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        _replace(target, content, mode)
    except OSError as error:
        raise explain(error, f"{path} cannot be written") from error


def make_private_folder(path: Path) -> None:
    """Make the folder and its parents, for this user alone; raise CctrayError. An existing one keeps its mode."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    except OSError as error:
        raise explain(error, f"The folder {path} cannot be made") from error


def is_private(path: Path) -> bool:
    """Whether it is this user's own, no link, and closed to everybody else (Windows: the profile's rights say so)."""
    if sys.platform == "win32":
        return True
    found = path.lstat()
    is_own = found.st_uid == os.getuid() and not stat.S_ISLNK(found.st_mode)
    return is_own and not stat.S_IMODE(found.st_mode) & (stat.S_IRWXG | stat.S_IRWXO)


def explain(error: OSError, what: str) -> CctrayError:
    """Turn a foreign error into one for a person; `what` is the start of its sentence: "/x/y cannot be read"."""
    reason = error.strerror or type(error).__name__
    return CctrayError(f"{what}: {reason}.", _remedy(error))


def _remedy(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "Free some space there, or choose another folder with --data-dir."
        case errno.EROFS:
            return "The file system is read-only; choose another folder with --data-dir or --config-dir."
        case errno.EACCES | errno.EPERM:
            return "Give this user the right to it, or choose another folder with --data-dir or --config-dir."
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            return "Something else lies there; move it away, or choose another folder."
        case errno.ENAMETOOLONG:
            return "Choose a shorter path."
        case _:
            return "Look at the disk and the folder, then try again."


def _replace(target: Path, content: bytes, mode: int) -> None:
    # tempfile would cost every start of the command line 10 ms.
    temporary = target.with_name(f".{target.name[:64]}.{os.getpid()}-{time.monotonic_ns():x}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        _move(temporary, target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _keep_name(target.parent)


def _move(temporary: Path, target: Path) -> None:
    for _ in range(WINDOWS_TRIES if sys.platform == "win32" else 0):
        with contextlib.suppress(PermissionError):
            temporary.replace(target)
            return
        time.sleep(WINDOWS_PAUSE_S)  # noqa: TID251 - nothing tells when the other program lets go
    temporary.replace(target)


def _keep_name(folder: Path) -> None:
    """Let the new name survive a power cut; file systems that cannot do it for folders are left as they are."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
