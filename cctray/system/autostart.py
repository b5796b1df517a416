"""Starting with the user's session: XDG autostart, LaunchAgent or Run key, whichever this system has.

What would be written is made by pure functions; `apply` writes or removes it, for this user only.
"""

import plistlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cctray.core.errors import CctrayError
from cctray.system import files

AGENT: Final = "io.github.cctray"
"""Label of the LaunchAgent."""
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME: Final = "cctray"
DESKTOP_RESERVED: Final = " \t\n\"'\\><~|&;$*?#()`"
"""Characters for which an argument of a desktop entry has to be quoted."""
DESKTOP_MODE: Final = 0o644


def command(argv0: str | None = None, executable: str | None = None, *, is_frozen: bool | None = None) -> list[str]:
    """Give the argument list that starts this very cctray again: frozen program, console script or module."""
    script = Path(argv0 if argv0 is not None else sys.argv[0])
    python = executable or sys.executable
    if is_frozen if is_frozen is not None else hasattr(sys, "frozen"):
        return [python]
    if script.stem == "cctray" and script.suffix in {"", ".exe"} and script.is_file():
        return [str(script.absolute())]
    return [python, "-m", "cctray"]


def desktop_entry(arguments: Sequence[str]) -> str:
    """Give the autostart file of XDG desktops."""
    quoted = " ".join(_quoted(argument) for argument in arguments)
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=cctray",
        "Comment=Live burn rate of Claude Code",
        f"Exec={quoted}",
        "Icon=cctray",
        "Terminal=false",
        "X-GNOME-Autostart-enabled=true",
    )
    return "\n".join(lines) + "\n"


def launch_agent(arguments: Sequence[str]) -> bytes:
    """Give the property list of the LaunchAgent."""
    return plistlib.dumps(
        {"Label": AGENT, "ProgramArguments": list(arguments), "RunAtLoad": True, "ProcessType": "Interactive"}
    )


def run_value(arguments: Sequence[str]) -> str:
    """Give the command line of the Run key."""
    return subprocess.list2cmdline(arguments)


def desktop_file(environ: Mapping[str, str], home: Path) -> Path:
    """Say where the autostart file of XDG desktops lies."""
    chosen = Path(environ.get("XDG_CONFIG_HOME") or "")
    return (chosen if chosen.is_absolute() else home / ".config") / "autostart" / "cctray.desktop"


def agent_file(home: Path) -> Path:
    """Say where the LaunchAgent lies."""
    return home / "Library" / "LaunchAgents" / f"{AGENT}.plist"


def is_enabled(environ: Mapping[str, str], home: Path) -> bool:
    """Whether this user's session starts cctray."""
    if sys.platform == "win32":
        return _run_value() is not None
    if sys.platform == "darwin":
        return agent_file(home).exists()
    # Desktops switch an entry off by `Hidden=true` instead of removing it.
    text = (files.read(desktop_file(environ, home)) or b"").decode("utf-8", "replace")
    return bool(text) and "Hidden=true" not in text.split()


def apply(environ: Mapping[str, str], home: Path, *, is_on: bool, arguments: Sequence[str] | None = None) -> None:
    """Write or remove the entry, so that the session does or does not start cctray; raise CctrayError."""
    arguments = arguments or command()
    if sys.platform == "win32":
        _set_run_value(run_value(arguments) if is_on else None)
        return
    target = agent_file(home) if sys.platform == "darwin" else desktop_file(environ, home)
    if is_on:
        content = launch_agent(arguments) if sys.platform == "darwin" else desktop_entry(arguments).encode()
        files.write_atomically(target, content, mode=DESKTOP_MODE)
        return
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise files.explain(error, f"{target} cannot be removed") from error


def _quoted(argument: str) -> str:
    """Quote for Exec: by the desktop entry's own rules, which are not the shell's."""
    # A control character cannot stand in the file at all; `%` begins a field code.
    if any(ord(character) < ord(" ") for character in argument):
        raise CctrayError(f"The path {argument!r} cannot be started at login.", "Move cctray to another folder.")
    text = argument.replace("%", "%%")
    if argument and not any(character in DESKTOP_RESERVED for character in argument):
        return text
    for character in ("\\", '"', "`", "$"):
        text = text.replace(character, "\\" + character)
    # Once for the quoting and once for the file's strings, in which a backslash is one of two.
    return '"' + text.replace("\\", "\\\\") + '"'


if sys.platform == "win32":
    import winreg

    def _run_value() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                return str(winreg.QueryValueEx(key, RUN_NAME)[0])
        except OSError:
            return None

    def _set_run_value(value: str | None) -> None:
        try:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                if value is not None:
                    winreg.SetValueEx(key, RUN_NAME, 0, winreg.REG_SZ, value)
                elif _run_value() is not None:
                    winreg.DeleteValue(key, RUN_NAME)
        except OSError as error:
            raise files.explain(error, "The Run key of the registry cannot be written") from error
