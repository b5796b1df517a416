"""The first read of everything and the report after it, against ccusage in the same minutes; their memory."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from cctray.core.errors import CctrayError
from cctray.door.client import connect
from tests.benchmarks.corpora import corpus
from tests.benchmarks.figures import Row, Spread, ratios, spread
from tests.benchmarks.processes import MemoryWatch, running, timed
from tests.benchmarks.setting import Setting, bench_program, cctray, environment, scratch

READ_RATIO = 1.2
REPORT_RATIO, REPORT_S = 0.15, 0.3
PEAK_MB = 100
START_S = 30.0
REPORTS_A_READ = 2


def first_read(setting: Setting) -> list[Row]:
    """Time of the first read, and of the report once everything is read."""
    folder, program = corpus(setting), setting.program()
    theirs, ours, whole, again = list[float](), list[float](), list[float](), list[float]()
    with scratch() as place:
        command = [str(program), "claude", "daily", "--json", "--offline"]
        timed(command, environment(place, [folder]))  # warms the page cache
        for number in range(setting.pairs):
            theirs.append(timed(command, environment(place, [folder])))
            ours.append(timed(bench_program("catch_up_once"), environment(_fresh(place, f"r{number}"), [folder])))
            whole.append(
                timed(cctray("daily", "--json", "--offline"), environment(_fresh(place, f"w{number}"), [folder]))
            )
            again += _reports(place / f"r{number}", folder)
    report = spread(again)
    share = Spread((report.middle / spread(theirs).middle,))
    ratio = ratios(ours, theirs)
    beside = (
        f"ccusage {spread(theirs).text('s')}",
        f"`cctray daily --json` on an empty history {spread(whole).text('s')}, ratio {ratios(whole, theirs).text('')}",
    )
    return [
        Row(
            what="first read, committed", reach=f"≤ {READ_RATIO} × ccusage, aim < 1.0", seen=spread(ours).text("s"),
            ratio=ratio.text(""), ok=ratio.middle <= READ_RATIO, notes=beside,
        ),
        Row(
            what="report afterwards", reach=f"≤ {REPORT_RATIO} × ccusage, ≤ {REPORT_S} s", seen=report.text("s"),
            ratio=share.text(""), ok=share.middle <= REPORT_RATIO and report.middle <= REPORT_S,
        ),
    ]  # fmt: skip


def _fresh(place: Path, name: str) -> Path:
    folder = place / name
    folder.mkdir()
    return folder


def _reports(place: Path, folder: Path) -> list[float]:
    told = environment(place, [folder])
    timed(cctray("daily", "--json", "--offline"), told)
    return [timed(cctray("daily", "--json", "--offline"), told) for _ in range(REPORTS_A_READ)]


def memory(setting: Setting) -> list[Row]:
    """The most memory while everything is read: the headless engine, the command line, and ccusage."""
    folder, program = corpus(setting), setting.program()
    rows = []
    with scratch() as place:
        told = environment(_fresh(place, "theirs"), [folder])
        theirs = _watched([str(program), "claude", "daily", "--json", "--offline"], told)
        line = _watched(bench_program("catch_up_once"), environment(_fresh(place, "line"), [folder]))
        served = _served(environment(_fresh(place, "serve"), [folder]))
        beside = f"ccusage {theirs.peak_bytes / 1e6:.0f} MB"
        for what, seen in (("peak memory, first read, serve", served), ("peak memory, first read, command", line)):
            rows.append(
                Row(
                    what=what,
                    reach=f"≤ {PEAK_MB} MB",
                    seen=f"{seen.peak_bytes / 1e6:.0f} MB (PSS, all processes)",
                    ratio=f"{seen.peak_bytes / theirs.peak_bytes:.2f}",
                    ok=seen.peak_bytes <= PEAK_MB * 1e6,
                    notes=(f"largest RSS of each process {seen.each()}; {beside}",),
                )
            )
    return rows


def _watched(command: list[str], told: dict[str, str]) -> MemoryWatch:
    process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL)
    with MemoryWatch(process.pid) as watch:
        code = process.wait()
    if code:
        raise AssertionError(f"{command} failed with {code}")
    return watch


def _served(told: dict[str, str]) -> MemoryWatch:
    with running(cctray("serve"), told) as process, MemoryWatch(process.pid) as watch:
        client = connect(Path(told["CCTRAY_DATA_DIR"]) / "door" / "door.json", START_S)
        if client is None:
            raise AssertionError("the door of `cctray serve` did not open")
        client.catch_up()
    return watch


def store(setting: Setting) -> list[Row]:
    """Bytes a response and new rows per second of the store alone."""
    folder = corpus(setting)
    with scratch() as place:
        told = environment(place, [folder])
        done = subprocess.run(bench_program("record_all"), env=told, capture_output=True, check=False)
        if done.returncode:
            raise CctrayError(f"record_all failed: {done.stderr.decode()[-2000:]}", "Look at its traceback.")
        rows, seconds = done.stdout.split()
        path = place / "data" / "history.sqlite"
        size = path.stat().st_size
        parts = _parts(path)
    each, speed = size / int(rows), int(rows) / float(seconds)
    return [
        Row(what="bytes a response", reach="≤ 120", seen=f"{each:.0f}", ok=each <= 120, notes=(parts,)),
        Row(what="new rows per second", reach="≥ 150,000", seen=f"{speed:,.0f}", ok=speed >= 150_000),
    ]


def _parts(path: Path) -> str:
    """What the bytes are spent on."""
    db = sqlite3.connect(path)
    try:
        rows = db.execute("SELECT name,sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC LIMIT 8").fetchall()
    except sqlite3.OperationalError:
        return f"this SQLite has no dbstat ({sys.version})"
    finally:
        db.close()
    return ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in rows)
