"""`view_of`: a Snapshot and a moment become the text and numbers of the popover. Pure; words by Qt's translation.

With an official limit the bar is its used share, the tick the elapsed time, the hatch the pace. Without one there is no
used share: the bar is the elapsed time in a neutral colour, said so (`55 % elapsed`), without tick or hatch, and the
pace is the cost at the end (`on this pace $18.40 at 16:00`, an estimate). A limit that has reset is not shown. One
machine chosen: its own rate and today; the last hour is known of all machines together only, so it is left out.
"""

from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QCoreApplication

from cctray.core.config import RateUnit
from cctray.core.snapshot import Machine, Place, PlaceState, Reading, Snapshot
from cctray.core.words import compact, money
from cctray.ui.shapes import Chip, Mark
from cctray.ui.tray.block_view import block_of
from cctray.ui.tray.head_view import head_of, spark_of
from cctray.ui.tray.machines_view import machines_of
from cctray.ui.tray.notice_view import notices_of, paused_notice
from cctray.ui.tray.popover_model import (
    Action,
    EmptyView,
    FooterView,
    OfferView,
    PlaceView,
    PopoverView,
    ReadingView,
    StepView,
    TodayView,
)
from cctray.ui.tray.popover_scene import MINUTE_MS, Scene, percent, plain

translate = QCoreApplication.translate

MEGABYTE: Final = 1_000_000
RECENT_DAYS: Final = 30
"""`Reading.days_read` counts these."""
MOST_PLACES: Final = 6
SECOND_MS: Final = 1000


def view_of(
    snapshot: Snapshot,
    scope: str | None,
    now_ms: int,
    zone: tzinfo,
    *,
    unit: RateUnit = RateUnit.ALL_TOKENS,
    offers_pairing: bool = True,
) -> PopoverView:
    """Everything the popover shows at `now_ms`; `scope` is a machine's id, None for all."""
    scene = Scene(snapshot=snapshot, machine=_chosen(snapshot, scope), now_ms=now_ms, zone=zone, unit=unit)
    if _is_first_run(snapshot):
        return PopoverView(
            empty=_empty(snapshot), late_notices=notices_of(scene), footer=_footer(snapshot), next_ms=30_000
        )
    is_reading = snapshot.reading is not None and not scene.is_paused
    return PopoverView(
        head=head_of(scene),
        notices=notices_of(scene),
        reading=_reading(snapshot.reading) if snapshot.reading is not None and is_reading else None,
        spark=None if is_reading else spark_of(scene),
        block=None if is_reading else block_of(scene),
        today=None if scene.is_hub_lost else _today(scene),
        late_notices=(paused_notice(),) if scene.is_paused else (),
        machines=None if is_reading else machines_of(scene),
        offer=_offer(scene) if offers_pairing and not is_reading else None,
        footer=_footer(snapshot),
        next_ms=SECOND_MS if scene.is_hub_lost else MINUTE_MS - now_ms % MINUTE_MS + 1,
    )


def _chosen(snapshot: Snapshot, scope: str | None) -> Machine | None:
    return next((each for each in snapshot.machines if each.id == scope), None) if scope is not None else None


def _is_first_run(snapshot: Snapshot) -> bool:
    has_history = snapshot.block is not None or snapshot.today.entries > 0 or snapshot.is_team
    return not (snapshot.has_data or has_history or snapshot.reading is not None)


def _empty(snapshot: Snapshot) -> EmptyView:
    if not snapshot.places:
        return EmptyView(
            title=translate("Popover", "Looking for Claude Code data…"),
            body=translate("Popover", "Numbers appear here in a moment."),
            places_title="",
        )
    return EmptyView(
        title=translate("Popover", "No Claude Code data found yet"),
        body=translate(
            "Popover", "cctray keeps looking. Numbers appear here as soon as Claude Code is used on this machine."
        ),
        places_title=translate("Popover", "Looked in"),
        places=tuple(
            PlaceView(path=plain(each.path), state=place_state(each)) for each in snapshot.places[:MOST_PLACES]
        ),
        actions=(
            (Action.CHOOSE_FOLDER, translate("Popover", "Choose folder…")),
            (Action.LOOK_AGAIN, translate("Popover", "Look again")),
        ),
    )


