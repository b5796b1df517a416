"""Tables: alignment, width, cutting, colours."""

from hypothesis import given
from hypothesis import strategies as st

from cctray.cli.table import Align, Column, Drawn, Row, Tone, cut, draw, printable, width_of

COLUMNS = (
    Column(title="Day", align=Align.LEFT),
    Column(title="Models", align=Align.LEFT, least=6),
    Column(title="In"),
    Column(title="Cache", spare=2),
    Column(title="Total", spare=1),
)
ROWS = (
    Row(("2026-06-01", "opus-5\nsonnet-4-5", "1,200", "88,000", "89,200")),
    Row(("2026-06-02", "haiku", "3", "0", "3")),
    Row(("Total", "", "1,203", "88,000", "89,203"), Tone.TOTAL, is_ruled=True),
)


def drawn(width: int, *, is_compact: bool = False, has_color: bool = False) -> Drawn:
    """The example at a width."""
    return draw(COLUMNS, ROWS, width=width, is_compact=is_compact, has_color=has_color)


def test_wide_table() -> None:
    """Columns are aligned, several lines of a cell stand below each other, the totals stand under a line."""
    assert "\n".join(drawn(80).lines) == (
        "┌────────────┬────────────┬───────┬────────┬────────┐\n"
        "│ Day        │ Models     │    In │  Cache │  Total │\n"
        "├────────────┼────────────┼───────┼────────┼────────┤\n"
        "│ 2026-06-01 │ opus-5     │ 1,200 │ 88,000 │ 89,200 │\n"
        "│            │ sonnet-4-5 │       │        │        │\n"
        "│ 2026-06-02 │ haiku      │     3 │      0 │      3 │\n"
        "├────────────┼────────────┼───────┼────────┼────────┤\n"
        "│ Total      │            │ 1,203 │ 88,000 │ 89,203 │\n"
        "└────────────┴────────────┴───────┴────────┴────────┘"
    )


def test_narrow_table_drops_spare_columns_then_cuts() -> None:
    """The most dispensable column goes first; then long names are cut; the numbers that stay are whole."""
    table = drawn(32)
    assert table.hidden == ("Cache", "Total")
    assert "\n".join(table.lines) == (
        "┌────────────┬─────────┬───────┐\n"
        "│ Day        │ Models  │    In │\n"
        "├────────────┼─────────┼───────┤\n"
        "│ 2026-06-01 │ opus-5  │ 1,200 │\n"
        "│            │ sonnet… │       │\n"
        "│ 2026-06-02 │ haiku   │     3 │\n"
        "├────────────┼─────────┼───────┤\n"
        "│ Total      │         │ 1,203 │\n"
        "└────────────┴─────────┴───────┘"
    )


def test_compact_hides_what_is_spare() -> None:
    """`--compact` is the narrow form even where there is room."""
    assert drawn(200, is_compact=True).hidden == ("Cache", "Total")


def test_colour_does_not_change_the_text() -> None:
    """Colours are laid over the same characters."""
    import re

    coloured = "\n".join(drawn(80, has_color=True).lines)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == "\n".join(drawn(80).lines)


def test_wide_characters_take_two_columns() -> None:
    """Project names may be Japanese or carry accents made of two characters."""
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
    assert cut("日本語", 5) == "日本…"
    assert cut("abc", 3) == "abc"


def test_control_characters_cannot_reach_the_terminal() -> None:
    """A folder's name may hold an escape sequence."""
    assert printable("a\x1b[2J\nb") == "a�[2J�b"


@given(st.lists(st.tuples(*[st.text(max_size=12).map(printable)] * 5), max_size=5), st.integers(1, 120))
def test_all_lines_are_equally_wide(cells: list[tuple[str, ...]], width: int) -> None:
    """Whatever the cells hold and however narrow it gets, the table's right edge is straight."""
    table = draw(COLUMNS, [Row(row) for row in cells], width=width, is_compact=False, has_color=False)
    assert len({width_of(line) for line in table.lines}) == 1
