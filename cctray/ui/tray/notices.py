"""Notices, offer to pair, first-run page and footer of the popover. They draw views; `asked` carries an Action."""

from typing import ClassVar, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cctray.ui.buttons import Button, Kind
from cctray.ui.ink import CARD_RADIUS, NOTICE_EDGE_SHARE, Ink, elided, tone_color, width_of
from cctray.ui.marks import paint_mark
from cctray.ui.shapes import Mark, Tone
from cctray.ui.theme import BOLD, SEMIBOLD, Look, color, font, mix
from cctray.ui.tray.popover_model import Action, EmptyView, FooterView, NoticeView, OfferView
from cctray.ui.tray.sections import INNER, Section

TEXT_X: Final = 36
LINE: Final = 17
"""Height of a line of 12 px text."""


def wrapped_height(text: str, face: QFont, width: float) -> int:
    """How high the text is when wrapped, 1x pixels, in whole lines."""
    box = QFontMetricsF(face).boundingRect(QRectF(0, 0, width, 10_000), int(Qt.TextFlag.TextWordWrap), text)
    return max(1, round(box.height() / QFontMetricsF(face).lineSpacing())) * LINE


class NoticeSection(Section):
    """A tinted card: title, what to do, buttons."""

    asked = Signal(object)

    BUTTON: ClassVar = 28

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: NoticeView | None = None
        self._buttons: list[Button] = []
        self._shown: tuple[tuple[Action, str], ...] = ()

    def show_view(self, view: NoticeView, answered: frozenset[Action]) -> None:
        """Draw this from now on, with the buttons of those actions that somebody answers."""
        if view == self._view:
            return
        self._view = view
        wanted = tuple(each for each in view.actions if each[0] in answered)
        if wanted != self._shown:
            self._shown = wanted
            for button in self._buttons:
                button.hide()
                button.deleteLater()
            self._buttons = [self._button(index, *each) for index, each in enumerate(wanted)]
        self._place_buttons()
        self.setAccessibleName(f"{view.title}. {view.body}")
        self.update()

    def wanted_height(self) -> int:
        """Title, wrapped body, buttons."""
        return self._body_end() + (self.BUTTON + 10 + 9 if self._buttons else 11)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the buttons under the text."""
        self._place_buttons()

    def _place_buttons(self) -> None:
        x = float(TEXT_X)
        for button in self._buttons:
            wide = button.sizeHint().width()
            button.setGeometry(round(x), self._body_end() + 9, wide, self.BUTTON)
            x += wide + 4

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, mark, text."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette = ink.theme
            tint = tone_color(view.tone, palette)
            ground = mix(tint, 0.06 if view.tone is Tone.NEUTRAL else 0.10, palette.card)
            edge = mix(tint, NOTICE_EDGE_SHARE, palette.card)
            ink.rounded(QRectF(self.rect()), CARD_RADIUS, color(ground), color(edge))
            paint_mark(ink, view.mark, INNER, 11, tint)
            ink.paragraph(self._title_box(), view.title, font(13, SEMIBOLD), palette.text)
            box = QRectF(TEXT_X, self._title_end() + 4, self._room(), 1000)
            ink.paragraph(box, view.body, font(12), palette.chip_text)

    def _room(self) -> float:
        return self.width() - TEXT_X - INNER

    def _title_box(self) -> QRectF:
        return QRectF(TEXT_X, 10, self._room(), 1000)

    def _title_end(self) -> int:
        view = self._view
        lines = wrapped_height(view.title, font(13, SEMIBOLD), self._room()) // LINE if view else 1
        return 10 + 18 * lines

    def _body_end(self) -> int:
        view = self._view
        if view is None or not view.body:
            return self._title_end()
        return self._title_end() + 3 + wrapped_height(view.body, font(12), self._room())

    def _button(self, index: int, action: Action, text: str) -> Button:
        button = Button(self.look, Kind.BARE if index else Kind.SECONDARY, text, self.BUTTON, self)
        button.clicked.connect(lambda: self.asked.emit(action))
        button.show()
        return button


class OfferSection(Section):
    """One quiet line that offers to pair."""

    asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: OfferView | None = None
        self.pair = Button(look, Kind.QUIET, "", 23, self)
        self.dismiss = Button(look, Kind.BARE, "", 24, self)
        self.dismiss.set_mark(Mark.CLOSE)
        self.pair.clicked.connect(lambda: self.asked.emit(Action.PAIR))
        self.dismiss.clicked.connect(lambda: self.asked.emit(Action.DISMISS_OFFER))

    def show_view(self, view: OfferView) -> None:
        """Draw this from now on."""
        if view == self._view:
            return
        self._view = view
        self.pair.setText(view.pair_text)
        self.dismiss.setAccessibleName(view.dismiss_text)
        self.dismiss.setToolTip(view.dismiss_text)
        wide = max(59, self.pair.sizeHint().width())
        self.dismiss.setGeometry(self.width() - 28, 8, 24, 24)
        self.pair.setGeometry(self.width() - 31 - wide, 8, wide, 23)
        self.setAccessibleName(view.text)
        self.update()

    def wanted_height(self) -> int:
        """One line."""
        return 40

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Edge, mark, text."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette = ink.theme
            ink.rounded(QRectF(self.rect()), CARD_RADIUS, color(palette.card), color(palette.edge))
            paint_mark(ink, Mark.PAIR, INNER, 12, palette.dim)
            text = elided(view.text, font(12), self.pair.x() - TEXT_X - 6)
            ink.left(TEXT_X, 24, text, font(12), palette.text)


class EmptySection(Section):
    """First run: which folders were looked at, and what to do."""

    asked = Signal(object)

    TOP: ClassVar = 132
    """Where the card of folders begins."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: EmptyView | None = None
        self.buttons = (Button(look, Kind.PRIMARY, "", 36, self), Button(look, Kind.SECONDARY, "", 36, self))
        for index, button in enumerate(self.buttons):
            button.clicked.connect(lambda *_, place=index: self._ask(place))

    def show_view(self, view: EmptyView) -> None:
        """Draw this from now on."""
        if view == self._view:
            return
        self._view = view
        half = (self.width() - 8) // 2
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(view.actions))
            if index < len(view.actions):
                button.setText(view.actions[index][1])
            button.setGeometry(index * (half + 8), self.TOP + self._card_height(view) + 12, half, 36)
        places = ", ".join(f"{place.path} {place.state}" for place in view.places)
        self.setAccessibleName(f"{view.title}. {view.body} {view.places_title}: {places}")
        self.update()

    def wanted_height(self) -> int:
        """Title, folders, buttons."""
        view = self._view
        if view is None:
            return 0
        if not view.places:
            return self.TOP - 20
        return self.TOP + self._card_height(view) + (48 if view.actions else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Everything but the buttons."""
        view = self._view
        if view is None:
            return
        with self.ink() as ink:
            palette, middle = ink.theme, self.width() / 2
            ink.setPen(Qt.PenStyle.NoPen)
            ring = color(palette.text, 0.26)
            pen_box = QRectF(middle - 16, 12, 32, 32).adjusted(1.25, 1.25, -1.25, -1.25)
            pen = ink.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(ring)
            pen.setWidthF(2.5)
            ink.setPen(pen)
            ink.setBrush(Qt.BrushStyle.NoBrush)
            ink.drawRoundedRect(pen_box, 8.25, 8.25)
            ink.centred(middle, 73, view.title, font(16, BOLD), palette.text)
            self._paint_body(ink, view)
            if view.places:
                self._paint_places(ink, view)

    def _paint_body(self, ink: Ink, view: EmptyView) -> None:
        words, lines = view.body.split(" "), [""]
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if width_of(longer, font(12)) > self.width() - 32 and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        for index, line in enumerate(lines):
            ink.centred(self.width() / 2, 95 + index * LINE, line, font(12), ink.theme.dim)

    def _paint_places(self, ink: Ink, view: EmptyView) -> None:
        palette, right = ink.theme, self.width() - INNER
        ink.card(QRectF(0, self.TOP, self.width(), self._card_height(view)))
        ink.left(INNER, self.TOP + 25, view.places_title, font(12, SEMIBOLD), palette.dim)
        for index, place in enumerate(view.places):
            line = self.TOP + 50 + 25 * index
            paint_mark(ink, Mark.FOLDER, INNER, line - 13, palette.dim)
            start = ink.right(right, line, place.state, font(12), palette.dim)
            ink.left(TEXT_X, line, elided(place.path, font(12), start - TEXT_X - 10), font(12), palette.text)

    def _card_height(self, view: EmptyView) -> int:
        return 41 + 25 * len(view.places)

    def _ask(self, place: int) -> None:
        if self._view is not None and place < len(self._view.actions):
            self.asked.emit(self._view.actions[place][0])


class FooterSection(Section):
    """Dashboard, Pause, Settings."""

    asked = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent)
        self._view: FooterView | None = None
        self.dashboard = Button(look, Kind.BARE, "", 36, self)
        self.pause = Button(look, Kind.BARE, "", 36, self)
        self.settings = Button(look, Kind.BARE, "", 36, self)
        self.dashboard.set_mark(Mark.BARS)
        self.settings.set_mark(Mark.GEAR)
        self.dashboard.clicked.connect(lambda: self.asked.emit(Action.DASHBOARD))
        self.pause.clicked.connect(self._ask_pause)
        self.settings.clicked.connect(lambda: self.asked.emit(Action.SETTINGS))

    def show_view(self, view: FooterView) -> None:
        """Draw this from now on."""
        if view == self._view:
            return
        self._view = view
        self.dashboard.setText(view.dashboard)
        self.pause.setText(view.pause)
        self.settings.setText(view.settings)
        self.pause.set_mark(Mark.PLAY if view.is_paused else Mark.PAUSE)
        self.pause.set_kind(Kind.QUIET if view.is_paused else Kind.BARE)
        self.dashboard.setVisible(bool(view.dashboard))
        self.dashboard.setEnabled(not view.is_empty)
        self.pause.setEnabled(not view.is_empty)
        shown = [self.dashboard] * bool(view.dashboard) + [self.pause, self.settings]
        wide = self.width() / len(shown)
        for index, button in enumerate(shown):
            button.setGeometry(round(index * wide), 5, round((index + 1) * wide) - round(index * wide), 36)
        self.update()

    def wanted_height(self) -> int:
        """Rule and buttons."""
        return 41

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The rule; buttons paint themselves."""
        with self.ink() as ink:
            ink.rule(0, self.width())

    def _ask_pause(self) -> None:
        is_paused = self._view is not None and self._view.is_paused
        self.asked.emit(Action.RESUME if is_paused else Action.PAUSE)
