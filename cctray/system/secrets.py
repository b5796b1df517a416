"""Secrets of this user: the system's keyring, or a 0600 file where there is none, which is said plainly.

A keyring may ask the user and wait, so it is called in a thread of its own with a time limit, and it is loaded
only when a secret is first kept (150 ms, 11 MB). The file also remembers which secrets the keyring holds: a
locked keyring must not look like a secret that never was.
"""

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from cctray.core.errors import SecretsUnavailableError
from cctray.system import files

SERVICE: Final = "cctray"
LIMIT_S: Final = 20.0
"""Long enough to type a password into the keyring's own prompt."""
IN_KEYRING: Final = None
"""What the file says of a secret that the keyring holds."""


class _Answer(Struct, frozen=True):
    """What the keyring's thread brings back."""

    secret: str | None = None
    failure: str = ""


class Secrets:
    """Secrets by name. Blocks: call it beside the loop. Once the keyring failed, new secrets go to the file."""

    def __init__(self, file: Path, limit_s: float = LIMIT_S) -> None:
        self.problem: SecretsUnavailableError | None = None
        """Why the file is used instead of the keyring; None while the keyring works or was not asked."""
        self._file = file
        self._limit_s = limit_s

    def get(self, name: str) -> str | None:
        """Give a secret, None where it was never set.

        Raises SecretsUnavailableError where the keyring holds it and does not give it, CctrayError where the file
        cannot be read.
        """
        kept = self._kept()
        if name not in kept or kept[name] is not IN_KEYRING:
            return kept.get(name)
        answer = self._asked(lambda: _load(self._entry(name)))
        if answer.secret is None:
            raise SecretsUnavailableError(
                f"The keyring does not give cctray's secret: {answer.failure or 'it is not there any more'}.",
                "Unlock the keyring and try again, or pair this machine anew.",
            )
        return answer.secret

    def set(self, name: str, secret: str) -> None:
        """Keep a secret, in the keyring or else in the file; raise CctrayError where neither takes it."""
        kept = self._kept()
        if self.problem is None:
            answer = self._asked(lambda: _store(self._entry(name), secret))
            if answer.failure:
                self.problem = SecretsUnavailableError(
                    f"No keyring can be used ({answer.failure}): secrets lie in {self._file}, readable for you alone.",
                    "Install or unlock a keyring (gnome-keyring, KWallet) and pair again, or leave it so.",
                )
            else:
                self._keep({**kept, name: IN_KEYRING})
                return
        self._keep({**kept, name: secret})

    def delete(self, name: str) -> None:
        """Forget a secret; raise CctrayError where the file cannot be written."""
        kept = self._kept()
        if name in kept and kept.pop(name) is IN_KEYRING:
            # A keyring that refuses keeps an entry that nothing points to any more.
            self._asked(lambda: _delete(self._entry(name)))
        self._keep(kept)

    def _entry(self, name: str) -> str:
        """Two stores of one user, a trial one for instance, have secrets of their own."""
        return f"{name} of {self._file.parent}"

    def _kept(self) -> dict[str, str | None]:
        content = files.read(self._file)
        if content is None:
            return {}
        try:
            return msgspec.json.decode(content, type=dict[str, str | None])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SecretsUnavailableError(
                f"{self._file} is damaged.", "Remove it and pair this machine anew."
            ) from error

    def _keep(self, kept: dict[str, str | None]) -> None:
        files.write_atomically(self._file, msgspec.json.encode(kept))

    def _asked(self, call: Callable[[], str | None]) -> _Answer:
        answers = queue.SimpleQueue[_Answer]()
        # A daemon: a prompt that nobody answers must not keep cctray from ending.
        threading.Thread(target=_ask, args=(call, answers), name="keyring", daemon=True).start()
        try:
            return answers.get(timeout=self._limit_s)
        except queue.Empty:
            return _Answer(failure=f"it did not answer within {self._limit_s:g} s")


def _ask(call: Callable[[], str | None], answers: "queue.SimpleQueue[_Answer]") -> None:
    answer = _Answer(failure="it broke off")
    try:
        from keyring.errors import KeyringError  # noqa: PLC0415 - see the module's docstring

        try:
            answer = _Answer(call())
        except (KeyringError, OSError, RuntimeError) as error:
            answer = _Answer(failure=(str(error) or type(error).__name__).splitlines()[0].rstrip("."))
    finally:
        # Whatever else a foreign keyring raises ends in threading.excepthook; the caller must not wait for it.
        answers.put(answer)


def _load(entry: str) -> str | None:
    import keyring  # noqa: PLC0415

    return keyring.get_password(SERVICE, entry)


def _store(entry: str, secret: str) -> str | None:
    import keyring  # noqa: PLC0415

    keyring.set_password(SERVICE, entry, secret)
    if keyring.get_password(SERVICE, entry) != secret:
        # The null backend, with which people switch keyrings off, takes everything and keeps nothing.
        raise RuntimeError("it does not keep what it is given")
    return secret


def _delete(entry: str) -> str | None:
    import keyring  # noqa: PLC0415

    keyring.delete_password(SERVICE, entry)
    return None
