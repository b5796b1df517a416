"""Command line text -> option values. Only the parser of the command at hand is built.

Checks what can be checked without looking at the machine; knows nothing of what the commands do.
"""

import argparse
from collections.abc import Sequence
from typing import Any, Final, NoReturn

import msgspec
from msgspec import Struct

from cctray.cli import arguments, grammar
from cctray.cli.options import Options
from cctray.core.errors import UsageError

VALUED_GLOBALS: Final = ("--data-dir", "--config-dir")
HELP_WIDTH: Final = 100


class Parsed(Struct, frozen=True):
    """A command and its options."""

    command: str
    """Empty: the tray."""
    options: Options


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaints as UsageError: one sentence and what to do."""

    command = ""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing the whole usage."""
        words = f"cctray {self.command}".strip()
        sentence = message[0].upper() + message[1:].rstrip(".")
        raise UsageError(f"{sentence}.", f"Run '{words} --help' for its options.")


def parse(argv: Sequence[str]) -> Parsed:
    """Read the arguments after the program's name; raise UsageError, or SystemExit after --help and --version."""
    command, rest = _split(argv)
    if command is not None and command not in grammar.COMMANDS:
        raise UsageError(f"There is no command '{command}'.", _nearest(command))
    spec = grammar.COMMANDS[command or ""]
    parser = build(command or "", spec)
    values: dict[str, Any] = vars(parser.parse_args(rest))
    values.update(spec.fixed)
    grammar.check(values)
    return Parsed(command or "", msgspec.convert(values, type=spec.options))


def build(command: str, spec: grammar.Command) -> argparse.ArgumentParser:
    """Make the parser of one command; the completion scripts are made from it as well."""
    parser = _Parser(
        prog=f"cctray {command}".strip(),
        usage=f"cctray {command} [options]".replace("  ", " "),
        description=spec.description or spec.summary,
        epilog=grammar.examples_text(spec) + ("" if command else grammar.command_list()),
        formatter_class=_formatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.command = command
    spec.add(parser)
    arguments.add_globals(parser)
    return parser


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.RawDescriptionHelpFormatter(prog, max_help_position=30, width=HELP_WIDTH)


def _split(argv: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take the first word that is neither an option nor a global option's value: the command."""
    skip = False
    for index, word in enumerate(argv):
        if skip:
            skip = False
        elif word in VALUED_GLOBALS:
            skip = True
        elif not word.startswith("-"):
            return word, [*argv[:index], *argv[index + 1 :]]
    return None, list(argv)


def _nearest(command: str) -> str:
    # WHY late: only a mistake pays for it.
    import difflib

    near = difflib.get_close_matches(command, [name for name in grammar.COMMANDS if name], n=1)
    hint = f"Did you mean 'cctray {near[0]}'?" if near else ""
    return f"{hint} Run 'cctray --help' for all commands.".strip()
