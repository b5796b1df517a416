"""Pricing history anew when the price table changed: both rollups are summed again, a part per transaction."""

import sqlite3
from collections.abc import Iterator
from typing import Final

from cctray.core.prices import PriceBook
from cctray.core.usage import Tokens
from cctray.store.database import transaction
from cctray.store.rollups import Adder

HOURS_A_STEP: Final = 12
SESSIONS_A_STEP: Final = 50
"""Parts of a step: a few thousand responses, about 30 ms, so that new lines never wait long."""
_MIXED: Final = ""
"""No table's digest."""


class Repricing:
    """One pass over the history. Its place is kept in the store, so an interrupted pass goes on at the next start."""

    def __init__(self, db: sqlite3.Connection, book: PriceBook) -> None:
        """Price by `book`."""
        self._db = db
        self._book = book
        self._models = {row[0]: (row[1], bool(row[2])) for row in db.execute("SELECT id,name,is_fast FROM model")}

    def adopt(self) -> None:
        """Note that an empty history is priced by this table: what comes will be."""
        if self._fact("prices") is None and self._db.execute("SELECT 1 FROM hour LIMIT 1").fetchone() is None:
            with transaction(self._db):
                self._set("prices", self._book.digest)

    def steps(self) -> Iterator[None]:
        """Do the work; yields between transactions."""
        if self._fact("prices") == self._book.digest:
            return
        if self._fact("pricing") != self._book.digest:
            with transaction(self._db):
                # From here on the history is priced by no table: going back to the old one has to be a pass as well.
                self._set("prices", _MIXED)
                self._set("pricing", self._book.digest)
                self._set("pricing-hour", -(1 << 62))
                self._set("pricing-session", -1)
        yield from self._pass(
            "SELECT DISTINCT hour FROM hour WHERE hour>? ORDER BY 1 LIMIT ?", "pricing-hour", HOURS_A_STEP
        )
        yield from self._pass(
            "SELECT id FROM session WHERE id>? ORDER BY 1 LIMIT ?", "pricing-session", SESSIONS_A_STEP
        )
        with transaction(self._db):
            if self._is_mine():
                self._set("prices", self._book.digest)

    def _is_mine(self) -> bool:
        """Whether no pass by another table has begun meanwhile, which does what this one still had to do."""
        return self._fact("pricing") == self._book.digest

    def _pass(self, query: str, place: str, size: int) -> Iterator[None]:
        while True:
            with transaction(self._db):
                if not self._is_mine():
                    return
                found = [row[0] for row in self._db.execute(query, (self._fact(place), size))]
                if not found:
                    return
                adder = Adder(self._db, self._cost)
                if place == "pricing-hour":
                    adder.taint_hours(found)
                else:
                    adder.taint_sessions(found)
                adder.flush()
                self._set(place, found[-1])
            yield

    def _cost(self, model: int, tokens: Tokens) -> float:
        if model not in self._models:
            self._models.update(
                {row[0]: (row[1], bool(row[2])) for row in self._db.execute("SELECT id,name,is_fast FROM model")}
            )
        name, fast = self._models[model]
        return self._book.cost(name, tokens, fast)

    def _fact(self, key: str) -> object:
        row = self._db.execute("SELECT value FROM fact WHERE key=?", (key,)).fetchone()
        return None if row is None else row[0]

    def _set(self, key: str, value: object) -> None:
        self._db.execute("INSERT INTO fact VALUES (?,?) ON CONFLICT DO UPDATE SET value=excluded.value", (key, value))
