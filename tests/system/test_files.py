"""Small files: all or nothing, private, and failures in words."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cctray.core.errors import CctrayError
from cctray.system import files


def test_write_and_read(tmp_path: Path) -> None:
    """What was written is read; nothing is nothing; missing folders are made; no scrap is left."""
    path = tmp_path / "a" / "b.json"
    assert files.read(path) is None
    files.write_atomically(path, b"1")
    files.write_atomically(path, b"22")
    assert files.read(path) == b"22"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_written_files_are_private(tmp_path: Path) -> None:
    """0600 whatever the umask, also where the old file was wider."""
    path = tmp_path / "x"
    path.touch(mode=0o644)
    files.write_atomically(path, b"")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_linked_settings_stay_linked(tmp_path: Path) -> None:
    """Settings that a dotfiles folder holds are written there."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "dotfiles" / "config.json")
    files.write_atomically(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "dotfiles" / "config.json").read_bytes() == b"x"


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_killed_while_writing(tmp_path: Path) -> None:
    """A reader of a file that is written all the time, until its writer is killed, never sees half of it."""
    path = tmp_path / "x"
    code = (
        "import sys; from pathlib import Path; from cctray.system import files\n"
        "while True:\n for byte in b'ab': files.write_atomically(Path(sys.argv[1]), bytes([byte]) * 300_000)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=Path(__file__).parents[2]) as writer:
        seen = set[bytes]()
        while len(seen) < 2:
            content = files.read(path)
            if content is not None:
                assert len(content) == 300_000
                assert len(set(content)) == 1
                seen.add(content[:1])
        writer.kill()
    assert len(files.read(path) or b"") == 300_000


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "read-only"), (errno.EACCES, "right"), (errno.EIO, "disk")],
)
def test_remedies(number: int, words: str) -> None:
    """Every failure says what to do."""
    error = files.explain(OSError(number, os.strerror(number)), "/x cannot be written")
    assert error.title == f"/x cannot be written: {os.strerror(number)}."
    assert words in error.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size there")
def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    """Where the new content finds no room the old stays, no scrap is left, and the error says so."""
    path = tmp_path / "x"
    files.write_atomically(path, b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from cctray.system import files\n"
        "from cctray.core.errors import CctrayError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: files.write_atomically(Path(sys.argv[1]), b'x' * 100)\n"
        "except CctrayError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot be written" in done.stdout
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders_without_rights(tmp_path: Path) -> None:
    """A folder that may not be written gives a sentence, not a traceback."""
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(CctrayError, match="right"):
        files.write_atomically(tmp_path / "x", b"")
    tmp_path.chmod(0o700)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """Reading or writing where a folder lies is told."""
    with pytest.raises(CctrayError, match="cannot be written"):
        files.write_atomically(tmp_path, b"")
    with pytest.raises(CctrayError, match="cannot be read"):
        files.read(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_is_private(tmp_path: Path) -> None:
    """Own, closed and no link: nothing else is private."""
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "closed")
    assert [files.is_private(tmp_path / name) for name in ("open", "closed", "link")] == [False, True, False]
