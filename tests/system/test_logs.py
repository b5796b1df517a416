"""The log: where it goes, what it hides, what it never loses."""

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cctray.system import logs

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """The loggers as they were."""
    root, own = logging.getLogger(), logging.getLogger("cctray")
    before = root.handlers[:], root.level, own.level
    yield
    for handler in root.handlers[:]:
        if handler not in before[0]:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(before[1])
    own.setLevel(before[2])


def test_homes_are_hidden(tmp_path: Path) -> None:
    """Neither the home nor Claude's dashed form of it is written, in messages and tracebacks."""
    home = tmp_path / "home" / "ann.b"
    log = logging.getLogger("cctray.feed")
    assert logs.set_up(tmp_path / "log" / "cctray.log", home=home) == ""
    log.info("reading %s", home / ".claude" / "projects" / re.sub("[^A-Za-z0-9]", "-", str(home)) / "x.jsonl")
    log.debug("not without --debug")
    try:
        (home / "missing").read_bytes()
    except OSError:
        log.exception("failed")
    text = (tmp_path / "log" / "cctray.log").read_text()
    assert "~/.claude/projects/" in text
    assert "FileNotFoundError" in text
    assert "ann" not in text
    assert "not without" not in text


def test_debug_goes_to_stderr_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --debug our own DEBUG lines are on stderr and in the file; libraries stay at INFO."""
    logs.set_up(tmp_path / "x.log", is_debug=True, home=tmp_path)
    logging.getLogger("cctray.door").debug("own")
    logging.getLogger("aiohttp").debug("foreign")
    assert "own" in capsys.readouterr().err
    text = (tmp_path / "x.log").read_text()
    assert "own" in text
    assert "foreign" not in text


def test_set_up_twice_writes_once(tmp_path: Path) -> None:
    """A second set-up replaces the first."""
    for name in ("a.log", "b.log"):
        logs.set_up(tmp_path / name, home=tmp_path / "h")
    logging.getLogger("cctray").warning("once")
    assert (tmp_path / "a.log").read_text() == ""
    assert (tmp_path / "b.log").read_text().count("once") == 1


def test_rotation_keeps_three_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is logged, three bounded files remain."""
    monkeypatch.setattr(logs, "MAX_BYTES", 2_000)
    logs.set_up(tmp_path / "log" / "x.log", home=tmp_path / "h")
    for number in range(300):
        logging.getLogger("cctray").warning("line %d", number)
    found = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert found == ["x.log", "x.log.1", "x.log.2"]
    assert all(path.stat().st_size <= 2_000 for path in (tmp_path / "log").iterdir())
    assert "line 299" in (tmp_path / "log" / "x.log").read_text()


def test_an_impossible_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the file cannot be written the log goes to stderr, and the reason is given back."""
    (tmp_path / "file").write_bytes(b"")
    complaint = logs.set_up(tmp_path / "file" / "x.log", home=tmp_path / "h")
    assert "cannot be made" in complaint
    logging.getLogger("cctray").warning("still said")
    assert "still said" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ValueError('main broke')", "ValueError: main broke"),
        ("t = threading.Thread(target=lambda: 1 / 0, name='reader'); t.start(); t.join()", "ZeroDivisionError"),
    ],
)
def test_uncaught_errors_are_logged(tmp_path: Path, code: str, words: str) -> None:
    """What nobody catches, in any thread, is in the log with its traceback and still on stderr."""
    file = tmp_path / "x.log"
    program = (
        "import sys, threading; from pathlib import Path; from cctray.system import logs\n"
        f"logs.set_up(Path(sys.argv[1])); logs.capture_everything()\n{code}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert words in file.read_text()
    assert "CRITICAL" in file.read_text()
    assert (words in done.stderr) == code.startswith("raise")
