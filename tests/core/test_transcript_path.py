"""Project and session by the path of a transcript, as ccusage reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.core.transcript_path import names_of


@pytest.mark.parametrize(
    ("path", "session", "project_path", "project"),
    [
        ("/h/.claude/projects/-p/s.jsonl", "s", "-p", "-p"),
        ("/h/.claude/projects/-p/s/subagents/agent-1.jsonl", "s", "-p", "-p"),
        ("/h/.claude/projects/-p/x/s/subagents/agent-1.jsonl", "s", "-p/x", "-p"),
        ("/h/.claude/projects/-p/x/y.jsonl", "x", "-p", "-p"),
        ("/h/.claude/projects/-p/x/z/y.jsonl", "z", "-p/x", "-p"),
        ("/h/.claude/projects/s.jsonl", "s.jsonl", "Unknown Project", "s.jsonl"),
        ("C:\\u\\.claude\\projects\\-p\\s.jsonl", "s", "-p", "-p"),
        ("/projects/home/.claude/projects/-p/s.jsonl", "-p", "home/.claude/projects", "home"),
    ],
)
def test_names_come_from_the_parts_below_projects(path: str, session: str, project_path: str, project: str) -> None:
    """A session lies in its project; a subagent belongs to the session above `subagents`; oddities stay literal."""
    names = names_of(path)
    assert (names.session_id, names.project_path, names.project) == (session, project_path, project)


@given(st.text(max_size=40))
def test_any_text_has_names(path: str) -> None:
    """No path makes it fail, and no name is empty."""
    names = names_of(path)
    assert names.session_id
    assert names.project_path
    assert names.project
