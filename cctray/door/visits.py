"""The connections of the door: how many, how long, and what happens when either side ends. No request is known here.

A visit is one connection with one request. Nobody who says nothing, or does not read, keeps anything of the engine.
"""

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final, TypeVar

from cctray.core.errors import CctrayError
from cctray.door import wire
from cctray.door.routes import Route, Routes
from cctray.door.sockets import BACKLOG
from cctray.door.wire import RefusedError, Request

log = logging.getLogger(__name__)

MAX_VISITS: Final = 32
"""A dashboard, some `status --watch` and a few prompts' `statusline` at once; more is a runaway script."""
MAX_TURNED_AWAY: Final = 32
"""As many more hear why they are not let in; others find their connection closed."""
REQUEST_S: Final = 10.0
"""To say what one wants, and to take a short answer; a local client does either in milliseconds."""
STALLED_READER_S: Final = 300.0
"""A stopped `status --watch` (Ctrl-Z) may hold its connection this long."""
CLOSING_S: Final = 1.0
"""Answers under way get this long when the engine stops, and callers to hang up after theirs."""
SEND_BUFFER: Final = 8 * 1024
"""Bytes the kernel may hold for a stream: what lies there is old news for a slow reader."""
DISCARD: Final = 64 * 1024
"""Bytes at a time of what nobody wants to hear."""

T = TypeVar("T")


@asynccontextmanager
async def listening(routes: Routes, listener: socket.socket) -> AsyncIterator[None]:
    """Answer requests on the socket for the length of the block."""
    async with asyncio.TaskGroup() as tasks:
        visits = _Visits(routes, tasks)
        server = await _serve(visits.enter, listener)
        try:
            yield
        finally:
            # Not `async with`: from Python 3.12 on it waits for connections that only the next line ends.
            server.close()
            await visits.end()


class _GoneError(Exception):
    """The caller went away, said nothing or stands still: there is nobody to answer."""


