"""Rows of ccusage's daily, weekly, monthly and session reports, from portions in order of first appearance.

Sums, orders and names only; `core.report_json` writes them as ccusage prints them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add
from typing import Final, Generic, Literal, TypeVar

from msgspec import Struct

from cctray.core.calendar import day_name, day_number, month_of, week_of
from cctray.core.config import CostMode
from cctray.core.portion import Portion, SessionKey
from cctray.core.prices import PriceBook
from cctray.core.usage import Tokens

Period = Literal["day", "week", "month"]
Shown = TypeVar("Shown")

_MONTHS: Final = 12
NO_COST: Final = -0.0


class ReportOptions(Struct, frozen=True, kw_only=True):
    """What all reports can be asked for."""

    mode: CostMode = CostMode.AUTO
    newest_first: bool = False
    """`--order desc`."""
    start_of_week: str = "sunday"
    by_project: bool = False
    """`--instances`: rows of a day for each project."""


class ModelSum(Struct, frozen=True, gc=False):
    """Usage of one model within a row."""

    label: str
    tokens: Tokens
    cost: float
    is_unpriced: bool
    """Some of it has tokens that nobody knows the price of."""

    def __add__(self, other: "ModelSum") -> "ModelSum":
        """Sum of both, by the name of the first."""
        unpriced = self.is_unpriced or other.is_unpriced
        return ModelSum(self.label, self.tokens + other.tokens, self.cost + other.cost, unpriced)


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


class SessionRow(Struct, frozen=True, gc=False):
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
    cost: float = NO_COST
    """Begins at -0.0 as ccusage's does, which prints it for an empty report."""
    unpriced: tuple[str, ...] = ()
    """Names of models without price, in order of the alphabet."""


class Report(Struct, frozen=True):
    """Rows in the order they are printed, and their sum."""

    rows: tuple[Row, ...]
    totals: Totals


class SessionReport(Struct, Generic[Shown], frozen=True):
    """Sessions as they are shown, dearest first, and their sum."""

    rows: tuple[Shown, ...]
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
    sessions: Iterable[tuple[SessionKey, Sequence[Portion]]],
    options: ReportOptions,
    book: PriceBook,
    shown: Callable[[SessionRow], Shown],
) -> SessionReport[Shown]:
    """Rows by session, the dearest first whatever the order asked for, equals in the order given.

    Sessions without tokens are left out. `shown` makes of a row what is kept of it: called in the order given, before
    the next session, because what a hundred thousand rows refer to is slow to fetch again in any other order.
    """
    tokens, unpriced, costs, found = Tokens(), set[str](), list[float](), list[Shown]()
    for key, portions in sessions:
        row = _session_row(key, portions, options.mode, book)
        if row.tokens.total:
            tokens += row.tokens
            for one in row.breakdown:
                if one.is_unpriced:
                    unpriced.add(one.label)
            costs.append(row.cost)
            found.append(shown(row))
    order = sorted(range(len(costs)), key=[-cost for cost in costs].__getitem__)
    # `sum` makes up for lost digits since Python 3.12, which ccusage does not.
    cost = reduce(add, [costs[index] for index in order], NO_COST)
    return SessionReport(
        tuple([found[index] for index in order]), Totals(tokens, cost, tuple(sorted(unpriced, key=str.encode)))
    )


def _session_row(key: SessionKey, portions: Sequence[Portion], mode: CostMode, book: PriceBook) -> SessionRow:
    if len(portions) == 1:
        # Most sessions have one model, whose sums are the session's.
        one = portions[0]
        models = _model_sums(one, mode, book)
        cost = 0.0 + one.costs.in_mode(mode)
        names = () if one.label is None else (one.label,)
        return SessionRow(key, one.tokens, cost, names, models, one.first_ms, one.last_ms)
    sums = _Sums()
    for portion in portions:
        sums.add_portion(portion, mode, book)
    return SessionRow(
        key,
        sums.tokens,
        sums.cost,
        tuple(sums.models),
        sums.breakdown(),
        min(portion.first_ms for portion in portions),
        max(portion.last_ms for portion in portions),
    )


def _model_sums(portion: Portion, mode: CostMode, book: PriceBook) -> tuple[ModelSum, ...]:
    """The one model of a portion; none where a report names none."""
    if portion.label is None:
        return ()
    # A sum begins at 0.0: a cost of -0.0 would print its sign.
    cost = 0.0 + portion.costs.in_mode(mode)
    return (ModelSum(portion.label, portion.tokens, cost, is_unpriced(portion, mode, book)),)


def first_day_of_last(count: int, period: Period, today: str, start_of_week: str = "sunday") -> str:
    """First day of the newest `count` periods that end today (`--last`), as `YYYY-MM-DD`."""
    number = day_number(today)
    if period == "day":
        return day_name(number - count + 1)
    if period == "week":
        return day_name(day_number(week_of(today, start_of_week)) - 7 * (count - 1))
    months = int(today[:4]) * _MONTHS + int(today[5:7]) - count
    return f"{months // _MONTHS:04d}-{months % _MONTHS + 1:02d}-01"


class _Sums:
    """A row while it is added up."""

    __slots__ = ("_by_model", "cost", "models", "tokens")

    def __init__(self) -> None:
        self.tokens, self.cost = Tokens(), 0.0
        self.models: dict[str, None] = {}
        self._by_model: dict[str, ModelSum] = {}

    def add_portion(self, portion: Portion, mode: CostMode, book: PriceBook) -> None:
        self.tokens += portion.tokens
        self.cost += portion.costs.in_mode(mode)
        for one in _model_sums(portion, mode, book):
            self.models[one.label] = None
            self._add(one)

    def add_row(self, row: Row) -> None:
        self.tokens += row.tokens
        self.cost += row.cost
        # Models keep the order in which the day used them; of equal costs the day's dearer comes first.
        self.models.update(dict.fromkeys(row.models))
        for one in row.breakdown:
            self._add(one)

    def breakdown(self) -> tuple[ModelSum, ...]:
        if len(self._by_model) == 1:
            return tuple(self._by_model.values())
        return tuple(sorted(self._by_model.values(), key=lambda one: -one.cost))

    def row(self, period: str, project: str | None = None) -> Row:
        return Row(
            period=period,
            tokens=self.tokens,
            cost=self.cost,
            models=tuple(self.models),
            breakdown=self.breakdown(),
            project=project,
        )

    def _add(self, one: ModelSum) -> None:
        known = self._by_model.get(one.label)
        self._by_model[one.label] = one if known is None else known + one


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


def _totals(rows: Sequence[Row]) -> Totals:
    tokens, cost, unpriced = Tokens(), NO_COST, set[str]()
    for row in rows:
        tokens += row.tokens
        cost += row.cost
        for one in row.breakdown:
            if one.is_unpriced:
                unpriced.add(one.label)
    return Totals(tokens, cost, tuple(sorted(unpriced, key=str.encode)))
