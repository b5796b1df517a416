"""The feed as a whole: a real folder that changes under it, a real history behind it."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cctray.core.snapshot import PlaceState
from cctray.feed import cold, tail
from cctray.feed import watch as watch_module
from cctray.feed.places import Places, find_places
from cctray.feed.tail import Feed
from cctray.feed.watch import CannotWatchError, Changed
from cctray.store.store import Store
from tests.fakes import StoreSink
from tests.transcripts import START_MS, line, many, price_book, snapshot_of, write_all
from tests.unprivileged import ROOT, unprivileged

BOOK = price_book()


@contextlib.contextmanager
def _history(folder: Path) -> Iterator[StoreSink]:
    store = Store.open(folder / "history.sqlite", BOOK)
    yield StoreSink(store)
    store.close()


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[StoreSink]:
    """A real history."""
    with _history(tmp_path) as sink:
        yield sink


class Running:
    """A feed on a folder, and how to change what it sees."""

    def __init__(self, base: Path, sink: StoreSink, reader: ThreadPoolExecutor) -> None:
        self.base = base
        self.projects = base / "projects"
        self.notices = (True, "")
        self.sink = sink
        self.feed = Feed(sink, reader, self.look, lambda _: self.notices, lambda: 0)

    def look(self) -> Places:
        """Where the transcripts are."""
        return find_places({"HOME": str(self.base), "CLAUDE_CONFIG_DIR": str(self.base)}, ())

    def add(self, name: str, *ids: str) -> Path:
        """Append a response per id."""
        path = self.projects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(b"".join(line(START_MS, f"{name}-{one}", "r") for one in ids))
        return path

    async def counted(self, responses: int, *, on_disk: bool = False) -> None:
        """Wait until so many responses count."""
        await self.sink.until(lambda: self.sink.count(on_disk=on_disk) == responses)


@contextlib.asynccontextmanager
async def _serving(running: Running) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(running.feed.serve())
        await running.sink.until(lambda: bool(running.sink.watches))
        await running.feed.catch_up()
        yield
        serving.cancel()


@pytest.fixture
def running(tmp_path: Path, sink: StoreSink) -> Iterator[Running]:
    """A feed on an empty folder."""
    (tmp_path / "projects").mkdir()
    with ThreadPoolExecutor(1) as reader:
        yield Running(tmp_path, sink, reader)


async def test_it_follows_a_folder_through_everything_that_happens(running: Running) -> None:
    """Grown, new, rewritten, deleted, restored and renamed files, each noticed, nothing counted twice."""
    first = running.add("p/a.jsonl", "1", "2")
    async with _serving(running):
        await running.counted(2)
        running.add("p/a.jsonl", "3")
        await running.counted(3)
        running.add("q/b.jsonl", "1")
        await running.counted(4)
        content = first.read_bytes()
        first.unlink()
        await running.counted(1, on_disk=True)
        assert running.sink.count() == 4
        first.write_bytes(content)
        await running.counted(4, on_disk=True)
        first.rename(running.projects / "p" / "c.jsonl")
        await running.sink.until(lambda: str(running.projects / "p" / "c.jsonl") in running.sink.store.present())
        (running.projects / "p").rename(running.projects / "z")
        await running.sink.until(lambda: str(running.projects / "z" / "c.jsonl") in running.sink.store.present())
        await running.feed.catch_up()
        assert (running.sink.count(), running.sink.count(on_disk=True)) == (4, 4)
        (running.projects / "z" / "c.jsonl").write_bytes(line(START_MS, "other", "r"))
        await running.counted(2, on_disk=True)
        shutil.rmtree(running.projects / "z")
        await running.counted(1, on_disk=True)
        assert running.sink.count() == 5


async def test_it_says_how_many_files_it_follows(running: Running) -> None:
    """After the first read as after every file that comes or goes, not only at the next survey."""
    first = running.add("p/a.jsonl", "1")
    async with _serving(running):
        assert running.sink.watches[-1].files == 1
        running.add("p/b.jsonl", "1")
        await running.sink.until(lambda: running.sink.watches[-1].files == 2)
        first.unlink()
        await running.sink.until(lambda: running.sink.watches[-1].files == 1)


async def test_new_folders_that_are_full_at_once_are_seen_whole(running: Running) -> None:
    """300 nested folders with a file each, made while it watches: 300 of 300 (notices alone miss a third)."""
    async with _serving(running):
        for number in range(300):
            running.add(f"p{number}/s/subagents/agent-{number}.jsonl", "1")
        await running.counted(300)


async def test_where_the_system_gives_no_notices_it_polls_and_says_why(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the kind of file system, or once watching fails; changes are seen all the same."""
    monkeypatch.setattr("cctray.feed.watch.POLL_MS", 50)
    running.notices = (False, "network drive")
    async with _serving(running):
        assert (running.sink.watches[-1].mode, running.sink.watches[-1].reason) == ("poll", "network drive")
        running.add("p/a.jsonl", "1")
        await running.counted(1)


