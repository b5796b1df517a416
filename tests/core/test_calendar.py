"""Days of any zone and any year."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.calendar import (
    DAY_MS,
    HOUR_MS,
    Days,
    UnknownTimeZoneError,
    day_name,
    day_number,
    iso_ms,
    month_of,
    parse_day,
    parse_stamp,
    week_of,
)
from cctray.core.errors import UsageError

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia")
CALENDARS = {zone: Days(zone) for zone in ZONES}


@given(st.sampled_from(ZONES), st.integers(-4_000_000_000_000, 8_000_000_000_000))
def test_day_is_the_zones_day(zone: str, at_ms: int) -> None:
    """The day of an instant is what the zone's own clock says."""
    local = datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(ZoneInfo(zone))
    assert CALENDARS[zone].day(at_ms) == local.strftime("%Y-%m-%d").rjust(10, "0")


@given(st.sampled_from(ZONES), st.integers(-700_000, 2_900_000))
def test_bounds_hold_the_day(zone: str, number: int) -> None:
    """A day starts where the one before ends, and no sooner."""
    day, days = day_name(number), CALENDARS[zone]
    start, end = days.bounds_ms(day, day)
    assert start <= end
    assert days.day(start - 1) < day <= days.day(start) or day[0] == "-"
    if end > start:
        assert days.day(end - 1) == day


@given(st.integers(-719_528, 2_932_896))
def test_names_and_numbers_of_days(number: int) -> None:
    """Every day of the years 0 to 9999 has one name."""
    assert day_number(day_name(number)) == number
    assert parse_day(day_name(number).replace("-", "")) == day_name(number)
    assert parse_stamp(iso_ms(number * DAY_MS + 1)) == number * DAY_MS + 1


@pytest.mark.parametrize("text", ["2026-13-01", "20260230", "2026-6-1", "x", "", "2026-06-011", "²026-06-01"])
def test_what_is_no_day(text: str) -> None:
    """Anything else is refused with exit code 2."""
    with pytest.raises(UsageError) as caught:
        parse_day(text)
    assert caught.value.exit_code == 2


def test_weeks_and_months() -> None:
    """Weeks start on any day asked for, also before the year 0."""
    assert week_of("2026-06-01", "sunday") == "2026-05-31"
    assert week_of("2026-06-01", "monday") == "2026-06-01"
    assert week_of("0000-01-01", "sunday") == "-001-12-26"
    assert month_of("2026-06-01") == "2026-06"


def test_stretches_cover_a_span() -> None:
    """A year of Berlin has three stretches of equal offset, without holes."""
    pieces = list(Days("Europe/Berlin").stretches(1_767_222_000_000, 1_798_758_000_000))
    assert [offset // HOUR_MS for _, _, offset in pieces] == [1, 2, 1]
    assert all(one[1] == other[0] for one, other in pairwise(pieces))


def test_names_of_zones() -> None:
    """Names are taken in any case; what nobody knows is refused with exit code 2."""
    assert Days("europe/berlin").zone == "Europe/Berlin"
    for name in ("Nope/Nope", "", "/etc/passwd", "Europe", "+02:00"):
        with pytest.raises(UnknownTimeZoneError) as caught:
            Days(name)
        assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("2026-06-01T10:15:00Z", 1_780_308_900_000),
        ("2026-06-01T12:15:00.250+02:00", 1_780_308_900_250),
        ("2026-06-01T10:15:00-00:00", 1_780_308_900_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-06-01T10:15:00", None),
        ("2026-06-01T10:15:00.12Z", None),
        ("2026-06-01T10:15:00+0200", None),
        ("2026-06-01T10:15:00+24:00", None),
        ("2026-06-01 10:15:00Z", None),
        ("2026-06-01T10:15:60Z", None),
        ("2026-02-29T10:15:00Z", None),
        ("\uff12026-06-01T10:15:00Z", None),
    ],
)
def test_stamps(text: str, at_ms: int | None) -> None:
    """Time stamps are read in ccusage's forms only."""
    assert parse_stamp(text) == at_ms
