"""What was open lately, in the File menu."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from gdsim.ui.language import tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.start.recent import forget, recent


class RecentMenu(QObject):
    """Lists the files that are still there; `take` opens what is chosen."""

    def __init__(self, window: MainWindow, take: Callable[[Path], object]) -> None:
        super().__init__(window)
        self._window, self._take = window, take
        self._menu = window.menus_by_name["recent"]
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._list)
        self._menu.triggered.connect(self._choose)

    @Slot()
    def _list(self) -> None:
        menu = self._menu
        menu.clear()
        files = recent(self._window.user)
        names = Counter(file.name for file in files)
        # As long as a lesson is played it shuts what would take its place.
        is_open = self._window.actions_by_name["open"].isEnabled()
        for file in files:
            where = f" – {file.parent}" if names[file.name] > 1 else ""
            action = menu.addAction(f"{file.name}{where}".replace("&", "&&"))
            action.setToolTip(str(file).replace("<", "‹"))  # a name is no mark-up
            action.setData(str(file))
            action.setEnabled(is_open)
        if not files:
            menu.addAction(tr("No files yet")).setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction(tr("&Forget these files"))

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        if action.data() is None:
            forget(self._window.user)
        else:
            self._take(Path(action.data()))
