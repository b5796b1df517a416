"""What a look at the disk makes of what is known: new, grown, lost, moved, out of reach."""

from cctray.core.records import Position
from cctray.feed.places import Found
from cctray.feed.survey import compare, concerning, is_below


def _found(path: str, *, inode: int = 1, size: int = 100, mtime_ns: int = 5) -> Found:
    return Found(path, 7, inode, size, mtime_ns)


def _known(*, inode: int = 1, size: int = 100, mtime_ns: int = 5, read_to: int = 100) -> Position:
    return Position(7, inode, size, mtime_ns, read_to, b"anchor")


def test_what_is_unchanged_is_not_read_again() -> None:
    """Size, time and identity as they were: nothing to do."""
    survey = compare([_found("/p/a.jsonl")], {"/p/a.jsonl": _known()}, ["/p/a.jsonl"], ())
    assert (survey.new, survey.lost, survey.moved) == ([], [], [])


def test_every_sign_of_change_has_it_read_newest_first() -> None:
    """Another size, time or inode, or never seen; the newest comes first."""
    files = [
        _found("/p/a", size=101),
        _found("/p/b", mtime_ns=6),
        _found("/p/c", inode=2, mtime_ns=9),
        _found("/p/d", inode=3),
    ]
    survey = compare(files, {"/p/a": _known(), "/p/b": _known(), "/p/c": _known()}, ["/p/a", "/p/b", "/p/c"], ())
    assert [file.path for file in survey.new] == ["/p/c", "/p/b", "/p/a", "/p/d"]


def test_what_is_gone_is_lost() -> None:
    """A path the store believes in and the disk does not."""
    assert compare([], {"/p/a": _known()}, ["/p/a"], ()).lost == ["/p/a"]


def test_what_is_out_of_reach_is_not_lost() -> None:
    """Neither what lies below a folder that can't be read, nor a file that can't be looked at; a namesake is."""
    present = ["/p/x/a", "/p/xy/a", "/p/b"]
    assert compare([], {}, present, ["/p/x", "/p/b"]).lost == ["/p/xy/a"]


def test_a_renamed_file_is_moved_and_read_only_if_it_grew() -> None:
    """The same device and inode under another path, at least as long as it was read."""
    known = {"/p/a": _known()}
    same = compare([_found("/q/a")], known, ["/p/a"], ())
    assert (same.moved, same.lost, same.new) == ([("/p/a", "/q/a")], [], [])
    grown = compare([_found("/q/a", size=200)], known, ["/p/a"], ())
    assert (grown.moved, [file.path for file in grown.new]) == ([("/p/a", "/q/a")], ["/q/a"])
    shorter = compare([_found("/q/a", size=50)], known, ["/p/a"], ())
    assert (shorter.moved, shorter.lost, [file.path for file in shorter.new]) == ([], ["/p/a"], ["/q/a"])


def test_a_folder_is_not_a_prefix_of_its_namesakes() -> None:
    """`/p/x` holds `/p/x/a`, not `/p/xy`."""
    assert is_below("/p/x", "/p/x")
    assert is_below("/p/x/a", "/p/x")
    assert is_below("/p/x/a", "/p/x/")
    assert not is_below("/p/xy", "/p/x")


def test_a_transcript_of_other_folders_is_left_alone_while_it_exists() -> None:
    """A start with another CLAUDE_CONFIG_DIR loses nothing that another one made known."""
    present = ["/a/projects/p/s.jsonl", "/b/projects/p/kept.jsonl", "/b/projects/p/deleted.jsonl"]

    concerned = concerning(present, ["/a/projects"], lambda path: "kept" in path)

    assert concerned == ["/a/projects/p/s.jsonl", "/b/projects/p/deleted.jsonl"]
