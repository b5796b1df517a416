"""What Config says about its own fields, so that dialog and documentation never disagree. No Qt."""

from typing import get_type_hints

import msgspec

from cctray.core.config import Config


def described(field: str) -> str:
    """The description of a field of Config; KeyError for an unknown one."""
    hint = get_type_hints(Config, include_extras=True)[field]
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, msgspec.Meta) and note.description:
            return note.description
    return ""


def default_of(field: str) -> object:
    """The default of a field of Config."""
    value: object = getattr(Config(), field)
    return value
