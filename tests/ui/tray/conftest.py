"""For the tests of the tray: what Qt says where there is no tray at all is no fault of ours."""

import pytest

QUIET = ("systemTrayWindowChanged", "does not support propagateSizeHints")
"""Off screen Qt looks in vain for an XEmbed tray, and for a window manager."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The nearest marker counts alone, so it goes first and names both."""
    for item in items:
        if item.path.name == "test_tray.py" and item.path.parent.name == "tray":
            item.add_marker(pytest.mark.qt_log_ignore(*QUIET, extend=True), append=False)
