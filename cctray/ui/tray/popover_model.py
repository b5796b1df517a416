"""What the popover shows, as plain text and numbers: `popover_view` makes it, the widgets draw it. No Qt."""

from enum import StrEnum

from msgspec import Struct

from cctray.ui.shapes import Chip, Mark, Tone


class Action(StrEnum):
    """What a button in the popover asks for."""

    CHOOSE_FOLDER = "choose-folder"
    LOOK_AGAIN = "look-again"
    PAUSE = "pause"
    RESUME = "resume"
    PAIR = "pair"
    DISMISS_OFFER = "dismiss-offer"
    RETRY_HUB = "retry-hub"
    DETAILS = "details"
    DASHBOARD = "dashboard"
    SETTINGS = "settings"


class Choice(Struct, frozen=True):
    """One entry of the scope chooser; `machine` None means all."""

    machine: str | None
    name: str


class HeadView(Struct, frozen=True, kw_only=True):
    """The head line and the two big figures."""

    title: str
    choices: tuple[Choice, ...] = ()
    status: str = ""
    chip: Chip | None = None
    tooltip: str = ""
    figure: str
    """Empty: a dash stands for it."""
    unit: str
    second: str
    second_unit: str
    caption: str
    level: Chip | None = None
    second_caption: str = ""
    is_live: bool = True


class SparkView(Struct, frozen=True, kw_only=True):
    """The last hour."""

    shares: tuple[float, ...]
    """Heights 0.0 to 1.0 of the highest, oldest first."""
    paused_from: float | None = None
    """Where along the hour the pause began, 0.0 to 1.0."""
    left: str
    middle: str
    right: str
    is_live: bool = True
    is_short: bool = False


class BlockView(Struct, frozen=True, kw_only=True):
    """The 5-hour block. The bar is `used`, the tick `elapsed`; without `used` the bar itself is the elapsed time."""

    title: str
    hours: str = ""
    left_text: str = ""
    used: float | None = None
    elapsed: float | None = None
    projected: float | None = None
    figure: str = ""
    figure_word: str = ""
    chip: Chip | None = None
    cost: str = ""
    pace: str = ""
    pace_right: str = ""
    pace_is_bad: bool = False
    week: str = ""
    week_right: str = ""
    is_hot: bool = False
    is_live: bool = True
    has_bar: bool = True


class TodayView(Struct, frozen=True, kw_only=True):
    """Today's total and what has to be said about it."""

    title: str
    chip: Chip
    tokens: str
    tokens_word: str
    cost: str
    note: str = ""
    warning: str = ""
    warning_tooltip: str = ""
    is_live: bool = True


class StepView(Struct, frozen=True, kw_only=True):
    """One part of the history being read."""

    mark: Mark
    name: str
    state: str
    is_waiting: bool = False
    is_done: bool = False


class ReadingView(Struct, frozen=True, kw_only=True):
    """Progress of the first read."""

    title: str
    percent: str
    share: float
    left: str
    right: str
    steps: tuple[StepView, ...]


class NoticeView(Struct, frozen=True, kw_only=True):
    """Something to know, with what to do."""

    title: str
    body: str
    tone: Tone
    mark: Mark
    actions: tuple[tuple[Action, str], ...] = ()


class MachineView(Struct, frozen=True, kw_only=True):
    """One row of machines."""

    name: str
    mark: Mark
    state: str
    """The mark in words, for the accessible name."""
    tags: tuple[Chip, ...] = ()
    suffix: str = ""
    rate: str = ""
    cost: str = ""
    is_live: bool = True
    is_gone: bool = False
    pair_text: str = ""


class MachinesView(Struct, frozen=True, kw_only=True):
    """The list of machines."""

    title: str = ""
    rate_title: str = ""
    cost_title: str = ""
    rows: tuple[MachineView, ...]
    more: str = ""


class OfferView(Struct, frozen=True, kw_only=True):
    """The quiet offer to pair another machine."""

    text: str
    pair_text: str
    dismiss_text: str


class PlaceView(Struct, frozen=True, kw_only=True):
    """A folder that was looked at."""

    path: str
    state: str


class EmptyView(Struct, frozen=True, kw_only=True):
    """Nothing found yet."""

    title: str
    body: str
    places_title: str
    places: tuple[PlaceView, ...] = ()
    actions: tuple[tuple[Action, str], ...] = ()


class FooterView(Struct, frozen=True, kw_only=True):
    """The three doors at the bottom."""

    dashboard: str
    """Empty: this build has none."""
    pause: str
    settings: str
    is_paused: bool = False
    is_empty: bool = False


class PopoverView(Struct, frozen=True, kw_only=True):
    """All of the popover; a part that is None is not shown."""

    empty: EmptyView | None = None
    head: HeadView | None = None
    notices: tuple[NoticeView, ...] = ()
    reading: ReadingView | None = None
    spark: SparkView | None = None
    block: BlockView | None = None
    today: TodayView | None = None
    late_notices: tuple[NoticeView, ...] = ()
    """Shown under today: what explains a state rather than warns of it."""
    machines: MachinesView | None = None
    offer: OfferView | None = None
    footer: FooterView
    next_ms: int = 30_000
    """After this many milliseconds some text here is out of date."""
