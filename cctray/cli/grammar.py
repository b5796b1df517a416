"""The commands, their options and examples, as a table; `cli.parser` and the completion scripts read it."""

import argparse
from collections.abc import Callable
from typing import Any, Final, NoReturn, cast

from msgspec import Struct

import cctray
from cctray.cli import values
from cctray.cli.options import (
    BurnRateStyle,
    CompletionOptions,
    CostSource,
    DemoOptions,
    DoctorOptions,
    ExportOptions,
    Face,
    Options,
    Order,
    ParityOptions,
    ReportOptions,
    StatuslineOptions,
    StatusOptions,
    WeekDay,
)
from cctray.core.config import CostMode
from cctray.core.errors import UsageError

Add = Callable[[argparse.ArgumentParser], None]

REPORTS: Final = ("daily", "weekly", "monthly", "session", "blocks")
SHELLS: Final = ("bash", "zsh", "fish")


class Command(Struct, frozen=True, kw_only=True):
    """One command."""

    summary: str
    options: type[Options]
    add: Add
    """Adds the command's own options."""
    module: str
    """Module of the room cli that runs it; empty for the engine's own process."""
    fixed: dict[str, str] = {}
    """Option values that the command's name decides."""
    examples: tuple[tuple[str, str], ...] = ()
    description: str = ""


def add_globals(parser: argparse.ArgumentParser) -> None:
    """Add the options that every command takes."""
    every = parser.add_argument_group("options of every command")
    every.add_argument("--data-dir", metavar="DIR", help="where the history is kept (CCTRAY_DATA_DIR)")
    every.add_argument("--config-dir", metavar="DIR", help="where the settings are kept (CCTRAY_CONFIG_DIR)")
    every.add_argument("-d", "--debug", action="store_true", help="log everything, show where an error came from")
    every.add_argument("-h", "--help", action="help", help="show this and exit")
    every.add_argument("-v", "-V", "--version", action="version", version=f"cctray {cctray.__version__}", help="show the version")


def _add_nothing(_parser: argparse.ArgumentParser) -> None:
    """Leave the options of every command alone."""


