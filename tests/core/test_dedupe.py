"""Which copy of a response counts."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cctray.core.dedupe import Copy, fold
from cctray.core.records import largest_of
from cctray.core.transcript import parse
from cctray.core.transcript_path import names_of
from cctray.core.usage import DAILY, ENTRIES, SPEED_STANDARD, Tokens, UsageEvent
from tests.core.corpus_maker import corpus
from tests.core.oneshot import auto_cost

BASE = UsageEvent(
    offset=0, at_ms=1000, message="m", request="r", session="s", model="claude-opus-4-8", tokens=Tokens(1, 1)
)


def copies(*events: UsageEvent) -> list[Copy]:
    """Copies of one file, in the order given."""
    return [Copy(structs.replace(event, offset=at), "/c/projects/p/s.jsonl", "s") for at, event in enumerate(events)]


def kept(rule: int, *events: UsageEvent) -> list[int]:
    """Places of the copies that count."""
    return [slot.copy.event.offset for slot in fold(copies(*events), rule, auto_cost)]


def with_output(output: int, **fields: object) -> UsageEvent:
    """A copy with other output."""
    return structs.replace(BASE, tokens=Tokens(1, output), **fields)


def test_largest_copy_counts_and_the_first_of_equals() -> None:
    """A response written while it streams counts once, with its largest copy."""
    assert kept(DAILY, with_output(1), with_output(500), with_output(500), with_output(3)) == [1]


def test_copies_without_message_never_collide() -> None:
    """Lines without message id are entries of their own."""
    assert kept(ENTRIES, *[structs.replace(BASE, message=None)] * 3) == [0, 1, 2]


def test_without_request_the_session_decides() -> None:
    """Copies without request id are the same within a session; by the daily rule at the same moment only."""
    bare = structs.replace(BASE, request=None)
    later = structs.replace(bare, at_ms=2000)
    assert kept(ENTRIES, bare, later) == [0]
    assert kept(DAILY, bare, later) == [0, 1]
    assert kept(ENTRIES, bare, structs.replace(bare, session="t")) == [0, 1]
    assert kept(ENTRIES, bare, BASE) == [0, 1]


def test_parent_wins_over_its_sidechain_replay() -> None:
    """A replay in a side chain with its own request id gives way, whatever its size."""
    replay = with_output(900, request="r2", is_sidechain=True)
    assert kept(ENTRIES, replay, BASE) == [1]
    assert kept(ENTRIES, BASE, replay) == [0]
    assert kept(ENTRIES, BASE, structs.replace(replay, at_ms=5)) == [0, 1]
    assert kept(DAILY, BASE, structs.replace(replay, at_ms=5)) == [0]


def test_ties() -> None:
    """Of equals the daily rule takes the dearer, then both take the one that says its speed."""
    dearer = structs.replace(BASE, logged_cost=9.0)
    assert (kept(DAILY, BASE, dearer), kept(ENTRIES, BASE, dearer)) == ([1], [0])
    assert kept(ENTRIES, BASE, structs.replace(BASE, speed=SPEED_STANDARD)) == [1]


def test_slots_keep_the_place_of_their_first_copy() -> None:
    """A larger copy replaces in place; rules are applied one by one; gone copies keep their place."""
    first, other, larger = copies(BASE, structs.replace(BASE, message="x"), with_output(7))
    found = fold([larger, other, first], DAILY, auto_cost)
    assert [(slot.copy, slot.opened_by) for slot in found] == [(larger, first), (other, other)]
    daily_only = structs.replace(first, event=structs.replace(first.event, rules=DAILY))
    assert [slot.copy for slot in fold([daily_only, other], ENTRIES, auto_cost)] == [other]
    gone = structs.replace(first, is_gone=True)
    assert [slot.opened_by for slot in fold([larger, gone], DAILY, auto_cost)] == [gone]


def evidence(seed: int) -> list[Copy]:
    """Copies of a random corpus."""
    return [
        Copy(event, path, names_of(f"/c/projects/{path}").session_id)
        for path, data in corpus(seed).items()
        for event in parse(data, 0).events
    ]


@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.sampled_from([DAILY, ENTRIES]))
def test_order_of_arrival_does_not_matter(seed: int, random: Random, rule: int) -> None:
    """The same copies in any order give the same slots, and every message by itself gives its own."""
    known = evidence(seed)
    shuffled = list(known)
    random.shuffle(shuffled)
    whole = fold(known, rule, auto_cost)
    assert fold(shuffled, rule, auto_cost) == whole
    for message in {copy.event.message for copy in known}:
        alone = fold([copy for copy in shuffled if copy.event.message == message], rule, auto_cost)
        assert alone == [slot for slot in whole if slot.copy.event.message == message]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=8))
def test_merging_loses_nothing(shape: list[tuple[int, int]]) -> None:
    """Keeping the largest of copies that may be merged gives what all of them give."""
    known = copies(*(with_output(output, at_ms=at_ms) for output, at_ms in shape))
    events = [copy.event for copy in known]
    largest = largest_of(events)
    for rule in (DAILY, ENTRIES):
        assert [slot.copy.event for slot in fold(known, rule, auto_cost)] == [largest]
    assert largest_of([events[0], structs.replace(events[0], model="other")]) is None
    assert largest_of([structs.replace(BASE, request=None)] * 2) is None
