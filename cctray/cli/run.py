"""From arguments to an exit code: finds the command's module, runs it, tells errors to the person.

The one place of the command line that writes errors; knows no command by more than its name.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any

from cctray.cli import grammar
from cctray.cli.options import EXIT_INTERRUPT, EXIT_PIPE, Options
from cctray.cli.parser import parse
from cctray.core.errors import CctrayError

Start = Callable[[Options], int]
"""Runs the engine in this process as the options' face says, until it is stopped; returns the exit code."""


def run(argv: Sequence[str], start: Start) -> int:
    """Run one command line (without the program's name) and return the exit code."""
    if "--debug" not in argv and "-d" not in argv:
        sys.excepthook = _unforeseen
    try:
        return _run(argv, start)
    except CctrayError as error:
        print(f"cctray: {error.title} {error.remedy}", file=sys.stderr)
        if "--debug" in argv or "-d" in argv:
            # WHY late: only somebody who debugs pays for it.
            import traceback

            traceback.print_exception(error)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPT
    except BrokenPipeError:
        _close_output()
        return EXIT_PIPE


def _run(argv: Sequence[str], start: Start) -> int:
    parsed = parse(argv)
    try:
        code = _dispatch(parsed.command, parsed.options, start)
    finally:
        # A full pipe or disk must be noticed here, not in the interpreter's last moments.
        sys.stdout.flush()
    return code


def _dispatch(command: str, options: Options, start: Start) -> int:
    module = grammar.COMMANDS[command].module
    if not module:
        return start(options)
    execute: Callable[[Any, Start], int] = import_module(f"cctray.cli.{module}").execute
    return execute(options, start)


def _unforeseen(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Tell a person about a mistake in cctray itself; Python then ends with code 1."""
    print(f"cctray: Something went wrong inside cctray ({kind.__name__}: {error}).", file=sys.stderr)
    print("Run the same command with --debug to see where, and report it.", file=sys.stderr)


def _close_output() -> None:
    """Point stdout at nothing, or the interpreter would complain once more while it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def stop_on_terminate() -> None:
    """Make SIGTERM end a command as Ctrl-C does, so that what it began is put away."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
