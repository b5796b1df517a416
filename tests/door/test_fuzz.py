"""Nonsense through real sockets: the door answers or hangs up, soon, and stays open for everybody else."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cctray.door import address as door_address
from cctray.door import visits
from cctray.door.sockets import Transport
from tests.door.serving import entered, outside, served
from tests.fakes import FakeEngine

SOON_S = 10.0
MAX_ANSWER = 16 * 1024
WELL_SAID = [
    b"GET /v1/info HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n",
    b'POST /v1/command HTTP/1.1\r\nAuthorization: Bearer {token}\r\nContent-Length: 16\r\n\r\n{"type":"pause"}',
    b"POST /v1/catch-up HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A request with a piece cut out and another put in."""
    whole = draw(st.sampled_from(WELL_SAID))
    begin, end = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    return whole[:begin] + draw(st.binary(max_size=20) | st.just(b"x" * 40_000)) + whole[end:]


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=200) | damaged(), max_size=4), st.booleans(), st.sampled_from(Transport))
def test_nonsense_is_answered_or_hung_up_on(said: list[bytes], is_half_closed: bool, transport: Transport) -> None:
    """The connection ends within its time limits with at most one refusal or answer, and the next caller is served."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(visits, "REQUEST_S", 0.05)
        patch.setattr(visits, "CLOSING_S", 0.05)
        asyncio.run(_rude_visit(Path(folder) / "door" / "door.json", said, is_half_closed, transport))


async def _rude_visit(door_file: Path, said: list[bytes], is_half_closed: bool, transport: Transport) -> None:
    engine = FakeEngine()
    engine.may_catch_up.set()
    async with served(engine, door_file, transport), asyncio.timeout(SOON_S):
        answer = await _heard(door_file, said, is_half_closed)
        assert answer == b"" or answer.startswith(b"HTTP/1.0 ")
        assert not answer.startswith(b"HTTP/1.0 500")
        assert len(answer) < MAX_ANSWER
        assert answer.count(b"X-Cctray-Door") <= 1
        client = await entered(door_file)
        assert (await outside(client.snapshot)).rev == 1


async def _heard(door_file: Path, said: list[bytes], is_half_closed: bool) -> bytes:
    known = door_address.read(door_file)
    assert known is not None
    if known.port:
        reader, writer = await asyncio.open_connection("127.0.0.1", known.port)
    else:
        reader, writer = await asyncio.open_unix_connection(known.socket)
    heard = b""
    try:
        for words in said:
            writer.write(words.replace(b"{token}", known.token.encode()).replace(b"{port}", str(known.port).encode()))
            await writer.drain()
        if is_half_closed:
            writer.write_eof()
        while some := await reader.read(MAX_ANSWER):
            heard += some
    except ConnectionError:
        # Hung up on in the middle of a word.
        pass
    finally:
        writer.close()
    return heard
