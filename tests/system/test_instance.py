"""One engine per store, with real processes that race, hold, die and are killed."""

import errno
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cctray.core.errors import CctrayError
from cctray.system import instance

REPOSITORY = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from cctray.system import instance
held = instance.acquire(Path(sys.argv[1]))
print("held" if held else "refused", flush=True)
sys.stdin.read()
"""


def start(lock: Path) -> subprocess.Popen[str]:
    """A process that tries for the lock at once and keeps it until its stdin closes."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def heard(process: subprocess.Popen[str]) -> str:
    """What it said."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    """Let it end by itself."""
    process.communicate(timeout=20)


def test_one_of_many_wins(tmp_path: Path) -> None:
    """Of processes that start together exactly one is the engine."""
    racers = [start(tmp_path / "new" / "engine.lock") for _ in range(6)]
    said = sorted(heard(racer) for racer in racers)
    for racer in racers:
        end(racer)
    assert said == ["held"] + ["refused"] * 5


def test_kill_frees_it(tmp_path: Path) -> None:
    """After `kill -9` the next one gets the lock, and its note is the new one's."""
    lock = tmp_path / "engine.lock"
    first = start(lock)
    assert heard(first) == "held"
    assert instance.acquire(lock) is None
    assert instance.holder(lock).startswith(f"process {first.pid} on ")
    first.kill()
    first.communicate()
    second = start(lock)
    assert heard(second) == "held"
    assert instance.holder(lock).startswith(f"process {second.pid} on ")
    end(second)


def test_release_and_two_stores(tmp_path: Path) -> None:
    """A released lock is free, releasing twice is harmless, another store has another lock."""
    with instance.acquire(tmp_path / "a.lock") or pytest.fail("not held") as held:
        assert instance.acquire(tmp_path / "a.lock") is None
        other = instance.acquire(tmp_path / "b.lock")
        assert other is not None
        other.release()
        assert not held.is_local_only
    held.release()
    again = instance.acquire(tmp_path / "a.lock")
    assert again is not None
    again.release()


def test_waiting_for_the_holder(tmp_path: Path) -> None:
    """Whoever waits gets the lock when the holder ends, and nothing when it does not."""
    lock = tmp_path / "engine.lock"
    holder = start(lock)
    assert heard(holder) == "held"
    assert instance.wait_acquire(lock, timeout_s=0.05) is None
    ending = threading.Thread(target=end, args=(holder,))
    ending.start()
    held = instance.wait_acquire(lock, timeout_s=20)
    ending.join()
    assert held is not None
    held.release()


def test_a_removed_folder(tmp_path: Path) -> None:
    """Where somebody deletes the store's folder under a running engine a new engine can start there."""
    lock = tmp_path / "data" / "engine.lock"
    old = instance.acquire(lock)
    shutil.rmtree(lock.parent)
    new = instance.acquire(lock)
    assert old is not None
    assert new is not None
    assert instance.acquire(lock) is None
    old.release()
    new.release()


@pytest.mark.skipif(sys.platform == "win32", reason="flock")
def test_a_file_system_without_locks(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There a lock of this machine stands in: still one engine here, and it says that others are not kept out."""
    real = instance._lock
    refused: list[int] = []

    def without_locks(handle: int) -> None:
        if not refused:
            refused.append(handle)
            raise OSError(errno.ENOLCK, "No locks available")
        real(handle)

    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(instance, "_lock", without_locks)
    held = instance.acquire(tmp_path / "engine.lock")
    assert held is not None
    assert held.is_local_only
    refused.clear()
    assert instance.acquire(tmp_path / "engine.lock") is None
    refused.clear()
    other = instance.acquire(tmp_path / "other" / "engine.lock")
    assert other is not None
    held.release()
    other.release()


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """A lock that cannot be made is told."""
    (tmp_path / "engine.lock").mkdir()
    with pytest.raises(CctrayError, match="cannot be taken"):
        instance.acquire(tmp_path / "engine.lock")
    assert instance.holder(tmp_path / "nothing") == ""