async def test_used_up_watches_turn_into_polling(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that fails is taken up by polling, with the reason, without losing a line."""
    real = watch_module.watch

    async def watch(folders: list[str], *, poll: bool) -> AsyncIterator[Changed]:
        if not poll:
            raise CannotWatchError("the system's watches are used up")
        async for changes in real(folders, poll=True):
            yield changes

    monkeypatch.setattr("cctray.feed.watch.POLL_MS", 50)
    monkeypatch.setattr(tail, "watch", watch)
    async with _serving(running):
        await running.sink.until(lambda: running.sink.watches[-1].mode == "poll")
        assert running.sink.watches[-1].reason == "the system's watches are used up"
        running.add("p/a.jsonl", "1")
        await running.counted(1)


async def test_a_pause_reads_nothing_and_the_end_of_it_everything(running: Running) -> None:
    """What was written meanwhile is read on resuming, also deletions."""
    gone = running.add("p/a.jsonl", "1")
    async with _serving(running):
        await running.counted(1)
        running.feed.pause()
        running.add("p/b.jsonl", "1")
        gone.unlink()
        assert running.sink.count(on_disk=True) == 1
        running.feed.resume()
        await running.counted(2)
        await running.counted(1, on_disk=True)


async def test_a_root_that_goes_away_and_comes_back_loses_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Away, its transcripts are not on disk and history stays; back again all is as before, and followed."""
    monkeypatch.setattr(tail, "LOOK_S", 0.05)
    running.add("p/a.jsonl", "1", "2")
    async with _serving(running):
        await running.counted(2)
        running.projects.rename(running.base / "away")
        await running.counted(0, on_disk=True)
        assert running.sink.count() == 2
        assert running.sink.places[-1][0].state is PlaceState.MISSING
        (running.base / "away").rename(running.projects)
        await running.counted(2, on_disk=True)
        running.add("p/a.jsonl", "3")
        await running.counted(3, on_disk=True)
        assert running.sink.count() == 3


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
async def test_a_root_that_stumbles_is_not_taken_for_deleted() -> None:
    """A folder that is there but can't be looked into keeps what it held on disk; it is shown as unreadable."""
    with unprivileged() as folder, ThreadPoolExecutor(1) as reader, _history(folder) as sink:
        running = Running(folder, sink, reader)
        running.add("p/a.jsonl", "1")
        await running.feed.catch_up()
        running.projects.chmod(0o000)
        await running.feed.catch_up()
        assert running.sink.count(on_disk=True) == 1
        assert running.look().looked_at[0].state is PlaceState.UNREADABLE
        running.projects.chmod(0o700)
        await running.feed.catch_up()
        assert running.sink.count(on_disk=True) == running.sink.count() == 1


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
async def test_an_unreadable_file_is_named_once_and_its_neighbours_count() -> None:
    """Another user's file is told once, not per look; when it can be read the complaint is taken back."""
    with unprivileged() as folder, ThreadPoolExecutor(1) as reader, _history(folder) as sink:
        running = Running(folder, sink, reader)
        closed = running.add("p/closed.jsonl", "1")
        running.add("p/open.jsonl", "1")
        closed.chmod(0o000)
        for _ in range(3):
            await running.feed.catch_up()
        assert running.sink.denied == [{str(closed): "Permission denied"}]
        assert running.sink.count() == 1
        closed.chmod(0o600)
        await running.feed.catch_up()
        assert running.sink.denied[1:] == [{}]
        assert running.sink.count() == 2


async def test_folders_that_appear_later_are_found(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started before Claude Code ever ran: the first session is seen without a restart."""
    monkeypatch.setattr(tail, "LOOK_S", 0.05)
    running.projects.rmdir()
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(running.feed.serve())
        await running.sink.until(lambda: bool(running.sink.places))
        running.add("p/a.jsonl", "1")
        await running.counted(1)
        serving.cancel()


async def test_a_large_first_read_shows_progress_and_does_not_keep_live_lines_waiting(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read by processes, newest first, with counts that only grow; a line written meanwhile counts once."""
    monkeypatch.setattr(tail, "ALONE_BYTES", 1)
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    monkeypatch.setattr(tail, "LOT_RECORDS", 50)
    responses = many(running.base, files=12, lines=40)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(running.feed.serve())
        await running.sink.until(lambda: bool(running.sink.progress))
        running.add("p0/s0.jsonl", "live")
        await running.counted(responses + 1)
        await running.sink.until(lambda: running.sink.progress[-1] is None)
        serving.cancel()
    told = [one for one in running.sink.progress if one is not None]
    assert [one.files_total for one in told] == [12] * len(told)
    assert [one.bytes_done for one in told] == sorted(one.bytes_done for one in told)
    assert told[-1].files_done == 12
    assert told[-1].bytes_done == told[-1].bytes_total


@pytest.mark.parametrize("when", ["at once", "while a lot waits"])
async def test_quitting_in_the_middle_of_the_first_read_ends_at_once(
    running: Running, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """No thread or process stays behind, and the next start reads the rest."""
    monkeypatch.setattr(tail, "ALONE_BYTES", 1)
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    monkeypatch.setattr(tail, "LOT_RECORDS", 1)
    responses = many(running.base, files=60, lines=20)
    enough = 1 if when == "at once" else 4
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(running.feed.serve())
        await running.sink.until(lambda: len(running.sink.progress) > enough)
        serving.cancel()
    assert running.sink.count() < responses
    await running.feed.catch_up()
    assert running.sink.count() == responses


async def test_a_reading_process_that_dies_is_told_and_the_next_try_goes_on(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed for want of memory, say: the feed fails instead of waiting for ever, and nothing is lost."""
    monkeypatch.setattr(tail, "ALONE_BYTES", 1)
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    dying = [sys.executable, "-c", "import os, sys; sys.stdin.buffer.read(); os.kill(os.getpid(), 9)"]
    responses = many(running.base, files=3, lines=5)
    with monkeypatch.context() as patch:
        patch.setattr(cold, "worker_command", lambda: dying)
        with pytest.raises(cold.ReaderDiedError):
            await running.feed.catch_up()
    await running.feed.catch_up()
    assert running.sink.count() == responses


async def test_a_reading_that_came_too_late_is_made_again(running: Running) -> None:
    """The history went on without this feed's knowledge: its stale reading is refused, repeated, and counts once."""
    path = running.add("p/a.jsonl", "1")
    await running.feed.catch_up()
    with ThreadPoolExecutor(1) as reader:
        other = Running(running.base, running.sink, reader)
        running.add("p/a.jsonl", "2")
        await other.feed.catch_up()
        running.add("p/a.jsonl", "3")
        await running.feed.catch_up()
    assert running.sink.stale == [str(path)]
    assert running.sink.count() == 3


async def test_names_that_are_no_unicode_are_read_by_processes_too(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose name's bytes are no text counts like any other, also in a large first read."""
    if sys.platform != "linux":
        pytest.skip("only Linux has such names")
    monkeypatch.setattr(tail, "ALONE_BYTES", 1)
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    running.add("p/a.jsonl", "1")
    (running.projects / "p" / os.fsdecode(b"\xff.jsonl")).write_bytes(line(START_MS, "odd", "r"))
    await running.feed.catch_up()
    assert running.sink.count() == 2


async def test_a_reading_process_that_dies_leaves_no_progress_behind(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told in its own words, the progress goes away, and the next try reads everything."""
    monkeypatch.setattr(tail, "ALONE_BYTES", 1)
    monkeypatch.setattr(cold, "ALONE_BYTES", 1)
    running.add("p/a.jsonl", "1", "2")
    with monkeypatch.context() as broken:
        broken.setattr(cold, "worker_command", lambda: [sys.executable, "-c", "raise SystemExit(3)"])
        with pytest.raises(cold.ReaderDiedError):
            await running.feed.catch_up()
    assert (running.sink.progress[-1], running.sink.count()) == (None, 0)
    await running.feed.catch_up()
    assert (running.sink.progress[-1], running.sink.count()) == (None, 2)


async def test_nothing_is_ever_written_where_transcripts_lie(running: Running) -> None:
    """Contents, times, inodes and permissions of the Claude folder are as before, also where it is read-only."""
    write_all(running.base, {"projects/p/a.jsonl": line(), "projects/p/b.jsonl": b"broken\n" + line(message="m2")})
    running.projects.chmod(0o500)
    with snapshot_of(running.projects):
        async with _serving(running):
            await running.counted(2)
    running.projects.chmod(0o700)


EXHAUST = """
import asyncio, sys
from cctray.feed.watch import CannotWatchError, watch
async def main():
    try:
        async for _ in watch([sys.argv[1]], poll=False):
            pass
    except CannotWatchError as error:
        print(error)
open("/proc/sys/user/max_inotify_watches", "w").write("5")
asyncio.run(main())
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs user namespaces")
def test_a_system_without_watches_left_is_recognised(tmp_path: Path) -> None:
    """The real refusal of the kernel becomes the reason that is shown."""
    for number in range(20):
        (tmp_path / str(number)).mkdir()
    command = ["unshare", "-Ur", sys.executable, "-c", EXHAUST, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd=ROOT)
    if "unshare" in result.stderr or "PermissionError" in result.stderr:
        pytest.skip("this system grants no user namespace")
    assert result.stdout.strip() == "the system's watches are used up", result.stderr
