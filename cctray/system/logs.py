"""Where log lines go: a rotating file, and stderr with --debug; homes are written as `~`.

Nobody logs transcript text, tokens or secrets: the parser does not let text out, and the door's token is known to
the door alone. What is left to hide here is whose home it is.
"""

import logging
import re
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from cctray.core.errors import CctrayError
from cctray.system import files

MAX_BYTES: Final = 1_000_000
BACKUPS: Final = 2
"""Three files of 1 MB: weeks of an ordinary engine, some minutes of a --debug one."""
SHALLOW: Final = 2
"""Parts of `/root`: as `-root` it would hide in ordinary words."""
FORMAT: Final = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
log = logging.getLogger(__name__)


class Redacting(logging.Formatter):
    """Writes a home folder as `~`, in messages and in tracebacks."""

    def __init__(self, home: Path) -> None:
        super().__init__(FORMAT)
        # `/` as a home has nothing to hide and would be everywhere.
        homes = {str(home), str(home.resolve())} - {"/"}
        # Claude Code's project folders are paths with `-` for `/`.
        self._homes = homes | {re.sub(r"[^A-Za-z0-9]", "-", name) for name in homes if len(Path(name).parts) > SHALLOW}

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        text = super().format(record)
        for home in sorted(self._homes, key=len, reverse=True):
            text = text.replace(home, "~")
        return text


def set_up(log_file: Path, *, is_debug: bool = False, home: Path | None = None) -> str:
    """Send this process's log to the file, with --debug everything and to stderr too.

    Never fails: where the file cannot be written the log goes to stderr alone, and the reason is returned.
    """
    formatter = Redacting(home or Path.home())
    root = logging.getLogger("cctray")
    root.setLevel(logging.DEBUG if is_debug else logging.INFO)
    handlers: list[logging.Handler] = []
    complaint = ""
    try:
        handlers.append(_file_handler(log_file))
    except CctrayError as error:
        complaint = str(error)
    if is_debug or not handlers:
        handlers.append(logging.StreamHandler(sys.stderr))
    everything = logging.getLogger()
    for old in everything.handlers[:]:
        if isinstance(old.formatter, Redacting):
            everything.removeHandler(old)
            old.close()
    for handler in handlers:
        handler.setFormatter(formatter)
        everything.addHandler(handler)
    everything.setLevel(logging.INFO if is_debug else logging.WARNING)
    return complaint


def capture_everything(logger: logging.Logger = log) -> None:
    """Log what nobody caught, in the main thread and in others, so that it is not lost with a closed terminal."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            logger.critical("Nobody caught this.", exc_info=(kind, error, trace))
        if sys.stderr is not None:  # windowed programs have none
            sys.__excepthook__(kind, error, trace)

    def uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            name = found.thread.name if found.thread else "?"
            logger.critical(
                "Nobody caught this in thread %s.",
                name,
                exc_info=(found.exc_type, found.exc_value, found.exc_traceback),
            )

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread


def _file_handler(log_file: Path) -> RotatingFileHandler:
    files.make_private_folder(log_file.parent)
    try:
        handler = RotatingFileHandler(log_file, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8")
        log_file.chmod(files.PRIVATE_FILE)
    except OSError as error:
        raise files.explain(error, f"The log {log_file} cannot be written") from error
    return handler
