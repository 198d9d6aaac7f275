"""Composition root of the window: its shell first, then what it encloses; joined at the end."""

from __future__ import annotations

import gc
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLibraryInfo,
    QLocale,
    QObject,
    QSettings,
    QTranslator,
    Slot,
)  # fmt: skip
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from gdsim.engine.sentences import Fault
from gdsim.system.crash_trace import start_trace, stop_trace, take_traces
from gdsim.system.log import CRITICAL, note, start_log, stop_log
from gdsim.system.places import Places, writable_state
from gdsim.system.threads import one_blas_thread
from gdsim.ui import language
from gdsim.ui.file_opener import FileOpener
from gdsim.ui.first_paint import FirstPaint
from gdsim.ui.language import say
from gdsim.ui.main_window import MainWindow
from gdsim.ui.settings import LayeredSettings
from gdsim.ui.signals import SystemSignals
from gdsim.ui.theme import STYLE, load_fonts

if TYPE_CHECKING:
    from gdsim.ui.autosaver import Autosaver
    from gdsim.ui.documents import Documents
    from gdsim.ui.guard import Guard
    from gdsim.ui.interior import Interior

one_blas_thread()

SWITCH_INTERVAL = 0.0003
"""Seconds between two offers of the GIL: with Python's 5 ms a click waits behind the worker."""
PAINT_SECONDS = 0.5
"""A window that has looked the same for so long is done."""
REST_SECONDS = 10.0
"""For so long is waited for that at most."""
LOG = "gdsim.log"


class App(QObject):
    """One window with its engine; `finish` builds what the shell has shown the place of."""

    def __init__(
        self,
        settings: QSettings,
        file: Path | None = None,
        lang: str | None = None,
        theme: str | None = None,
        state: Path | None = None,
        answers: str | None = None,
        *,
        welcome: bool = False,
    ) -> None:
        """`welcome`: with the start page, unless the user wants none or there is a file to show.

        `state` is the folder of the log and of unfinished sessions; None keeps neither."""
        super().__init__()
        self.window = MainWindow(settings, lang, theme, answers)
        self.interior: Interior | None = None
        self.keeper: Autosaver | None = None
        self.crash = ""
        """The stack of the last session that something below Python ended, if one was."""
        self._file = file
        self._state = state
        self._welcome = welcome
        self._translator = QTranslator(self)
        self._translate_qt()
        self.window.language_changed.connect(self._translate_qt)
        self.window.closing.connect(self.close)

    @Slot()
    def finish(self) -> None:
        """Import NumPy and pyqtgraph, start the engine, fill the window."""
        from gdsim.ui.interior import Interior  # heavy: only after the shell is on the screen

        if self.interior is not None:
            return
        self.interior = Interior(self.window)
        if self._file is not None:
            self.interior.documents.take_file(self._file)
        if self._state is not None:
            self._keep_sessions(self.interior.documents, self._state)
        restoring = self.keeper is not None and self.keeper.question is not None
        if self._welcome and self._file is None and not restoring:
            self.interior.welcome()
        # What exists now stays: a full collection of it would cost 30–40 ms each time.
        gc.freeze()

    @Slot(object)
    def take_file(self, path: Path) -> None:
        """A file that the system hands over: at once, or as soon as the window is built."""
        if self.interior is None:
            self._file = path
        else:
            self.interior.documents.take_file(path)

    def _keep_sessions(self, documents: Documents, state: Path) -> None:
        from gdsim.ui.autosaver import Autosaver

        self.keeper = Autosaver(documents, state / "sessions")
        self.keeper.offer(self.crash)

    def keep(self) -> Path | None:
        """Bring the experiment into safety; the file, or None if it could not be written."""
        return self.keeper.keep_now() if self.keeper is not None else None

    @Slot()
    def ask_to_close(self) -> None:
        """As the close button does; what is asked or told at present is left without an answer."""
        self._close_dialogs()
        self.window.close()

    @Slot()
    def leave(self) -> None:
        """The system ends the session: what is not saved is kept, and offered at the next start."""
        if self.keeper is not None:
            self.keeper.leave()
            self.keeper = None
        self.close()

    @Slot()
    def close(self) -> None:
        """Stop the clock, then the engine's thread, and wait for it; no dialog stays behind."""
        self._close_dialogs()
        if self.keeper is not None:
            self.keeper.end()
            self.keeper = None
        if self.interior is not None:
            self.interior.shut()
            self.interior = None
            gc.unfreeze()

    def _close_dialogs(self) -> None:
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()

    @Slot()
    def _translate_qt(self) -> None:
        """Qt's own dialogs speak the same language."""
        QCoreApplication.removeTranslator(self._translator)
        if language.current() != "en":
            place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if self._translator.load(QLocale(language.current()), "qtbase", "_", place):
                QCoreApplication.installTranslator(self._translator)


