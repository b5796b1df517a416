"""The popover's view of every state: words, numbers and what is left out. No window is made."""

from datetime import UTC
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cctray.core.config import RateUnit
from cctray.core.snapshot import Limit, Machine, MachineState, Problem
from cctray.ui.shapes import Mark, Tone
from cctray.ui.tray.popover_model import Action, PopoverView
from cctray.ui.tray.popover_scene import plain
from cctray.ui.tray.popover_view import view_of
from tests.ui.snapshots import NORMAL, NOW_MS, PROBLEMS, SAMPLES, SOLO, Sample, at


def seen(name: str) -> PopoverView:
    """The view of a sample."""
    sample: Sample = SAMPLES[name]
    return view_of(sample.snapshot, None, sample.now_ms, UTC)


def test_the_normal_state_reads_as_drawn() -> None:
    """Head, block and today say what the picture of the target says."""
    view = seen("normal")
    assert view.head is not None
    assert view.block is not None
    assert view.today is not None
    head = view.head
    assert (head.title, head.status, head.figure, head.unit) == ("All machines", "2 of 3 live", "12.4k", "tok/min")
    assert (head.second, head.second_unit, head.second_caption) == ("$3.20", "/ h", "estimate")
    block = view.block
    assert (block.hours, block.left_text, block.figure) == ("11:00 → 16:00", "2 h 14 m left", "52 %")
    assert (block.cost, block.pace, block.pace_right) == ("$10.18 so far", "on this pace 94 % at 16:00", "$18.40")
    assert block.elapsed == pytest.approx(166 / 300)
    assert (view.today.tokens, view.today.cost, view.today.chip.text) == ("4.8M", "$12.70", "transcript")


def test_without_a_limit_no_used_share_is_invented() -> None:
    """The bar is the elapsed time, says so, and the pace is a cost marked as an estimate."""
    block = seen("no-limit").block
    assert block is not None
    assert block.used is None
    assert block.projected is None
    assert (block.figure, block.figure_word) == ("55 %", "elapsed")
    assert (block.pace, block.pace_right) == ("on this pace $11.40 at 16:00", "estimate")
    assert block.week == "Week 31 % used, official"


def test_a_limit_that_will_be_reached_says_when() -> None:
    """Close to the limit the pace line is a warning with a time and how early that is, and the rate is tagged high."""
    view = seen("limit-close")
    assert view.block is not None
    assert view.head is not None
    assert view.block.is_hot
    assert view.block.pace == "at this rate the limit is reached at 15:02"
    assert view.block.pace_right == "58 m early"
    assert view.head.level is not None
    assert (view.head.level.text, view.head.level.tone) == ("high", Tone.BAD)


def test_a_limit_that_has_reset_is_not_shown() -> None:
    """An official share of a window that is over counts for nothing."""
    old = replace(SOLO, limit=Limit(used_share=0.9, resets_at_ms=NOW_MS - 1, seen_at_ms=NOW_MS - 2))
    block = view_of(old, None, NOW_MS, UTC).block
    assert block is not None
    assert block.used is None


def test_an_old_official_share_says_when_it_was_told() -> None:
    """A share told an hour ago carries its time beside the word official."""
    old = replace(SOLO, limit=Limit(used_share=0.5, resets_at_ms=at(16, 0), seen_at_ms=at(12, 46)))
    block = view_of(old, None, NOW_MS, UTC).block
    assert block is not None
    assert block.chip is not None
    assert block.chip.text == "official, 12:46"


def test_first_run_lists_what_was_looked_at() -> None:
    """Each folder stands with its state in words, both buttons are there, dashboard and pause are not usable."""
    view = seen("first-run")
    assert view.empty is not None
    assert [(place.path, place.state) for place in view.empty.places] == [
        ("~/.config/claude/projects", "not there"),
        ("~/.claude/projects", "empty"),
        ("$CLAUDE_CONFIG_DIR", "not set"),
    ]
    assert [action for action, _ in view.empty.actions] == [Action.CHOOSE_FOLDER, Action.LOOK_AGAIN]
    assert view.footer.is_empty
    assert view.head is None


