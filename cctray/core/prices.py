"""Model and tokens to US dollars: ccusage's offline tables and look-up, newer models, and the user's own prices.

The tables come as bytes (resources/prices, made by packaging/refresh_prices.py); nothing here fetches.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from hashlib import sha256
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from cctray.core.config import PriceOverride
from cctray.core.usage import SYNTHETIC, Tokens, UsageEvent

MILLION: Final = 1_000_000
_MARGINAL_FROM: Final = 200_000
"""Tokens of one kind from which LiteLLM's higher rates apply to the rest of that kind."""
_DATE_DIGITS: Final = 8
_TIER_AT: Final = 5
"""Where the higher rates begin in a row of the tables."""

Source = Literal["bundled", "newer", "override"]
Row = list[float | None]
"""input, output, 5 m cache write, cache read, fast factor[, the first four above the threshold, threshold or None]."""


class Higher(Struct, frozen=True):
    """Rates above a threshold, US dollars per token; None keeps the base rate."""

    input: float | None
    output: float | None
    cache_5m: float | None
    cache_read: float | None
    whole_from: int | None
    """Tokens of a request above which all of it costs the higher rates; None: each kind's tokens above 200,000."""


_NO_HIGHER: Final = Higher(None, None, None, None, None)


class Rates(Struct, frozen=True):
    """US dollars per token of one model."""

    input: float
    output: float
    cache_5m: float
    cache_1h: float
    cache_read: float
    fast: float = 1.0
    """Factor of the whole response where its speed is fast."""
    higher: Higher | None = None

    def cost(self, tokens: Tokens, *, is_fast: bool) -> float:
        """US dollars of one response, summed in ccusage's order."""
        rates, above = self, _NO_HIGHER
        if self.higher is not None:
            if self.higher.whole_from is None:
                above = self.higher
            elif tokens.input + tokens.cache_read + tokens.cache_create > self.higher.whole_from:
                rates = _raised(self, self.higher)
        total = (
            _kind(tokens.input, rates.input, above.input)
            + _kind(tokens.output, rates.output, above.output)
            + _kind(tokens.cache_5m, rates.cache_5m, above.cache_5m)
            + _kind(tokens.cache_1h, rates.cache_1h, None if above.input is None else 2 * above.input)
            + _kind(tokens.cache_read, rates.cache_read, above.cache_read)
        )
        return total * self.fast if is_fast else total

    def flat_cost(self, *, is_fast: bool) -> Callable[[Tokens], float]:
        """`cost` of a model without higher rates, in a third of the time; bit for bit the same."""
        fresh, output, short, long, read = self.input, self.output, self.cache_5m, self.cache_1h, self.cache_read
        factor = self.fast if is_fast else 1.0

        def cost(tokens: Tokens) -> float:
            return (
                tokens.input * fresh
                + tokens.output * output
                + tokens.cache_5m * short
                + tokens.cache_1h * long
                + tokens.cache_read * read
            ) * factor

        return cost


class _Bundled(Struct, frozen=True):
    version: str
    aliases: dict[str, str]
    exact: dict[str, Row]
    """Names without relatives: never matched loosely."""
    primary: dict[str, Row]
    models_dev: Raw
    exact_only: Raw


class _Newer(Struct, frozen=True):
    models: dict[str, Row]


class _Later:
    """The part of the bundled table that only names unknown to its first part need; decoded then."""

    def __init__(self, models: bytes, exact_only: bytes) -> None:
        self._models = models
        self._exact_only = exact_only

    @cached_property
    def rows(self) -> dict[str, Row]:
        """models.dev's models."""
        return msgspec.json.decode(self._models, type=dict[str, Row])

    @cached_property
    def exact_only(self) -> frozenset[str]:
        """Ids that answer only to themselves."""
        return frozenset(msgspec.json.decode(self._exact_only, type=list[str]))

    @cached_property
    def spelt(self) -> dict[str, str | None]:
        """Such ids by their spelling with dashes; None where two share it."""
        found: dict[str, str | None] = {}
        for name in self.exact_only:
            spelling = _dashed(name)
            found[spelling] = None if spelling in found else name
        return found


