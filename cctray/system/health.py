"""What this process costs its machine: memory and processor time, without psutil (which every start would pay for)."""

import ctypes
import gc
import os
import sys
import time
from pathlib import Path
from typing import Final

KILOBYTE: Final = 1024


def measure() -> tuple[int, float]:
    """Give the resident memory of this process in bytes and its processor time in seconds, user and system.

    On macOS the memory is the largest so far: the system tells the present one only to privileged calls.
    """
    return _rss_bytes(), time.process_time()


def give_back() -> None:
    """Return freed memory to the system: after a first read glibc would keep some 30 MB for ever."""
    gc.collect()
    if sys.platform == "linux":
        # Other C libraries (musl) have no malloc_trim and give memory back by themselves.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


if sys.platform == "linux":

    def _rss_bytes() -> int:
        pages = Path("/proc/self/statm").read_bytes().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

elif sys.platform == "win32":
    from ctypes import wintypes

    class _Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of psapi.h."""

        _fields_ = (
            ("cb", wintypes.DWORD),
            ("PageFaultCount", wintypes.DWORD),
            ("PeakWorkingSetSize", ctypes.c_size_t),
            ("WorkingSetSize", ctypes.c_size_t),
            ("QuotaPeakPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPagedPoolUsage", ctypes.c_size_t),
            ("QuotaPeakNonPagedPoolUsage", ctypes.c_size_t),
            ("QuotaNonPagedPoolUsage", ctypes.c_size_t),
            ("PagefileUsage", ctypes.c_size_t),
            ("PeakPagefileUsage", ctypes.c_size_t),
        )

    def _rss_bytes() -> int:
        counters = _Counters(cb=ctypes.sizeof(_Counters))
        kernel = ctypes.WinDLL("kernel32")
        # Handles are pointers: without this the pseudo handle -1 is cut to 32 bits.
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        ask = kernel.K32GetProcessMemoryInfo
        ask.argtypes = (wintypes.HANDLE, ctypes.POINTER(_Counters), wintypes.DWORD)
        ask(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
        return int(counters.WorkingSetSize)

else:
    import resource

    def _rss_bytes() -> int:
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        # Bytes on macOS, kilobytes on the BSDs.
        return largest if sys.platform == "darwin" else largest * KILOBYTE
