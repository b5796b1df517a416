"""What the door answers, and to whom: one method per request. Knows no connection.

Whoever comes in has shown the token of the door file, and nobody comes in from a web page.
"""

import asyncio
import hmac
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

import msgspec
from msgspec import Struct

from cctray.door import protocol, wire
from cctray.door.address import Address
from cctray.door.port import EnginePort
from cctray.door.protocol import Info
from cctray.door.wire import RefusedError, Request

MAX_BODY: Final = 64 * 1024
"""Bytes; the largest command, settings with hundreds of folders and prices, stays far below."""
COALESCE_S: Final = 0.1
"""At most ten snapshots a second: screens do not draw more."""


class Route(Struct, frozen=True, kw_only=True):
    """How a request is answered."""

    method: str
    answer: Callable[[bytes], Awaitable[bytes]] | None = None
    """Gives the body of the answer for that of the request; None: it is a stream of snapshots."""
    has_body: bool = False
    may_wait: bool = False
    """Whether the answer may take longer than a moment, and is dropped when the caller hangs up."""


class Routes:
    """The requests of the door, for one engine."""

    def __init__(self, engine: EnginePort, address: Address, measure: Callable[[], tuple[int, float]]) -> None:
        self.version = address.version
        self._engine = engine
        self._address = address
        self._measure = measure
        self._routes = {
            protocol.INFO: Route(method="GET", answer=self._info),
            protocol.SNAPSHOT: Route(method="GET", answer=self._snapshot),
            protocol.SNAPSHOTS: Route(method="GET", may_wait=True),
            protocol.COMMAND: Route(method="POST", answer=self._command, has_body=True),
            protocol.CATCH_UP: Route(method="POST", answer=self._catch_up, may_wait=True),
        }

    def find(self, request: Request) -> Route:
        """How to answer; raise RefusedError for web pages, strangers, other versions and the unknown, in this order."""
        self._admit(request)
        route = self._routes.get(request.path)
        if route is None:
            raise wire.refused(404, request.path)
        if route.method != request.method:
            raise wire.refused(405, request.path)
        if route.has_body and request.length > MAX_BODY:
            raise wire.refused(413, request.path)
        return route

    async def snapshots(self) -> AsyncGenerator[bytes, None]:
        """The lines of the stream, each made when the one before is out: whoever reads slowly misses some."""
        snapshot = self._engine.snapshot
        yield msgspec.json.encode(snapshot) + b"\n"
        while True:
            await asyncio.sleep(COALESCE_S)
            line = b""
            try:
                async with asyncio.timeout(protocol.HEARTBEAT_S):
                    snapshot = await self._engine.next_snapshot(snapshot.rev)
                line = msgspec.json.encode(snapshot)
            except TimeoutError:
                # Nothing happened; an empty line shows that the engine lives.
                pass
            yield line + b"\n"

    def _admit(self, request: Request) -> None:
        named = request.fields.get("host", "")
        if "origin" in request.fields or (self._address.port and named != f"127.0.0.1:{self._address.port}"):
            raise RefusedError(403, "The door is not open to web pages.", "Use the cctray command.")
        shown = request.fields.get("authorization", "").encode()
        if not hmac.compare_digest(shown, f"Bearer {self._address.token}".encode()):
            raise RefusedError(403, "The token is not the one of the door file.", "Try again.")
        asking = request.fields.get(protocol.DOOR_HEADER.lower(), str(protocol.DOOR))
        if asking != str(protocol.DOOR):
            other = request.fields.get(protocol.VERSION_HEADER.lower(), "another")
            refusal = protocol.mismatch(self._address.version, other)
            raise RefusedError(426, refusal.title, refusal.remedy)

    async def _info(self, _body: bytes) -> bytes:
        rss_bytes, cpu_s = self._measure()
        watch = self._engine.snapshot.watch
        return msgspec.json.encode(
            Info(version=self.version, pid=os.getpid(), rss_bytes=rss_bytes, cpu_s=cpu_s, watch=watch)
        )

    async def _snapshot(self, _body: bytes) -> bytes:
        return msgspec.json.encode(self._engine.snapshot)

    async def _command(self, body: bytes) -> bytes:
        try:
            self._engine.post(protocol.decode_command(body))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RefusedError(
                400, f"The command is not one: {error}.", "Update cctray, so that both sides are the same."
            ) from error
        return msgspec.json.encode(None)

    async def _catch_up(self, _body: bytes) -> bytes:
        await self._engine.catch_up()
        return msgspec.json.encode(None)