class _Visits:
    """All that are open."""

    def __init__(self, routes: Routes, tasks: asyncio.TaskGroup) -> None:
        self._routes = routes
        self._tasks = tasks
        self._inside: dict[asyncio.Task[None], _Visit] = {}
        self._turned_away: set[asyncio.Task[None]] = set()
        self._is_open = True

    def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Begin a visit, or refuse it."""
        if not self._is_open:
            writer.transport.abort()
            return
        visit = _Visit(self._routes, self._tasks, reader, writer)
        if len(self._inside) < MAX_VISITS:
            task = self._tasks.create_task(visit.attend(visit.answer))
            self._inside[task] = visit
            task.add_done_callback(self._inside.pop)
        elif len(self._turned_away) < MAX_TURNED_AWAY:
            task = self._tasks.create_task(visit.attend(visit.turn_away))
            self._turned_away.add(task)
            task.add_done_callback(self._turned_away.discard)
        else:
            writer.transport.abort()
            return
        # Not in the task, which may be cancelled before it begins; not `close`, which would keep for a standing
        # reader what it has not taken.
        task.add_done_callback(lambda _: writer.transport.abort())

    async def end(self) -> None:
        """End them all: streams and silent ones at once, answers under way when they are out."""
        self._is_open = False
        for task, visit in self._inside.items():
            visit.is_last = True
            if not visit.is_under_way:
                task.cancel()
        for task in self._turned_away:
            task.cancel()
        if self._inside:
            await asyncio.wait(list(self._inside), timeout=CLOSING_S)
        for task in self._inside:
            task.cancel()


class _Visit:
    """One of them."""

    def __init__(
        self, routes: Routes, tasks: asyncio.TaskGroup, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.is_under_way = False
        """Whether a request was heard whose answer is short and not out yet: worth waiting for at the end."""
        self.is_last = False
        """Whether the engine stops."""
        self._has_answered = False
        self._routes = routes
        self._tasks = tasks
        self._reader = reader
        self._writer = writer
        # Then `drain` waits until the kernel has all, and no queue grows here.
        writer.transport.set_write_buffer_limits(high=0)

    async def attend(self, visit: Callable[[], Awaitable[None]]) -> None:
        """Do it. A failure that nobody foresaw is this visit's alone, told and logged."""
        # `gather` keeps the failure here: raised, it would end every other visit with their TaskGroup.
        (failure,) = await asyncio.gather(visit(), return_exceptions=True)
        if isinstance(failure, Exception) and not isinstance(failure, _GoneError):
            log.error("The door failed to answer.", exc_info=failure)
            await self._tell_failure()

    async def answer(self) -> None:
        """Hear the request and answer it."""
        try:
            request = wire.parse(await self._head())
            route = self._routes.find(request)
            self.is_under_way = route.answer is not None
            answer = await self._made(route, request)
        except CctrayError as error:
            answer = wire.refusal(error, self._routes.version)
        if answer is None:
            await self._while_there(self._stream())
        else:
            await self._say(answer, REQUEST_S)
            self.is_under_way = False
            await self._part()

    async def turn_away(self) -> None:
        """Say that there are too many; after the question, or it would be taken for a broken connection."""
        with suppress(OSError):
            async with asyncio.timeout(CLOSING_S):
                await self._reader.read(DISCARD)
        refused = RefusedError(503, "Too many programs talk to cctray at once.", "Close some and try again.")
        await self._say(wire.refusal(refused, self._routes.version), CLOSING_S)
        await self._part()

    async def _head(self) -> bytes:
        try:
            async with asyncio.timeout(REQUEST_S):
                return await self._reader.readuntil(wire.END)
        except asyncio.LimitOverrunError as error:
            raise wire.nonsense("its head is too long") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise _GoneError from error

    async def _body(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(REQUEST_S):
                return await self._reader.readexactly(request.length)
        except TimeoutError as error:
            raise RefusedError(408, "The request was not said to its end.", "Try again.") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise _GoneError from error

    async def _made(self, route: Route, request: Request) -> bytes | None:
        """The whole answer, None for a stream."""
        if route.answer is None:
            return None
        making = route.answer(await self._body(request) if route.has_body else b"")
        made = await (self._while_there(making) if route.may_wait else making)
        return wire.answer(200, self._routes.version, made)

    async def _while_there(self, work: Awaitable[T]) -> T:
        """Wait for it; the visit is cancelled when the caller hangs up."""
        hearing = self._tasks.create_task(self._hear_the_end(asyncio.current_task()))
        try:
            return await work
        finally:
            hearing.cancel()

    async def _hear_the_end(self, visit: asyncio.Task[object] | None) -> None:
        with suppress(OSError):
            while await self._reader.read(DISCARD):
                pass
        if visit is not None:
            visit.cancel()

    async def _stream(self) -> None:
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        await self._say(wire.stream(self._routes.version), STALLED_READER_S)
        async with aclosing(self._routes.snapshots()) as lines:
            async for line in lines:
                await self._say(line, STALLED_READER_S)

    async def _say(self, words: bytes, timeout_s: float) -> None:
        """Return when the kernel has them all, so that a slow reader holds no queue here."""
        self._has_answered = True
        try:
            async with asyncio.timeout(timeout_s):
                self._writer.write(words)
                await self._writer.drain()
        except OSError as error:
            raise _GoneError from error

    async def _tell_failure(self) -> None:
        refused = RefusedError(wire.FAILED, "The running cctray failed to answer.", "Look into its log.")
        if not self._has_answered:
            with suppress(_GoneError):
                await self._say(wire.refusal(refused, self._routes.version), CLOSING_S)

    async def _part(self) -> None:
        """Let the caller hang up first: cut off while it still speaks, it could lose the answer."""
        if self.is_last:
            return
        with suppress(OSError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(CLOSING_S):
                while await self._reader.read(DISCARD):
                    pass


async def _serve(
    enter: Callable[[asyncio.StreamReader, asyncio.StreamWriter], None], listener: socket.socket
) -> asyncio.Server:
    if sys.platform != "win32" and listener.family == socket.AF_UNIX:
        return await asyncio.start_unix_server(enter, sock=listener, limit=wire.MAX_HEAD, backlog=BACKLOG)
    return await asyncio.start_server(enter, sock=listener, limit=wire.MAX_HEAD, backlog=BACKLOG)
