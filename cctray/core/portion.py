"""Portions: sums of counted usage, the common coin between the store and every report.

The store adds them up from its rollups, tests from single entries; reports and blocks do not see the difference.
"""

from msgspec import Struct

from cctray.core.config import CostMode
from cctray.core.usage import Tokens


class Costs(Struct, frozen=True, array_like=True, gc=False):
    """US dollars by origin, so that every cost mode can be answered from one sum."""

    logged: float = 0.0
    """Sum of `costUSD` over the entries that carry one."""
    calculated: float = 0.0
    """Calculated from tokens, over the entries that carry no `costUSD`."""
    shadow: float = 0.0
    """Calculated from tokens, over the entries that do carry one (mode `calculate` wants it)."""

    def in_mode(self, mode: CostMode) -> float:
        """The cost as ccusage's `--mode` asks for it."""
        if mode is CostMode.AUTO:
            return self.logged + self.calculated
        if mode is CostMode.CALCULATE:
            return self.calculated + self.shadow
        return self.logged

    def __add__(self, other: "Costs") -> "Costs":
        """Sum origin by origin."""
        return Costs(self.logged + other.logged, self.calculated + other.calculated, self.shadow + other.shadow)


class Portion(Struct, frozen=True, kw_only=True, gc=False):
    """Usage of one model within one group: a day, a session or a slice of time."""

    group: str
    """What it is grouped by: `2026-06-01`, or the report's own key."""
    model: str | None
    """Model as written; None where the lines name none."""
    label: str | None
    """Name as printed (`-fast` added for fast responses)."""
    tokens: Tokens
    costs: Costs
    entries: int
    first_ms: int
    last_ms: int
    unlogged_tokens: int
    """Tokens of the entries without `costUSD`: a model without price is missed for them alone."""
    project: str = ""
    """First path component below `projects`."""


class SessionKey(Struct, frozen=True, array_like=True, gc=False):
    """A session as the path of its transcript names it (reference: ccusage's session report)."""

    session_id: str
    project_path: str


class Slice(Struct, frozen=True, kw_only=True):
    """Entries that lie closer together than any block boundary: one entry, or the sum of a quarter of an hour."""

    first_ms: int
    last_ms: int
    portions: tuple[Portion, ...]
    """One per model, in order of first appearance."""
    limit_reset_s: int | None = None
    """First "usage limit reached" time among its entries."""
