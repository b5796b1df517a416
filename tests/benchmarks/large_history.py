"""Questions to a large store: reports, and the first Snapshot of an engine that starts with it."""

import sys
import time
from pathlib import Path
from typing import Final

from msgspec import structs

from cctray.door.client import connect
from tests.benchmarks.figures import Row, spread
from tests.benchmarks.large_store import LargeStore, large_store
from tests.benchmarks.processes import MemoryWatch, running, timed
from tests.benchmarks.setting import Setting, cctray, environment, scratch

QUICK_S, SLOW_S = 0.5, 2.0
RUNS: Final = 3
START_S: Final = 60.0
REPORTS: Final[dict[str, float]] = {"daily": QUICK_S, "monthly": QUICK_S, "session": SLOW_S, "blocks": SLOW_S}
BESIDE: Final = (
    ("weekly",),
    ("daily", "--since", "20260101"),
    ("blocks", "--active"),
    ("session", "--id", "{session}"),
)


def large(setting: Setting) -> list[Row]:
    """Whole commands and a whole start, with nothing new to read."""
    store = large_store(setting, lambda text: print(text, file=sys.stderr))
    with scratch() as place:
        empty = place / "claude"
        (empty / "projects" / "-home-ada-empty").mkdir(parents=True)
        told = environment(place, [empty], CCTRAY_DATA_DIR=str(store.data_dir))
        rows = [_report(store, name, most_s, told) for name, most_s in REPORTS.items()]
        rows.insert(2, _snapshot(store, told))
        beside = [f"{' '.join(words)} {_seconds(words, store, told):.2f} s" for words in BESIDE]
    rows[0] = structs.replace(rows[0], notes=(", ".join(beside),))
    return rows


def _seconds(words: tuple[str, ...], store: LargeStore, told: dict[str, str]) -> float:
    return timed(cctray(*(word.format(session=store.session_id) for word in words), "--json", "--offline"), told)


def _report(store: LargeStore, name: str, most_s: float, told: dict[str, str]) -> Row:
    seen = spread([_seconds((name,), store, told) for _ in range(RUNS + 1)][1:])
    return Row(
        what=f"{name}, {store.rows:,} stored", reach=f"< {most_s} s", seen=seen.text("s"), ok=seen.middle < most_s
    )


def _snapshot(store: LargeStore, told: dict[str, str]) -> Row:
    times, peak = [], 0
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        with running(cctray("serve"), told) as process, MemoryWatch(process.pid) as watch:
            client = connect(Path(told["CCTRAY_DATA_DIR"]) / "door" / "door.json", START_S)
            if client is None or client.snapshot().block is None:
                raise AssertionError("no Snapshot with a running block came")
            times.append(time.perf_counter() - begin)
        peak = max(peak, watch.peak_bytes)
    seen = spread(times[1:])
    return Row(
        what=f"Snapshot after start, {store.rows:,}", reach=f"< {QUICK_S} s",
        seen=seen.text("s"), ok=seen.middle < QUICK_S,
        notes=(f"from the start of the process, by the door; {peak / 1e6:.0f} MB at most",),
    )  # fmt: skip
