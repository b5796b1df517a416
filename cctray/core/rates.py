"""Rates over a stretch of usage and where they lead: ccusage's burn rate and projection, in its order of operations.

The live rate over the trailing minutes is `core.live`'s.
"""

import math
from typing import Final

from cctray.core.calendar import HOUR_MS, MINUTE_MS
from cctray.core.snapshot import Projection, Rate
from cctray.core.usage import MAX_TOKENS, Tokens

_CENTS: Final = 100
_MINUTES_PER_HOUR: Final = 60


def burn_rate(tokens: Tokens, cost: float, first_ms: int, last_ms: int) -> Rate | None:
    """Rate between the first and the last entry of a block; None where they are the same moment."""
    if last_ms <= first_ms:
        return None
    minutes = (last_ms - first_ms) / MINUTE_MS
    return Rate(
        tokens_per_minute=tokens.total / minutes,
        io_tokens_per_minute=min(tokens.input + tokens.output, MAX_TOKENS) / minutes,
        cost_per_hour=cost / minutes * _MINUTES_PER_HOUR,
    )


def projection(tokens: Tokens, cost: float, rate: Rate, now_ms: int, end_ms: int) -> Projection:
    """Where a block stands at its end if its rate lasts; minutes and tokens whole, dollars to the cent."""
    remaining = round_half_away((end_ms - now_ms) / MINUTE_MS)
    total_tokens = round_half_away(tokens.total + rate.tokens_per_minute * remaining)
    total_cost = cost + rate.cost_per_hour / (HOUR_MS // MINUTE_MS) * remaining
    return Projection(
        total_tokens=min(total_tokens, MAX_TOKENS),
        total_cost=round_half_away(total_cost * _CENTS) / _CENTS,
        remaining_minutes=remaining,
    )


def round_half_away(value: float) -> int:
    """Nearest whole number, halves away from zero (Python's own `round` takes the even one)."""
    whole = math.floor(abs(value))
    whole += abs(value) - whole >= 0.5  # noqa: PLR2004 - a half
    return -whole if value < 0 else whole
