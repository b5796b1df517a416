"""Commands beside a running engine, and the demo: whole processes, real door, real files."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cctray.cli.demo_history import history

PATIENCE_S = 30.0


def cctray(environ: dict[str, str], *argv: str, text: str = "") -> str:
    """What a command prints; it has to succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "cctray", *argv],
        env=environ,
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def until(is_true: Callable[[], bool]) -> None:
    """Ask again until it is true."""
    end = time.monotonic() + PATIENCE_S
    while not is_true():
        assert time.monotonic() < end


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A user with a short history and no display."""
    for transcript in history(9, time.time_ns() // 1_000_000, 2):
        path = tmp_path / "claude" / transcript.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in transcript.lines))
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": str(tmp_path),
        "CLAUDE_CONFIG_DIR": str(tmp_path / "claude"),
        "CCTRAY_DATA_DIR": str(tmp_path / "data"),
        "CCTRAY_CONFIG_DIR": str(tmp_path / "config"),
        "TMPDIR": str(tmp_path),
        "TZ": "UTC",
    }


@pytest.fixture
def engine(environ: dict[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    """A running `cctray serve`."""
    command = [sys.executable, "-m", "cctray", "serve"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: json.loads(cctray(environ, "doctor", "--json"))["engine"] is not None)
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def test_commands_beside_the_engine(environ: dict[str, str], engine: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    """Status, reports and the doctor answer through or beside the running engine, and a new line counts at once."""
    assert json.loads(cctray(environ, "doctor", "--json"))["engine"]["pid"] == engine.pid
    before = json.loads(cctray(environ, "daily", "--json"))["totals"]["totalTokens"]
    transcript = next((tmp_path / "claude" / "projects").rglob("*.jsonl"))
    lines = [json.loads(line) for line in transcript.read_bytes().splitlines()]
    entry = next(line for line in lines if "requestId" in line)
    entry["message"]["id"], entry["requestId"] = "msg_fresh", "req_fresh"
    usage = entry["message"]["usage"]
    added = sum(usage[key] for key in usage if key.endswith("_tokens"))
    with transcript.open("ab") as file:
        file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")
    assert json.loads(cctray(environ, "daily", "--json"))["totals"]["totalTokens"] == before + added
    assert json.loads(cctray(environ, "status", "--json"))["today"]["entries"] > 0
    assert "Burn rate" in cctray(environ, "status")


def test_statusline_tells_the_engine_the_limits(environ: dict[str, str], engine: "subprocess.Popen[bytes]") -> None:
    """What Claude Code says about the account's limits reaches every screen."""
    limits = {"five_hour": {"used_percentage": 52.0, "resets_at": time.time_ns() // 10**9 + 3600}}
    hook = {
        "session_id": "s",
        "transcript_path": "/t",
        "model": {"id": "m", "display_name": "M"},
        "rate_limits": limits,
    }
    assert cctray(environ, "statusline", text=json.dumps(hook)).startswith("🤖 M | ")

    def is_told() -> bool:
        limit = json.loads(cctray(environ, "status", "--json")).get("limit")
        return limit is not None and limit["used_share"] == 0.52

    until(is_told)


def test_watch_follows_and_ends_quietly(environ: dict[str, str], engine: "subprocess.Popen[bytes]") -> None:
    """`status --watch` prints the newest line and leaves by Ctrl-C with 130."""
    command = [sys.executable, "-m", "cctray", "status", "--watch"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"tok/min" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, said) == (130, b"")


def test_demo_moves_and_leaves_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    """The demo reads its own made-up transcripts, gets new lines, and takes its folder away when it is ended."""
    untouched = environ | {"CLAUDE_CONFIG_DIR": "/nonexistent"}
    command = [sys.executable, "-m", "cctray", "demo", "--headless", "--days", "2", "--speed", "50"]
    with subprocess.Popen(command, env=untouched, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        shown: set[bytes] = set()
        for line in process.stdout:
            if b"block ends" in line and b"reading" not in line:
                shown.add(line)
            if len(shown) > 3:
                break
        assert len(list(tmp_path.glob("cctray-demo-*"))) == 1
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
    assert list(tmp_path.glob("cctray-demo-*")) == []
    assert not (tmp_path / "data").exists()