def open_window(
    file: Path | None,
    places: Places,
    *,
    lang: str | None = None,
    theme: str | None = None,
    answers: str | None = None,
) -> int:
    """Show the window and stay until it is closed; the exit status."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.disable()  # until the window is built: there is no garbage to look for in what is being made
    application = _application()
    state = writable_state(places)
    crashes = take_traces(state)
    start_trace(state)
    settings = LayeredSettings(places.settings, places.defaults)
    app = App(settings, file, lang, theme, state, answers, welcome=True)
    guards: list[Guard] = []
    signals = SystemSignals(application)
    if sys.platform == "darwin":
        # Only there do files come as events. It sees every event, in Python: not for nothing.
        opener = FileOpener(application)
        opener.opened.connect(app.take_file)
    app.window.restore_geometry()
    fonts_can_wait = language.current() == "en"  # the shell shows no Chinese then
    if not fonts_can_wait:
        load_fonts()

    def finish() -> None:
        note("shown")
        from gdsim.ui.guard import Guard  # only now: its dialog costs a tenth of the first paint

        guards.append(Guard(app.window, app.keep))
        guards[0].install()
        start_log(state / LOG if state else None)
        for trace in crashes:
            note(f"an earlier session crashed:\n{trace}", CRITICAL)
            app.crash = trace
        if fonts_can_wait:
            load_fonts()
        signals.ended.connect(end)
        signals.interrupted.connect(app.ask_to_close)
        signals.install()
        try:
            app.finish()
        finally:
            gc.enable()
        if state is None:
            app.window.say(language.tr(
                "Nothing can be kept for the case of a crash: no folder can be written. Save the "
                "experiment yourself."
            ), lasting=True)  # fmt: skip
        note("ready")

    def end(number: int) -> None:
        note(f"ended by signal {number}")
        app.leave()
        application.exit(128 + number)

    def commit() -> None:
        """The desktop's session ends, perhaps: it may not come to leaving in order."""
        if app.window.isWindowModified():
            app.keep()

    application.commitDataRequest.connect(commit)
    FirstPaint(app.window, finish)
    app.window.show()
    try:
        status = application.exec()
        app.leave()  # nothing is left to leave where the window was closed
    finally:
        signals.remove()
        for guard in guards:
            guard.remove()
    note("closed")
    stop_log()
    stop_trace()
    return status


def take_screenshot(
    target: Path,
    file: Path | None = None,
    *,
    steps: int = 0,
    size: tuple[int, int] = (1366, 768),
    lang: str = "en",
    theme: str = "light",
) -> int:
    """Draw the real window after `steps` updates into a PNG; works without a display."""
    from gdsim.system.files import written_aside

    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application()
    load_fonts()
    # Nothing of the user's own settings may show, nor be changed. No file can be there: in place of
    # the device itself Qt would put one, where it may. And nothing of an earlier picture's.
    nowhere = f"{os.devnull}/{secrets.token_hex(8)}"
    app = App(QSettings(nowhere, QSettings.Format.IniFormat), file, lang, theme)
    try:
        app.window.resize(*size)
        app.window.show()
        app.finish()
        interior = app.interior
        if interior is None:
            raise Fault("The window could not be built.")
        workspace = interior.workspace
        workspace.set_limit(max(steps, workspace.setup.step_limit))
        workspace.step_by(steps)
        _go_on(
            lambda: workspace.snapshot.shows(workspace.setup) and workspace.snapshot.step == steps
        )
        picture = _picture_at_rest(app.window)
        with written_aside(target) as aside:
            if not picture.save(str(aside), "PNG"):
                raise Fault("{file} cannot be written as a PNG picture.", file=target)
    except Fault as fault:
        print(f"gdsim: {say(fault.sentence)}", file=sys.stderr)
        return 2
    finally:
        app.window.may_close = lambda: True
        app.window.close()
        app.window.deleteLater()  # by Qt: the collector would take its parts in any order
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return 0


def graphics() -> Iterator[str]:
    """Lines on what Qt finds on this machine."""
    from gdsim.ui.graphics import describe_graphics

    return describe_graphics()


def _picture_at_rest(window: QWidget) -> QPixmap:
    """The window once it looks the same twice: surfaces are drawn when its size has come to rest.

    On a machine that is busy half a second was not enough to lay it out.
    """
    picture, end = window.grab(), time.monotonic() + REST_SECONDS
    while time.monotonic() < end:
        _go_on(lambda: False, PAINT_SECONDS)
        last, picture = picture, window.grab()
        if picture.toImage() == last.toImage():
            break
    return picture


def _go_on(done: Callable[[], bool], seconds: float = REST_SECONDS) -> None:
    """Let the window live until that is so, or for so long at most."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.005)


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if sys.platform == "win32":
        import ctypes

        # A window of its own in the task bar, not one of Python's.
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("gdsim.gdsim")
    application = QApplication([*sys.argv[:1], *STYLE])
    application.setApplicationName("gdsim")
    application.setDesktopFileName("gdsim")
    return application
