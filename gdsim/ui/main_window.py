"""The window's shell: menus, keys, language, theme, closing. Painted before NumPy is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtCore import QByteArray, QObject, QPoint, QSettings, QSize, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
)  # fmt: skip
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

from gdsim import __version__
from gdsim.engine.fields import Field, Settings, fields_of, settings_values
from gdsim.system.resources import resource
from gdsim.ui import language
from gdsim.ui.actions import ACTIONS, GLYPHS, MENUS, Action, Menu
from gdsim.ui.language import tr
from gdsim.ui.notice import Notice
from gdsim.ui.preferences import Preferences
from gdsim.ui.settings import UserSettings
from gdsim.ui.tab_order import put_in_order
from gdsim.ui.theme import DARK, LIGHT, Theme, apply, apply_to_boxes, system_theme

if TYPE_CHECKING:
    from gdsim.ui.central_widget import CentralWidget


USUAL = QSize(1366, 768)
"""The size of the first window, where there is room for it."""
LEAST = QSize(820, 520)
"""With less than that the picture cannot be read; a smaller screen gets what it has."""
SMALL = QSize(720, 440)
"""A screen of less than that (1366 × 768 at 200 %) gets smaller type."""
FRAME = QSize(8, 36)
"""What a window manager's frame may take; before the window is shown nobody knows."""


