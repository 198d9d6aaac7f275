"""A teacher's own lesson: made from the present experiment, shown anew whenever it is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from gdsim.engine.sentences import Fault
from gdsim.system.files import read_at_most
from gdsim.ui import language
from gdsim.ui.documents import Documents
from gdsim.ui.language import say, tr
from gdsim.ui.lessons.lesson_player import LessonPlayer
from gdsim.ui.main_window import MainWindow

REST_MILLISECONDS = 200
"""Editors write a file in pieces, or put another in its place: it is read when that is over."""


class Workshop(QObject):
    """Writes the file, opens it in the system's editor, and plays it as it is saved."""

    def __init__(
        self,
        window: MainWindow,
        documents: Documents,
        lessons: LessonPlayer,
        views: Callable[[], tuple[str, ...]],
    ) -> None:
        """`views` are the names of those that are seen."""
        super().__init__(window)
        self._window, self._documents, self._lessons = window, documents, lessons
        self._views = views
        self._path: Path | None = None
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._wait)
        self._watcher.directoryChanged.connect(self._wait)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._read_again)
        self._seen = b""
        lessons.ended.connect(self.stop)

    @Slot()
    def make(self) -> None:
        """Ask for a file, write a lesson about this experiment, open and play it."""
        proposed = Path(self._documents.folder()) / f"{tr('My lesson')}.toml"
        name, _ = QFileDialog.getSaveFileName(
            self._window, tr("Make a lesson"), str(proposed), tr("Lessons (*.toml)")
        )
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() != ".toml":
            path = path.with_name(f"{path.name}.toml")
        from gdsim.experiment.lessons.writing import write_lesson  # few windows make one

        try:
            write_lesson(path, self._documents.experiment(), self._views(), language.current())
        except Fault as fault:
            self._documents.complain(say(fault.sentence))
            return
        self._lessons.open(path, (path,))
        self.watch(path)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        self._window.say(tr("Save {file} and the lesson is shown anew.", file=path.name))

    def watch(self, path: Path) -> None:
        """Show the lesson of that file anew whenever it is saved."""
        self.stop()
        self._path, self._seen = path, _contents(path)
        # The folder as well: editors put another file in its place.
        self._watcher.addPaths([str(path), str(path.parent)])

    @Slot()
    def stop(self) -> None:
        """Watch nothing any more."""
        self._path = None
        self._rest.stop()
        watched = [*self._watcher.files(), *self._watcher.directories()]
        if watched:
            self._watcher.removePaths(watched)

    @Slot(str)
    def _wait(self, _: str) -> None:
        if self._path is not None:
            self._rest.start()

    @Slot()
    def _read_again(self) -> None:
        path = self._path
        if path is None:
            return
        if str(path) not in self._watcher.files() and path.exists():
            self._watcher.addPath(str(path))
        now = _contents(path)
        if not now or now == self._seen:
            return
        self._seen = now
        from gdsim.experiment.lessons.reading import read_lesson

        try:
            lesson = read_lesson(path)
        except Fault as fault:  # it stays as it was; the next save may mend it
            self._window.say(say(fault.sentence), lasting=True)
            return
        self._window.say("")
        self._lessons.show_anew(lesson)


def _contents(path: Path) -> bytes:
    from gdsim.experiment.lessons.reading import MOST_BYTES

    try:
        return read_at_most(path, MOST_BYTES + 1)
    except Fault:
        return b""
