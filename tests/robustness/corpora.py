"""Histories for the robustness tests: filled in a moment, and how to compare two of them."""

from pathlib import Path

from cctray.core.usage import DAILY, ENTRIES
from cctray.feed.places import find_transcripts
from cctray.feed.reading import read_new
from cctray.store.database import translated
from cctray.store.queries import History
from cctray.store.store import Store
from tests.transcripts import many, price_book


def filled(base: Path, files: int = 8, lines: int = 60) -> Path:
    """A history of generated transcripts below `base`, closed; returns its file."""
    many(base, files, lines)
    path = base / "history.sqlite"
    store = Store.open(path, price_book())
    for found in find_transcripts(str(base / "projects"), lambda path, error: None):
        store.record(list(read_new(found.path, None)), 0)
    store.close()
    return path


def answers(store_file: Path) -> dict[str, object]:
    """Everything a history tells: single responses, days and sessions by either rule, and what lies on disk."""
    history = History.open(store_file, price_book())
    try:
        with translated(store_file):
            return _asked(history)
    finally:
        history.close()


def _asked(history: History) -> dict[str, object]:
    told: dict[str, object] = {}
    for rule in (DAILY, ENTRIES):
        for on_disk in (False, True):
            entries = history.entries(-(1 << 60), 1 << 60, rule=rule, on_disk=on_disk)
            told[f"entries {rule} {on_disk}"] = sorted(
                (e.slot_path, e.slot_place, e.at_ms, e.label, e.tokens) for e in entries
            )
    for table in ("cell", "session_sum"):
        query = f"SELECT sum(entries),sum(input),sum(output),sum(cache_read),round(sum(calculated),6) FROM {table}"  # noqa: S608
        told[table] = history.db.execute(query).fetchall()
    told["check"] = history.db.execute("PRAGMA integrity_check").fetchall()
    return told
