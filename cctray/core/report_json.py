"""Reports as the JSON ccusage prints: its keys in order of the alphabet, its numbers, its indentation."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from cctray.core.blocks import UsageBlock, blocks_json
from cctray.core.calendar import iso_ms
from cctray.core.reports import ModelSum, Report, Row, SessionReport, SessionRow, Totals
from cctray.core.usage import MAX_TOKENS, Tokens


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


def daily_json(report: Report, *, by_project: bool = False) -> bytes:
    """The daily report; with `by_project` as `--instances` prints it."""
    if not by_project or not report.rows:
        return _rows_json(report, "daily", "date")
    projects: dict[str, list[object]] = {}
    for row in sorted(report.rows, key=lambda one: (one.project or "").encode()):
        projects.setdefault(row.project or "", []).append(_row(row, "date"))
    return encode({"projects": projects, "totals": _totals(report.totals)})


def weekly_json(report: Report) -> bytes:
    """The weekly report."""
    return _rows_json(report, "weekly", "week")


def monthly_json(report: Report) -> bytes:
    """The monthly report."""
    return _rows_json(report, "monthly", "month")


def session_json(report: SessionReport) -> bytes:
    """The session report."""
    sessions = [_session(row) for row in report.rows]
    return encode({"sessions": sessions, "totals": _totals(report.totals)})


def session_detail_json(session_id: str, entries: Sequence[DetailEntry]) -> bytes:
    """`session --id`: every entry of one session by time, equals in the order given; `null` where it has none.

    Sums are those of the order given. Where ccusage repeats a time stamp as it was written, this says it in UTC.
    """
    if not entries:
        return b"null"
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
    cost = sum((one.cost for one in entries), 0.0)
    return encode({"entries": shown, "sessionId": session_id, "totalCost": cost, "totalTokens": total})


def blocks_report_json(blocks: Iterable[UsageBlock], limit: int | None = None) -> bytes:
    """The blocks report; `limit` in tokens."""
    return encode(blocks_json(blocks, limit))


def encode(value: object) -> bytes:
    """JSON with two spaces of indentation."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _rows_json(report: Report, name: str, period: str) -> bytes:
    rows = [_row(row, period) for row in report.rows]
    shown: dict[str, object] = {name: rows, "totals": _totals(report.totals)}
    return encode(dict(sorted(shown.items())))


def _row(row: Row, period: str) -> dict[str, object]:
    shown = _usage(row) | {period: row.period}
    if row.project is not None:
        shown["project"] = row.project
    return dict(sorted(shown.items()))


def _session(row: SessionRow) -> dict[str, object]:
    shown = _usage(row) | {
        "firstActivity": iso_ms(row.first_ms),
        "lastActivity": iso_ms(row.last_ms),
        "projectPath": row.key.project_path,
        "sessionId": row.key.session_id,
    }
    return dict(sorted(shown.items()))


def _usage(row: Row | SessionRow) -> dict[str, object]:
    return {
        **_counts(row.tokens),
        "totalTokens": row.tokens.total,
        "modelsUsed": row.models,
        "modelBreakdowns": [_model(one) for one in row.breakdown],
        "totalCost": row.cost,
    }


def _model(one: ModelSum) -> dict[str, object]:
    shown: dict[str, object] = {**_counts(one.tokens), "cost": one.cost, "modelName": one.label}
    if one.is_unpriced:
        shown["missingPricing"] = True
    return dict(sorted(shown.items()))


def _totals(totals: Totals) -> dict[str, object]:
    shown: dict[str, object] = {**_counts(totals.tokens), "totalTokens": totals.tokens.total, "totalCost": totals.cost}
    if totals.unpriced:
        shown["unpricedModels"] = totals.unpriced
    return dict(sorted(shown.items()))


def _counts(tokens: Tokens) -> dict[str, int]:
    return {
        "cacheCreationTokens": min(tokens.cache_create, MAX_TOKENS),
        "cacheReadTokens": min(tokens.cache_read, MAX_TOKENS),
        "inputTokens": min(tokens.input, MAX_TOKENS),
        "outputTokens": min(tokens.output, MAX_TOKENS),
    }
