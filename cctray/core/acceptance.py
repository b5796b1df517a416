"""Which transcript lines ccusage's two readers count, decided field by field on the exact tree of a line.

This is the rule itself; `core.transcript` has a short cut for ordinary lines that must never disagree with it.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from cctray.core.calendar import parse_stamp
from cctray.core.json_tree import BROKEN, BROKEN_KEY, Broken, Int, JsonError, Node, Pairs, read
from cctray.core.usage import (
    DAILY,
    ENTRIES,
    MAX_TOKENS,
    SPEED_ABSENT,
    SPEED_FAST,
    SPEED_STANDARD,
    Tokens,
    UsageEvent,
)

NO_JSON: Final = "not-json"
NULL_FIELD: Final = "null-field"
WRONG_TYPE: Final = "wrong-type"
BAD_TIME: Final = "bad-time"
EMPTY_FIELD: Final = "empty-field"
SKIP_REASONS: Final = (NO_JSON, NULL_FIELD, WRONG_TYPE, BAD_TIME, EMPTY_FIELD)
"""Why a line that carries a response's usage is not counted."""

SPEEDS: Final = {"standard": SPEED_STANDARD, "fast": SPEED_FAST}
ADVISOR: Final = "advisor_message"
MAY_NOT_BE_NULL: Final = frozenset(
    (
        "id",
        "cwd",
        "model",
        "speed",
        "costUSD",
        "version",
        "sessionId",
        "requestId",
        "isApiErrorMessage",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
    )
)
"""Keys whose null, anywhere in a line, makes ccusage drop the line."""

VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]")
_LIMIT: Final = re.compile(rb"Claude AI usage limit reached\|([0-9]{1,18})(?![0-9])")
"""More digits are no time, and would not fit the store's integers."""
_ITERATIONS: Final = "iterations"
_DIRECT_USAGE: Final = ("message", "usage")
_NESTED_USAGE: Final = ("data", "message", "message", "usage")
_TOP: Final = ("timestamp", "message", "version", "sessionId", "costUSD", "requestId", "isSidechain")
_TOP_ENTRIES: Final = (*_TOP, "isApiErrorMessage")
_INNER: Final = ("timestamp", "message", "costUSD", "requestId", "isSidechain")
_MESSAGE: Final = ("usage", "model", "id")
_COUNTS: Final = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_USAGE: Final = (*_COUNTS, "speed", "cache_creation", _ITERATIONS)
_ITERATION: Final = ("type", "model", *_COUNTS, "speed", "cache_creation")
_SPLIT: Final = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")


class _Refused(Exception):  # noqa: N818 - an answer, not an error
    """The form of the line does not fit."""


class _Usage(Struct, frozen=True):
    tokens: Tokens
    flat_cache: int
    speed: int


class _Line(Struct, frozen=True, kw_only=True):
    """What the direct and the nested form of a line have in common."""

    stamp: str
    message: str | None
    request: str | None
    session: str | None
    model: str | None
    usage: _Usage
    advisors: tuple[tuple[str, _Usage], ...] = ()
    is_sidechain: bool
    logged_cost: float | None
    version: str | None = None
    is_api_error: bool = False


def accept(line: bytes, offset: int) -> list[UsageEvent] | str | None:
    """Events of one line; one of SKIP_REASONS where both readers refuse it; None where it is no response at all."""
    try:
        tree, is_clean = read(line)
    except JsonError:
        return NO_JSON
    if not _follow(tree, _DIRECT_USAGE) and not _follow(tree, _NESTED_USAGE):
        return None
    if b"null" in line and (flaw := _flaw_beside_null(tree, is_clean=is_clean)):
        return flaw
    daily = _daily(tree) if is_clean else NO_JSON
    entries = _checked(_direct(tree, _TOP_ENTRIES))
    if isinstance(entries, _Line):
        # Where both accept they tell the same, but only the entries' reader looks at isApiErrorMessage.
        return _events(entries, DAILY | ENTRIES if isinstance(daily, _Line) else ENTRIES, line, offset)
    return _events(daily, DAILY, line, offset) if isinstance(daily, _Line) else daily


def line_key_of(line: bytes) -> int:
    """64 bits (signed) of the SHA-256 of a line: its name where it has no message id."""
    return int.from_bytes(hashlib.sha256(line).digest()[:8], "big", signed=True)


