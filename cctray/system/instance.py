"""One engine per store: a lock of the operating system on the lock file, held for life.

The system frees it when the process ends in any way, `kill -9` included. The lock file itself is never deleted,
or two engines could lock two files of one name; its text (process and host) is for people only.
Children made by `fork` without `exec` would inherit the lock: start workers by `spawn`.

On a network home `flock` reaches the other machines as far as the file system carries it (NFS with its lock
service does). Where it cannot lock at all, a lock in this machine's temporary folder stands in: it keeps two
engines of one machine apart, and `Instance.is_local_only` says that other machines are not kept out.
"""

import errno
import os
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from cctray.core.errors import CctrayError
from cctray.system import files

LOOK_AGAIN_S: Final = 0.02
"""The systems offer no wait with a time limit; 50 tries a second are not felt."""
NO_LOCKS_HERE: Final = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
"""What file systems without locks answer."""
HELD: Final = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
MAX_NOTE: Final = 300
"""Bytes of the note for people: a process number and a host name."""

if sys.platform == "win32":
    import msvcrt

    FAR_BEHIND_THE_NOTE: Final = 1 << 30
    """Windows refuses to read locked bytes, so the lock lies where the note is not."""

    def _lock(handle: int) -> None:
        os.lseek(handle, FAR_BEHIND_THE_NOTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Instance:
    """The right to be the engine of a store, until released or until the process ends."""

    def __init__(self, handle: int, *, is_local_only: bool) -> None:
        self.is_local_only = is_local_only
        self._handle: int | None = handle

    def release(self) -> None:
        """Let another engine in; a second call does nothing."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        """Hold it for a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release it."""
        self.release()


def acquire(path: Path) -> Instance | None:
    """Take the lock, None where another process holds it; raise CctrayError where the file cannot be made."""
    files.make_private_folder(path.parent)
    try:
        return _take(path, is_local_only=False)
    except OSError as error:
        if error.errno not in NO_LOCKS_HERE:
            raise files.explain(error, f"The lock {path} cannot be taken") from error
    stand_in = _stand_in(path)
    try:
        return _take(stand_in, is_local_only=True)
    except OSError as error:
        raise files.explain(error, f"The lock {stand_in} cannot be taken") from error


def wait_acquire(path: Path, timeout_s: float) -> Instance | None:
    """Take the lock as soon as its holder lets go, None where that does not happen in time. Blocks."""
    until = time.monotonic() + timeout_s
    while (instance := acquire(path)) is None and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_S)  # noqa: TID251 - the systems offer no wait with a time limit
    return instance


def holder(path: Path) -> str:
    """Say who took the lock last, as `process 4711 on myhost`; empty where nobody did."""
    try:
        return path.read_bytes()[:MAX_NOTE].decode("utf-8", "replace").strip()
    except OSError:
        return ""


def _take(path: Path, *, is_local_only: bool) -> Instance | None:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), files.PRIVATE_FILE)
        try:
            _lock(handle)
            is_same_file = _is_still(path, handle)
        except OSError as error:
            os.close(handle)
            if error.errno in HELD:
                return None
            raise
        if is_same_file:
            _leave_note(handle)
            return Instance(handle, is_local_only=is_local_only)
        # Somebody removed the folder between open and lock: the lock on a nameless file keeps nobody out.
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _leave_note(handle: int) -> None:
    note = f"process {os.getpid()} on {socket.gethostname()}\n".encode()
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, note)
    except OSError:
        # A full disk must not stop the engine for want of a note.
        return


def _stand_in(path: Path) -> Path:
    """Name a lock in a folder of this machine, by the identity of the store's folder."""
    # WHY late: tempfile costs every start 10 ms, and this is the rare case.
    import tempfile  # noqa: PLC0415

    folder = Path(tempfile.gettempdir()) / f"cctray-{getattr(os, 'getuid', int)()}"
    files.make_private_folder(folder)
    if not files.is_private(folder):
        raise CctrayError(
            f"The folder {folder} belongs to somebody else.", "Remove it, or set TMPDIR to another folder."
        )
    identity = path.parent.stat()
    return folder / f"{identity.st_dev:x}-{identity.st_ino:x}.lock"
