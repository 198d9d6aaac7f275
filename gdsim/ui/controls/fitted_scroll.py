"""A scroll area that is as high as its contents want, until there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdsim.ui.steady import SteadyScroll

LEAST_LINES = 7
"""Lines of text that stay in sight however little room there is."""


class FittedScroll(SteadyScroll):
    """Scrolls up and down only, and only where it must."""

    def __init__(self, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._body = body
        self.setWidget(body)

    def sizeHint(self) -> QSize:
        body = self._body
        hint = body.sizeHint()
        width = self.viewport().width()
        height = body.heightForWidth(width) if body.hasHeightForWidth() else hint.height()
        return QSize(hint.width(), max(height, 1))

    def minimumSizeHint(self) -> QSize:
        least = LEAST_LINES * self.fontMetrics().lineSpacing()
        hint = self.sizeHint()
        return QSize(self._body.minimumSizeHint().width(), min(least, hint.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
