"""Every time a transcript can claim: the years 0 to 9999, both sides of every change of clock, in odd zones."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cctray.core.blocks import blocks
from cctray.core.calendar import Days, parse_stamp
from cctray.core.usage import DAILY, ENTRIES, Tokens
from cctray.feed.reading import read_new
from cctray.store.store import Store
from tests.robustness.live_engine import live_engine
from tests.transcripts import START_MS, line, price_book

ZONES = (
    "UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia",
    "Pacific/Apia", "Pacific/Kiritimati", "America/Los_Angeles", "Europe/Dublin",
)  # fmt: skip
STAMPS = (
    "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "0001-12-31T23:59:59.999Z", "1000-06-01T12:00:00.000Z",
    "1883-11-18T17:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "1971-12-31T23:59:59.999Z",
    "1972-01-07T00:44:30.000Z", "2011-12-30T09:59:59.000Z", "2011-12-30T10:00:00.000Z", "2026-03-08T06:59:59.999Z",
    "2026-03-08T07:00:00.000Z", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00.000Z", "2026-04-04T15:14:59.999Z",
    "2026-10-25T00:59:59.999Z", "2026-10-25T01:00:00.000Z", "2026-11-01T05:30:00.000Z", "2026-11-01T06:30:00.000Z",
    "2038-01-19T03:14:08.000Z", "2500-07-01T00:00:00.000Z", "9999-12-31T00:00:00.000Z", "9999-12-31T23:59:59.999Z",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A history with every odd time, and many beside changes of clock."""
    rng = random.Random(3)
    path = tmp_path_factory.mktemp("times") / "s.jsonl"
    rows = [line(stamp, f"m{stamp}", "r", counts=(0, number, 0, 0)) for number, stamp in enumerate(STAMPS, 1)]
    known = [at_ms for stamp in STAMPS if (at_ms := parse_stamp(stamp)) is not None and 0 < at_ms < 2 * START_MS]
    for number in range(600):
        at_ms = rng.choice(known) + rng.randrange(-50 * 3_600_000, 50 * 3_600_000)
        rows.append(line(at_ms, f"n{number}", "r", model=rng.choice(["claude-opus-4-8", None]), counts=(1, 2, 3, 4)))
    path.write_bytes(b"".join(rows))
    opened = Store.open(path.with_name("h.sqlite"), price_book())
    opened.record(list(read_new(str(path), None)), 0)
    yield opened
    opened.close()


@pytest.mark.parametrize("zone", ZONES)
def test_days_from_rollups_are_the_days_of_the_entries(store: Store, zone: str) -> None:
    """For every zone and time, sums of quarters of an hour give what adding up single responses gives."""
    days = Days(zone)
    for rule in (DAILY, ENTRIES):
        wanted: dict[tuple[str, str | None], Tokens] = {}
        for entry in store.history.entries(-(1 << 62), 1 << 62, rule=rule):
            key = days.day(entry.at_ms), entry.label
            wanted[key] = wanted.get(key, Tokens()) + entry.tokens
        got: dict[tuple[str, str | None], Tokens] = {}
        for portion in store.history.daily(days, rule=rule):
            key = portion.group, portion.label
            got[key] = got.get(key, Tokens()) + portion.tokens
        assert got == wanted


@pytest.mark.parametrize("zone", ZONES)
def test_any_span_of_days_holds_its_entries(store: Store, zone: str) -> None:
    """`--since` and `--until` at the ends of time and beside changes of clock."""
    days = Days(zone)
    entries = list(store.history.entries(-(1 << 62), 1 << 62, rule=DAILY))
    for since, until in [
        ("0001-01-01", "9999-12-31"), ("2026-03-29", "2026-03-29"), ("2026-10-25", "2026-11-01"),
        ("1971-12-31", "1972-01-07"),
        ("2011-12-29", "2011-12-31"), ("2500-01-01", "9999-12-31"), ("0001-01-01", "0001-12-31"),
    ]:  # fmt: skip
        names = [days.day(entry.at_ms) for entry in entries]
        wanted = sum(len(name) == 10 and since <= name <= until for name in names)  # years of four digits sort as text
        assert (
            sum(portion.entries for portion in store.history.daily(days, rule=DAILY, since=since, until=until))
            == wanted
        )


def test_sessions_and_blocks_take_every_time(store: Store) -> None:
    """No report stumbles, nothing is left out."""
    count = sum(1 for _ in store.history.entries(-(1 << 62), 1 << 62, rule=ENTRIES))
    sessions = store.history.sessions(Days("UTC"))
    assert sum(portion.entries for _, portions in sessions for portion in portions) == count
    found = blocks(store.history.slices(rule=ENTRIES), START_MS)
    assert sum(block.entries for block in found) == count


@pytest.mark.parametrize("stamp", ["0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
async def test_a_snapshot_survives_the_ends_of_time(tmp_path: Path, stamp: str, zone: str) -> None:
    """A response of year 0, 1 or 9999 is kept on its day; today, the block and the rate are those of now."""
    (tmp_path / "projects" / "p").mkdir(parents=True)
    (tmp_path / "projects" / "p" / "s.jsonl").write_bytes(line(stamp, "odd", "r") + line(START_MS, "now", "r"))
    async with live_engine(tmp_path, now_ms=START_MS + 1_000, zone=zone) as engine:
        await engine.catch_up()
        told = engine.snapshot
        assert told.today.entries == 1
        assert told.block is not None
        assert told.block.entries == 1
        assert told.live.tokens_per_minute == 20.0
        msgspec.json.encode(told)
