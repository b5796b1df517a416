"""A process with a door and a fake engine, for tests that kill it: argv is the door file and what to do."""

import asyncio
import sys
from pathlib import Path

from cctray.door.server import DoorServer
from tests.fakes import FakeEngine


async def main(door_file: Path) -> None:
    """Serve until killed; say on stdout that clients get in."""
    engine = FakeEngine()
    server = DoorServer(engine, door_file, version="0.1.0", measure=lambda: (1, 1.0))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve())
        await server.ready.wait()
        print("ready", flush=True)


asyncio.run(main(Path(sys.argv[1])))
