"""The history is a function of what lies on disk, not of the order, the pieces or the restarts it was read in."""

import base64
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cctray.core.prices import PriceBook
from cctray.core.records import PART_BITS, Position, path_text
from cctray.core.usage import DAILY, ENTRIES
from cctray.feed.reading import read_new
from cctray.store.entries import fold_order
from cctray.store.store import Store
from tests.transcripts import CORPORA, START_MS, corpus, folded, line, price_book, write_all

EVER = (-(1 << 60), 1 << 60)
PIECES = (1, 50, 200, 5_000, 100_000)
BOOK = price_book()


class Machine:
    """One machine's disk and history: files grow, are rewritten, deleted, renamed; the program restarts."""

    def __init__(self, base: Path, rng: random.Random) -> None:
        self.base = base
        self.rng = rng
        self.known: dict[Path, Position] = {}
        self.store = Store.open(base / "history.sqlite", BOOK)

    def read(self, path: Path) -> None:
        """One reading, as the feed makes it."""
        reads = list(read_new(str(path), self.known.get(path)))
        assert not self.store.record(reads, 0).stale
        self.known[path] = reads[-1].position

    def lose(self, path: Path) -> None:
        """Delete a transcript, and notice it."""
        path.unlink()
        self.store.lose([path_text(str(path))], 0)
        self.known.pop(path, None)

    def restart(self) -> None:
        """End the program and start it; it remembers what the store does."""
        self.store.close()
        self.store = Store.open(self.base / "history.sqlite", BOOK)
        found = self.store.positions([path_text(str(path)) for path in self.known])
        assert found == {path_text(str(path)): position for path, position in self.known.items()}

    def grow(self, contents: Mapping[str, bytes]) -> None:
        """Write all files in random pieces in random order, reading after each; now and then something happens."""
        left = {self.base / name: data for name, data in contents.items()}
        done = dict.fromkeys(left, 0)
        while any(done[path] < len(left[path]) for path in left):
            path = self.rng.choice([path for path in left if done[path] < len(left[path])])
            piece = left[path][done[path] : done[path] + self.rng.choice(PIECES)]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(piece)
            done[path] += len(piece)
            self.disturb(path, left[path][: done[path]])
            self.read(path)

    def disturb(self, path: Path, so_far: bytes) -> None:
        """Delete and restore, rewrite in place, or restart."""
        event = self.rng.random()
        if event < 0.1:
            self.lose(path)
            path.write_bytes(so_far)
        elif event < 0.2 and path in self.known:
            path.write_bytes(b'{"type":"summary","summary":"other content"}\n' * 3)
            self.read(path)
            path.write_bytes(so_far)
        elif event < 0.25:
            self.restart()


def _counted(store: Store, rule: int, *, on_disk: bool = False) -> list[tuple[Any, ...]]:
    entries = store.history.entries(*EVER, rule=rule, on_disk=on_disk)
    ordered = sorted(entries, key=fold_order)
    mask = (1 << PART_BITS) - 1
    return [
        (e.at_ms, e.model, e.label, e.tokens, (e.slot_path, e.slot_place >> PART_BITS, e.slot_place & mask))
        for e in ordered
    ]


def _wanted(contents: Mapping[str, bytes], rule: int, book: PriceBook) -> list[tuple[Any, ...]]:
    slots = folded(contents, rule, book)
    return [
        (
            slot.copy.event.at_ms, slot.copy.event.model, slot.copy.event.label, slot.copy.event.tokens,
            (slot.opened_by.path, slot.opened_by.event.offset, slot.opened_by.event.part),
        )
        for slot in slots
    ]  # fmt: skip


def _assert_equal(store: Store, contents: Mapping[str, bytes]) -> None:
    for rule in (DAILY, ENTRIES):
        wanted = _wanted(contents, rule, BOOK)
        assert _counted(store, rule) == wanted
        assert _counted(store, rule, on_disk=True) == wanted
        _assert_sums(store, rule)


def _assert_sums(store: Store, rule: int) -> None:
    entries = [e for e in store.history.entries(*EVER, rule=rule) if not e.is_huge]
    times = [e.at_ms for e in entries]
    for table in ("cell", "session_sum"):
        columns = (
            "coalesce(sum(entries),0),coalesce(sum(input),0),coalesce(sum(output),0),coalesce(sum(cache_5m),0),"
            "coalesce(sum(cache_1h),0),coalesce(sum(cache_read),0),min(first_ms),max(last_ms),coalesce(sum(logged),0),"
            "coalesce(sum(calculated),0),coalesce(sum(shadow),0)"
        )
        query = f"SELECT {columns} FROM {table} WHERE counts&?"  # noqa: S608 - constants
        got = store.history.db.execute(query, (rule,)).fetchone()
        kinds = [
            sum(getattr(e.tokens, kind) for e in entries)
            for kind in ("input", "output", "cache_5m", "cache_1h", "cache_read")
        ]
        assert got[:8] == (len(entries), *kinds, min(times, default=None), max(times, default=None))
        costs = [sum(getattr(e.costs, kind) for e in entries) for kind in ("logged", "calculated", "shadow")]
        assert got[8:] == pytest.approx(costs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(60))
