"""D-Bus by our own hand, compared with a library that knows it."""

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cctray.ui.tray.desktop_bus import Body, BusError, Message, Picture, Target, method_call, take_message

if sys.platform != "linux":
    pytest.skip("D-Bus is the bus of Linux desktops", allow_module_level=True)

dbus_fast = pytest.importorskip("dbus_fast", reason="dbus-fast is needed to compare with")

TARGET = Target("org.example.Service", "/org/example", "org.example.Interface")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def unmarshalled(raw: bytes) -> Any:
    """The message as dbus-fast reads it."""
    from io import BytesIO

    from dbus_fast._private.unmarshaller import Unmarshaller

    stream: Any = BytesIO(raw)
    return Unmarshaller(stream).unmarshall()


@given(title=TEXT, body=TEXT, actions=st.lists(TEXT), hint=TEXT, number=st.integers(0, 2**32 - 1))
def test_a_library_reads_what_we_write(title: str, body: str, actions: list[str], hint: str, number: int) -> None:
    """Every argument of a notification arrives as it was meant, whatever its length and padding."""
    picture = Picture(2, 1, 8, bytes(range(8)))
    hints: dict[str, int | str | bool | Picture] = {
        "urgency": 2,
        "desktop-entry": hint,
        "b": True,
        "image-data": picture,
    }
    call = (
        Body().string("cctray").u32(number).string("i").string(title).string(body).strings(actions).hints(hints).i32(-1)
    )
    message = unmarshalled(method_call(7, TARGET, "Notify", call))
    assert (message.destination, message.path, message.interface) == (TARGET.destination, TARGET.path, TARGET.interface)
    assert (message.member, message.serial, message.signature) == ("Notify", 7, "susssasa{sv}i")
    app, replaces, icon, *words, told_actions, told_hints, timeout = message.body
    assert (app, replaces, icon, words, told_actions, timeout) == ("cctray", number, "i", [title, body], actions, -1)
    plain = {name: variant.value for name, variant in told_hints.items()}
    # A struct is a list or a tuple, depending on how the library was built.
    plain["image-data"] = list(plain["image-data"])
    assert plain == {
        "urgency": 2,
        "desktop-entry": hint,
        "b": True,
        "image-data": [2, 1, 8, True, 8, 4, bytes(range(8))],
    }
    assert told_hints["urgency"].signature == "y"


def test_a_call_without_arguments_has_no_signature() -> None:
    """`Hello` is such a call."""
    message = unmarshalled(method_call(1, TARGET, "Hello", Body()))
    assert (message.member, message.signature, message.body) == ("Hello", "", [])


@given(number=st.integers(0, 2**32 - 1), key=TEXT, cuts=st.lists(st.integers(1, 30)))
def test_we_read_what_a_library_writes(number: int, key: str, cuts: list[int]) -> None:
    """A signal and an answer, in bites of any size, come out whole and in order."""
    from dbus_fast import Message as Theirs
    from dbus_fast import MessageType

    signal = Theirs(
        message_type=MessageType.SIGNAL,
        path="/p",
        interface="org.example.I",
        member="ActionInvoked",
        signature="us",
        body=[number, key],
        serial=3,
    )
    answer = Theirs(message_type=MessageType.METHOD_RETURN, reply_serial=9, signature="u", body=[number], serial=4)
    raw = bytes(signal._marshall(False)) + bytes(answer._marshall(False))
    buffer, read = bytearray(), []
    for cut in [*cuts, len(raw)]:
        buffer += raw[:cut]
        raw = raw[cut:]
        while message := take_message(buffer):
            read.append(message)
    assert read == [Message(member="ActionInvoked", body=(number, key)), Message(reply_to=9, body=(number,))]


def test_an_error_says_so() -> None:
    """The answer of a bus without the service."""
    from dbus_fast import Message as Theirs
    from dbus_fast import MessageType

    error = Theirs(
        message_type=MessageType.ERROR, reply_serial=2, error_name="org.x.E", signature="s", body=["no"], serial=1
    )
    assert take_message(bytearray(error._marshall(False))) == Message(is_error=True, reply_to=2, body=("no",))


@given(raw=st.binary(min_size=16, max_size=200))
def test_anything_else_is_refused(raw: bytes) -> None:
    """Bytes that are no D-Bus end in `BusError`, in a message or in waiting for more: never in anything else."""
    try:
        take_message(bytearray(raw))
        take_message(bytearray(b"l\x04\0\1" + raw))
    except BusError:
        pass
