"""Completion scripts: accepted by their shells, complete, and right in bash."""

import shutil
import subprocess

import pytest

from cctray.cli import grammar
from cctray.cli.completion import script

ASK_BASH = """
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _cctray; echo "${{COMPREPLY[@]}}"
"""


def bash(words: str) -> list[str]:
    """What bash offers for the last of the words."""
    text = script("bash") + ASK_BASH.format(words=words)
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_accepts_its_script(shell: str) -> None:
    """The shell's own syntax check passes."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    subprocess.run([shell, "-n"], input=script(shell), text=True, check=True, timeout=10)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_knows_every_command(shell: str) -> None:
    """No command is forgotten."""
    text = script(shell)
    assert all(name in text for name in grammar.COMMANDS)


def test_quotes_are_balanced() -> None:
    """An apostrophe in a meaning would end a quoted word in zsh and fish."""
    for shell in ("zsh", "fish"):
        for line in script(shell).splitlines():
            assert line.count("'") % 2 == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_offers_what_fits() -> None:
    """Commands first, then the command's options, then the option's values."""
    assert bash("cctray st") == ["status", "statusline"]
    assert bash("cctray --data-dir /tmp mon") == ["monthly"]
    assert bash("cctray daily --m") == ["--mode"]
    assert bash("cctray weekly --start-of-week mo") == ["monday"]
    assert bash("cctray blocks --token-limit ''") == ["max"]
    assert bash("cctray completion f") == ["fish"]
    assert "--instances" not in bash("cctray weekly --")
