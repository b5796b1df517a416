"""The composition root, imported by `__main__` alone: `start` chooses the face, `parts` builds what is behind it."""

from cctray.app.start import run_headless, run_tray

__all__ = ["run_headless", "run_tray"]
