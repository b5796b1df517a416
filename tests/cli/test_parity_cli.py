"""Every report against ccusage itself, by the command line of both: JSON, exit codes, and the status line.

Needs the real program, named by `CCTRAY_CCUSAGE`.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cctray.cli.ccusage import PINNED
from cctray.cli.demo_history import history
from cctray.cli.difference import compare

ORACLE = os.environ.get("CCTRAY_CCUSAGE", "")
HOUR_MS = 3_600_000
Fields = dict[str, object]

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(not ORACLE, reason="CCTRAY_CCUSAGE names no ccusage"),
    pytest.mark.timeout(120),
]


class Machine:
    """A user's folders and both programs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.claude = root / "claude"
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        self.environ = kept | {
            "HOME": str(root),
            "CLAUDE_CONFIG_DIR": str(self.claude),
            "CCTRAY_DATA_DIR": str(root / "data"),
            "CCTRAY_CONFIG_DIR": str(root / "config"),
            "TZ": "UTC",
        }

    def ccusage(self, *argv: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run ccusage."""
        return self._run([ORACLE, *argv], text)

    def cctray(self, *argv: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run cctray."""
        return self._run([sys.executable, "-m", "cctray", *argv], text)

    def _run(self, command: list[str], text: str) -> subprocess.CompletedProcess[str]:
        where = Path(__file__).parents[2]
        return subprocess.run(
            command, env=self.environ, cwd=where, input=text, capture_output=True, text=True, timeout=60, check=False
        )


def line(at_ms: int, number: int, usage: Fields | None = None, message: Fields | None = None, **fields: object) -> str:
    """Write a line by hand."""
    counts = {"input_tokens": 10 + number, "output_tokens": 20, "cache_creation_input_tokens": 30} | (usage or {})
    said = {"id": f"m{number}", "model": "claude-opus-4-8", "usage": counts} | (message or {})
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at_ms // 1000)) + f".{at_ms % 1000:03d}Z"
    entry = {"timestamp": stamp, "sessionId": "s-odd", "requestId": f"r{number}", "message": said} | fields
    return json.dumps(entry, separators=(",", ":"))


def odd_lines(now_ms: int) -> str:
    """Things that real transcripts hold now and then."""
    old = now_ms - 40 * 24 * HOUR_MS
    return "\n".join(
        [
            line(old, 1, message={"model": "claude-unheard-of-9"}),
            line(old + 1000, 2, costUSD=0.125),
            line(old + 2000, 3, usage={"speed": "fast"}),
            line(old + 2000, 3, usage={"speed": "fast", "output_tokens": 900}),
            line(old + 5 * HOUR_MS, 4, message={"model": "<synthetic>"}),
            line(old + 9 * HOUR_MS, 5, requestId=None),
            line(old + 11 * HOUR_MS, 6, usage={"cache_creation": {"ephemeral_1h_input_tokens": 7}}),
            line(old + 20 * HOUR_MS, 7, message={"model": "claude-sonnet-4-20250514"}, usage={"input_tokens": 300_000}),
            '{"broken":',
            line(now_ms - HOUR_MS, 8, message={"model": "claude-unheard-of-9"}),
        ]
    )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Two weeks of made-up use and some odd lines; both programs read the same files."""
    machine = Machine(tmp_path_factory.mktemp("parity"))
    now_ms = time.time_ns() // 1_000_000
    for transcript in history(3, now_ms, 14):
        path = machine.claude / transcript.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(each + b"\n" for each in transcript.lines))
    odd = machine.claude / "projects" / "-home-ada-odd" / "s-odd.jsonl"
    odd.parent.mkdir()
    odd.write_text(odd_lines(now_ms))
    return machine


REPORTS = [
    "daily",
    "daily --order desc",
    "daily --instances",
    "daily --project=-home-ada-orbit",
    "daily --project=nobody",
    "daily --last 3",
    "daily --mode display",
    "daily --mode calculate",
    "daily --no-cost",
    "daily --timezone Pacific/Chatham",
    "weekly",
    "weekly --start-of-week monday --last 2",
    "weekly --order desc",
    "monthly",
    "monthly --last 1",
    "session",
    "session --no-cost",
    "session --mode display",
    "session --id s-odd",
    "session --id s-odd --no-cost",
    "session --id nobody",
    "blocks",
    "blocks --order desc",
    "blocks --active",
    "blocks --recent",
    "blocks --session-length 2.5",
    "blocks --token-limit max",
    "blocks --active --token-limit 500000",
    "blocks --active --no-cost",
    "blocks --timezone Asia/Kolkata",
]


@pytest.mark.parametrize("command", REPORTS)
def test_report_is_the_same(machine: Machine, command: str) -> None:
    """Same rows, same keys, same numbers, same exit code."""
    argv = [*command.split(), "--json", "--offline"]
    theirs = machine.ccusage("claude", *argv)
    ours = machine.cctray(*argv)
    assert (ours.returncode, ours.stderr) == (0, "")
    assert theirs.returncode == 0
    mine, other = json.loads(ours.stdout), json.loads(theirs.stdout)
    assert keys(mine) == keys(other)
    assert compare(argv[0], mine or {}, other or {}) == []


def keys(value: object) -> object:
    """The shape of a JSON value: keys in their order, all the way down."""
    if isinstance(value, dict):
        return [(key, keys(each)) for key, each in value.items()]
    return [keys(each) for each in value] if isinstance(value, list) else None


@pytest.mark.parametrize("since", ["--since", "--until"])
@pytest.mark.parametrize("report", ["daily", "weekly", "monthly", "session", "blocks"])
def test_dates_cut_the_same(machine: Machine, report: str, since: str) -> None:
    """`--since` and `--until` include their day in both programs."""
    day = time.strftime("%Y%m%d", time.gmtime(time.time_ns() // 10**9 - 5 * 86_400))
    argv = [report, since, day, "--json", "--offline"]
    mine = json.loads(machine.cctray(*argv).stdout)
    assert compare(report, mine, json.loads(machine.ccusage("claude", *argv).stdout)) == []


@pytest.mark.parametrize(
    "command",
    [
        "daily --bogus",
        "daily extra",
        "daily --since 20260230",
        "daily --since 20260202 --until 20260101",
        "daily --mode foo",
        "daily --order foo",
        "daily --timezone Nowhere/Land",
        "daily --last 0",
        "daily --last 1 --since 20260101",
        "weekly --instances",
        "weekly --start-of-week Monday",
        "session --last 1",
        "blocks --session-length x",
        "blocks --session-length 0",
        "blocks --token-limit foo --json",
        "session --id nobody",
        "daily --since 29990101",
        "blocks --since 29990101 --active",
        "statusline --cost-source foo",
        "statusline --context-low-threshold 90 --context-medium-threshold 30",
        "statusline",
    ],
)
def test_exit_codes_are_the_same(machine: Machine, command: str) -> None:
    """Refusals and empty reports end with ccusage's code, and print nothing it would not print."""
    argv = command.split()
    scope = [] if argv[0] == "statusline" else ["claude"]
    theirs, ours = machine.ccusage(*scope, *argv), machine.cctray(*argv)
    assert ours.returncode == theirs.returncode
    assert bool(ours.stdout) <= bool(theirs.stdout)


def test_missing_folder_fails_the_same(machine: Machine) -> None:
    """A CLAUDE_CONFIG_DIR that names nothing is an error of code 1 with nothing on stdout."""
    machine = Machine(machine.root)
    machine.environ["CLAUDE_CONFIG_DIR"] = "/nonexistent"
    for done in (machine.ccusage("claude", "daily", "--json", "--offline"), machine.cctray("daily", "--json")):
        assert (done.returncode, done.stdout) == (1, "")


def test_no_data_is_an_empty_report(tmp_path: Path) -> None:
    """Without any Claude folder both print the same empty report, down to the minus of its zero."""
    machine = Machine(tmp_path)
    del machine.environ["CLAUDE_CONFIG_DIR"]
    for report in ("daily", "weekly", "session", "blocks"):
        argv = [report, "--json", "--offline"]
        ours, theirs = machine.cctray(*argv), machine.ccusage("claude", *argv)
        assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


HOOK = {
    "session_id": "s-odd",
    "transcript_path": "/nowhere",
    "model": {"id": "claude-opus-4-8", "display_name": "Opus"},
}


@pytest.mark.parametrize(
    ("extra", "options"),
    [
        ({"context_window": {"total_input_tokens": 80_123, "context_window_size": 200_000}}, ""),
        (
            {
                "cost": {"total_cost_usd": 2.5},
                "effort": {"level": "high"},
                "context_window": {"total_input_tokens": 190_000, "context_window_size": 200_000},
            },
            "--cost-source both --visual-burn-rate emoji-text",
        ),
        (
            {"context_window": {"total_input_tokens": 999, "context_window_size": 1_000_000}},
            "-B text --timezone Asia/Tokyo",
        ),
    ],
)
def test_statusline_is_the_same(machine: Machine, extra: dict[str, object], options: str) -> None:
    """The same line for the same hook and history."""
    text = json.dumps(HOOK | extra)
    for _ in range(2):  # a minute may turn between the two
        theirs = machine.ccusage("statusline", "--no-cache", *options.split(), text=text).stdout
        ours = machine.cctray("statusline", *options.split(), text=text).stdout
        if ours == theirs:
            return
    assert ours == theirs


def test_parity_command_finds_nothing(machine: Machine) -> None:
    """`cctray parity` says "same" for every report and ends with 0."""
    done = machine.cctray("parity", "--ccusage", ORACLE)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[0].startswith(f"ccusage {PINNED}: ")
    assert done.stdout.count("same (") == 5


def test_parity_command_notices_a_difference(machine: Machine, tmp_path: Path) -> None:
    """A ccusage that tells another number makes it end with 1 and name the cause."""
    liar = tmp_path / "ccusage"
    liar.write_text(f'#!/bin/sh\nexec "{ORACLE}" "$@" | sed "s/\\"outputTokens\\": /\\"outputTokens\\": 1/"\n')
    liar.chmod(0o755)
    done = machine.cctray("parity", "--ccusage", str(liar), "--report", "monthly")
    assert done.returncode == 1
    assert "outputTokens: " in done.stdout


def test_parity_without_ccusage_is_wrong_usage(machine: Machine) -> None:
    """No program, no comparison: code 2, and how to get one."""
    done = machine.cctray("parity", "--ccusage", "/nonexistent/ccusage")
    assert (done.returncode, done.stdout) == (2, "")
