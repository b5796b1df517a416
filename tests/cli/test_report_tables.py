"""Reports as tables: golden pictures of what a person sees."""

from typing import Any

from cctray.cli.block_tables import active_page, block_table
from cctray.cli.options import ReportOptions
from cctray.cli.report_tables import (
    Page,
    entries_table,
    model_name,
    period_table,
    session_rows,
    session_table,
    unpriced_line,
)
from cctray.cli.scope import Scope, scope_line, scope_of
from cctray.core.calendar import Days, parse_stamp
from cctray.core.portion import SessionKey
from cctray.core.reports import ModelSum, SessionRow
from cctray.core.usage import Tokens

PAGE = Page(width=120, has_color=False, days=Days("UTC"))
NOW_MS = parse_stamp("2026-06-02T13:46:00Z") or 0


def counts(scale: int) -> dict[str, int]:
    """Token counts of a row."""
    kinds = ("inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens")
    return {kind: scale * (number + 1) for number, kind in enumerate(kinds)}


def row(day: str, scale: int, **more: object) -> dict[str, Any]:
    """A row of two models."""
    models = [
        {**counts(scale - 1), "cost": 1.25, "modelName": "claude-opus-4-8"},
        {**counts(1), "cost": 0.0, "modelName": "claude-new-20270101", "missingPricing": True},
    ]
    names = [model["modelName"] for model in models]
    sums = {
        **counts(scale),
        "totalTokens": scale * 10,
        "totalCost": 1.25,
        "modelsUsed": names,
        "modelBreakdowns": models,
    }
    return {"date": day, **sums, **more}


def daily(**more: object) -> dict[str, Any]:
    """A daily report."""
    totals = {**counts(1500), "totalTokens": 15_000, "totalCost": 2.5, "unpricedModels": ["claude-new-20270101"]}
    return {"daily": [row("2026-06-01", 1000), row("2026-06-02", 500)], "totals": totals, **more}


def options(**given: object) -> ReportOptions:
    """Options of a daily report."""
    return ReportOptions(**({"report": "daily"} | given))  # type: ignore[arg-type]


def test_daily_table() -> None:
    """Days, their models, four kinds of tokens, sum and cost; totals under a line."""
    assert "\n".join(period_table(daily(), options(), PAGE)) == (
        "┌────────────┬──────────┬───────┬────────┬──────────────┬────────────┬──────────────┬────────────┐\n"
        "│ Date       │ Models   │ Input │ Output │ Cache create │ Cache read │ Total tokens │ Cost (USD) │\n"
        "├────────────┼──────────┼───────┼────────┼──────────────┼────────────┼──────────────┼────────────┤\n"
        "│ 2026-06-01 │ new      │ 1,000 │  2,000 │        3,000 │      4,000 │       10,000 │      $1.25 │\n"
        "│            │ opus-4-8 │       │        │              │            │              │            │\n"
        "│ 2026-06-02 │ new      │   500 │  1,000 │        1,500 │      2,000 │        5,000 │      $1.25 │\n"
        "│            │ opus-4-8 │       │        │              │            │              │            │\n"
        "├────────────┼──────────┼───────┼────────┼──────────────┼────────────┼──────────────┼────────────┤\n"
        "│ Total      │          │ 1,500 │  3,000 │        4,500 │      6,000 │       15,000 │      $2.50 │\n"
        "└────────────┴──────────┴───────┴────────┴──────────────┴────────────┴──────────────┴────────────┘"
    )


def test_breakdown_has_a_row_per_model() -> None:
    """A model without price says so instead of showing zero dollars."""
    lines = period_table(daily(), options(breakdown=True), PAGE)
    assert lines[3].startswith("│ 2026-06-01 │          │ 1,000 │")
    assert lines[4].startswith(
        "│            │ opus-4-8 │   999 │  1,998 │        2,997 │      3,996 │        9,990 │      $1.25"
    )
    assert lines[5].endswith("│   no price │")


