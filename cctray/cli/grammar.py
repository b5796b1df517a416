"""The commands and their examples, as a table; `cli.parser` and the completion scripts read it."""

import argparse
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from cctray.cli import arguments
from cctray.cli.options import (
    CompletionOptions,
    DemoOptions,
    DoctorOptions,
    ExportOptions,
    Face,
    Options,
    ParityOptions,
    ReportOptions,
    StatuslineOptions,
    StatusOptions,
)
from cctray.core.errors import UsageError

Add = Callable[[argparse.ArgumentParser], None]


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
        add=arguments.add_nothing,
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
        add=arguments.add_nothing,
        module="",
        fixed={"face": Face.SILENT},
        examples=(("cctray serve", "read, keep and serve until stopped by Ctrl-C or SIGTERM"),),
    ),
    "daily": _report(
        "daily",
        "Usage by day.",
        arguments.add_daily,
        ("cctray daily --last 7 --breakdown", "the last seven days with every model"),
        ("cctray daily --json --since 2026-06-01", "for scripts, with ccusage's keys"),
        ("cctray daily --instances", "by project"),
    ),
    "weekly": _report(
        "weekly", "Usage by week.", arguments.add_weekly, ("cctray weekly --start-of-week monday", "weeks from Monday")
    ),
    "monthly": _report(
        "monthly", "Usage by month.", arguments.add_monthly, ("cctray monthly --order desc", "newest first")
    ),
    "session": _report(
        "session",
        "Usage by session.",
        arguments.add_session,
        ("cctray session --since 2026-06-01", "sessions with usage since then"),
        ("cctray session --id 4d1c…", "every response of one session"),
    ),
    "blocks": _report(
        "blocks",
        "Usage by 5-hour block.",
        arguments.add_blocks,
        ("cctray blocks --active", "the running block and where it ends on this pace"),
        ("cctray blocks --recent --token-limit max", "against the largest block so far"),
    ),
    "status": Command(
        summary="The live numbers, once or continuously.",
        options=StatusOptions,
        add=arguments.add_status,
        module="status",
        examples=(("cctray status", "one look"), ("cctray status --watch", "a line that follows every change")),
    ),
    "statusline": Command(
        summary="The line under Claude Code's prompt (reads its JSON on stdin).",
        options=StatuslineOptions,
        add=arguments.add_statusline,
        module="statusline",
        description="Print the line under Claude Code's prompt. In ~/.claude/settings.json:\n"
        '  "statusLine": {"type": "command", "command": "cctray statusline"}',
        examples=(("cctray statusline -B emoji", "with a coloured sign for the burn rate"),),
    ),
    "parity": Command(
        summary="Compare every number with ccusage.",
        options=ParityOptions,
        add=arguments.add_parity,
        module="parity",
        description="Run ccusage and cctray over the same transcripts and compare every number.\n"
        "Exit code 0: same, 1: different, 2: no ccusage found or wrong options.",
        examples=(("cctray parity", "all five reports"), ("cctray parity --report daily", "one of them")),
    ),
    "doctor": Command(
        summary="What was looked for and found; what to do.",
        options=DoctorOptions,
        add=arguments.add_doctor,
        module="doctor",
        examples=(("cctray doctor", "for people"), ("cctray doctor --json", "for a bug report")),
    ),
    "export": Command(
        summary="All usage as CSV or JSON.",
        options=ExportOptions,
        add=arguments.add_export,
        module="export",
        examples=(
            ("cctray export --csv > usage.csv", "every response"),
            ("cctray export --json --rows days", "sums by day, project and model"),
        ),
    ),
    "demo": Command(
        summary="Try cctray on a made-up, moving history.",
        options=DemoOptions,
        add=arguments.add_demo,
        module="demo",
        description="Run the real program on made-up transcripts in a temporary folder; your own data are not touched.",
        examples=(
            ("cctray demo", "in the tray"),
            ("cctray demo --headless --speed 5", "in the terminal, five times faster"),
        ),
    ),
    "completion": Command(
        summary="Print a completion script for your shell.",
        options=CompletionOptions,
        add=arguments.add_completion,
        module="completion",
        examples=(
            ('eval "$(cctray completion bash)"', "in ~/.bashrc"),
            ("cctray completion zsh > ~/.zfunc/_cctray", "with fpath+=~/.zfunc in ~/.zshrc"),
            ("cctray completion fish > ~/.config/fish/completions/cctray.fish", ""),
        ),
    ),
}