class MainWindow(QMainWindow):
    """Shell of the window; `populate` puts the central widget into it."""

    theme_changed = Signal(object)
    language_changed = Signal()
    file_dropped = Signal(object)
    closing = Signal()

    def __init__(
        self,
        settings: QSettings,
        lang: str | None = None,
        theme: str | None = None,
        answers: str | None = None,
    ) -> None:
        super().__init__()
        self._is_populated = False
        self._had_panel = True
        """Whether the panel was unfolded when presenter mode began."""
        self.user = UserSettings(settings, language=lang, theme=theme, answers=answers)
        self.user.changed.connect(self._take_preference)
        self.may_close: Callable[[], bool] = lambda: True
        self.covers: list[QWidget] = []
        """What may lie over all: see `curtains.py`."""
        self.first_keys: Callable[[QKeyEvent], bool] = lambda event: False
        """Asked before the menus' keys about each that no control wants; true if it has acted."""
        self.actions_by_name: dict[str, QAction] = {}
        self.menus_by_name: dict[str, QMenu] = {}
        # Their owners end them: kept here as well they would fall, with the window, to the garbage
        # collector, which takes what belongs to Qt in any order.
        self.parts: WeakValueDictionary[str, QObject] = WeakValueDictionary(
            window=self, user=self.user
        )
        self._plain_keys: dict[str, QAction] = {}
        self._system = LIGHT
        language.use(self.user.now.language or language.system_language())
        self._build_menus()
        self.notice = Notice(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(fitting(LEAST, self.screen().availableGeometry().size() - FRAME))
        icon = QIcon()  # pictures, since Qt's SVG plug-in may be missing
        for picture in sorted(resource("icons").glob("gdsim-*.png")):
            icon.addFile(str(picture))
        self.setWindowIcon(icon)
        self.apply_theme()
        self.retranslate()
        self.set_document("", False)

    # What the shell tells and shows

    @property
    def is_small(self) -> bool:
        """Whether the screen has too little room for the usual type."""
        free = self.screen().availableGeometry().size()
        return free.width() < SMALL.width() or free.height() < SMALL.height()

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        chosen = {"light": LIGHT, "dark": DARK}.get(self.user.now.theme, self._system)
        presenting = self.actions_by_name["present"].isChecked()
        if not presenting:
            return chosen.for_small_screen() if self.is_small else chosen
        return chosen.for_projector(max(self.screen().size().height(), self.height()))

    def populate(self, central: CentralWidget) -> None:
        """Put it in place of the empty shell."""
        self.notice.stand_beside(self.menuBar())
        self.notice.stand_above(central.transport)
        self.setCentralWidget(central)
        central.show()  # Qt would do so later, and what is not seen gets no focus
        self.notice.raise_()
        self._is_populated = True
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_to_boxes(application, self.theme)

    def bind(self, **parts: QObject) -> None:
        """Say what carries out the actions: `bind(workspace=…)` for "workspace.play"."""
        self.parts.update(parts)

    def say(self, text: str, *, lasting: bool = False) -> None:
        """A sentence beside the menus: for some seconds, or until an empty one."""
        self.notice.say(text, lasting=lasting)

    def set_document(self, name: str, changed: bool) -> None:
        """The file's name, and the mark that there is something to save, in the title."""
        self.setWindowTitle(f"{name or tr('Untitled')}[*] – gdsim {__version__}")
        self.setWindowModified(changed)

    @Slot(object)
    def show_options(self, options: Settings) -> None:
        """Set the check marks of what is declared there."""
        for name, value in settings_values(options).items():
            if name in self.actions_by_name:
                self.actions_by_name[name].setChecked(bool(value))

    def retranslate(self) -> None:
        """Menus in the language in use."""
        for action in ACTIONS.values():
            self.actions_by_name[action.name].setText(tr(action.text) + _key_beside(action))
        for menu in _all_menus(MENUS):
            self.menus_by_name[menu.name].setTitle(tr(menu.text))
        for field in _choices():
            for choice, title in zip(field.choices, field.titles, strict=True):
                self.actions_by_name[f"{field.name}_{choice}"].setText(tr(title, "choice"))
        self._tell_small()

    def _tell_small(self) -> None:
        """Where type is smaller than usual, the View menu says why."""
        free, menu = self.screen().availableGeometry(), self.menus_by_name["view"]
        menu.removeAction(self._small)
        if self.is_small:
            menu.addAction(self._small)
        self._small.setText(
            tr("Type at 75 %: the screen has room for {width} × {height} only",
               width=free.width(), height=free.height())
        )  # fmt: skip

    def apply_theme(self) -> None:
        """Give the application the theme in use."""
        self._system = system_theme()
        self._tell_small()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply(application, self.theme)
            # Bars and menus have a font of the system's own until they are given one.
            for shown in (self.menuBar(), *self.menus_by_name.values()):
                shown.setFont(application.font())
            if self._is_populated:
                apply_to_boxes(application, self.theme)
        self.theme_changed.emit(self.theme)

    # Building

    def _build_menus(self) -> None:
        bar = self.menuBar()
        for menu in MENUS:
            shown = self.menus_by_name[menu.name] = bar.addMenu(menu.name)
            for declared in menu.actions():
                self._add_action(declared)
            for entry in menu.shown():
                if entry is None:
                    shown.addSeparator()
                elif isinstance(entry, Menu):
                    self.menus_by_name[entry.name] = shown.addMenu(entry.name)
                else:
                    shown.addAction(self.actions_by_name[entry.name])
        self._small = QAction(self)
        self._small.setEnabled(False)  # a message, in no list of keys
        self._add_choices("language", language.names(), language.current())
        for field in _choices():
            titles = dict(zip(field.choices, field.titles, strict=True))
            self._add_choices(field.name, titles, getattr(self.user.now, field.name))

    def _add_action(self, declared: Action) -> None:
        action = self.actions_by_name[declared.name] = QAction(self)
        action.setObjectName(declared.name)
        action.setCheckable(declared.checkable)
        # setShortcut, or a key sequence made of a string, would ask for all of the namespace Qt.
        action.setShortcuts([QKeySequence.fromString(key) for key in declared.shortcuts])
        self._plain_keys.update(dict.fromkeys(declared.plain_keys, action))
        # Qt's guesses would move About and Quit out of our menus on macOS only by their English.
        roles = {"about": QAction.MenuRole.AboutRole, "quit": QAction.MenuRole.QuitRole}
        action.setMenuRole(roles.get(declared.name, QAction.MenuRole.NoRole))
        (action.toggled if declared.checkable else action.triggered).connect(self._perform)
        self.addAction(action)  # for its keys

    @Slot()
    def _perform(self) -> None:
        action = self.sender()
        if not isinstance(action, QAction):
            return
        declared = ACTIONS[action.objectName()]
        part, _, method = declared.does.partition(".")
        if part not in self.parts:
            return  # the shell is there before what fills it
        checked = (action.isChecked(),) if declared.checkable else ()
        getattr(self.parts[part], method)(*declared.given, *checked)

    def _add_choices(self, preference: str, titles: dict[str, str], chosen: str) -> None:
        group = QActionGroup(self)
        for name, title in titles.items():
            action = QAction(title, self, checkable=True)
            action.setData((preference, name))
            action.setChecked(name == chosen)
            group.addAction(action)
            self.menus_by_name[preference].addAction(action)
            self.actions_by_name[f"{preference}_{name}"] = action
        group.triggered.connect(self._choose)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self.user.set(*action.data())

    @Slot(str)
    def _take_preference(self, name: str) -> None:
        value = getattr(self.user.now, name)
        shown = self.actions_by_name.get(f"{name}_{value}", self.actions_by_name.get(name))
        if shown is not None:
            shown.setChecked(bool(value))
        if name == "theme":
            self.apply_theme()
        elif name == "language":
            language.use(value)
            self.retranslate()
            self.language_changed.emit()

    @Slot(bool)
    def set_full_screen(self, on: bool) -> None:
        """Fill the screen, or no longer."""
        full = QtCore.Qt.WindowState.WindowFullScreen
        states = self.windowState()
        self.setWindowState(states | full if on else states & ~full)  # maximised stays maximised

    @property
    def is_covered(self) -> bool:
        """Whether something lies over the window that Esc takes away."""
        return any(cover.isVisible() for cover in self.covers)

    def uncover(self) -> None:
        """Take it away."""
        for cover in self.covers:
            cover.hide()

    @Slot()
    def leave(self) -> None:
        """Leave what covers all, presenter mode, full screen, a maximised view: one a time."""
        if self.is_covered:
            self.uncover()
            return
        for name in ("present", "full_screen"):
            if self.actions_by_name[name].isChecked():
                self.actions_by_name[name].setChecked(False)
                return
        self.actions_by_name["restore_views"].trigger()

    @Slot(bool)
    def set_presenting(self, on: bool) -> None:
        """Show all as large as a projector needs it, and fold the panel; or no longer."""
        panel = self.actions_by_name["panel"]
        if on:
            self._had_panel = panel.isChecked()
            panel.setChecked(False)  # first: what is not seen need not be laid out anew
        self.apply_theme()
        panel.setChecked(not on and self._had_panel)

    # Events

    def restore_geometry(self) -> None:
        """Where and how large the window was when it was last closed; the first time, as it fits.

        No part of it lies beyond the free area of its screen: where the usual size has no room
        there with a frame around it, the window is maximised.
        """
        saved = QByteArray.fromBase64(self.user.now.geometry.encode())
        known = bool(saved) and self.restoreGeometry(saved)
        free = self.screen().availableGeometry()
        wanted = (self.size() if known else USUAL) + FRAME
        fits = wanted.width() <= free.width() and wanted.height() <= free.height()
        if not known or not fits:
            self.resize(fitting(wanted, free.size()) - FRAME)
            self.move(free.topLeft() + _spare(free.size() - self.size() - FRAME))
            if not known and not fits:
                self.showMaximized()

    def focusNextPrevChild(self, next: bool) -> bool:
        central = self.centralWidget()
        if central is not None:
            put_in_order(central)
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.first_keys(event):
            return
        keys = QtCore.Qt.KeyboardModifier
        plain = event.modifiers() in (keys.NoModifier, keys.KeypadModifier, keys.ShiftModifier)
        key = QKeySequence(event.key()).toString()
        action = self._plain_keys.get(key) if plain else None
        if action is not None:
            action.trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.file_dropped.emit(Path(paths[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.user.set("geometry", bytes(self.saveGeometry().toBase64().data()).decode())
        self.closing.emit()
        event.accept()


def _key_beside(action: Action) -> str:
    """The key that a menu shows beside a text, where it is no shortcut of the window."""
    if not action.text or action.shortcuts or not action.plain_keys or sys.platform == "darwin":
        return ""
    key = action.plain_keys[0]
    native = QKeySequence.SequenceFormat.NativeText
    return "\t" + (GLYPHS.get(key) or QKeySequence.fromString(key).toString(native))


def fitting(wanted: QSize, free: QSize) -> QSize:
    """The size that is wanted, or what there is of it."""
    return wanted.boundedTo(free)


def _spare(room: QSize) -> QPoint:
    """Half of the room that is left over: where a window stands in the middle."""
    return QPoint(max(room.width(), 0) // 2, max(room.height(), 0) // 3)


def _all_menus(menus: Iterable[Action | Menu | None]) -> Iterator[Menu]:
    """These menus and the submenus in them."""
    for menu in menus:
        if isinstance(menu, Menu):
            yield menu
            yield from _all_menus(menu.entries)


def _choices() -> Iterator[Field]:
    """The preferences that are chosen in a submenu of their own."""
    return (field for field in fields_of(Preferences) if field.menu and field.kind == "choice")
