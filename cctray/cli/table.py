"""Tables of text: aligned columns in box-drawing lines, as wide as the terminal allows. Pure."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from msgspec import Struct

ELLIPSIS: Final = "…"
PADDING: Final = 3
"""Columns that a cell needs beside its text: a blank on both sides and one line."""


class Align(StrEnum):
    """Where a column's text stands."""

    LEFT = "left"
    RIGHT = "right"


class Tone(StrEnum):
    """How a row is coloured, as an SGR code."""

    PLAIN = ""
    HEAD = "1;36"
    DIM = "2"
    TOTAL = "1"
    LIVE = "32"
    GROUP = "36"


class Column(Struct, frozen=True, kw_only=True):
    """One column."""

    title: str
    align: Align = Align.RIGHT
    spare: int = 0
    """0: always shown; else the wider the table, the higher numbers go first."""
    least: int = 0
    """Columns of text it may be cut down to before others have to go; 0: it is never cut."""


class Row(Struct, frozen=True):
    """One row; a cell may have several lines."""

    cells: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    is_ruled: bool = False
    """Whether a line stands above it."""


class Drawn(Struct, frozen=True):
    """A table as text."""

    lines: list[str]
    hidden: tuple[str, ...] = ()
    """Titles of the columns that had no room."""


def width_of(text: str) -> int:
    """Terminal columns of a text of one line: wide characters count 2, combining ones 0."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """The text without what would move a terminal's cursor; names come from foreign files."""
    if text.isprintable():
        return text
    return "".join("�" if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)


def cut(text: str, columns: int) -> str:
    """The text in at most so many terminal columns, its end replaced by `…`."""
    if width_of(text) <= columns:
        return text
    if text.isascii():
        return text[: columns - 1] + ELLIPSIS if columns > 0 else ""
    kept, used = [], 0
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + ELLIPSIS if columns > 0 else ""


def draw(columns: Sequence[Column], rows: Sequence[Row], *, width: int, is_compact: bool, has_color: bool) -> Drawn:
    """Draw a table at most `width` columns wide where that can be: long texts are cut, and spare columns go."""
    head = Row(tuple(column.title for column in columns), Tone.HEAD)
    lines = [line for row in (head, *rows) for line in _split(row)]
    shown, sizes = _fit(columns, _natural(lines), width, is_compact=is_compact)
    places = [(index, size, columns[index].align) for index, size in zip(shown, sizes, strict=True)]
    drawn = [_rule(sizes, "┌┬┐")]
    for line in lines:
        if line.is_ruled:
            drawn.append(_rule(sizes, "├┼┤"))
        cells = [_aligned(line.cells[index], size, align) for index, size, align in places]
        if has_color and line.tone is not Tone.PLAIN:
            cells = [_toned(cell, line.tone) for cell in cells]
        drawn.append(f"│ {' │ '.join(cells)} │")
        if line is lines[0]:
            drawn.append(_rule(sizes, "├┼┤"))
    drawn.append(_rule(sizes, "└┴┘"))
    return Drawn(drawn, tuple(column.title for index, column in enumerate(columns) if index not in shown))


def _split(row: Row) -> list[Row]:
    """A row for each line of text."""
    if "\n" not in "".join(row.cells):
        return [row]
    lines = zip_longest(*(cell.split("\n") for cell in row.cells), fillvalue="")
    return [Row(line, row.tone, row.is_ruled and number == 0) for number, line in enumerate(lines)]


def _fit(
    columns: Sequence[Column], natural: Sequence[int], width: int, *, is_compact: bool
) -> tuple[list[int], list[int]]:
    """Indexes of the shown columns and the columns of text of each."""
    shown = [index for index, column in enumerate(columns) if not (is_compact and column.spare)]
    smallest = [min(size, column.least or size) for size, column in zip(natural, columns, strict=True)]
    while _total([smallest[i] for i in shown]) > width and (spare := _next_spare(columns, shown)) is not None:
        shown.remove(spare)
    sizes = [natural[i] for i in shown]
    while (excess := _total(sizes) - width) > 0:
        room = [(size - columns[i].least if columns[i].least else 0) for i, size in zip(shown, sizes, strict=True)]
        widest = max(range(len(sizes)), key=room.__getitem__)
        if room[widest] <= 0:
            break
        sizes[widest] -= min(excess, room[widest])
    return shown, sizes


def _next_spare(columns: Sequence[Column], shown: list[int]) -> int | None:
    spare = max(shown, key=lambda index: columns[index].spare)
    return spare if columns[spare].spare else None


def _total(sizes: list[int]) -> int:
    return sum(sizes) + PADDING * len(sizes) + 1


def _rule(sizes: list[int], corners: str) -> str:
    left, middle, right = tuple(corners)
    return left + middle.join("─" * (size + 2) for size in sizes) + right


def _natural(lines: Sequence[Row]) -> list[int]:
    """Columns of text of the widest cell of each column."""
    # WHY by way of a set: of a hundred thousand rows only some hundred differ in the widths of their cells.
    found = {tuple(map(len if "".join(line.cells).isascii() else width_of, line.cells)) for line in lines}
    return [max(widths) for widths in zip(*found, strict=True)]


def _aligned(text: str, size: int, align: Align) -> str:
    pad = str.ljust if align is Align.LEFT else str.rjust
    if not text.isascii():
        text = cut(text, size)
        return pad(text, size - width_of(text) + len(text))
    return pad(text, size) if len(text) <= size else cut(text, size)


def _toned(text: str, tone: Tone) -> str:
    return f"\x1b[{tone.value}m{text}\x1b[0m" if text.strip() else text
