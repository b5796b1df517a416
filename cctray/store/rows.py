"""Rows of the table `response`: how a Record lies in the database, and what its flags mean."""

from typing import Final, NamedTuple

from cctray.core import records as traits
from cctray.core.records import Record
from cctray.core.usage import DAILY, ENTRIES, Tokens

COUNTS_MASK: Final = 0b1111
"""Which rules count the row: DAILY and ENTRIES over all history, and shifted by DISK_SHIFT over what is on disk."""
DISK_SHIFT: Final = 2
DAILY_BITS: Final = DAILY | DAILY << DISK_SHIFT
ENTRIES_BITS: Final = ENTRIES | ENTRIES << DISK_SHIFT
TRAITS_SHIFT: Final = 4
TRAITS_MASK: Final = (1 << 11) - 1
IS_HUGE: Final = traits.IS_HUGE << TRAITS_SHIFT
"""Its counts are in `more`, and no rollup holds it."""
HAS_NOTICE: Final = traits.HAS_NOTICE << TRAITS_SHIFT
"""Its line tells when a usage limit resets."""
NEEDS_A_LOOK: Final = (traits.HAS_COST | traits.HAS_OPENER) << TRAITS_SHIFT
"""Its sums are not simply its columns."""
IS_GONE: Final = 1 << 15
"""Its line is no longer on disk."""

COLUMNS: Final = (
    "seq,message,request,file,place,at_ms,model,input,output,cache_5m,cache_1h,cache_read,flags,line_session,more"
)
INSERT: Final = f"INSERT INTO response ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
UPDATE: Final = f"UPDATE response SET {','.join(f'{name}=?' for name in COLUMNS.split(','))} WHERE seq=?"


class Row(NamedTuple):
    """One row; names as in the table."""

    seq: int
    message: int
    request: int | None
    file: int
    place: int
    at_ms: int
    model: int
    input: int
    output: int
    cache_5m: int
    cache_1h: int
    cache_read: int
    flags: int
    line_session: int | None
    more: bytes | None

    @property
    def counts(self) -> int:
        """Bits of the rules that count it."""
        return self.flags & COUNTS_MASK

    @property
    def is_gone(self) -> bool:
        """Whether its line is no longer on disk."""
        return bool(self.flags & IS_GONE)

    @property
    def tokens(self) -> Tokens:
        """The counts, also where they are huge."""
        huge = traits.unpack(self.more).huge if self.flags & IS_HUGE else None
        return huge or Tokens(self.input, self.output, self.cache_5m, self.cache_1h, self.cache_read)

    @property
    def logged_cost(self) -> float | None:
        """`costUSD` of the line, if any."""
        return None if self.more is None else traits.unpack(self.more).logged_cost


def flags_of(record: Record, counts: int, *, is_gone: bool = False) -> int:
    """Flags of a record's row."""
    flags = counts | record.traits << TRAITS_SHIFT
    return flags | IS_GONE if is_gone else flags


def solo_counts(rules: int, *, is_gone: bool) -> int:
    """What counts a response that has no rival: every rule that accepts its line."""
    return rules if is_gone else rules | rules << DISK_SHIFT


def record_of(row: Row, model: str | None, session: str | None) -> Record:
    """The record a row was made of."""
    return Record(
        row.message,
        row.request,
        row.place,
        row.at_ms,
        model,
        row.input,
        row.output,
        row.cache_5m,
        row.cache_1h,
        row.cache_read,
        row.flags >> TRAITS_SHIFT & TRAITS_MASK,
        session,
        row.more,
    )
