"""One place for several views: the one that serves the problem is seen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.theme import Scene
from gdsim.ui.views.base import View


class ViewStack(QStackedWidget):
    """The first of its views that serves a problem shows it; the last one serves all."""

    maximise_requested = Signal()

    def __init__(self, *views: View, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = views
        for view in views:
            self.addWidget(view)
            view.maximise_requested.connect(self.maximise_requested)
        self.setFocusProxy(views[0])

    @property
    def shown(self) -> View:
        """The view that is seen."""
        view = self.currentWidget()
        assert isinstance(view, View)
        return view

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Show that moment by the view that serves its problem."""
        view = next(one for one in self.views if one.serves(snapshot.problem))
        if view is not self.currentWidget():
            had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
            self.setFocusProxy(view)
            self.setCurrentWidget(view)
            if had_focus:
                view.setFocus(Qt.FocusReason.OtherFocusReason)
        view.show_snapshot(snapshot, scene)

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for view in self.views:
            view.retranslate()

    def set_maximised(self, maximised: bool) -> None:
        """Tell the views that they fill the window, or no longer do."""
        for view in self.views:
            view.set_maximised(maximised)

    def export_png(self, path: Path) -> None:
        """Write what is seen; `Fault` where the file cannot be written."""
        self.shown.export_png(path)
