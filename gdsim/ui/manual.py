"""The manual in the window: one book in the language in use, and what the keyboard acts on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.main_window import MainWindow
from gdsim.ui.workspace import Workspace

if TYPE_CHECKING:
    from gdsim.ui.dialogs.manual_window import ManualWindow


class Manual(QObject):
    """Opens the manual's window, at the page that is asked for."""

    def __init__(self, window: MainWindow, workspace: Workspace, central: CentralWidget) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self.shown: ManualWindow | None = None
        window.language_changed.connect(self._retranslate)
        central.run_list.help_requested.connect(self.explain_run)

    @Slot()
    def open(self) -> None:
        """The page that was read last, the first one at first."""
        self.show("")

    @Slot()
    def explain(self) -> None:
        """The page of what has the focus: a view, an optimizer, a schedule, the problem."""
        self.show(self.page_of(QApplication.focusWidget()))

    @Slot(int)
    def explain_run(self, key: int) -> None:
        """The page on that run's optimizer."""
        self.show(self._of_run(key, "optimizer"))

    def show(self, page: str) -> None:
        """Open the window at that page; "" is the one that was read last."""
        if self.shown is None:
            from gdsim.ui.dialogs.manual_window import ManualWindow

            self.shown = ManualWindow(self._window)
            self._window.theme_changed.connect(self.shown.set_theme)
            self.shown.set_theme(self._window.theme)
        if page:
            self.shown.open_page(page)
        self.shown.show()
        self.shown.activateWindow()

    def page_of(self, widget: QWidget | None) -> str:
        """The page on a control, by its name or that of what it stands in."""
        while widget is not None and widget is not self._window:
            page = self._named(widget.objectName())
            if page:
                return page
            widget = widget.parentWidget()
        return "start"

    def _named(self, name: str) -> str:
        """The page on what has that name; "" where it says nothing."""
        part, _, rest = name.partition(".")
        if part == "view":
            return f"view-{rest.partition('.')[0]}"
        if part == "problem":
            return f"problem-{self._workspace.setup.problem.name}"
        if part == "lesson":
            return "lessons"
        if part == "run" and rest.partition(".")[0].isdecimal():
            return self._of_run(int(rest.partition(".")[0]) - 1, rest.partition(".")[2])
        return _PAGES.get(name, _PAGES.get(part, ""))

    def _of_run(self, key: int, control: str) -> str:
        """The page on a control of a run's card."""
        if key not in self._workspace.setup.keys:
            return ""
        run = self._workspace.setup.track(key).run
        if control.startswith("schedule"):
            return f"schedule-{run.schedule}"
        first = control.partition(".")[0]
        return _OF_CARD.get(first, f"optimizer-{run.optimizer}")

    @Slot()
    def _retranslate(self) -> None:
        if self.shown is not None:
            self.shown.retranslate()


_OF_CARD = {
    "gauge": "rates", "rate": "rates", "learning_rate": "rates", "verdict": "words", "why": "why",
    "tune": "tune", "explain": "why", "remedies": "limit",
}  # fmt: skip
_PAGES = {
    "transport": "keys", "timeline": "keys", "sweep": "tune", "race": "race", "why": "why",
    "runs": "from-here", "code": "files", "lessons": "lessons", "prediction": "lessons",
}  # fmt: skip
