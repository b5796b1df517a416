"""The real program without a screen, while somebody kills it, wrecks its history or changes its surroundings."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cctray.core.errors import CctrayError, DamagedStoreError, DoorError
from cctray.core.snapshot import Snapshot
from cctray.door.client import DoorClient, connect
from tests.robustness.corpora import answers
from tests.robustness.processes import environment
from tests.transcripts import line, many
from tests.unprivileged import ROOT

WITHIN_S = 20.0


@contextmanager
def serving(base: Path, data: Path) -> Iterator["tuple[subprocess.Popen[bytes], DoorClient]"]:
    """`cctray serve`, and a way to ask it."""
    with (base / "said").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "cctray", "serve"], cwd=ROOT, env=environment(base, data), stdout=said, stderr=said
        )
        try:
            client = connect(data / "door" / "door.json", WITHIN_S)
            assert client is not None, (base / "said").read_text(encoding="utf-8")
            yield process, client
        finally:
            process.terminate()
            process.wait(timeout=WITHIN_S)


def _until(client: DoorClient, condition: Callable[[Snapshot], bool]) -> Snapshot:
    stream = client.watch()
    try:
        return next(told for told in stream if condition(told))
    finally:
        stream.close()


def _add(base: Path, number: int) -> None:
    with (base / "projects" / "p0" / "s0.jsonl").open("ab") as file:
        file.write(line(message=f"late{number}", request="r"))


def _wreck(store_file: Path, first_page: int) -> None:
    size = store_file.stat().st_size
    with store_file.open("r+b") as file:
        file.seek(first_page * 4096)
        file.write(b"\xa5" * (size - first_page * 4096))


@pytest.mark.parametrize("first_page", [0, 3])
def test_a_history_wrecked_under_the_running_engine_is_read_anew_and_said_aloud(
    tmp_path: Path, first_page: int
) -> None:
    """It moves the wreck aside, reads every transcript again and goes on following them, without a restart."""
    responses = many(tmp_path, files=5, lines=200)
    data = tmp_path / "data"
    with serving(tmp_path, data):
        pass
    with serving(tmp_path, data) as (_, client):
        client.catch_up(WITHIN_S)
        _wreck(data / "history.sqlite", first_page)
        _add(tmp_path, 1)
        with pytest.raises(DamagedStoreError):  # a report meets it first: the engine still has its pages in memory
            answers(data / "history.sqlite")
        with pytest.raises(CctrayError, match="damaged"):
            client.catch_up(WITHIN_S)
        told = _until(client, lambda told: any(problem.code == "store-rebuilt" for problem in told.problems))
        assert any("read anew" in problem.title and problem.is_severe for problem in told.problems)
        client.catch_up(WITHIN_S)
        _add(tmp_path, 2)
        client.catch_up(WITHIN_S)
    assert len(list(data.glob("history.damaged-*.sqlite"))) == 1
    after = answers(data / "history.sqlite")
    assert len(after["entries 1 True"]) == responses + 2  # type: ignore[arg-type]
    assert after["check"] == [("ok",)]


def test_an_engine_that_starts_on_a_wreck_begins_anew(tmp_path: Path) -> None:
    """Pages that only the first question meets, not the opening."""
    responses = many(tmp_path, files=3, lines=200)
    data = tmp_path / "data"
    with serving(tmp_path, data) as (_, client):
        client.catch_up(WITHIN_S)
    _wreck(data / "history.sqlite", 3)
    with serving(tmp_path, data) as (_, client):
        _until(client, lambda told: any(problem.code == "store-rebuilt" for problem in told.problems))
        client.catch_up(WITHIN_S)
    assert len(answers(data / "history.sqlite")["entries 1 True"]) == responses  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_a_killed_engine_leaves_nothing_that_stops_the_next(tmp_path: Path) -> None:
    """kill -9 while it serves: the next one gets lock and door, and no line is lost or doubled."""
    responses = many(tmp_path, files=3, lines=50)
    data = tmp_path / "data"
    for number in range(3):
        with serving(tmp_path, data) as (process, client):
            _add(tmp_path, number)
            client.catch_up(WITHIN_S)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=WITHIN_S)
            with pytest.raises(DoorError):
                client.snapshot()
    with serving(tmp_path, data) as (_, client):
        client.catch_up(WITHIN_S)
    assert len(answers(data / "history.sqlite")["entries 1 True"]) == responses + 3  # type: ignore[arg-type]


def test_a_report_on_a_wreck_says_so_and_is_right(tmp_path: Path) -> None:
    """The command reads the transcripts anew, tells it on stderr and prints valid JSON; told once, not again."""
    responses = many(tmp_path, files=3, lines=100)
    data = tmp_path / "data"
    for wrecked in (False, True, False):
        if wrecked:
            _wreck(data / "history.sqlite", 0)
        done = subprocess.run(
            [sys.executable, "-m", "cctray", "daily", "--json", "--offline"],
            cwd=ROOT,
            env=environment(tmp_path, data),
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=True,
        )
        assert ("damaged" in done.stderr) is wrecked
        assert json.loads(done.stdout)["totals"]["outputTokens"] == 20 * responses