def test_reading_shows_progress_and_what_is_final() -> None:
    """Megabytes, files and the three parts of the history are told; sparkline and block wait."""
    view = seen("reading")
    assert view.reading is not None
    assert view.today is not None
    assert (view.reading.percent, view.reading.left, view.reading.right) == (
        "40 %", "184 of 460 MB", "1,212 of 3,034 files",
    )  # fmt: skip
    assert [(step.mark, step.state) for step in view.reading.steps] == [
        (Mark.CHECK, "complete"),
        (Mark.PROGRESS, "12 days read"),
        (Mark.CLOCK, "waiting, about 9 s"),
    ]
    assert view.today.note == "Newest first: the figures above are final."
    assert (view.spark, view.block) == (None, None)


def test_a_lost_hub_greys_and_dates_what_is_known() -> None:
    """Every number that is not live says as of when, the notice counts down and offers both ways out."""
    view = seen("hub-lost")
    assert view.head is not None
    assert view.block is not None
    assert view.head.chip is not None
    assert view.head.chip.text == "as of 13:31"
    assert not view.head.is_live
    assert (view.block.left_text, view.block.is_live, view.block.pace) == ("as of 13:31", False, "")
    assert view.notices[0].title == "Hub “studio” cannot be reached"
    assert view.notices[0].body.endswith("Next try in 8 s.")
    assert [action for action, _ in view.notices[0].actions] == [Action.RETRY_HUB, Action.DETAILS]
    assert view.next_ms == 1000


def test_paused_shows_no_rate_and_offers_to_resume() -> None:
    """No figure pretends to be live; the pause is a stretch of the last hour."""
    view = seen("paused")
    assert view.head is not None
    assert view.spark is not None
    assert (view.head.figure, view.head.second) == ("", "")
    assert view.spark.paused_from is not None
    assert 0.5 < view.spark.paused_from < 0.6
    assert (view.footer.pause, view.footer.is_paused) == ("Resume", True)
    assert view.late_notices[0].title == "Nothing is read or sent"


def test_pairing_is_offered_only_where_it_can_be_done() -> None:
    """Neither the offer nor a nearby machine appears in a build that cannot pair."""
    assert seen("one-machine").offer is not None
    assert seen("one-machine-plain").offer is None
    dismissed = view_of(SAMPLES["one-machine"].snapshot, None, NOW_MS, UTC, offers_pairing=False)
    assert dismissed.offer is None
    rows = view_of(replace(NORMAL, can_pair=False), None, NOW_MS, UTC).machines
    assert rows is not None
    assert Mark.NEARBY not in [row.mark for row in rows.rows]


def test_a_nearby_machine_without_a_name_is_a_machine() -> None:
    """Who does not tell its name is not called by its address or id."""
    rows = seen("clock-skew").machines
    assert rows is not None
    assert (rows.rows[-1].name, rows.rows[-1].suffix) == ("a machine", "is nearby")


def test_a_wrong_clock_is_tagged() -> None:
    """Ahead and behind are told in words, small differences are not."""
    rows = seen("clock-skew").machines
    assert rows is not None
    tags = [[tag.text for tag in row.tags] for row in rows.rows]
    assert tags[1] == ["clock 7 m ahead"]
    assert tags[2] == ["clock 3 h 00 m behind"]


def test_unpriced_models_stand_beside_every_total() -> None:
    """One or several are counted under today, and listed in the tooltip."""
    today = seen("hostile").today
    assert today is not None
    assert today.warning.startswith("2 models unpriced")
    assert today.warning_tooltip == "claude-next-1\nclaude-next-2"
    single = seen("problems").today
    assert single is not None
    assert single.warning.startswith("1 model unpriced")


def test_problems_come_severe_first_and_polling_is_quiet() -> None:
    """Severe problems warn, others are neutral, polling is told in the tooltip alone."""
    view = seen("problems")
    assert [notice.tone for notice in view.notices] == [Tone.WARN, Tone.NEUTRAL]
    assert view.head is not None
    assert "network drive" in view.head.tooltip


