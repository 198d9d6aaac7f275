"""A sentence over the window's lower edge: what was saved or written, or what failed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QLabel, QWidget

SECONDS = 5.0
"""Good news goes by itself; what failed stays until something else holds."""
_MARGIN = 12


class Notice(QLabel):
    """Lies over `parent`, takes no room in its layout, and never covers what is pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("notice")
        self.setProperty("card", True)
        self.setWordWrap(True)
        self.setMargin(6)
        self.hide()
        self._above: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)

    def stand_above(self, widget: QWidget) -> None:
        """Keep clear of that widget at the lower edge."""
        self._above = widget

    def say(self, text: str, *, lasting: bool = False) -> None:
        """Show it for some seconds, or until it is taken back by an empty text."""
        self._timer.stop()
        if text:
            self.setText(text)
            self._place()
            self.show()
            self.raise_()
            if not lasting:
                self._timer.start(round(1000 * SECONDS))
        else:
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self._over
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 4 * _MARGIN
        width = min(wide, parent.width() - 2 * _MARGIN)
        height = self.heightForWidth(width)
        taken = _MARGIN if self._above is None else self._above.height() + _MARGIN
        self.setGeometry(_MARGIN, parent.height() - taken - height, width, height)
