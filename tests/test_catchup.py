"""One pass without an engine: what is new on disk, whatever state the history is in."""

import os
import sqlite3
from pathlib import Path

import pytest

from cctray import catchup
from cctray.core.config import Config
from cctray.core.errors import FeedError, NewerStoreError
from cctray.core.snapshot import Reading
from cctray.feed import cold
from cctray.store.queries import History
from cctray.system.paths import Paths
from tests.transcripts import START_MS, line, many, price_book, snapshot_of
from tests.unprivileged import unprivileged


@pytest.fixture
def place(home: Path) -> Paths:
    """Folders of an empty home with one project."""
    (home / ".claude" / "projects" / "p").mkdir(parents=True)
    return Paths(config_dir=home / "config", data_dir=home / "data", log_dir=home / "data" / "log")


def _add(home: Path, name: str, *ids: str) -> Path:
    path = home / ".claude" / "projects" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"".join(line(START_MS, f"{name}-{one}", "r") for one in ids))
    return path


def _count(place: Paths, *, on_disk: bool = False) -> int:
    history = History.open(place.store_file, price_book())
    found = len(list(history.entries(-(1 << 60), 1 << 60, rule=1, on_disk=on_disk)))
    history.close()
    return found


def _run(place: Paths) -> list[str]:
    return catchup.run(place, Config(), lambda reading: None).complaints()


def test_each_pass_takes_what_is_new(home: Path, place: Paths) -> None:
    """Grown, added, renamed and deleted transcripts between two passes."""
    first = _add(home, "p/a.jsonl", "1", "2")
    assert _run(place) == []
    assert _count(place) == 2
    _add(home, "p/a.jsonl", "3")
    _add(home, "q/b.jsonl", "1")
    _run(place)
    assert _count(place) == 4
    first.rename(home / ".claude" / "projects" / "q" / "c.jsonl")
    _run(place)
    assert (_count(place), _count(place, on_disk=True)) == (4, 4)
    (home / ".claude" / "projects" / "q" / "c.jsonl").unlink()
    _run(place)
    assert (_count(place), _count(place, on_disk=True)) == (4, 1)


def test_a_large_pass_shows_progress(home: Path, place: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """By processes, with files and bytes that only grow."""
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    monkeypatch.setattr(catchup, "LOT_RECORDS", 50)
    responses = many(home / ".claude", files=6, lines=40)
    told: list[Reading] = []
    catchup.run(place, Config(), told.append)
    assert _count(place) == responses
    assert [one.files_done for one in told] == sorted(one.files_done for one in told)
    assert {one.files_total for one in told} == {6}


def test_a_damaged_history_is_moved_aside_read_anew_and_said_aloud(home: Path, place: Paths) -> None:
    """Whether opening meets the damage or only writing does."""
    _add(home, "p/a.jsonl", *map(str, range(500)))
    _run(place)
    for first_page in (0, 2):
        with place.store_file.open("r+b") as file:
            file.seek(first_page * 4096)
            file.write(b"\xa5" * (place.store_file.stat().st_size - first_page * 4096))
        _add(home, "p/a.jsonl", f"more-{first_page}")
        said = _run(place)
        assert len(said) == 1
        assert "damaged" in said[0]
        assert _run(place) == []
    assert _count(place) == 502
    assert len(list(place.data_dir.glob("history.damaged-*.sqlite"))) == 2


def test_a_newer_history_is_left_alone(home: Path, place: Paths) -> None:
    """Refused with a sentence, not moved aside."""
    _add(home, "p/a.jsonl", "1")
    _run(place)
    db = sqlite3.connect(place.store_file)
    db.execute("PRAGMA user_version=999")
    db.close()
    with pytest.raises(NewerStoreError, match="newer cctray"):
        _run(place)
    assert not list(place.data_dir.glob("history.damaged*"))


def test_files_of_another_user_are_named_and_the_others_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence for all of them."""
    with unprivileged() as home:
        if not os.access(__file__, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
            pytest.skip("this checkout is root's alone: nobody else can run cctray from it")
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "x"))
        place = Paths(config_dir=home / "config", data_dir=home / "data", log_dir=home / "data" / "log")
        for name in ("a", "b"):
            _add(home, f"p/{name}.jsonl", "1").chmod(0o000)
        _add(home, "p/open.jsonl", "1")
        said = _run(place)
        assert _count(place) == 1
    assert len(said) == 1
    assert "and 1 more can't be read (Permission denied)" in said[0]


def test_a_variable_that_names_nothing_is_refused(place: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ccusage does, before anything is made."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/nowhere")
    with pytest.raises(FeedError, match="/nowhere"):
        _run(place)
    assert not place.data_dir.exists()


def test_no_data_at_all_is_no_error(home: Path, place: Paths) -> None:
    """A machine without Claude Code has an empty history."""
    (home / ".claude" / "projects" / "p").rmdir()
    (home / ".claude" / "projects").rmdir()
    assert _run(place) == []
    assert _count(place) == 0


def test_it_writes_nothing_where_transcripts_lie(home: Path, place: Paths) -> None:
    """Contents, times, inodes and permissions stay, also of broken and unfinished files."""
    _add(home, "p/a.jsonl", "1")
    (home / ".claude" / "projects" / "p" / "b.jsonl").write_bytes(b"broken\n" + line(message="m2").rstrip(b"\n"))
    with snapshot_of(home / ".claude"):
        _run(place)
        _run(place)


def test_folders_on_a_drive_that_comes_and_goes(home: Path, place: Paths, tmp_path: Path) -> None:
    """A folder of the settings that is away counts as not on disk and loses nothing; back again all is as before."""
    drive = tmp_path / "drive" / "claude"
    (drive / "projects" / "p").mkdir(parents=True)
    (drive / "projects" / "p" / "a.jsonl").write_bytes(line(message="d1") + line(message=None))
    config = Config(extra_folders=(str(drive),))
    _add(home, "p/a.jsonl", "1")
    for _ in range(2):
        catchup.run(place, config, lambda reading: None)
        assert (_count(place), _count(place, on_disk=True)) == (3, 3)
        os.rename(tmp_path / "drive", tmp_path / "unplugged")  # noqa: PTH104 - as above
        catchup.run(place, config, lambda reading: None)
        assert (_count(place), _count(place, on_disk=True)) == (3, 1)
        os.rename(tmp_path / "unplugged", tmp_path / "drive")  # noqa: PTH104 - as above
    catchup.run(place, config, lambda reading: None)
    assert (_count(place), _count(place, on_disk=True)) == (3, 3)
