"""Burn rate and projection."""

from hypothesis import given
from hypothesis import strategies as st

from cctray.core.calendar import HOUR_MS
from cctray.core.rates import burn_rate, projection, round_half_away
from cctray.core.usage import MAX_TOKENS, Tokens


def test_burn_rate() -> None:
    """Rates are per minute and per hour between first and last entry; input and output apart."""
    rate = burn_rate(Tokens(60, 60, 0, 0, 480), 2.0, 0, HOUR_MS // 2)
    assert rate is not None
    assert (rate.tokens_per_minute, rate.io_tokens_per_minute, rate.cost_per_hour) == (20.0, 4.0, 4.0)
    assert burn_rate(Tokens(1), 1.0, 5, 5) is None


def test_projection() -> None:
    """The projection adds the rate for the minutes that remain, to whole tokens and cents."""
    tokens = Tokens(600)
    rate = burn_rate(tokens, 1.25, 0, HOUR_MS)
    assert rate is not None
    found = projection(tokens, 1.25, rate, HOUR_MS, 5 * HOUR_MS)
    assert (found.remaining_minutes, found.total_tokens, found.total_cost) == (240, 3000, 6.25)
    huge = Tokens(MAX_TOKENS)
    fastest = burn_rate(huge, 0.0, 0, 1)
    assert fastest is not None
    assert projection(huge, 0.0, fastest, 1, HOUR_MS).total_tokens == MAX_TOKENS


@given(st.integers(-(10**6), 10**6))
def test_halves_round_away_from_zero(whole: int) -> None:
    """Halves go away from zero, all else to the nearest."""
    assert round_half_away(whole + 0.5) == (whole + 1 if whole >= 0 else whole)
    assert round_half_away(float(whole)) == whole
