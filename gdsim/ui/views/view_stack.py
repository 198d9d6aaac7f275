"""One place for several views: the one that serves the problem is seen."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.theme import Scene
from gdsim.ui.views.base import View

V = TypeVar("V", bound=View)


class ViewStack(QStackedWidget):
    """The first of its views that serves a problem shows it; the last one serves all.

    Each is built when it is first needed: at the start of the window two of six are.
    """

    built = Signal(object)
    """A new view, whose signals may be wanted."""
    maximise_requested = Signal()

    def __init__(self, *kinds: type[View], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._views: dict[type[View], View] = {}
        self._maximised = False

    @property
    def shown(self) -> View:
        """The view that is seen."""
        view = self.currentWidget()
        assert isinstance(view, View)
        return view

    def view(self, kind: type[V]) -> V:
        """The view of that kind."""
        found = self._views.get(kind)
        if found is None:
            found = self._views[kind] = kind()
            before = self.currentWidget()
            self.addWidget(found)
            if before is not None:
                _tab_behind(before, found)
            if self._maximised:
                found.set_maximised(True)
            found.maximise_requested.connect(self.maximise_requested)
            self.built.emit(found)
        assert isinstance(found, kind)
        return found

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Show that moment by the view that serves its problem."""
        view = self.view(next(kind for kind in self._kinds if kind.serves(snapshot.problem)))
        if view is not self.focusProxy():
            had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
            self.setFocusProxy(view)
            self.setCurrentWidget(view)
            if had_focus:
                view.setFocus(Qt.FocusReason.OtherFocusReason)
        view.show_snapshot(snapshot, scene)

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for view in self._views.values():
            view.retranslate()

    def set_maximised(self, maximised: bool) -> None:
        """Tell the views that they fill the window, or no longer do."""
        self._maximised = maximised
        for view in self._views.values():
            view.set_maximised(maximised)

    def export_png(self, path: Path) -> None:
        """Write what is seen; `Fault` where the file cannot be written."""
        self.shown.export_png(path)


def _tab_behind(before: QWidget, view: QWidget) -> None:
    """Let the Tab key find `view` beside `before`, not behind all that was built earlier."""
    for one, following in pairwise([*_tab_stops(before)[-1:], *_tab_stops(view)]):
        QWidget.setTabOrder(one, following)


def _tab_stops(view: QWidget) -> list[QWidget]:
    """Where the Tab key halts in a view, in its order."""
    stops: list[QWidget] = []
    widget = view.nextInFocusChain()
    while widget is not None and view.isAncestorOf(widget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stops.append(widget)
        widget = widget.nextInFocusChain()
    return stops
