"""What each command takes: its options, with their values and meanings."""

import argparse
from typing import Final, NoReturn, cast

import cctray
from cctray.cli import values
from cctray.cli.options import BurnRateStyle, CostSource, Order, WeekDay
from cctray.core.config import CostMode
from cctray.core.errors import UsageError

REPORTS: Final = ("daily", "weekly", "monthly", "session", "blocks")
SHELLS: Final = ("bash", "zsh", "fish")


def add_globals(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command takes."""
    every = parser.add_argument_group("options of every command")
    every.add_argument("--data-dir", metavar="DIR", help="where the history is kept (CCTRAY_DATA_DIR)")
    every.add_argument("--config-dir", metavar="DIR", help="where the settings are kept (CCTRAY_CONFIG_DIR)")
    every.add_argument("-d", "--debug", action="store_true", help="log everything, show where an error came from")
    every.add_argument("-h", "--help", action="help", help="show this and exit")
    every.add_argument(
        "-v", "-V", "--version", action="version", version=f"cctray {cctray.__version__}", help="show the version"
    )


def add_nothing(_parser: argparse.ArgumentParser) -> None:
    """Leave the options of every command alone."""


def _add_dates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-s", "--since", type=values.day, metavar="DATE", help="from this day on (YYYY-MM-DD or YYYYMMDD)"
    )
    parser.add_argument("-u", "--until", type=values.day, metavar="DATE", help="up to and including this day")
    parser.add_argument(
        "-z", "--timezone", type=values.time_zone, metavar="ZONE", help="time zone of days (Europe/Berlin), or 'local'"
    )


def _add_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--order",
        type=values.one_of(Order),
        default=Order.ASC,
        metavar="asc|desc",
        help="oldest or newest first (asc)",
    )


def _add_mode(parser: argparse.ArgumentParser, default: CostMode | None) -> None:
    parser.add_argument(
        "-m",
        "--mode",
        type=values.one_of(CostMode),
        default=default,
        metavar="MODE",
        help="costs: auto (as logged, else calculated) | calculate | display (as logged, else 0)",
    )


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-j", "--json", action="store_true", help="print JSON with ccusage's keys")
    _add_dates(parser)
    _add_mode(parser, None)
    _add_order(parser)
    parser.add_argument("-b", "--breakdown", action="store_true", help="one line per model")
    parser.add_argument(
        "-O", "--offline", action="store_true", help="only the bundled prices that equal ccusage's offline ones"
    )
    parser.add_argument("--no-offline", dest="offline", action="store_false", help="all known prices (the default)")
    parser.add_argument("--no-cost", action="store_true", help="leave costs out")
    parser.add_argument("--on-disk", action="store_true", help="only transcripts that still exist, as ccusage")
    parser.add_argument("--compact", action="store_true", help="fewer columns, for narrow terminals")
    parser.add_argument("--color", action="store_true", default=None, help="colours even if the output is no terminal")
    parser.add_argument("--no-color", dest="color", action="store_false", help="no colours (also NO_COLOR=1)")
    parser.add_argument("--single-thread", action="store_true", help="accepted for ccusage's sake, has no effect")


def _add_last(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--last", type=values.periods, metavar="N", help="only the newest N periods (1: the present)")


def add_daily(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray daily`."""
    _add_report(parser)
    _add_last(parser)
    parser.add_argument("-i", "--instances", action="store_true", help="group by project")
    parser.add_argument("-p", "--project", metavar="NAME", help="only this project (--project=-home-me-app)")
    parser.add_argument(
        "--project-aliases", default="", metavar="A=NAME,…", help="names to show for projects in the table"
    )


def add_weekly(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray weekly`."""
    _add_report(parser)
    _add_last(parser)
    parser.add_argument(
        "-w",
        "--start-of-week",
        type=values.one_of(WeekDay),
        default=WeekDay.SUNDAY,
        metavar="DAY",
        help="first day of the week (sunday)",
    )


def add_monthly(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray monthly`."""
    _add_report(parser)
    _add_last(parser)


def add_session(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray session`."""
    _add_report(parser)
    _add_refused_last(parser)
    parser.add_argument("-i", "--id", metavar="ID", help="the entries of this session")


def add_blocks(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray blocks`."""
    _add_report(parser)
    _add_refused_last(parser)
    parser.add_argument("-a", "--active", action="store_true", help="only the running block, with its projection")
    parser.add_argument("-r", "--recent", action="store_true", help="blocks of the last 3 days and the running one")
    parser.add_argument("-t", "--token-limit", metavar="N|max", help="warn against this limit (max: the largest block)")
    parser.add_argument(
        "-n", "--session-length", type=values.hours, default=5.0, metavar="HOURS", help="length of a block (5)"
    )


class _RefuseLast(argparse.Action):
    """ccusage's `--last` belongs to three reports; elsewhere it says so."""

    def __call__(self, *_call: object, **_keywords: object) -> NoReturn:
        raise UsageError(
            "The --last option is only available for the daily, weekly, and monthly reports.",
            "Use --since and --until here.",
        )


def _add_refused_last(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--last", action=cast("type[argparse.Action]", _RefuseLast), nargs="?", help=argparse.SUPPRESS)


def add_status(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray status`."""
    parser.add_argument("-j", "--json", action="store_true", help="print the whole Snapshot as JSON")
    parser.add_argument("-w", "--watch", action="store_true", help="print it again with every change, until Ctrl-C")


def add_statusline(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray statusline`."""
    parser.add_argument(
        "-B",
        "--visual-burn-rate",
        type=values.one_of(BurnRateStyle),
        default=BurnRateStyle.OFF,
        metavar="STYLE",
        help="off | emoji | text | emoji-text (off)",
    )
    parser.add_argument(
        "--cost-source",
        type=values.one_of(CostSource),
        default=CostSource.AUTO,
        metavar="SOURCE",
        help="session cost: auto | ccusage (calculated) | cc (as Claude Code says) | both (auto)",
    )
    parser.add_argument(
        "--context-low-threshold",
        type=values.percent,
        default=50,
        metavar="N",
        help="below N %% of the context: green (50)",
    )
    parser.add_argument(
        "--context-medium-threshold",
        type=values.percent,
        default=80,
        metavar="N",
        help="below N %% yellow, else red (80)",
    )
    parser.add_argument(
        "-z", "--timezone", type=values.time_zone, metavar="ZONE", help="time zone of 'today', or 'local'"
    )
    parser.add_argument(
        "-O", "--offline", action="store_true", default=True, help="only ccusage's prices (the default)"
    )
    parser.add_argument("--no-offline", dest="offline", action="store_false", help="all known prices")
    unneeded = "accepted for ccusage's sake, has no effect"
    parser.add_argument("--cache", "--no-cache", action="store_true", help=unneeded)
    parser.add_argument("--refresh-interval", type=values.hours, metavar="S", help=unneeded)


def add_parity(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray parity`."""
    parser.add_argument("--ccusage", metavar="PATH", help="the ccusage program (found by itself where npm puts it)")
    parser.add_argument(
        "--report", choices=("all", *REPORTS), default="all", metavar="NAME", help="daily | … | blocks | all (all)"
    )
    _add_dates(parser)
    _add_mode(parser, CostMode.AUTO)
    _add_order(parser)
    parser.add_argument(
        "-w", "--start-of-week", type=values.one_of(WeekDay), default=WeekDay.SUNDAY, metavar="DAY", help="sunday"
    )
    parser.add_argument(
        "-n", "--session-length", type=values.hours, default=5.0, metavar="HOURS", help="of a block (5)"
    )


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray doctor`."""
    parser.add_argument("-j", "--json", action="store_true", help="print it as JSON")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray export`."""
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", dest="format", action="store_const", const="csv", help="comma separated, with a header")
    form.add_argument("-j", "--json", dest="format", action="store_const", const="json", help="one JSON array of rows")
    parser.add_argument(
        "--rows",
        choices=("responses", "days"),
        default="responses",
        help="responses, or sums by day, project and model",
    )
    _add_dates(parser)
    parser.add_argument("--on-disk", action="store_true", help="only transcripts that still exist")


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray demo`."""
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number makes another history (1)")
    parser.add_argument("--days", type=values.periods, default=45, metavar="N", help="length of the history (45)")
    parser.add_argument("--speed", type=values.positive, default=1.0, metavar="X", help="pace of new responses (1)")
    parser.add_argument("--headless", action="store_true", help="no tray: print the live line")


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cctray completion`."""
    parser.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")
