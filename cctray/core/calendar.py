"""Days, weeks and months of a time zone, and the time stamps of transcripts, for the years 0 to 9999.

Integers and text only: `datetime` ends at the years 1 and 9999 and is used for the offsets in between alone.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from cctray.core.errors import UsageError

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

WEEKDAYS: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""In the order ccusage's `--start-of-week` counts them."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS: Final = -62_135_510_400_000
"""0001-01-02, and with `_LATEST_MS` (9999-12-30) the range in which `datetime` can hold any zone's local time."""
_LATEST_MS: Final = 253_402_128_000_000
_DAYS_IN_MONTH: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SHORT_STAMP: Final = 19
_MILLIS_END: Final = 23
_OFFSET_LENGTH: Final = 6
_MAX_HOUR: Final = 23
_MAX_SIXTIETH: Final = 59
_MAX_MONTH: Final = 12
_FEBRUARY: Final = 2
_DAY_MINUTES: Final = DAY_MS // MINUTE_MS
_NAME_CACHE: Final = 4096
"""Days named without computing: eleven years."""


class UnknownTimeZoneError(UsageError):
    """A time zone nobody knows."""


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 of a date of the proleptic Gregorian calendar."""
    year -= month <= _FEBRUARY
    era = year // 400
    year_of_era = year - era * 400
    day_of_year = (153 * (month + (-3 if month > _FEBRUARY else 9)) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of a count of days since 1970-01-01."""
    days += 719_468
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9  # noqa: PLR2004 - the algorithm's year starts in March
    return year_of_era + era * 400 + (month <= _FEBRUARY), month, day_of_year - (153 * shifted + 2) // 5 + 1


@lru_cache(maxsize=_NAME_CACHE)
def day_name(days: int) -> str:
    """`YYYY-MM-DD` of a count of days since 1970-01-01 (year -1 prints as ccusage does: `-001`)."""
    year, month, day = civil_from_days(days)
    return f"{year:04d}-{month:02d}-{day:02d}"


@lru_cache(maxsize=_NAME_CACHE)
def day_number(day: str) -> int:
    """Days since 1970-01-01 of `YYYY-MM-DD`; raises UsageError where there is no such day."""
    year, month, date = day[:-6], day[-5:-3], day[-2:]
    if day[-6:-5] == "-" and day[-3:-2] == "-" and _digits(month) and _digits(date) and _is_year(year):
        number = days_from_civil(int(year), int(month), int(date))
        if day_name(number) == day:
            return number
    title, remedy = f"“{day}” is not a day.", "Write it as YYYY-MM-DD or YYYYMMDD."
    raise UsageError(title, remedy)


def parse_day(text: str) -> str:
    """`YYYY-MM-DD` from `YYYYMMDD` or `YYYY-MM-DD`; raises UsageError where it is neither."""
    compact = text.replace("-", "") if text[4:5] == "-" and text[7:8] == "-" else text
    day = f"{compact[:4]}-{compact[4:6]}-{compact[6:]}"
    day_number(day)
    return day


@lru_cache(maxsize=_DAY_MINUTES)
def _clock(minutes: int) -> str:
    """`T10:15:` of a minute of the day."""
    return f"T{minutes // 60:02d}:{minutes % 60:02d}:"


def iso_ms(at_ms: int) -> str:
    """`2026-06-01T10:15:00.000Z` of UTC milliseconds."""
    days, rest = divmod(at_ms, DAY_MS)
    minutes, rest = divmod(rest, MINUTE_MS)
    ahead = str(100_000 + rest)  # faster than two format specifications
    return f"{day_name(days)}{_clock(minutes)}{ahead[1:3]}.{ahead[3:]}Z"


def parse_stamp(text: str) -> int | None:
    """UTC milliseconds of a transcript's time stamp; None where ccusage refuses its form or its date.

    `YYYY-MM-DDTHH:MM:SS`, optionally `.mmm`, then `Z` or `+HH:MM` / `-HH:MM`.
    """
    if len(text) <= _SHORT_STAMP or not text.isascii():
        return None
    clock_ms = _parse_clock(text[10:_SHORT_STAMP])
    days = _parse_date(text[:10])
    end = _SHORT_STAMP
    millis = "0"
    if text[end] == ".":
        millis, end = text[end + 1 : _MILLIS_END], _MILLIS_END
        if len(millis) != 3 or not _digits(millis):  # noqa: PLR2004 - milliseconds, nothing finer or coarser
            return None
    offset_ms = _parse_offset(text[end:])
    if clock_ms is None or days is None or offset_ms is None:
        return None
    return days * DAY_MS + clock_ms + int(millis) - offset_ms


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_year(text: str) -> bool:
    return len(text) == 4 and _digits(text.removeprefix("-"))  # noqa: PLR2004 - as ccusage prints a year


def _parse_date(text: str) -> int | None:
    if text[4] != "-" or text[7] != "-" or not _digits(text[:4] + text[5:7] + text[8:]):
        return None
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:])
    if not 1 <= month <= _MAX_MONTH:
        return None
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS_IN_MONTH[month - 1] + (month == _FEBRUARY and is_leap):
        return None
    return days_from_civil(year, month, day)


def _parse_clock(text: str) -> int | None:
    if text[0] != "T" or text[3] != ":" or text[6] != ":" or not _digits(text[1:3] + text[4:6] + text[7:]):
        return None
    hour, minute, second = int(text[1:3]), int(text[4:6]), int(text[7:])
    if hour > _MAX_HOUR or minute > _MAX_SIXTIETH or second > _MAX_SIXTIETH:
        return None
    return hour * HOUR_MS + minute * MINUTE_MS + second * 1000


