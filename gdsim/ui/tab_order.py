"""The Tab key goes where the eye goes: through the layouts, as they stand when it is pressed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtWidgets import QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget


def put_in_order(root: QWidget) -> None:
    """Chain all that the Tab key halts at below `root` as it is laid out.

    Controls are built when they are needed, in any order; Qt would keep that one.
    """
    for one, following in pairwise(stops(root)):
        QWidget.setTabOrder(one, following)


def stops(widget: QWidget) -> Iterator[QWidget]:
    """Where the Tab key may halt in a widget, row by row."""
    halts = widget.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
    if halts:
        yield widget
    if isinstance(widget, QSplitter | QStackedWidget):
        for i in range(widget.count()):
            yield from _of(widget.widget(i))
    elif isinstance(widget, QScrollArea):
        yield from _of(widget.widget())
    elif (layout := widget.layout()) is not None:
        yield from _laid_out(layout)


def _of(widget: QWidget | None) -> Iterator[QWidget]:
    return stops(widget) if widget is not None else iter(())


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    """By the places of widgets and layouts, and not by `itemAt`: Python would keep its items when
    Qt has deleted them, and take what comes to lie at their addresses for items."""
    parent = layout.parentWidget()
    if parent is None:
        return
    found: list[tuple[int, QLayout | QWidget]] = [
        (layout.indexOf(one), one) for one in layout.children() if isinstance(one, QLayout)
    ]
    found += [(layout.indexOf(one), one) for one in parent.children() if isinstance(one, QWidget)]
    for place, one in sorted(found, key=lambda pair: pair[0]):
        if place >= 0:
            yield from _laid_out(one) if isinstance(one, QLayout) else stops(one)
