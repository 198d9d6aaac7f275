"""The least that a PySide6 program can show; prints when it was painted."""

import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class FirstPaint(QObject):
    """Prints the time after the window's first paint and leaves."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.tell)
        return super().eventFilter(watched, event)

    def tell(self) -> None:
        """To whoever has started this."""
        print(time.time(), flush=True)
        QApplication.quit()


application = QApplication(sys.argv)
window = QMainWindow()
filter_ = FirstPaint(window)
window.installEventFilter(filter_)
window.resize(1366, 768)
window.show()
application.exec()
