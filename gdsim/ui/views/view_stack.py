"""One place for several views: the one that serves the problem, or was chosen, is seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from gdsim.engine.problems import Problem
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.scene import Scene
from gdsim.ui.views.base import View

V = TypeVar("V", bound=View)


class ViewStack(QStackedWidget):
    """The first of its views that serves a problem shows it, or the one that the user chose.

    Each is built when it is first needed.
    """

    built = Signal(object)
    """A new view, whose signals may be wanted."""
    maximise_requested = Signal()
    elsewhere_requested = Signal(str)
    """A view is asked for that stands in the place of which this one is a tab."""

    def __init__(self, kinds: Sequence[type[View]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = tuple(kinds)
        self._views: dict[type[View], View] = {}
        self._chosen = ""
        self._served: Problem | None = None
        self._last: tuple[Snapshot, Scene] | None = None
        self._maximised = False
        self._tab: ViewStack | None = None

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
            self.addWidget(found)
            if self._maximised:
                found.set_maximised(True)
            found.maximise_requested.connect(self.maximise_requested)
            found.other_requested.connect(self.choose)
            self.built.emit(found)
        assert isinstance(found, kind)
        return found

    @Slot(str)
    def choose(self, name: str) -> None:
        """Prefer the view of that name to the first that serves; "" prefers none."""
        if name and all(kind.name != name for kind in self._kinds):
            self.elsewhere_requested.emit(name)
            return
        self._chosen, self._served = name, None
        if self._last is not None:
            self.show_snapshot(*self._last)

    def serve(self, problem: Problem) -> None:
        """Let the view be seen that has a picture of such a problem."""
        if problem is self._served:
            return
        self._served = problem
        able = [kind for kind in self._kinds if kind.serves(problem)]
        kind = next((kind for kind in able if kind.name == self._chosen), able[0])
        view = self.view(kind)
        self._offer(view)
        if view is not self.focusProxy():
            had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
            self.setFocusProxy(view)
            self.setCurrentWidget(view)
            if had_focus:
                view.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_tab(self, other: ViewStack | None) -> None:
        """Name in the title the view of another place, which has no room of its own."""
        if other is not self._tab:
            self._tab = other
            if self._served is not None:
                self._offer(self.shown)

    def _offer(self, view: View) -> None:
        problem = self._served
        assert problem is not None
        others = [kind for kind in self._kinds if kind.serves(problem) and kind is not type(view)]
        beyond = [] if self._tab is None else [type(self._tab.shown)]
        view.offer([*others, *beyond])

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Show that moment by the view that serves its problem."""
        self._last = snapshot, scene
        self.serve(snapshot.problem)
        self.shown.show_snapshot(snapshot, scene)

    def retranslate(self) -> None:
        """All texts in the language in use."""
        for view in self._views.values():
            view.retranslate()

    def set_maximised(self, maximised: bool) -> None:
        """Tell the views that they fill the window, or no longer do."""
        self._maximised = maximised
        for view in self._views.values():
            view.set_maximised(maximised)
