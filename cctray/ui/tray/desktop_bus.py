"""The few words of D-Bus that Qt's Python binding cannot say: it knows no unsigned integers, and `Notify` wants them.

Bytes only: calls are built, messages taken apart. No socket; `bus_line.py` has that.
"""

import struct
from struct import pack, unpack_from
from typing import Final

from msgspec import Struct

METHOD_CALL: Final = 1
ERROR: Final = 3

MAX_MESSAGE: Final = 1 << 20
"""Nothing this program listens to comes near it; the protocol's own limit is 128 MiB."""

_PATH, _INTERFACE, _MEMBER, _REPLY_SERIAL, _DESTINATION, _SIGNATURE = 1, 2, 3, 5, 6, 8
_FIXED_HEADER: Final = 16


class BusError(ValueError):
    """The other side does not speak D-Bus."""


class Target(Struct, frozen=True):
    """Where a call goes."""

    destination: str
    path: str
    interface: str


class Message(Struct, frozen=True, kw_only=True):
    """A message that came in."""

    is_error: bool = False
    reply_to: int = 0
    """Serial of the call this answers; 0 if it answers none."""
    member: str = ""
    body: tuple[int | str, ...] = ()
    """Leading arguments, as far as they are numbers and strings."""


class Picture(Struct, frozen=True):
    """An image as notifications carry it: RGBA, 8 bits a channel, not premultiplied."""

    width: int
    height: int
    stride: int
    data: bytes


class Body:
    """Arguments in the making, little-endian."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._signature = ""

    @property
    def signature(self) -> str:
        """Types of the arguments so far."""
        return self._signature

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)

    def u32(self, value: int) -> "Body":
        """Append an unsigned integer."""
        self._number("<I", value)
        return self._of("u")

    def i32(self, value: int) -> "Body":
        """Append a signed integer."""
        self._number("<i", value)
        return self._of("i")

    def string(self, text: str) -> "Body":
        """Append a string."""
        self._text(text)
        return self._of("s")

    def strings(self, texts: list[str]) -> "Body":
        """Append a list of strings."""
        start = self._open_array(4)
        for text in texts:
            self._text(text)
        self._close_array(start)
        return self._of("as")

    def hints(self, hints: dict[str, int | str | bool | Picture]) -> "Body":
        """Append a map of hints; whole numbers are bytes (`urgency` is the one there is)."""
        start = self._open_array(8)
        for name, value in hints.items():
            self._pad(8)
            self._text(name)
            self._variant(value)
        self._close_array(start)
        return self._of("a{sv}")

    def open_fields(self, serial: int, body_length: int) -> tuple[int, int]:
        """Begin a message's header."""
        self._bytes += bytes([ord("l"), METHOD_CALL, 0, 1])
        self._number("<I", body_length)
        self._number("<I", serial)
        return self._open_array(8)

    def field(self, code: int, signature: str, text: str) -> None:
        """Append a header field."""
        self._pad(8)
        self._bytes.append(code)
        self._of_type(signature)
        if signature == "g":
            self._of_type(text)
        else:
            self._text(text)

    def close_fields(self, places: tuple[int, int]) -> bytes:
        """The finished header."""
        self._close_array(places)
        self._pad(8)
        return bytes(self._bytes)

    def _of(self, signature: str) -> "Body":
        self._signature += signature
        return self

    def _pad(self, to: int) -> None:
        self._bytes += bytes(-len(self._bytes) % to)

    def _number(self, form: str, value: int) -> None:
        self._pad(4)
        self._bytes += pack(form, value)

    def _text(self, text: str) -> None:
        # A zero byte inside would end the string early for the other side, which then hangs up.
        raw = text.replace("\0", "").encode("utf-8", "replace")
        self._number("<I", len(raw))
        self._bytes += raw + b"\0"

    def _of_type(self, signature: str) -> None:
        self._bytes += bytes([len(signature)]) + signature.encode("ascii") + b"\0"

    def _variant(self, value: int | str | bool | Picture) -> None:
        if isinstance(value, bool):
            self._of_type("b")
            self._number("<I", int(value))
        elif isinstance(value, int):
            self._of_type("y")
            self._bytes.append(value)
        elif isinstance(value, str):
            self._of_type("s")
            self._text(value)
        else:
            self._of_type("(iiibiiay)")
            self._picture(value)

    def _picture(self, picture: Picture) -> None:
        self._pad(8)
        for number in (picture.width, picture.height, picture.stride):
            self._number("<i", number)
        self._number("<I", 1)
        self._number("<i", 8)
        self._number("<i", 4)
        start = self._open_array(1)
        self._bytes += picture.data
        self._close_array(start)

    def _open_array(self, alignment: int) -> tuple[int, int]:
        """Where its length goes, and where its first element begins."""
        self._number("<I", 0)
        length_at = len(self._bytes) - 4
        self._pad(alignment)
        return length_at, len(self._bytes)

    def _close_array(self, places: tuple[int, int]) -> None:
        length_at, start = places
        self._bytes[length_at : length_at + 4] = pack("<I", len(self._bytes) - start)


