"""For every test of a screen: what the off-screen platform says about itself is no fault of ours."""

from typing import Final

import pytest

OFFSCREEN: Final = r"^This plugin does not support (propagateSizeHints|raise|grabbing)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform warns at each window that it has no window manager to ask."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN, extend=True))
