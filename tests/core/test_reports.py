"""Rows, orders and JSON of the reports."""

import json

from msgspec import structs

from cctray.core.calendar import WEEKDAYS
from cctray.core.config import CostMode
from cctray.core.portion import Costs, Portion, SessionKey
from cctray.core.report_json import (
    PIECE_ROWS,
    DetailEntry,
    daily_json,
    encode,
    encoded,
    session_detail_json,
    session_json,
    session_line,
)
from cctray.core.reports import (
    ReportOptions,
    daily_report,
    first_day_of_last,
    is_unpriced,
    monthly_report,
    session_report,
    weekly_report,
)
from cctray.core.usage import MAX_TOKENS, Tokens
from tests.core.oneshot import Asked, book, report

PLAIN = ReportOptions()


def portion(day: str, model: str | None, cost: float, tokens: int = 10, project: str = "p") -> Portion:
    """One entry."""
    return Portion(
        group=day,
        model=model,
        label=model,
        tokens=Tokens(tokens),
        costs=Costs(0.0, cost),
        entries=1,
        first_ms=1,
        last_ms=2,
        unlogged_tokens=tokens,
        project=project,
    )


def test_rows_of_days() -> None:
    """Days go up, models by first appearance, the breakdown by cost; lines without model only count."""
    found = daily_report(
        [
            portion("2026-06-02", "b", 1.0),
            portion("2026-06-01", "c", 1.0),
            portion("2026-06-02", "a", 2.0),
            portion("2026-06-02", None, 4.0),
        ],
        PLAIN,
        book(),
    )
    first, second = found.rows
    assert (first.period, second.period) == ("2026-06-01", "2026-06-02")
    assert (second.models, [one.label for one in second.breakdown]) == (("b", "a"), ["a", "b"])
    assert (second.cost, second.tokens, found.totals.cost) == (7.0, Tokens(30), 8.0)
    assert found.totals.unpriced == ("b", "c")


def test_weeks_and_months_sum_up_days_in_their_order() -> None:
    """Newest first, models appear in the order of the newest days."""
    days = [portion("2026-06-01", "x", 1.0), portion("2026-06-02", "y", 1.0), portion("2026-06-08", "z", 1.0)]
    up = weekly_report(days, PLAIN, book())
    assert [(row.period, row.models) for row in up.rows] == [("2026-05-31", ("x", "y")), ("2026-06-07", ("z",))]
    down = weekly_report(days, ReportOptions(newest_first=True, start_of_week="monday"), book())
    assert [(row.period, row.models) for row in down.rows] == [("2026-06-08", ("z",)), ("2026-06-01", ("y", "x"))]
    assert [row.models for row in monthly_report(days, PLAIN, book()).rows] == [("x", "y", "z")]


def test_sessions() -> None:
    """The dearest session comes first, equals as they come; those without tokens are left out."""
    keys = [SessionKey(name, "p") for name in "abcd"]
    costs = [0.0, 2.0, 0.0, 5.0]
    sessions = [(key, [portion("", "m", cost)]) for key, cost in zip(keys, costs, strict=True)]
    sessions.append((SessionKey("e", "p"), [portion("", "m", 9.0, tokens=0)]))
    found = session_report(sessions, PLAIN, book(), lambda row: row)
    assert [row.key.session_id for row in found.rows] == ["d", "b", "a", "c"]
    assert (found.rows[0].first_ms, found.rows[0].last_ms) == (1, 2)


def test_a_session_of_one_model_is_summed_as_one_of_several() -> None:
    """The short way for one portion gives what the long one gives, also for a cost of -0.0 and without a model."""
    for model, cost in [("m", 1.5), ("m", -0.0), ("nobody-knows", 0.0), (None, 2.0)]:
        one = portion("", model, 0.0)
        one = structs.replace(one, costs=Costs(cost, -0.0))
        nothing = structs.replace(one, tokens=Tokens(), costs=Costs(), unlogged_tokens=0)
        short, long = (
            repr(session_report([(SessionKey("a", "p"), each)], PLAIN, book(), lambda row: row))
            for each in ([one], [one, nothing])
        )
        assert short == long


def test_projects() -> None:
    """By project each day has a row for each, grouped by name."""
    entries = [portion("2026-06-01", "m", 1.0, project=project) for project in ("b", "a")]
    found = daily_report(entries, ReportOptions(by_project=True), book())
    shown = json.loads(encode(daily_json(found, by_project=True)))
    assert list(shown["projects"]) == ["a", "b"]
    assert shown["projects"]["a"][0]["project"] == "a"


