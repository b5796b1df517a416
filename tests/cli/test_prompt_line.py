"""The status line's text: what Claude Code hands over, and the line ccusage would print for it."""

import msgspec
import pytest

from cctray.cli.options import BurnRateStyle, CostSource, StatuslineOptions
from cctray.cli.prompt_line import Hook, Spending, limits_of, line, read_hook
from cctray.core.commands import ReportLimits
from cctray.core.errors import CctrayError

PLAIN: dict[str, object] = {
    "session_id": "s",
    "transcript_path": "/t",
    "model": {"id": "m", "display_name": "Opus 4.8"},
}
FULL: dict[str, object] = PLAIN | {
    "cost": {"total_cost_usd": 2.5},
    "context_window": {"total_input_tokens": 80123, "context_window_size": 200000},
    "effort": {"level": "high"},
}
SPENDING = Spending(
    session_cost=0.07,
    today_cost=0.0722,
    block_cost=0.0722,
    block_left_ms=3_959_000,
    cost_per_hour=0.0218,
    io_tokens_per_minute=21.0,
    context_tokens=15,
)


def hook(fields: dict[str, object]) -> Hook:
    """The hook as it comes in."""
    return read_hook(msgspec.json.encode(fields))


def shown(fields: dict[str, object], spending: Spending = SPENDING, **options: object) -> str:
    """The line without colours."""
    return line(hook(fields), spending, msgspec.convert(options, StatuslineOptions), has_color=False)


def test_full_line() -> None:
    """Everything there is: as ccusage 20.0.24 prints it."""
    assert shown(FULL) == (
        "🤖 Opus 4.8 (high) | 💰 $2.50 session / $0.07 today / $0.07 block (1h 5m left) | 🔥 $0.02/hr | 🧠 80,123 (40%)"
    )


def test_plain_line() -> None:
    """An old Claude Code tells neither cost nor context: both come from the history."""
    assert shown(PLAIN) == (
        "🤖 Opus 4.8 | 💰 $0.07 session / $0.07 today / $0.07 block (1h 5m left) | 🔥 $0.02/hr | 🧠 15 (0%)"
    )


def test_line_without_history() -> None:
    """Without a block, a rate and a context the line says so."""
    assert shown(PLAIN, Spending()) == "🤖 Opus 4.8 | 💰 $0.00 session / $0.00 today / No active block | 🧠 N/A"


@pytest.mark.parametrize(
    ("source", "told", "untold"),
    [
        (CostSource.AUTO, "$2.50", "$0.07"),
        (CostSource.CCUSAGE, "$0.07", "$0.07"),
        (CostSource.CC, "$2.50", "N/A"),
        (CostSource.BOTH, "($2.50 cc / $0.07 ccusage)", "(N/A cc / $0.07 ccusage)"),
    ],
)
def test_sources_of_the_session_cost(source: CostSource, told: str, untold: str) -> None:
    """`--cost-source` chooses between Claude Code's estimate and the calculated cost."""
    assert f"💰 {told} session" in shown(FULL, cost_source=source)
    assert f"💰 {untold} session" in shown(PLAIN, cost_source=source)


@pytest.mark.parametrize(
    ("rate", "style", "text"),
    [
        (1999.0, BurnRateStyle.EMOJI_TEXT, "$0.02/hr 🟢 (Normal)"),
        (2000.0, BurnRateStyle.EMOJI_TEXT, "$0.02/hr ⚠️ (Moderate)"),
        (5000.0, BurnRateStyle.EMOJI, "$0.02/hr 🚨 |"),
        (5000.0, BurnRateStyle.TEXT, "$0.02/hr (High)"),
        (5000.0, BurnRateStyle.OFF, "$0.02/hr |"),
    ],
)
def test_signs_of_the_burn_rate(rate: float, style: BurnRateStyle, text: str) -> None:
    """The thresholds and signs of ccusage's status line."""
    spending = msgspec.structs.replace(SPENDING, io_tokens_per_minute=rate)
    assert text in shown(FULL, spending, visual_burn_rate=style)


@pytest.mark.parametrize(
    ("left_ms", "text"), [(3_599_999, "(59m left)"), (17_279_999, "(4h 47m left)"), (-5, "(0m left)")]
)
def test_left_time_is_rounded_down(left_ms: int, text: str) -> None:
    """As ccusage floors it."""
    assert text in shown(FULL, msgspec.structs.replace(SPENDING, block_left_ms=left_ms))


@pytest.mark.parametrize(("tokens", "text"), [(80_999, "(40%)"), (81_000, "(41%)"), (250_000, "(125%)"), (999, "(0%)")])
def test_context_is_rounded_half_up(tokens: int, text: str) -> None:
    """As ccusage rounds it, over 100 % too."""
    fields = FULL | {"context_window": {"total_input_tokens": tokens, "context_window_size": 200_000}}
    assert text in shown(fields)


def test_context_colours() -> None:
    """Green, yellow and red by the two thresholds."""
    for tokens, code in ((80_000, 32), (130_000, 33), (180_000, 31)):
        fields = FULL | {"context_window": {"total_input_tokens": tokens, "context_window_size": 200_000}}
        assert f"\x1b[{code}m" in line(hook(fields), SPENDING, StatuslineOptions(), has_color=True)


@pytest.mark.parametrize("text", [b"", b"  ", b"{}", b"nojson", b'{"session_id":"s"}', b"\xff"])
def test_foreign_input_is_refused_as_ccusage_does(text: bytes) -> None:
    """Exit code 1 and a sentence, so that a wrong set-up is seen at once."""
    with pytest.raises(CctrayError) as caught:
        read_hook(text)
    assert caught.value.exit_code == 1


def test_nulls_before_the_first_response_are_no_error() -> None:
    """Claude Code writes nulls while it knows nothing yet."""
    fields = PLAIN | {"cost": None, "effort": None, "context_window": {"total_input_tokens": None}, "rate_limits": None}
    assert "🧠 15 (0%)" in shown(fields)


def test_limits_are_passed_on_as_shares() -> None:
    """Percent and seconds become shares and milliseconds."""
    limits = {"five_hour": {"used_percentage": 23.5, "resets_at": 1_790_000_000}}
    assert limits_of(hook(PLAIN | {"rate_limits": limits}), 7) == ReportLimits(
        seen_at_ms=7, five_hour_share=0.235, five_hour_resets_at_ms=1_790_000_000_000
    )


@pytest.mark.parametrize("percent", [1_790_000_000.0, 101.5, -1.0, None])
def test_impossible_percentages_are_dropped(percent: float | None) -> None:
    """A time once stood where the percentage should be."""
    limits = {
        "five_hour": {"used_percentage": percent, "resets_at": 5},
        "seven_day": {"used_percentage": 10, "resets_at": 9},
    }
    found = limits_of(hook(PLAIN | {"rate_limits": limits}), 7)
    assert found is not None
    assert (found.five_hour_share, found.seven_day_share) == (None, 0.1)


def test_no_limits_no_command() -> None:
    """Without limits the engine is not bothered."""
    assert limits_of(hook(PLAIN), 7) is None
    assert limits_of(hook(PLAIN | {"rate_limits": {}}), 7) is None