def test_narrow_terminal_leaves_columns_out_and_says_so() -> None:
    """Eighty columns hold what matters most, and the rest is named."""
    lines = period_table(daily(), options(), Page(width=80, has_color=False, days=PAGE.days))
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "Not shown here: Cache create, Cache read."


def test_no_cost_leaves_the_column_out() -> None:
    """`--no-cost` shows tokens alone."""
    assert "Cost" not in "\n".join(period_table(daily(), options(no_cost=True), PAGE))


def test_projects_are_groups_with_their_names() -> None:
    """`--instances` groups by project; an alias stands for a long folder name."""
    document = daily(projects={"-home-ada-orbit": [row("2026-06-01", 1000)], "-x": [row("2026-06-01", 9)]})
    lines = period_table(document, options(instances=True, project_aliases="-home-ada-orbit=Orbit, -y=Z"), PAGE)
    assert lines[3].startswith("│ Orbit ")
    assert any(line.startswith("│ -x ") for line in lines)


def test_colour_marks_head_and_totals() -> None:
    """Colour adds nothing that the text does not say."""
    text = "\n".join(period_table(daily(), options(), Page(width=120, has_color=True, days=PAGE.days)))
    assert "\x1b[1;36mDate" in text
    assert "\x1b[1mTotal" in text


def test_session_table() -> None:
    """Sessions with project and last local day."""
    key = SessionKey("11111111-2222-3333-4444-555555555555", "-home-ada")
    last_ms = parse_stamp("2026-06-01T23:30:00.000Z") or 0
    models = ModelSum("claude-opus-4-8", Tokens(9), 1.25, False), ModelSum("claude-new-20270101", Tokens(1), 0.0, True)
    session = SessionRow(key, Tokens(10), 1.25, tuple(one.label for one in models), models, 0, last_ms)
    berlin = Page(width=200, has_color=False, days=Days("Europe/Berlin"))
    document = {
        "sessions": [session_rows(session, berlin.days, is_broken_down=False)],
        "totals": daily()["totals"],
    }
    lines = session_table(document, options(report="session"), berlin)
    assert "│ 11111111-2222-3333-4444-555555555555 │ -home-ada │" in lines[3]
    assert lines[3].endswith("│ 2026-06-02    │")
    narrow = session_table(document, options(report="session"), Page(width=90, has_color=False, days=PAGE.days))
    assert "11111111-2222…" in narrow[3]
    whole, *parts = session_rows(session, berlin.days, is_broken_down=True)
    assert (whole.cells[2], whole.cells[3], whole.cells[8]) == ("", "10", "$1.25")
    assert [(part.cells[2], part.cells[3], part.cells[8]) for part in parts] == [
        ("opus-4-8", "9", "$1.25"),
        ("new", "1", "no price"),
    ]


def test_entries_of_a_session() -> None:
    """Every response with its moment, and the sum."""
    entry = {**counts(5), "costUSD": 0.0, "model": "claude-opus-4-8", "timestamp": "2026-06-01T10:00:00.123Z"}
    document = {"entries": [entry], "sessionId": "s", "totalCost": 0.5, "totalTokens": 50}
    lines = entries_table(document, options(report="session"), PAGE)
    assert "│ 2026-06-01 10:00:00.123 │ opus-4-8" in lines[3]
    assert lines[-1] == "s: 1 responses · 50 tokens · $0.50"


def block(**fields: object) -> dict[str, Any]:
    """A running block."""
    return {
        "id": "x",
        "startTime": "2026-06-02T11:00:00.000Z",
        "endTime": "2026-06-02T16:00:00.000Z",
        "actualEndTime": "2026-06-02T13:30:00.000Z",
        "isActive": True,
        "isGap": False,
        "entries": 12,
        "tokenCounts": {
            "inputTokens": 1,
            "outputTokens": 2,
            "cacheCreationInputTokens": 3,
            "cacheReadInputTokens": 40_000,
        },
        "totalTokens": 40_006,
        "costUSD": 1.5,
        "models": ["claude-opus-4-8"],
        "burnRate": {"tokensPerMinute": 266.7, "tokensPerMinuteForIndicator": 1.0, "costPerHour": 0.6},
        "projection": {"totalTokens": 75_744, "totalCost": 2.84, "remainingMinutes": 134},
        **fields,
    }


