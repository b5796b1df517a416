"""The README names every command and explains every setting as the program does."""

from pathlib import Path

import pytest

from cctray.cli import grammar
from cctray.core import config

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [name for name in grammar.COMMANDS if name])
def test_every_command_is_in_the_table(command: str) -> None:
    """A command that a newcomer cannot find in the README does not exist for him."""
    table = [line for line in README.splitlines() if line.startswith("| `cctray")]

    assert any(f"`cctray {command}`" in line or f"`{command}`" in line for line in table)


def test_the_settings_table_is_that_of_the_program() -> None:
    """Names, variables, values, defaults and meanings of the settings are those of Config, in its order."""
    between = README.split("<!-- settings:")[1].split("<!-- /settings -->")[0]

    rows = [line for line in between.splitlines() if line.startswith("| `")]

    assert rows == [
        f"| `{one.name}` | `{one.variable}` | {one.allowed} | `{one.default}` | {one.description} |"
        for one in config.settings()
    ]


@pytest.mark.parametrize("word", ["run", "test"])
def test_the_two_commands_of_a_newcomer_are_lines_of_their_own(word: str) -> None:
    """Both set-up commands can be copied as one line."""
    assert f"```sh\npython3 packaging/bootstrap.py {word}\n```" in README
