"""The errors a person may read: each says what happened and what to do. Raised at the edges, caught at the top."""

from typing import ClassVar


class CctrayError(Exception):
    """Something a person has to know.

    Attributes:
        title: one sentence that says what happened, to what.
        remedy: one sentence that says what to do.
        exit_code: what the command line returns for it (1 failure, 2 usage).

    """

    exit_code: ClassVar[int] = 1

    def __init__(self, title: str, remedy: str) -> None:
        super().__init__(f"{title} {remedy}")
        self.title = title
        self.remedy = remedy


class UsageError(CctrayError):
    """The command line was used wrongly."""

    exit_code = 2


class FeedError(CctrayError):
    """Transcripts cannot be found or read."""


class StoreError(CctrayError):
    """The history cannot be opened or written."""


class NewerStoreError(StoreError):
    """The history was written by a newer cctray."""


class DamagedStoreError(StoreError):
    """The history is not a database any more."""


class DoorError(CctrayError):
    """The running engine cannot be reached or refused."""


class AlreadyRunningError(CctrayError):
    """Another cctray of this user owns the history."""


class SecretsUnavailableError(CctrayError):
    """No keyring can be used."""
