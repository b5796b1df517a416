"""Option values: text in, checked value out, with ccusage's words where one is refused."""

import argparse
import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

_WHOLE = re.compile(r"\+?\d{1,19}", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)


def day(text: str) -> str:
    """`YYYYMMDD` or `YYYY-MM-DD` of the calendar, as `YYYY-MM-DD`; raises UsageError."""
    # WHY late: zoneinfo comes with it, and few commands are given a date.
    from cctray.core.calendar import parse_day

    return parse_day(text)


def time_zone(text: str) -> str:
    """An IANA name or `local`; whether the zone exists is seen when it is used."""
    if _ZONE.fullmatch(text) is None:
        message = f"'{text}' is not a time zone; expected an IANA name such as Europe/Berlin, or 'local'"
        raise argparse.ArgumentTypeError(message)
    return text


def periods(text: str) -> int:
    """A whole number from 1."""
    if _WHOLE.fullmatch(text) is None or int(text) < 1:
        message = f"'{text}' is not a whole number of periods, 1 or greater"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def hours(text: str) -> float:
    """A number; that it is positive is checked where ccusage does, with exit code 1."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = f"'{text}' is not a number of hours"
        raise argparse.ArgumentTypeError(message)
    return value


def percent(text: str) -> int:
    """A whole number from 0 to 100."""
    if _WHOLE.fullmatch(text) is None or int(text) > 100:  # noqa: PLR2004 (a percentage)
        message = f"'{text}' is not a whole number from 0 to 100"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def positive(text: str) -> float:
    """A finite number above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        message = f"'{text}' is not a number above 0"
        raise argparse.ArgumentTypeError(message)
    return value


def one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    """A parser of the enum's values."""

    def parse(text: str) -> Choice:
        try:
            return choices(text)
        except ValueError:
            known = " | ".join(choices)
            message = f"'{text}' is not one of {known}"
            raise argparse.ArgumentTypeError(message) from None

    return parse
