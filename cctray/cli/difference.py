"""Two reports side by side: which numbers differ, and why. Pure."""

from collections.abc import Iterator
from math import isclose
from typing import Any, Final

from msgspec import Struct

RELATIVE: Final = 1e-9
"""Costs may differ by the last digits of a float; tokens may not at all."""

TOKEN_KEYS: Final = (
    "inputTokens",
    "outputTokens",
    "cacheCreationTokens",
    "cacheReadTokens",
    "cacheCreationInputTokens",
    "cacheReadInputTokens",
    "totalTokens",
    "entries",
)
COST_KEYS: Final = ("cost", "totalCost", "costUSD", "costPerHour", "tokensPerMinute", "tokensPerMinuteForIndicator")
FLEETING: Final = ("projection", "tokenLimitStatus", "isActive", "burnRate")
"""They depend on the second at which the program ran."""

ROW_KEYS: Final = {"daily": ("date",), "weekly": ("week",), "monthly": ("month",), "blocks": ("id",)}
SESSION_KEYS: Final = ("projectPath", "sessionId")


EXAMPLES: Final = 5
"""Of each cause; the rest is counted."""


class Difference(Struct, frozen=True):
    """One number that differs."""

    cause: str
    """What kind of difference: `only in ccusage`, `outputTokens`, `cost`, …"""
    place: str
    """`2026-06-01 claude-opus-5`."""
    ours: str
    theirs: str


def compare(report: str, ours: dict[str, Any], theirs: dict[str, Any]) -> list[Difference]:
    """All differences between two JSON reports of one name."""
    return list(_compare(report, ours, theirs))


def explained(differences: list[Difference]) -> list[str]:
    """The differences by cause, a few examples of each."""
    causes: dict[str, list[Difference]] = {}
    for difference in differences:
        causes.setdefault(difference.cause, []).append(difference)
    lines = []
    for cause, found in sorted(causes.items(), key=lambda item: -len(item[1])):
        lines.append(f"{cause}: {len(found)}")
        lines += [f"  {each.place}: cctray {each.ours}, ccusage {each.theirs}" for each in found[:EXAMPLES]]
        if len(found) > EXAMPLES:
            lines.append(f"  … and {len(found) - EXAMPLES} more")
    return lines


def _compare(report: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    name = "sessions" if report == "session" else report
    keys = ROW_KEYS.get(report, SESSION_KEYS)
    left, right = _rows(ours.get(name, []), keys), _rows(theirs.get(name, []), keys)
    for place in [*left, *(key for key in right if key not in left)]:
        if place not in right:
            yield Difference("only in cctray", place, _size(left[place]), "nothing")
        elif place not in left:
            yield Difference("only in ccusage", place, "nothing", _size(right[place]))
        else:
            yield from _values(place, left[place], right[place])
    common = [place for place in left if place in right]
    if common != [place for place in right if place in left]:
        yield Difference("order of the rows", report, f"{common[:3]} …", "another one")
    if "totals" in ours or "totals" in theirs:
        yield from _values("totals", ours.get("totals", {}), theirs.get("totals", {}))


def _rows(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        place = " ".join(str(row.get(key)) for key in keys)
        while place in found:
            place += " (again)"
        found[place] = row
    return found


def _values(place: str, ours: Any, theirs: Any, field: str = "") -> Iterator[Difference]:  # noqa: ANN401 (any JSON)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            if key not in FLEETING:
                yield from _values(place, ours.get(key), theirs.get(key), key)
    elif field == "modelBreakdowns" and isinstance(ours, list) and isinstance(theirs, list):
        yield from _models(place, ours, theirs)
    elif ours != theirs and isinstance(ours, list) and isinstance(theirs, list):
        yield _names(place, ours, theirs, field)
    elif not _is_same(ours, theirs, field):
        yield Difference(field or "value", place, _shown(ours), _shown(theirs))


def _models(place: str, ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[Difference]:
    left, right = _rows(ours, ("modelName",)), _rows(theirs, ("modelName",))
    for model in [*left, *(key for key in right if key not in left)]:
        here = f"{place} {model}"
        if model not in right or model not in left:
            side = "cctray" if model in left else "ccusage"
            yield Difference(f"model only in {side}", here, _size(left.get(model)), _size(right.get(model)))
        else:
            yield from _values(here, left[model], right[model])


def _names(place: str, ours: list[object], theirs: list[object], field: str) -> Difference:
    """Tell what only one of two lists of names has, or that their order differs."""
    mine, other = ([str(name) for name in one if name not in two] for one, two in ((ours, theirs), (theirs, ours)))
    if not mine and not other:
        return Difference(f"order of {field}", place, " ".join(map(str, ours)), " ".join(map(str, theirs)))
    return Difference(field, place, _more(mine), _more(other))


def _more(names: list[str]) -> str:
    return f"also {', '.join(names)}" if names else "no more"


def _is_same(ours: object, theirs: object, field: str) -> bool:
    if field in COST_KEYS and _is_number(ours) and _is_number(theirs):
        return isclose(float(str(ours)), float(str(theirs)), rel_tol=RELATIVE, abs_tol=1e-12)
    return ours == theirs


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _size(row: dict[str, Any] | None) -> str:
    if row is None:
        return "nothing"
    if "totalTokens" in row:
        return f"{row['totalTokens']:,} tokens"
    return f"{sum(row.get(key, 0) for key in TOKEN_KEYS):,} tokens"


def _shown(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "nothing" if value is None else str(value)
