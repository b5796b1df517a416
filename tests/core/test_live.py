"""The live window: what was used in the last minutes, told at any moment."""

from hypothesis import given
from hypothesis import strategies as st

from cctray.core.live import AHEAD_MS, KEPT_MS, RATE_MS, SPAN_MS, SPARK_MS, STEP_MS, LiveWindow
from cctray.core.usage import Tokens

NOW_MS = 1_780_308_900_000


def _window(*ages_ms: int) -> LiveWindow:
    window = LiveWindow()
    for age_ms in ages_ms:
        window.add(NOW_MS - age_ms, Tokens(10, 20, 30, 40, 50), 0.5)
    return window


def test_the_rate_is_the_last_five_minutes_divided_by_five() -> None:
    """All kinds of tokens, those in and out alone, and dollars by the hour; older ones do not count."""
    rate = _window(0, 60_000, RATE_MS + STEP_MS).rate(NOW_MS)
    assert (rate.tokens_per_minute, rate.io_tokens_per_minute, rate.cost_per_hour) == (60.0, 12.0, 12.0)


def test_a_little_future_is_now_and_more_of_it_is_not() -> None:
    """Clocks differ by seconds; a response of tomorrow burns nothing today."""
    assert _window(-AHEAD_MS // 2).rate(NOW_MS).tokens_per_minute > 0
    assert _window(-AHEAD_MS - 2 * STEP_MS).rate(NOW_MS).tokens_per_minute == 0


@given(st.lists(st.integers(0, KEPT_MS), max_size=20))
def test_what_is_taken_out_again_leaves_nothing(ages: list[int]) -> None:
    """A response that grew is taken out and put in anew: no rest stays, of tokens or of dollars."""
    window = _window(*ages)
    for age_ms in ages:
        window.add(NOW_MS - age_ms, Tokens(10, 20, 30, 40, 50), 0.5, -1)
    assert window.rate(NOW_MS).cost_per_hour == 0.0
    assert window.rate(NOW_MS).tokens_per_minute == 0.0


@given(st.lists(st.integers(0, 2 * KEPT_MS), max_size=20))
def test_forgetting_changes_nothing_that_is_shown(ages: list[int]) -> None:
    """Only what is too old for rate and line goes."""
    window, pruned = _window(*ages), _window(*ages)
    pruned.forget_before(NOW_MS)
    assert pruned.rate(NOW_MS) == window.rate(NOW_MS)
    assert pruned.spark(NOW_MS) == window.spark(NOW_MS)


def test_the_line_covers_an_hour_evenly_and_ends_now() -> None:
    """A point a minute, oldest first, on whole minutes and now, each a rate of its own five minutes."""
    for now_ms in (NOW_MS, NOW_MS + 17_000):
        points = _window(0, 30 * 60_000).spark(now_ms)
        assert len(points) in {SPAN_MS // SPARK_MS, SPAN_MS // SPARK_MS + 1}
        assert points[-1].at_ms == now_ms
        assert [one.at_ms for one in points] == sorted({one.at_ms for one in points})
    assert sum(one.tokens_per_minute > 0 for one in points) >= 6
