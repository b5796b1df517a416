"""What the history tells its owner: the outcome of a commit, and the sums a Snapshot is made of."""

from msgspec import Struct

from cctray.core.portion import Costs
from cctray.core.usage import Tokens


class Change(Struct, frozen=True):
    """A response that began (+1) or ceased (-1) to count by the rule of the screens."""

    sign: int
    at_ms: int
    tokens: Tokens
    cost: float


class Recorded(Struct, frozen=True):
    """The outcome of a commit."""

    changes: list[Change]
    """Of responses younger than the live window, in no order."""
    rows: int
    """How many rows were written."""
    oldest_ms: int
    """Time of the oldest response that changed; far in the future where none did."""
    stale: tuple[str, ...]
    """Files whose reading did not begin where the history is; they must be read again."""


class Totals(Struct, frozen=True):
    """Usage of a span, by the rule of the screens."""

    tokens: Tokens
    costs: Costs
    entries: int


class Recent(Struct, frozen=True):
    """One counted response, for the live window."""

    at_ms: int
    tokens: Tokens
    cost: float