class PriceBook:
    """What every model costs. Look-ups are remembered; the book itself never changes."""

    def __init__(
        self,
        bundled: _Bundled,
        later: _Later,
        newer: dict[str, Row],
        overrides: Mapping[str, PriceOverride],
        digest: str,
    ) -> None:
        """Use `from_json`."""
        self.digest = digest
        """Changes with anything that could change a price."""
        self._bundled = bundled
        self._later = later
        self._newer = newer
        self._overrides = overrides
        self._known: dict[str, tuple[Rates, Source] | None] = {}
        self._own: dict[str, Rates] = {}
        # Each look-up below is of the tables alone: the user's prices stand on them, not on each other.
        bases = {model: self.find(model) for model in overrides}
        self._own = {model: _overridden(bases[model], override) for model, override in overrides.items()}
        self._known.clear()

    @classmethod
    def from_json(cls, parity: bytes, newer: bytes, overrides: Mapping[str, PriceOverride]) -> "PriceBook":
        """Build it from the two files of resources/prices and the user's settings."""
        bundled = msgspec.json.decode(parity, type=_Bundled)
        later = _Later(bytes(bundled.models_dev), bytes(bundled.exact_only))
        newer_rows = msgspec.json.decode(newer, type=_Newer).models
        return cls(bundled, later, newer_rows, overrides, _digest(parity, newer, overrides))

    def without_newer(self) -> "PriceBook":
        """The same book as `ccusage --offline` knows it, overrides included."""
        digest = sha256(f"{self.digest} without newer".encode()).hexdigest()
        return PriceBook(self._bundled, self._later, {}, self._overrides, digest)

    def names(self) -> list[str]:
        """Models named in the bundled tables."""
        return [*self._bundled.primary, *self._later.rows]

    def find(self, model: str) -> Rates | None:
        """Rates of a model as written; None where nobody knows its price."""
        found = self._entry(model)
        return None if found is None else found[0]

    def source(self, model: str) -> Source | None:
        """Where a model's price is from."""
        found = self._entry(model)
        return None if found is None else found[1]

    def is_priced(self, model: str | None) -> bool:
        """Whether a model has a price; lines without a model and Claude Code's own need none."""
        return model is None or model == SYNTHETIC or self._entry(model) is not None

    def cost(self, event_model: str | None, tokens: Tokens, is_fast: bool) -> float:  # noqa: FBT001 - as the store calls it
        """US dollars of one response calculated from its tokens; 0.0 for a model without price."""
        found = None if event_model is None else self._entry(event_model)
        return 0.0 if found is None else found[0].cost(tokens, is_fast=is_fast)

    def event_cost(self, event: UsageEvent) -> float:
        """US dollars of one copy as mode auto has it: what its line logged, else calculated."""
        return self.cost(event.model, event.tokens, event.is_fast) if event.logged_cost is None else event.logged_cost

    def pricer(self, model: str | None, is_fast: bool) -> Callable[[Tokens], float]:  # noqa: FBT001 - as `cost`
        """`cost` of one model, looked up once: what a first read calls for every response."""
        found = None if model is None else self._entry(model)
        if found is None:
            return lambda _: 0.0
        rates = found[0]
        return rates.flat_cost(is_fast=is_fast) if rates.higher is None else partial(rates.cost, is_fast=is_fast)

    def _entry(self, model: str) -> tuple[Rates, Source] | None:
        try:
            return self._known[model]
        except KeyError:
            found = self._known[model] = None if model == SYNTHETIC else self._look_up(model)
            return found

    def _look_up(self, model: str) -> tuple[Rates, Source] | None:
        if model not in self._own and (exact := self._bundled.exact.get(_dashed(model))):
            return _rates(exact), "bundled"
        name = self._primary(model)
        if name is not None:
            return self._own_or_bundled(name)
        name = self._models_dev(model)
        if name is not None:
            return _rates(self._later.rows[name]), "bundled"
        name = model if model in self._newer else _fuzzy(model, self._newer)
        return None if name is None else (_rates(self._newer[name]), "newer")

    def _own_or_bundled(self, name: str) -> tuple[Rates, Source]:
        own = self._own.get(name)
        return (_rates(self._bundled.primary[name]), "bundled") if own is None else (own, "override")

    def _primary(self, model: str) -> str | None:
        """Key of the first table that prices a model."""
        for name in (model, self._bundled.aliases.get(model, model)):
            if name in self._own or name in self._bundled.primary:
                return name
        for name in dict.fromkeys((self._bundled.aliases.get(model, model), model)):
            if name in self._later.exact_only or _dashed(name) in self._later.spelt:
                continue
            found = _fuzzy(name, (*self._bundled.primary, *self._own))
            if found is not None:
                return found
        return None

    def _models_dev(self, model: str) -> str | None:
        """Key of the second table that prices a model."""
        later = self._later
        for name in dict.fromkeys((model, self._bundled.aliases.get(model, model))):
            if name in later.rows:
                return name
        for name in dict.fromkeys((self._bundled.aliases.get(model, model), model)):
            spelling = _dashed(name)
            if spelling in later.spelt:
                if later.spelt[spelling] is not None:
                    return later.spelt[spelling]
                continue
            found = _fuzzy(name, (key for key in later.rows if key not in later.exact_only))
            if found is not None:
                return found
        return None


