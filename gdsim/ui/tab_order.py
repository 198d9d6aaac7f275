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
    for i in range(layout.count()):
        item = layout.itemAt(i)
        if item is None:
            continue
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            yield from _laid_out(inner)
        elif widget is not None:
            yield from stops(widget)
