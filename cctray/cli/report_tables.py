"""Reports as tables: made from the document that `--json` prints, so that both tell the same numbers. Pure.

Only sessions, of which there may be a hundred thousand, are made from the report's rows.
"""

import re
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from cctray.cli.options import ReportOptions
from cctray.cli.table import Align, Column, Row, Tone, draw, printable
from cctray.core.calendar import Days
from cctray.core.reports import SessionRow
from cctray.core.usage import Tokens

Document = dict[str, Any]
Line = dict[str, Any]

NO_PRICE: Final = "no price"
_DATED: Final = re.compile(r"-\d{8}$")
_TITLES: Final = {"daily": "Date", "weekly": "Week", "monthly": "Month"}
_KEYS: Final = {"daily": "date", "weekly": "week", "monthly": "month"}
_SUMS: Final = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens", "totalTokens")
_NUMBERS: Final = (
    Column(title="Input"),
    Column(title="Output"),
    Column(title="Cache create", spare=3),
    Column(title="Cache read", spare=4),
    Column(title="Total tokens", spare=1),
)
_MODELS: Final = Column(title="Models", align=Align.LEFT, least=12)
_COST: Final = Column(title="Cost (USD)")


class Page(Struct, frozen=True, kw_only=True):
    """How the output looks."""

    width: int
    has_color: bool
    days: Days
    """Calendar of the times that are shown."""


@lru_cache
def model_name(name: str) -> str:
    """`opus-4-8` of `claude-opus-4-8`, `sonnet-4-5` of `claude-sonnet-4-5-20250929`."""
    return printable(_DATED.sub("", name.removeprefix("claude-")))


def period_table(document: Document, options: ReportOptions, page: Page) -> list[str]:
    """Draw the table of days, weeks or months, by project where asked."""
    key, title = _KEYS[options.report], _TITLES[options.report]
    projects: dict[str, list[Line]] = document.get("projects", {"": document.get(options.report, [])})
    aliases = _aliases(options.project_aliases)
    rows: list[Row] = []
    for project, lines in projects.items():
        if "projects" in document:
            name = printable(aliases.get(project, project))
            rows.append(Row((name, *[""] * 7), Tone.GROUP, is_ruled=bool(rows)))
        for line in lines:
            rows += _rows((line[key],), line, is_broken_down=options.breakdown)
    rows.append(_total(document["totals"], 1))
    first = Column(title=f"Project, {title.lower()}" if "projects" in document else title, align=Align.LEFT, least=10)
    return _drawn([first, _MODELS, *_NUMBERS, _COST], rows, options, page)


def session_rows(row: SessionRow, days: Days, *, is_broken_down: bool) -> list[Row]:
    """What the table of sessions shows of one: itself, and its models where they are asked for and several."""
    names = printable(row.key.session_id), printable(row.key.project_path)
    is_split = is_broken_down and len(row.breakdown) > 1
    models = "" if is_split else "\n".join(sorted(map(model_name, row.models)))
    last = days.day(row.last_ms)
    rows = [Row((*names, models, *_counts(row.tokens, row.tokens.total), _dollars(row.cost), last))]
    if is_split:
        for one in row.breakdown:
            cost = NO_PRICE if one.is_unpriced else _dollars(one.cost)
            cells = _counts(one.tokens, sum(one.tokens.saturated()))
            rows.append(Row(("", "", model_name(one.label), *cells, cost, ""), Tone.DIM))
    return rows


def session_table(document: Document, options: ReportOptions, page: Page) -> list[str]:
    """Draw the table of sessions, which are `session_rows`."""
    rows = [row for session in document["sessions"] for row in session]
    total = _total(document["totals"], 2)
    rows.append(Row((*total.cells, ""), total.tone, is_ruled=True))
    columns = [
        Column(title="Session", align=Align.LEFT, least=12),
        Column(title="Project", align=Align.LEFT, least=12, spare=5),
        _MODELS,
        *_NUMBERS,
        _COST,
        Column(title="Last activity", align=Align.LEFT, spare=2),
    ]
    return _drawn(columns, rows, options, page)


