"""The command line's grammar: what is taken, what is refused, and with which words."""

import pytest

from cctray.cli import grammar
from cctray.cli.options import (
    BurnRateStyle,
    DemoOptions,
    ExportOptions,
    Face,
    Order,
    ReportOptions,
    StatuslineOptions,
    WeekDay,
)
from cctray.cli.parser import parse
from cctray.core.config import CostMode
from cctray.core.errors import UsageError


def report(*argv: str) -> ReportOptions:
    """Options of a report's command line."""
    options = parse(argv).options
    assert isinstance(options, ReportOptions)
    return options


def test_no_command_is_the_tray() -> None:
    """`cctray` alone shows the tray, and takes the options of every command."""
    parsed = parse(["--data-dir", "/d", "--debug"])
    assert (parsed.command, parsed.options.face) == ("", Face.TRAY)
    assert (parsed.options.data_dir, parsed.options.debug) == ("/d", True)


def test_serve_is_silent() -> None:
    """`cctray serve` runs the same engine without a face."""
    assert parse(["serve"]).options.face is Face.SILENT


@pytest.mark.parametrize(
    "argv",
    [
        ("--data-dir", "/d", "daily", "--json"),
        ("--data-dir=/d", "daily", "--json"),
        ("daily", "--json", "--data-dir", "/d"),
        ("--json", "daily", "--data-dir", "/d"),
    ],
)
def test_options_stand_before_or_after_the_command(argv: tuple[str, ...]) -> None:
    """The value of a global option is not taken for the command, wherever it stands."""
    options = report(*argv)
    assert (options.report, options.json, options.data_dir) == ("daily", True, "/d")


def test_report_takes_ccusage_s_short_options() -> None:
    """The short spellings of ccusage's help all work."""
    options = report(
        "daily",
        *[
            "-s",
            "20260601",
            "-u",
            "2026-06-30",
            "-j",
            "-m",
            "calculate",
            "-o",
            "desc",
            "-b",
            "-O",
            "-z",
            "UTC",
            "-i",
            "-p",
            "app",
        ],
    )
    assert (options.since, options.until) == ("2026-06-01", "2026-06-30")
    assert (options.json, options.breakdown, options.offline, options.instances) == (True, True, True, True)
    assert (options.mode, options.order) == (CostMode.CALCULATE, Order.DESC)
    assert (options.timezone, options.project) == ("UTC", "app")


def test_defaults_of_a_report() -> None:
    """Without options a report leaves the cost mode to the settings and takes ccusage's other defaults."""
    assert report("blocks") == ReportOptions(report="blocks")


def test_week_and_block_options() -> None:
    """Weeks start where asked; a block has any positive length."""
    assert report("weekly", "-w", "monday").start_of_week is WeekDay.MONDAY
    assert report("blocks", "-n", "2.5", "-t", "max", "-a", "-r").session_length == 2.5
    assert report("session", "-i", "abc").id == "abc"


def test_projects_that_begin_with_a_dash_are_given_by_equals_sign() -> None:
    """Claude Code's project folders begin with a dash."""
    assert report("daily", "--project=-home-me-app").project == "-home-me-app"


@pytest.mark.parametrize(
    "argv",
    [
        "daily --bogus",
        "daily extra",
        "bogus",
        "daily --js",
        "daily --since 2026",
        "daily --since 20269999",
        "daily --since 2026-02-30",
        "daily --since 2026-1101",
        "daily --since=",
        "daily --since",
        "daily --since 20260101 --until 20250101",
        "daily --mode foo",
        "daily --mode",
        "daily --order foo",
        "daily --timezone=",
        "daily --last 0",
        "daily --last x",
        "daily --last -1",
        "daily --last 99999999999999999999",
        "daily --last 1 --since 20260101",
        "weekly -w foo",
        "weekly -w Monday",
        "weekly --instances",
        "session --last 1",
        "blocks --last 1",
        "blocks -n x",
        "blocks -n nan",
        "blocks -n",
        "statusline --cost-source foo",
        "statusline --context-low-threshold x",
        "statusline --context-low-threshold 300",
        "statusline --json",
        "export",
        "export --csv --json",
        "completion tcsh",
        "demo --speed 0",
    ],
)
def test_wrong_usage_is_refused_with_code_2(argv: str) -> None:
    """Everything ccusage refuses with exit code 2 is refused here, in one sentence and with what to do."""
    with pytest.raises(UsageError) as caught:
        parse(argv.split())
    assert caught.value.exit_code == 2
    assert caught.value.title
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("day", ["00000101", "2000-02-29", "99991231"])
def test_days_of_the_whole_calendar_are_taken(day: str) -> None:
    """Transcripts of year 0 or 9999 exist, so their days can be asked for."""
    assert report("daily", "--since", day).since is not None


def test_a_mistyped_command_gets_a_suggestion() -> None:
    """A near miss names the command that was meant."""
    with pytest.raises(UsageError, match="Did you mean 'cctray session'"):
        parse(["sesion"])


def test_other_commands_have_their_own_options() -> None:
    """The values arrive typed."""
    assert parse(["demo", "--seed", "7", "--speed", "2"]).options == DemoOptions(seed=7, speed=2.0)
    assert parse(["export", "--csv", "--rows", "days"]).options == ExportOptions(format="csv", rows="days")
    line = parse(["statusline", "-B", "emoji-text", "--no-cache"]).options
    assert line == StatuslineOptions(visual_burn_rate=BurnRateStyle.EMOJI_TEXT)


@pytest.mark.parametrize("command", [name for name in grammar.COMMANDS if name])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command names its options and shows an example of it."""
    with pytest.raises(SystemExit) as caught:
        parse([command, "--help"])
    shown = capsys.readouterr().out
    assert caught.value.code == 0
    assert f"cctray {command}" in shown.partition("examples:")[2]
    assert "--data-dir" in shown


def test_main_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`cctray --help` is the map."""
    with pytest.raises(SystemExit):
        parse(["--help"])
    shown = capsys.readouterr().out
    assert all(f"\n  {name}" in shown for name in grammar.COMMANDS if name)
