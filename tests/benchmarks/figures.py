"""Figures: what a benchmark saw, its statistics, and the table of them. Measures nothing."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Final

import msgspec
from msgspec import Struct

HEAD: Final = ("what", "reach", "seen", "ratio", "ok")
LESS_THAN: Final = "≤"


class Row(Struct, frozen=True, kw_only=True):
    """One line of the table."""

    what: str
    reach: str
    """What is to be reached, in words; empty for a figure told beside the others."""
    seen: str
    ratio: str = ""
    """To ccusage in the same minutes, where the row has one."""
    ok: bool | None = None
    """None: nothing to reach, or it can't be measured here (then `seen` says why)."""
    notes: tuple[str, ...] = ()
    """More figures, told below the table."""


class Spread(Struct, frozen=True):
    """Several runs of the same thing."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """Their median."""
        return median(self.values)

    def text(self, unit: str, digits: int = 2) -> str:
        """`1.42 s (1.38–1.51, 5 runs)`; a single run without the rest."""
        told = f"{self.middle:.{digits}f} {unit}".rstrip()
        if len(self.values) == 1:
            return told
        return f"{told} ({min(self.values):.{digits}f}–{max(self.values):.{digits}f}, {len(self.values)} runs)"


def spread(values: Sequence[float]) -> Spread:
    """Runs of the same thing; raises ValueError without any."""
    if not values:
        raise ValueError("no run")
    return Spread(tuple(values))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ratio of each pair of runs that were made one after the other."""
    return spread([mine / other for mine, other in zip(ours, theirs, strict=True)])


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0–1) of all are not above; raises ValueError without any."""
    if not values:
        raise ValueError("no value")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def limit(seen: float, most: float) -> bool:
    """Whether a figure is reached."""
    return seen <= most


def table(rows: Sequence[Row]) -> str:
    """The table, and below it the notes."""
    lines = [HEAD, *((row.what, row.reach, row.seen, row.ratio, _word(row)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    drawn.insert(1, "  ".join("─" * width for width in widths))
    notes = [f"{row.what}: {note}" for row in rows for note in row.notes]
    return "\n".join([*drawn, *(["", *notes] if notes else [])])


def _word(row: Row) -> str:
    if row.ok is None:
        return "–"
    return "yes" if row.ok else "NO"


def as_json(rows: Sequence[Row], about: dict[str, object]) -> str:
    """The same for programs, with what was measured where."""
    return msgspec.json.format(msgspec.json.encode({"about": about, "rows": rows}), indent=2).decode()
