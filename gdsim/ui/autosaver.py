"""Autosave: the experiment is kept while the session lasts, and offered if it ended badly."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox

from gdsim.engine.sentences import Fault, sentence
from gdsim.experiment.autosave import Autosave, Leftover, Origin, leftovers
from gdsim.experiment.document import Experiment
from gdsim.experiment.setup import Setup
from gdsim.system import log
from gdsim.ui.complaint import PlainBox
from gdsim.ui.documents import Documents
from gdsim.ui.language import say, tr

EVERY_MILLISECONDS = 5000


class Autosaver(QObject):
    """Writes the experiment into `folder` now and then, if it is not saved anyhow.

    Where that fails it is said in the window at once, and tried again until it works.
    """

    _done = Signal(object)
    """Of a writing: the `Fault`, or None."""

    def __init__(self, documents: Documents, folder: Path) -> None:
        super().__init__(documents)
        self._documents = documents
        self._folder = folder
        self._autosave: Autosave | None = None
        self._kept: tuple[Setup, Path | None, int] | None = None
        """The setup, its file and the step that were written last."""
        self._fails = False
        self._writing: threading.Thread | None = None
        self.question: QMessageBox | None = None
        self._offered: list[Leftover] = []
        """What can be offered, that which is asked about first."""
        self._done.connect(self._tell)
        documents.used.connect(self.keep_if_changed)  # what was saved need not be offered
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.keep_if_changed)
        self._timer.start(EVERY_MILLISECONDS)
        try:
            self._session()
        except Fault as fault:
            self._tell(fault)

    # Keeping

    @Slot()
    def keep_if_changed(self) -> None:
        """Write what has changed since the last time, in a thread: data may be large."""
        if self._writing is not None and self._writing.is_alive():
            return
        documents = self._documents
        if not documents.window.isWindowModified():
            if self._kept is not None and self._autosave is not None:
                self._autosave.forget()
            self._kept = None
            if self._fails:
                self._write(None, documents.step)
            return
        setup, path, step = documents.experiment().setup, documents.path, documents.step
        if self._fails or self._kept is None or (setup, path) != self._kept[:2]:
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
            session = self._session()
            session.keep(documents.experiment(), Origin(documents.path, documents.step))
        except Fault as fault:
            self._tell(fault)
            return None
        return session.document

    def end(self) -> None:
        """The session ends well."""
        self._stop()
        if self._autosave is not None:
            self._autosave.end()

    def leave(self) -> None:
        """The session ends without having been asked: what is not saved is offered again."""
        self._stop()
        if self._documents.window.isWindowModified():
            self.keep_now()
            if self._autosave is not None:
                self._autosave.abandon()
        elif self._autosave is not None:
            self._autosave.end()

    def _stop(self) -> None:
        self._timer.stop()
        self._wait()
        self._drop_question()

    def _drop_question(self) -> None:
        """What is asked about can be offered again."""
        if self.question is not None:
            self.question.close()

    def _session(self) -> Autosave:
        """The files of this session; `Fault` where they cannot be made."""
        if self._autosave is None:
            self._autosave = Autosave(self._folder)
        return self._autosave

    def _write(self, experiment: Experiment | None, step: int) -> None:
        origin = Origin(self._documents.path, step)
        self._writing = threading.Thread(
            target=self._keep, args=(experiment, origin), name="gdsim-autosave"
        )
        self._writing.start()

    def _keep(self, experiment: Experiment | None, origin: Origin) -> None:
        fault = None
        try:
            if experiment is None:
                self._session().keep_origin(origin)
            else:
                self._session().keep(experiment, origin)
        except Fault as error:
            fault = error
        self._done.emit(fault)

    @Slot(object)
    def _tell(self, fault: Fault | None) -> None:
        """Say at once that nothing is kept, and when it is again."""
        window = self._documents.window
        if fault is not None:
            reason = fault.sentence.values.get("reason", str(fault))
            told = sentence(
                "Not kept for the case of a crash: {reason}. Save the experiment yourself; gdsim "
                "goes on trying.", reason=reason,
            )  # fmt: skip
            log.note(f"autosave: {fault}", log.ERROR)
            window.say(say(told), lasting=True)
        elif self._fails:
            window.say(tr("The experiment is kept again."))
        self._fails = fault is not None

    def _wait(self) -> None:
        if self._writing is not None:
            self._writing.join()
            self._writing = None

    # Offering

    def offer(self, crash: str = "") -> None:
        """Ask whether to restore what sessions that ended badly have left, the newest first.

        `crash` is the stack where the last ended, if known: shown on demand, to be sent to us.
        """
        self._drop_question()
        self._offered = []
        for one in leftovers(self._folder):
            if one.is_saved():
                one.discard()
            else:
                self._offered.append(one)
        self._ask(crash)

    def _ask(self, crash: str = "") -> None:
        """About the first that no other window asks about."""
        self._offered = [one for one in self._offered if one.document.exists()]
        while self._offered and not self._offered[0].claim():
            del self._offered[0]
        if not self._offered:
            return
        offered, more = self._offered[0], len(self._offered) - 1
        file = offered.origin.file
        told = tr("gdsim was not closed properly. Restore the experiment?")
        about = f"{file.name if file else tr('Untitled')} · {offered.saved_at:%Y-%m-%d %H:%M}"
        if more:
            about += "\n" + tr("Others that were not closed properly: {count}", count=more)
        box = PlainBox(self._documents.window, QMessageBox.Icon.Question, told, more=about)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if crash:
            box.setDetailedText(crash)
        self._restore = box.addButton(tr("&Restore"), QMessageBox.ButtonRole.AcceptRole)
        self._discard = box.addButton(tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        self._another = None
        if more:
            self._another = box.addButton(tr("Show &another"), QMessageBox.ButtonRole.ActionRole)
        later = box.addButton(tr("Ask again &later"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(self._restore)
        box.setEscapeButton(later)
        box.finished.connect(self._take_answer)
        self.question = box
        box.open()

    @Slot()
    def _take_answer(self) -> None:
        box = self.question
        if box is None or not self._offered:
            return
        self.question, offered, pressed = None, self._offered.pop(0), box.clickedButton()
        if pressed is self._restore:
            self._put_back(offered)
        elif pressed is self._discard:
            offered.discard()
        offered.release()
        if pressed is not None and pressed in (self._discard, self._another):
            self._offered += [offered] if pressed is self._another else []
            self._ask()

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
