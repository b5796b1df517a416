"""The tooltip: one line that says whose numbers, of when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.config import Config, RateUnit
from cctray.core.snapshot import Limit, Problem, Reading, Snapshot
from cctray.ui.tray.tooltip import MAX_LENGTH, clock, tooltip
from tests.ui.tray.tray_scenes import FULL_DISK, HOUR_MS, MINUTE_MS, NOW_MS, scene, team


def test_a_team_at_work_reads_as_designed() -> None:
    """The design's own line, word for word."""
    text = tooltip(scene(is_team=True, machines=team()), Config())
    assert text == "cctray — 12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · 3 of 4 machines"


@pytest.mark.parametrize(
    ("snapshot", "text"),
    [
        (scene(), "cctray — 12.4k tok/min · $3.20/h · block ends 16:00 (2 h 14 m) · this machine"),
        (scene(0, block=None), "cctray — idle · this machine"),
        (scene(paused_since_ms=NOW_MS - 6 * MINUTE_MS), "cctray — paused since 13:40 · this machine"),
        (
            scene(limit=Limit(used_share=0.52, resets_at_ms=NOW_MS + HOUR_MS, seen_at_ms=NOW_MS)),
            "cctray — 12.4k tok/min · $3.20/h · block 52 % used, ends 14:46 (1 h 00 m) · this machine",
        ),
        (
            scene(reading=Reading(files_done=1, files_total=2, bytes_done=2, bytes_total=5), block=None),
            "cctray — reading history: 40 % · this machine",
        ),
        (
            scene(problems=(FULL_DISK,), block=None, live=scene(0).live),
            "cctray — The disk is full · idle · this machine",
        ),
    ],
)
def test_each_state_has_its_words(snapshot: Snapshot, text: str) -> None:
    """Idle, paused, official share, first read and trouble are all said."""
    assert tooltip(snapshot, Config()) == text


@pytest.mark.parametrize(
    ("unit", "begin"),
    [
        (RateUnit.IO_TOKENS, "cctray — 900 in+out tok/min · $3.20/h"),
        (RateUnit.USD_PER_HOUR, "cctray — $3.20/h · 12.4k"),
    ],
)
def test_it_begins_with_what_the_icon_counts(unit: RateUnit, begin: str) -> None:
    """The icon's bare number is explained first."""
    assert tooltip(scene(), Config(rate_unit=unit)).startswith(begin)


def test_clock_times_are_those_of_the_snapshots_zone() -> None:
    """The same moment has another clock time elsewhere."""
    assert clock(NOW_MS, "UTC") == "13:46"
    assert clock(NOW_MS, "Asia/Kolkata") == "19:16"


@given(title=st.text(max_size=300))
def test_it_never_exceeds_what_windows_shows(title: str) -> None:
    """A long problem is cut, with an ellipsis."""
    problem = Problem(code="x", title=title, remedy="", is_severe=True)
    text = tooltip(scene(problems=(problem,)), Config())
    assert len(text) <= MAX_LENGTH
    assert text.endswith("…") or "this machine" in text
