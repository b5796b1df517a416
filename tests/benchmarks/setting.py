"""Setting: what a run of the benchmarks was asked to do, and where its files lie."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

ROOT: Final = Path(__file__).parents[2]
CCUSAGE_VERSION: Final = "20.0.24"
CCUSAGE_PACKAGES: Final = {"linux": "linux-x64", "darwin": "darwin-arm64"}
KEPT: Final = ("PATH", "LANG", "LD_LIBRARY_PATH", "SystemRoot")
"""What a program needs to start; everything else could change its numbers."""


class Setting(Struct, frozen=True, kw_only=True):
    """One run."""

    cache: Path
    """Kept between runs: corpora, the large store, ccusage."""
    corpus: Path | None = None
    """A Claude config folder to read; None: one is generated into the cache."""
    ccusage: Path | None = None
    """None: fetched into the cache."""
    mb: int = 1000
    files: int = 2000
    seed: int = 1
    stored: int = 10_000_000
    """Responses of the large store."""
    watched: int = 3000
    """Files that are watched while nothing or little happens."""
    pairs: int = 5
    """Runs of us and of ccusage, in turn."""
    idle_s: float = 60.0
    trace: bool = False
    """Name what held the loop longest."""

    def program(self) -> Path:
        """The ccusage to compare with, fetched by npm where needed; raises CalledProcessError."""
        if self.ccusage is not None:
            return self.ccusage
        found = self.cache / "ccusage" / "package" / "bin" / "ccusage"
        if not found.exists():
            folder = self.cache / "ccusage"
            folder.mkdir(parents=True, exist_ok=True)
            name = f"@ccusage/ccusage-{CCUSAGE_PACKAGES[sys.platform]}@{CCUSAGE_VERSION}"
            packed = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True)
            shutil.unpack_archive(folder / packed.stdout.decode().split()[-1], folder, "gztar")
        return found


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one measurement, gone after it. On disk: memory file systems would flatter the store."""
    with tempfile.TemporaryDirectory(prefix="cctray-bench-", dir=os.environ.get("CCTRAY_BENCH_TMP")) as folder:
        yield Path(folder)


def environment(folder: Path, config_dirs: list[Path], **more: str) -> dict[str, str]:
    """Variables for a program that keeps everything in `folder` and reads these Claude config folders."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    told = {name: os.environ[name] for name in KEPT if name in os.environ}
    return told | {
        "HOME": str(home),
        "TZ": "UTC",
        "NO_COLOR": "1",
        "PYTHONPATH": str(ROOT),
        "CLAUDE_CONFIG_DIR": ",".join(map(str, config_dirs)),
        "CCTRAY_DATA_DIR": str(folder / "data"),
        "CCTRAY_CONFIG_DIR": str(folder / "config"),
        **more,
    }


def cctray(*arguments: str) -> list[str]:
    """The command line of cctray in this checkout."""
    return [sys.executable, "-m", "cctray", *arguments]


def bench_program(name: str, *arguments: str) -> list[str]:
    """The command line of a program of this folder."""
    return [sys.executable, str(Path(__file__).with_name(f"{name}.py")), *arguments]
