"""JSON text as a tree that keeps what a dict forgets: doubled keys, and how a number was written.

The slow, exact counterpart of orjson for the few lines where the difference decides. Parts that nobody looks at may
be broken (bad UTF-8, half surrogate pairs, numbers out of range, endless nesting): BROKEN stands for them.
"""

import json
import re
from typing import Final, NoReturn, Union

import orjson

MAX_DEPTH: Final = 127
"""Containers within containers that ccusage's strict reader follows."""
LONGEST_INT: Final = 20
"""Digits of the largest unsigned 64-bit integer; longer numbers are floats to ccusage."""


class JsonError(ValueError):
    """The text is not JSON."""


class Broken:
    """A value that only a reader who skips it accepts."""


class Int(int):
    """A number written as plain digits, with an optional minus sign (`-0` is not one); a bool is not one either."""


class Pairs:
    """An object: its pairs in the order written, doubled keys included."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: "list[tuple[str, Node]]") -> None:
        self.pairs = pairs


Node = Union[Pairs, "list[Node]", str, Int, float, bool, Broken, None]

BROKEN: Final = Broken()
BROKEN_KEY: Final = "\ud800"
"""Stands for a key with broken text: equal to no key anybody looks for."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final[dict[str, bool | None]] = {"null": None, "true": True, "false": False}
_CLOSING: Final = {"{": "}", "[": "]"}
_INFINITIES: Final = (float("inf"), float("-inf"))


def read(text: bytes) -> tuple[Node, bool]:
    """Tree of a text, and whether all of it obeys RFC 8259 within MAX_DEPTH; raises JsonError if it is not JSON."""
    try:
        orjson.loads(text)
        node: Node = json.loads(text, object_pairs_hook=Pairs, parse_int=_integer, parse_float=_real)
    except (ValueError, RecursionError):
        return _Reader(text).document()
    may_be_deep = text.count(b"{") + text.count(b"[") > MAX_DEPTH
    return _Reader(text).document() if may_be_deep and _depth(node) > MAX_DEPTH else (node, True)


def _integer(text: str) -> Int | float:
    if len(text) > LONGEST_INT:
        value = float(text)
        if value in _INFINITIES:
            raise ValueError(text)
        return value
    return -0.0 if text == "-0" else Int(text)


def _real(text: str) -> float | Broken:
    value = float(text)
    return BROKEN if value in _INFINITIES else value


def _depth(node: Node) -> int:
    todo: list[tuple[Node, int]] = [(node, 1)]
    deepest = 0
    while todo:
        item, depth = todo.pop()
        if isinstance(item, Pairs):
            todo.extend((value, depth + 1) for _, value in item.pairs)
        elif isinstance(item, list):
            todo.extend((value, depth + 1) for value in item)
        else:
            continue
        deepest = max(deepest, depth)
    return deepest


class _Reader:
    """Descends through text decoded with surrogate escapes, so that broken bytes show as surrogates."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8", "surrogateescape")
        self._at = 0
        self._is_clean = True

    def document(self) -> tuple[Node, bool]:
        node = self._value(1)
        self._skip_space()
        if self._at != len(self._text):
            self._fail()
        return node, self._is_clean

    def _fail(self) -> NoReturn:
        message = f"not JSON at character {self._at}"
        raise JsonError(message)

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _peek(self) -> str:
        self._skip_space()
        return self._text[self._at : self._at + 1]

    def _taken(self, mark: str) -> bool:
        self._skip_space()
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def _value(self, depth: int) -> Node:
        first = self._peek()
        if first not in _CLOSING:
            return self._scalar()
        if depth > MAX_DEPTH:
            return self._skipped()
        self._at += 1
        return self._object(depth) if first == "{" else self._array(depth)

    def _scalar(self) -> Node:
        if self._peek() == '"':
            return self._string()
        for word, value in _WORDS.items():
            if self._taken(word):
                return value
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            self._fail()
        self._at = match.end()
        number = match.group()
        is_short = number.lstrip("-").isdigit() and len(number) <= LONGEST_INT
        read = _integer(number) if is_short else _real(number)
        self._is_clean = self._is_clean and not isinstance(read, Broken)
        return read

    def _string(self) -> str | Broken:
        self._skip_space()
        match = _STRING.match(self._text, self._at)
        if match is None:
            self._fail()
        self._at = match.end()
        text: str = json.loads(match.group(), strict=False)
        if _SURROGATE.search(text):
            self._is_clean = False
            return BROKEN
        return text

    def _key(self) -> str:
        key = self._string()
        if not self._taken(":"):
            self._fail()
        return key if isinstance(key, str) else BROKEN_KEY

    def _object(self, depth: int) -> Pairs:
        pairs: list[tuple[str, Node]] = []
        is_over = self._taken("}")
        while not is_over:
            key = self._key()
            pairs.append((key, self._value(depth + 1)))
            is_over = self._taken("}")
            if not is_over and not self._taken(","):
                self._fail()
        return Pairs(pairs)

    def _array(self, depth: int) -> "list[Node]":
        items: list[Node] = []
        is_over = self._taken("]")
        while not is_over:
            items.append(self._value(depth + 1))
            is_over = self._taken("]")
            if not is_over and not self._taken(","):
                self._fail()
        return items

    def _skipped(self) -> Broken:
        """Step over a container of any depth without the help of Python's own stack."""
        self._is_clean = False
        open_marks: list[str] = []
        while True:
            mark = _CLOSING.get(self._peek())
            if mark is None:
                self._scalar()
            else:
                self._at += 1
                if not self._taken(mark):
                    open_marks.append(mark)
                    if mark == "}":
                        self._key()
                    continue
            while open_marks and self._taken(open_marks[-1]):
                open_marks.pop()
            if not open_marks:
                return BROKEN
            if not self._taken(","):
                self._fail()
            if open_marks[-1] == "}":
                self._key()
