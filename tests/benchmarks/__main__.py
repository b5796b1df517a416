"""`python -m tests.benchmarks`: measures what the issue asks to be measured and prints the table."""

import sys

from tests.benchmarks.run import main

sys.exit(main(sys.argv[1:]))
