"""The window's shell: menus, keys, language, theme, closing. Painted before NumPy is imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6 import QtCore  # not Qt itself, which is dear: theme.py
from PySide6.QtCore import QByteArray, QSettings, Signal, Slot
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
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu

from gdsim import __version__
from gdsim.system.resources import resource
from gdsim.ui import language
from gdsim.ui.language import tr
from gdsim.ui.theme import DARK, LIGHT, Theme, apply, system_theme

if TYPE_CHECKING:
    from gdsim.ui.bench import Bench

MENUS: dict[str, tuple[str, ...]] = {
    "file": (
        "new", "open", "open_data", "|", "save", "save_as", "|", "export", "export_window",
        "export_code", "|", "quit",
    ),
    "edit": ("undo", "redo", "|", "add_run", "branch", "remove_run"),
    "run": ("play", "step", "step_back", "home", "end", "|", "rerun", "reset", "|", "faster",
            "slower", "|", "sweep"),
    "view": ("log_scale", "residuals", "|", "language", "theme", "|", "present", "full_screen",
             "restore_views"),
    "help": ("shortcuts", "about"),
}  # fmt: skip
SHORTCUTS: dict[str, QKeySequence.StandardKey | str] = {
    "new": QKeySequence.StandardKey.New,
    "open": QKeySequence.StandardKey.Open,
    "open_data": "Ctrl+D",
    "save": QKeySequence.StandardKey.Save,
    "save_as": "Ctrl+Shift+S",
    "export_window": "Ctrl+E",
    "export_code": "Ctrl+Shift+E",
    "quit": "Ctrl+Q",
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z",
    "add_run": "Ctrl+Shift+A",
    "branch": "Ctrl+B",
    "reset": "Ctrl+R",
    "sweep": "Ctrl+G",
    "present": "F5",
    "full_screen": "F11",
    "shortcuts": "Ctrl+/",
    "about": "F1",
}
CHECKABLE = ("log_scale", "residuals", "present", "full_screen")


def action_texts() -> dict[str, str]:
    """What each menu entry says, in the language in use."""
    return {
        "new": tr("&New experiment"),
        "open": tr("&Open…"),
        "open_data": tr("Open &data (CSV)…"),
        "save": tr("&Save"),
        "save_as": tr("Save &as…"),
        "export_window": tr("Export &window…"),
        "export_code": tr("Export &code…"),
        "quit": tr("&Quit"),
        "undo": tr("&Undo"),
        "redo": tr("&Redo"),
        "add_run": tr("&Add run"),
        "branch": tr("&Branch from here"),
        "remove_run": tr("Re&move run"),
        "play": tr("&Play / pause"),
        "step": tr("&Step"),
        "step_back": tr("Step &back"),
        "home": tr("To the s&tart"),
        "end": tr("To the &end"),
        "rerun": tr("Re&run"),
        "reset": tr("Reset &all"),
        "faster": tr("&Faster"),
        "slower": tr("S&lower"),
        "sweep": tr("S&weep…"),
        "log_scale": tr("&Log scale of the loss"),
        "residuals": tr("&Residual squares"),
        "present": tr("&Presenter mode"),
        "full_screen": tr("&Full screen"),
        "restore_views": tr("Show &all views"),
        "shortcuts": tr("&Keyboard shortcuts"),
        "about": tr("&About gdsim"),
    }


def menu_texts() -> dict[str, str]:
    """The titles of menus and submenus."""
    return {
        "file": tr("&File"),
        "edit": tr("&Edit"),
        "run": tr("&Run"),
        "view": tr("&View"),
        "help": tr("&Help"),
        "export": tr("&Export picture"),
        "language": "Language / 语言",
        "theme": tr("&Theme"),
    }


def theme_texts() -> dict[str, str]:
    """The entries of the theme menu."""
    return {"system": tr("Follow the system"), "light": tr("Light"), "dark": tr("Dark")}


class MainWindow(QMainWindow):
    """Shell of the window; `populate` puts the bench into it."""

    theme_changed = Signal(object)
    language_changed = Signal()
    file_dropped = Signal(object)
    closing = Signal()
    key_pressed = Signal(int)
    """A key that nothing inside the window wanted."""

    def __init__(self, settings: QSettings, lang: str | None = None, theme: str | None = None):
        super().__init__()
        self.settings = settings
        self.may_close: Callable[[], bool] = lambda: True
        self.actions_by_name: dict[str, QAction] = {}
        self.menus_by_name: dict[str, QMenu] = {}
        self._theme_choice = theme or str(settings.value("theme", "system"))
        self._system = LIGHT
        language.use(lang or str(settings.value("language", language.system_language())))
        self._build_menus()
        self._outcome = QLabel()
        self.statusBar().addWidget(self._outcome, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.setAcceptDrops(True)
        self.setMinimumSize(900, 600)
        icon = QIcon()  # pictures, since Qt's SVG plug-in may be missing
        for picture in sorted(resource("icons").glob("gdsim-*.png")):
            icon.addFile(str(picture))
        self.setWindowIcon(icon)
        self.apply_theme()
        self.retranslate()
        self.set_document("", False)

    # What the shell tells and shows

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        chosen = {"light": LIGHT, "dark": DARK}.get(self._theme_choice, self._system)
        presenting = self.actions_by_name["present"].isChecked()
        if not presenting:
            return chosen
        return chosen.for_projector(max(self.screen().size().height(), self.height()))

    def populate(self, bench: Bench) -> None:
        """Put the bench in place of the empty shell."""
        self._outcome.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self.setCentralWidget(bench)

    def say(self, text: str) -> None:
        """A sentence in the status bar; it stays until the next one."""
        if self._outcome.text() != text:
            self._outcome.setText(text)
            self._outcome.setToolTip(text)

    def set_document(self, name: str, changed: bool) -> None:
        """The file's name, and the mark that there is something to save, in the title."""
        self.setWindowTitle(f"{name or tr('Untitled')}[*] – gdsim {__version__}")
        self.setWindowModified(changed)

    def retranslate(self) -> None:
        """Menus in the language in use."""
        for name, text in action_texts().items():
            self.actions_by_name[name].setText(text)
        for name, text in menu_texts().items():
            self.menus_by_name[name].setTitle(text)
        for name, text in theme_texts().items():
            self.actions_by_name[f"theme_{name}"].setText(text)

    def apply_theme(self) -> None:
        """Give the application the theme in use."""
        self._system = system_theme()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply(application, self.theme)
        self.theme_changed.emit(self.theme)

    # Building

    def _build_menus(self) -> None:
        bar = self.menuBar()
        for name, entries in MENUS.items():
            menu = self.menus_by_name[name] = bar.addMenu(name)
            for entry in entries:
                if entry == "|":
                    menu.addSeparator()
                elif entry in ("export", "language", "theme"):
                    self.menus_by_name[entry] = menu.addMenu(entry)
                else:
                    self._add_action(menu, entry)
        self._add_choices("language", language.names(), language.current(), self._choose_language)
        self._add_choices("theme", theme_texts(), self._theme_choice, self._choose_theme)
        self.actions_by_name["quit"].triggered.connect(self.close)
        self.actions_by_name["full_screen"].toggled.connect(self._show_full_screen)
        self.actions_by_name["present"].toggled.connect(self.apply_theme)

    def _add_action(self, menu: QMenu, name: str) -> None:
        action = self.actions_by_name[name] = QAction(self)
        action.setCheckable(name in CHECKABLE)
        keys = SHORTCUTS.get(name)
        # setShortcut, or a key sequence made of a string, would ask for all of the namespace Qt.
        if isinstance(keys, str):
            action.setShortcuts([QKeySequence.fromString(keys)])
        elif keys is not None:
            action.setShortcuts(keys)
        # Qt's guesses would move About and Quit out of our menus on macOS only by their English.
        if name in ("about", "quit"):
            role = QAction.MenuRole.AboutRole if name == "about" else QAction.MenuRole.QuitRole
            action.setMenuRole(role)
        else:
            action.setMenuRole(QAction.MenuRole.NoRole)
        menu.addAction(action)

    def _add_choices(
        self,
        menu: str,
        choices: dict[str, str],
        chosen: str,
        chosen_slot: Callable[[QAction], None],
    ) -> None:
        group = QActionGroup(self)
        for name, text in choices.items():
            action = QAction(text, self, checkable=True)
            action.setData(name)
            action.setChecked(name == chosen)
            group.addAction(action)
            self.menus_by_name[menu].addAction(action)
            self.actions_by_name[f"{menu}_{name}"] = action
        group.triggered.connect(chosen_slot)

    @Slot(QAction)
    def _choose_language(self, action: QAction) -> None:
        language.use(str(action.data()))
        self.settings.setValue("language", language.current())
        self.retranslate()
        self.language_changed.emit()

    @Slot(QAction)
    def _choose_theme(self, action: QAction) -> None:
        self._theme_choice = str(action.data())
        self.settings.setValue("theme", self._theme_choice)
        self.apply_theme()

    @Slot(bool)
    def _show_full_screen(self, on: bool) -> None:
        if on:
            self.showFullScreen()
        else:
            self.showNormal()

    # Events

    def restore_geometry(self) -> None:
        """Where and how large the window was when it was last closed."""
        kept = self.settings.value("geometry")
        if isinstance(kept, QByteArray):
            self.restoreGeometry(kept)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QtCore.Qt.KeyboardModifier
        plain = event.modifiers() in (keys.NoModifier, keys.KeypadModifier, keys.ShiftModifier)
        if plain:
            self.key_pressed.emit(event.key())
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
        self.settings.setValue("geometry", self.saveGeometry())
        self.closing.emit()
        event.accept()
