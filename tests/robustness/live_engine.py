"""An engine with real feed and real history, as the program puts it together, on a clock the test sets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from cctray.core.config import Config
from cctray.core.snapshot import Snapshot
from cctray.engine.engine import Engine
from cctray.engine.ports import Doors, Setting
from cctray.feed.places import Places, find_places
from cctray.feed.tail import Feed
from cctray.store.store import Store
from tests.transcripts import price_book


class Clock:
    """A clock that stands where the test puts it."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        """UTC ms."""
        return self.now_ms


class LiveEngine(Engine):
    """The engine, and what a test reaches of its surroundings."""

    clock: Clock
    feed: Feed
    store: Store
    saved: list[Config]

    async def until(self, condition: Callable[[Snapshot], bool], within_s: float = 20.0) -> Snapshot:
        """Wait for a Snapshot."""
        async with asyncio.timeout(within_s):
            while not condition(self.snapshot):
                await self.next_snapshot(self.snapshot.rev)
        return self.snapshot


@asynccontextmanager
async def live_engine(base: Path, *, now_ms: int, zone: str = "UTC", serve: bool = False) -> AsyncIterator[LiveEngine]:
    """An engine on `base/projects`; `serve`: with its services running."""
    book = price_book()
    clock = Clock(now_ms)
    saved: list[Config] = []
    with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as reader:
        store = await asyncio.get_running_loop().run_in_executor(writer, Store.open, base / "history.sqlite", book)
        doors = Doors(
            now_ms=clock, save_config=saved.append, book=lambda config: book,
            zone=lambda config: config.time_zone or zone,
            raise_window=lambda: None, quit=lambda: None, give_back=lambda: None,
        )  # fmt: skip
        setting = Setting(version="1", machine_id="id", machine_name="here", zone=zone)
        engine = LiveEngine(store, writer, doors, setting, Config())
        feed = Feed(engine, reader, lambda: _look(base), lambda folder: (True, ""), lambda: 0)
        engine.clock, engine.feed, engine.store, engine.saved = clock, feed, store, saved
        await engine.begin(feed)
        async with asyncio.TaskGroup() as group:
            services = [feed.serve, engine.serve_commands, engine.serve_clock] if serve else []
            tasks = [group.create_task(service()) for service in services]
            yield engine
            for task in tasks:
                task.cancel()
        await asyncio.get_running_loop().run_in_executor(writer, store.close)


def _look(base: Path) -> Places:
    return find_places({"HOME": str(base), "CLAUDE_CONFIG_DIR": str(base)}, ())
