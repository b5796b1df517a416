"""The machine's time zone as an IANA name."""

from pathlib import Path

import pytest

from cctray.system import zone

NOWHERE = Path("/nonexistent")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("/usr/share/zoneinfo/posix/Asia/Tokyo", "Asia/Tokyo"),
    ],
)
def test_variable_comes_first(text: str, name: str) -> None:
    """`TZ` names the zone in any of its usual forms."""
    assert zone.find({"TZ": text}, NOWHERE, NOWHERE) == name


@pytest.mark.parametrize("text", ["", "CET-1CEST,M3.5.0", "Nowhere/Land", "../etc/passwd"])
def test_unusable_variable_falls_to_the_system(text: str, tmp_path: Path) -> None:
    """What is no IANA name is passed over, not believed."""
    note = tmp_path / "timezone"
    note.write_text("Asia/Kolkata\n")
    assert zone.find({"TZ": text}, NOWHERE, note) == "Asia/Kolkata"


def test_link_comes_before_note(tmp_path: Path) -> None:
    """/etc/localtime tells the chosen name; the note of Debian may be older."""
    link, note = tmp_path / "localtime", tmp_path / "timezone"
    link.symlink_to("../usr/share/zoneinfo/America/New_York")
    note.write_text("Asia/Kolkata\n")
    assert zone.find({}, link, note) == "America/New_York"


def test_unknown_is_utc(tmp_path: Path) -> None:
    """A container without any of them counts days in UTC, as ccusage does."""
    assert zone.find({}, NOWHERE, NOWHERE) == "UTC"
    broken = tmp_path / "timezone"
    broken.write_bytes(b"\xff\xfe")
    assert zone.find({}, NOWHERE, broken) == "UTC"


def test_known_names() -> None:
    """Only a zone this machine has a calendar of is known."""
    assert zone.is_known("Pacific/Chatham")
    assert not zone.is_known("Nowhere/Land")
    assert not zone.is_known("/etc/passwd")
    assert not zone.is_known("")