def _daily(tree: Node) -> _Line | str:
    """ccusage's `daily` looks at the nested form where the direct one does not fit, then at the values."""
    line = _direct(tree, _TOP)
    return _checked(line if line is not None else _nested(tree))


def _checked(line: _Line | None) -> _Line | str:
    if line is None:
        return WRONG_TYPE
    if parse_stamp(line.stamp) is None:
        return BAD_TIME
    if "" in (line.session, line.request, line.message, line.model):
        return EMPTY_FIELD
    if line.version is not None and not VERSION.match(line.version):
        return EMPTY_FIELD
    return line


def _events(line: _Line, rules: int, text: bytes, offset: int) -> list[UsageEvent]:
    """The line's own entry and those of its advisors."""
    at_ms = parse_stamp(line.stamp)
    key = line_key_of(text) if line.message is None else None
    reset_s = _limit_reset(text) if line.is_api_error else None
    events = []
    for part, (model, usage) in enumerate([(line.model, line.usage), *line.advisors]):
        is_own = part == 0
        name = line.message if is_own or line.message is None else f"{line.message}:advisor:{part - 1}"
        flat = None if usage.flat_cache == usage.tokens.cache_create else usage.flat_cache
        events.append(
            UsageEvent(
                offset=offset,
                at_ms=0 if at_ms is None else at_ms,
                message=name,
                request=line.request,
                session=line.session,
                model=model,
                tokens=usage.tokens,
                speed=usage.speed,
                is_sidechain=line.is_sidechain,
                rules=rules,
                part=part,
                logged_cost=line.logged_cost if is_own else None,
                flat_cache=flat,
                limit_reset_s=reset_s if is_own else None,
                line_key=key,
            )
        )
    return events


def _limit_reset(text: bytes) -> int | None:
    match = _LIMIT.search(text)
    return int(match[1]) if match else None


def _direct(tree: Node, keys: tuple[str, ...]) -> _Line | None:
    """The line as an entry of its own; None where a type does not fit."""
    try:
        top = _fields(tree, keys)
        message = _fields(top.get("message"), _MESSAGE)
        counts = _fields(message.get("usage"), _USAGE)
        return _Line(
            stamp=_required(top, "timestamp"),
            message=_text(message, "id"),
            request=_text(top, "requestId"),
            session=_text(top, "sessionId"),
            model=_text(message, "model"),
            usage=_usage(counts),
            advisors=_advisors(counts.get(_ITERATIONS)),
            is_sidechain=_flag(top, "isSidechain"),
            logged_cost=_cost(top),
            version=_text(top, "version"),
            is_api_error=_flag(top, "isApiErrorMessage"),
        )
    except _Refused:
        return None


def _nested(tree: Node) -> _Line | None:
    """The response of a subagent inside a progress line; None where a type does not fit."""
    try:
        top = _fields(tree, ("sessionId", "data"))
        inner = _fields(_fields(top.get("data"), ("message",)).get("message"), _INNER)
        message = _fields(inner.get("message"), _MESSAGE)
        return _Line(
            stamp=_required(inner, "timestamp"),
            message=_text(message, "id"),
            request=_text(inner, "requestId"),
            session=_text(top, "sessionId"),
            model=_text(message, "model"),
            usage=_usage(_fields(message.get("usage"), _USAGE)),
            is_sidechain=_flag(inner, "isSidechain"),
            logged_cost=_cost(inner),
        )
    except _Refused:
        return None


def _fields(node: Node, keys: tuple[str, ...]) -> dict[str, Node]:
    """The named fields of an object; refuses what is no object and what names one of them twice."""
    if not isinstance(node, Pairs):
        raise _Refused
    found: dict[str, Node] = {}
    for key, value in node.pairs:
        if key == BROKEN_KEY or (key in found and key != _ITERATIONS):
            raise _Refused
        if key in keys:
            # Doubled iterations do not make ccusage drop the line, only its advisors.
            found[key] = BROKEN if key in found else value
    return found


def _text(fields: dict[str, Node], key: str) -> str | None:
    value = fields.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _Refused


def _required(fields: dict[str, Node], key: str) -> str:
    value = fields.get(key)
    if isinstance(value, str):
        return value
    raise _Refused


