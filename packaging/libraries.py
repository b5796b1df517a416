"""The system libraries Qt needs on Linux and the programs of the lab tests: what is missing, and how to get it.

Standard library only, and readable by old Pythons: it runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Library(NamedTuple):
    """A shared library and the packages that hold it; several names with `|` mean: the first one that is known."""

    soname: str
    apt: str
    dnf: str
    pacman: str
    zypper: str


# Needed as soon as Qt is loaded, on screen or not.
QT = (
    Library("libstdc++.so.6", "libstdc++6", "libstdc++", "gcc-libs", "libstdc++6"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd", "libglvnd"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd", "libglvnd"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon", "libxkbcommon0"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus", "libdbus-1-3"),
    Library("libglib-2.0.so.0", "libglib2.0-0t64|libglib2.0-0", "glib2", "glib2", "libglib-2_0-0"),
    Library("libX11.so.6", "libx11-6", "libX11", "libx11", "libX11-6"),
    Library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2", "libfreetype6"),
    # QtNetwork, for the desktop's notifications
    Library("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs", "krb5", "krb5"),
    Library("libbrotlidec.so.1", "libbrotli1", "libbrotli", "brotli", "libbrotlidec1"),
)
# Needed on an X11 desktop, and on Wayland for the tray icons that come through XWayland.
X11 = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11", "libX11-xcb1"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms", "libxcb-keysyms1"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb", "libxcb-randr0"),
    Library(
        "libxcb-render-util.so.0",
        "libxcb-render-util0",
        "xcb-util-renderutil",
        "xcb-util-renderutil",
        "libxcb-render-util0",
    ),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb", "libxcb-shape0"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb", "libxcb-sync1"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util", "libxcb-util1"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb", "libxcb-xfixes0"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb", "libxcb-xkb1"),
    Library(
        "libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11", "libxkbcommon-x11-0"
    ),
)
WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland", "libwayland-client0"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland", "libwayland-cursor0"),
    Library("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland", "libwayland-egl1"),
)

# Programs the tests of real trays start, and their Debian packages.
LAB = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus",
    "dunst": "dunst",
    "import": "imagemagick",
    "lxqt-panel": "lxqt-panel",
    "openbox": "openbox",
    "trayer": "trayer",
    "weston": "weston",
    "xdotool": "xdotool",
    "xfce4-panel": "xfce4-panel",
    "xprop": "x11-utils",
}

INSTALL_COMMANDS = {
    "apt-get": "apt-get install",
    "dnf": "dnf install",
    "pacman": "pacman -S --needed",
    "zypper": "zypper install",
}


def is_loadable(soname: str) -> bool:
    """Whether the system's loader finds this library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries() -> list[Library]:
    """What Qt would not find here; nothing on Windows and macOS, where it brings all it needs."""
    if not sys.platform.startswith("linux"):
        return []
    return [library for library in (*QT, *X11, *WAYLAND) if not is_loadable(library.soname)]


def missing_programs() -> list[str]:
    """Debian packages of the lab's programs that are not here."""
    if not sys.platform.startswith("linux"):
        return []
    return sorted({package for program, package in LAB.items() if shutil.which(program) is None})


def is_debian(os_release: str) -> bool:
    """Whether this text of /etc/os-release is Debian's or that of one of its children."""
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    words = (fields.get("ID", "") + " " + fields.get("ID_LIKE", "")).replace('"', "").split()
    return "debian" in words or "ubuntu" in words


def has_apt() -> bool:
    """Whether apt-get installs this system's packages."""
    release = Path("/etc/os-release")
    return shutil.which("apt-get") is not None and release.exists() and is_debian(release.read_text(encoding="utf-8"))


def root_prefix(*, may_ask: bool) -> list[str] | None:
    """The words that make a command run as root, or None where that is not possible without asking for a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    if subprocess.call(["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return ["sudo"]
    return ["sudo"] if may_ask and sys.stdin is not None and sys.stdin.isatty() else None


def apt_install(names: list[str], what: str, *, may_ask: bool) -> str | None:
    """Install Debian packages; None when done, else the reason why not. Of `a|b` the first that apt knows is taken."""
    prefix = root_prefix(may_ask=may_ask)
    if prefix is None:
        return "installing them needs root or sudo"
    print(f"Installing {what} with apt-get (once) ...", file=sys.stderr, flush=True)
    # `env` because sudo drops the caller's environment; noninteractive because a question would hang in a container;
    # no warnings because debconf's about its own set-up reads like a failure of ours.
    settings = ["DEBIAN_FRONTEND=noninteractive", "DEBCONF_NOWARNINGS=yes"]
    apt = [*prefix, "env", *settings, "apt-get", "-q", "-o", "Dpkg::Use-Pty=0"]
    if subprocess.call([*apt, "update"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) != 0:
        print("apt-get update failed; going on with the package lists that are here.", file=sys.stderr)
    packages = [first_known(name.split("|")) for name in names]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    if subprocess.call(install, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) != 0:
        return "apt-get could not install them"
    return None


def first_known(names: list[str]) -> str:
    """The first package of these that apt knows, else the last (older releases have the last name)."""
    for name in names[:-1]:
        shown = subprocess.run(["apt-cache", "show", name], capture_output=True, check=False)
        if shown.returncode == 0 and shown.stdout:
            return name
    return names[-1]


def remedy(missing: list[Library], which: str | None) -> str:
    """What a person types to get these libraries, for the package program `which` of this system."""
    if which is None:
        return "Install the packages of your system that hold: " + ", ".join(one.soname for one in missing)
    column = "apt" if which == "apt-get" else which
    names = sorted({getattr(one, column).split("|")[-1] for one in missing})
    return f"Install them with: sudo {INSTALL_COMMANDS[which]} {' '.join(names)}"


def package_program() -> str | None:
    """The package program of this system, if it is one whose package names are known here."""
    return next((name for name in INSTALL_COMMANDS if shutil.which(name)), None)
