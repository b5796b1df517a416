"""The harness itself: statistics, the table, and what is generated."""

import json
from pathlib import Path
from random import Random

import pytest

from cctray.core.transcript import parse
from tests.benchmarks import corpora, run
from tests.benchmarks.figures import Row, as_json, quantile, ratios, spread, table
from tests.benchmarks.large_store import DAY_MS, LargeStore, large_store, sessions
from tests.benchmarks.setting import Setting


def small(cache: Path) -> Setting:
    """A run that takes no time."""
    return Setting(cache=cache, mb=1, files=12, watched=20, stored=600)


def test_spread_tells_the_median_and_the_ends() -> None:
    """Several runs are told as median, least and most; one run as itself."""
    assert spread([3.0, 1.0, 2.0]).text("s") == "2.00 s (1.00–3.00, 3 runs)"
    assert spread([0.256]).text("s") == "0.26 s"
    with pytest.raises(ValueError, match="no run"):
        spread([])


def test_ratios_are_of_runs_made_one_after_the_other() -> None:
    """Each run is divided by its neighbour, so that a slow minute counts on both sides."""
    assert ratios([2.0, 9.0], [1.0, 3.0]).values == (2.0, 3.0)
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


def test_quantile_is_a_value_that_was_seen() -> None:
    """Nearest rank: the 99th of a hundred values is the one but last."""
    values = [float(value) for value in range(100, 0, -1)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1.0)) == (50.0, 99.0, 100.0)
    assert quantile([7.0], 0.01) == 7.0


def test_the_table_has_a_word_for_every_outcome() -> None:
    """Reached, missed and not measured differ; notes stand below, after the name of their row."""
    rows = [
        Row(what="a", reach="≤ 1 s", seen="0.50 s", ratio="0.40", ok=True),
        Row(what="long name", reach="≤ 1 s", seen="2.00 s", ok=False, notes=("it swapped",)),
        Row(what="c", reach="", seen="not here"),
    ]
    lines = table(rows).splitlines()
    assert lines[0].split() == ["what", "reach", "seen", "ratio", "ok"]
    assert [line.split()[-1] for line in lines[2:5]] == ["yes", "NO", "–"]
    assert len({line.index(mark) for line, mark in zip(lines[2:4], ("≤", "≤"), strict=True)}) == 1
    assert lines[-1] == "long name: it swapped"
    told = json.loads(as_json(rows, {"cores": 2}))
    assert (told["about"], [row["ok"] for row in told["rows"]]) == ({"cores": 2}, [True, False, None])


def test_the_watched_files_are_transcripts(tmp_path: Path) -> None:
    """As many as asked for, in several projects, and every one holds a response."""
    folder = corpora.watched(small(tmp_path))
    files = list((folder / "projects").rglob("*.jsonl"))
    assert len(files) == 20
    assert len({path.relative_to(folder).parts[1] for path in files}) > 2
    assert all(parse(path.read_bytes(), 0).events for path in files)
    assert corpora.watched(small(tmp_path)) == folder


def test_a_corpus_of_our_own_has_the_size_asked_for(tmp_path: Path) -> None:
    """Padded with tool results it comes close to the megabytes asked for, and stays readable."""
    setting = small(tmp_path)
    files = list(corpora.padded(setting, corpora.newest(setting.files, setting.seed)))
    size = sum(len(line) + 1 for file in files for line in file.lines)
    assert 0.5 < size / (setting.mb * 1e6) < 2
    assert all(json.loads(line) for file in files for line in file.lines)


def test_sessions_of_the_large_store_leave_the_nights_free() -> None:
    """In order of time, over three years, each with responses of its own, none in the small hours."""
    made = list(sessions(Random(1), 300, 1_800_000_000_000))
    begins = [one.records[0].at_ms for one in made]
    assert begins == sorted(begins)
    assert begins[-1] - begins[0] > 1_000 * DAY_MS
    assert all(8 <= at_ms % DAY_MS / 3_600_000 < 23 for one in made for at_ms in one.span or ())
    messages = [record.message for one in made for record in one.records]
    assert len(set(messages)) == len(messages)


def test_the_large_store_is_kept_and_topped_up(tmp_path: Path) -> None:
    """It is generated once; its transcripts are gone, and its newest session runs now."""
    said: list[str] = []
    setting = small(tmp_path)
    stores: list[LargeStore] = [large_store(setting, said.append) for _ in range(2)]
    assert stores[0] == stores[1]
    assert len(said) == 1


def test_rows_are_chosen_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is no row is refused with the names there are."""
    with pytest.raises(SystemExit):
        run.main(["no-such-row"])
    assert "first-read" in capsys.readouterr().err
