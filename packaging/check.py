"""The one check command: lint, format, types, import contracts, tests. Run by `bootstrap.py test`, in its environment.

`--quick` leaves the tests out that start desktops; `--tests-only` the linters; anything else goes to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LINTERS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--diff", "."],
    "mypy": ["-m", "mypy"],
    "import contracts": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-logo"],
}
QUICK = ["-m", "not lab and not bench and not oracle"]


def main(arguments: list[str]) -> int:
    """Run every step even after a failure, pytest last so that its closing line ends a good run."""
    own = {"--quick", "--tests-only"} & set(arguments)
    for_pytest = [one for one in arguments if one not in own]
    steps = {} if "--tests-only" in own else dict(LINTERS)
    steps["pytest"] = ["-m", "pytest", *(QUICK if "--quick" in own else []), *for_pytest]
    failed = [name for name, command in steps.items() if not passes(name, command)]
    if failed:
        print(f"FAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    """Run one step as a module of this Python, so that no program of another environment is picked up."""
    print(f"== {name}", flush=True)
    # cwd for every tool's configuration; the environment's programs are on PATH for tests that start them.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    started = subprocess.run([sys.executable, *command], cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    return started.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
