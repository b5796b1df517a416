"""The schema, as numbered steps. A step never changes once released; each one and its number are one transaction."""

import sqlite3
from collections.abc import Callable

from cctray.store.rows import HAS_NOTICE, IS_HUGE

Migration = Callable[[sqlite3.Connection], None]

QUARTER_MS = 900_000
"""Grain of the finest rollup: every zone's offset since 1972 is a multiple of it, so any day is a sum of cells."""
HOUR_MS = 3_600_000
"""Grain of the coarse one, a ninth of the rows: for zones of whole hours, and for blocks, which start on the hour."""


def m001_initial(db: sqlite3.Connection) -> None:
    """Files, responses and the two rollups."""
    for statement in _INITIAL.split(";\n"):
        db.execute(statement)


_SUMS = """
  entries INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL,
  cache_5m INTEGER NOT NULL, cache_1h INTEGER NOT NULL, cache_read INTEGER NOT NULL,
  logged REAL NOT NULL, calculated REAL NOT NULL, shadow REAL NOT NULL, logged_tokens INTEGER NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  first_file INTEGER NOT NULL, first_place INTEGER NOT NULL,
"""

_INITIAL = f"""
CREATE TABLE fact (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL, project_path TEXT NOT NULL, project TEXT NOT NULL,
  UNIQUE (project_path, session_id, project)
) STRICT;
CREATE TABLE file (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  session INTEGER NOT NULL REFERENCES session,
  device INTEGER NOT NULL, inode INTEGER NOT NULL,
  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  read_to INTEGER NOT NULL, anchor BLOB NOT NULL,
  is_gone INTEGER NOT NULL DEFAULT 0,
  has_tail INTEGER NOT NULL DEFAULT 0,
  generation INTEGER NOT NULL DEFAULT 0,
  first_ms INTEGER, last_ms INTEGER
) STRICT;
CREATE INDEX file_session ON file (session);
CREATE INDEX file_present ON file (is_gone) WHERE is_gone=0;
CREATE TABLE skipped (
  file INTEGER NOT NULL REFERENCES file, reason TEXT NOT NULL, lines INTEGER NOT NULL,
  PRIMARY KEY (file, reason)
) STRICT, WITHOUT ROWID;
CREATE TABLE model (
  id INTEGER PRIMARY KEY,
  name TEXT, is_fast INTEGER NOT NULL, label TEXT
) STRICT;
CREATE TABLE line_session (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE response (
  seq INTEGER PRIMARY KEY,
  message INTEGER NOT NULL, request INTEGER,
  file INTEGER NOT NULL, place INTEGER NOT NULL,
  at_ms INTEGER NOT NULL, model INTEGER NOT NULL,
  input INTEGER NOT NULL, output INTEGER NOT NULL,
  cache_5m INTEGER NOT NULL, cache_1h INTEGER NOT NULL, cache_read INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  line_session INTEGER,
  more BLOB
) STRICT;
CREATE INDEX response_message ON response (message);
CREATE INDEX response_at ON response (at_ms);
CREATE INDEX response_huge ON response (at_ms) WHERE flags & {IS_HUGE};
CREATE INDEX response_notice ON response (at_ms) WHERE flags & {HAS_NOTICE};
CREATE TABLE cell (
  quarter INTEGER NOT NULL, model INTEGER NOT NULL, project TEXT NOT NULL, counts INTEGER NOT NULL,{_SUMS}
  PRIMARY KEY (quarter, model, project, counts)
) STRICT, WITHOUT ROWID;
CREATE TABLE hour (
  hour INTEGER NOT NULL, model INTEGER NOT NULL, counts INTEGER NOT NULL,{_SUMS}
  PRIMARY KEY (hour, model, counts)
) STRICT, WITHOUT ROWID;
CREATE TABLE session_sum (
  session INTEGER NOT NULL, model INTEGER NOT NULL, counts INTEGER NOT NULL,{_SUMS}
  PRIMARY KEY (session, model, counts)
) STRICT, WITHOUT ROWID
"""

MIGRATIONS: tuple[Migration, ...] = (m001_initial,)
"""In order; `PRAGMA user_version` is how many of them a file has seen."""
