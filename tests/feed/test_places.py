"""Where transcripts are looked for: as ccusage does, plus the settings' folders; and which files count as such."""

import os
import sys
from pathlib import Path

import pytest

from cctray.core.errors import FeedError
from cctray.core.snapshot import PlaceState
from cctray.feed.places import find_one, find_places, find_transcripts, home_of, require_roots
from tests.unprivileged import unprivileged


def _make(folder: Path) -> Path:
    (folder / "projects" / "p").mkdir(parents=True)
    return folder


def test_without_settings_xdg_and_home_are_looked_at(tmp_path: Path) -> None:
    """Both of ccusage's folders, in its order, and the variable is named as one more possibility."""
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "x")}
    _make(tmp_path / ".claude")
    places = find_places(environ, ())
    assert [(place.path, place.state) for place in places.looked_at] == [
        ("~/x/claude/projects", PlaceState.MISSING),
        ("~/.claude/projects", PlaceState.FOUND),
        ("$CLAUDE_CONFIG_DIR", PlaceState.UNSET),
    ]
    assert [root.label for root in places.roots] == ["~/.claude"]


def test_the_variable_replaces_them_and_may_name_several(tmp_path: Path) -> None:
    """A list by commas; a `projects` folder itself will do; doubles are read once; the settings' folders come after."""
    one, two, three = (_make(tmp_path / name) for name in "abc")
    environ = {"HOME": str(tmp_path), "CLAUDE_CONFIG_DIR": f" {one}, {two}/projects ,{one}"}
    places = find_places(environ, ["~/c", str(three)])
    assert [root.projects for root in places.roots] == [f"{folder}/projects" for folder in (one, two, three)]


def test_a_variable_that_names_nothing_is_an_error_as_in_ccusage(tmp_path: Path) -> None:
    """The sentence names what was given; without the variable nothing found is no error."""
    environ = {"HOME": str(tmp_path), "CLAUDE_CONFIG_DIR": "/nowhere"}
    with pytest.raises(FeedError, match="/nowhere"):
        require_roots(find_places(environ, ()), environ)
    require_roots(find_places({"HOME": str(tmp_path)}, ()), {"HOME": str(tmp_path)})


def test_home_is_found_on_windows_too() -> None:
    """HOME, else USERPROFILE, else drive and path."""
    assert home_of({"HOME": "/h", "USERPROFILE": "u"}) == "/h"
    assert home_of({"USERPROFILE": "u"}) == "u"
    assert home_of({"HOMEDRIVE": "C:", "HOMEPATH": "\\u"}) == "C:\\u"


def test_only_regular_jsonl_files_are_transcripts(tmp_path: Path) -> None:
    """Links are not followed, names must end in `.jsonl` exactly, depth does not matter."""
    wanted = [tmp_path / "a.jsonl", tmp_path / "x" / "y" / "b.jsonl"]
    for path in [*wanted, tmp_path / "c.jsonl.bak", tmp_path / ".jsonl", tmp_path / "d.JSONL"]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}\n")
    (tmp_path / "link.jsonl").symlink_to(wanted[0])
    (tmp_path / "loop").symlink_to(tmp_path)
    found = list(find_transcripts(str(tmp_path), lambda path, error: pytest.fail(f"{path}: {error}")))
    assert sorted(file.path for file in found) == sorted(map(str, wanted))
    assert find_one(str(wanted[0])) in found
    assert find_one(str(tmp_path / "link.jsonl")) is None
    assert find_one(str(tmp_path / "gone.jsonl")) is None


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """Deleted between two looks: no complaint."""
    assert list(find_transcripts(str(tmp_path / "none"), lambda path, error: pytest.fail(path))) == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_folders_of_another_user_are_named_and_passed_over() -> None:
    """What can't be entered is `unreadable`, out of reach rather than gone; its neighbours are read."""
    with unprivileged() as folder:
        mine, theirs = _make(folder / "mine"), _make(folder / "theirs")
        (mine / "projects" / "p" / "a.jsonl").write_bytes(b"{}\n")
        (mine / "projects" / "closed").mkdir(mode=0o000)
        (mine / "projects" / "listed").mkdir()
        (mine / "projects" / "listed" / "b.jsonl").write_bytes(b"{}\n")
        (mine / "projects" / "listed").chmod(0o400)
        (theirs / "projects").chmod(0o000)
        places = find_places({"HOME": str(folder), "CLAUDE_CONFIG_DIR": f"{mine},{theirs}"}, ())
        assert [place.state for place in places.looked_at] == [PlaceState.FOUND, PlaceState.UNREADABLE]
        assert places.away == (f"{theirs}/projects",)
        denied: list[str] = []
        found = list(find_transcripts(places.roots[0].projects, lambda path, _: denied.append(path)))
        assert [os.path.basename(file.path) for file in found] == ["a.jsonl"]  # noqa: PTH119 - text
        assert sorted(denied) == [f"{mine}/projects/closed", f"{mine}/projects/listed/b.jsonl"]
        for closed in (mine / "projects" / "closed", mine / "projects" / "listed", theirs / "projects"):
            closed.chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no Unicode")
def test_names_that_are_no_unicode_are_found_and_shown(tmp_path: Path) -> None:
    """The bytes are kept to open the file, what is shown can be encoded."""
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    (odd / "projects" / "p").mkdir(parents=True)
    (odd / "projects" / "p" / os.fsdecode(b"\xff.jsonl")).write_bytes(b"{}\n")
    places = find_places({"HOME": "/h", "CLAUDE_CONFIG_DIR": str(odd)}, ())
    assert places.looked_at[0].path.encode()
    found = list(find_transcripts(places.roots[0].projects, lambda path, error: pytest.fail(path)))
    assert [os.fsencode(file.path)[-7:] for file in found] == [b"\xff.jsonl"]
