"""Noticing changes below the transcript folders: by the system's notices, or by polling where these do not come."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from watchfiles import Change, awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

DEBOUNCE_MS: Final = 45
STEP_MS: Final = 45
"""How long changes are gathered: one to two steps. The library's default (1600, 50) costs 1.5 s at 200 lines/s; smaller
steps wake an idle engine more often: 45 ms is 22 wake-ups a second, 0.14 % of a core."""
POLL_MS: Final = 1_000
"""3,000 files polled once a second cost 1.2 % of a core."""

Changed = set[tuple[Change, str]]


class CannotWatchError(Exception):
    """The system gives no notices; the reason in words."""


async def watch(folders: Sequence[str], *, poll: bool) -> AsyncIterator[Changed]:
    """Sets of changes until cancelled; raises CannotWatchError where only polling will do."""
    try:
        async for changes in _watch(folders, poll=poll):
            yield changes
    except (OSError, WatchfilesRustInternalError) as error:
        if poll:
            raise
        raise CannotWatchError(_reason(error)) from error


async def _watch(folders: Sequence[str], *, poll: bool) -> AsyncIterator[Changed]:
    # Asked to pass over closed folders the library passes over used up watches too, without a word: only if it must.
    for passes_over in (False, True):
        try:
            async for changes in awatch(
                *folders,
                watch_filter=None,
                debounce=DEBOUNCE_MS,
                step=STEP_MS,
                poll_delay_ms=POLL_MS,
                force_polling=poll,
                ignore_permission_denied=passes_over,
            ):
                yield changes
        except PermissionError:
            if passes_over:
                raise
        else:
            return


def _reason(error: Exception) -> str:
    if "limit" in str(error) or "No space" in str(error):
        return "the system's watches are used up"
    return f"the system gives no notices ({error})"
