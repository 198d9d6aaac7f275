"""Autosave: the experiment is kept while the session lasts, and offered if it ended badly."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QMessageBox

from gdsim.engine.sentences import Fault
from gdsim.experiment.autosave import Autosave, Leftover, Origin, leftovers
from gdsim.experiment.document import Experiment
from gdsim.experiment.setup import Setup
from gdsim.system import log
from gdsim.ui.complaint import PlainBox
from gdsim.ui.documents import Documents
from gdsim.ui.language import say, tr

EVERY_MILLISECONDS = 5000


class Autosaver(QObject):
    """Writes the experiment into `folder` now and then, if it is not saved anyhow."""

    def __init__(self, documents: Documents, folder: Path) -> None:
        """`Fault` if the folder cannot be written."""
        super().__init__(documents)
        self._documents = documents
        self._folder = folder
        self._autosave = Autosave(folder)
        self._kept: tuple[Setup, Path | None, int] | None = None
        """The setup, its file and the step that were written last."""
        self._writing: threading.Thread | None = None
        self.question: QMessageBox | None = None
        self._offered: Leftover | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.keep_if_changed)
        self._timer.start(EVERY_MILLISECONDS)

    # Keeping

    @Slot()
    def keep_if_changed(self) -> None:
        """Write what has changed since the last time, in a thread: data may be large."""
        if self._writing is not None and self._writing.is_alive():
            return
        documents = self._documents
        if not documents.window.isWindowModified():
            if self._kept is not None:
                self._kept = None
                self._autosave.forget()
            return
        setup, path, step = documents.experiment().setup, documents.path, documents.step
        if self._kept is None or (setup, path) != self._kept[:2]:
            self._write(documents.experiment(), step)
        elif step == self._kept[2] or documents.workspace.snapshot.playing:
            return
        else:
            self._write(None, step)
        self._kept = (setup, path, step)

    def keep_now(self) -> Path | None:
        """Write the experiment at once, changed or not; the file, or None if that failed."""
        documents = self._documents
        self._wait()
        try:
            self._autosave.keep(documents.experiment(), Origin(documents.path, documents.step))
        except Fault as fault:
            log.note(f"autosave: {fault}", log.ERROR)
            return None
        return self._autosave.document

    def end(self) -> None:
        """The session ends well."""
        self._timer.stop()
        self._wait()
        self._autosave.end()

    def _write(self, experiment: Experiment | None, step: int) -> None:
        origin = Origin(self._documents.path, step)
        self._writing = threading.Thread(
            target=self._keep, args=(experiment, origin), name="gdsim-autosave"
        )
        self._writing.start()

    def _keep(self, experiment: Experiment | None, origin: Origin) -> None:
        try:
            if experiment is None:
                self._autosave.keep_origin(origin)
            else:
                self._autosave.keep(experiment, origin)
        except Fault as fault:
            log.note(f"autosave: {fault}", log.ERROR)

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.join()
            self._writing = None

    # Offering

    def offer(self, crash: str = "") -> None:
        """Ask whether to restore what the last session that ended badly has left.

        `crash` is the stack where it ended, if it is known: shown on demand, to be sent to us.
        """
        found = leftovers(self._folder)
        if not found:
            return
        self._offered = found[0]
        file = self._offered.origin.file
        moment = f"{self._offered.saved_at:%Y-%m-%d %H:%M}"
        told = tr("gdsim was not closed properly. Restore the experiment?")
        more = f"{file.name if file else tr('Untitled')} · {moment}"
        box = PlainBox(self._documents.window, QMessageBox.Icon.Question, told, more=more)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if crash:
            box.setDetailedText(crash)
        self._restore = box.addButton(tr("&Restore"), QMessageBox.ButtonRole.AcceptRole)
        self._discard = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        later = box.addButton(tr("Ask again &later"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(self._restore)
        box.setEscapeButton(later)
        box.finished.connect(self._take_answer)
        self.question = box
        box.open()

    @Slot()
    def _take_answer(self) -> None:
        box, offered = self.question, self._offered
        self.question = self._offered = None
        if box is None or offered is None:
            return
        if box.clickedButton() is self._restore:
            self._put_back(offered)
        elif box.clickedButton() is self._discard:
            offered.discard()

    def _put_back(self, offered: Leftover) -> None:
        """Into the workspace; it counts as changed until it is saved."""
        documents = self._documents
        try:
            documents.restore(offered.experiment(), offered.origin.file, offered.origin.step)
        except Fault as fault:
            documents.complain(say(fault.sentence))
            return
        if self.keep_now() is not None:
            offered.discard()
        log.note("restored the experiment of a session that was not closed properly")
