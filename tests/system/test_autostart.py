"""Start at login: what would be written for each system, and XDG for real."""

import plistlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cctray.core.errors import CctrayError
from cctray.system import autostart


def test_command_is_the_running_program(tmp_path: Path) -> None:
    """Frozen: the program itself; console script: the script; otherwise the interpreter with the module."""
    script = tmp_path / "bin" / "cctray"
    script.parent.mkdir()
    script.write_bytes(b"")
    assert autostart.command("x", "/opt/cctray/cctray", is_frozen=True) == ["/opt/cctray/cctray"]
    assert autostart.command(str(script), "/p", is_frozen=False) == [str(script)]
    assert autostart.command("/src/cctray/__main__.py", "/p", is_frozen=False) == ["/p", "-m", "cctray"]
    assert autostart.command("/gone/cctray", "/p", is_frozen=False) == ["/p", "-m", "cctray"]


def entry(text: str) -> dict[str, str]:
    """The keys of a desktop entry."""
    assert text.startswith("[Desktop Entry]\n")
    return dict(line.split("=", 1) for line in text.splitlines()[1:])


def test_desktop_entry() -> None:
    """The keys that desktops read, with a plain path unquoted."""
    keys = entry(autostart.desktop_entry(["/usr/bin/cctray"]))
    assert keys["Exec"] == "/usr/bin/cctray"
    assert (keys["Type"], keys["Name"], keys["Terminal"]) == ("Application", "cctray", "false")


@pytest.mark.parametrize("path", ["/my apps/cc", '/a"b', "/a$b`c", "/a\\b", "/100%/cc", "/ünï"])
def test_desktop_entry_quotes(path: str) -> None:
    """A path with any character comes out of the file's and the entry's own unquoting as it was."""
    value = entry(autostart.desktop_entry([path, "-m"]))["Exec"].replace("\\\\", "\\").replace("%%", "%")
    quoted = re.fullmatch(r'"((?:[^"\\`$]|\\["\\`$])*)" -m', value)
    assert (re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else value.removesuffix(" -m")) == path


def test_desktop_entry_with_a_line_break_is_refused() -> None:
    """No path can add lines of its own to the file."""
    with pytest.raises(CctrayError, match="cannot be started at login"):
        autostart.desktop_entry(["/a\nExec=evil"])


def test_launch_agent() -> None:
    """macOS reads label, arguments and RunAtLoad; it must not restart what the user quit."""
    agent = plistlib.loads(autostart.launch_agent(["/Applications/cctray.app/Contents/MacOS/cctray", "a b"]))
    assert agent["ProgramArguments"] == ["/Applications/cctray.app/Contents/MacOS/cctray", "a b"]
    assert (agent["Label"], agent["RunAtLoad"]) == (autostart.AGENT, True)
    assert "KeepAlive" not in agent
    assert autostart.agent_file(Path("/Users/ann")) == Path(f"/Users/ann/Library/LaunchAgents/{autostart.AGENT}.plist")


def test_run_value() -> None:
    """Windows gets one command line in which a path with spaces is quoted."""
    value = autostart.run_value([r"C:\Program Files\cctray\cctray.exe", "-m"])
    assert value == r'"C:\Program Files\cctray\cctray.exe" -m'


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="XDG")
def test_xdg_for_real(tmp_path: Path) -> None:
    """On, off, and off by the desktop itself; the file lies where desktops look and is valid."""
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    target = tmp_path / "config" / "autostart" / "cctray.desktop"
    assert not autostart.is_enabled(environ, tmp_path)
    autostart.apply(environ, tmp_path, is_on=True, arguments=["/usr/bin/cctray"])
    assert autostart.is_enabled(environ, tmp_path)
    assert entry(target.read_text())["Exec"] == "/usr/bin/cctray"
    target.write_text(target.read_text() + "Hidden=true\n")
    assert not autostart.is_enabled(environ, tmp_path)
    autostart.apply(environ, tmp_path, is_on=False)
    autostart.apply(environ, tmp_path, is_on=False)
    assert not target.exists()


def test_xdg_default_place() -> None:
    """Without a variable, or with a relative one, the entry lies in ~/.config."""
    usual = Path("/home/ann/.config/autostart/cctray.desktop")
    assert autostart.desktop_file({}, Path("/home/ann")) == usual
    assert autostart.desktop_file({"XDG_CONFIG_HOME": "relative"}, Path("/home/ann")) == usual


@pytest.mark.skipif(sys.platform != "linux", reason="desktop-file-utils")
def test_desktop_entry_is_valid(tmp_path: Path) -> None:
    """The desktop's own checker has no complaint."""
    file = tmp_path / "cctray.desktop"
    file.write_text(autostart.desktop_entry(["/my apps/cctray"]))
    try:
        done = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("desktop-file-validate is not installed")
    assert done.stdout == ""
