"""Parity's comparison: what counts as the same, and the cause that is told."""

import json
from typing import Any

from cctray.cli.difference import Difference, compare, explained

MODEL: dict[str, Any] = {"modelName": "claude-opus-5", "inputTokens": 10, "outputTokens": 20, "cost": 0.5}
ROW: dict[str, Any] = {"date": "2026-06-01", "totalTokens": 30, "totalCost": 0.5, "modelBreakdowns": [MODEL]}
REPORT: dict[str, Any] = {"daily": [ROW, {**ROW, "date": "2026-06-02"}], "totals": {"totalTokens": 60}}


def changed(path: list[Any], value: object) -> dict[str, Any]:
    """The report with one value replaced."""
    report: dict[str, Any] = json.loads(json.dumps(REPORT))
    here: Any = report
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return report


def test_equal_reports_do_not_differ() -> None:
    """Nothing is told about the same numbers, also where a cost differs in the last digit."""
    assert compare("daily", REPORT, json.loads(json.dumps(REPORT))) == []
    assert compare("daily", REPORT, changed(["daily", 0, "totalCost"], 0.5 * (1 + 1e-12))) == []


def test_one_token_is_a_difference() -> None:
    """Tokens are compared exactly, with day, model and kind named."""
    theirs = changed(["daily", 0, "modelBreakdowns", 0, "outputTokens"], 21)
    assert compare("daily", REPORT, theirs) == [Difference("outputTokens", "2026-06-01 claude-opus-5", "20", "21")]


def test_cost_beyond_rounding_is_a_difference() -> None:
    """A millionth of a dollar is found."""
    theirs = changed(["daily", 0, "totalCost"], 0.500001)
    assert [each.cause for each in compare("daily", REPORT, theirs)] == ["totalCost"]


def test_missing_rows_are_named_once() -> None:
    """A day that only one program has is one difference, not one per number."""
    theirs = changed(["daily"], REPORT["daily"][:1])
    assert compare("daily", REPORT, theirs) == [Difference("only in cctray", "2026-06-02", "30 tokens", "nothing")]
    assert compare("daily", theirs, REPORT) == [Difference("only in ccusage", "2026-06-02", "nothing", "30 tokens")]


def test_missing_models_are_named() -> None:
    """So is a model."""
    theirs = changed(["daily", 0, "modelBreakdowns"], [])
    assert [each.cause for each in compare("daily", REPORT, theirs)] == ["model only in cctray"]


def test_order_of_rows_counts() -> None:
    """A report sorted differently is not the same report."""
    theirs = changed(["daily"], REPORT["daily"][::-1])
    assert [each.cause for each in compare("daily", REPORT, theirs)] == ["order of the rows"]


def test_sessions_are_told_apart_by_project() -> None:
    """Session ids repeat in other projects after a fork."""
    row = {"sessionId": "s", "totalTokens": 1}
    ours = {"sessions": [{**row, "projectPath": "a"}, {**row, "projectPath": "b"}]}
    theirs = {"sessions": [{**row, "projectPath": "a"}, {**row, "projectPath": "b", "totalTokens": 2}]}
    assert [each.place for each in compare("session", ours, theirs)] == ["b s"]


def test_blocks_ignore_what_the_second_decides() -> None:
    """Projection and activity depend on when each program ran."""
    ours = {"blocks": [{"id": "x", "totalTokens": 1, "isActive": True, "projection": {"totalTokens": 9}}]}
    theirs = {"blocks": [{"id": "x", "totalTokens": 1, "isActive": False, "projection": None}]}
    assert compare("blocks", ours, theirs) == []


def test_differences_are_told_by_cause_the_most_frequent_first() -> None:
    """A person sees the kinds of difference, some examples, and how many more there are."""
    found = [Difference("cost", f"day {n}", "1", "2") for n in range(7)] + [Difference("entries", "day 1", "3", "4")]
    lines = explained([found[-1], *found[:-1]])
    assert lines[0] == "cost: 7"
    assert lines[1] == "  day 0: cctray 1, ccusage 2"
    assert "  … and 2 more" in lines
    assert lines[-2:] == ["entries: 1", "  day 1: cctray 3, ccusage 4"]
