"""The ccusage program on this machine: where it may be, and a run of it that only our wish decides."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from cctray.core.errors import CctrayError, UsageError

PINNED: Final = "20.0.24"
"""The version whose rules and prices cctray follows."""
RUN_S: Final = 300.0
"""It reads about a gigabyte in two seconds; old ones take half a minute."""
VARIABLE: Final = "CCTRAY_CCUSAGE"
_IN_HOME: Final = (
    ".npm-global/bin/ccusage",
    ".local/bin/ccusage",
    ".bun/bin/ccusage",
    ".volta/bin/ccusage",
    ".local/share/pnpm/ccusage",
    "node_modules/.bin/ccusage",
)
_KEPT: Final = ("PATH", "SystemRoot", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH")
"""Variables a program needs to start; all others could change its numbers."""


def find(asked: str | None) -> Path:
    """Find the program: the one asked for, else `CCTRAY_CCUSAGE`, `PATH`, npm's usual places; raise UsageError."""
    if asked:
        found = shutil.which(asked)
        if found is None:
            raise UsageError(f"{asked} is not a program that can be run.", "Give the path of ccusage itself.")
        return Path(found).absolute()
    for candidate in _candidates():
        if os.access(candidate, os.X_OK) and candidate.is_file():
            return candidate.absolute()
    raise UsageError(
        "No ccusage was found on this machine.",
        f"Install it with 'npm install -g ccusage@{PINNED}', or name it with --ccusage.",
    )


def _candidates() -> Iterator[Path]:
    for named in (os.environ.get(VARIABLE), shutil.which("ccusage")):
        if named:
            yield Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return
    yield from (home / place for place in _IN_HOME)
    yield from sorted(home.glob(".npm/_npx/*/node_modules/.bin/ccusage"))
    yield from sorted(home.glob(".nvm/versions/node/*/bin/ccusage"))


def version(program: Path) -> str:
    """`20.0.24`; raise CctrayError where it cannot be run."""
    words = _output(program, ["--version"], [], "UTC").split()
    return words[-1].decode("utf-8", "replace") if words else "of unknown version"


def report(program: Path, arguments: Sequence[str], folders: Sequence[str], zone: str) -> dict[str, Any]:
    """Run `ccusage claude …` over these Claude config folders and give its JSON; raise CctrayError."""
    output = _output(program, ["claude", *arguments, "--json", "--offline", "--timezone", zone], folders, zone)
    try:
        return msgspec.json.decode(output, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CctrayError(
            f"{program} did not print the JSON of version {PINNED}.", "Compare with that version (--ccusage PATH)."
        ) from error


def _output(program: Path, arguments: list[str], folders: Sequence[str], zone: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="cctray-parity-", ignore_cleanup_errors=True) as empty:
        environ = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environ |= {"HOME": empty, "USERPROFILE": empty, "TZ": zone, "NO_COLOR": "1"}
        if folders:
            environ["CLAUDE_CONFIG_DIR"] = ",".join(folders)
        try:
            done = subprocess.run(
                [str(program), *arguments], cwd=empty, env=environ, capture_output=True, timeout=RUN_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CctrayError(f"{program} cannot be run: {error}.", "Name another one with --ccusage.") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().replace("\n", " ")
        raise CctrayError(f"{program} failed with code {done.returncode}: {said}", "Try the same with ccusage itself.")
    return done.stdout
