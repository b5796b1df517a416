"""kill -9 at any moment of reading: nothing is lost, nothing counts twice."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.robustness.corpora import answers
from tests.robustness.processes import catch_up, start
from tests.transcripts import line, many

KILLS = 8


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_again_and_again_it_ends_where_an_undisturbed_run_does(tmp_path: Path) -> None:
    """Eight kills at random moments of a first read by processes, files growing in between; then one whole run."""
    rng = random.Random(7)
    responses = many(tmp_path, files=40, lines=250, width=900)
    began = time.monotonic()
    assert catch_up(tmp_path, tmp_path / "calm") == (0, "")
    takes_s = time.monotonic() - began
    for number in range(KILLS):
        process = start(tmp_path, tmp_path / "killed")
        try:
            process.wait(timeout=rng.uniform(0.2, 1.0) * takes_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        with (tmp_path / "projects" / "p0" / "s0.jsonl").open("ab") as file:
            file.write(line(message=f"late{number}", request="r") + line(message="half", request="r")[:100] + b"\n")
    assert catch_up(tmp_path, tmp_path / "killed") == (0, "")
    assert catch_up(tmp_path, tmp_path / "calm") == (0, "")
    calm, killed = (answers(tmp_path / name / "history.sqlite") for name in ("calm", "killed"))
    assert killed == calm
    assert killed["check"] == [("ok",)]
    assert len(killed["entries 1 False"]) == responses + KILLS  # type: ignore[arg-type]
