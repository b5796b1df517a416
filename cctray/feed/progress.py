"""How far the first read is. Counting only."""

import time
from collections.abc import Sequence
from typing import Final

from cctray.core.snapshot import Reading
from cctray.feed.places import Found

DAY_NS: Final = 86_400 * 10**9
DAYS: Final = 30
FORETELL_S: Final = 0.5
"""A speed that was measured for a shorter time foretells nothing."""


class Tally:
    """Counts while a list of transcripts is read, newest first."""

    def __init__(self, files: Sequence[Found], sizes: Sequence[int], now_ns: int, today_ns: int) -> None:
        """Take the list and the bytes each has to read; transcripts older than `today_ns` hold nothing of today."""
        self._left = dict(zip((file.path for file in files), sizes, strict=True))
        self._times = [(file.path, file.mtime_ns) for file in files]
        self._files, self._bytes, self._done = len(self._left), sum(sizes), 0
        self._first = 0
        self._now_ns = now_ns
        self._today_ns = today_ns
        self._began = time.monotonic()

    def add(self, path: str, size: int, *, is_last: bool) -> None:
        """Note a reading."""
        self._done += size
        if is_last:
            self._left.pop(path, None)

    def reading(self) -> Reading:
        """As it stands."""
        while self._first < len(self._times) and self._times[self._first][0] not in self._left:
            self._first += 1
        newest = self._times[self._first][1] if self._first < len(self._times) else 0
        done = min(self._done, self._bytes)
        took_s = time.monotonic() - self._began
        return Reading(
            files_done=self._files - len(self._left),
            files_total=self._files,
            bytes_done=done,
            bytes_total=self._bytes,
            today_complete=newest < self._today_ns,
            days_read=DAYS if not newest else max(0, min(DAYS, (self._now_ns - newest) // DAY_NS)),
            remaining_s=took_s / done * (self._bytes - done) if done and took_s > FORETELL_S else None,
        )
