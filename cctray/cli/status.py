"""`cctray status`: the live numbers of the running engine; without one, of the history brought up to date."""

import sys
from collections.abc import Iterator

import msgspec

from cctray.cli import fresh, home
from cctray.cli.home import Home
from cctray.cli.live import LiveLine, page
from cctray.cli.options import EXIT_OK, Face, Options, StatusOptions
from cctray.cli.run import Start
from cctray.core.errors import CctrayError
from cctray.core.snapshot import Snapshot


def execute(options: StatusOptions, start: Start) -> int:
    """Print the Snapshot once, or again with every change."""
    place = home.find(options)
    engine = fresh.engine_of(place)
    if not options.watch:
        _print(engine.snapshot() if engine else _still(place), is_json=options.json)
        return EXIT_OK
    if engine:
        return _watch(engine.watch(), is_json=options.json)
    if options.json:
        raise CctrayError(
            "No cctray is running whose changes could be told.", "Start one with 'cctray serve', then try again."
        )
    face = Options(data_dir=options.data_dir, config_dir=options.config_dir, debug=options.debug, face=Face.LINE)
    return start(face)


def _still(place: Home) -> Snapshot:
    # WHY late: with an engine running the store is not needed.
    from cctray.cli.still import take

    fresh.bring_up_to_date(place)
    return take(place)


def _watch(snapshots: Iterator[Snapshot], *, is_json: bool) -> int:
    if is_json:
        for snapshot in snapshots:
            print(msgspec.json.encode(snapshot).decode(), flush=True)
        return EXIT_OK
    live = LiveLine()
    try:
        for snapshot in snapshots:
            live.show(snapshot)
    finally:
        live.close()
    return EXIT_OK


def _print(snapshot: Snapshot, *, is_json: bool) -> None:
    if is_json:
        print(msgspec.json.format(msgspec.json.encode(snapshot), indent=2).decode())
    else:
        print(page(snapshot))
    sys.stdout.flush()
