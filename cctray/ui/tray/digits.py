"""The tray icon's own glyphs: bitmaps up to 24 px, strokes from 32 px.

No font, so the pixels are the same everywhere. Only shapes of `0-9 k M .`: place and colour are `icon.py`'s.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

Bitmap = tuple[str, ...]
"""One string a row from the top, `#` is a pixel."""

# The 3x7 set keeps square corners: with a cut corner 8 looks like 3.
_BITMAPS_3X7: Final[dict[str, str]] = {
    "0": "### #.# #.# #.# #.# #.# ###",
    "1": ".# ## .# .# .# .# .#",
    "2": "### ..# ..# ### #.. #.. ###",
    "3": "### ..# ..# ### ..# ..# ###",
    "4": "#.# #.# #.# ### ..# ..# ..#",
    "5": "### #.. #.. ### ..# ..# ###",
    "6": "### #.. #.. ### #.# #.# ###",
    "7": "### ..# ..# .#. .#. .#. .#.",
    "8": "### #.# #.# ### #.# #.# ###",
    "9": "### #.# #.# ### ..# ..# ###",
    "k": "#.. #.. #.# #.# ##. #.# #.#",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    ".": ". . . . . . #",
}

_BITMAPS_4X8: Final[dict[str, str]] = {
    "0": ".##. #..# #..# #..# #..# #..# #..# .##.",
    "1": ".# ## .# .# .# .# .# .#",
    "2": ".##. #..# ...# ..#. .#.. #... #... ####",
    "3": ".##. #..# ...# .##. ...# ...# #..# .##.",
    "4": "#..# #..# #..# #### ...# ...# ...# ...#",
    "5": "#### #... #... ###. ...# ...# #..# .##.",
    "6": ".##. #..# #... ###. #..# #..# #..# .##.",
    "7": "#### ...# ...# ..#. ..#. .#.. .#.. .#..",
    "8": ".##. #..# #..# .##. #..# #..# #..# .##.",
    "9": ".##. #..# #..# #..# .### ...# #..# .##.",
    "k": "#... #... #..# #.#. ##.. #.#. #..# #..#",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...# #...#",
    ".": ". . . . . . . #",
}

_BITMAPS_5X9: Final[dict[str, str]] = {
    "0": ".###. ##.## ##.## ##.## ##.## ##.## ##.## ##.## .###.",
    "1": ".## ### .## .## .## .## .## .## .##",
    "2": ".###. ##.## ...## ...## ..##. .##.. ##... ##... #####",
    "3": ".###. ##.## ...## ...## ..##. ...## ...## ##.## .###.",
    "4": "##.## ##.## ##.## ##.## ##### ...## ...## ...## ...##",
    "5": "##### ##... ##... ####. ...## ...## ...## ##.## .###.",
    "6": ".###. ##.## ##... ##... ####. ##.## ##.## ##.## .###.",
    "7": "##### ...## ...## ..##. ..##. .##.. .##.. .##.. .##..",
    "8": ".###. ##.## ##.## ##.## .###. ##.## ##.## ##.## .###.",
    "9": ".###. ##.## ##.## ##.## .#### ...## ...## ##.## .###.",
    "k": "##... ##... ##... ##.## ##.## ####. ####. ##.## ##.##",
    "M": "##...## ###.### ####### ####### ##.#.## ##...## ##...## ##...## ##...##",
    ".": ".. .. .. .. .. .. .. ## ##",
}

BITMAPS: Final[dict[int, dict[str, Bitmap]]] = {
    rows: {glyph: tuple(drawn.split(" ")) for glyph, drawn in table.items()}
    for rows, table in ((7, _BITMAPS_3X7), (8, _BITMAPS_4X8), (9, _BITMAPS_5X9))
}
"""Glyphs by the height of their set, in pixels."""

BITMAP_GAP: Final = 1

GLYPHS: Final = "0123456789kM."

_STROKES: Final[dict[str, tuple[str, ...]]] = {
    # Centre lines on a 1 x 2 box: M move, L line, C cubic.
    "0": (
        "M0 .62 C0 .2 .2 0 .5 0 C.8 0 1 .2 1 .62 L1 1.38 C1 1.8 .8 2 .5 2 C.2 2 0 1.8 0 1.38",
        "L0 .62",
    ),
    "1": ("M0 .4 L1 0 L1 2",),
    "2": ("M.04 .56 C.04 .2 .22 0 .51 0 C.8 0 .98 .2 .98 .54 C.98 .78 .88 .98 .72 1.2 L.02 2 L1 2",),
    "3": (
        "M.03 .42 C.07 .16 .24 0 .49 0 C.77 0 .94 .19 .94 .48 C.94 .78 .74 .94 .4 .94",
        "C.78 .94 1 1.12 1 1.46 C1 1.8 .8 2 .5 2 C.22 2 .04 1.84 0 1.56",
    ),
    "4": ("M.72 2 L.72 0 L0 1.42 L1 1.42",),
    "5": (
        "M.9 0 L.14 0 L.06 .94 C.16 .78 .32 .7 .5 .7 C.8 .7 1 .94 1 1.34 C1 1.76 .8 2 .49 2",
        "C.22 2 .05 1.86 0 1.6",
    ),
    "6": (
        "M.92 .4 C.86 .14 .7 0 .52 0 C.18 0 0 .3 0 .86 L0 1.34 C0 1.76 .2 2 .5 2",
        "C.8 2 1 1.76 1 1.38 C1 1 .8 .78 .5 .78 C.2 .78 0 1 0 1.36",
    ),
    "7": ("M0 0 L1 0 L.34 2",),
    "8": (
        "M.5 .92 C.24 .92 .06 .74 .06 .46 C.06 .18 .24 0 .5 0 C.76 0 .94 .18 .94 .46",
        "C.94 .74 .76 .92 .5 .92 C.2 .92 0 1.12 0 1.45 C0 1.8 .2 2 .5 2 C.8 2 1 1.8 1 1.45",
        "C1 1.12 .8 .92 .5 .92",
    ),
    "9": (
        "M.08 1.6 C.14 1.86 .3 2 .48 2 C.82 2 1 1.7 1 1.14 L1 .66 C1 .24 .8 0 .5 0",
        "C.2 0 0 .24 0 .62 C0 1 .2 1.22 .5 1.22 C.8 1.22 1 1 1 .64",
    ),
    "k": ("M0 0 L0 2 M.92 .72 L0 1.42 M.4 1.14 L1 2",),
    "M": ("M0 2 L0 0 L.5 1.16 L1 0 L1 2",),
}

_WIDTHS: Final = {"1": 0.68, "4": 1.04, "7": 0.98, "k": 0.95, "M": 1.26}
"""In boxes, where a glyph is not one box wide."""

_DOT: Final = 1.4
"""In pens: where a panel halves the picture, a dot of one pen is gone, and .3M reads as 3M."""

_NUMBERS_OF: Final = {"M": 2, "L": 2, "C": 6}


def bitmap_width(text: str, rows: int) -> int:
    """Width in pixels of a number drawn in the set of that height."""
    return sum(len(BITMAPS[rows][glyph][0]) for glyph in text) + BITMAP_GAP * (len(text) - 1)


def bitmap_pixels(text: str, rows: int) -> list[tuple[int, int]]:
    """Every pixel of a number as (x, y) from its top left corner."""
    pixels: list[tuple[int, int]] = []
    left = 0
    for glyph in text:
        bitmap = BITMAPS[rows][glyph]
        pixels += [(left + x, y) for y, row in enumerate(bitmap) for x, mark in enumerate(row) if mark == "#"]
        left += len(bitmap[0]) + BITMAP_GAP
    return pixels


def stroke_width(text: str, box: float, pen: float, gap: float) -> float:
    """Width in pixels of a number in strokes, pen included."""
    return sum(_advance(glyph, box, pen) for glyph in text) + gap * (len(text) - 1)


def stroke_path(text: str, box: float, pen: float, gap: float) -> QPainterPath:
    """Centre lines of a number: its ink, drawn with a round pen of that width, begins at (0, 0) and is 2 boxes high."""
    path = QPainterPath()
    left = 0.0
    for glyph in text:
        advance = _advance(glyph, box, pen)
        _add_glyph(path, glyph, _place(left + pen / 2, pen / 2, advance - pen, (2 * box - pen) / 2))
        left += advance + gap
    return path


def _advance(glyph: str, box: float, pen: float) -> float:
    return _DOT * pen if glyph == "." else _WIDTHS.get(glyph, 1.0) * box


def _place(x: float, y: float, width: float, half_height: float) -> Callable[[float, float], QPointF]:
    return lambda u, v: QPointF(x + u * width, y + v * half_height)


def _add_glyph(path: QPainterPath, glyph: str, at: Callable[[float, float], QPointF]) -> None:
    if glyph == ".":
        bottom = QRectF(at(0, 2), at(1, 2))
        path.addRect(bottom.adjusted(0, -bottom.width(), 0, 0))
        return
    words = " ".join(_STROKES[glyph]).replace("M", "M ").replace("L", "L ").replace("C", "C ").split()
    index = 0
    while index < len(words):
        kind, count = words[index], _NUMBERS_OF[words[index]]
        numbers = [float(word) for word in words[index + 1 : index + 1 + count]]
        points = [at(u, v) for u, v in zip(numbers[::2], numbers[1::2], strict=True)]
        if kind == "M":
            path.moveTo(points[0])
        elif kind == "L":
            path.lineTo(points[0])
        else:
            path.cubicTo(points[0], points[1], points[2])
        index += count + 1