def _add_dates(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-s", "--since", type=values.day, metavar="DATE", help="from this day on (YYYY-MM-DD or YYYYMMDD)")
    parser.add_argument("-u", "--until", type=values.day, metavar="DATE", help="up to and including this day")
    parser.add_argument(
        "-z", "--timezone", type=values.time_zone, metavar="ZONE", help="time zone of days, such as Europe/Berlin, or 'local'"
    )


def _add_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--order", type=values.one_of(Order), default=Order.ASC, metavar="asc|desc", help="oldest or newest first (asc)"
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
    parser.add_argument("--on-disk", action="store_true", help="count only transcripts that still exist, as ccusage does")
    parser.add_argument("--compact", action="store_true", help="fewer columns, for narrow terminals")
    parser.add_argument("--color", action="store_true", default=None, help="colours even where the output is no terminal")
    parser.add_argument("--no-color", dest="color", action="store_false", help="no colours (also NO_COLOR=1)")
    parser.add_argument(
        "--single-thread", action="store_true", help="accepted for ccusage's sake; a report here reads no transcripts again"
    )


def _add_last(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--last", type=values.periods, metavar="N", help="only the newest N periods (1: the present one)")


def _add_daily(parser: argparse.ArgumentParser) -> None:
    _add_report(parser)
    _add_last(parser)
    parser.add_argument("-i", "--instances", action="store_true", help="group by project")
    parser.add_argument("-p", "--project", metavar="NAME", help="only this project (--project=-home-me-app)")
    parser.add_argument(
        "--project-aliases", default="", metavar="A=NAME,…", help="names to show for projects in the table"
    )


def _add_weekly(parser: argparse.ArgumentParser) -> None:
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


def _add_monthly(parser: argparse.ArgumentParser) -> None:
    _add_report(parser)
    _add_last(parser)


def _add_session(parser: argparse.ArgumentParser) -> None:
    _add_report(parser)
    _add_refused_last(parser)
    parser.add_argument("-i", "--id", metavar="ID", help="the entries of this session")


def _add_blocks(parser: argparse.ArgumentParser) -> None:
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


def _add_status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-j", "--json", action="store_true", help="print the whole Snapshot as JSON")
    parser.add_argument("-w", "--watch", action="store_true", help="print it again with every change, until Ctrl-C")


def _add_statusline(parser: argparse.ArgumentParser) -> None:
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
        "--context-low-threshold", type=values.percent, default=50, metavar="N", help="context below N %% is green (50)"
    )
    parser.add_argument(
        "--context-medium-threshold", type=values.percent, default=80, metavar="N", help="below N %% yellow, else red (80)"
    )
    parser.add_argument(
        "-z", "--timezone", type=values.time_zone, metavar="ZONE", help="time zone of 'today', or 'local'"
    )
    parser.add_argument("-O", "--offline", action="store_true", default=True, help="only ccusage's bundled prices (default)")
    parser.add_argument("--no-offline", dest="offline", action="store_false", help="all known prices")
    unneeded = "accepted for ccusage's sake; the history makes it unnecessary"
    parser.add_argument("--cache", "--no-cache", action="store_true", help=unneeded)
    parser.add_argument("--refresh-interval", type=values.hours, metavar="S", help=unneeded)


def _add_parity(parser: argparse.ArgumentParser) -> None:
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
    parser.add_argument("-n", "--session-length", type=values.hours, default=5.0, metavar="HOURS", help="of a block (5)")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-j", "--json", action="store_true", help="print it as JSON")


def _add_export(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", dest="format", action="store_const", const="csv", help="comma separated, with a header")
    form.add_argument("-j", "--json", dest="format", action="store_const", const="json", help="one JSON array of rows")
    parser.add_argument(
        "--rows", choices=("responses", "days"), default="responses", help="one row per response, or per day, project, model"
    )
    _add_dates(parser)
    parser.add_argument("--on-disk", action="store_true", help="only transcripts that still exist")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another number makes another history (1)")
    parser.add_argument("--days", type=values.periods, default=45, metavar="N", help="length of the history (45)")
    parser.add_argument("--speed", type=values.positive, default=1.0, metavar="X", help="how fast new responses come (1)")
    parser.add_argument("--headless", action="store_true", help="no tray: print the live line")


def _add_completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="bash, zsh or fish")


def check(given: dict[str, Any]) -> None:
    """Check what single options cannot say; raise UsageError."""
    since, until = given.get("since"), given.get("until")
    if since and until and since > until:
        raise UsageError(f"The --since date {since} is later than the --until date {until}.", "Exchange them.")
    if given.get("last") and (since or until):
        raise UsageError("The --last option cannot be combined with --since or --until.", "Leave one of them out.")


def examples_text(command: Command) -> str:
    """Lay out the examples for the end of a help text."""
    if not command.examples:
        return ""
    width = max(len(line) for line, _ in command.examples)
    lines = [f"  {line:<{width}}   {meaning}" for line, meaning in command.examples]
    return "\n".join(["examples:", *lines])


def command_list() -> str:
    """Lay out all commands for the end of the main help text."""
    rows = [f"  {name:<11} {command.summary}" for name, command in COMMANDS.items() if name]
    return "\n".join(["", "", "commands (each has its own --help):", *rows])


def _report(name: str, summary: str, add: Add, *examples: tuple[str, str]) -> Command:
    return Command(
        summary=summary, options=ReportOptions, add=add, module="report", fixed={"report": name}, examples=examples
    )


COMMANDS: Final[dict[str, Command]] = {
    "": Command(
        summary="Show the live burn rate in the tray.",
        description="Show the live burn rate of Claude Code in the tray; without a display, as a line in the terminal.",
        options=Options,
        add=_add_nothing,
        module="",
        fixed={"face": Face.TRAY},
        examples=(
            ("cctray", "start the tray"),
            ("cctray daily", "what was used, day by day"),
            ("cctray demo", "try it on made-up data"),
        ),
    ),
    "serve": Command(
        summary="Run without a screen (a server, a service).",
        options=Options,
        add=_add_nothing,
        module="",
        fixed={"face": Face.SILENT},
        examples=(("cctray serve", "read, keep and serve until stopped by Ctrl-C or SIGTERM"),),
    ),
    "daily": _report(
        "daily",
        "Usage by day.",
        _add_daily,
        ("cctray daily --last 7 --breakdown", "the last seven days with every model"),
        ("cctray daily --json --since 2026-06-01", "for scripts, with ccusage's keys"),
        ("cctray daily --instances", "by project"),
    ),
    "weekly": _report(
        "weekly", "Usage by week.", _add_weekly, ("cctray weekly --start-of-week monday", "weeks from Monday")
    ),
    "monthly": _report("monthly", "Usage by month.", _add_monthly, ("cctray monthly --order desc", "newest first")),
    "session": _report(
        "session",
        "Usage by session.",
        _add_session,
        ("cctray session --since 2026-06-01", "sessions with usage since then"),
        ("cctray session --id 4d1c…", "every response of one session"),
    ),
    "blocks": _report(
        "blocks",
        "Usage by 5-hour block.",
        _add_blocks,
        ("cctray blocks --active", "the running block and where it ends on this pace"),
        ("cctray blocks --recent --token-limit max", "against the largest block so far"),
    ),
    "status": Command(
        summary="The live numbers, once or continuously.",
        options=StatusOptions,
        add=_add_status,
        module="status",
        examples=(("cctray status", "one look"), ("cctray status --watch", "a line that follows every change")),
    ),
    "statusline": Command(
        summary="The line under Claude Code's prompt (reads its JSON on stdin).",
        options=StatuslineOptions,
        add=_add_statusline,
        module="statusline",
        description="Print the line under Claude Code's prompt. In ~/.claude/settings.json:\n"
        '  "statusLine": {"type": "command", "command": "cctray statusline"}',
        examples=(("cctray statusline -B emoji", "with a coloured sign for the burn rate"),),
    ),
    "parity": Command(
        summary="Compare with the ccusage on this machine.",
        options=ParityOptions,
        add=_add_parity,
        module="parity",
        description="Run ccusage and cctray over the same transcripts and compare every number.\n"
        "Exit code 0: same, 1: different, 2: no ccusage found or wrong options.",
        examples=(("cctray parity", "all five reports"), ("cctray parity --report daily --since 2026-06-01", "one of them")),
    ),
    "doctor": Command(
        summary="What was looked for and found; what to do.",
        options=DoctorOptions,
        add=_add_doctor,
        module="doctor",
        examples=(("cctray doctor", "for people"), ("cctray doctor --json", "for a bug report")),
    ),
    "export": Command(
        summary="All usage as CSV or JSON.",
        options=ExportOptions,
        add=_add_export,
        module="export",
        examples=(
            ("cctray export --csv > usage.csv", "every response"),
            ("cctray export --json --rows days", "sums by day, project and model"),
        ),
    ),
    "demo": Command(
        summary="Try cctray on a made-up, moving history.",
        options=DemoOptions,
        add=_add_demo,
        module="demo",
        description="Run the real program on made-up transcripts in a temporary folder; your own data are not touched.",
        examples=(("cctray demo", "in the tray"), ("cctray demo --headless --speed 5", "in the terminal, five times as fast")),
    ),
    "completion": Command(
        summary="Print a completion script for your shell.",
        options=CompletionOptions,
        add=_add_completion,
        module="completion",
        examples=(
            ('eval "$(cctray completion bash)"', "in ~/.bashrc"),
            ("cctray completion zsh > ~/.zfunc/_cctray", "with fpath+=~/.zfunc in ~/.zshrc"),
            ("cctray completion fish > ~/.config/fish/completions/cctray.fish", ""),
        ),
    ),
}