def place_state(place: Place) -> str:
    """What was found there, in a word or two."""
    return {
        PlaceState.FOUND: translate("Popover", "{count} files").format(count=f"{place.files:,}"),
        PlaceState.EMPTY: translate("Popover", "empty"),
        PlaceState.MISSING: translate("Popover", "not there"),
        PlaceState.UNREADABLE: translate("Popover", "not readable"),
        PlaceState.UNSET: translate("Popover", "not set"),
    }[place.state]


def _reading(reading: Reading) -> ReadingView:
    share = min(1.0, reading.bytes_done / reading.bytes_total) if reading.bytes_total > 0 else 0.0
    size = translate("Popover", "{done} of {total} MB")
    files = translate("Popover", "{done} of {total} files")
    return ReadingView(
        title=translate("Popover", "Reading your history"),
        percent=percent(share),
        share=share,
        left=size.format(done=_megabytes(reading.bytes_done), total=_megabytes(reading.bytes_total)),
        right=files.format(done=f"{reading.files_done:,}", total=f"{reading.files_total:,}"),
        steps=_steps(reading),
    )


def _steps(reading: Reading) -> tuple[StepView, ...]:
    is_recent_done = reading.days_read >= RECENT_DAYS
    complete = translate("Popover", "complete")
    days = translate("Popover", "{days} days read").format(days=reading.days_read)
    rest = translate("Popover", "reading") if is_recent_done else translate("Popover", "waiting")
    if reading.remaining_s is not None:
        rest += translate("Popover", ", about {seconds:.0f} s").format(seconds=max(1.0, reading.remaining_s))
    today = complete if reading.today_complete else translate("Popover", "reading")
    recent = complete if is_recent_done else days if reading.today_complete else translate("Popover", "waiting")
    return (
        _step(translate("Popover", "Today and this block"), today, is_done=reading.today_complete, is_turn=True),
        _step(translate("Popover", "Last 30 days"), recent, is_done=is_recent_done, is_turn=reading.today_complete),
        _step(translate("Popover", "Older"), rest, is_done=False, is_turn=is_recent_done),
    )


def _step(name: str, state: str, *, is_done: bool, is_turn: bool) -> StepView:
    mark = Mark.CHECK if is_done else Mark.PROGRESS if is_turn else Mark.CLOCK
    return StepView(mark=mark, name=name, state=state, is_done=is_done, is_waiting=not is_done and not is_turn)


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:,.0f}"


def _today(scene: Scene) -> TodayView:
    snapshot = scene.snapshot
    today = snapshot.today if scene.machine is None else scene.machine.today
    unpriced = len(snapshot.unpriced_models)
    several = translate("Popover", "{count} models unpriced: not in the sums").format(count=unpriced)
    single = translate("Popover", "1 model unpriced: not in the sums")
    return TodayView(
        title=translate("Popover", "Today"),
        chip=Chip(text=translate("Popover", "transcript")),
        tokens=compact(today.tokens.total),
        tokens_word=translate("Popover", "tokens"),
        cost=money(today.cost),
        note=_reading_note(snapshot.reading) if not scene.is_paused else "",
        warning="" if not unpriced else single if unpriced == 1 else several,
        warning_tooltip="\n".join(plain(each) for each in snapshot.unpriced_models),
        is_live=scene.is_live,
    )


def _reading_note(reading: Reading | None) -> str:
    if reading is None:
        return ""
    if reading.today_complete:
        return translate("Popover", "Newest first: the figures above are final.")
    return translate("Popover", "Newest first: today is final in a moment.")


def _offer(scene: Scene) -> OfferView | None:
    is_alone = len(scene.snapshot.machines) <= 1 and not scene.snapshot.is_team
    if not scene.snapshot.can_pair or not is_alone or scene.is_paused:
        return None
    return OfferView(
        text=translate("Popover", "Claude Code on another machine?"),
        pair_text=translate("Popover", "Pair…"),
        dismiss_text=translate("Popover", "Do not offer this again"),
    )


def _footer(snapshot: Snapshot) -> FooterView:
    is_paused = snapshot.paused_since_ms is not None
    return FooterView(
        dashboard=translate("Popover", "Dashboard") if snapshot.has_dashboard else "",
        pause=translate("Popover", "Resume") if is_paused else translate("Popover", "Pause"),
        settings=translate("Popover", "Settings"),
        is_paused=is_paused,
        is_empty=_is_first_run(snapshot),
    )