def test_many_problems_become_one_line() -> None:
    """The numbers stay on the screen however many problems there are."""
    many = tuple(Problem(code=f"p{index}", title=f"T{index}.", remedy="R.") for index in range(9))
    view = view_of(replace(PROBLEMS, problems=many), None, NOW_MS, UTC)
    assert [notice.title for notice in view.notices] == ["T0.", "8 more notices"]


def test_fifty_machines_leave_room() -> None:
    """At most six rows, this machine among them, and the rest counted."""
    fleet = tuple(
        Machine(id=f"m{index}", name=f"m{index}", state=MachineState.LIVE, is_this=index == 49) for index in range(50)
    )
    rows = view_of(replace(NORMAL, machines=fleet), None, NOW_MS, UTC).machines
    assert rows is not None
    assert len(rows.rows) == 6
    assert rows.rows[-1].name == "m49"
    assert rows.more == "and 44 more"


def test_one_machine_chosen_shows_its_own_numbers() -> None:
    """Rate and today are that machine's, the hour of all machines is left out, the block says whose it is."""
    view = view_of(NORMAL, "laptop", NOW_MS, UTC)
    assert view.head is not None
    assert view.today is not None
    assert view.block is not None
    assert (view.head.title, view.head.figure, view.today.cost) == ("laptop", "4.3k", "$4.10")
    assert view.spark is None
    assert view.block.hours.endswith("all machines")


def test_a_machine_that_is_gone_means_all() -> None:
    """A chosen machine that left the team does not leave an empty popover."""
    view = view_of(NORMAL, "nobody", NOW_MS, UTC)
    assert view.head is not None
    assert view.head.title == "All machines"


@pytest.mark.parametrize(
    ("unit", "figure", "word"),
    [
        (RateUnit.ALL_TOKENS, "12.4k", "tok/min"),
        (RateUnit.IO_TOKENS, "1.4k", "in + out/min"),
        (RateUnit.USD_PER_HOUR, "$3.20", "/ h"),
    ],
)
def test_the_big_figure_counts_what_was_chosen(unit: RateUnit, figure: str, word: str) -> None:
    """The setting of the icon's number holds in the popover too, with its unit."""
    head = view_of(NORMAL, None, NOW_MS, UTC, unit=unit).head
    assert head is not None
    assert (head.figure, head.unit) == (figure, word)


def test_clock_times_are_of_the_zone() -> None:
    """The same block begins at another clock time elsewhere."""
    block = view_of(NORMAL, None, NOW_MS, ZoneInfo("Asia/Tokyo")).block
    assert block is not None
    assert block.hours == "20:00 → 01:00"


@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_holds_controls(name: str) -> None:
    """Whatever a machine calls itself, no escape, line end or direction override reaches a painter."""
    text = msgspec.json.encode(seen(name)).decode().replace("claude-next-1\\nclaude-next-2", "")
    for bad in ("\\u001b", "\\n", "\u202e", "\x1b"):
        assert bad not in text


@given(st.text())
def test_plain_is_one_short_harmless_line(text: str) -> None:
    """Any text becomes printable, one line, at most eighty characters, and is left alone when it is so already."""
    result = plain(text)
    assert len(result) <= 80
    assert all(sign not in result for sign in "\n\r\x1b\u202e\u2066\x00")
    assert plain(result) == result


@given(st.integers(min_value=0, max_value=2**53), st.floats(0, 3), st.floats(0, 1e9), st.integers(-(10**15), 10**15))
def test_any_moment_and_numbers_give_a_view(now_ms: int, share: float, cost: float, offset: int) -> None:
    """No clock, however wrong, and no number, however large, keeps the popover from opening."""
    block = SOLO.block
    assert block is not None
    odd = replace(
        SOLO,
        block=replace(block, cost=cost),
        limit=Limit(used_share=share, resets_at_ms=max(0, NOW_MS + offset % 10**10), seen_at_ms=NOW_MS),
    )
    view = view_of(odd, None, min(now_ms, 253_000_000_000_000), UTC)
    assert view.head is not None
    assert view.next_ms > 0
