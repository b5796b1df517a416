"""Claude Code's own limits: which of several readings is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.limits import merged_limit, still_running
from cctray.core.snapshot import Limit

KNOWN = Limit(used_share=0.5, resets_at_ms=1_000, seen_at_ms=10)


@pytest.mark.parametrize(
    ("share", "resets_at_ms", "wanted"),
    [
        (0.6, 1_000, 0.6),
        (0.4, 1_000, 0.5),
        (0.1, 2_000, 0.1),
        (0.9, 500, 0.5),
        (1.005, 1_000, 1.0),
        (1_780_308_900.0, 1_000, 0.5),
        (-0.1, 2_000, 0.5),
        (float("nan"), 2_000, 0.5),
        (None, 2_000, 0.5),
        (0.7, None, 0.5),
    ],
)
def test_the_highest_of_a_window_counts_and_a_new_window_begins_anew(
    share: float | None, resets_at_ms: int | None, wanted: float
) -> None:
    """Stale readings of other sessions, impossible ones and missing ones change nothing."""
    limit = merged_limit(KNOWN, share, resets_at_ms, 20)
    assert limit is not None
    assert limit.used_share == wanted


def test_the_first_reading_is_believed() -> None:
    """Without one before it."""
    assert merged_limit(None, 0.2, 1_000, 5) == Limit(used_share=0.2, resets_at_ms=1_000, seen_at_ms=5)
    assert merged_limit(None, None, None, 5) is None


@given(st.permutations([(0.2, 1_000), (0.9, 1_000), (0.1, 2_000), (0.3, 2_000), (9.0, 3_000)]))
def test_the_order_of_readings_does_not_matter(readings: list[tuple[float, int]]) -> None:
    """Sessions report in any order."""
    limit: Limit | None = None
    for share, resets_at_ms in readings:
        limit = merged_limit(limit, share, resets_at_ms, 5)
    assert limit == Limit(used_share=0.3, resets_at_ms=2_000, seen_at_ms=5)


def test_a_limit_ends_with_its_window() -> None:
    """At the moment it resets it is gone."""
    assert still_running(KNOWN, 999) is KNOWN
    assert still_running(KNOWN, 1_000) is None
    assert still_running(None, 0) is None