def test_pieces_orders_and_restarts_do_not_matter(tmp_path: Path, seed: int) -> None:
    """Random pieces, deletions, rewrites and restarts end with what one pass over the complete files counts."""
    rng = random.Random(seed)
    contents = corpus(seed, files=rng.randrange(1, 6))
    machine = Machine(tmp_path, rng)
    machine.grow(contents)
    _assert_equal(machine.store, {str(tmp_path / name): data for name, data in contents.items()})
    machine.store.close()


def _vectors() -> list[dict[str, Any]]:
    file = CORPORA / "ccusage-vectors.json"
    return json.loads(file.read_bytes())["vectors"] if file.exists() else []


@pytest.mark.skipif(not _vectors(), reason="the shared corpora are not on this machine")
def test_recorded_cases_do_not_depend_on_order_either(tmp_path: Path) -> None:
    """The same for every fifth recorded case of ccusage, with its own oddities."""
    for number, vector in enumerate(_vectors()[::5]):
        base = tmp_path / str(number)
        base.mkdir()
        contents = {
            name: told["text"].encode("utf-8", "surrogatepass") if "text" in told else base64.b64decode(told["base64"])
            for name, told in vector["files"].items()
        }
        machine = Machine(base, random.Random(number))
        machine.grow(contents)
        _assert_equal(machine.store, {str(base / name): data for name, data in contents.items()})
        machine.store.close()


@pytest.mark.parametrize("seed", range(20))
def test_deletion_never_shrinks_history(tmp_path: Path, seed: int) -> None:
    """Deleted transcripts leave `on disk` as if they had never been, and all of history entry by entry as it was."""
    contents = corpus(seed + 1000, files=4)
    machine = Machine(tmp_path, random.Random(seed))
    for path in write_all(tmp_path, contents):
        machine.read(path)
    before = {rule: [row[:4] for row in _counted(machine.store, rule)] for rule in (DAILY, ENTRIES)}
    gone = list(contents)[: 1 + seed % 3]
    for name in gone:
        machine.lose(tmp_path / name)
    left = {str(tmp_path / name): data for name, data in contents.items() if name not in gone}
    for rule in (DAILY, ENTRIES):
        assert [row[:4] for row in _counted(machine.store, rule)] == before[rule]
        on_disk = [row[:4] for row in _counted(machine.store, rule, on_disk=True)]  # their order is that of all history
        assert sorted(on_disk, key=repr) == sorted((row[:4] for row in _wanted(left, rule, BOOK)), key=repr)
        _assert_sums(machine.store, rule)
    for name in gone:
        (tmp_path / name).write_bytes(contents[name])
        machine.read(tmp_path / name)
    _assert_equal(machine.store, {str(tmp_path / name): data for name, data in contents.items()})
    machine.store.close()


@pytest.mark.parametrize("seed", range(20))
def test_a_renamed_transcript_counts_as_if_it_had_always_lain_there(tmp_path: Path, seed: int) -> None:
    """Moving files between projects and sessions ends with what one pass over the new places counts."""
    rng = random.Random(seed)
    contents = corpus(seed + 2000, files=3)
    machine = Machine(tmp_path, rng)
    for path in write_all(tmp_path, contents):
        machine.read(path)
    old = rng.choice(list(contents))
    new = rng.choice(
        ["projects/-home-dev-p1/moved.jsonl", "projects/elsewhere/s1.jsonl", "projects/q/s0/subagents/agent-x.jsonl"]
    )
    (tmp_path / new).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / old).rename(tmp_path / new)
    machine.store.move(path_text(str(tmp_path / old)), str(tmp_path / new), 0)
    machine.known[tmp_path / new] = machine.known.pop(tmp_path / old)
    contents[new] = contents.pop(old)
    machine.restart()
    _assert_equal(machine.store, {str(tmp_path / name): data for name, data in contents.items()})
    machine.store.close()


@pytest.mark.parametrize("seed", range(20))
def test_a_transcript_moved_to_where_a_deleted_one_lay_counts_once(tmp_path: Path, seed: int) -> None:
    """Its usage follows it, what the deleted one told stays in history, and it is read on from where it was."""
    machine = Machine(tmp_path, random.Random(seed))
    contents = corpus(seed + 3000, files=4)
    machine.grow(contents)
    deleted, old, *_ = contents
    machine.lose(tmp_path / deleted)
    (tmp_path / old).rename(tmp_path / deleted)
    assert not machine.store.move(path_text(str(tmp_path / old)), str(tmp_path / deleted), 0).stale
    machine.known[tmp_path / deleted] = machine.known.pop(tmp_path / old)
    machine.restart()
    own = line(START_MS, "the-last", "r")
    with (tmp_path / deleted).open("ab") as file:
        file.write(own)
    machine.read(tmp_path / deleted)
    left = {str(tmp_path / name): data for name, data in contents.items() if name not in {deleted, old}}
    left[str(tmp_path / deleted)] = contents[old] + own
    ever = left | {str(tmp_path / deleted): contents[old] + own + contents[deleted]}  # what is gone comes last
    for rule in (DAILY, ENTRIES):
        for wanted, on_disk in ((left, True), (ever, False)):
            counted = [row[:4] for row in _counted(machine.store, rule, on_disk=on_disk)]
            assert sorted(counted, key=repr) == sorted((row[:4] for row in _wanted(wanted, rule, BOOK)), key=repr)
        _assert_sums(machine.store, rule)
    machine.store.close()
