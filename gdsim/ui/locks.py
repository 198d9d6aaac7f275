"""Controls that are locked for a while, with the reason: seen, legible, deaf to hand and keys.

By their stable names (`naming.py`), so that whoever locks knows no control; what is built later
under such a name is locked too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from gdsim.ui.controls.lock_sign import LockSign
from gdsim.ui.main_window import MainWindow
from gdsim.ui.theme import Theme

ACTIONS = {
    "transport.play": ("play", "play_until_settled", "rerun"),
    "transport.step": ("step",),
    "transport.back": ("step_back",),
    "transport.reset": ("reset",),
    "transport.timeline": ("home", "end"),
    "transport.speed": ("faster", "slower"),
    "runs.add": ("add_run", "branch"),
}
"""Menus and keys that do the same as a control: they are locked with it."""
_DEAF_TO = frozenset({
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick,
    QEvent.Type.ContextMenu, QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd, QEvent.Type.DragEnter, QEvent.Type.Drop, QEvent.Type.InputMethod,
    QEvent.Type.KeyRelease, QEvent.Type.NativeGesture, QEvent.Type.Gesture,
})  # fmt: skip
_PASSED_ON = frozenset({QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.Wheel})
"""What goes on to what is around it: the panel scrolls, the window has its keys."""
_LEADING_ON = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


@dataclass(frozen=True)
class _Held:
    """A control that is locked, and how it was before."""

    widget: QWidget
    sign: LockSign
    tip: str
    description: str


class Locks(QObject):
    """What is locked in a window, and why."""

    told = Signal(str)
    """All reasons, a line each; empty where nothing is locked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._reasons: dict[str, str] = {}
        self._held: dict[str, _Held] = {}
        window.theme_changed.connect(self._draw_anew)

    @property
    def reasons(self) -> dict[str, str]:
        """{name of a control: why it is locked}."""
        return dict(self._reasons)

    def lock(self, names: Iterable[str], reason: str) -> None:
        """Lock the controls of these names, there or yet to come, and all that is in them."""
        names = tuple(names)
        for name in names:
            self._free(name)  # it may be locked for another reason
        self._reasons.update(dict.fromkeys(names, reason))
        self._tell()

    def unlock(self, names: Iterable[str] | None = None) -> None:
        """Unlock these, or all."""
        for name in tuple(self._reasons if names is None else names):
            self._reasons.pop(name, None)
            self._free(name)
        self._tell()

    @Slot()
    def hold(self) -> None:
        """Lock what has been built since under a locked name."""
        for name, reason in self._reasons.items():
            held = self._held.get(name)
            widget = self._window.findChild(QWidget, name)
            if widget is not None and (held is None or held.widget is not widget):
                self._close(name, widget, reason)
            elif widget is not None and held is not None:
                held.sign.place()  # it may show another value

    def _tell(self) -> None:
        self.hold()
        locked = {action for name in self._reasons for action in ACTIONS.get(name, ())}
        for action in (action for actions in ACTIONS.values() for action in actions):
            self._window.actions_by_name[action].setEnabled(action not in locked)
        self.told.emit("\n".join(dict.fromkeys(self._reasons.values())))

    def _close(self, name: str, widget: QWidget, reason: str) -> None:
        self._held[name] = _Held(
            widget, LockSign(widget, self._window.theme), widget.toolTip(),
            widget.accessibleDescription(),
        )  # fmt: skip
        widget.setToolTip(reason)
        widget.setAccessibleDescription(reason)
        for one in (widget, *widget.findChildren(QWidget)):
            one.installEventFilter(self)
        _mark(widget, locked=True)

    def _free(self, name: str) -> None:
        held = self._held.pop(name, None)
        if held is None or not Shiboken.isValid(held.widget):
            return
        widget = held.widget
        held.sign.hide()
        held.sign.deleteLater()
        for one in (widget, *widget.findChildren(QWidget)):
            one.removeEventFilter(self)
        widget.setToolTip(held.tip)
        widget.setAccessibleDescription(held.description)
        _mark(widget, locked=False)

    @Slot(object)
    def _draw_anew(self, theme: Theme) -> None:
        for name in tuple(self._held):
            self._free(name)
        self.hold()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _DEAF_TO:
            return True
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            return event.buttons() != Qt.MouseButton.NoButton  # pointing tells, dragging acts
        if kind in _PASSED_ON:
            if isinstance(event, QKeyEvent) and event.key() in _LEADING_ON:
                return False
            event.ignore()
            return True
        if kind == QEvent.Type.Resize:
            for held in self._held.values():
                if held.widget is watched:
                    held.sign.place()
        return super().eventFilter(watched, event)


def _mark(widget: QWidget, *, locked: bool) -> None:
    """Look as the style sheet has it for what is locked; painted controls read the property."""
    for one in (widget, *widget.findChildren(QWidget)):
        one.setProperty("locked", locked)
        one.style().unpolish(one)
        one.style().polish(one)
        one.update()
