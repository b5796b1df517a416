"""Notifications: one per episode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cctray.core.alerts import REARM_MARGIN, AlertKind, Decision, Episodes, decide
from cctray.core.config import Config
from cctray.core.snapshot import Limit, Problem, Snapshot

HOUR_MS = 3_600_000
NOW_MS = 500_000 * HOUR_MS
ENDS_MS = NOW_MS + HOUR_MS
FULL = Problem(code="disk-full", title="The disk is full.", remedy="Free some space.", is_severe=True)


def at(share: float, at_ms: int = NOW_MS, resets_at_ms: int = ENDS_MS) -> Snapshot:
    """A Snapshot with that official share."""
    return Snapshot(rev=1, at_ms=at_ms, limit=Limit(used_share=share, resets_at_ms=resets_at_ms, seen_at_ms=at_ms))


def run(*snapshots: Snapshot, config: Config | None = None) -> list[list[str]]:
    """Keys told at each Snapshot, one after the other."""
    decision, told = Decision((), Episodes()), []
    for snapshot in snapshots:
        decision = decide(decision.episodes, snapshot, config or Config())
        told.append([alert.key for alert in decision.alerts])
    return told


def test_each_threshold_is_told_once() -> None:
    """80 % and 95 % of one block are two episodes, however often they are seen."""
    told = run(at(0.5), at(0.8), at(0.81), at(0.95), at(0.97), at(1.0))
    assert told == [[], ["block-80"], [], ["block-95"], [], []]


def test_a_jump_over_both_is_one_piece_of_news() -> None:
    """A program that starts at 96 % speaks once, and not again for 80 %."""
    assert run(at(0.96), at(0.96), at(0.90), at(0.85)) == [["block-95"], [], [], []]


def test_wavering_around_a_threshold_is_one_episode() -> None:
    """It is armed again only below the threshold minus the margin."""
    assert run(at(0.80), at(0.79), at(0.80)) == [["block-80"], [], []]
    assert run(at(0.80), at(0.80 - REARM_MARGIN - 0.01), at(0.80)) == [["block-80"], [], ["block-80"]]


def test_a_new_window_is_a_new_episode() -> None:
    """Also when it is as full as the last one was; a reset time that moves by minutes is the same window."""
    later = at(0.85, NOW_MS + 5 * HOUR_MS, ENDS_MS + 5 * HOUR_MS)
    assert run(at(0.85), later) == [["block-80"], ["block-80"]]
    assert run(at(0.85), at(0.86, resets_at_ms=ENDS_MS + 600_000)) == [["block-80"], []]


def test_without_an_official_number_nothing_is_told() -> None:
    """An estimate is no reason to alarm, and a window that is over tells nothing; what was told stays told."""
    nothing = Snapshot(rev=1, at_ms=NOW_MS)
    over = at(0.99, at_ms=ENDS_MS + 1)
    assert run(nothing, over, at(0.85), nothing, at(0.85)) == [[], [], ["block-80"], [], []]


def test_each_has_its_own_switch() -> None:
    """80 % switched off leaves 95 %, and the other way round."""
    assert run(at(0.85), at(0.96), config=Config(notify_block_80=False)) == [[], ["block-95"]]
    assert run(at(0.85), at(0.96), config=Config(notify_block_95=False)) == [["block-80"], []]
    assert run(at(0.96), config=Config(notify_block_95=False)) == [["block-80"]]


def test_it_says_when_all_is_used() -> None:
    """At the pace of the window so far; silent where that is after its end."""
    slow = decide(Episodes(), at(0.8, resets_at_ms=NOW_MS + HOUR_MS // 2), Config()).alerts[0]
    assert (slow.share, slow.used_share, slow.ends_at_ms) == (0.8, 0.8, NOW_MS + HOUR_MS // 2)
    assert slow.full_at_ms is None
    fast = decide(Episodes(), at(0.8, resets_at_ms=NOW_MS + 3 * HOUR_MS), Config()).alerts[0]
    assert fast.full_at_ms == NOW_MS + HOUR_MS // 2


def test_a_problem_is_told_while_it_is_new() -> None:
    """Once when it comes, again after it was gone."""
    calm, trouble = Snapshot(rev=1, at_ms=NOW_MS), Snapshot(rev=2, at_ms=NOW_MS, problems=(FULL,))
    told = run(calm, trouble, trouble, calm, trouble)
    assert told == [[], ["problem:disk-full"], [], [], ["problem:disk-full"]]
    alert = decide(Episodes(), trouble, Config()).alerts[0]
    assert (alert.kind, alert.problem) == (AlertKind.PROBLEM, FULL)


@pytest.mark.parametrize(
    ("code", "is_severe", "is_told"),
    [("store-rebuilt", False, True), ("no-data", True, False), ("hub-lost", True, False), ("polling", False, False)],
)
def test_not_every_problem_is_worth_a_notification(code: str, is_severe: bool, is_told: bool) -> None:
    """A rebuilt history is; missing data and a lost hub are said by icon and popover."""
    problem = replace(FULL, code=code, is_severe=is_severe)
    snapshot = Snapshot(rev=1, at_ms=NOW_MS, problems=(problem,))
    assert bool(decide(Episodes(), snapshot, Config()).alerts) is is_told


@given(shares=st.lists(st.floats(0.0, 1.2), max_size=40))
def test_an_episode_ends_only_below_its_margin(shares: list[float]) -> None:
    """Between two notifications of one threshold the share was below it by the margin."""
    told = run(*(at(share) for share in shares))
    for key, threshold in (("block-80", 0.80), ("block-95", 0.95)):
        lowest = 0.0
        for share, keys in zip(shares, told, strict=True):
            lowest = min(lowest, share)
            if key in keys:
                assert share >= threshold
                assert lowest <= threshold - REARM_MARGIN + 1e-9
                lowest = share
