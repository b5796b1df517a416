"""The style sheet of dialogs, made from a theme table. Painted parts (buttons, switches) do not need it."""

from typing import Final

from PySide6.QtGui import QFontDatabase

from cctray.ui.theme import FAMILIES, Palette, color

FIXED: Final = ("Noto Sans Mono", "Cascadia Mono", "SF Mono")
"""For reports in columns, first one that is installed."""


def fixed_family() -> str:
    """A family in which columns stay columns."""
    # Looked for by name: for one that is missing, fontconfig gives Qt the nearest name, which is not of fixed width.
    installed = (name for name in FIXED if QFontDatabase.hasFamily(name))
    return next(installed, QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family())


def style_sheet(palette: Palette) -> str:
    """Rules for dialogs whose plain parts carry the object names used here."""
    family = ", ".join(f'"{name}"' for name in FAMILIES)
    accent = color(palette.accent).name()
    return f"""
    QDialog {{ background: {palette.card}; }}
    QLabel, QListWidget, QLineEdit, QComboBox, QPlainTextEdit, QToolTip {{
        color: {palette.text}; font-family: {family}; font-size: 13px; background: transparent; }}
    QLabel#title {{ font-size: 16px; font-weight: 700; }}
    QLabel#section {{ font-size: 12px; font-weight: 600; color: {palette.dim}; }}
    QLabel#dim {{ font-size: 12px; color: {palette.dim}; }}
    QLabel#complaint {{ font-size: 12px; color: {palette.bad}; }}
    QFrame#rule {{ background: {palette.line}; border: none; }}
    QFrame#card {{ background: {palette.raised}; border: 1px solid {palette.line}; border-radius: 12px; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QListWidget {{ border: none; outline: none; }}
    QListWidget::item {{ height: 32px; border-radius: 6px; padding-left: 12px; color: {palette.dim}; }}
    QListWidget::item:hover {{ color: {palette.text}; }}
    QListWidget::item:selected {{ background: {palette.selection}; color: {palette.text}; }}
    QListWidget::item:selected:active {{ border: 1px solid transparent; }}
    QListWidget::item:focus {{ border: 1px solid {accent}; }}
    QLineEdit, QComboBox {{ background: {palette.raised}; border: 1px solid {palette.control_edge};
        border-radius: 8px; padding: 0 10px; min-height: 30px; selection-background-color: {palette.button};
        selection-color: {palette.on_button}; }}
    QLineEdit:focus, QComboBox:focus {{ border: 1px solid {accent}; }}
    QComboBox QLineEdit {{ border: none; padding: 0; min-height: 28px; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox QAbstractItemView {{ background: {palette.raised}; color: {palette.text};
        border: 1px solid {palette.edge}; selection-background-color: {palette.selection};
        selection-color: {palette.text}; }}
    QPlainTextEdit {{ background: {palette.raised}; border: 1px solid {palette.line}; border-radius: 12px;
        padding: 10px; font-family: "{fixed_family()}"; font-size: 12px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {palette.control_edge}; border-radius: 3px; min-height: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
    """


def menu_sheet(palette: Palette) -> str:
    """Rules for the menus of our own windows; the tray's menu is drawn by the desktop."""
    return f"""
    QMenu {{ background: {palette.card}; border: 1px solid {palette.edge}; padding: 6px;
        color: {palette.text}; font-size: 13px; }}
    QMenu::item {{ padding: 6px 16px 6px 12px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {palette.selection}; color: {palette.text}; }}
    QMenu::indicator {{ width: 14px; height: 14px; }}
    """