def test_empty_report() -> None:
    """Nothing costs minus nothing, as ccusage prints it, with its indentation."""
    assert encode(daily_json(daily_report([], PLAIN, book()))) == (
        b'{\n  "daily": [],\n  "totals": {\n    "cacheCreationTokens": 0,\n    "cacheReadTokens": 0,\n'
        b'    "inputTokens": 0,\n    "outputTokens": 0,\n    "totalCost": -0.0,\n    "totalTokens": 0\n  }\n}'
    )


def test_sums_stop_at_64_bits() -> None:
    """Sums of huge counts stop where ccusage's do."""
    entries = [portion("2026-06-01", "m", 0.0, MAX_TOKENS)] * 2
    row = json.loads(encode(daily_json(daily_report(entries, PLAIN, book()))))["daily"][0]
    assert row["inputTokens"] == row["totalTokens"] == MAX_TOKENS


def test_what_is_unpriced() -> None:
    """A price is missed only for tokens that have to be paid by price."""
    unknown = portion("", "zzz", 0.0)
    logged = Portion(
        group="", model="zzz", label="zzz", tokens=Tokens(1), costs=Costs(0.0), entries=1, first_ms=0, last_ms=0,
        unlogged_tokens=0,
    )  # fmt: skip
    assert is_unpriced(unknown, CostMode.AUTO, book())
    assert not is_unpriced(unknown, CostMode.DISPLAY, book())
    assert not is_unpriced(portion("", "zzz", 0.0, tokens=0), CostMode.AUTO, book())
    assert not is_unpriced(portion("", "opus", 0.0), CostMode.AUTO, book())
    assert not is_unpriced(logged, CostMode.AUTO, book())
    assert is_unpriced(logged, CostMode.CALCULATE, book())


def test_newest_periods() -> None:
    """`--last` counts the calendar's periods back from today."""
    assert first_day_of_last(1, "day", "2026-03-01") == "2026-03-01"
    assert first_day_of_last(2, "day", "2026-03-01") == "2026-02-28"
    assert first_day_of_last(2, "week", "2026-03-01", "monday") == "2026-02-16"
    assert first_day_of_last(3, "month", "2026-02-15") == "2025-12-01"
    assert WEEKDAYS[0] == "sunday"


def test_one_session_entry_by_entry() -> None:
    """Entries go by time, show the flat cache count and logged costs; a session without entries is null."""
    one = DetailEntry(at_ms=5, model=None, tokens=Tokens(1, 2, 3), flat_cache=9, logged_cost=None, cost=1.5)
    other = DetailEntry(at_ms=1, model="m", tokens=Tokens(1), flat_cache=None, logged_cost=2.0, cost=2.0)
    shown = json.loads(encode(session_detail_json("s", [one, other])))
    assert [entry["costUSD"] for entry in shown["entries"]] == [2.0, 0.0]
    assert (shown["entries"][1]["cacheCreationTokens"], shown["totalCost"], shown["totalTokens"]) == (9, 3.5, 7)
    assert encode(session_detail_json("s", [])) == b"null"


def test_two_readers_disagree_on_purpose() -> None:
    """Daily counts a subagent's progress line, weekly does not, as in ccusage."""
    usage = '{"input_tokens":7,"output_tokens":8}'
    inner = f'{{"timestamp":"2026-06-01T10:15:00.000Z","requestId":"r","message":{{"id":"m","usage":{usage}}}}}'
    files = {"/c/projects/p/s.jsonl": f'{{"sessionId":"s","data":{{"message":{inner}}}}}'.encode()}
    assert json.loads(report("daily", files, Asked()))["totals"]["totalTokens"] == 15
    assert json.loads(report("weekly", files, Asked()))["totals"]["totalTokens"] == 0


def test_a_long_report_is_written_in_pieces() -> None:
    """Piece by piece it is the same text as in one, at any number of rows."""
    for count in (0, 1, PIECE_ROWS, PIECE_ROWS + 1, 2 * PIECE_ROWS + 7):
        sessions = [(SessionKey(str(number), "p"), [portion("", "m", number)]) for number in range(count)]
        value = session_json(session_report(sessions, PLAIN, book(), session_line))
        pieces = list(encoded(value))
        assert b"".join(pieces) == encode(value)
        assert len(pieces) == (1 if count <= PIECE_ROWS else -(-count // PIECE_ROWS) + 1)
        rows: dict[str, object] = {"blocks": list(range(count))}
        assert b"".join(encoded(rows)) == encode(rows)
    assert list(encoded(None)) == [b"null"]
