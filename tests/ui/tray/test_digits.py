"""The tray icon's own glyphs."""

from itertools import combinations

import pytest

from cctray.ui.tray.digits import BITMAPS, GLYPHS, bitmap_pixels, bitmap_width, stroke_path, stroke_width


@pytest.mark.parametrize("rows", BITMAPS)
def test_every_glyph_is_a_full_rectangle(rows: int) -> None:
    """Each set holds every glyph, all rows of a glyph are equally wide, and the set is as high as its name says."""
    assert set(BITMAPS[rows]) == set(GLYPHS)
    for bitmap in BITMAPS[rows].values():
        assert len(bitmap) == rows
        assert {len(row) for row in bitmap} == {len(bitmap[0])}
        assert {mark for row in bitmap for mark in row} <= {"#", "."}


@pytest.mark.parametrize("rows", BITMAPS)
def test_digits_cannot_be_mistaken(rows: int) -> None:
    """Two digits of a set differ in at least one whole pixel of an otherwise equal box, `1` by its width."""
    for one, other in combinations("0123456789", 2):
        assert set(bitmap_pixels(one, rows)) ^ set(bitmap_pixels(other, rows)), (one, other)


def test_the_smallest_set_keeps_square_corners() -> None:
    """At 3 x 7 an 8 with a cut corner would look like a 3."""
    for glyph in "08":
        corners = BITMAPS[7][glyph][0] + BITMAPS[7][glyph][-1]
        assert corners == "#" * 6


@pytest.mark.parametrize(("size", "rows", "side"), [(16, 7, 1), (20, 8, 2), (22, 9, 1), (24, 9, 2)])
@pytest.mark.parametrize("text", ["888", "99k", ".9M", "12M", "9.9"])
def test_three_glyphs_stay_clear_of_the_ring(text: str, size: int, rows: int, side: int) -> None:
    """A number leaves a free column on both sides of it inside the ring."""
    assert bitmap_width(text, rows) <= size - 2 * side - 2


def test_pixels_lie_within_the_width() -> None:
    """The pixels of a number fill exactly the width that is said."""
    pixels = bitmap_pixels("12k", 9)
    assert min(x for x, _ in pixels) == 0
    assert max(x for x, _ in pixels) == bitmap_width("12k", 9) - 1
    assert len(pixels) == len(set(pixels))


@pytest.mark.parametrize("text", ["888", "12k", ".2M", "1M", "0", "345", "679"])
def test_strokes_fill_their_box(text: str) -> None:
    """Centre lines and half a pen on each side are as wide and as high as is said."""
    box, pen, gap = 12.5, 4.2, 3.75
    bounds = stroke_path(text, box, pen, gap).boundingRect()
    assert bounds.left() >= pen / 2 - 0.01
    assert bounds.right() <= stroke_width(text, box, pen, gap) - pen / 2 + 0.02
    assert bounds.bottom() == pytest.approx(2 * box - pen / 2, abs=0.01)
