"""`cctray completion`: scripts for bash, zsh and fish, made from the same table as the parser."""

import argparse
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cctray.cli import arguments, grammar
from cctray.cli.options import EXIT_OK, BurnRateStyle, CompletionOptions, CostSource, Order, WeekDay
from cctray.cli.parser import build
from cctray.cli.run import Start
from cctray.core.config import CostMode


class Word(Struct, frozen=True):
    """One option: its spellings, meaning, and what may follow it."""

    names: tuple[str, ...]
    meaning: str
    takes: str
    """Empty: nothing; else `dir`, `file`, `any`, or the values with blanks between."""


_VALUES = {
    "mode": tuple(CostMode),
    "order": tuple(Order),
    "start_of_week": tuple(WeekDay),
    "visual_burn_rate": tuple(BurnRateStyle),
    "cost_source": tuple(CostSource),
    "token_limit": ("max",),
    "data_dir": ("dir",),
    "config_dir": ("dir",),
    "ccusage": ("file",),
}


def execute(options: CompletionOptions, _start: Start) -> int:
    """Print the script."""
    print(script(options.shell))
    return EXIT_OK


def script(shell: str) -> str:
    """The completion script of a shell."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def words(command: str) -> list[Word]:
    """The options of a command, and of every command."""
    return list(_words(build(command, grammar.COMMANDS[command])))


def _words(parser: argparse.ArgumentParser) -> Iterator[Word]:
    for action in parser._actions:  # noqa: SLF001 (argparse lists its options nowhere else)
        if not action.option_strings or action.help == argparse.SUPPRESS:
            continue
        takes = ""
        if action.nargs != 0:
            takes = " ".join(_VALUES.get(action.dest, action.choices or ("any",)))
        yield Word(tuple(action.option_strings), _plain(action.help or ""), takes)


_QUOTES: Final = str.maketrans("'[]", "’()", ":")


def _plain(text: str) -> str:
    """A meaning without the characters that the shells' own grammars use."""
    return text.translate(_QUOTES).replace("%%", "%")


def _bash() -> str:
    cases = "\n".join(
        f'        "{command}") options="{" ".join(name for word in words(command) for name in word.names)}" ;;'
        for command in grammar.COMMANDS
    )
    values = "\n".join(
        f"        {'|'.join(word.names)}) {_bash_value(word.takes)}; return ;;" for word in _valued_words()
    )
    return f"""# bash completion of cctray
_cctray() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" command="" options="" index
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        case "${{COMP_WORDS[index]}}" in
            --data-dir|--config-dir) ((index++)) ;;
            -*) ;;
            *) command="${{COMP_WORDS[index]}}"; break ;;
        esac
    done
    case "$previous" in
{values}
    esac
    case "$command" in
{cases}
    esac
    if [[ -z "$command" && "$current" != -* ]]; then
        COMPREPLY=($(compgen -W "{_names()}" -- "$current"))
    elif [[ "$command" == completion && "$current" != -* ]]; then
        COMPREPLY=($(compgen -W "{" ".join(arguments.SHELLS)}" -- "$current"))
    else
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    fi
}}
complete -F _cctray cctray"""


def _bash_value(takes: str) -> str:
    if takes in {"dir", "file"}:
        return f'COMPREPLY=($(compgen -{takes[0]} -- "$current"))'
    return "COMPREPLY=()" if takes == "any" else f'COMPREPLY=($(compgen -W "{takes}" -- "$current"))'


def _valued_words() -> list[Word]:
    """The options that want a value, each spelling once; `-w` means different things, so only the long one counts."""
    seen: dict[str, Word] = {}
    for command in grammar.COMMANDS:
        for word in words(command):
            long = tuple(name for name in word.names if name.startswith("--"))
            if word.takes and long[0] not in seen:
                seen[long[0]] = Word(long, word.meaning, word.takes)
    return list(seen.values())


def _zsh() -> str:
    commands = "\n".join(
        f"        '{name}:{_plain(command.summary)}'" for name, command in grammar.COMMANDS.items() if name
    )
    cases = "\n".join(
        f"        {command})\n            _arguments -s \\\n{_zsh_words(command)} ;;"
        for command in grammar.COMMANDS
        if command
    )
    return f"""#compdef cctray
_cctray() {{
    local context state line
    local -a commands
    commands=(
{commands}
    )
    _arguments -C \\
{_zsh_words("")} \\
        '1: :->command' '*:: :->options' && return
    case $state in
    command) _describe command commands ;;
    options)
        case $words[1] in
{cases}
        esac ;;
    esac
}}
if [[ ${{funcstack[1]}} == _cctray ]]; then _cctray "$@"; else compdef _cctray cctray; fi"""


def _zsh_words(command: str) -> str:
    lines = []
    for word in words(command):
        takes = f":value:{_zsh_value(word.takes)}" if word.takes else ""
        names = f"({' '.join(word.names)})'{{{','.join(word.names)}}}'" if len(word.names) > 1 else word.names[0]
        lines.append(f"            '{names}[{word.meaning}]{takes}'")
    if command == "completion":
        lines.append(f"            '1:shell:({' '.join(arguments.SHELLS)})'")
    return " \\\n".join(lines)


def _zsh_value(takes: str) -> str:
    return {"dir": "_files -/", "file": "_files", "any": ""}.get(takes, f"({takes})")


def _fish() -> str:
    lines = ["# fish completion of cctray", "complete -c cctray -f"]
    for name, command in grammar.COMMANDS.items():
        if name:
            lines.append(f"complete -c cctray -n __fish_use_subcommand -a {name} -d '{_plain(command.summary)}'")
        where = f"__fish_seen_subcommand_from {name}" if name else "__fish_use_subcommand"
        lines += [f"complete -c cctray -n '{where}' {_fish_word(word)}" for word in words(name)]
    shells = " ".join(arguments.SHELLS)
    lines.append(f"complete -c cctray -n '__fish_seen_subcommand_from completion' -a '{shells}'")
    return "\n".join(lines)


def _fish_word(word: Word) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in word.names)
    takes = {"": "", "any": " -x", "dir": " -x -a '(__fish_complete_directories)'", "file": " -r -F"}
    return f"{names}{takes.get(word.takes, f' -x -a {chr(39)}{word.takes}{chr(39)}')} -d '{word.meaning}'"


def _names() -> str:
    return " ".join(name for name in grammar.COMMANDS if name)
