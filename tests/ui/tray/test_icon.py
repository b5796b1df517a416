"""The tray icon as a picture, by properties of its pixels, and what it shows of a Snapshot."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage

from cctray.core.config import Config, IconShows, RateUnit
from cctray.core.snapshot import Limit, Problem, Reading, Snapshot
from cctray.core.words import Level, icon_text
from cctray.ui.tray.icon import SIZES, paint
from cctray.ui.tray.icon_look import FILL_STEPS, IconLook, Inside, Panel, look_of
from tests.ui.tray.contact_sheet import GROUNDS, contact_sheet, every_look
from tests.ui.tray.tray_scenes import FULL_DISK, HOUR_MS, NOW_MS, block, rate, scene

BITMAP_SIZES = [size for size in SIZES if size <= 24]
SIDES = {16: 1, 20: 2, 22: 1, 24: 2, 32: 3, 36: 3, 40: 3, 44: 4, 48: 4, 64: 5}
NUMBER = IconLook(text="840", fill=6)


def alphas(image: QImage) -> list[list[int]]:
    """Opacity of each pixel, row by row."""
    return [[image.pixelColor(x, y).alpha() for x in range(image.width())] for y in range(image.height())]


def inside(image: QImage, margin: int) -> list[QColor]:
    """The pixels at least `margin` away from the edge."""
    span = range(margin, image.width() - margin)
    return [image.pixelColor(x, y) for y in span for x in span]


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio as WCAG defines it."""

    def luminance(colour: QColor) -> float:
        parts = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
            for part in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("size", SIZES)
