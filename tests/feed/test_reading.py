"""Reading one transcript: appended bytes, cut lines, rewritten files, lines of any length."""

import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cctray.core.records import FileRead, Position
from cctray.feed import reading
from cctray.feed.reading import read_new
from tests.transcripts import line
from tests.unprivileged import ROOT

LONG_MB = 300
ALLOWED_MB = 60


class Reader:
    """Reads one file again and again, as the feed does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: Position | None = None
        self.outputs: dict[int, int] = {}
        self.skipped: dict[str, int] = {}

    def read(self) -> list[FileRead]:
        """Take what is new, forgetting what a reading from the start replaces."""
        reads = list(read_new(str(self.path), self.known))
        for one in reads:
            if one.start == 0 and one.expects:
                self.outputs, self.skipped = {}, {}
            self.outputs.update({record.place: record.output for record in one.records})
            for reason, count in one.skipped.items():
                self.skipped[reason] = self.skipped.get(reason, 0) + count
        self.known = reads[-1].position
        return reads


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """A reader of a file that does not exist yet."""
    return Reader(tmp_path / "s.jsonl")


def _rows(count: int, start: int = 0) -> list[bytes]:
    return [
        line(message=f"m{number}", request="r", counts=(1, number, 0, 0), text="é日🚀")
        for number in range(start, start + count)
    ]


def test_only_appended_bytes_are_read(reader: Reader) -> None:
    """A second reading begins where the first one ended."""
    reader.path.write_bytes(b"".join(_rows(3)))
    reader.read()
    with reader.path.open("ab") as file:
        file.write(b"".join(_rows(2, 3)))
    reads = reader.read()
    assert [record.output for one in reads for record in one.records] == [3, 4]
    assert reads[0].start == reads[0].expects > 0


@pytest.mark.parametrize("seed", range(10))
def test_a_line_may_come_in_pieces_cut_anywhere(reader: Reader, seed: int) -> None:
    """Cut inside names, numbers or a character: each line counts once, as soon as it is whole, none as damaged."""
    rng = random.Random(seed)
    rows = _rows(4)
    data = b"".join(rows)
    written = 0
    while written < len(data):
        piece = data[written : written + rng.choice([1, 3, 40, 400])]
        with reader.path.open("ab") as file:
            file.write(piece)
        written += len(piece)
        reader.read()
        ends = [sum(map(len, rows[: number + 1])) for number in range(len(rows))]
        whole = sum(end - 1 <= written for end in ends)
        assert sorted(reader.outputs.values()) == list(range(whole))
        assert reader.skipped == {}


def test_a_last_line_without_newline_counts_and_may_go_on(reader: Reader) -> None:
    """It counts at once; when its newline or more of it comes it is read again, not added."""
    first, second = _rows(2)
    reader.path.write_bytes(first + second.rstrip(b"\n"))
    assert [record.output for one in reader.read() for record in one.records] == [0, 1]
    assert reader.known is not None
    assert reader.known.read_to == len(first)
    reader.path.write_bytes(first + second + _rows(1, 2)[0])
    reads = reader.read()
    assert [record.output for one in reads for record in one.records] == [1, 2]
    assert reads[0].start == len(first)


def test_half_a_line_that_ends_in_a_brace_is_no_damaged_line(reader: Reader) -> None:
    """What is still being written is never counted as damaged, wherever the cut lies."""
    whole = line(message="m", request="r", toolUseResult={"a": {"b": 1}}, text="x")
    for cut in [number + 1 for number, byte in enumerate(whole) if byte == ord("}")][:-1]:
        reader.path.write_bytes(whole[:cut])
        reader.read()
        assert reader.skipped == {}
    reader.path.write_bytes(whole)
    reader.read()
    assert reader.skipped == {}
    assert len(reader.outputs) == 1


@pytest.mark.parametrize("change", ["longer", "shorter", "same size"])
def test_a_rewritten_file_is_read_from_its_start(reader: Reader, change: str) -> None:
    """Other content at the same path is noticed by its bytes, also where its size is the same."""
    reader.path.write_bytes(b"".join(_rows(4)))
    reader.read()
    status = reader.path.stat()
    rows = {"longer": _rows(6, 3), "shorter": _rows(2, 5), "same size": _rows(4, 5)}[change]
    reader.path.write_bytes(b"".join(rows))
    os.utime(reader.path, ns=(status.st_mtime_ns, status.st_mtime_ns + 1_000_000))
    reads = reader.read()
    assert reads[0].start == 0
    assert [record.output for one in reads for record in one.records] == [
        int(row.split(b'"output_tokens":')[1].split(b",")[0]) for row in rows
    ]


def test_damaged_lines_are_counted_by_reason(reader: Reader) -> None:
    """They are named and passed over, their neighbours count."""
    good = _rows(2)
    bad = [
        b'{"message":{"usage":{"input_tokens":1\n',
        line(at_ms="yesterday"),
        line(counts=(1, -1, 0, 0)),
        line(sessionId=""),
    ]
    reader.path.write_bytes(good[0] + b"".join(bad) + good[1])
    reader.read()
    assert sorted(reader.outputs.values()) == [0, 1]
    assert reader.skipped == {"not-json": 1, "bad-time": 1, "wrong-type": 1, "empty-field": 1}


def test_a_line_that_is_too_long_is_passed_over_and_what_follows_counts_at_once(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines after it in the same bite, whole or not, are not left for the next change."""
    monkeypatch.setattr(reading, "MAX_LINE", 2 << 20)
    before, after, last = _rows(3)
    for has_usage in (False, True):
        long = (b'{"usage":{' if has_usage else b'{"snapshot":') + b"x" * (5 << 20) + b"}\n"
        reader.path.write_bytes(before + long + after + last[:-20])
        reader.known, reader.outputs, reader.skipped = None, {}, {}
        reader.read()
        assert sorted(reader.outputs.values()) == [0, 1]
        assert reader.skipped == ({"line-too-long": 1} if has_usage else {})
        with reader.path.open("ab") as file:
            file.write(last[-20:])
        reader.read()
        assert sorted(reader.outputs.values()) == [0, 1, 2]


