"""Idle: what the program costs while nothing happens, and how soon its icon is there."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from cctray.door.client import DoorClient, connect
from tests.benchmarks import processes
from tests.benchmarks.corpora import watched
from tests.benchmarks.figures import Row, spread
from tests.benchmarks.setting import Setting, cctray, environment, scratch
from tests.lab.sni_host import SniHost

SERVE_MB, TRAY_MB, CPU_PERCENT, ICON_S = 60, 100, 0.2, 0.5
START_S: Final = 60.0
SETTLE_S: Final = 5.0
ICON_RUNS: Final = 7


def idle(setting: Setting) -> list[Row]:
    """Memory and processor time of the headless engine and of the tray with its popover closed."""
    return [_serve(setting), *asyncio.run(_tray(setting))]


def icon(setting: Setting) -> list[Row]:
    """From the start of the process to its icon at the panel, its history read already."""
    return asyncio.run(_icon(setting))


def _serve(setting: Setting) -> Row:
    with scratch() as place:
        told = environment(place, [watched(setting)])
        with processes.running(cctray("serve"), told) as process:
            _wait_read(told)
            return asyncio.run(_looked_at("idle serve", process.pid, SERVE_MB, setting))


async def _tray(setting: Setting) -> list[Row]:
    async with AsyncExitStack() as stack:
        place = stack.enter_context(scratch())
        told, panel = await stack.enter_async_context(_desktop(environment(place, [watched(setting)])))
        process = stack.enter_context(processes.running(cctray(), told))
        await panel.next_item()
        await asyncio.to_thread(_wait_read, told)
        return [await _looked_at("idle tray", process.pid, TRAY_MB, setting)]


def _wait_read(told: dict[str, str]) -> DoorClient:
    client = connect(Path(told["CCTRAY_DATA_DIR"]) / "door" / "door.json", START_S)
    if client is None:
        raise AssertionError("the door did not open")
    client.catch_up()
    return client


async def _looked_at(what: str, pid: int, most_mb: int, setting: Setting) -> Row:
    await asyncio.sleep(SETTLE_S)
    begin, spent, woken = time.monotonic(), processes.cpu_by_thread(pid), processes.switches(pid)
    await asyncio.sleep(setting.idle_s)
    took = time.monotonic() - begin
    # A thread that ended in between takes its time with it; none does in an idle program.
    shares = {who: (cpu - spent.get(who, 0.0)) / took * 100 for who, cpu in processes.cpu_by_thread(pid).items()}
    percent = sum(shares.values())
    busiest = ", ".join(f"{who} {share:.2f} %" for who, share in sorted(shares.items(), key=lambda item: -item[1])[:3])
    wakes = (processes.switches(pid) - woken) / took
    rss, pss = processes.rss_bytes(pid) / 1e6, processes.pss_bytes(pid) / 1e6
    told = f"PSS {pss:.0f} MB, {wakes:.0f} wake-ups/s over {took:.0f} s with {setting.watched} files"
    return Row(
        what=what, reach=f"≤ {most_mb} MB RSS, ≤ {CPU_PERCENT} % CPU", seen=f"{rss:.1f} MB, {percent:.2f} %",
        ok=rss <= most_mb and percent <= CPU_PERCENT,
        notes=(f"{told}; {memory_kinds(pid)}; {busiest}",),
    )  # fmt: skip


def memory_kinds(pid: int) -> str:
    """RSS by what it is."""
    status = Path(f"/proc/{pid}/status").read_text()
    kinds = {
        line.split(":")[0]: int(line.split()[1]) * processes.KIB / 1e6
        for line in status.splitlines()
        if line.startswith("Rss")
    }
    return ", ".join(f"{name} {mb:.0f} MB" for name, mb in kinds.items())


async def _icon(setting: Setting) -> list[Row]:
    times = []
    async with AsyncExitStack() as stack:
        place = stack.enter_context(scratch())
        told, panel = await stack.enter_async_context(_desktop(environment(place, [watched(setting)])))
        for _ in range(ICON_RUNS + 1):
            begin = time.perf_counter()
            with processes.running(cctray(), told):
                await panel.next_item()
                times.append(time.perf_counter() - begin)
                await asyncio.to_thread(_wait_read, told)
    seen = spread(times[1:])
    first = f"the very first start, with nothing read yet: {times[0]:.2f} s"
    return [
        Row(
            what="start → tray icon",
            reach=f"≤ {ICON_S} s",
            seen=seen.text("s"),
            ok=seen.middle <= ICON_S,
            notes=(first,),
        )
    ]


@asynccontextmanager
async def _desktop(told: dict[str, str]) -> AsyncIterator[tuple[dict[str, str], SniHost]]:
    """An X server, a session bus and a panel; the environment to reach them."""
    async with AsyncExitStack() as servers:
        display = await servers.enter_async_context(
            _first_line("Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
        )
        bus = await servers.enter_async_context(
            _first_line("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
        )
        panel = await SniHost.start(bus)
        try:
            yield told | {"DISPLAY": f":{display}", "DBUS_SESSION_BUS_ADDRESS": bus, "QT_QPA_PLATFORM": "xcb"}, panel
        finally:
            await panel.stop()


@asynccontextmanager
async def _first_line(*command: str) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if process.stdout is None:
            raise AssertionError
        async with asyncio.timeout(START_S):
            first = await process.stdout.readline()
        yield first.decode().strip()
    finally:
        process.terminate()
        await process.communicate()