def _parse_offset(text: str) -> int | None:
    if text == "Z":
        return 0
    if len(text) != _OFFSET_LENGTH or text[0] not in "+-" or text[3] != ":" or not _digits(text[1:3] + text[4:]):
        return None
    hours, minutes = int(text[1:3]), int(text[4:])
    if hours > _MAX_HOUR or minutes > _MAX_SIXTIETH:
        return None
    size_ms = hours * HOUR_MS + minutes * MINUTE_MS
    return -size_ms if text[0] == "-" else size_ms


def _zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        # ccusage takes names in any case.
        known = next((one for one in available_timezones() if one.lower() == name.lower()), None)
        if known is None:
            title = f"There is no time zone called “{name}”."
            raise UnknownTimeZoneError(title, "Use an IANA name such as Europe/Berlin or UTC.") from error
        return ZoneInfo(known)


def week_of(day: str, start_of_week: str) -> str:
    """First day of the week of a day; `start_of_week` is one of WEEKDAYS."""
    number = day_number(day)
    weekday = (number + 4) % 7
    return day_name(number - (weekday - WEEKDAYS.index(start_of_week)) % 7)


def month_of(day: str) -> str:
    """`YYYY-MM` of a day."""
    return day[:7]


class Days:
    """The calendar of one time zone; fast for millions of instants, because offsets are kept by segment."""

    def __init__(self, zone: str) -> None:
        """Take an IANA name; raises UnknownTimeZoneError."""
        self._zone = _zone_of(zone)
        self.zone = self._zone.key
        self._starts_ms: list[int] = []
        self._ends_ms: list[int] = []
        self._offsets_ms: list[int] = []

    def offset_ms(self, at_ms: int) -> int:
        """Local time minus UTC at an instant, milliseconds."""
        index = bisect_right(self._starts_ms, at_ms) - 1
        if index >= 0 and at_ms < self._ends_ms[index]:
            return self._offsets_ms[index]
        return self._learn(at_ms)

    def day(self, at_ms: int) -> str:
        """`YYYY-MM-DD` of the local day of an instant."""
        return day_name((at_ms + self.offset_ms(at_ms)) // DAY_MS)

    def week_of(self, day: str, start_of_week: str) -> str:
        """First day of the week of a day."""
        return week_of(day, start_of_week)

    def month_of(self, day: str) -> str:
        """`YYYY-MM` of a day."""
        return month_of(day)

    def bounds_ms(self, first_day: str, last_day: str) -> tuple[int, int]:
        """UTC milliseconds from the first instant of the first day to the first after the last day."""
        return self._start_of(day_number(first_day)), self._start_of(day_number(last_day) + 1)

    def stretches(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int, int]]:
        """Pieces (from, to, offset; ms) of a span in each of which local time minus UTC stays the same."""
        while start_ms < end_ms:
            offset = self.offset_ms(start_ms)
            piece_end = start_ms
            while piece_end < end_ms and self.offset_ms(piece_end) == offset:
                piece_end = self._ends_ms[bisect_right(self._starts_ms, piece_end) - 1]
            yield start_ms, min(piece_end, end_ms), offset
            start_ms = piece_end

    def _start_of(self, number: int) -> int:
        """First instant whose local day is this one, or a later one where the zone skipped it."""
        local_ms = number * DAY_MS
        low, high = local_ms - 2 * DAY_MS, local_ms + 2 * DAY_MS
        guess = local_ms - self.offset_ms(local_ms)
        if self._day_number(guess) >= number > self._day_number(guess - 1):
            return guess
        while high - low > 1:
            middle = (low + high) // 2
            if self._day_number(middle) >= number:
                high = middle
            else:
                low = middle
        return high

    def _day_number(self, at_ms: int) -> int:
        return (at_ms + self.offset_ms(at_ms)) // DAY_MS

    def _raw_offset(self, at_ms: int) -> int:
        moment = _EPOCH + timedelta(milliseconds=min(max(at_ms, _EARLIEST_MS), _LATEST_MS))
        offset = moment.astimezone(self._zone).utcoffset()
        return 0 if offset is None else offset // timedelta(milliseconds=1)

    def _learn(self, at_ms: int) -> int:
        """Find the stretch of equal offset around an instant, a day at a time, and keep it."""
        offset = self._raw_offset(at_ms)
        start = self._edge(at_ms, offset, -1)
        end = self._edge(at_ms, offset, 1)
        index = bisect_right(self._starts_ms, start)
        self._starts_ms.insert(index, start)
        self._ends_ms.insert(index, end)
        self._offsets_ms.insert(index, offset)
        return offset

    def _edge(self, at_ms: int, offset: int, direction: int) -> int:
        """Where the stretch begins (-1) or ends (1): the next change of offset, or a full hour 64 days away at most.

        Full, because sums by the hour are taken piece by piece: an edge within an hour would have it counted twice.
        """
        inside = at_ms
        for _ in range(64):
            outside = inside + direction * DAY_MS
            if self._raw_offset(outside) != offset:
                return self._change(inside, outside, offset, direction)
            inside = outside
        return inside // HOUR_MS * HOUR_MS if direction > 0 else -(-inside // HOUR_MS) * HOUR_MS

    def _change(self, inside: int, outside: int, offset: int, direction: int) -> int:
        while abs(outside - inside) > 1:
            middle = (inside + outside) // 2
            if self._raw_offset(middle) == offset:
                inside = middle
            else:
                outside = middle
        return outside if direction > 0 else inside
