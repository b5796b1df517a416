"""A report that was made: what its JSON tells, and what a table needs besides. Pure."""

from collections.abc import Iterator
from typing import Final

import msgspec

from cctray.cli.options import ReportOptions
from cctray.cli.report_tables import Document
from cctray.cli.scope import Scope
from cctray.core.calendar import Days
from cctray.core.report_json import encoded

COST_KEYS: Final = frozenset({"totalCost", "cost", "costUSD"})
"""What `--no-cost` leaves out; ccusage keeps `costPerHour` of a burn rate."""


class Made:
    """A report: what ccusage prints as JSON, and what the tables need besides."""

    def __init__(
        self,
        value: Document | None,
        scope: Scope,
        now_ms: int,
        days: Days,
        limit: int | None = None,
        *,
        is_table: bool = False,
    ) -> None:
        self.scope = scope
        self.now_ms = now_ms
        self.days = days
        self.limit = limit
        """Token limit of blocks."""
        self._is_table = is_table
        """Its sessions are `report_tables.session_rows`: as JSON they would take longer than all the rest."""
        self._value = value

    def json(self, options: ReportOptions) -> Iterator[bytes]:
        """The JSON text, piece by piece."""
        return encoded(self.document(options) if options.no_cost else self._value)

    def document(self, options: ReportOptions) -> Document:
        """The JSON as a dict, or what was made for a table instead; empty where ccusage prints `null`."""
        found = self._value or {}
        if not self._is_table:
            found = msgspec.json.decode(msgspec.json.encode(found), type=Document)
        return _without_cost(found) if options.no_cost else found


def _without_cost(value: Document) -> Document:
    return {key: _stripped(each) for key, each in value.items() if key not in COST_KEYS}


def _stripped(value: object) -> object:
    if isinstance(value, dict):
        return _without_cost(value)
    return [_stripped(each) for each in value] if isinstance(value, list) else value
