"""`cctray doctor`: what was looked for and found, for people and for bug reports. Looks only; changes nothing."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import msgspec
from msgspec import Struct

import cctray
from cctray.cli import ccusage, fresh, home
from cctray.cli.history import open_history
from cctray.cli.home import Home
from cctray.cli.options import EXIT_OK, DoctorOptions
from cctray.cli.run import Start
from cctray.cli.table import printable
from cctray.core.calendar import iso_ms
from cctray.core.errors import CctrayError
from cctray.core.snapshot import Place, Problem, Snapshot
from cctray.door.protocol import Info
from cctray.feed.places import find_places, find_transcripts
from cctray.store.queries import Extent

LIBRARIES: Final = ("PySide6-Essentials", "aiohttp", "msgspec", "orjson", "watchfiles", "qasync", "keyring", "zeroconf")
TRAY_S: Final = 10.0
"""Qt answers in half a second; a dead display server makes it wait."""
TRAY_QUESTION: Final = (
    "from PySide6.QtWidgets import QApplication, QSystemTrayIcon;"
    "app = QApplication([]); print(app.platformName(), QSystemTrayIcon.isSystemTrayAvailable())"
)
"""Asked in a process of its own: Qt ends the process that has no display."""
MEGABYTE: Final = 1_000_000


class Store(Struct, frozen=True, kw_only=True):
    """The history's file."""

    path: str
    exists: bool
    size_bytes: int = 0
    extent: Extent | None = None
    problem: str | None = None
    """Why it can't be looked into."""


class Engine(Struct, frozen=True, kw_only=True):
    """The running engine."""

    pid: int
    version: str
    memory_bytes: int
    cpu_s: float
    watch_mode: str
    watch_reason: str
    watched_files: int


class Findings(Struct, frozen=True, kw_only=True):
    """Everything the doctor found; the keys of `--json`."""

    version: str
    python: str
    system: str
    libraries: dict[str, str | None]
    config_file: str
    config_complaints: tuple[str, ...]
    places: tuple[Place, ...]
    transcripts: int
    transcript_bytes: int
    unreadable: tuple[str, ...]
    store: Store
    log_file: str
    engine: Engine | None
    engine_problem: str | None
    tray: str
    time_zone: str
    skipped_lines: dict[str, int] | None
    """Lines that look like usage and were refused, by reason; None: only a running engine knows them."""
    unpriced_models: tuple[str, ...] | None
    problems: tuple[Problem, ...]
    ccusage: str | None


def execute(options: DoctorOptions, _start: Start) -> int:
    """Look, and print what was found."""
    findings = look(home.find(options))
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(findings), indent=2).decode())
    else:
        print("\n".join(f"{label:<16}{printable(text)}" for label, text in told(findings)))
    return EXIT_OK


def look(place: Home) -> Findings:
    """Look at everything; what cannot be looked at becomes a finding itself."""
    engine, snapshot, engine_problem = _engine(place)
    unreadable: list[str] = []
    sizes = _transcripts(place, unreadable)
    store, skipped, unpriced = _store(place)
    return Findings(
        version=cctray.__version__,
        python=f"{platform.python_implementation()} {platform.python_version()} ({sys.executable})",
        system=platform.platform(),
        libraries={name: _version(name) for name in LIBRARIES},
        config_file=str(place.paths.config_file),
        config_complaints=place.complaints,
        places=find_places(os.environ, place.config.extra_folders).looked_at,
        transcripts=len(sizes),
        transcript_bytes=sum(sizes),
        unreadable=tuple(unreadable),
        store=store,
        log_file=str(place.paths.log_file),
        engine=engine,
        engine_problem=engine_problem,
        tray=_tray(),
        time_zone=home.zone_name(None, place.config),
        skipped_lines=skipped,
        unpriced_models=unpriced,
        problems=snapshot.problems if snapshot else (),
        ccusage=_ccusage(),
    )


