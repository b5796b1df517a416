"""Where a popover goes: at the icon, or in the screen's corner where the icon's place is unknown. Rectangles only."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize

AIR: Final = 8
"""Between the popover, the icon and the screen's edges, 1x pixels."""


def place(size: QSize, icon: QRect | None, screen: QRect, free: QRect) -> QPoint:
    """Top left of a card of `size`: beside `icon`, inside `free` (the `screen` without panels)."""
    if icon is None or icon.isEmpty():
        is_panel_above = free.top() > screen.top()
        y = free.top() + AIR if is_panel_above else free.bottom() + 1 - size.height() - AIR
        return QPoint(free.right() + 1 - size.width() - AIR, max(free.top(), y))
    is_beside = not free.left() <= icon.center().x() <= free.right()
    if is_beside:
        y = _within(icon.center().y() - size.height() // 2, free.top() + AIR, free.bottom() + 1 - size.height() - AIR)
        is_left = icon.center().x() < free.left()
        return QPoint(free.left() + AIR if is_left else free.right() + 1 - size.width() - AIR, y)
    is_low = icon.center().y() > screen.center().y()
    y = icon.top() - size.height() - AIR if is_low else icon.bottom() + 1 + AIR
    x = icon.center().x() - size.width() // 2
    return QPoint(
        _within(x, free.left() + AIR, free.right() + 1 - size.width() - AIR),
        _within(y, free.top() + AIR, free.bottom() + 1 - size.height() - AIR),
    )


def _within(value: int, low: int, high: int) -> int:
    """`value` between the two; where there is no room for both, `low` wins."""
    return max(low, min(value, high))
