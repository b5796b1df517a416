"""The parser of requests: whatever comes in, it is a request or it is refused."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cctray.door import wire
from cctray.door.wire import RefusedError, Request

PIECES = st.sampled_from(
    [
        *(
            b"GET",
            b"POST",
            b" ",
            b"/v1/info",
            b"/",
            b"?",
            b"HTTP/1.0",
            b"HTTP/1.1",
            b"HTTP/2",
            b"\r\n",
            b"\n",
            b"\r",
            b":",
        ),
        *(
            b"Host",
            b"Origin",
            b"Content-Length",
            b"Transfer-Encoding",
            b"chunked",
            b"0",
            b"9" * 5000,
            b"-1",
            b"\t",
            b"\x00",
        ),
    ]
)
NAMES = st.text(st.sampled_from(wire.TOKEN.decode()), min_size=1)
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, blacklist_categories=["Cc"]))


@given(st.binary() | st.lists(PIECES | st.binary(max_size=4)).map(b"".join))
@example(b"GET / HTTP/1.0\r\nContent-Length: " + b"9" * 16_000 + wire.END)
def test_any_bytes_are_a_request_or_refused(head: bytes) -> None:
    """Nothing else comes of it, and what is let through is clean: a path, one value a name, no line ends in them."""
    try:
        request = wire.parse(head)
        length = request.length
    except RefusedError:
        return
    assert request.path.startswith("/")
    assert 0 <= length < 10**wire.MAX_LENGTH_DIGITS
    assert all(name == name.lower() and name.isascii() for name in request.fields)
    assert not any(set(value) & {"\r", "\n", "\0"} for value in request.fields.values())


@given(st.sampled_from(["GET", "POST", "PUT"]), st.text(string.ascii_letters + "/-%"), st.dictionaries(NAMES, VALUES))
def test_what_is_said_well_is_understood(method: str, path: str, said: dict[str, str]) -> None:
    """Method, path without its query, and every header arrive as they were sent."""
    fields = {name.lower(): value for name, value in said.items()}
    lines = [f"{method} /{path}?query=1 HTTP/1.1", *(f"{name}: {value} " for name, value in fields.items())]
    head = "\r\n".join(lines).encode("latin-1") + wire.END
    assert wire.parse(head) == Request(method=method, path=f"/{path}", fields=fields)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "GET /",
        "GET  / HTTP/1.0",
        "GET / HTTP/2.0",
        "GET http://127.0.0.1/ HTTP/1.1",
        "GET /\x7f HTTP/1.0",
        "G(T / HTTP/1.0",
        " / HTTP/1.0",
        "GET / HTTP/1.0\nHost: a",
        "GET / HTTP/1.0\r\nOrigin : http://evil.example",
        "GET / HTTP/1.0\r\nHost: a\r\n folded: b",
        "GET / HTTP/1.0\r\nHost: a\r\nHOST: b",
        "GET / HTTP/1.0\r\nHost",
        "GET / HTTP/1.0\r\nHost: a\x00b",
        "GET / HTTP/1.0\r\n: b",
    ],
)
def test_ambiguous_heads_are_refused(head: str) -> None:
    """What another reader could take for something else is taken for nothing."""
    with pytest.raises(RefusedError) as caught:
        wire.parse(head.encode() + wire.END)
    assert caught.value.status == 400


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "1 2", "", "0x1", "\u00b2", "1" * 19, "1, 1"])
def test_a_length_that_is_no_number(text: str) -> None:
    """The length of a body is plain digits, and not too many."""
    head = f"GET / HTTP/1.0\r\nContent-Length: {text}".encode("latin-1") + wire.END
    with pytest.raises(RefusedError, match="no number"):
        _ = wire.parse(head).length