def method_call(serial: int, target: Target, member: str, body: Body) -> bytes:
    """One call, ready for the wire; `serial` is not 0 and not used before."""
    fields = Body()
    places = fields.open_fields(serial, len(bytes(body)))
    fields.field(_PATH, "o", target.path)
    fields.field(_INTERFACE, "s", target.interface)
    fields.field(_MEMBER, "s", member)
    fields.field(_DESTINATION, "s", target.destination)
    if body.signature:
        fields.field(_SIGNATURE, "g", body.signature)
    return fields.close_fields(places) + bytes(body)


def take_message(buffer: bytearray) -> Message | None:
    """Remove the first message from what came in; None while it is not complete. Raises `BusError` on anything else."""
    if len(buffer) < _FIXED_HEADER:
        return None
    order = {ord("l"): "<", ord("B"): ">"}.get(buffer[0])
    if order is None:
        raise BusError
    body_length, _serial, fields_length = unpack_from(order + "III", buffer, 4)
    body_at = _aligned(_FIXED_HEADER + fields_length, 8)
    end = body_at + body_length
    if end > MAX_MESSAGE:
        raise BusError
    if len(buffer) < end:
        return None
    raw = bytes(buffer[:end])
    del buffer[:end]
    try:
        fields = _fields(raw, order, _FIXED_HEADER + fields_length)
        return Message(
            is_error=raw[1] == ERROR,
            reply_to=_number_of(fields.get(_REPLY_SERIAL)),
            member=str(fields.get(_MEMBER, "")),
            body=_arguments(raw, order, body_at, str(fields.get(_SIGNATURE, ""))),
        )
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BusError from error


def _fields(raw: bytes, order: str, end: int) -> dict[int, int | str]:
    fields: dict[int, int | str] = {}
    at = _FIXED_HEADER
    while at < end:
        at = _aligned(at, 8)
        code, kind = raw[at], chr(raw[at + 2])
        if raw[at + 1] != 1:
            raise BusError
        fields[code], at = _basic(raw, order, at + 4, kind)
    return fields


def _arguments(raw: bytes, order: str, at: int, signature: str) -> tuple[int | str, ...]:
    arguments: list[int | str] = []
    for kind in signature:
        if kind not in "uisog":
            break
        value, at = _basic(raw, order, at, kind)
        arguments.append(value)
    return tuple(arguments)


def _basic(raw: bytes, order: str, at: int, kind: str) -> tuple[int | str, int]:
    """A value and where the next one may begin."""
    if kind == "g":
        length = raw[at]
        return raw[at + 1 : at + 1 + length].decode("ascii"), at + 2 + length
    at = _aligned(at, 4)
    if kind in "ui":
        return int(unpack_from(order + {"u": "I", "i": "i"}[kind], raw, at)[0]), at + 4
    if kind not in "so":
        raise BusError
    length = unpack_from(order + "I", raw, at)[0]
    return raw[at + 4 : at + 4 + length].decode("utf-8"), at + 5 + length


def _number_of(value: int | str | None) -> int:
    return value if isinstance(value, int) else 0


def _aligned(at: int, to: int) -> int:
    return at + -at % to
