"""Names and their numbers: models, sessions, files. Small tables that the rows of `response` point into."""

import sqlite3
from typing import Final

from cctray.core.records import IS_ADVISOR, SPEED_MASK, Record, is_fast, label_of
from cctray.core.transcript_path import PathNames

KEPT_LINE_SESSIONS: Final = 4_096
"""Most lines carry the session of their file's path, which needs no entry; the rest comes in runs."""


_NAMING: Final = SPEED_MASK | IS_ADVISOR
"""Traits that change a model's label or price."""


class Names:
    """Looks names up and adds those that are new; used by the writer only, inside its transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Read what is known of models."""
        self._db = db
        self._models: dict[tuple[str | None, bool, str | None], int] = {}
        self._numbers: dict[tuple[str | None, int], int] = {}
        self._model_names: dict[int, tuple[str | None, bool]] = {}
        self._line_sessions: dict[str, int] = {}
        self._last_session = PathNames("", "", ""), -1
        self.forget()

    def forget(self) -> None:
        """Drop everything kept in memory: a transaction was rolled back."""
        self._line_sessions.clear()
        self._models.clear()
        self._numbers.clear()
        self._last_session = PathNames("", "", ""), -1
        self._model_names.clear()
        for number, name, fast, label in self._db.execute("SELECT id,name,is_fast,label FROM model"):
            self._models[name, bool(fast), label] = number
            self._model_names[number] = name, bool(fast)

    def model(self, record: Record) -> int:
        """Number of a record's model, speed and label."""
        short = record.model, record.traits & _NAMING
        number = self._numbers.get(short)
        if number is None:
            number = self._numbers[short] = self._model(record)
        return number

    def _model(self, record: Record) -> int:
        key = record.model, is_fast(record), label_of(record)
        number = self._models.get(key)
        if number is None:
            number = self._insert("INSERT INTO model (name,is_fast,label) VALUES (?,?,?)", key)
            self._models[key] = number
            self._model_names[number] = key[0], key[1]
        return number

    def model_name(self, number: int) -> tuple[str | None, bool]:
        """Name of a model as written, and whether it is priced as fast."""
        return self._model_names[number]

    def line_session(self, name: str | None, path_session: str) -> int | None:
        """Number of a line's own session; None where it is that of the path."""
        if name is None or name == path_session:
            return -1 if name is None else None
        number = self._line_sessions.get(name)
        if number is None:
            row = self._db.execute("SELECT id FROM line_session WHERE name=?", (name,)).fetchone()
            number = row[0] if row else self._insert("INSERT INTO line_session (name) VALUES (?)", (name,))
            if len(self._line_sessions) >= KEPT_LINE_SESSIONS:
                self._line_sessions.clear()
            self._line_sessions[name] = number
        return number

    def line_session_name(self, number: int | None, path_session: str) -> str | None:
        """The reverse of `line_session`."""
        if number is None:
            return path_session
        if number < 0:
            return None
        name: str = self._db.execute("SELECT name FROM line_session WHERE id=?", (number,)).fetchone()[0]
        return name

    def session(self, names: PathNames) -> int:
        """Number of a session by the names of its path."""
        if names == self._last_session[0]:
            return self._last_session[1]
        number = self._find_session(names)
        self._last_session = names, number
        return number

    def _find_session(self, names: PathNames) -> int:
        key = names.session_id, names.project_path, names.project
        row = self._db.execute(
            "SELECT id FROM session WHERE session_id=? AND project_path=? AND project=?", key
        ).fetchone()
        if row:
            return int(row[0])
        return self._insert("INSERT INTO session (session_id,project_path,project) VALUES (?,?,?)", key)

    def _insert(self, statement: str, values: tuple[object, ...]) -> int:
        number = self._db.execute(statement, values).lastrowid
        if number is None:
            raise AssertionError(statement)
        return number
