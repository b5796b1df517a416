"""The requests of the local door, answered by aiohttp. Imported by `DoorServer.serve` alone, for its weight.

Whoever comes in has shown the token of the door file, and nobody comes in from a web page.
"""

import asyncio
import hmac
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from cctray.core.errors import CctrayError
from cctray.door import protocol
from cctray.door.address import Address
from cctray.door.port import EnginePort
from cctray.door.protocol import Info, Refusal

MAX_BODY: Final = 64 * 1024
"""Bytes; the largest command, settings with hundreds of folders and prices, stays far below."""
MAX_CONNECTIONS: Final = 32
"""A dashboard, some `status --watch` and a few prompts' `statusline` at once; more is a runaway script."""
REQUEST_S: Final = 10.0
"""To say what one wants; a local client does it in milliseconds."""
STALLED_READER_S: Final = 300.0
"""A stopped `status --watch` (Ctrl-Z) may hold its connection this long."""
CLOSING_S: Final = 1.0
"""Answers under way get this long when the engine stops."""
COALESCE_S: Final = 0.1
"""At most ten snapshots a second: screens do not draw more."""
SEND_BUFFER: Final = 8 * 1024
"""Bytes the kernel may hold for a stream: what lies there is old news for a slow reader."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Routes:
    """One method per request."""

    def __init__(self, engine: EnginePort, address: Address, measure: Callable[[], tuple[int, float]]) -> None:
        self._engine = engine
        self._address = address
        self._measure = measure
        self._streams: set[asyncio.Task[object]] = set()
        self._silent: set[asyncio.BaseProtocol] = set()

    def application(self) -> web.Application:
        """The requests with their guard."""

        @web.middleware
        async def guard(request: web.Request, handler: Answer) -> web.StreamResponse:
            return await self._guard(request, handler)

        application = web.Application(client_max_size=MAX_BODY, middlewares=[guard])
        application.router.add_get(protocol.INFO, self._info, allow_head=False)
        application.router.add_get(protocol.SNAPSHOT, self._snapshot, allow_head=False)
        application.router.add_get(protocol.SNAPSHOTS, self._snapshots, allow_head=False)
        application.router.add_post(protocol.COMMAND, self._command)
        application.router.add_post(protocol.CATCH_UP, self._catch_up)
        application.on_response_prepare.append(self._sign)
        application.on_shutdown.append(self._end_streams)
        return application

    def connected(self, connection: web.RequestHandler) -> None:
        """Close a connection that asks nothing in time."""
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(REQUEST_S, self._close_silent, connection)

    def _close_silent(self, connection: web.RequestHandler) -> None:
        if connection in self._silent:
            self._silent.discard(connection)
            connection.force_close()

    async def _guard(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        self._silent.discard(request.protocol)
        if refused := self._refused(request):
            return refused
        try:
            return await answer(request)
        except TimeoutError:
            return _refuse(408, "The request was not said to its end.", "Try again.")
        except web.HTTPException as error:
            return _refuse(error.status, f"The door refused {request.path}: {error.reason}.", "Update cctray.")
        except CctrayError as error:
            return _refuse(500, error.title, error.remedy)

    def _refused(self, request: web.Request) -> web.Response | None:
        """Turn away web pages, strangers and other versions, in this order."""
        named = request.headers.get("Host", "")
        if "Origin" in request.headers or (self._address.port and named != f"127.0.0.1:{self._address.port}"):
            return _refuse(403, "The door is not open to web pages.", "Use the cctray command.")
        shown = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, f"Bearer {self._address.token}".encode()):
            return _refuse(403, "The token is not the one of the door file.", "Try again.")
        asking = request.headers.get(protocol.DOOR_HEADER, str(protocol.DOOR))
        if asking != str(protocol.DOOR):
            refusal = protocol.mismatch(self._address.version, request.headers.get(protocol.VERSION_HEADER, "another"))
            return _refuse(426, refusal.title, refusal.remedy)
        return None

    async def _sign(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers[protocol.DOOR_HEADER] = str(protocol.DOOR)
        response.headers[protocol.VERSION_HEADER] = self._address.version

    async def _info(self, _request: web.Request) -> web.Response:
        rss_bytes, cpu_s = self._measure()
        watch = self._engine.snapshot.watch
        return _json(
            Info(version=self._address.version, pid=os.getpid(), rss_bytes=rss_bytes, cpu_s=cpu_s, watch=watch)
        )

    async def _snapshot(self, _request: web.Request) -> web.Response:
        return _json(self._engine.snapshot)

    async def _command(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(REQUEST_S):
                self._engine.post(protocol.decode_command(await request.read()))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _refuse(400, f"The command is not one: {error}.", "Update cctray, so that both sides are the same.")
        return _json(None)

    async def _catch_up(self, _request: web.Request) -> web.Response:
        await self._engine.catch_up()
        return _json(None)

    async def _snapshots(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        writer = await response.prepare(request)
        task = asyncio.current_task()
        if writer is None or task is None or request.transport is None:
            return response
        request.transport.set_write_buffer_limits(high=0)
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._streams.add(task)
        try:
            await self._send_snapshots(writer)
        except (TimeoutError, ConnectionError):
            # The reader went away or stands still: its connection is closed by the return.
            request.transport.close()
        finally:
            self._streams.discard(task)
        return response

    async def _send_snapshots(self, writer: AbstractStreamWriter) -> None:
        snapshot = self._engine.snapshot
        await _send(writer, msgspec.json.encode(snapshot))
        while True:
            await asyncio.sleep(COALESCE_S)
            try:
                async with asyncio.timeout(protocol.HEARTBEAT_S):
                    snapshot = await self._engine.next_snapshot(snapshot.rev)
            except TimeoutError:
                await _send(writer, b"")
            else:
                await _send(writer, msgspec.json.encode(snapshot))

    async def _end_streams(self, _application: web.Application) -> None:
        for task in self._streams:
            task.cancel()


@asynccontextmanager
async def listening(routes: Routes, listener: socket.socket) -> AsyncIterator[None]:
    """Answer requests on the socket for the length of the block."""
    runner = web.AppRunner(
        routes.application(),
        access_log=None,
        handler_cancellation=True,
        keepalive_timeout=REQUEST_S,
        lingering_time=CLOSING_S,
        shutdown_timeout=CLOSING_S,
    )
    await runner.setup()
    try:
        server = await _listen(_gate(routes, runner), listener)
        try:
            yield
        finally:
            # Not `async with`: from Python 3.12 on it waits for connections that only the next line ends.
            server.close()
    finally:
        await runner.cleanup()


def _gate(routes: Routes, runner: web.AppRunner) -> Callable[[], asyncio.BaseProtocol]:
    def enter() -> asyncio.BaseProtocol:
        server = runner.server
        if server is None or len(server.connections) >= MAX_CONNECTIONS:
            return _Full()
        connection = server()
        routes.connected(connection)
        return connection

    return enter


async def _listen(enter: Callable[[], asyncio.BaseProtocol], listener: socket.socket) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    if listener.family == socket.AF_INET:
        return await loop.create_server(enter, sock=listener)
    return await loop.create_unix_server(enter, sock=listener)


class _Full(asyncio.Protocol):
    """Says that there are too many, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to say it."""
        self._transport = transport
        asyncio.get_running_loop().call_later(CLOSING_S, transport.close)

    def data_received(self, _data: bytes) -> None:
        """Answer after the question, or the closing would be taken for a broken connection."""
        if isinstance(self._transport, asyncio.WriteTransport):
            refusal = Refusal(title="Too many programs talk to cctray at once.", remedy="Close some and try again.")
            head = f"HTTP/1.0 503 Full\r\n{protocol.DOOR_HEADER}: {protocol.DOOR}\r\n\r\n".encode()
            self._transport.write(head + msgspec.json.encode(refusal))
            self._transport.close()


async def _send(writer: AbstractStreamWriter, line: bytes) -> None:
    """Write a line and wait until the kernel has all of it, so that a slow reader holds no queue here."""
    async with asyncio.timeout(STALLED_READER_S):
        await writer.write(line + b"\n")
        await writer.drain()


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")


def _refuse(status: int, title: str, remedy: str) -> web.Response:
    refusal = Refusal(title=title, remedy=remedy)
    return web.Response(status=status, body=msgspec.json.encode(refusal), content_type="application/json")
