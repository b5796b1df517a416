"""Run a service for ever: what fails is logged, shown and started again after a while. The one broad `except`."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from cctray.core.errors import CctrayError

log = logging.getLogger(__name__)

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
"""A service that can't run (a port in use, a broken library) is tried once a minute: soon enough after a repair."""
STEADY_S: Final = 120.0
"""After running so long a failure is a new one, and the wait begins anew."""


async def supervise(
    name: str,
    serve: Callable[[], Awaitable[None]],
    on_failure: Callable[[str, Exception], None],
    on_recovery: Callable[[str], None],
) -> None:
    """Run `serve` until cancelled; first failure loud, repeats quiet."""
    wait_s = FIRST_WAIT_S
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await serve()
        except Exception as failure:
            error = _first_of(failure)
            if loop.time() - began > STEADY_S:
                wait_s = FIRST_WAIT_S
            unforeseen = not isinstance(error, CctrayError)
            level = logging.WARNING if wait_s == FIRST_WAIT_S else logging.DEBUG
            log.log(level, "%s stopped: %s", name, error, exc_info=error if unforeseen else None)
            on_failure(name, error)
        else:
            on_recovery(name)
            return
        await asyncio.sleep(wait_s)
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)
        on_recovery(name)


def _first_of(error: Exception) -> Exception:
    """What failed first inside a service's own task group, which has no words for a person."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
