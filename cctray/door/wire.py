"""Requests and answers as bytes: the small part of HTTP/1.1 that the door hears, the HTTP/1.0 that it speaks.

Strict, for what is read here was written by whoever found the door. Nothing here opens a socket.
"""

import string
from typing import Final

import msgspec
from msgspec import Struct

from cctray.core.errors import CctrayError, DoorError
from cctray.door import protocol
from cctray.door.protocol import Refusal

MAX_HEAD: Final = 16 * 1024
"""Bytes; a browser's head with its cookies stays below, ours has a few hundred."""
MAX_LENGTH_DIGITS: Final = 18
"""More is no length, and large texts are slow to turn into numbers."""
END: Final = b"\r\n\r\n"
"""Ends a head."""
TOKEN: Final = (string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~").encode()
"""What names of headers and methods are made of."""
VISIBLE: Final = bytes(range(0x21, 0x7F))
CONTROL: Final = bytes(code for code in (*range(0x20), 0x7F) if code != ord("\t"))
VERSIONS: Final = (b"HTTP/1.0", b"HTTP/1.1")
REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Request Entity Too Large",
    426: "Upgrade Required",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
FAILED: Final = 500


class RefusedError(DoorError):
    """A request that is answered with a refusal."""

    def __init__(self, status: int, title: str, remedy: str) -> None:
        super().__init__(title, remedy)
        self.status = status


class Request(Struct, frozen=True, kw_only=True):
    """What was asked, before its body."""

    method: str
    path: str
    """Without the query."""
    fields: dict[str, str]
    """Headers by their names in small letters, none twice."""

    @property
    def length(self) -> int:
        """Of the body, in bytes; raise RefusedError where it cannot be told."""
        if "transfer-encoding" in self.fields:
            raise RefusedError(411, f"The door refused {self.path}: {REASONS[411]}.", "Send a Content-Length.")
        text = self.fields.get("content-length", "0")
        if not (text.isascii() and text.isdecimal() and len(text) <= MAX_LENGTH_DIGITS):
            raise nonsense("its length is no number")
        return int(text)


def parse(head: bytes) -> Request:
    """Read a head that ends with END; raise RefusedError with status 400 where it is none."""
    first, *lines = head.removesuffix(END).split(b"\r\n")
    method, target = _first(first)
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not (colon and name) or name.translate(None, TOKEN) or len(value.translate(None, CONTROL)) < len(value):
            raise nonsense("a header is none")
        key = name.decode().lower()
        if key in fields:
            raise nonsense(f"{key} is there twice")
        fields[key] = value.strip(b" \t").decode("latin-1")
    return Request(method=method, path=target.partition("?")[0], fields=fields)


def answer(status: int, version: str, body: bytes) -> bytes:
    """The whole answer; `version` is the engine's."""
    return _head(status, version, "application/json", f"Content-Length: {len(body)}") + body


def stream(version: str) -> bytes:
    """The head of an answer that ends with its connection: a JSON document a line."""
    return _head(200, version, "application/x-ndjson")


def refusal(error: CctrayError, version: str) -> bytes:
    """The whole answer to a request that is refused, or that failed."""
    status = error.status if isinstance(error, RefusedError) else FAILED
    return answer(status, version, msgspec.json.encode(Refusal(title=error.title, remedy=error.remedy)))


def refused(status: int, path: str) -> RefusedError:
    """For a request that the door does not know."""
    return RefusedError(status, f"The door refused {path}: {REASONS[status]}.", "Update cctray.")


def nonsense(why: str) -> RefusedError:
    """For what is no request."""
    return RefusedError(400, f"The door did not understand the request: {why}.", "Use the cctray command.")


def _first(line: bytes) -> tuple[str, str]:
    parts = line.split(b" ")
    if len(parts) != len(("method", "target", "version")) or parts[2] not in VERSIONS:
        raise nonsense("its first line is none of HTTP/1")
    method, target, _ = parts
    if not method or method.translate(None, TOKEN) or not target.startswith(b"/") or target.translate(None, VISIBLE):
        raise nonsense("its first line names no path")
    return method.decode(), target.decode()


def _head(status: int, version: str, kind: str, *more: str) -> bytes:
    lines = (
        f"HTTP/1.0 {status} {REASONS[status]}",
        f"Content-Type: {kind}",
        *more,
        "Connection: close",
        f"{protocol.DOOR_HEADER}: {protocol.DOOR}",
        f"{protocol.VERSION_HEADER}: {version}",
    )
    return "\r\n".join(lines).encode() + END
