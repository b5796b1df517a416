"""What the path of a transcript says: its project and session, by ccusage's rules (its `session` and `--instances`).

Pure text. The rules are literal: a home below a folder named `projects` gives odd names, as ccusage prints them.
"""

from msgspec import Struct

UNKNOWN_PROJECT = "Unknown Project"
_DIRECT_PARTS = 2
"""`project/session.jsonl`."""
_SUBAGENT_PARTS = 4
"""`project/session/subagents/file`: fewer parts cannot name a session above `subagents`."""


class PathNames(Struct, frozen=True):
    """Names of one transcript."""

    session_id: str
    project_path: str
    project: str
    """What `daily --instances` groups by."""


def names_of(path: str) -> PathNames:
    """Session and project of the transcript at an absolute path, separated by slashes or backslashes."""
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    below = parts[parts.index("projects") + 1 :] if "projects" in parts else parts[-1:]
    project = below[0] if below else UNKNOWN_PROJECT
    if len(below) == _DIRECT_PARTS and below[1].endswith(".jsonl"):
        return PathNames(below[1][: -len(".jsonl")], below[0], project)
    if len(below) >= _SUBAGENT_PARTS and below[-2] == "subagents":
        return PathNames(below[-3], "/".join(below[:-3]) or UNKNOWN_PROJECT, project)
    if len(below) < _DIRECT_PARTS:
        return PathNames(below[0] if below else UNKNOWN_PROJECT, UNKNOWN_PROJECT, project)
    return PathNames(below[-2], "/".join(below[:-2]) or UNKNOWN_PROJECT, project)
