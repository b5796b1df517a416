"""The set-up of a bare machine: what it decides, told from what it finds. Installing itself is what .ci/run does."""

import ast
import sys
from pathlib import Path

import bootstrap
import libraries
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["--debug"], True),
        (["demo"], True),
        (["dashboard"], True),
        (["daily", "--json"], False),
        (["serve"], False),
        (["--version"], False),
        (["demo", "--help"], False),
    ],
)
def test_only_what_has_a_screen_wants_system_libraries(arguments: list[str], expected: bool) -> None:
    """A report or a server never makes apt-get run."""
    assert bootstrap.wants_screen(arguments) is expected


@pytest.mark.parametrize("arguments", [[], ["build"], ["--run"]])
def test_unknown_words_are_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Anything but run and test shows the usage and ends with 2."""
    assert bootstrap.main(arguments) == 2
    assert "bootstrap.py run" in capsys.readouterr().err


def test_an_old_python_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python 3.9 gets no traceback but one line that names both versions."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PATH", "")

    assert bootstrap.main(["run"]) == 1
    assert capsys.readouterr().err == (
        f"cctray: it needs Python 3.11 or newer, and {sys.executable} is 3.9.2: "
        "install a newer one and run the same command with it.\n"
    )


def test_an_old_python_names_the_newer_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a newer Python lies on PATH the sentence says its name."""
    (tmp_path / "python3.12").touch(mode=0o755)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(bootstrap.SetupError, match=r"run the same command with python3\.12\."):
        bootstrap.refuse_old_python()


def test_a_foreign_folder_is_not_made_an_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CCTRAY_VENV that points to somebody's files is refused, and they stay."""
    (tmp_path / "thesis.txt").write_text("precious", encoding="utf-8")
    monkeypatch.setenv("CCTRAY_VENV", str(tmp_path))

    with pytest.raises(bootstrap.SetupError, match="is not a virtual environment"):
        bootstrap.provide_environment()

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_up_to_date_environment_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the stamp of the present lock and a working Python nothing is installed."""
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    (tmp_path / bootstrap.STAMP).write_text(bootstrap.fingerprint(), encoding="utf-8")
    monkeypatch.setattr(bootstrap, "works", Path.exists)  # a link is no environment, so it has no pip
    monkeypatch.setenv("CCTRAY_VENV", str(tmp_path))

    assert bootstrap.provide_environment() == python


def test_the_fingerprint_follows_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed lock or another Python makes an environment out of date."""
    before = bootstrap.fingerprint()
    monkeypatch.setattr(sys, "version", "3.99")
    other_python = bootstrap.fingerprint()
    monkeypatch.undo()
    lock = tmp_path / "requirements.lock"
    lock.write_bytes(bootstrap.LOCK.read_bytes() + b"more==1\n")
    monkeypatch.setattr(bootstrap, "LOCK", lock)

    assert len({before, other_python, bootstrap.fingerprint()}) == 3


def test_a_half_made_environment_does_not_work(tmp_path: Path) -> None:
    """No Python, or one that cannot start, is made anew."""
    broken = tmp_path / "python"
    broken.write_text("not a program", encoding="utf-8")
    broken.chmod(0o755)

    assert not bootstrap.works(tmp_path / "missing")
    assert not bootstrap.works(broken)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ID=debian\n", True),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ("ID=fedora\nVERSION_ID=42\n", False),
        ("", False),
    ],
)
def test_debian_and_its_children_are_known(text: str, expected: bool) -> None:
    """The family is read from /etc/os-release."""
    assert libraries.is_debian(text) is expected


def test_a_library_that_does_not_exist_is_missing() -> None:
    """The loader itself is asked, not a list of files."""
    assert libraries.is_loadable("libc.so.6")
    assert not libraries.is_loadable("libcctray-does-not-exist.so.1")


@pytest.mark.parametrize("which", [*libraries.INSTALL_COMMANDS, None])
def test_the_remedy_can_be_typed(which: str | None) -> None:
    """Every package program gets a line with package names; without one the libraries are named."""
    missing = [one for one in libraries.QT if one.soname == "libglib-2.0.so.0"]

    assert libraries.remedy(missing, which) == {
        "apt-get": "Install them with: sudo apt-get install libglib2.0-0",
        "dnf": "Install them with: sudo dnf install glib2",
        "pacman": "Install them with: sudo pacman -S --needed glib2",
        "zypper": "Install them with: sudo zypper install libglib-2_0-0",
        None: "Install the packages of your system that hold: libglib-2.0.so.0",
    }.get(which)


@pytest.mark.parametrize("name", ["bootstrap.py", "libraries.py"])
def test_an_old_python_can_read_the_script(name: str) -> None:
    """No syntax newer than Python 3.8, or the sentence about the version would never be seen."""
    source = (ROOT / "packaging" / name).read_text(encoding="utf-8")

    assert ast.parse(source, name, feature_version=(3, 8)).body
