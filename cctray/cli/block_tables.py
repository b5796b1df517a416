"""Blocks as a table, and the running block as a page. Pure."""

from typing import Any, Final

from cctray.cli.options import ReportOptions
from cctray.cli.report_tables import Document, Line, Page, model_name
from cctray.cli.table import Align, Column, Row, Tone, draw
from cctray.core import words
from cctray.core.calendar import DAY_MS, MINUTE_MS, parse_stamp

HOUR_MINUTES: Final = 60
LABEL: Final = 14


def block_table(document: Document, options: ReportOptions, page: Page, now_ms: int, limit: int | None) -> list[str]:
    """Draw all blocks and gaps; with a token limit also what of it each has used."""
    share, cost = Column(title="% of limit"), Column(title="Cost (USD)")
    columns = [
        Column(title="Block", align=Align.LEFT),
        Column(title="State", align=Align.LEFT),
        Column(title="Models", align=Align.LEFT, least=12, spare=1),
        Column(title="Tokens"),
        share,
        cost,
    ]
    rows: list[Row] = []
    for block in document["blocks"]:
        rows += _gap(block, page) if block["isGap"] else _block(block, page, now_ms, limit)
    gone = ([share] if limit is None else []) + ([cost] if options.no_cost else [])
    kept = [index for index, column in enumerate(columns) if column not in gone]
    table = draw(
        [columns[index] for index in kept],
        [Row(tuple(row.cells[index] for index in kept), row.tone, row.is_ruled) for row in rows],
        width=page.width,
        is_compact=options.compact,
        has_color=page.has_color,
    )
    return table.lines


def active_page(document: Document, page: Page, now_ms: int, limit: int | None) -> list[str]:
    """Tell about the running block on a few lines."""
    block: Line = document["blocks"][0]
    start_ms, end_ms = _ms(block["startTime"]), _ms(block["endTime"])
    tokens = block["tokenCounts"]
    cost = f" · {words.money(block['costUSD'])}" if "costUSD" in block else ""
    lines = [
        ("Block", f"{_day_clock(start_ms, page)} → {_clock(end_ms, page)}"),
        ("Time", f"{words.span(now_ms - start_ms)} gone · {words.span(end_ms - now_ms)} left"),
        ("Used", f"{block['totalTokens']:,} tokens{cost} · {block['entries']:,} responses"),
        ("", f"{tokens['inputTokens']:,} input · {tokens['outputTokens']:,} output"),
        ("", f"{tokens['cacheCreationInputTokens']:,} cache create · {tokens['cacheReadInputTokens']:,} cache read"),
        ("Models", ", ".join(map(model_name, block["models"])) or "none"),
    ]
    lines += _pace(block, page, end_ms)
    lines += _limit(block, limit)
    return [f"{label:<{LABEL}}{text}" for label, text in lines]


def _pace(block: Line, page: Page, end_ms: int) -> list[tuple[str, str]]:
    rate: dict[str, Any] | None = block["burnRate"]
    if rate is None:
        return [("Block rate", "unknown before the second response")]
    per_hour = f" · {words.money(rate['costPerHour'])}/h" if "costUSD" in block else ""
    lines = [("Block rate", f"{rate['tokensPerMinute']:,.0f} tok/min{per_hour}")]
    if projection := block["projection"]:
        cost = f" · {words.money(projection['totalCost'])}" if "totalCost" in projection else ""
        lines.append(
            ("On this pace", f"{projection['totalTokens']:,} tokens{cost} at {_clock(end_ms, page)} (estimate)")
        )
    return lines


def _limit(block: Line, limit: int | None) -> list[tuple[str, str]]:
    if limit is None:
        return []
    used = block["totalTokens"] / limit * 100
    lines = [("Limit", f"{limit:,} tokens · {used:.1f} % used · {max(0, limit - block['totalTokens']):,} left")]
    if status := block.get("tokenLimitStatus"):
        said = {
            "exceeds": "will exceed the limit",
            "warning": "comes close to the limit",
            "ok": "stays below the limit",
        }
        lines.append(("", f"on this pace {status['percentUsed']:.1f} %: {said[status['status']]}"))
    return lines


def _block(block: Line, page: Page, now_ms: int, limit: int | None) -> list[Row]:
    start_ms, end_ms = _ms(block["startTime"]), _ms(block["endTime"])
    state = f"{words.span(_ms(block['actualEndTime']) - start_ms)}" if block["actualEndTime"] else ""
    if block["isActive"]:
        state = f"running, {words.span(end_ms - now_ms)} left"
    cells = (
        f"{_day_clock(start_ms, page)} → {_clock(end_ms, page)}",
        state,
        "\n".join(sorted(map(model_name, block["models"]))),
        f"{block['totalTokens']:,}",
        _share(block["totalTokens"], limit),
        _money(block.get("costUSD")),
    )
    rows = [Row(cells, Tone.LIVE if block["isActive"] else Tone.PLAIN)]
    if projection := block["projection"]:
        tokens = projection["totalTokens"]
        end = ("", "on this pace", "", f"{tokens:,}", _share(tokens, limit), _money(projection.get("totalCost")))
        rows.append(Row(end, Tone.DIM))
    return rows


def _gap(block: Line, page: Page) -> list[Row]:
    start_ms, end_ms = _ms(block["startTime"]), _ms(block["endTime"])
    end = _clock(end_ms, page) if page.days.day(start_ms) == page.days.day(end_ms) else _day_clock(end_ms, page)
    hours = f"{_day_clock(start_ms, page)} → {end}"
    return [Row((hours, f"{words.span(end_ms - start_ms)} without use", "", "", "", ""), Tone.DIM)]


def _share(tokens: int, limit: int | None) -> str:
    return f"{tokens / limit * 100:.1f}" if limit else ""


def _money(cost: float | None) -> str:
    return "" if cost is None else words.money(cost)


def _ms(stamp: str) -> int:
    return parse_stamp(stamp) or 0


def _day_clock(at_ms: int, page: Page) -> str:
    return f"{page.days.day(at_ms)} {_clock(at_ms, page)}"


def _clock(at_ms: int, page: Page) -> str:
    hours, minutes = divmod((at_ms + page.days.offset_ms(at_ms)) % DAY_MS // MINUTE_MS, HOUR_MINUTES)
    return f"{hours:02d}:{minutes:02d}"
