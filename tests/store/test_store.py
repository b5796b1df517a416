"""The history as its owner asks it: positions, today, the live window, refused lines, prices, small things kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from cctray.core.calendar import Days
from cctray.core.config import PriceOverride
from cctray.core.prices import PriceBook
from cctray.core.records import FileRead
from cctray.feed.reading import read_new
from cctray.store.entries import Entry
from cctray.store.store import Store
from cctray.system import paths
from tests.transcripts import START_MS, line, price_book

BOOK = price_book()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty history."""
    opened = Store.open(tmp_path / "h.sqlite", BOOK)
    yield opened
    opened.close()


def _read(tmp_path: Path, *rows: bytes, name: str = "s.jsonl") -> list[FileRead]:
    path = tmp_path / "projects" / "p" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(rows))
    return list(read_new(str(path), None))


def test_a_reading_made_twice_is_refused_and_named(tmp_path: Path, store: Store) -> None:
    """It did not begin where the history is: nothing of it is written, its neighbours in the batch are."""
    reads = _read(tmp_path, line())
    store.record(reads, 0)
    others = _read(tmp_path, line(message="m2"), name="t.jsonl")
    told = store.record([*reads, *others], 0)
    assert told.stale == (reads[0].path,)
    assert told.rows == 1
    assert len(store.present()) == 2


def test_changes_tell_the_live_window_what_came_and_went(tmp_path: Path, store: Store) -> None:
    """Young responses only: +1 for what counts now, -1 for what it replaced; older ones are not told."""
    first = store.record(_read(tmp_path, line(START_MS), line(START_MS - 10_000, "old", "r")), START_MS - 5_000)
    assert [(change.sign, change.at_ms) for change in first.changes] == [(1, START_MS)]
    position = store.positions(store.present())
    path = tmp_path / "projects" / "p" / "s.jsonl"
    with path.open("ab") as file:
        file.write(line(START_MS + 1, counts=(10, 500, 30, 40)))
    grown = store.record(list(read_new(str(path), position[str(path)])), START_MS - 5_000)
    assert sorted((change.sign, change.tokens.output) for change in grown.changes) == [(-1, 20), (1, 500)]


def test_today_and_the_last_minutes(tmp_path: Path, store: Store) -> None:
    """Sums of one local day, and the responses since a time."""
    store.record(
        _read(tmp_path, line(START_MS), line(START_MS + 1, "m2", "r"), line(START_MS - 86_400_000, "m3", "r")), 0
    )
    days = Days("UTC")
    assert store.totals(days, days.day(START_MS)).entries == 2
    assert store.totals(days, "2020-01-01").entries == 0
    assert [recent.at_ms for recent in store.recent(START_MS)] == [START_MS, START_MS + 1]
    assert sum(slice_.portions[0].entries for slice_ in store.chain(START_MS + 2, None)) == 2


def test_refused_lines_and_models_without_price_are_told(tmp_path: Path, store: Store) -> None:
    """Refused lines go with their file; a model nobody prices is named, an ordinary one is not."""
    store.record(_read(tmp_path, line(model="nobody-knows"), line(message="m2"), line(at_ms="never")), 0)
    assert store.skipped() == {"bad-time": 1}
    assert store.unpriced() == ("nobody-knows",)
    store.lose(store.present(), 0)
    assert store.skipped() == {}


def test_another_price_reprices_history_in_steps_and_goes_on_after_a_restart(tmp_path: Path, store: Store) -> None:
    """Rollups then equal the sum of their entries at the new prices, also where the first pass was broken off."""
    rows = [line(START_MS + number * 900_000, f"m{number}", "r", model="nobody-knows") for number in range(120)]
    store.record(_read(tmp_path, *rows), 0)
    next(store.reprice(BOOK), None)
    dear = _book({"nobody-knows": 5.0})
    steps = store.reprice(dear)
    next(steps)
    store.close()
    again = Store.open(store.path, dear)
    assert len(list(again.reprice(dear))) > 0
    cost = sum(portion.costs.calculated for portion in again.history.daily(Days("UTC"), rule=1))
    entries = sum(entry.costs.calculated for entry in again.history.entries(0, 1 << 60, rule=1))
    assert cost == pytest.approx(entries) != 0
    assert list(again.reprice(dear)) == []
    store._db = again._db  # closed by the fixture


def test_a_pass_that_another_table_overtakes_changes_nothing_more(tmp_path: Path, store: Store) -> None:
    """Settings saved while a pass runs, and taken back: the history ends priced by the table asked for last."""
    rows = [line(START_MS + number * 900_000, f"m{number}", "r", model="nobody-knows") for number in range(400)]
    store.record(_read(tmp_path, *rows), 0)
    cheap, dear = _book({"nobody-knows": 1.0}), _book({"nobody-knows": 5.0})
    for _ in store.reprice(cheap):
        pass
    overtaken, newer = store.reprice(dear), store.reprice(cheap)
    for pair in zip(overtaken, newer, strict=False):
        assert pair == (None, None)
    assert list(overtaken) == []
    for _ in newer:
        pass
    cost = sum(portion.costs.calculated for portion in store.history.daily(Days("UTC"), rule=1))
    assert cost == pytest.approx(sum(cheap.cost("nobody-knows", entry.tokens, False) for entry in _all(store))) != 0
    assert list(store.reprice(cheap)) == []
    assert list(store.reprice(dear)) != []


def _all(store: Store) -> list[Entry]:
    return list(store.history.entries(0, 1 << 60, rule=1))


def _book(prices: dict[str, float]) -> PriceBook:
    parity = (paths.resource("prices") / "ccusage-20.0.24.json").read_bytes()
    overrides = {name: structs.replace(PriceOverride(), input=price, output=price) for name, price in prices.items()}
    return PriceBook.from_json(parity, b'{"models":{}}', overrides)


def test_small_things_are_kept(store: Store) -> None:
    """Across restarts, newest wins; unknown is None."""
    store.remember("a", b"1")
    store.remember("a", b"2")
    assert (store.recall("a"), store.recall("b")) == (b"2", None)
