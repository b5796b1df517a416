"""The live window: usage of the last hour in small steps, from which the live rate and its line are told. Pure."""

from bisect import bisect_right
from itertools import accumulate
from typing import Final

from cctray.core.snapshot import Rate, SparkPoint
from cctray.core.usage import Tokens

STEP_MS: Final = 5_000
RATE_MS: Final = 300_000
"""The live rate is what was used in the trailing 5 minutes, divided by 5."""
SPAN_MS: Final = 3_600_000
KEPT_MS: Final = SPAN_MS + RATE_MS
"""The first point of the hour looks 5 minutes further back."""
SPARK_MS: Final = 60_000
"""Distance of the line's points: 60 of them are as many as its 328 pixels can tell apart."""
AHEAD_MS: Final = 60_000
"""A response that claims to be from the near future (clocks differ) counts as of now; one further ahead does not."""


class LiveWindow:
    """Sums by step; grows with what happens, not with history."""

    def __init__(self) -> None:
        """Begin empty."""
        self._steps: dict[int, list[float]] = {}

    def add(self, at_ms: int, tokens: Tokens, cost: float, sign: int = 1) -> None:
        """Count a response (+1), or take it out (-1)."""
        step = self._steps.setdefault(at_ms // STEP_MS, [0, 0, 0.0, 0])
        step[0] += sign * tokens.total
        step[1] += sign * (tokens.input + tokens.output)
        step[2] += sign * cost
        step[3] += sign
        if not step[3]:
            del self._steps[at_ms // STEP_MS]

    def forget_before(self, now_ms: int) -> None:
        """Drop what is too old to be shown."""
        oldest = (now_ms - KEPT_MS) // STEP_MS
        for step in [step for step in self._steps if step < oldest]:
            del self._steps[step]

    def rate(self, now_ms: int) -> Rate:
        """The live rate at a moment."""
        total, io, cost = self._sum(now_ms - RATE_MS, now_ms + AHEAD_MS)
        minutes = RATE_MS / 60_000
        return Rate(
            tokens_per_minute=total / minutes, io_tokens_per_minute=io / minutes, cost_per_hour=cost / minutes * 60
        )

    def spark(self, now_ms: int) -> tuple[SparkPoint, ...]:
        """Live rate over the last hour, a point a minute, oldest first; the last is now."""
        steps = sorted(self._steps)
        sums = [0.0, *accumulate(self._steps[step][0] for step in steps)]

        def used(from_ms: int, to_ms: int) -> float:
            return sums[bisect_right(steps, to_ms // STEP_MS)] - sums[bisect_right(steps, from_ms // STEP_MS)]

        points = range(now_ms - SPAN_MS + SPARK_MS, now_ms + 1, SPARK_MS)
        return tuple(SparkPoint(at, used(at - RATE_MS, at) / (RATE_MS / 60_000)) for at in points)

    def _sum(self, from_ms: int, to_ms: int) -> tuple[float, float, float]:
        first, last = from_ms // STEP_MS, to_ms // STEP_MS
        total, io, cost = 0.0, 0.0, 0.0
        for step, sums in self._steps.items():
            if first < step <= last:
                total, io, cost = total + sums[0], io + sums[1], cost + sums[2]
        return total, io, cost
