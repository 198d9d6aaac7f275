"""What of a window is cut off, elided without a word, or lies on something else."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)

from gdsim.ui.views.title_bar import TitleLabel


def faults(window: QWidget) -> list[str]:
    """All that an eye would stumble over, a line each."""
    return [*_cut_off(window), *_texts(window), *_overlaps(window)]


def _seen(window: QWidget) -> Iterator[QWidget]:
    return (w for w in window.findChildren(QWidget) if w.isVisible() and w.window() is window)


def _name(widget: QWidget) -> str:
    return widget.objectName() or type(widget).__name__


def _cut_off(window: QWidget) -> Iterator[str]:
    """What reaches beyond what it stands in, unless that scrolls."""
    for widget in _seen(window):
        around, place = widget.parentWidget(), widget.geometry()
        while around is not None and not isinstance(around.parentWidget(), QAbstractScrollArea):
            if not around.rect().contains(place):
                yield f"{_name(widget)} reaches beyond {_name(around)}: {place.getRect()}"
                break
            if around is window:
                break
            place = place.translated(around.pos())
            around = around.parentWidget()


def _texts(window: QWidget) -> Iterator[str]:
    for widget in _seen(window):
        if isinstance(widget, TitleLabel):
            if widget.shown != widget.text() and not widget.toolTip():
                yield f"title {widget.text()!r} is cut to {widget.shown!r}"
        elif isinstance(widget, QLabel) and widget.text():
            high = widget.heightForWidth(widget.width()) if widget.wordWrap() else 0
            if high > widget.height() + 1:
                yield f"{_name(widget)} needs {high} px of height: {widget.text()!r}"
            wide = 0 if widget.wordWrap() else widget.sizeHint().width()
            if wide > widget.width() + 1:
                yield f"{_name(widget)} needs {wide} px, has {widget.width()}: {widget.text()!r}"
        elif isinstance(widget, QAbstractButton) and widget.text():
            if _wide(widget) > widget.width() + 1:
                yield f"{_name(widget)} has too little width for {widget.text()!r}"
        elif isinstance(widget, (QLineEdit, QComboBox)) and not widget.toolTip():
            text, room = _field(widget)
            if widget.fontMetrics().horizontalAdvance(text) > room + 1:
                yield f"{_name(widget)} shows {text!r} in {room} px, and no tool tip does"


def _wide(button: QAbstractButton) -> int:
    """What it needs; for a sign alone no more than the sign."""
    sign = len(button.text()) == 1
    wide: int = button.fontMetrics().horizontalAdvance(button.text())
    return wide if sign else button.sizeHint().width()


def _field(widget: QLineEdit | QComboBox) -> tuple[str, int]:
    """A field's text, and the pixels that it has."""
    if isinstance(widget, QLineEdit):
        frame = QStyleOptionFrame()
        widget.initStyleOption(frame)
        part = QStyle.SubElement.SE_LineEditContents
        inside: QRect = widget.style().subElementRect(part, frame, widget)
        return widget.text(), inside.width() - 4
    option = QStyleOptionComboBox()
    widget.initStyleOption(option)
    kind, shown = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    return widget.currentText(), widget.style().subControlRect(kind, option, shown, widget).width()


def _overlaps(window: QWidget) -> Iterator[str]:
    """Neighbours of one layout that lie on each other."""
    for around in (window, *_seen(window)):
        if around.layout() is None:
            continue
        laid = [
            w for w in around.children()
            if isinstance(w, QWidget) and w.isVisible() and not w.isWindow() and _is_laid(w, around)
        ]  # fmt: skip
        for place, one in enumerate(laid):
            for other in laid[place + 1 :]:
                shared = one.geometry().intersected(other.geometry())
                if shared.width() > 1 and shared.height() > 1:
                    yield f"{_name(one)} lies on {_name(other)} at {around.mapTo(window, QPoint())}"


def _is_laid(widget: QWidget, around: QWidget) -> bool:
    """Whether a layout has placed it: what lies over the window on purpose has none."""
    return type(widget).__name__ not in ("FocusRing", "Notice", "_Ring") and (
        not widget.objectName().startswith(("focus.", "notice"))
    )