def test_a_large_file_comes_in_parts_that_follow_each_other(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory does not follow the size of a file: each part begins where the one before ended."""
    monkeypatch.setattr(reading, "BITE", 1_000)
    monkeypatch.setattr(reading, "FILE_READ_BYTES", 2_000)
    reader.path.write_bytes(b"".join(_rows(50)))
    reads = reader.read()
    assert len(reads) > 3
    assert [one.expects for one in reads[1:]] == [one.read_to for one in reads[:-1]]
    assert sorted(reader.outputs.values()) == list(range(50))


MEASURE = """
import resource, sys
from cctray.feed.reading import read_new
list(read_new(sys.argv[1], None))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reads = list(read_new(sys.argv[2], None))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, sum(len(read.records) for read in reads))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs sparse files and getrusage in KiB")
def test_a_line_of_hundreds_of_megabytes_costs_no_memory_of_its_size(tmp_path: Path) -> None:
    """The process that reads a line of 300 MB grows by a few bites only, and counts the lines around it."""
    assert resource.getpagesize()
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    small.write_bytes(b"".join(_rows(3)))
    with large.open("wb") as file:
        file.write(_rows(1)[0] + b'{"snapshot":"')
        file.seek(LONG_MB << 20, os.SEEK_CUR)
        file.write(b'"}\n' + _rows(1, 1)[0])
    out = subprocess.run(
        [sys.executable, "-c", MEASURE, str(small), str(large)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    grown_kib, records = map(int, out.stdout.split())
    assert grown_kib < ALLOWED_MB << 10
    assert records == 2


def test_a_deleted_file_is_an_os_error(tmp_path: Path) -> None:
    """The caller is told, and decides."""
    with pytest.raises(FileNotFoundError):
        list(read_new(str(tmp_path / "none.jsonl"), None))
