"""The vocabulary: what one transcript line tells about one response of the API.

Values only. Nothing here knows a file, a database or a screen, and no field can hold message text.
"""

from typing import Final

from msgspec import Struct

DAILY: Final = 1
"""Bit: ccusage's `daily` reader accepts (or counts) this copy; it is the rule of every screen."""
ENTRIES: Final = 2
"""Bit: the reader behind ccusage's weekly, monthly, session and blocks accepts (or counts) it."""

SPEED_ABSENT: Final = 0
SPEED_STANDARD: Final = 1
SPEED_FAST: Final = 2

SYNTHETIC: Final = "<synthetic>"
"""The model of lines Claude Code wrote itself: free, never an unknown model, and not named in reports."""

MAX_TOKENS: Final = 2**64 - 1
"""ccusage's token counts are unsigned 64-bit; its sums stop there instead of wrapping."""


class Tokens(Struct, frozen=True, array_like=True, gc=False):
    """The four token kinds of a response, cache writes split by their life time."""

    input: int = 0
    output: int = 0
    cache_5m: int = 0
    cache_1h: int = 0
    cache_read: int = 0

    @property
    def cache_create(self) -> int:
        """Cache writes of both life times."""
        return self.cache_5m + self.cache_1h

    @property
    def total(self) -> int:
        """All four kinds, saturating as ccusage's u64 does."""
        return min(self.input + self.output + self.cache_5m + self.cache_1h + self.cache_read, MAX_TOKENS)

    def saturated(self) -> tuple[int, int, int, int]:
        """Input, output, cache writes and reads, each saturating as ccusage's u64 does."""
        found = self.input, self.output, self.cache_5m + self.cache_1h, self.cache_read
        if max(found) <= MAX_TOKENS:
            return found
        entered, output, created, read = (min(count, MAX_TOKENS) for count in found)
        return entered, output, created, read

    def __add__(self, other: "Tokens") -> "Tokens":
        """Sum kind by kind."""
        return Tokens(
            self.input + other.input,
            self.output + other.output,
            self.cache_5m + other.cache_5m,
            self.cache_1h + other.cache_1h,
            self.cache_read + other.cache_read,
        )


class UsageEvent(Struct, frozen=True, array_like=True, gc=False):
    """One copy of one response, as one accepted transcript line tells it.

    A response is written several times while it streams, and again where a session is resumed or forked;
    `core.dedupe` decides which copy counts.
    """

    offset: int
    """Byte offset of the line in its file: the order of ccusage's fold within a file."""
    at_ms: int
    """Time of the line, UTC milliseconds; years 0 to 9999 are possible."""
    message: str | None
    """`message.id`; advisor entries are `<id>:advisor:<k>`."""
    request: str | None
    """`requestId`."""
    session: str | None
    """The line's own `sessionId`; where absent the session of the file's path stands in for it."""
    model: str | None
    """Model as written, without `-fast`; None where the line names none."""
    tokens: Tokens
    speed: int = SPEED_ABSENT
    """`usage.speed`: absent, standard or fast; an entry that says its speed wins a tie."""
    is_sidechain: bool = False
    rules: int = DAILY | ENTRIES
    """Which of ccusage's two readers accept the line."""
    part: int = 0
    """0: the line's own usage; k: its k-th advisor, which follows the line in the fold."""
    logged_cost: float | None = None
    """`costUSD`, US dollars, where the line has one."""
    flat_cache: int | None = None
    """`cache_creation_input_tokens` where it differs from the split (`session --id` prints it)."""
    limit_reset_s: int | None = None
    """Unix seconds of "usage limit reached|…" on an API error line."""
    line_key: int | None = None
    """For entries without `message`: 64 bits of the SHA-256 of the line, and how many equal lines precede it."""

    @property
    def is_fast(self) -> bool:
        """Whether the fast multiplier applies to the price."""
        return self.speed == SPEED_FAST

    @property
    def label(self) -> str | None:
        """The name a report prints: `-fast` is added for the line's own usage, not for an advisor.

        None where a report names no model: the line has none, or Claude Code wrote it itself.
        """
        if self.model is None or (self.model == SYNTHETIC and self.part == 0):
            return None
        return f"{self.model}-fast" if self.is_fast and self.part == 0 else self.model


class ParsedLines(Struct, frozen=True, array_like=True):
    """What a run of whole lines holds."""

    events: list[UsageEvent]
    """In the order of the lines."""
    skipped: dict[str, int]
    """Lines that look like usage and were refused, counted by reason."""
