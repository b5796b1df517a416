"""The program: hands the arguments to the command line, and the engine's own process to the composition root.

Imports only what the command needs: `cctray statusline` runs at every prompt of Claude Code.
"""

import sys

from cctray.cli.options import Face, Options
from cctray.cli.run import run

READ_WORKER = "read-worker"
"""How a packaged program starts its reading processes: it has no interpreter to give a module to. Not for people."""


def main() -> int:
    """Run cctray with this process's arguments and return the exit code."""
    if sys.argv[1:] == [READ_WORKER]:
        from cctray.feed import worker

        worker.main()
        return 0
    return run(sys.argv[1:], start)


def start(options: Options) -> int:
    """Run the engine in this process, with the face the options ask for."""
    from cctray import app

    if options.face is Face.TRAY:
        return app.run_tray(options)
    return app.run_headless(options)


if __name__ == "__main__":
    sys.exit(main())
