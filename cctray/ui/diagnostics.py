"""The diagnostics dialog: shows a report somebody else wrote, and copies it. Knows nothing of what is in it."""

from typing import Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from cctray.ui.buttons import Button, Kind
from cctray.ui.settings.pages import text
from cctray.ui.sheet import style_sheet
from cctray.ui.theme import Look, qt_palette

translate = QCoreApplication.translate

WIDE: Final = 720
HIGH: Final = 520


class DiagnosticsDialog(QDialog):
    """A report to read and copy. `show_report` may come later than the dialog."""

    def __init__(self, look: Look, report: str = "") -> None:
        super().__init__()
        self._look = look
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName(translate("Diagnostics", "Report"))
        self._text.setTabChangesFocus(True)
        self.copy_button = Button(look, Kind.PRIMARY, translate("Diagnostics", "Copy"), 32)
        self.close_button = Button(look, Kind.SECONDARY, translate("Diagnostics", "Close"), 32)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)
        self.setWindowTitle(translate("Diagnostics", "Diagnostics of cctray"))
        self.resize(WIDE, HIGH)
        self._build()
        self._dress()
        self.show_report(report)
        look.changed.connect(self._dress)

    def show_report(self, report: str) -> None:
        """Show this text; empty means it is still being gathered."""
        self._report = report
        self._text.setPlainText(report or translate("Diagnostics", "Looking…"))
        self.copy_button.setEnabled(bool(report))
        self.copy_button.setText(translate("Diagnostics", "Copy"))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(text(translate("Diagnostics", "Diagnostics"), "title"))
        about = translate(
            "Diagnostics",
            "What was looked for and found. It holds no text of your conversations and goes nowhere by itself.",
        )
        column.addWidget(text(about, "dim"))
        column.addWidget(self._text, 1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.copy_button)
        column.addLayout(row)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy_button.setText(translate("Diagnostics", "Copied"))

    def _dress(self) -> None:
        self.setPalette(qt_palette(self._look.palette))
        self.setStyleSheet(style_sheet(self._look.palette))
