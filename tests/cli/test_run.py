"""The program as a process: exit codes, where words go, and what a start costs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = ("asyncio", "aiohttp", "PySide6", "platformdirs", "watchfiles", "zeroconf", "keyring", "qasync", "numpy", "ssl")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A user with empty folders."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    places = {
        "HOME": str(tmp_path),
        "CCTRAY_DATA_DIR": str(tmp_path / "data"),
        "CCTRAY_CONFIG_DIR": str(tmp_path / "c"),
    }
    return kept | places | {"TZ": "UTC"}


def cctray(environ: dict[str, str], *argv: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "cctray", *argv]
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        command, env=environ, capture_output=True, text=True, timeout=30, check=False, **options
    )


@pytest.mark.parametrize("argv", ["daily --bogus", "nonsense", "daily --json --since 20269999"])
def test_wrong_usage(environ: dict[str, str], argv: str) -> None:
    """Code 2, nothing on stdout, one line on stderr that says what to do."""
    done = cctray(environ, *argv.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cctray: ")
    assert done.stderr.count("\n") == 1


def test_version_and_help(environ: dict[str, str]) -> None:
    """Both end with 0 and write to stdout."""
    for option in ("--version", "--help"):
        done = cctray(environ, option)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(("cctray ", "usage: cctray"))


def started(environ: dict[str, str], *argv: str) -> "subprocess.Popen[bytes]":
    """Start the program with pipes."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-m", "cctray", *argv], env=environ, stdin=pipe, stdout=pipe, stderr=pipe)


def test_closed_pipe_is_quiet(environ: dict[str, str]) -> None:
    """`cctray completion bash | true` complains about nothing."""
    with started(environ, "completion", "bash") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


@pytest.mark.skipif(not Path("/proc/self/wchan").exists(), reason="needs /proc to see the process wait")
def test_interrupt_is_quiet(environ: dict[str, str]) -> None:
    """Ctrl-C ends with 130 and no traceback."""
    with started(environ, "statusline") as process:
        until = time.monotonic() + 20
        while "pipe" not in Path(f"/proc/{process.pid}/wchan").read_text():
            assert time.monotonic() < until
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=30)
        assert (process.returncode, out, said) == (130, b"", b"")


def loaded(environ: dict[str, str], *argv: str, text: str = "") -> set[str]:
    """Modules in memory when the command has ended."""
    code = """
import sys
from cctray.__main__ import main
try:
    main()
except SystemExit:
    pass
print("\\n" + " ".join(sys.modules), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        env=environ,
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("argv", ["--version", "daily --bogus", "completion bash"])
def test_small_commands_load_almost_nothing(environ: dict[str, str], argv: str) -> None:
    """No database, no sockets, no calendar for a command that prints a text."""
    modules = loaded(environ, *argv.split())
    assert modules & {*HEAVY, "sqlite3", "socket", "zoneinfo", "subprocess", "tempfile", "random"} == set()


def test_a_report_loads_no_more_than_it_needs(environ: dict[str, str], tmp_path: Path) -> None:
    """`cctray daily --json` is in a script's inner loop: no event loop, web or Qt library, no page."""
    (tmp_path / ".claude" / "projects" / "p").mkdir(parents=True)
    unwanted = {*HEAVY, "cctray.cli.report_page", "http.client", "email", "urllib.request"}
    assert loaded(environ, "daily", "--json") & unwanted == set()


def test_statusline_loads_no_more_than_it_needs(environ: dict[str, str]) -> None:
    """It runs at every prompt."""
    hook = '{"session_id":"s","transcript_path":"/t","model":{"id":"m","display_name":"M"}}'
    unwanted = {*HEAVY, "http.client", "email", "urllib.request"}
    assert loaded(environ, "statusline", text=hook) & unwanted == set()
