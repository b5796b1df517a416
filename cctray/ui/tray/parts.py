"""The parts of the popover from top to bottom: which are shown, and how far apart. Nothing is drawn here."""

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

from cctray.ui.theme import Look
from cctray.ui.tray.headline import HeadSection
from cctray.ui.tray.machine_rows import MachinesSection
from cctray.ui.tray.notices import EmptySection, FooterSection, NoticeSection, OfferSection
from cctray.ui.tray.popover_model import Action, NoticeView, PopoverView
from cctray.ui.tray.sections import BlockSection, ReadingSection, Section, SparkSection, TodaySection

TOP: Final = 12
GAP: Final = 12
TIGHT: Final = 8
"""Between the captions and the sparkline, and between rows and the footer's rule."""
BOTTOM: Final = 8


class Parts(QObject):
    """All sections, made once. `asked` carries an Action, `chosen` a machine's id or None."""

    asked = Signal(object)
    chosen = Signal(object)

    def __init__(self, owner: QWidget, look: Look, width: int, answered: frozenset[Action]) -> None:
        super().__init__(owner)
        self._owner, self._look, self._width, self._answered = owner, look, width, answered
        self._chain: list[QAbstractButton] = []
        self._empty = EmptySection(look, owner)
        self._head = HeadSection(look, owner)
        self._early: list[NoticeSection] = []
        self._reading = ReadingSection(look, owner)
        self._spark = SparkSection(look, owner)
        self._block = BlockSection(look, owner)
        self._today = TodaySection(look, owner)
        self._late: list[NoticeSection] = []
        self._machines = MachinesSection(look, owner)
        self._offer = OfferSection(look, owner)
        self._footer = FooterSection(look, owner)
        for part in (self._empty, self._machines, self._offer, self._footer):
            part.asked.connect(self.asked)
        self._head.chosen.connect(self.chosen)
        self._all: list[Section] = [
            self._empty, self._head, self._reading, self._spark, self._block, self._today,
            self._machines, self._offer, self._footer,
        ]  # fmt: skip
        for section in self._all:
            section.resize(width, 1)
            section.hide()

    def show_view(self, view: PopoverView, at: QPoint) -> int:
        """Draw the view with its top left at `at`; returns how high all of it is."""
        plan = self._plan(view)
        wanted = {id(section) for section, _ in plan}
        for section in (*self._all, *self._early, *self._late):
            section.setVisible(id(section) in wanted)
        y = TOP
        for section, gap in plan:
            y += gap
            section.setGeometry(at.x(), at.y() + y, self._width, section.wanted_height())
            y += section.height()
        self._chain_focus(plan)
        return y + BOTTOM

    def _plan(self, view: PopoverView) -> list[tuple[Section, int]]:
        plan: list[tuple[Section, int]] = []
        if view.empty is not None:
            self._empty.show_view(view.empty)
            plan.append((self._empty, 0))
        if view.head is not None:
            self._head.show_view(view.head)
            plan.append((self._head, 0))
        plan += self._notices(self._early, view.notices)
        plan += self._numbers(view)
        plan += self._notices(self._late, view.late_notices)
        last = GAP
        if view.machines is not None:
            self._machines.show_view(view.machines, can_ask=Action.PAIR in self._answered)
            plan.append((self._machines, GAP))
            last = TIGHT
        if view.offer is not None:
            self._offer.show_view(view.offer)
            plan.append((self._offer, GAP))
            last = TIGHT
        self._footer.show_view(view.footer)
        plan.append((self._footer, last))
        return plan

    def _numbers(self, view: PopoverView) -> list[tuple[Section, int]]:
        plan: list[tuple[Section, int]] = []
        if view.reading is not None:
            self._reading.show_view(view.reading)
            plan.append((self._reading, GAP))
        if view.spark is not None:
            self._spark.show_view(view.spark)
            plan.append((self._spark, GAP if view.notices else TIGHT))
        if view.block is not None:
            self._block.show_view(view.block)
            plan.append((self._block, GAP))
        if view.today is not None:
            self._today.show_view(view.today)
            plan.append((self._today, GAP))
        return plan

    def _notices(self, pool: list[NoticeSection], views: tuple[NoticeView, ...]) -> list[tuple[Section, int]]:
        while len(pool) < len(views):
            section = NoticeSection(self._look, self._owner)
            section.asked.connect(self.asked)
            section.resize(self._width, 1)
            pool.append(section)
        for section, view in zip(pool, views, strict=False):
            section.show_view(view, self._answered)
        return [(section, GAP) for section in pool[: len(views)]]

    def _chain_focus(self, plan: list[tuple[Section, int]]) -> None:
        """Tab goes from top to bottom, whichever part was made first."""
        buttons = [button for section, _ in plan for button in section.buttons_in_order()]
        if buttons == self._chain:
            return
        self._chain = buttons
        for first, second in pairwise(buttons):
            QWidget.setTabOrder(first, second)
