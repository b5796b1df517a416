"""Sums of single entries, for questions no rollup answers; in ccusage's order whatever order the entries come in."""

from collections.abc import Iterable

from cctray.core.calendar import Days
from cctray.core.portion import Portion, SessionKey
from cctray.store.entries import Entry, fold_order


class _Sums:
    """Sums of entries by key, in the order of ccusage's fold whatever order they come in; holds sums, not entries."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str | None, ...], tuple[Portion, tuple[str, int]]] = {}

    def add(self, key: tuple[str | None, ...], portion: Portion, order: tuple[str, int]) -> None:
        """Add one."""
        known = self._sums.get(key)
        self._sums[key] = (portion, order) if known is None else (_plus(known[0], portion), min(known[1], order))

    def in_order(self) -> list[tuple[tuple[str | None, ...], Portion]]:
        """Keys and sums, by the first of their entries."""
        found = sorted(self._sums.items(), key=lambda item: item[1][1])
        return [(key, portion) for key, (portion, _) in found]


def by_day(days: Days, entries: Iterable[Entry], *, by_project: bool) -> list[Portion]:
    """Sums by local day and model (and project)."""
    sums = _Sums()
    for entry in entries:
        portion = entry.portion(days.day(entry.at_ms), entry.project if by_project else "")
        sums.add((portion.group, portion.label, portion.project), portion, fold_order(entry))
    return [portion for _, portion in sums.in_order()]


def by_session(entries: Iterable[Entry]) -> list[tuple[SessionKey, list[Portion]]]:
    """Sums by session and model."""
    sums = _Sums()
    for entry in entries:
        portion = entry.portion("", entry.project)
        sums.add((entry.session_id, entry.project_path, portion.label), portion, fold_order(entry))
    found: dict[tuple[str, str], list[Portion]] = {}
    for (session_id, path, _), portion in sums.in_order():
        found.setdefault((session_id or "", path or ""), []).append(portion)
    return [(SessionKey(*key), portions) for key, portions in found.items()]


def _plus(one: Portion, other: Portion) -> Portion:
    return Portion(
        group=one.group, model=one.model, label=one.label, project=one.project, entries=one.entries + other.entries,
        tokens=one.tokens + other.tokens, costs=one.costs + other.costs,
        first_ms=min(one.first_ms, other.first_ms), last_ms=max(one.last_ms, other.last_ms),
        unlogged_tokens=one.unlogged_tokens + other.unlogged_tokens,
    )  # fmt: skip
