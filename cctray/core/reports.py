"""Rows of ccusage's daily, weekly, monthly and session reports, from portions in order of first appearance.

Sums, orders and names only; `core.report_json` writes them as ccusage prints them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from cctray.core.calendar import day_name, day_number, month_of, week_of
from cctray.core.config import CostMode
from cctray.core.portion import Portion, SessionKey
from cctray.core.prices import PriceBook
from cctray.core.usage import Tokens

Period = Literal["day", "week", "month"]

_MONTHS: Final = 12


class ReportOptions(Struct, frozen=True, kw_only=True):
    """What all reports can be asked for."""

    mode: CostMode = CostMode.AUTO
    newest_first: bool = False
    """`--order desc`."""
    start_of_week: str = "sunday"
    by_project: bool = False
    """`--instances`: rows of a day for each project."""


class ModelSum(Struct, frozen=True):
    """Usage of one model within a row."""

    label: str
    tokens: Tokens
    cost: float
    is_unpriced: bool
    """Some of it has tokens that nobody knows the price of."""


class Row(Struct, frozen=True, kw_only=True):
    """One day, week or month (of one project)."""

    period: str
    """`2026-06-01`, or `2026-06` for a month."""
    tokens: Tokens
    cost: float
    models: tuple[str, ...]
    """In order of first appearance."""
    breakdown: tuple[ModelSum, ...]
    """Dearest first."""
    project: str | None = None


class SessionRow(Struct, frozen=True, kw_only=True):
    """One session."""

    key: SessionKey
    tokens: Tokens
    cost: float
    models: tuple[str, ...]
    breakdown: tuple[ModelSum, ...]
    first_ms: int
    last_ms: int


class Totals(Struct, frozen=True):
    """The sum of all rows."""

    tokens: Tokens = Tokens()
    cost: float = -0.0
    """Begins at -0.0 as ccusage's does, which prints it for an empty report."""
    unpriced: tuple[str, ...] = ()
    """Names of models without price, in order of the alphabet."""


class Report(Struct, frozen=True):
    """Rows in the order they are printed, and their sum."""

    rows: tuple[Row, ...]
    totals: Totals


class SessionReport(Struct, frozen=True):
    """Sessions, dearest first, and their sum."""

    rows: tuple[SessionRow, ...]
    totals: Totals


def daily_report(portions: Iterable[Portion], options: ReportOptions, book: PriceBook) -> Report:
    """Rows by day (`Portion.group`), with `by_project` by day and project."""
    rows = _days(portions, options, book)
    return Report(tuple(rows), _totals(rows))


def weekly_report(portions: Iterable[Portion], options: ReportOptions, book: PriceBook) -> Report:
    """Rows by week, summed up from rows of days; a week is called by its first day."""
    return _buckets(portions, options, book, lambda day: week_of(day, options.start_of_week))


def monthly_report(portions: Iterable[Portion], options: ReportOptions, book: PriceBook) -> Report:
    """Rows by month, summed up from rows of days."""
    return _buckets(portions, options, book, month_of)


def session_report(
    sessions: Iterable[tuple[SessionKey, Sequence[Portion]]], options: ReportOptions, book: PriceBook
) -> SessionReport:
    """Rows by session, the dearest first whatever the order asked for, equals in the order given.

    Sessions without tokens are left out.
    """
    rows = []
    for key, portions in sessions:
        sums = _Sums()
        for portion in portions:
            sums.add_portion(portion, options.mode, book)
        if sums.tokens.total:
            rows.append(
                SessionRow(
                    key=key,
                    tokens=sums.tokens,
                    cost=sums.cost,
                    models=tuple(sums.models),
                    breakdown=sums.breakdown(),
                    first_ms=min(portion.first_ms for portion in portions),
                    last_ms=max(portion.last_ms for portion in portions),
                )
            )
    rows.sort(key=lambda row: -row.cost)
    return SessionReport(tuple(rows), _totals(rows))


