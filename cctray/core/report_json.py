"""Reports as ccusage's JSON: values ready to be encoded, their keys in order of the alphabet, its numbers."""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from cctray.core.calendar import iso_ms
from cctray.core.reports import ModelSum, Report, Row, SessionReport, SessionRow, Totals
from cctray.core.usage import MAX_TOKENS, Tokens

Json = dict[str, object]
PIECE_ROWS: Final = 1_000
"""Half a megabyte of text: it stays in the processor's cache while it is indented."""


class DetailEntry(Struct, frozen=True, kw_only=True):
    """One entry of `session --id`."""

    at_ms: int
    model: str | None
    tokens: Tokens
    flat_cache: int | None
    """`cache_creation_input_tokens` where it differs from the split."""
    logged_cost: float | None
    cost: float
    """In the mode asked for."""


class _ModelLine(Struct, frozen=True, gc=False, rename="camel"):
    """A model of a row."""

    cache_creation_tokens: int
    cache_read_tokens: int
    cost: float
    input_tokens: int
    missing_pricing: bool | UnsetType
    model_name: str
    output_tokens: int


class _Line(Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A row of any report: one kind of them may have a hundred thousand, which structs write faster than dicts."""

    cache_creation_tokens: int
    cache_read_tokens: int
    date: str | UnsetType = UNSET
    first_activity: str | UnsetType = UNSET
    input_tokens: int
    last_activity: str | UnsetType = UNSET
    model_breakdowns: list[_ModelLine]
    models_used: list[str]
    month: str | UnsetType = UNSET
    output_tokens: int
    project: str | UnsetType = UNSET
    project_path: str | UnsetType = UNSET
    session_id: str | UnsetType = UNSET
    total_cost: float
    total_tokens: int
    week: str | UnsetType = UNSET


def daily_json(report: Report, *, by_project: bool = False) -> Json:
    """The daily report; with `by_project` as `--instances` prints it."""
    if not by_project or not report.rows:
        return {"daily": [_line(row, date=row.period) for row in report.rows], "totals": _totals(report.totals)}
    projects: dict[str, list[_Line]] = {}
    for row in sorted(report.rows, key=lambda one: (one.project or "").encode()):
        projects.setdefault(row.project or "", []).append(_line(row, date=row.period))
    return {"projects": projects, "totals": _totals(report.totals)}


def weekly_json(report: Report) -> Json:
    """The weekly report."""
    return {"totals": _totals(report.totals), "weekly": [_line(row, week=row.period) for row in report.rows]}


def monthly_json(report: Report) -> Json:
    """The monthly report."""
    return {"monthly": [_line(row, month=row.period) for row in report.rows], "totals": _totals(report.totals)}


def session_json(report: SessionReport[object]) -> Json:
    """The session report; as ccusage prints it where its rows are by `session_line`."""
    return {"sessions": report.rows, "totals": _totals(report.totals)}


def session_detail_json(session_id: str, entries: Sequence[DetailEntry]) -> Json | None:
    """`session --id`: every entry of one session by time, equals in the order given; None where it has none.

    Sums are those of the order given. Where ccusage repeats a time stamp as it was written, this says it in UTC.
    """
    if not entries:
        return None
    shown = [
        {
            "cacheCreationTokens": one.tokens.cache_create if one.flat_cache is None else one.flat_cache,
            "cacheReadTokens": one.tokens.cache_read,
            "costUSD": one.logged_cost or 0.0,
            "inputTokens": one.tokens.input,
            "model": one.model or "unknown",
            "outputTokens": one.tokens.output,
            "timestamp": iso_ms(one.at_ms),
        }
        for one in sorted(entries, key=lambda one: one.at_ms)
    ]
    total = min(sum(one.tokens.total for one in entries), MAX_TOKENS)
    # `sum` makes up for lost digits since Python 3.12, which ccusage does not.
    cost = reduce(add, [one.cost for one in entries], 0.0)
    return {"entries": shown, "sessionId": session_id, "totalCost": cost, "totalTokens": total}


def encode(value: object) -> bytes:
    """JSON with two spaces of indentation."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def encoded(value: Json | None) -> Iterator[bytes]:
    """What `encode` gives, a thousand rows of the first list at a time: a hundred megabytes are never held at once."""
    name, rows = next(iter(value.items())) if value else ("", None)
    if value is None or not isinstance(rows, Sequence) or len(rows) <= PIECE_ROWS:
        yield encode(value)
        return
    head, tail = encode({name: [0]}).split(b"    0")
    between = head
    for start in range(0, len(rows), PIECE_ROWS):
        piece = encode({name: rows[start : start + PIECE_ROWS]})
        yield between + piece[len(head) : -len(tail)]
        between = b",\n"
    others = encode({key: each for key, each in value.items() if key != name})
    yield tail.removesuffix(b"\n}") + b"," + others[1:] if len(value) > 1 else tail


def _line(
    row: Row, *, date: str | UnsetType = UNSET, week: str | UnsetType = UNSET, month: str | UnsetType = UNSET
) -> _Line:
    entered, output, created, read = row.tokens.saturated()
    return _Line(
        cache_creation_tokens=created,
        cache_read_tokens=read,
        date=date,
        input_tokens=entered,
        model_breakdowns=[_model(one) for one in row.breakdown],
        models_used=list(row.models),
        month=month,
        output_tokens=output,
        project=UNSET if row.project is None else row.project,
        total_cost=row.cost,
        total_tokens=row.tokens.total,
        week=week,
    )


def session_line(row: SessionRow) -> Raw:
    """A row of the session report, encoded already."""
    entered, output, created, read = row.tokens.saturated()
    line = _Line(
        cache_creation_tokens=created,
        cache_read_tokens=read,
        first_activity=iso_ms(row.first_ms),
        input_tokens=entered,
        last_activity=iso_ms(row.last_ms),
        model_breakdowns=[_model(one) for one in row.breakdown],
        models_used=list(row.models),
        output_tokens=output,
        project_path=row.key.project_path,
        session_id=row.key.session_id,
        total_cost=row.cost,
        total_tokens=row.tokens.total,
    )
    return Raw(msgspec.json.encode(line))


def _model(one: ModelSum) -> _ModelLine:
    entered, output, created, read = one.tokens.saturated()
    return _ModelLine(created, read, one.cost, entered, one.is_unpriced or UNSET, one.label, output)


def _totals(totals: Totals) -> Json:
    entered, output, created, read = totals.tokens.saturated()
    shown: Json = {
        "cacheCreationTokens": created,
        "cacheReadTokens": read,
        "inputTokens": entered,
        "outputTokens": output,
        "totalCost": totals.cost,
        "totalTokens": totals.tokens.total,
    }
    return shown | {"unpricedModels": list(totals.unpriced)} if totals.unpriced else shown
