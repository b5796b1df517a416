"""Commands over a real history of made-up transcripts: read in by the command itself, no engine running."""

import csv
import io
import json
import os
import time
from pathlib import Path

import pytest

from cctray.cli.demo_history import Transcript, history
from cctray.cli.options import Options
from cctray.cli.run import run

DAYS = 5
TOKENS = ("inputTokens", "outputTokens", "cacheCreation5mTokens", "cacheCreation1hTokens", "cacheReadTokens")
RESPONSE_COLUMNS = (
    *("timestamp", "date", "project", "sessionId", "projectPath", "model"),
    *(*TOKENS, "totalTokens", "costUSD", "isOnDisk"),
)


@pytest.fixture(scope="module")
def transcripts() -> list[Transcript]:
    """A few made-up days until now."""
    return history(5, time.time_ns() // 1_000_000, DAYS)


@pytest.fixture
def claude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transcripts: list[Transcript]) -> Path:
    """The folder of a user with these transcripts and no cctray running."""
    folder = tmp_path / "claude"
    for transcript in transcripts:
        path = folder / transcript.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in transcript.lines))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "DISPLAY", "WAYLAND_DISPLAY", "CCTRAY_CCUSAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(folder))
    monkeypatch.setenv("CCTRAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CCTRAY_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("TZ", "UTC")
    return folder


def no_engine(_options: Options) -> int:
    """No engine is started by these commands."""
    raise AssertionError


def shown(capsys: pytest.CaptureFixture[str], *argv: str, code: int = 0) -> str:
    """What a command prints on stdout."""
    assert run(argv, no_engine) == code
    return capsys.readouterr().out


def responses(transcripts: list[Transcript]) -> dict[str, int]:
    """Output tokens by message id, the largest copy of each."""
    found: dict[str, int] = {}
    for transcript in transcripts:
        for line in transcript.lines:
            entry = json.loads(line)
            if "requestId" in entry:
                message = entry["message"]
                found[message["id"]] = max(found.get(message["id"], 0), message["usage"]["output_tokens"])
    return found


def test_export_csv_holds_every_response(
    claude: Path, capsys: pytest.CaptureFixture[str], transcripts: list[Transcript]
) -> None:
    """One row per response, with the counts of its largest copy, in columns that stay the same."""
    rows = list(csv.DictReader(io.StringIO(shown(capsys, "export", "--csv"))))
    expected = responses(transcripts)
    assert len(rows) == len(expected)
    assert sum(int(row["outputTokens"]) for row in rows) == sum(expected.values())
    assert [row["timestamp"] for row in rows] == sorted(row["timestamp"] for row in rows)
    assert all(row["isOnDisk"] == "true" and float(row["costUSD"]) > 0 for row in rows)
    assert tuple(rows[0]) == RESPONSE_COLUMNS


def test_export_json_days_sum_to_the_same(
    claude: Path, capsys: pytest.CaptureFixture[str], transcripts: list[Transcript]
) -> None:
    """Sums by day, project and model are the same usage once more, as valid JSON."""
    rows = json.loads(shown(capsys, "export", "--json", "--rows", "days"))
    expected = responses(transcripts)
    assert sum(row["responses"] for row in rows) == len(expected)
    assert sum(row["outputTokens"] for row in rows) == sum(expected.values())


def test_export_of_nothing_is_valid(claude: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty span gives an empty array, or a header alone."""
    assert json.loads(shown(capsys, "export", "--json", "--since", "99990101")) == []
    assert shown(capsys, "export", "--csv", "--since", "99990101").count("\n") == 1


def test_deleted_transcripts_stay_in_the_history(
    claude: Path, capsys: pytest.CaptureFixture[str], transcripts: list[Transcript]
) -> None:
    """Sweeping a transcript shrinks no export, but the one of what is on disk."""
    before = shown(capsys, "export", "--csv").count("\n")
    gone = transcripts[0]
    (claude / gone.path).unlink()
    assert shown(capsys, "export", "--csv").count("\n") == before
    on_disk = shown(capsys, "export", "--csv", "--on-disk").count("\n")
    assert before - on_disk == len(responses([gone]))


def test_status_without_engine(claude: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same Snapshot a screen would draw, as a page and as JSON."""
    page = shown(capsys, "status")
    assert "Burn rate" in page
    assert "Today" in page
    snapshot = json.loads(shown(capsys, "status", "--json"))
    assert snapshot["block"]["entries"] > 0
    assert snapshot["live"]["tokens_per_minute"] >= 0


def test_statusline(
    claude: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, transcripts: list[Transcript]
) -> None:
    """One line with today's and the block's cost of this history."""
    session = Path(transcripts[-1].path).stem
    hook = {"session_id": session, "transcript_path": "/t", "model": {"id": "m", "display_name": "Opus"}}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(hook).encode())))
    line = shown(capsys, "statusline")
    assert line.startswith("🤖 Opus | 💰 $")
    assert "N/A" not in line
    assert "No active block" not in line
    assert line.count("\n") == 1


def test_statusline_survives_an_unreadable_history(
    claude: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude Code's own numbers are still shown where the history cannot be opened."""
    (tmp_path / "data").write_text("a file where the folder should be")
    hook = {"session_id": "s", "transcript_path": "/t", "model": {"id": "m", "display_name": "Opus"}}
    told = hook | {"cost": {"total_cost_usd": 2.5}}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(told).encode())))
    assert shown(capsys, "statusline") == "🤖 Opus | 💰 $2.50 session / $0.00 today / No active block | 🧠 N/A\n"


def test_doctor(claude: Path, capsys: pytest.CaptureFixture[str], transcripts: list[Transcript]) -> None:
    """What was looked for and found, without an engine and before anything was read in."""
    findings = json.loads(shown(capsys, "doctor", "--json"))
    assert findings["transcripts"] == len(transcripts)
    assert findings["engine"] is None
    assert findings["store"]["exists"] is False
    assert findings["places"][0]["state"] == "found"
    text = shown(capsys, "doctor")
    assert "not running" in text
    assert os.environ["CCTRAY_DATA_DIR"] in text


def test_failure_leaves_stdout_empty(
    claude: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half JSON: an error is one sentence on stderr and code 1."""
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/nonexistent")
    assert run(["export", "--json"], no_engine) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("cctray: CLAUDE_CONFIG_DIR names no folder")