def told(findings: Findings) -> list[tuple[str, str]]:
    """The findings as labelled lines."""
    lines = [
        ("cctray", f"{findings.version} on {findings.python}"),
        ("system", f"{findings.system}, time zone {findings.time_zone}"),
        ("libraries", ", ".join(f"{name} {found or 'missing'}" for name, found in findings.libraries.items())),
        ("settings", findings.config_file),
        *(("", f"! {complaint}") for complaint in findings.config_complaints),
        *_labelled("looked for", [f"{place.state:<10} {place.path}" for place in findings.places]),
        ("transcripts", f"{findings.transcripts:,} files, {findings.transcript_bytes / MEGABYTE:,.1f} MB"),
        *_labelled("unreadable", findings.unreadable),
        ("history", _store_text(findings.store)),
        ("log", findings.log_file),
        *_engine_text(findings),
        ("tray", findings.tray),
        ("ccusage", findings.ccusage or "none found (needed for 'cctray parity' only)"),
    ]
    if findings.skipped_lines:
        lines += _labelled("skipped lines", [f"{count:,} {reason}" for reason, count in findings.skipped_lines.items()])
    if findings.unpriced_models:
        lines.append(("unpriced", f"{', '.join(findings.unpriced_models)} (counted as $0)"))
    return [*lines, *_labelled("problems", [f"{each.title} {each.remedy}" for each in findings.problems])]


def _labelled(label: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    return [("" if number else label, text) for number, text in enumerate(texts)]


def _store_text(store: Store) -> str:
    if not store.exists:
        return f"{store.path} (not made yet)"
    size = f"{store.size_bytes / MEGABYTE:,.1f} MB"
    if store.extent is None:
        return f"{store.path} ({size}; {store.problem})"
    extent = store.extent
    since = f" since {iso_ms(extent.first_ms)[:10]}" if extent.first_ms is not None else ""
    return f"{store.path} ({size}, format {extent.format}, {extent.responses:,} responses{since})"


def _engine_text(findings: Findings) -> list[tuple[str, str]]:
    engine = findings.engine
    if engine is None:
        return [("engine", findings.engine_problem or "not running (commands read in what is new by themselves)")]
    reason = f" because {engine.watch_reason}" if engine.watch_reason else ""
    memory, watched = f"{engine.memory_bytes / MEGABYTE:.1f} MB", f"{engine.watched_files:,} files"
    return [
        ("engine", f"running: process {engine.pid}, version {engine.version}, {memory}, {engine.cpu_s:.1f} s of CPU"),
        ("watching", f"{watched} by {engine.watch_mode}{reason}"),
    ]


def _engine(place: Home) -> tuple[Engine | None, Snapshot | None, str | None]:
    try:
        client = fresh.engine_of(place)
        if client is None:
            return None, None, None
        return _engine_of(client.info()), client.snapshot(), None
    except CctrayError as error:
        return None, None, str(error)


def _engine_of(info: Info) -> Engine:
    return Engine(
        pid=info.pid,
        version=info.version,
        memory_bytes=info.rss_bytes,
        cpu_s=info.cpu_s,
        watch_mode=info.watch.mode,
        watch_reason=info.watch.reason,
        watched_files=info.watch.files,
    )


def _transcripts(place: Home, unreadable: list[str]) -> list[int]:
    roots = find_places(os.environ, place.config.extra_folders).roots

    def note(path: str, error: OSError) -> None:
        unreadable.append(f"{path}: {error.strerror}")

    return [found.size for root in roots for found in find_transcripts(root.projects, note)]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _store(place: Home) -> tuple[Store, dict[str, int] | None, tuple[str, ...] | None]:
    """The history's file, the lines it refused and its models without price (None where it can't be looked into)."""
    path = place.paths.store_file
    try:
        size = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    except OSError:
        size = 0
    found = Store(path=str(path), exists=path.exists(), size_bytes=size)
    if not found.exists:
        return found, None, None
    try:
        history = open_history(place)
    except CctrayError as error:
        return msgspec.structs.replace(found, problem=str(error)), None, None
    try:
        return msgspec.structs.replace(found, extent=history.extent()), history.skipped(), history.unpriced()
    except CctrayError as error:
        return msgspec.structs.replace(found, problem=str(error)), None, None
    finally:
        history.close()


def _tray() -> str:
    if sys.platform not in {"win32", "darwin"} and not _displays():
        return "no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): cctray shows its line in the terminal"
    try:
        done = subprocess.run(
            [sys.executable, "-c", TRAY_QUESTION], capture_output=True, text=True, timeout=TRAY_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Qt does not answer: {error}"
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return f"Qt cannot start here: {said[-1] if said else f'code {done.returncode}'}"
    name, _, is_available = done.stdout.strip().partition(" ")
    state = "is there" if is_available == "True" else "is missing (on GNOME: install the AppIndicator extension)"
    return f"the desktop's tray {state} (Qt platform {name}{_displays()})"


def _displays() -> str:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP")
    if not any(os.environ.get(name) for name in names[:2]):
        return ""
    return "".join(f", {name}={os.environ[name]}" for name in names if os.environ.get(name))


def _ccusage() -> str | None:
    try:
        return str(ccusage.find(None))
    except CctrayError:
        return None
