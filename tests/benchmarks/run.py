"""The one command: chooses rows, measures them one after the other, prints the table."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import first_read, idle, large_history, live
from tests.benchmarks.figures import Row, as_json, table
from tests.benchmarks.setting import Setting

ROWS: Final[dict[str, Callable[[Setting], list[Row]]]] = {
    "first-read": first_read.first_read,
    "memory": first_read.memory,
    "store": first_read.store,
    "large": large_history.large,
    "latency": live.latency,
    "loop": live.loop,
    "icon": idle.icon,
    "idle": idle.idle,
}
CORPUS: Final = "CCTRAY_BENCH_CORPUS"
CACHE: Final = "CCTRAY_BENCH_CACHE"
CCUSAGE: Final = "CCTRAY_CCUSAGE"


def main(argv: Sequence[str]) -> int:
    """Measure what the arguments ask for; 1 where something is not reached."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if strangers := [name for name in asked.row if name not in ROWS]:
        parser.error(f"no such row: {', '.join(strangers)} (there are {', '.join(ROWS)})")
    setting = Setting(
        cache=asked.cache, corpus=asked.corpus, ccusage=asked.ccusage, mb=asked.mb, files=asked.files, seed=asked.seed,
        stored=asked.stored, watched=asked.watched, pairs=asked.pairs, idle_s=asked.idle_s, trace=asked.trace,
    )  # fmt: skip
    setting.cache.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in asked.row or ROWS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += ROWS[name](setting)
    print(as_json(rows, _about(setting)) if asked.json else table(rows))
    return 1 if any(row.ok is False for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("row", nargs="*", metavar="row", help=f"rows to measure: {', '.join(ROWS)}; all without any")
    add("--json", action="store_true", help="print JSON")
    add(
        "--cache",
        type=Path,
        default=folder(CACHE) or Path.home() / ".cache" / "cctray-benchmarks",
        help=f"what is kept between runs ({CACHE})",
    )
    add("--corpus", type=Path, default=folder(CORPUS), help=f"a ready Claude config folder to read ({CORPUS})")
    add("--ccusage", type=Path, default=folder(CCUSAGE), help=f"the ccusage program; else npm fetches it ({CCUSAGE})")
    add("--mb", type=int, default=1000, help="size of the generated corpus")
    add("--files", type=int, default=2000, help="its transcripts")
    add("--seed", type=int, default=1, help="of everything that is generated")
    add("--stored", type=int, default=10_000_000, help="responses of the large store")
    add("--watched", type=int, default=3000, help="files that are watched")
    add("--pairs", type=int, default=5, help="runs of cctray and ccusage in turn")
    add("--idle-s", type=float, default=60.0, help="how long to look at an idle program")
    add("--trace", action="store_true", help="name what held the loop longest")
    return parser


def folder(variable: str) -> Path | None:
    """The path a variable names, if it is set."""
    named = os.environ.get(variable)
    return Path(named).absolute() if named else None


def _about(setting: Setting) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "mb": setting.mb,
        "files": setting.files,
        "stored": setting.stored,
        "watched": setting.watched,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
