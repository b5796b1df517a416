"""Secrets: keyring if there is one, else a private file; never lost silently."""

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from cctray.core.errors import SecretsUnavailableError
from cctray.system.secrets import Secrets


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring of this test: can be locked, or wait for a user who never comes."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.answering = threading.Event()
        self.answering.set()

    def _open(self) -> None:
        self.answering.wait()
        if self.is_locked:
            raise keyring.errors.KeyringLocked("Prompt dismissed..")

    def get_password(self, service: str, username: str) -> str | None:
        """Give it."""
        self._open()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._open()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        self._open()
        del self.entries[service, username]


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """The keyring in use."""
    before, ring = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(ring)
    yield ring
    ring.answering.set()
    keyring.set_keyring(before)


def test_keyring(tmp_path: Path, ring: MemoryKeyring) -> None:
    """A secret goes to the keyring, not to the disk, and comes back in another run; deleted is gone from both."""
    file = tmp_path / "secrets.json"
    secrets = Secrets(file)
    assert secrets.get("key") is None
    secrets.set("key", "s3cret")
    assert Secrets(file).get("key") == "s3cret"
    assert b"s3cret" not in file.read_bytes()
    assert secrets.problem is None
    secrets.delete("key")
    assert secrets.get("key") is None
    assert ring.entries == {}


def test_two_stores_do_not_share(tmp_path: Path, ring: MemoryKeyring) -> None:
    """A trial run in another folder neither sees nor overwrites the user's secret."""
    Secrets(tmp_path / "a" / "s").set("key", "one")
    Secrets(tmp_path / "b" / "s").set("key", "two")
    assert Secrets(tmp_path / "a" / "s").get("key") == "one"


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_without_a_keyring(tmp_path: Path, ring: MemoryKeyring, backend: type[keyring.backend.KeyringBackend]) -> None:
    """Then the secret lies in a 0600 file, and that is said; a keyring that keeps nothing is none."""
    keyring.set_keyring(backend())
    file = tmp_path / "secrets.json"
    secrets = Secrets(file)
    secrets.set("key", "s3cret")
    assert isinstance(secrets.problem, SecretsUnavailableError)
    assert str(file) in secrets.problem.title
    assert Secrets(file).get("key") == "s3cret"
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secrets.delete("key")
    assert Secrets(file).get("key") is None


def test_a_locked_keyring_is_not_an_empty_one(tmp_path: Path, ring: MemoryKeyring) -> None:
    """A secret that the keyring holds back, or lost, is an error, or the machine would forget its pairings."""
    secrets = Secrets(tmp_path / "s")
    secrets.set("key", "s3cret")
    ring.is_locked = True
    with pytest.raises(SecretsUnavailableError, match="Prompt dismissed"):
        Secrets(tmp_path / "s").get("key")
    ring.is_locked = False
    ring.entries.clear()
    with pytest.raises(SecretsUnavailableError, match="not there any more"):
        secrets.get("key")


def test_a_prompt_nobody_answers(tmp_path: Path, ring: MemoryKeyring) -> None:
    """After the time limit the file is used; the next secret does not wait again."""
    ring.answering.clear()
    secrets = Secrets(tmp_path / "s", limit_s=0.05)
    secrets.set("key", "one")
    secrets.set("other", "two")
    assert (secrets.get("key"), secrets.get("other")) == ("one", "two")
    assert "did not answer" in str(secrets.problem)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    """Secrets are not overwritten because they cannot be read."""
    (tmp_path / "s").write_bytes(b"{")
    with pytest.raises(SecretsUnavailableError, match="damaged"):
        Secrets(tmp_path / "s").get("key")


def test_keyring_is_loaded_late() -> None:
    """Nobody pays for the keyring before a secret is kept."""
    code = "import sys, cctray.system.secrets; print('keyring' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == "False\n"