GAP = {
    **block(isActive=False, isGap=True, projection=None, burnRate=None, actualEndTime=None),
    "startTime": "2026-06-01T15:30:00.000Z",
    "endTime": "2026-06-02T11:10:00.000Z",
}


def test_block_table() -> None:
    """Gaps, the running block and where it goes."""
    lines = block_table({"blocks": [GAP, block()]}, options(report="blocks"), PAGE, NOW_MS, 50_000)
    shown = "\n".join(line.strip("│") for line in lines if line.startswith("│"))
    assert shown == (
        " Block                               │ State                  │ Models   │ Tokens │ % of limit │ Cost (USD) \n"
        " 2026-06-01 15:30 → 2026-06-02 11:10 │ 19 h 40 m without use  │          │        │            │            \n"
        " 2026-06-02 11:00 → 16:00            │ running, 2 h 14 m left │ opus-4-8 │ 40,006 │       80.0 │      $1.50 \n"
        "                                     │ on this pace           │          │ 75,744 │      151.5 │      $2.84 "
    )


def test_block_table_without_limit_and_cost() -> None:
    """Columns nobody asked for are not there."""
    lines = block_table({"blocks": [block()]}, options(report="blocks", no_cost=True), PAGE, NOW_MS, None)
    assert "limit" not in lines[1]
    assert "Cost" not in lines[1]


def test_running_block_page() -> None:
    """Time, use, pace and limit of the running block, each with its unit."""
    status = {"limit": 50_000, "projectedUsage": 75_744, "percentUsed": 151.488, "status": "exceeds"}
    assert "\n".join(active_page({"blocks": [block(tokenLimitStatus=status)]}, PAGE, NOW_MS, 50_000)) == (
        "Block         2026-06-02 11:00 → 16:00\n"
        "Time          2 h 46 m gone · 2 h 14 m left\n"
        "Used          40,006 tokens · $1.50 · 12 responses\n"
        "              1 input · 2 output\n"
        "              3 cache create · 40,000 cache read\n"
        "Models        opus-4-8\n"
        "Block rate    267 tok/min · $0.60/h\n"
        "On this pace  75,744 tokens · $2.84 at 16:00 (estimate)\n"
        "Limit         50,000 tokens · 80.0 % used · 9,994 left\n"
        "              on this pace 151.5 %: will exceed the limit"
    )


def test_running_block_of_one_response() -> None:
    """No pace is invented from a single moment."""
    lines = active_page({"blocks": [block(burnRate=None, projection=None)]}, PAGE, NOW_MS, None)
    assert lines[-1] == "Block rate    unknown before the second response"


def test_notes_below_the_table() -> None:
    """Models without price are named, and what the numbers include is said."""
    assert unpriced_line(daily())[0].startswith("No price is known for claude-new-20270101: counted as $0.")
    assert unpriced_line({"totals": {}}) == []
    scope = Scope(entries=1234, first_ms=NOW_MS - 86_400_000, last_ms=NOW_MS)
    assert scope_line(scope, PAGE.days) == (
        "1,234 responses from 2026-06-01 to 2026-06-02, deleted transcripts included (--on-disk leaves them out)"
    )
    on_disk = scope_line(Scope(entries=1, first_ms=NOW_MS, last_ms=NOW_MS, on_disk=True), PAGE.days)
    assert on_disk.endswith("only transcripts on disk")
    assert scope_of([], on_disk=True) == Scope(on_disk=True)


def test_model_names_are_short_and_printable() -> None:
    """The maker's prefix and the date say nothing here; control characters never reach the terminal."""
    assert model_name("claude-sonnet-4-5-20250929") == "sonnet-4-5"
    assert model_name("claude-opus-4-8-fast") == "opus-4-8-fast"
    assert model_name("gpt-5\x1b[0m") == "gpt-5�[0m"
