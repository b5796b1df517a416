"""From a machine that has only Python 3.11 to a running or tested cctray: `bootstrap.py run` and `bootstrap.py test`.

Standard library only. Each command does all the set-up that is still missing: a virtual environment (`.venv`, or
where CCTRAY_VENV says) with the locked packages, and on Debian and Ubuntu the system libraries of Qt.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import libraries

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)
STAMP = "cctray-installed"
USAGE = """usage: python3 packaging/bootstrap.py run [cctray's arguments]
       python3 packaging/bootstrap.py test [--quick] [pytest's arguments]"""


class SetupError(Exception):
    """The set-up cannot go on; its text says what happened and what to do."""


def main(arguments: list[str]) -> int:
    """Do what the first argument asks; the exit code of what was started, or 1 or 2 if it never was."""
    if not arguments or arguments[0] not in {"run", "test"}:
        print(USAGE, file=sys.stderr)
        return 0 if arguments and arguments[0] in {"-h", "--help"} else 2
    try:
        refuse_old_python()
        if arguments[0] == "run":
            return run(arguments[1:])
        return test(arguments[1:])
    except SetupError as error:
        print(f"cctray: {error}", file=sys.stderr)
        return 1


def run(arguments: list[str]) -> int:
    """Set up and become cctray."""
    if wants_screen(arguments):
        provide_libraries(may_ask=has_display())
    python = provide_environment()
    return become([str(python), "-P", "-m", "cctray", *arguments])


def test(arguments: list[str]) -> int:
    """Set up and become the check command."""
    provide_libraries(may_ask=True)
    if "--quick" not in arguments:
        provide_lab()
    python = provide_environment()
    return become([str(python), str(ROOT / "packaging" / "check.py"), *arguments])


def wants_screen(arguments: list[str]) -> bool:
    """Whether cctray would show something with these arguments; the other commands only print."""
    command = next((one for one in arguments if not one.startswith("-")), "")
    return command in {"", "demo", "dashboard"} and not {"--version", "--help", "-h"} & set(arguments)


def has_display() -> bool:
    """Whether somebody may be sitting in front of this machine."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def refuse_old_python() -> None:
    """Say in one sentence when this Python is too old, and name a newer one if it is there."""
    if sys.version_info >= OLDEST:
        return
    newer = next((f"python3.{minor}" for minor in range(20, 10, -1) if shutil.which(f"python3.{minor}")), None)
    remedy = f"run the same command with {newer}" if newer else "install a newer one and run the same command with it"
    here = ".".join(map(str, sys.version_info[:3]))
    message = f"it needs Python 3.11 or newer, and {sys.executable} is {here}: {remedy}."
    raise SetupError(message)


def provide_libraries(*, may_ask: bool) -> None:
    """Install Qt's system libraries where that is possible; else say what is missing and go on."""
    missing = libraries.missing_libraries()
    if not missing:
        return
    reason: str | None = "they have to be installed by hand"
    if libraries.has_apt():
        packages = sorted({one.apt for one in missing})
        reason = libraries.apt_install(packages, f"{len(packages)} system libraries for the screen", may_ask=may_ask)
        reason = reason or "apt-get installed them, and still they do not load"
        missing = libraries.missing_libraries()
    if missing:
        names = ", ".join(one.soname for one in missing)
        say(f"These system libraries are missing for the tray and its windows: {names} ({reason}).")
        say(libraries.remedy(missing, libraries.package_program()))
        say("Going on: everything that needs no screen works without them.")


def provide_lab() -> None:
    """Install the programs of the lab tests where that is possible; else say which tests will be skipped."""
    missing = libraries.missing_programs()
    if not missing:
        return
    reason: str | None = "they have to be installed by hand"
    if libraries.has_apt():
        reason = libraries.apt_install(missing, f"{', '.join(missing)} for the tests on real trays", may_ask=False)
    if reason:
        say(f"The tests on real trays are skipped: {', '.join(missing)} not found ({reason}).")


def provide_environment() -> Path:
    """The Python of an up-to-date virtual environment; installs only when something changed."""
    folder = Path(os.environ.get("CCTRAY_VENV") or ROOT / ".venv").absolute()
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / STAMP
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and works(python):
        return python
    if not is_ours(folder):
        message = f"{folder} is not a virtual environment: move it away, or name another folder in CCTRAY_VENV."
        raise SetupError(message)
    provide_venv_module()
    stamp.unlink(missing_ok=True)
    if not works(python):
        say(f"Making a virtual environment in {folder} ...")
        must([sys.executable, "-m", "venv", "--clear", str(folder)], "The virtual environment could not be made.")
    say("Installing cctray's packages (about 150 MB to fetch, once) ...")
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    pip += [] if sys.stderr.isatty() else ["--quiet"]
    hint = "The packages could not be installed: look at pip's last lines, mend it and run the same command again."
    must([*pip, "--require-hashes", "-r", str(LOCK)], hint)
    must([*pip, "--no-build-isolation", "--editable", str(ROOT)], hint)
    stamp.write_text(wanted, encoding="utf-8")
    command = python.with_name("cctray.exe" if os.name == "nt" else "cctray")
    say(f"Installed. Where you read `cctray`, this command is meant: {command}")
    return python


def fingerprint() -> str:
    """What decides whether an environment is up to date: the lock, the project, this Python and this place."""
    digest = hashlib.sha256()
    for part in (LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), str(ROOT).encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def is_ours(folder: Path) -> bool:
    """Whether a virtual environment may be made here without harming what lies there."""
    return not folder.exists() or (folder / "pyvenv.cfg").exists() or not any(folder.iterdir())


def works(python: Path) -> bool:
    """Whether this is a Python of the same version as ours, with pip: half-made environments are made anew."""
    if not python.exists():
        return False
    program = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    try:
        done = subprocess.run([str(python), "-c", program], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def provide_venv_module() -> None:
    """Debian ships Python without venv and pip: install them, or say what to install."""
    if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if libraries.has_apt():
        libraries.apt_install([f"{package}|python3-venv"], package, may_ask=True)
        importlib.invalidate_caches()
        if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
            return
        message = f"This Python has no venv module: sudo apt-get install {package}"
        raise SetupError(message)
    message = (
        f"This Python ({sys.executable}) has no venv and ensurepip modules: install your system's package for them."
    )
    raise SetupError(message)


def must(command: list[str], complaint: str) -> None:
    """Run a command, its output beside ours on stderr; a failure ends the set-up with the complaint."""
    if subprocess.call(command, stdin=subprocess.DEVNULL, stdout=sys.stderr) != 0:
        raise SetupError(complaint)


def become(command: list[str]) -> int:
    """Replace this process, so that signals reach cctray itself; Windows can only wait for a child."""
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(command)
    return os.execv(command[0], command)


def say(sentence: str) -> None:
    """Tell the person what is going on; on stderr, so that `run daily --json` stays valid JSON."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