def entries_table(document: Document, options: ReportOptions, page: Page) -> list[str]:
    """Draw the responses of one session."""
    rows = [
        Row(
            (
                entry["timestamp"].replace("T", " ").replace("Z", ""),
                model_name(entry["model"] or ""),
                *(f"{entry[key]:,}" for key in _SUMS[:4]),
            )
        )
        for entry in document["entries"]
    ]
    columns = [
        Column(title="Time (UTC)", align=Align.LEFT),
        Column(title="Model", align=Align.LEFT, least=8),
        *_NUMBERS[:4],
    ]
    lines = draw(columns, rows, width=page.width, is_compact=options.compact, has_color=page.has_color).lines
    total = f"{len(rows):,} responses · {document['totalTokens']:,} tokens"
    if "totalCost" in document:
        total += f" · ${document['totalCost']:,.2f}"
    return [*lines, f"{printable(document['sessionId'])}: {total}"]


def unpriced_line(document: Document) -> list[str]:
    """Name the models whose usage costs nothing for want of a price."""
    models = document.get("totals", {}).get("unpricedModels", [])
    if not models:
        return []
    return [f"No price is known for {', '.join(map(printable, models))}: counted as $0. Set it in the settings."]


def _rows(names: tuple[str, ...], line: Line, *, is_broken_down: bool) -> list[Row]:
    sums = tuple(f"{line[key]:,}" for key in _SUMS)
    breakdown: list[Line] = line["modelBreakdowns"]
    models = "" if is_broken_down and len(breakdown) > 1 else "\n".join(sorted(map(model_name, line["modelsUsed"])))
    rows = [Row((*names, models, *sums, _cost(line, "totalCost")))]
    if is_broken_down and len(breakdown) > 1:
        rows += [_model_row(len(names), model) for model in breakdown]
    return rows


def _model_row(names: int, model: Line) -> Row:
    counts = [model[key] for key in _SUMS[:4]]
    cells = (*(f"{count:,}" for count in counts), f"{sum(counts):,}", _cost(model, "cost"))
    return Row((*[""] * names, model_name(model["modelName"]), *cells), Tone.DIM)


def _total(totals: Line, names: int) -> Row:
    sums = (f"{totals[key]:,}" for key in _SUMS)
    return Row(("Total", *[""] * names, *sums, _cost(totals, "totalCost")), Tone.TOTAL, is_ruled=True)


def _counts(tokens: Tokens, total: int) -> tuple[str, ...]:
    entered, output, created, read = tokens.saturated()
    return f"{entered:,}", f"{output:,}", f"{created:,}", f"{read:,}", f"{total:,}"


def _cost(line: Line, key: str) -> str:
    """Cents always; the mark of a model without price instead of a made-up zero."""
    if line.get("missingPricing"):
        return NO_PRICE
    return _dollars(line[key]) if key in line else ""


def _dollars(cost: float) -> str:
    text = f"${cost:,.2f}"
    return "$0.00" if text == "$-0.00" else text


def _aliases(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(","))
    return {name.strip(): alias.strip() for name, _, alias in pairs if alias.strip()}


def _drawn(columns: list[Column], rows: list[Row], options: ReportOptions, page: Page) -> list[str]:
    if options.no_cost:
        gone = columns.index(_COST)
        columns = [*columns[:gone], *columns[gone + 1 :]]
        rows = [Row((*row.cells[:gone], *row.cells[gone + 1 :]), row.tone, row.is_ruled) for row in rows]
    table = draw(columns, rows, width=page.width, is_compact=options.compact, has_color=page.has_color)
    if not table.hidden:
        return table.lines
    return [*table.lines, f"Not shown here: {', '.join(table.hidden)}."]
