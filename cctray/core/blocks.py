"""Five-hour blocks as `ccusage blocks` cuts them: gaps, the running one, burn rate, projection, token limit."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct, structs

from cctray.core import snapshot
from cctray.core.calendar import DAY_MS, HOUR_MS, Days, iso_ms
from cctray.core.config import CostMode
from cctray.core.portion import Costs, Portion, Slice
from cctray.core.rates import burn_rate, projection
from cctray.core.snapshot import Projection, Rate
from cctray.core.usage import Tokens

SESSION_LENGTH_H: Final = 5.0
"""Length of Claude's own window."""
RECENT_MS: Final = 3 * DAY_MS
_WARNING_SHARE: Final = 0.8
_WHOLE_LIMIT: Final = 2**63


class LimitStatus(Struct, frozen=True):
    """A block against a token limit the user named."""

    limit: int
    projected: int
    percent_used: float
    status: str
    """`ok`, `warning` or `exceeds`."""


class UsageBlock(Struct, frozen=True, kw_only=True):
    """One block, or a gap between two."""

    start_ms: int
    end_ms: int
    first_ms: int = 0
    last_ms: int = 0
    """First and last entry; 0 in a gap."""
    entries: int = 0
    tokens: Tokens = Tokens()
    cost: float = 0.0
    models: tuple[str, ...] = ()
    is_gap: bool = False
    is_active: bool = False
    rate: Rate | None = None
    projection: Projection | None = None
    limit_reset_s: int | None = None


def blocks(
    slices: Iterable[Slice],
    now_ms: int,
    *,
    length_h: float = SESSION_LENGTH_H,
    mode: CostMode = CostMode.AUTO,
    label: Callable[[Portion], str | None] = lambda portion: portion.label,
) -> list[UsageBlock]:
    """Blocks and gaps, oldest first, from slices in order of time that straddle no boundary of a block."""
    length_ms = int(length_h * HOUR_MS)
    found: list[UsageBlock] = []
    open_block: _Open | None = None
    for one in slices:
        if open_block is not None and open_block.is_over(one, length_ms):
            found.append(open_block.close(length_ms, now_ms, mode))
            if one.first_ms - open_block.last_ms > length_ms:
                found.append(UsageBlock(start_ms=open_block.last_ms + length_ms, end_ms=one.first_ms, is_gap=True))
            open_block = None
        if open_block is None:
            open_block = _Open(one.first_ms)
        open_block.add(one, label)
    if open_block is not None:
        found.append(open_block.close(length_ms, now_ms, mode))
    # A gap begins after the idle time, the next block at the full hour before: their order may be the other way.
    return sorted(found, key=lambda block: block.start_ms)


def running_block(
    slices: Iterable[Slice], now_ms: int, mode: CostMode, length_h: float = SESSION_LENGTH_H
) -> snapshot.Block | None:
    """The active block as screens show it; None while there is none."""
    active = next((block for block in blocks(slices, now_ms, length_h=length_h, mode=mode) if block.is_active), None)
    if active is None:
        return None
    return snapshot.Block(
        start_ms=active.start_ms,
        end_ms=active.end_ms,
        first_ms=active.first_ms,
        last_ms=active.last_ms,
        tokens=active.tokens,
        cost=active.cost,
        entries=active.entries,
        models=active.models,
        rate=active.rate,
        projection=active.projection,
    )


class BlockFilter(Struct, frozen=True, kw_only=True):
    """Which blocks a report shows; days are `YYYY-MM-DD`, both included."""

    since: str | None = None
    until: str | None = None
    only_recent: bool = False
    only_active: bool = False
    newest_first: bool = False


def chosen(found: Sequence[UsageBlock], wanted: BlockFilter, days: Days, now_ms: int) -> list[UsageBlock]:
    """The blocks a report shows, in its order."""
    kept = [block for block in found if _is_within(block, wanted, days)]
    if wanted.only_recent:
        kept = [block for block in kept if block.start_ms >= now_ms - RECENT_MS or block.is_active]
    if wanted.only_active:
        kept = [block for block in kept if block.is_active]
    return kept[::-1] if wanted.newest_first else kept


def largest(found: Iterable[UsageBlock]) -> int | None:
    """The limit `max`: most tokens of a finished block; None where there is none."""
    most = max((block.tokens.total for block in found if not block.is_gap and not block.is_active), default=0)
    return most or None


