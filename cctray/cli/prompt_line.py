"""What Claude Code hands to its status line, and the line that ccusage would print for it. Pure."""

from typing import Final

import msgspec
from msgspec import Struct

from cctray.cli.options import BurnRateStyle, CostSource, StatuslineOptions
from cctray.core.commands import ReportLimits
from cctray.core.errors import CctrayError
from cctray.core.words import Level, level

MAX_PERCENT: Final = 101.0
"""Claude Code once wrote a time into `used_percentage`; what is above is no percentage."""
DEFAULT_CONTEXT: Final = 200_000
"""Tokens; the window of every Claude model unless the hook says otherwise."""
MINUTE_MS: Final = 60_000
HOUR_MINUTES: Final = 60
NOTHING: Final = "N/A"

_SIGNS: Final = {Level.NORMAL: "🟢", Level.MODERATE: "⚠️", Level.HIGH: "🚨"}
_WORDS: Final = {Level.NORMAL: "Normal", Level.MODERATE: "Moderate", Level.HIGH: "High"}
_GREEN, _YELLOW, _RED = "32", "33", "31"


class Model(Struct, frozen=True):
    """The session's model."""

    id: str
    display_name: str


class Cost(Struct, frozen=True):
    """Claude Code's own estimate of the session."""

    total_cost_usd: float


class ContextWindow(Struct, frozen=True):
    """How full the context is."""

    total_input_tokens: int | None = None
    context_window_size: int | None = None


class Effort(Struct, frozen=True):
    """Reasoning effort."""

    level: str | None = None


class Window(Struct, frozen=True):
    """One of the account's rate limits."""

    used_percentage: float | None = None
    resets_at: float | None = None
    """UTC seconds."""


class RateLimits(Struct, frozen=True):
    """The account's rate limits."""

    five_hour: Window | None = None
    seven_day: Window | None = None


class Hook(Struct, frozen=True):
    """The JSON on stdin, as far as it is used."""

    session_id: str
    transcript_path: str
    model: Model
    cost: Cost | None = None
    context_window: ContextWindow | None = None
    effort: Effort | None = None
    rate_limits: RateLimits | None = None


class Spending(Struct, frozen=True, kw_only=True):
    """What the history knows for the line."""

    session_cost: float = 0.0
    today_cost: float = 0.0
    block_cost: float | None = None
    """None: no block is running."""
    block_left_ms: int = 0
    cost_per_hour: float | None = None
    io_tokens_per_minute: float = 0.0
    context_tokens: int | None = None
    """Of the session's last response."""


def read_hook(text: bytes) -> Hook:
    """Read what Claude Code wrote; raise CctrayError as ccusage fails, so that a wrong set-up is seen."""
    if not text.strip():
        raise CctrayError(
            "Nothing came in on stdin.", "Claude Code runs this command by itself; see 'cctray statusline --help'."
        )
    try:
        return msgspec.json.decode(text, type=Hook)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CctrayError(
            f"The input is not Claude Code's status line JSON: {error}.", "Update Claude Code or cctray."
        ) from error


def limits_of(hook: Hook, now_ms: int) -> ReportLimits | None:
    """The rate limits worth telling the engine; None where there are none."""
    if hook.rate_limits is None:
        return None
    five_share, five_resets_ms = _window(hook.rate_limits.five_hour)
    seven_share, seven_resets_ms = _window(hook.rate_limits.seven_day)
    if five_share is None and seven_share is None:
        return None
    return ReportLimits(
        seen_at_ms=now_ms,
        five_hour_share=five_share,
        five_hour_resets_at_ms=five_resets_ms,
        seven_day_share=seven_share,
        seven_day_resets_at_ms=seven_resets_ms,
    )


def _window(window: Window | None) -> tuple[float | None, int | None]:
    if window is None or window.used_percentage is None or window.resets_at is None:
        return None, None
    if not 0 <= window.used_percentage <= MAX_PERCENT:
        return None, None
    return window.used_percentage / 100, int(window.resets_at * 1000)


def line(hook: Hook, spending: Spending, options: StatuslineOptions, *, has_color: bool) -> str:
    """`🤖 Opus 4.8 (high) | 💰 $2.50 session / … | 🔥 $1.88/hr | 🧠 80 (0%)`."""
    effort = f" ({hook.effort.level})" if hook.effort and hook.effort.level else ""
    money = f"{_session(hook, spending, options.cost_source)} session / {_dollars(spending.today_cost)} today"
    parts = [f"🤖 {hook.model.display_name}{effort}", f"💰 {money} / {_block(spending)}"]
    if spending.block_cost is not None and spending.cost_per_hour is not None:
        parts.append(f"🔥 {_dollars(spending.cost_per_hour)}/hr{_burn(spending, options.visual_burn_rate)}")
    parts.append(f"🧠 {_context(hook, spending, options, has_color=has_color)}")
    return " | ".join(parts)


def _session(hook: Hook, spending: Spending, source: CostSource) -> str:
    told = _dollars(hook.cost.total_cost_usd) if hook.cost else NOTHING
    counted = _dollars(spending.session_cost)
    if source is CostSource.BOTH:
        return f"({told} cc / {counted} ccusage)"
    if source is CostSource.CC:
        return told
    return counted if source is CostSource.CCUSAGE or hook.cost is None else told


def _block(spending: Spending) -> str:
    if spending.block_cost is None:
        return "No active block"
    hours, minutes = divmod(max(0, spending.block_left_ms) // MINUTE_MS, HOUR_MINUTES)
    left = f"{hours}h {minutes}m" if hours else f"{minutes}m"
    return f"{_dollars(spending.block_cost)} block ({left} left)"


def _burn(spending: Spending, style: BurnRateStyle) -> str:
    burning = level(spending.io_tokens_per_minute)
    sign = f" {_SIGNS[burning]}" if style in {BurnRateStyle.EMOJI, BurnRateStyle.EMOJI_TEXT} else ""
    word = f" ({_WORDS[burning]})" if style in {BurnRateStyle.TEXT, BurnRateStyle.EMOJI_TEXT} else ""
    return sign + word


def _context(hook: Hook, spending: Spending, options: StatuslineOptions, *, has_color: bool) -> str:
    window = hook.context_window
    tokens = window.total_input_tokens if window else None
    size = window.context_window_size if window and tokens is not None else DEFAULT_CONTEXT
    if tokens is None:
        tokens = spending.context_tokens
    if tokens is None:
        return NOTHING
    percent = int(tokens / size * 100 + 0.5) if size else 0
    shown = f"{percent}%"
    if has_color:
        is_low, is_medium = percent < options.context_low_threshold, percent < options.context_medium_threshold
        shown = f"\x1b[{_GREEN if is_low else _YELLOW if is_medium else _RED}m{shown}\x1b[0m"
    return f"{tokens:,} ({shown})"


def _dollars(amount: float) -> str:
    return f"${amount + 0.0:.2f}" if amount > -0.005 else f"$-{-amount:.2f}"  # noqa: PLR2004 (half a cent: no minus zero)
