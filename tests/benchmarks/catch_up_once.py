"""A program: reads in everything that is new, commits it, and ends. What `cctray daily` does before its report."""

import os
import time

from cctray import catchup
from cctray.core.config import Config
from cctray.system import paths

if __name__ == "__main__":
    begin = time.perf_counter()
    catchup.run(paths.find(os.environ), Config(), lambda _reading: None)
    print(time.perf_counter() - begin)