def limit_status(block: UsageBlock, limit: int | None) -> LimitStatus | None:
    """The running block's projection against a token limit; None without a projection or a limit."""
    if block.projection is None or not limit:
        return None
    projected = block.projection.total_tokens
    status = "exceeds" if projected > limit else "warning" if projected > limit * _WARNING_SHARE else "ok"
    return LimitStatus(limit, projected, projected / limit * 100, status)


def blocks_json(found: Iterable[UsageBlock], limit: int | None = None) -> dict[str, object]:
    """What `ccusage blocks --json` prints, ready to be encoded; `limit` in tokens."""
    return {"blocks": [_block_json(block, limit) for block in found]}


class _Open:
    """A block that still grows."""

    def __init__(self, first_ms: int) -> None:
        self.start_ms = first_ms // HOUR_MS * HOUR_MS
        self.first_ms = self.last_ms = first_ms
        self._tokens, self._costs, self._entries = Tokens(), Costs(), 0
        self._models: dict[str, None] = {}
        self._limit_reset_s: int | None = None

    def is_over(self, one: Slice, length_ms: int) -> bool:
        return one.first_ms - self.start_ms > length_ms or one.first_ms - self.last_ms > length_ms

    def add(self, one: Slice, label: Callable[[Portion], str | None]) -> None:
        for portion in one.portions:
            self._tokens += portion.tokens
            self._costs += portion.costs
            self._entries += portion.entries
            name = label(portion)
            if name is not None:
                self._models[name] = None
        if self._limit_reset_s is None:
            self._limit_reset_s = one.limit_reset_s
        self.last_ms = max(self.last_ms, one.last_ms)

    def close(self, length_ms: int, now_ms: int, mode: CostMode) -> UsageBlock:
        end_ms = self.start_ms + length_ms
        block = UsageBlock(
            start_ms=self.start_ms,
            end_ms=end_ms,
            first_ms=self.first_ms,
            last_ms=self.last_ms,
            entries=self._entries,
            tokens=self._tokens,
            cost=self._costs.in_mode(mode),
            models=tuple(self._models),
            is_active=now_ms - self.last_ms < length_ms and now_ms < end_ms,
            limit_reset_s=self._limit_reset_s,
        )
        rate = burn_rate(block.tokens, block.cost, block.first_ms, block.last_ms) if block.is_active else None
        if rate is None:
            return block
        ahead = projection(block.tokens, block.cost, rate, now_ms, end_ms)
        return structs.replace(block, rate=rate, projection=ahead)


def _is_within(block: UsageBlock, wanted: BlockFilter, days: Days) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    day = days.day(block.start_ms)
    return (wanted.since is None or day >= wanted.since) and (wanted.until is None or day <= wanted.until)


def _block_json(block: UsageBlock, limit: int | None) -> dict[str, object]:
    start = iso_ms(block.start_ms)
    entered, output, created, read = block.tokens.saturated()
    shown: dict[str, object] = {
        "actualEndTime": None if block.is_gap else iso_ms(block.last_ms),
        "burnRate": None if block.rate is None else _rate_json(block.rate),
        "costUSD": _number(block.cost),
        "endTime": iso_ms(block.end_ms),
        "entries": block.entries,
        "id": f"gap-{start}" if block.is_gap else start,
        "isActive": block.is_active,
        "isGap": block.is_gap,
        "models": list(block.models),
        "projection": None if block.projection is None else _projection_json(block.projection),
        "startTime": start,
        "tokenCounts": {
            "cacheCreationInputTokens": created,
            "cacheReadInputTokens": read,
            "inputTokens": entered,
            "outputTokens": output,
        },
    }
    status = limit_status(block, limit)
    if status is not None:
        shown["tokenLimitStatus"] = {
            "limit": status.limit,
            "percentUsed": status.percent_used,
            "projectedUsage": status.projected,
            "status": status.status,
        }
    shown["totalTokens"] = block.tokens.total
    if block.limit_reset_s is not None:
        shown["usageLimitResetTime"] = iso_ms(block.limit_reset_s * 1000)
    return shown


def _rate_json(rate: Rate) -> dict[str, float]:
    return {
        "costPerHour": rate.cost_per_hour,
        "tokensPerMinute": rate.tokens_per_minute,
        "tokensPerMinuteForIndicator": rate.io_tokens_per_minute,
    }


def _projection_json(ahead: Projection) -> dict[str, float]:
    return {
        "remainingMinutes": ahead.remaining_minutes,
        "totalCost": ahead.total_cost,
        "totalTokens": ahead.total_tokens,
    }


def _number(value: float) -> float:
    """Whole numbers print without a point in this report, as JavaScript printed them."""
    return int(value) if value.is_integer() and abs(value) < _WHOLE_LIMIT else value
