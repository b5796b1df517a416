"""`cctray export`: the history as CSV or JSON, row by row as it is read; the columns stay the same between versions."""

import csv
import sys
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from cctray.cli import home
from cctray.cli.fresh import bring_up_to_date
from cctray.cli.history import open_history
from cctray.cli.home import Home
from cctray.cli.options import EXIT_OK, ExportOptions
from cctray.cli.run import Start
from cctray.core.calendar import Days, iso_ms
from cctray.core.portion import Costs
from cctray.core.usage import DAILY, Tokens
from cctray.store.queries import History

Value = str | int | float | bool | None

TOKEN_COLUMNS: Final = (
    "inputTokens",
    "outputTokens",
    "cacheCreation5mTokens",
    "cacheCreation1hTokens",
    "cacheReadTokens",
    "totalTokens",
    "costUSD",
)
RESPONSE_COLUMNS: Final = (
    "timestamp",
    "date",
    "project",
    "sessionId",
    "projectPath",
    "model",
    *TOKEN_COLUMNS,
    "isOnDisk",
)
DAY_COLUMNS: Final = ("date", "project", "model", "responses", *TOKEN_COLUMNS)
ALL_TIME_MS: Final = (-(1 << 60), 1 << 60)
"""Wider than the years 0 to 9999."""


def execute(options: ExportOptions, _start: Start) -> int:
    """Print every row that was asked for."""
    place = home.find(options)
    days = Days(home.zone_name(options.timezone, place.config))
    bring_up_to_date(place)
    history = open_history(place)
    try:
        if options.rows == "days":
            _print(options.format, DAY_COLUMNS, _days(history, days, options, place))
        else:
            _print(options.format, RESPONSE_COLUMNS, _responses(history, days, options, place))
    finally:
        history.close()
    return EXIT_OK


def _responses(history: History, days: Days, options: ExportOptions, place: Home) -> Iterator[tuple[Value, ...]]:
    start_ms, end_ms = ALL_TIME_MS
    if options.since:
        start_ms = days.bounds_ms(options.since, options.since)[0]
    if options.until:
        end_ms = days.bounds_ms(options.until, options.until)[1]
    for entry in history.entries(start_ms, end_ms, rule=DAILY, on_disk=options.on_disk):
        yield (
            iso_ms(entry.at_ms),
            days.day(entry.at_ms),
            entry.project,
            entry.session_id,
            entry.project_path,
            entry.label,
            *_numbers(entry.tokens, entry.costs, place),
            not entry.is_gone,
        )


def _days(history: History, days: Days, options: ExportOptions, place: Home) -> Iterator[tuple[Value, ...]]:
    portions = history.daily(
        days, rule=DAILY, since=options.since, until=options.until, by_project=True, on_disk=options.on_disk
    )
    for portion in sorted(portions, key=lambda each: (each.group, each.project, each.label or "")):
        numbers = _numbers(portion.tokens, portion.costs, place)
        yield (portion.group, portion.project, portion.label, portion.entries, *numbers)


def _numbers(tokens: Tokens, costs: Costs, place: Home) -> tuple[Value, ...]:
    counts = tokens.input, tokens.output, tokens.cache_5m, tokens.cache_1h, tokens.cache_read, tokens.total
    return (*counts, costs.in_mode(place.config.cost_mode))


def _print(form: str, columns: tuple[str, ...], rows: Iterable[tuple[Value, ...]]) -> None:
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
        return
    encoder = msgspec.json.Encoder()
    separator = "[\n"
    for row in rows:
        print(separator + encoder.encode(dict(zip(columns, row, strict=True))).decode(), end="")
        separator = ",\n"
    print("[]" if separator == "[\n" else "\n]")


def _cell(value: Value) -> Value:
    """What a spreadsheet takes: no formula from a foreign name, truth in lower case as in JSON."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(("=", "+", "@", "\t")):
        return f"'{value}"
    return value
