"""Records: copies of a response merged without loss, ids as hashes, paths as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.records import events_of, hash64, path_text, records_of
from cctray.core.transcript import parse
from cctray.core.usage import Tokens
from tests.transcripts import START_MS, line


def test_copies_that_grew_become_one_record_that_remembers_them() -> None:
    """The largest stands for all; the others can be told again, in order."""
    data = b"".join(line(START_MS + number, counts=(1, output, 3, 4)) for number, output in enumerate((2, 9, 9, 5)))
    events = parse(data, 0).events
    (record,) = records_of(events)
    assert (record.output, record.at_ms) == (9, START_MS + 1)
    assert [(event.offset, event.tokens, event.at_ms) for event in events_of(record)] == [
        (event.offset, event.tokens, event.at_ms) for event in events
    ]


@pytest.mark.parametrize(
    "change", [{"request": "other"}, {"request": None}, {"isSidechain": True}, {"costUSD": 1.0}, {"model": "m"}]
)
def test_copies_that_differ_in_more_than_counts_stay_apart(change: dict[str, object]) -> None:
    """What may change which copy counts is never merged away."""
    events = parse(line() + line(**change), 0).events  # type: ignore[arg-type]
    assert len(records_of(events)) == 2


def test_lines_without_an_id_are_responses_of_their_own() -> None:
    """The same line twice is two responses; read again, also from a renamed file, it has the same name."""
    events = parse(line(message=None) * 2, 0).events
    first, second = records_of(events), records_of(events)
    assert len(first) == 2
    assert [record.message for record in first] == [record.message for record in second]


def test_counts_too_large_for_a_sum_are_kept_aside() -> None:
    """Exact, and as zero where sums are made."""
    (record,) = records_of(parse(line(counts=(2**64 - 1, 1, 0, 0)), 0).events)
    assert (record.input, record.output) == (0, 0)
    assert record.tokens == Tokens(2**64 - 1, 1, 0, 0, 0)


@given(st.text())
def test_a_hash_fits_a_signed_integer(text: str) -> None:
    """Also of text with half surrogate pairs."""
    assert -(2**63) <= hash64(text) < 2**63
    assert hash64(text + "\ud800") != hash64(text)


@given(st.binary(max_size=20))
def test_any_file_name_becomes_text(name: bytes) -> None:
    """Bytes that are no Unicode are spelled out; the rest stays as it is."""
    text = path_text(name.decode("utf-8", "surrogateescape"))
    text.encode()
    try:
        assert text == name.decode()
    except UnicodeDecodeError:
        assert "\\x" in text