def first_day_of_last(count: int, period: Period, today: str, start_of_week: str = "sunday") -> str:
    """First day of the newest `count` periods that end today (`--last`), as `YYYY-MM-DD`."""
    number = day_number(today)
    if period == "day":
        return day_name(number - count + 1)
    if period == "week":
        return day_name(day_number(week_of(today, start_of_week)) - 7 * (count - 1))
    months = int(today[:4]) * _MONTHS + int(today[5:7]) - count
    return f"{months // _MONTHS:04d}-{months % _MONTHS + 1:02d}-01"


class _Model:
    """Usage of one model while it is added up."""

    def __init__(self) -> None:
        self.tokens, self.cost, self.is_unpriced = Tokens(), 0.0, False


class _Sums:
    """A row while it is added up."""

    def __init__(self) -> None:
        self.tokens, self.cost = Tokens(), 0.0
        self.models: dict[str, None] = {}
        self._by_model: dict[str, _Model] = {}

    def add_portion(self, portion: Portion, mode: CostMode, book: PriceBook) -> None:
        cost = portion.costs.in_mode(mode)
        self.tokens += portion.tokens
        self.cost += cost
        if portion.label is not None:
            self._add(portion.label, portion.tokens, cost, is_unpriced=is_unpriced(portion, mode, book))

    def add_row(self, row: Row) -> None:
        self.tokens += row.tokens
        self.cost += row.cost
        # Models keep the order in which the day used them; of equal costs the day's dearer comes first.
        self.models.update(dict.fromkeys(row.models))
        for one in row.breakdown:
            self._add(one.label, one.tokens, one.cost, is_unpriced=one.is_unpriced)

    def breakdown(self) -> tuple[ModelSum, ...]:
        found = [ModelSum(label, one.tokens, one.cost, one.is_unpriced) for label, one in self._by_model.items()]
        return tuple(sorted(found, key=lambda one: -one.cost))

    def row(self, period: str, project: str | None = None) -> Row:
        return Row(
            period=period,
            tokens=self.tokens,
            cost=self.cost,
            models=tuple(self.models),
            breakdown=self.breakdown(),
            project=project,
        )

    def _add(self, label: str, tokens: Tokens, cost: float, *, is_unpriced: bool) -> None:
        self.models[label] = None
        model = self._by_model.setdefault(label, _Model())
        model.tokens += tokens
        model.cost += cost
        model.is_unpriced = model.is_unpriced or is_unpriced


def is_unpriced(portion: Portion, mode: CostMode, book: PriceBook) -> bool:
    """Whether a portion has tokens that should be paid by price, of a model without one."""
    if mode is CostMode.DISPLAY or portion.model is None or portion.label is None:
        return False
    if book.find(portion.model) is not None:
        return False
    if mode is CostMode.CALCULATE:
        return portion.tokens.total > 0
    return portion.unlogged_tokens > 0


def _days(portions: Iterable[Portion], options: ReportOptions, book: PriceBook) -> list[Row]:
    sums: dict[tuple[str, str], _Sums] = {}
    for portion in portions:
        key = portion.group, portion.project if options.by_project else ""
        sums.setdefault(key, _Sums()).add_portion(portion, options.mode, book)
    ordered = sorted(sums.items(), key=lambda item: (day_number(item[0][0]), item[0][1].encode()))
    rows = [one.row(day, project if options.by_project else None) for (day, project), one in ordered]
    return rows[::-1] if options.newest_first else rows


def _buckets(
    portions: Iterable[Portion], options: ReportOptions, book: PriceBook, bucket: Callable[[str], str]
) -> Report:
    sums: dict[str, _Sums] = {}
    for row in _days(portions, options, book):
        sums.setdefault(bucket(row.period), _Sums()).add_row(row)
    rows = [one.row(period) for period, one in sums.items()]
    return Report(tuple(rows), _totals(rows))


def _totals(rows: Sequence[Row | SessionRow]) -> Totals:
    tokens, cost, unpriced = Tokens(), -0.0, set[str]()
    for row in rows:
        tokens += row.tokens
        cost += row.cost
        unpriced.update(one.label for one in row.breakdown if one.is_unpriced)
    return Totals(tokens, cost, tuple(sorted(unpriced, key=str.encode)))
