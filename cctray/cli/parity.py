"""`cctray parity`: the same reports by ccusage and by cctray, compared number by number."""

import os
from pathlib import Path
from typing import Final

from cctray.cli import arguments, ccusage, home
from cctray.cli.difference import Difference, compare, explained
from cctray.cli.fresh import bring_up_to_date
from cctray.cli.home import Home
from cctray.cli.options import EXIT_FAILURE, EXIT_OK, ParityOptions, ReportOptions
from cctray.cli.report import document
from cctray.cli.run import Start
from cctray.core.errors import CctrayError
from cctray.feed.places import find_places

TRIES: Final = 3
"""Transcripts grow while both programs read them: only what differs again and again is a difference."""


def execute(options: ParityOptions, _start: Start) -> int:
    """Compare and print; 0 where everything is the same, 1 where not."""
    place = home.find(options)
    program = ccusage.find(options.ccusage)
    version = ccusage.version(program)
    pinned = "" if version == ccusage.PINNED else f" (cctray follows {ccusage.PINNED})"
    print(f"ccusage {version}{pinned}: {program}", flush=True)
    folders = _folders(place)
    is_same = True
    for name in arguments.REPORTS if options.report == "all" else (options.report,):
        rows, found = _compared(name, options, place, program, folders)
        print(f"{name:<9}{f'same ({rows} rows)' if not found else f'{len(found)} differences'}", flush=True)
        for line in explained(found):
            print(f"  {line}")
        is_same = is_same and not found
    return EXIT_OK if is_same else EXIT_FAILURE


def _folders(place: Home) -> list[str]:
    roots = find_places(os.environ, place.config.extra_folders).roots
    if not roots:
        raise CctrayError(
            "No Claude Code data were found to compare.", "Run 'cctray doctor' to see where they were looked for."
        )
    folders = [str(Path(root.projects).parent) for root in roots]
    if split := [folder for folder in folders if "," in folder]:
        raise CctrayError(
            f"ccusage cannot be pointed at {split[0]}: it takes the comma for a separator.", "Link it to another name."
        )
    return folders


def _compared(
    name: str, options: ParityOptions, place: Home, program: Path, folders: list[str]
) -> tuple[int, list[Difference]]:
    """Number of rows and differences of one report."""
    zone = home.zone_name(options.timezone, place.config)
    asked = _asked(name, options, zone)
    for attempt in range(TRIES):
        theirs = ccusage.report(program, _arguments(asked), folders, zone)
        bring_up_to_date(place)
        ours = document(place, asked)
        found = compare(name, ours, theirs)
        if not found or attempt == TRIES - 1:
            break
    return len(next((value for value in ours.values() if isinstance(value, list)), [])), found


def _asked(name: str, options: ParityOptions, zone: str) -> ReportOptions:
    return ReportOptions(
        report=name,
        json=True,
        on_disk=True,
        offline=True,
        timezone=zone,
        since=options.since,
        until=options.until,
        mode=options.mode,
        order=options.order,
        start_of_week=options.start_of_week,
        session_length=options.session_length,
        data_dir=options.data_dir,
        config_dir=options.config_dir,
    )


def _arguments(asked: ReportOptions) -> list[str]:
    """The same wish in ccusage's words."""
    words = [asked.report, "--order", asked.order]
    for option, value in (("--since", asked.since), ("--until", asked.until), ("--mode", asked.mode)):
        words += [option, value] if value else []
    if asked.report == "weekly":
        words += ["--start-of-week", asked.start_of_week]
    if asked.report == "blocks":
        words += ["--session-length", f"{asked.session_length:g}"]
    return words
