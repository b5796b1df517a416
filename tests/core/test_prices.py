"""What models cost."""

import json
import math
from pathlib import Path

import pytest

from cctray.core.config import PriceOverride
from cctray.core.prices import PriceBook
from cctray.core.usage import Tokens
from tests.core.oneshot import PRICES, book

MILLION = 1_000_000
REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "ccusage-pricing.json"


def full_book(**overrides: PriceOverride) -> PriceBook:
    """The book of a user."""
    own = {name.replace("_", "-"): override for name, override in overrides.items()}
    parity, newer = ((PRICES / name).read_bytes() for name in ("ccusage-20.0.24.json", "newer.json"))
    return PriceBook.from_json(parity, newer, own)


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-opus-4-8", 5),
        ("claude-opus-4-8-20260801", 5),
        ("claude-opus-4.8", 5),
        ("anthropic/claude-opus-4-8", 5),
        ("claude-opus-4-6[1m]", 5),
        ("opus", 5),
        ("haiku", 1),
        ("claude-opus-5-fast", 10),
        ("claude-opus-5@eu", 5.5),
        ("us.anthropic.claude-opus-4-8", 5.5),
        ("claude-3-5-sonnet-20241022", 3),
        ("gpt-5", 1.25),
        ("kimi-k2", 0.57),
        ("claude-opus-4-9", None),
        ("CLAUDE-OPUS-4-8", None),
        ("opusplan", None),
        ("claude-opus-4-0", None),
    ],
)
def test_look_up(model: str, dollars: float | None) -> None:
    """Names are found as ccusage finds them: exactly, loosely, and not across versions."""
    rates = book().find(model)
    assert (rates and round(rates.input * MILLION, 9)) == dollars


@pytest.mark.parametrize(
    ("model", "tokens", "is_fast", "dollars"),
    [
        ("claude-opus-4-20250514", Tokens(cache_1h=MILLION), False, 30),
        ("claude-sonnet-4-20250514", Tokens(input=300_000), False, 1.2),
        ("claude-sonnet-4-20250514", Tokens(input=150_000, cache_read=150_000), False, 0.495),
        ("claude-opus-4-6@default", Tokens(input=150_000, cache_read=150_000), False, 1.65),
        ("claude-opus-4-6", Tokens(input=MILLION), True, 30),
        ("claude-opus-4-8", Tokens(input=MILLION), True, 10),
        ("claude-opus-4-9", Tokens(input=MILLION), False, 0),
        ("<synthetic>", Tokens(input=MILLION), False, 0),
        (None, Tokens(input=MILLION), False, 0),
    ],
)
def test_cost(model: str | None, tokens: Tokens, is_fast: bool, dollars: float) -> None:
    """Tiers, life times of cache writes and the fast multiplier cost what ccusage charges."""
    assert math.isclose(book().cost(model, tokens, is_fast), dollars, abs_tol=1e-12)


def test_newer_models_only_fill_gaps() -> None:
    """A newer table prices what ccusage cannot, changes nothing else, and can be left out."""
    prices = full_book()
    assert prices.source("claude-opus-5-5-20261001") == "newer"
    assert prices.source("claude-opus-4-8") == "bundled"
    assert prices.source("claude-nonesuch") is None
    assert all(prices.find(name) == book().find(name) for name in book().names())
    plain = prices.without_newer()
    assert plain.find("claude-opus-5-5") is None
    assert plain.digest != prices.digest


def test_overrides() -> None:
    """The user's prices win, field by field, and change the digest."""
    prices = full_book(claude_opus_4_8=PriceOverride(output=1.0), mine=PriceOverride(input=2.0))
    rates = prices.find("claude-opus-4-8")
    assert rates is not None
    assert (rates.input * MILLION, rates.output * MILLION) == (5.0, 1.0)
    assert prices.source("claude-opus-4-8") == prices.source("mine") == "override"
    own = prices.find("mine")
    assert own is not None
    assert [round(one * MILLION, 9) for one in (own.input, own.output, own.cache_5m, own.cache_1h, own.cache_read)] == [
        2.0,
        0.0,
        2.5,
        4.0,
        0.2,
    ]
    assert prices.digest != full_book().digest == full_book().digest
    assert prices.without_newer().source("mine") == "override"


def test_what_needs_no_price() -> None:
    """Lines without a model and Claude Code's own are never unpriced."""
    assert book().is_priced(None)
    assert book().is_priced("<synthetic>")
    assert not book().is_priced("claude-nonesuch")


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference is not here")
def test_every_reference_rate() -> None:
    """All rates measured on ccusage are reproduced."""
    for name, known in json.loads(REFERENCE.read_text("utf-8"))["models"].items():
        rates = book().find(name)
        assert rates is not None, name
        pairs = {
            "input": rates.input,
            "output": rates.output,
            "cache_write_5m": rates.cache_5m,
            "cache_write_1h": rates.cache_1h,
            "cache_read": rates.cache_read,
            "fast_multiplier": rates.fast,
        }
        assert all(math.isclose(known[key], rate, rel_tol=1e-12) for key, rate in pairs.items()), name
        above = known.get("above_200k")
        higher = rates.higher
        assert (above is None) == (higher is None), name
        if above is not None and higher is not None:
            is_whole = above["mode"].startswith("whole")
            assert (higher.whole_from == above["threshold"]) == is_whole, name
            assert higher.input is not None, name
            assert math.isclose(higher.input, above["input"], rel_tol=1e-12), name