def _rates(row: Row) -> Rates:
    base = [rate or 0.0 for rate in row[:_TIER_AT]]
    higher = None
    if len(row) > _TIER_AT:
        threshold = row[_TIER_AT + 4]
        above = row[_TIER_AT : _TIER_AT + 4]
        higher = Higher(above[0], above[1], above[2], above[3], None if threshold is None else int(threshold))
    return Rates(base[0], base[1], base[2], 2 * base[0], base[3], base[4], higher)


def _raised(base: Rates, higher: Higher) -> Rates:
    fresh = base.input if higher.input is None else higher.input
    return Rates(
        fresh,
        base.output if higher.output is None else higher.output,
        base.cache_5m if higher.cache_5m is None else higher.cache_5m,
        2 * fresh,
        base.cache_read if higher.cache_read is None else higher.cache_read,
    )


def _kind(tokens: int, rate: float, higher: float | None) -> float:
    if higher is not None and tokens > _MARGINAL_FROM:
        return _MARGINAL_FROM * rate + (tokens - _MARGINAL_FROM) * higher
    return tokens * rate


def _overridden(base: Rates | None, override: PriceOverride) -> Rates:
    """The user's prices over the table's. Cache prices that follow from the input price follow the new one."""
    old = Rates(0.0, 0.0, 0.0, 0.0, 0.0) if base is None else base
    fresh = _per_token(override.input, old.input)
    follows = override.input is not None
    return Rates(
        fresh,
        _per_token(override.output, old.output),
        _per_token(override.cache_write_5m, fresh * 1.25 if follows else old.cache_5m),
        _per_token(override.cache_write_1h, fresh * 2 if follows else old.cache_1h),
        _per_token(override.cache_read, fresh * 0.1 if follows else old.cache_read),
        old.fast if override.fast_multiplier is None else override.fast_multiplier,
        None if follows else old.higher,
    )


def _per_token(per_million: float | None, otherwise: float) -> float:
    return otherwise if per_million is None else per_million / MILLION


def _digest(parity: bytes, newer: bytes, overrides: Mapping[str, PriceOverride]) -> str:
    hasher = sha256()
    for part in (parity, newer, msgspec.json.encode(dict(sorted(overrides.items())))):
        hasher.update(sha256(part).digest())
    return hasher.hexdigest()


def _dashed(name: str) -> str:
    return name.replace(".", "-").replace("@", "-")


def _fuzzy(model: str, keys: Iterable[str]) -> str | None:
    """The longest key that occurs in the model's name or holds it; of equals the first in order."""
    dashed = _dashed(model)
    matching = (
        key
        for key in keys
        if _holds(model, key)
        or _holds(key, model)
        or _holds(dashed, spelling := _dashed(key))
        or _holds(spelling, dashed)
    )
    return min(matching, key=lambda key: (-len(key.encode()), key), default=None)


def _holds(text: str, key: str) -> bool:
    """Whether a key occurs in a text as a name of its own, and not as the beginning of a later version's name."""
    return key in text and any(_is_bounded(text, at, key) for at in _places(text, key))


def _places(text: str, key: str) -> Iterator[int]:
    at = text.find(key)
    while at >= 0:
        yield at
        at = text.find(key, at + max(len(key), 1))


def _is_bounded(text: str, at: int, key: str) -> bool:
    if at > 0 and _is_alphanumeric(text[at - 1]):
        return False
    rest = text[at + len(key) :]
    if not rest:
        return True
    if _is_alphanumeric(rest[0]):
        return False
    if not (key[-1:].isascii() and key[-1:].isdigit() and rest[0] in "-."):
        return True
    tail = rest[1:]
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return digits == 0 or (digits == _DATE_DIGITS and not _is_alphanumeric(tail[digits : digits + 1]))


def _is_alphanumeric(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
