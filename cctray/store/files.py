"""The table `file` during one transaction: looked up once, changed in memory, written back at the end."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from msgspec import Struct, json

from cctray.core.records import FileRead, path_text
from cctray.core.transcript_path import names_of
from cctray.store.names import Names
from cctray.store.rollups import Home

_SELECT: Final = (
    "SELECT f.id,f.path,f.session,s.project,s.session_id,f.device,f.inode,f.size,f.mtime_ns,f.read_to,f.anchor,"
    "f.has_tail,f.is_gone,f.generation,f.first_ms,f.last_ms FROM file f JOIN session s ON s.id=f.session"
)
_INSERT: Final = "INSERT INTO file (path,session,device,inode,size,mtime_ns,read_to,anchor) VALUES (?,?,0,0,0,0,0,x'')"
_UPDATE: Final = (
    "UPDATE file SET path=?,session=?,device=?,inode=?,size=?,mtime_ns=?,read_to=?,anchor=?,has_tail=?,"
    "is_gone=?,generation=?,first_ms=?,last_ms=? WHERE id=?"
)


class File(Struct):
    """A transcript; `is_changed` tells that it must be written back."""

    number: int
    home: Home
    path_session: str
    device: int = 0
    inode: int = 0
    size: int = 0
    mtime_ns: int = 0
    read_to: int = 0
    anchor: bytes = b""
    has_tail: bool = False
    """Whether its last line had no end when it was read, so that it will be read again."""
    is_gone: bool = False
    generation: int = 0
    """How often its content was lost; lost copies are set apart by it, as their places are taken anew."""
    first_ms: int | None = None
    last_ms: int | None = None
    """The span of its responses, copies included: where they are found without an index."""
    is_changed: bool = False

    def stretch(self, at_ms: int) -> None:
        """Make the span of its responses include a time."""
        if self.first_ms is None or self.last_ms is None:
            self.first_ms = self.last_ms = at_ms
        elif at_ms < self.first_ms:
            self.first_ms = at_ms
        elif at_ms > self.last_ms:
            self.last_ms = at_ms
        else:
            return
        self.is_changed = True

    def take_position(self, read: FileRead) -> None:
        """It is on disk, and read up to here."""
        self.device, self.inode, self.size, self.mtime_ns = read.device, read.inode, read.size, read.mtime_ns
        self.read_to, self.anchor, self.is_gone, self.is_changed = read.read_to, read.anchor, False, True

    def take_loss(self) -> None:
        """It is no longer on disk."""
        self.read_to, self.anchor, self.has_tail, self.is_gone, self.is_changed = 0, b"", False, True, True

    def take_over(self, other: "File") -> None:
        """Be what another was, which has this path now; the other is then gone without a response."""
        self.device, self.inode, self.size, self.mtime_ns = other.device, other.inode, other.size, other.mtime_ns
        self.read_to, self.anchor, self.has_tail, self.is_gone = other.read_to, other.anchor, other.has_tail, False
        self.generation += other.generation
        for at_ms in (other.first_ms, other.last_ms):
            if at_ms is not None:
                self.stretch(at_ms)
        self.is_changed = True
        other.take_loss()
        other.first_ms = other.last_ms = None


class Files:
    """The files one transaction touches."""

    def __init__(self, db: sqlite3.Connection, names: Names) -> None:
        self._db = db
        self._names = names
        self._by_number: dict[int, File] = {}
        self._by_path: dict[str, File] = {}
        self._absent: set[str] = set()

    def prefetch(self, paths: Iterable[str]) -> None:
        """Look these paths up in one query."""
        wanted = [path for path in paths if path not in self._by_path]
        self._load("f.path IN (SELECT value FROM json_each(?))", json.encode(wanted).decode())
        self._absent.update(path for path in wanted if path not in self._by_path)

    def known(self, path: str) -> File | None:
        """The file at a path; None where there never was one."""
        if path not in self._by_path and path not in self._absent:
            self._load("f.path=?", path)
        return self._by_path.get(path)

    def numbered(self, number: int) -> File:
        """The file of a row."""
        if number not in self._by_number:
            self._load("f.id=?", number)
        return self._by_number[number]

    def of_read(self, read: FileRead) -> File:
        """The file a reading is of, entered if it is new."""
        path = path_text(read.path)
        return self.known(path) or self._enter(path)

    def rename(self, file: File, path: str) -> None:
        """Give a file another path, and with it perhaps another session and project."""
        names = names_of(path)
        self._by_path.pop(file.home.path, None)
        file.home = Home(path, self._names.session(names), names.project)
        file.path_session, file.is_changed = names.session_id, True
        self._by_path[path] = file

    def write_back(self) -> None:
        """Write what changed; before rows are summed, which looks paths and spans up in the table."""
        changed = [file for file in self._by_number.values() if file.is_changed]
        self._db.executemany(
            _UPDATE,
            [
                (
                    file.home.path, file.home.session, file.device, file.inode, file.size,
                    file.mtime_ns, file.read_to, file.anchor, file.has_tail, file.is_gone, file.generation,
                    file.first_ms, file.last_ms, file.number,
                )
                for file in changed
            ],
        )  # fmt: skip
        for file in changed:
            file.is_changed = False

    def _enter(self, path: str) -> File:
        names = names_of(path)
        session = self._names.session(names)
        number = self._db.execute(_INSERT, (path, session)).lastrowid or 0
        return self._keep(File(number, Home(path, session, names.project), names.session_id))

    def _load(self, condition: str, value: str | int) -> None:
        for number, path, session, project, path_session, *rest in self._db.execute(
            f"{_SELECT} WHERE {condition}", (value,)
        ):
            if number not in self._by_number:
                self._keep(File(number, Home(path, session, project), path_session, *rest))

    def _keep(self, file: File) -> File:
        self._by_number[file.number] = self._by_path[file.home.path] = file
        return file
