"""The demo's made-up history is one that cctray and ccusage accept."""

import itertools
import json
from datetime import UTC, datetime

import pytest

from cctray.cli.demo_history import CONTEXT_TO, PROJECTS, Transcript, history, live

NOW_MS = 1_790_000_000_123
DAYS = 12


@pytest.fixture(scope="module")
def files() -> list[Transcript]:
    """One made-up history."""
    return history(1, NOW_MS, DAYS)


def at_ms(line: bytes) -> int:
    """Time of a line."""
    return round(datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp() * 1000)


def test_same_seed_same_history(files: list[Transcript]) -> None:
    """The history is a function of seed and moment alone; another seed makes another one."""
    assert history(1, NOW_MS, DAYS) == files
    assert history(2, NOW_MS, DAYS) != files


def test_no_two_responses_share_an_id(files: list[Transcript]) -> None:
    """An id stands on the lines of one response only, also across history and live stream."""
    seen: dict[str, tuple[str, str]] = {}
    steps = itertools.islice(live(1), 2000)
    lines = itertools.chain(
        ((file.path, line) for file in files for line in file.lines), ((step.path, step.line(NOW_MS)) for step in steps)
    )
    for path, line in lines:
        entry = json.loads(line)
        if "requestId" in entry:
            place = (path, entry["requestId"])
            assert seen.setdefault(entry["message"]["id"], place) == place
    assert len(seen) > 1000
    assert len({request for _, request in seen.values()}) == len(seen)


def test_time_grows_and_never_passes_now(files: list[Transcript]) -> None:
    """No line is later than the moment of generation, and the file's time is that of its last line."""
    for file in files:
        times = [at_ms(line) for line in file.lines]
        assert times == sorted(times)
        assert not times or times[-1] <= NOW_MS
        assert not times or file.last_ms == times[-1]


def test_history_is_worth_looking_at(files: list[Transcript]) -> None:
    """Several projects, models and days, subagents, and usage within the last hour."""
    entries = [json.loads(line) for file in files for line in file.lines]
    responses = [entry for entry in entries if "requestId" in entry]
    assert len({file.path.split("/")[1] for file in files}) >= 3
    assert len({entry["message"]["model"] for entry in responses}) >= 3
    assert len({entry["timestamp"][:10] for entry in responses}) >= DAYS - 4
    assert any("/subagents/" in file.path for file in files)
    hour_ago = datetime.fromtimestamp((NOW_MS - 3_600_000) / 1000, UTC).isoformat()[:19]
    assert any(entry["timestamp"] > hour_ago for entry in responses)


def test_usage_is_plausible(files: list[Transcript]) -> None:
    """Copies of one response differ in output only, the last is the largest, and no context passes a model's limit."""
    for file in files:
        lines = [json.loads(line) for line in file.lines]
        grouped = itertools.groupby(
            (entry["message"] for entry in lines if "requestId" in entry), key=lambda message: message["id"]
        )
        for _, copies in grouped:
            usages = [copy["usage"] for copy in copies]
            outputs = [usage.pop("output_tokens") for usage in usages]
            assert all(usage == usages[0] for usage in usages)
            assert max(outputs[:-1], default=0) < max(outputs[-1], 9)
            assert usages[0]["cache_read_input_tokens"] <= CONTEXT_TO


def test_live_stream_moves_at_a_person_s_pace() -> None:
    """A line every few seconds in the mean, in several projects' folders, for ever."""
    steps = list(itertools.islice(live(3), 3000))
    assert 2_000 < sum(step.wait_ms for step in steps) / len(steps) < 15_000
    assert {step.path.split("/")[1] for step in steps} <= {project.folder for project in PROJECTS}
    assert len({step.path for step in steps}) > 3


def test_a_line_is_written_as_of_its_moment() -> None:
    """The demo stamps a line when it appends it."""
    step = next(live(1))
    assert at_ms(step.line(NOW_MS)) == NOW_MS
