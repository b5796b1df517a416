"""A survey: what lies on disk now, against what is known; pure but for the walk it is given the result of."""

import os
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from cctray.core.records import Position, path_text
from cctray.feed.places import Found


class Survey(Struct, frozen=True):
    """What has to be done."""

    new: list[Found]
    """Files with something to read, newest first."""
    lost: list[str]
    moved: list[tuple[str, str]]


def compare(
    found: Iterable[Found], known: Mapping[str, Position], present: Iterable[str], unreachable: Iterable[str]
) -> Survey:
    """What changed: `known` positions by path text, `present` paths the store believes to exist.

    Nothing below an `unreachable` folder (there, but it can't be looked into) counts as lost: a network drive that
    stumbles comes back.
    """
    files = {path_text(file.path): file for file in found}
    away = [path_text(folder) for folder in unreachable]
    lost = [path for path in present if path not in files and not any(is_below(path, folder) for folder in away)]
    moved = _moved(lost, files, known)
    targets = {new: old for old, new in moved}
    new = [
        file
        for path, file in files.items()
        if needs_reading(file, known.get(path) or (known[targets[path]] if path in targets else None))
    ]
    new.sort(key=lambda file: file.mtime_ns, reverse=True)
    origins = set(targets.values())
    return Survey(new, [path for path in lost if path not in origins], [(old, files[new].path) for old, new in moved])


def concerning(present: Iterable[str], folders: Iterable[str], exists: Callable[[str], bool]) -> list[str]:
    """Those of the paths believed present that this survey can speak of.

    A transcript outside the folders that are read now (another CLAUDE_CONFIG_DIR made it known) is not lost while it
    exists: it is left alone.
    """
    read = [path_text(folder) for folder in folders]
    return [path for path in present if any(is_below(path, folder) for folder in read) or not exists(path)]


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/\\") + os.sep)


def needs_reading(file: Found, known: Position | None) -> bool:
    """Whether a file may hold something that was not read."""
    return (
        known is None
        or (file.size, file.mtime_ns, file.inode, file.device)
        != (known.size, known.mtime_ns, known.inode, known.device)
        or known.read_to > file.size
    )


def _moved(lost: list[str], files: Mapping[str, Found], known: Mapping[str, Position]) -> list[tuple[str, str]]:
    strangers = {(file.device, file.inode): path for path, file in files.items() if path not in known}
    moved = []
    for old in lost:
        position = known.get(old)
        if position is None or not position.read_to:
            continue
        new = strangers.get((position.device, position.inode))
        if new is not None and files[new].size >= position.read_to:
            moved.append((old, new))
    return moved