def test_the_ring_fills_clockwise_from_the_top(size: int) -> None:
    """Right of 12 o'clock is used, left of it is ink at 26 %, and the corner is free."""
    image = paint(NUMBER, size)
    assert image.width() == image.height() == size
    assert image.pixelColor(size // 2 + 1, 0).name() == "#7c9cff"
    assert image.pixelColor(size // 2 + 1, 0).alpha() == 255
    assert image.pixelColor(size // 2 - 2, 0).alpha() == pytest.approx(0.26 * 255, abs=1)
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("size", BITMAP_SIZES)
@pytest.mark.parametrize("text", ["840", "12k", ".2M", "9"])
def test_small_digits_lie_on_whole_pixels(text: str, size: int) -> None:
    """At 24 px and below nothing inside the ring is half transparent."""
    image = paint(IconLook(text=text, fill=0), size)
    assert {colour.alpha() for colour in inside(image, 4 if size > 16 else 3)} <= {0, 255}
    middle = size // 2
    assert any(image.pixelColor(x, middle).name() == "#f2f4f8" for x in range(3, size - 3))


@pytest.mark.parametrize("size", BITMAP_SIZES)
def test_three_digits_leave_a_free_column_to_the_ring(size: int) -> None:
    """The digits do not melt into the ring at the height of their middle."""
    row = alphas(paint(NUMBER, size))[size // 2]
    assert row[SIDES[size]] == 0
    assert row[size - SIDES[size] - 1] == 0


@pytest.mark.parametrize("size", SIZES)
def test_every_digit_is_a_picture_of_its_own(size: int) -> None:
    """No two digits are drawn alike, in strokes or bitmaps."""
    images = {digit: paint(IconLook(text=digit * 3), size) for digit in "0123456789"}
    for one, other in combinations(images, 2):
        assert images[one] != images[other], (one, other)


@pytest.mark.parametrize("size", SIZES)
def test_more_use_is_more_ring(size: int) -> None:
    """Each step of the fill colours more of the ring than the one before."""
    used = [
        sum(row_alpha for row in alphas(paint(IconLook(fill=fill), size)) for row_alpha in row)
        for fill in range(0, FILL_STEPS + 1, 4)
    ]
    assert all(less < more for less, more in pairwise(used))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shows", IconShows)
def test_levels_differ_by_shape_alone(shows: IconShows, size: int) -> None:
    """Without any colour, as on macOS and for colour-blind eyes, the three levels are three pictures."""
    text = "" if shows is IconShows.RING else "48k"
    images = [
        paint(IconLook(text=text, fill=20, level=level, shows=shows, panel=Panel.TEMPLATE), size) for level in Level
    ]
    assert len({str(alphas(image)) for image in images}) == len(Level)


@pytest.mark.parametrize("size", SIZES)
def test_a_template_is_alpha_only(size: int) -> None:
    """Every visible pixel of a template is black, and the plate's number is a hole in it."""
    for look in every_look(Panel.TEMPLATE):
        image = paint(look, size)
        assert {image.pixelColor(x, y).name() for x in range(size) for y in range(size)} == {"#000000"}
    plate = paint(IconLook(text="888", fill=FILL_STEPS, level=Level.HIGH, panel=Panel.TEMPLATE), size)
    assert min(colour.alpha() for colour in inside(plate, size // 4)) == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_problem_is_a_dot_with_air_around_it(size: int) -> None:
    """The dot sits bottom right in its own colour; between it and the ring is nothing."""
    image = paint(replace(NUMBER, fill=FILL_STEPS, has_problem=True), size)
    diameter = {16: 5, 20: 6, 22: 6, 24: 7, 32: 9, 36: 10, 40: 11, 44: 12, 48: 13, 64: 17}[size]
    at = size - diameter // 2 - 1
    assert image.pixelColor(at, at).name() == "#ff6b6b"
    assert image.pixelColor(at, size - diameter - 1).alpha() < 128


@pytest.mark.parametrize("size", SIZES)
def test_idle_is_a_hollow_ring(size: int) -> None:
    """Nothing stands inside the ring, and its used part is ink at most 72 % opaque, not a level's colour."""
    image = paint(IconLook(inside=Inside.IDLE, fill=16), size)
    assert {colour.alpha() for colour in inside(image, size // 4)} == {0}
    assert image.pixelColor(size // 2 + 1, 0).alpha() < 0.75 * 255


@pytest.mark.parametrize("size", SIZES)
def test_the_first_read_breaks_the_ring(size: int) -> None:
    """The ring is dashed, its first dashes are coloured, and three dots stand in the middle."""
    image = paint(IconLook(inside=Inside.READING, is_dashed=True, fill=13), size)
    top = alphas(image)[0]
    assert min(top[size // 2 - 2 : size // 2 + 2]) < 64
    assert image.pixelColor(size // 2 + max(2, size // 8), 0).name() == "#7c9cff"
    middle = [alpha > 200 for alpha in alphas(image)[size // 2][size // 5 : -size // 5]]
    assert sum(now and not before for before, now in pairwise([False, *middle])) == 3


@pytest.mark.parametrize("panel", [Panel.DARK, Panel.LIGHT, Panel.UNKNOWN])
def test_it_can_be_read_on_its_panel(panel: Panel) -> None:
    """Digits have 4.5 : 1 against what they stand on, ring, plate and dot 3 : 1."""
    ground = "#1c2028" if panel is Panel.UNKNOWN else GROUNDS[panel]
    number = paint(IconLook(text="0", panel=panel), 16)
    # A single 0 is three pixels wide: its left stem is column 6.
    assert contrast(number.pixelColor(6, 8), QColor(ground)) >= 4.5
    for level in Level:
        image = paint(IconLook(fill=FILL_STEPS, text="1", level=level, panel=panel), 64)
        assert contrast(image.pixelColor(40, 1), QColor(ground)) >= 3
    plate = paint(IconLook(fill=FILL_STEPS, text="888", level=Level.HIGH, panel=panel), 16)
    assert contrast(plate.pixelColor(2, 5), plate.pixelColor(1, 8)) >= 4


def test_an_unknown_panel_gets_a_ground_of_its_own() -> None:
    """Where the desktop does not tell dark from light, no pixel behind the digits is left to chance."""
    image = paint(IconLook(text="840", fill=6, panel=Panel.UNKNOWN), 22)
    assert {colour.alpha() for colour in inside(image, 3)} == {255}


def test_odd_sizes_are_centred_never_scaled() -> None:
    """A size without measures of its own shows the next smaller one, pixel by pixel, in its middle."""
    small, odd = paint(NUMBER, 24), paint(NUMBER, 31)
    assert odd.copy(3, 3, 24, 24) == small
    assert paint(NUMBER, 96).copy(16, 16, 64, 64) == paint(NUMBER, 64)


@given(
    look=st.builds(
        IconLook,
        text=st.floats(0, 2e8).map(icon_text) | st.just(""),
        fill=st.integers(0, FILL_STEPS),
        level=st.sampled_from(Level),
        inside=st.sampled_from(Inside),
        is_dashed=st.booleans(),
        has_problem=st.booleans(),
        shows=st.sampled_from(IconShows),
        panel=st.sampled_from(Panel),
    ),
    size=st.sampled_from((*SIZES, 17, 100)),
)
def test_it_is_never_invisible(look: IconLook, size: int) -> None:
    """Whatever is shown, something of it can be seen, and equal looks are equal pictures."""
    image = paint(look, size)
    assert sum(alpha > 60 for row in alphas(image) for alpha in row) >= 8
    assert image == paint(look, size)


@pytest.mark.parametrize("panel", Panel)
def test_all_states_fit_on_a_contact_sheet(panel: Panel, tmp_path: Path) -> None:
    """The sheet for eyes holds something in every cell (`--basetemp` keeps it)."""
    sheet = contact_sheet(panel)
    assert sheet.save(str(tmp_path / f"icons-{panel.value}.png"))
    assert len({sheet.pixelColor(x, 60).name() for x in range(0, sheet.width(), 3)}) > 4


def look(snapshot: Snapshot, config: Config | None = None) -> IconLook:
    """What the icon shows on a dark panel."""
    return look_of(snapshot, config or Config(), Panel.DARK)


@pytest.mark.parametrize(
    ("tokens", "text"), [(840, "840"), (12_400, "12k"), (186_000, ".2M"), (1_200_000, "1M"), (0.6, "1")]
)
def test_the_number_is_the_live_rate(tokens: float, text: str) -> None:
    """At most three glyphs, of all four token kinds."""
    assert look(scene(tokens)).text == text


@pytest.mark.parametrize(
    ("unit", "text"), [(RateUnit.ALL_TOKENS, "12k"), (RateUnit.IO_TOKENS, "900"), (RateUnit.USD_PER_HOUR, "3.2")]
)
def test_the_unit_is_a_setting(unit: RateUnit, text: str) -> None:
    """Input and output alone, or dollars per hour, stand there where that was chosen."""
    assert look(scene(), Config(rate_unit=unit)).text == text


@pytest.mark.parametrize(
    ("dollars", "text"),
    [(0.0, "0"), (0.04, "0"), (0.06, "0.1"), (9.94, "9.9"), (9.96, "10"), (1234.0, "1k"), (-1, "0")],
)
def test_dollars_keep_a_tenth_below_ten(dollars: float, text: str) -> None:
    """Rounding at the borders never makes a fourth glyph."""
    snapshot = scene(live=rate(12_400, dollars=dollars))
    assert look(snapshot, Config(rate_unit=RateUnit.USD_PER_HOUR)).text == text


def test_the_level_is_that_of_input_and_output() -> None:
    """ccusage's thresholds look at input and output tokens alone."""
    levels = [look(scene(live=rate(1e6, io))).level for io in (1_999, 2_000, 4_999, 5_000)]
    assert levels == [Level.NORMAL, Level.MODERATE, Level.MODERATE, Level.HIGH]


def test_the_ring_is_the_official_share_while_it_holds() -> None:
    """Claude Code's own percentage wins over elapsed time; one of a window that is over does not."""
    limit = Limit(used_share=0.75, resets_at_ms=NOW_MS + HOUR_MS, seen_at_ms=NOW_MS)
    assert look(scene(limit=limit)).fill == 24
    assert look(scene(limit=replace(limit, resets_at_ms=NOW_MS))).fill == look(scene()).fill == 18
    assert look(scene(block=None)).fill == 0
    assert look(scene(block=block(NOW_MS - 6 * HOUR_MS))).fill == 0


@pytest.mark.parametrize(("share", "fill"), [(0.001, 1), (0.999, 31), (1.0, 32), (1.7, 32), (0.0, 0)])
def test_the_ring_is_empty_or_full_only_when_it_is(share: float, fill: int) -> None:
    """A little use shows, and a little that is left too."""
    limit = Limit(used_share=share, resets_at_ms=NOW_MS + HOUR_MS, seen_at_ms=NOW_MS)
    assert look(scene(limit=limit)).fill == fill


def test_idle_shows_no_number_but_in_number_mode() -> None:
    """A hollow ring, without a level; where only the number is wanted a dimmed 0."""
    idle = look(scene(0, live=rate(0.4, io=9_999)))
    assert (idle.inside, idle.text, idle.level) == (Inside.IDLE, "", Level.NORMAL)
    assert look(scene(0), Config(icon_shows=IconShows.NUMBER)).text == "0"
    assert look(scene(), Config(icon_shows=IconShows.RING)).text == ""


def test_the_first_read_counts_until_today_is_right() -> None:
    """Dots until today's numbers are final, then the number in a ring that is still dashed."""
    reading = Reading(files_done=1, files_total=9, bytes_done=4, bytes_total=10)
    early, late = look(scene(reading=reading)), look(scene(reading=replace(reading, today_complete=True)))
    assert (early.inside, early.is_dashed, early.fill, early.text) == (Inside.READING, True, 13, "")
    assert (late.inside, late.is_dashed, late.text) == (Inside.NUMBER, True, "12k")
    assert look(scene(reading=replace(reading, bytes_total=0))).fill == 0


def test_paused_shows_no_number() -> None:
    """A number that is not of now would need a time beside it."""
    paused = look(scene(paused_since_ms=NOW_MS))
    assert (paused.inside, paused.text) == (Inside.PAUSED, "")


def test_only_severe_problems_make_the_dot() -> None:
    """A remark in the popover is no reason to alarm."""
    mild = Problem(code="polling", title="t", remedy="r")
    assert look(scene(problems=(FULL_DISK,))).has_problem
    assert not look(scene(problems=(mild,))).has_problem


def test_what_cannot_be_seen_needs_no_repaint() -> None:
    """Snapshots that differ only in what the icon does not show have equal looks."""
    assert look(scene(12_400)) == look(replace(scene(12_380), rev=9, at_ms=NOW_MS + 60_000))
    assert look(scene(12_400)) != look(scene(13_400))