def _flag(fields: dict[str, Node], key: str) -> bool:
    value = fields.get(key)
    if value is None or isinstance(value, bool):
        return value is True
    raise _Refused


def _cost(fields: dict[str, Node]) -> float | None:
    value = fields.get("costUSD")
    if value is None:
        return None
    if isinstance(value, (Int, float)) and not isinstance(value, bool):
        return float(value)
    raise _Refused


def _count(value: Node) -> int:
    if isinstance(value, Int) and 0 <= value <= MAX_TOKENS:
        return int(value)
    raise _Refused


def _speed(value: Node) -> int:
    if isinstance(value, Pairs) and len(value.pairs) == 1 and value.pairs[0][1] is None:
        value = value.pairs[0][0]
    if value is None:
        return SPEED_ABSENT
    if isinstance(value, str) and value in SPEEDS:
        return SPEEDS[value]
    raise _Refused


def _usage(fields: dict[str, Node]) -> _Usage:
    if "input_tokens" not in fields or "output_tokens" not in fields:
        raise _Refused
    counts = [_count(fields.get(key, Int(0))) for key in _COUNTS]
    split = fields.get("cache_creation")
    short, long = (counts[2], 0) if split is None else _split(split)
    return _Usage(Tokens(counts[0], counts[1], short, long, counts[3]), counts[2], _speed(fields.get("speed")))


def _split(node: Node) -> tuple[int, int]:
    """Cache writes by life time; ccusage's reader takes a list of the two as well."""
    if isinstance(node, list):
        values = [_count(value) for value in node]
        if len(values) > len(_SPLIT):
            raise _Refused
        values += [0, 0]
        return values[0], values[1]
    fields = _fields(node, _SPLIT)
    return _count(fields.get(_SPLIT[0], Int(0))), _count(fields.get(_SPLIT[1], Int(0)))


def _advisors(node: Node) -> tuple[tuple[str, _Usage], ...]:
    """Calls of an advisor model; one iteration that does not fit voids them all."""
    if not isinstance(node, list) or _has_broken(node):
        return ()
    advisors = []
    try:
        for item in node:
            fields = _fields(item, _ITERATION)
            kind, model, usage = _required(fields, "type"), _text(fields, "model"), _usage(fields)
            if kind == ADVISOR and model:
                advisors.append((model, usage))
    except _Refused:
        return ()
    return tuple(advisors)


def _children(node: Node) -> Sequence[Node]:
    if isinstance(node, Pairs):
        return [value for _, value in node.pairs]
    return node if isinstance(node, list) else ()


def _has_broken(node: Node) -> bool:
    todo: list[Node] = [node]
    while todo:
        item = todo.pop()
        if isinstance(item, Broken) or (isinstance(item, Pairs) and any(key == BROKEN_KEY for key, _ in item.pairs)):
            return True
        todo.extend(_children(item))
    return False


def _follow(tree: Node, path: tuple[str, ...]) -> list[Node]:
    """All nodes at a path of keys (more than one where keys are doubled)."""
    nodes = [tree]
    for key in path:
        nodes = [value for node in nodes if isinstance(node, Pairs) for name, value in node.pairs if name == key]
    return nodes


def _flaw_beside_null(tree: Node, *, is_clean: bool) -> str | None:
    """Why ccusage drops a line with a null in it that it would have taken without."""
    if not is_clean or _has_doubled_key(tree):
        return NO_JSON
    return NULL_FIELD if _has_forbidden_null(tree) else None


def _has_doubled_key(tree: Node) -> bool:
    todo: list[Node] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, Pairs) and len({key for key, _ in node.pairs}) < len(node.pairs):
            return True
        todo.extend(_children(node))
    return False


def _has_forbidden_null(tree: Node) -> bool:
    """Whether any object names one of MAY_NOT_BE_NULL null; `model` of an iteration alone may be."""
    lists = [node for path in (_DIRECT_USAGE, _NESTED_USAGE) for node in _follow(tree, (*path, _ITERATIONS))]
    exempt = {id(item) for node in lists if isinstance(node, list) for item in _children(node)}
    todo: list[Node] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, Pairs):
            for key, value in node.pairs:
                if value is None and key in MAY_NOT_BE_NULL and not (key == "model" and id(node) in exempt):
                    return True
        todo.extend(_children(node))
    return False
