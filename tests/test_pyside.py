"""The Qt in use does not eat Python's singletons (PySide6 6.12.0 does on Python 3.11 and aborts the process)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

LOCK = Path(__file__).parents[1] / "requirements.lock"

CALLS = 500  # of each kind; the damage is one reference a call, an interpreter starts with a few thousand

PROBE = f"""
import gc, sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPixmap

class Sender(QObject):
    changed = Signal(object)

app = QGuiApplication([])
sender, timer, pixmap = Sender(), QTimer(), QPixmap(4, 4)
sender.changed.connect(lambda value: None)

def work():
    for _ in range({CALLS}):
        sender.changed.emit(1)
        sender.setObjectName("name")
        timer.setInterval(5)
        pixmap.fill(QColor(1, 2, 3))
        sender.blockSignals(False)

singletons = None, True, False
before = [sys.getrefcount(one) for one in singletons]
work()
gc.collect()
after = [sys.getrefcount(one) for one in singletons]
print(*(new - old for new, old in zip(after, before)))
"""


def test_qt_calls_do_not_eat_references() -> None:
    """Thousands of calls leave the reference counts of None, True and False where they were."""
    result = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr
    # A handful may come or go with the interpreter's own caches; a leak is one for each call.
    assert all(abs(int(change)) < CALLS // 10 for change in result.stdout.split()), result.stdout


@pytest.mark.parametrize("package", ["pyside6-essentials", "shiboken6"])
def test_the_lock_keeps_the_broken_qt_away_from_python_3_11(package: str) -> None:
    """For Python 3.11 the lock pins one version older than 6.12; the newer pin asks for 3.12."""
    pins = re.findall(rf"^{package}==(\d+)\.(\d+)\S* ; (.+?) ?\\?$", LOCK.read_text(encoding="utf-8"), re.MULTILINE)

    for_311 = [(int(major), int(minor)) for major, minor, marker in pins if marker == "python_full_version < '3.12'"]
    assert len(for_311) == 1
    assert for_311[0] < (6, 12)
    assert all("3.12" in marker for _, _, marker in pins)
