"""Services that fail: what is told, and that they are started again."""

import asyncio

import pytest

from cctray import supervise as room
from cctray.core.errors import FeedError
from cctray.supervise import supervise


async def test_a_failure_in_a_task_group_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's own error reaches the screen, not the group around it; then it runs again and recovers."""
    monkeypatch.setattr(room, "FIRST_WAIT_S", 0.01)
    told: list[tuple[str, Exception]] = []
    recovered: list[str] = []
    runs = iter((True, False))

    async def fail() -> None:
        raise FeedError("The reader died.", "Try again.")

    async def serve() -> None:
        if next(runs):
            async with asyncio.TaskGroup() as outer, asyncio.TaskGroup() as inner:
                outer.create_task(asyncio.Event().wait())
                inner.create_task(fail())

    await supervise("feed", serve, lambda name, error: told.append((name, error)), recovered.append)
    assert [(name, str(error)) for name, error in told] == [("feed", "The reader died. Try again.")]
    assert set(recovered) == {"feed"}
