"""A disk that is full, refuses or may not be written: told in a sentence, and nothing is lost once it works again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cctray.core.errors import StoreError
from cctray.feed.reading import read_new
from cctray.store.store import Store
from tests.robustness.corpora import answers
from tests.robustness.processes import catch_up
from tests.transcripts import START_MS, line, many, price_book

LIMIT = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_disk_that_refuses_is_told_and_the_next_run_loses_nothing(tmp_path: Path) -> None:
    """The catch-up ends with a sentence; what was committed stays, the rest is read when there is room."""
    responses = many(tmp_path, files=20, lines=200)
    code, said = catch_up(tmp_path, tmp_path / "data", LIMIT)
    assert code == 1
    assert "refuses" in said or "full" in said
    assert "Traceback" not in said
    assert catch_up(tmp_path, tmp_path / "data") == (0, "")
    assert catch_up(tmp_path, tmp_path / "calm") == (0, "")
    after = answers(tmp_path / "data" / "history.sqlite")
    assert after == answers(tmp_path / "calm" / "history.sqlite")
    assert len(after["entries 1 False"]) == responses  # type: ignore[arg-type]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_and_the_same_store_goes_on_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    """Without reopening anything: the commit that failed is made again and nothing is lost or doubled."""
    store = Store.open(small_disk / "h.sqlite", price_book())
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"".join(line(START_MS + number, f"m{number}", f"r{number}") for number in range(4_000)))
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):  # noqa: PT012 - to the brim
        while True:
            file.write(b"x" * 4096)
    reads = list(read_new(str(path), None))
    for _ in range(2):
        with pytest.raises(StoreError, match=r"full|refuses"):
            store.record(reads, 0)
    assert store.present() == []
    ballast.unlink()
    assert store.record(reads, 0).rows == 4_000
    assert len(list(store.history.entries(0, 1 << 60, rule=1))) == 4_000
    store.close()
