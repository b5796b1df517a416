"""Where things are kept: what wins, what is made, how resources are found."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cctray.core.errors import CctrayError
from cctray.system import paths

REPOSITORY = Path(__file__).parents[2]


def test_options_beat_variables_beat_the_system(tmp_path: Path, home: Path) -> None:
    """Each folder by itself: option, variable, the system's own place."""
    environ = {"CCTRAY_DATA_DIR": str(tmp_path / "data"), "CCTRAY_CONFIG_DIR": str(tmp_path / "config")}
    given = paths.find(environ, data_dir=tmp_path / "option")
    assert (given.data_dir, given.config_dir) == (tmp_path / "option", tmp_path / "config")
    own = paths.find({})
    assert {
        own.data_dir.is_relative_to(home),
        own.config_dir.is_relative_to(home),
        own.log_dir.is_relative_to(home),
    } == {True}
    assert len({own.data_dir, own.config_dir}) == 2 or sys.platform != "linux"


def test_a_trial_keeps_its_log_to_itself(tmp_path: Path, home: Path) -> None:
    """With a data folder of its own nothing is written into the usual ones but settings."""
    assert paths.find({}, data_dir=tmp_path).log_file.is_relative_to(tmp_path)
    both = paths.find({}, data_dir=tmp_path, config_dir=tmp_path / "c")
    both.make()
    assert list(home.rglob("*cctray*")) == []


def test_homes_and_relative_paths(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home; a relative folder is meant from where the command runs, and stays there."""
    monkeypatch.chdir(tmp_path)
    found = paths.find({"CCTRAY_DATA_DIR": "~/d"}, config_dir=Path("here"))
    assert (found.data_dir, found.config_dir) == (home / "d", tmp_path / "here")


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_folders_are_private(tmp_path: Path) -> None:
    """New folders are for this user alone; an existing one keeps its mode."""
    (tmp_path / "c").mkdir(mode=0o755)
    found = paths.find({}, data_dir=tmp_path / "a" / "b", config_dir=tmp_path / "c")
    found.make()
    found.make()
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in (found.data_dir, found.log_dir, found.config_dir)]
    assert modes == [0o700, 0o700, 0o755]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    """Where the folder cannot be made the error says which and what to do."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CctrayError, match=r"file.*move it away|file.*choose another"):
        paths.find({}, data_dir=tmp_path / "file" / "below", config_dir=tmp_path).make()


def test_resources(tmp_path: Path) -> None:
    """Bundled files are found in a checkout and in an installed package; a missing one is told."""
    with pytest.raises(CctrayError, match="Install cctray again"):
        paths.resource("nonsense.txt")
    package = tmp_path / "cctray"
    for name in ("system", "core"):
        (package / name).mkdir(parents=True)
        for file in (REPOSITORY / "cctray" / name).glob("*.py"):
            (package / name / file.name).write_bytes(file.read_bytes())
    (package / "__init__.py").write_bytes(b"")
    code = "from cctray.system import paths; print(paths.resource('icons/a.svg'))"
    for folder in (tmp_path / "resources", package / "resources"):  # a checkout, then the package, which wins
        (folder / "icons").mkdir(parents=True)
        (folder / "icons" / "a.svg").write_bytes(b"")
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(folder / "icons" / "a.svg")


def test_given_folders_cost_no_import() -> None:
    """Every start pays for paths: platformdirs is loaded only where the system is asked, tempfile never."""
    code = (
        "import sys; from pathlib import Path; from cctray.system import paths, instance; "
        "paths.find({}, Path('a'), Path('b')); "
        "print({'platformdirs', 'tempfile', 'hashlib', 'random'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "set()\n"
