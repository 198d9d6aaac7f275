"""The experiment's file: new, opened, saved, what would be lost; and data from tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gdsim.engine.sentences import Fault
from gdsim.experiment import document
from gdsim.experiment.boxed_data import find_boxed
from gdsim.experiment.document import Experiment
from gdsim.experiment.setup import Setup, first_setup
from gdsim.experiment.tables import Source, pasted_source
from gdsim.experiment.text_to_paste import from_text, holds_text, is_text, to_text
from gdsim.experiment.undo import UndoStack
from gdsim.experiment.view_state import ViewState
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.complaint import ask, complain
from gdsim.ui.language import say, tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.run_looks import RunLooks
from gdsim.ui.workspace import Workspace

if TYPE_CHECKING:
    from gdsim.ui.dialogs.data_dialog import DataDialog, Loaded

SUFFIX, LESSON = ".gdsim", ".toml"


@dataclass(frozen=True)
class Aside:
    """An experiment that a lesson has put aside: it is what would be saved in the meantime."""

    experiment: Experiment
    kept: tuple[Setup, UndoStack, RunLooks, ViewState, int]
    changed: bool


class Documents(QObject):
    """Brings files into the workspace and the workspace into files."""

    lesson_given = Signal(object)
    """The path of a lesson that shall be played."""
    replaces_lesson = Signal()
    """Another experiment is about to be shown; a lesson that is played ends before."""
    used = Signal(object)
    """The path of an experiment or a table that was opened or saved."""

    def __init__(self, window: MainWindow, workspace: Workspace, central: CentralWidget) -> None:
        super().__init__(window)
        self.window, self.workspace = window, workspace
        self.path: Path | None = None
        self._saved: Setup | None = workspace.setup
        self._aside: Aside | None = None
        workspace.changed.connect(self.show_state)
        workspace.refused.connect(self.complain)
        workspace.data_refused.connect(self.complain)
        central.open_data_requested.connect(self.choose_data)
        central.boxed_requested.connect(self.open_boxed)
        window.file_dropped.connect(self.take_file)
        window.may_close = self.may_discard

    def experiment(self) -> Experiment:
        """What would be saved now."""
        if self._aside is not None:
            return self._aside.experiment
        return Experiment(self.workspace.setup, self.workspace.view_state())

    @property
    def step(self) -> int:
        """The step at which that experiment is."""
        return self.workspace.step if self._aside is None else self._aside.kept[-1]

    @Slot()
    def new(self) -> None:
        self.begin(first_setup())

    def begin(self, setup: Setup, view: ViewState | None = None) -> bool:
        """Show an experiment that has no file; False where the user keeps the present one."""
        if not self.may_discard():
            return False
        self.replaces_lesson.emit()
        self.workspace.load(setup)
        self.workspace.look(view or ViewState())
        self._take_as_saved(None)
        return True

    @Slot()
    def choose_and_open(self) -> None:
        if not self.may_discard():
            return
        name, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open an experiment"), self.folder(), _file_kinds()
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open an experiment; what cannot be read is said, and what was there stays."""
        try:
            experiment = document.load(path)
        except Fault as fault:
            self.complain(say(fault.sentence))
            return
        self.replaces_lesson.emit()
        self.workspace.load(experiment.setup)
        self.workspace.look(experiment.view)
        self._take_as_saved(path)
        self.used.emit(path)

    def restore(self, experiment: Experiment, path: Path | None, step: int) -> None:
        """Show what another session has left; it counts as changed."""
        self.workspace.load(experiment.setup, step)
        self.workspace.look(experiment.view)
        self.path, self._saved = path, None
        self.show_state()

    @Slot()
    def save(self) -> bool:
        """Save to the file it came from; whether that was done."""
        return self._save_to(self.path) if self.path is not None else self.save_as()

    @Slot()
    def save_as(self) -> bool:
        """Ask for a file and save; whether that was done."""
        proposed = self.path or Path(self.folder()) / f"{tr('Untitled')}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self.window, tr("Save the experiment"), str(proposed), _file_kinds()
        )
        if not name:
            return False
        path = Path(name)
        if path.suffix.lower() == SUFFIX:
            return self._save_to(path)
        whole = path.with_name(path.name + SUFFIX)  # the dialog has asked about the other name
        return (not whole.exists() or self._may_replace(whole)) and self._save_to(whole)

    def _may_replace(self, path: Path) -> bool:
        button = QMessageBox.StandardButton
        told = tr("{file} exists already. Replace it?", file=path.name)
        answer = ask(self.window, told, button.Yes | button.No)
        return bool(answer == button.Yes)

    def may_discard(self) -> bool:
        """Whether the experiment may go: saved, or the user says so."""
        if not self.window.isWindowModified():
            return True
        button = QMessageBox.StandardButton
        told = tr("Save the changes to this experiment?")
        answer = ask(self.window, told, button.Save | button.Discard | button.Cancel)
        if answer == button.Save:
            return self.save()
        return bool(answer == button.Discard)

    @Slot(object)
    def take_file(self, path: Path) -> None:
        """A file that is given or dropped: an experiment or its text, a lesson, or data."""
        if is_text(path):
            self.take_text(str(path))
        elif path.suffix.lower() == LESSON:
            self.lesson_given.emit(path)
        elif path.suffix.lower() == SUFFIX:
            if self.may_discard():
                self.open(path)
        else:
            self.open_data(path)

    # As a text

    @Slot()
    def copy_text(self) -> None:
        """The experiment that is seen, as a text to be pasted elsewhere."""
        workspace = self.workspace
        try:
            text = to_text(Experiment(workspace.setup, workspace.view_state()))
        except Fault as fault:
            self.complain(say(fault.sentence))
            return
        QGuiApplication.clipboard().setText(text)
        told = tr("Copied: the experiment as a text of {count} characters", count=len(text))
        self.window.say(told)

    @Slot()
    def paste_text(self) -> None:
        """The experiment whose text was copied."""
        self.take_text(QGuiApplication.clipboard().text())

    def take_text(self, text: str) -> None:
        """The experiment in a text; what cannot be read is said, and what was there stays."""
        try:
            experiment = from_text(text)
        except Fault as fault:
            self.complain(say(fault.sentence))
            return
        self.begin(experiment.setup, experiment.view)

    # Lessons

    def set_aside(self) -> Aside:
        """Put the experiment aside for a lesson; until it is taken back nothing else is saved."""
        experiment, changed = self.experiment(), self.window.isWindowModified()
        self._aside = Aside(experiment, self.workspace.set_aside(), changed)
        self.show_state()
        return self._aside

    def take_back(self, aside: Aside) -> None:
        """The experiment that was put aside, as it was."""
        self._aside = None
        self.workspace.take_back(aside.kept)
        self.show_state()

    # Data

    @Slot()
    def choose_data(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open data"), self.folder(),
            tr("Tables (*.csv *.tsv *.txt);;All files (*)"),
        )  # fmt: skip
        if name:
            self.open_data(Path(name))

    def open_data(self, table: Path | Source) -> DataDialog:
        """Show how a table was read, and load it once that is agreed to."""
        from gdsim.ui.dialogs.data_dialog import DataDialog  # few windows ever open it

        dialog = DataDialog(table, self.window.theme, self.workspace.setup.problem, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.loaded.connect(self._take_data)
        dialog.refused.connect(self.complain)
        if isinstance(table, Path):  # pasted cells are nothing to come back to
            dialog.loaded.connect(partial(self._tell_used, table))
        dialog.open()
        return dialog

    @Slot(str)
    def open_boxed(self, name: str) -> None:
        """Load a table that comes with the program."""
        boxed = find_boxed(name)
        self.workspace.take_problem(boxed.make(), tr(boxed.title, "data"))

    @Slot()
    def paste_data(self) -> None:
        """Ask for the columns of the cells that were copied in another program."""
        text = QGuiApplication.clipboard().text()
        if holds_text(text):
            self.take_text(text)
            return
        if not text.strip():
            self.complain(
                tr("Nothing to paste: copy the cells in the program that shows the table first.")
            )
            return
        try:
            self.open_data(pasted_source(text, tr("Pasted cells")))
        except Fault as fault:
            self.complain(say(fault.sentence))

    def _tell_used(self, path: Path, loaded: Loaded) -> None:
        self.used.emit(path)

    @Slot(object)
    def _take_data(self, loaded: Loaded) -> None:
        self.workspace.take_problem(loaded.problem, loaded.source)

    # What is shown

    @Slot()
    def show_state(self) -> None:
        """Tell the window the file's name, what is unsaved, and what can be undone."""
        name = self.path.name if self.path else ""
        changed = self.workspace.setup != self._saved
        self.window.set_document(name, changed if self._aside is None else self._aside.changed)
        self.window.actions_by_name["undo"].setEnabled(self.workspace.can_undo)
        self.window.actions_by_name["redo"].setEnabled(self.workspace.can_redo)

    @Slot(str)
    def complain(self, text: str) -> None:
        """Say what is wrong."""
        complain(self.window, text)

    def folder(self) -> str:
        """Where a file is looked for first."""
        if self.path is not None:
            return str(self.path.parent)
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def _take_as_saved(self, path: Path | None) -> None:
        self.path, self._saved = path, self.experiment().setup
        if self._aside is not None:
            self._aside = replace(self._aside, changed=False)
        self.workspace.end_edit()
        self.show_state()

    def _save_to(self, path: Path) -> bool:
        try:
            document.save(path, self.experiment())
        except Fault as fault:
            self.complain(say(fault.sentence))
            return False
        self._take_as_saved(path)
        self.used.emit(path)
        self.window.say(tr("Saved: {file}", file=str(path)))
        return True


def _file_kinds() -> str:
    return tr("gdsim experiments (*.gdsim);;All files (*)")
