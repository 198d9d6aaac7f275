"""Files that are opened by a double click on macOS, where they come as events, not as words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class FileOpener(QObject):
    """Listens to the application for as long as both exist."""

    opened = Signal(object)
    """The path of a file to open."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            self.opened.emit(Path(event.file()))
            return True
        return super().eventFilter(watched, event)
