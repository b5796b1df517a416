"""What holds for every test: nobody's data is touched, nothing is left running, Qt paints off screen."""

import asyncio
import functools
import inspect
import os
import tempfile
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No deadline: two cores shared with other work make the time of one example mean nothing.
settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

LEAK_GRACE_S = 5.0  # an executor that is being shut down needs a moment on a busy machine

HOMES = {
    "HOME": "home",
    "USERPROFILE": "home",
    "APPDATA": "home/appdata",
    "LOCALAPPDATA": "home/localappdata",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_RUNTIME_DIR": "run",
    "XDG_STATE_HOME": "home/.local/state",
}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home for this test alone; no setting, bus or keyring of the user is in reach."""
    # Not below tmp_path: a socket's path may have 104 characters at most on macOS.
    with tempfile.TemporaryDirectory(prefix="cct", ignore_cleanup_errors=True) as folder:
        for name, below in HOMES.items():
            (Path(folder) / below).mkdir(mode=0o700, parents=True, exist_ok=True)
            monkeypatch.setenv(name, str(Path(folder) / below))
        for name in list(os.environ):
            if name.startswith(("CCTRAY_", "CLAUDE_")):
                monkeypatch.delenv(name)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        yield Path(folder) / "home"


@pytest.fixture(autouse=True)
def no_thread_left(home: Path) -> Iterator[None]:
    """Fail a test whose threads outlive it."""
    before = set(threading.enumerate())
    yield
    left = [
        thread
        for thread in threading.enumerate()
        # Threads of Qt and of foreign libraries show up as dummies and never end for Python.
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    for thread in left:
        thread.join(LEAK_GRACE_S)
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"the test left threads running: {', '.join(alive)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let a coroutine test fail when it leaves tasks behind."""
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = _without_leaks(item.obj)
    return (yield)


def _without_leaks(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def checked(**arguments: object) -> None:
        before = asyncio.all_tasks()
        await test(**arguments)
        left = asyncio.all_tasks() - before
        if left:
            _, left = await asyncio.wait(left, timeout=LEAK_GRACE_S)
        if left:
            pytest.fail(f"the test left tasks running: {', '.join(task.get_name() for task in left)}")

    return checked
