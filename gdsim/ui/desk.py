"""The working window: shell, bench, lab and documents wired together; opened, saved, undone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gdsim.engine.sentences import Fault
from gdsim.experiment import document, table
from gdsim.experiment.document import Experiment, ViewState
from gdsim.experiment.undo import UndoStack
from gdsim.runtime.runner import Runner
from gdsim.runtime.snapshot import Snapshot, Track
from gdsim.ui.bench import Bench
from gdsim.ui.frame_clock import FrameClock
from gdsim.ui.lab import Lab
from gdsim.ui.language import say, tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.side_windows import SideWindows, complain
from gdsim.ui.theme import Scene, Theme
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView

if TYPE_CHECKING:
    from gdsim.ui.dialogs.data_dialog import DataDialog, Loaded

SETTLE_SECONDS = 5.0
SUFFIX = ".gdsim"
WORDS_PER_SECOND = 4
"""The status line changes no more often while playing."""


class Desk(QObject):
    """Everything behind the shell; `shut` ends its thread and timer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        first = document.default_experiment()
        self.runner = Runner(document.make_problem_of(first), _tracks(first), first.step_limit)
        self.lab = Lab(self.runner, window.theme)
        self.bench = Bench(self.lab)
        self.clock = FrameClock(self.runner, self._scene, self)
        self.path: Path | None = None
        self._saved: tuple[object, ...] = ()
        self._undo = UndoStack()
        self._said_at = 0.0
        self.side = SideWindows(window, self.lab, self.bench, self.settle, self._folder)
        self._connect()
        self.runner.start()
        self.lab.set_speed(self.lab.speed)
        window.populate(self.bench)
        self.settle()
        self._take_as_saved(None)
        self.clock.start(list(self.bench.places.values()), self.bench.controls)
        self.bench.places["stage"].setFocus(Qt.FocusReason.OtherFocusReason)

    def settle(self) -> Snapshot:
        """Wait until the engine has carried out all that was sent."""
        end = time.monotonic() + SETTLE_SECONDS
        while not self.runner.is_settled and time.monotonic() < end:
            time.sleep(0.001)
        self.lab.follow(self.lab.snapshot)
        return self.lab.snapshot

    def shut(self) -> None:
        """Stop the clock, then the engine."""
        self.side.close()
        self.clock.stop()
        self.runner.stop()

    # Documents

    def experiment(self) -> Experiment:
        """The experiment as it stands, with all that was sent carried out."""
        self.settle()
        return self.last_experiment()

    def last_experiment(self) -> Experiment:
        """The experiment of the newest snapshot: waits for no engine, which may have failed."""
        shown = self.lab.snapshot
        return document.describe(
            shown.problem,
            tuple((run.track.run, run.track.changes) for run in shown.runs),
            shown.step_limit,
            self.lab.source,
            self._view_state(shown),
        )

    def _view_state(self, shown: Snapshot) -> ViewState:
        keys = [run.key for run in shown.runs]
        scene = self.lab.scene
        return ViewState(
            log_scale=self.bench.view(LossView).log_scale,
            residuals=self.bench.view(FitView).residuals,
            restart=self.lab.restart,
            selected=keys.index(scene.selected) if scene.selected in keys else 0,
            hidden=tuple(place for place, key in enumerate(keys) if key in scene.hidden),
            steps_per_second=self.lab.speed or 0.0,
        )

    def _show_view(self, view: ViewState) -> None:
        self.bench.view(LossView).set_log_scale(view.log_scale)
        self.bench.view(FitView).set_residuals(view.residuals)
        self.bench.run_list.set_restart(view.restart)
        self.lab.set_restart(view.restart)
        self.lab.look_at(view.selected, frozenset(view.hidden))
        self.lab.set_speed(view.steps_per_second or None)

    def show(self, experiment: Experiment, step: int = 0) -> None:
        """Replace what is on the bench; `Fault` if it cannot be run."""
        problem = document.make_problem_of(experiment)
        self.lab.source = experiment.source
        self.lab.load(problem, _tracks(experiment), experiment.step_limit, step)

    @Slot()
    def new(self) -> None:
        if self.may_discard():
            self.show(document.default_experiment())
            self._take_as_saved(None)

    @Slot()
    def choose_and_open(self) -> None:
        if not self.may_discard():
            return
        name, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open an experiment"), self._folder(), _file_kinds()
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open an experiment; what cannot be read is said, and what was there stays."""
        try:
            experiment = document.load(path)
            self.show(experiment)
        except Fault as fault:
            self.complain(say(fault.sentence))
            return
        self.settle()
        self._show_view(experiment.view)
        self._take_as_saved(path)

    def restore(self, experiment: Experiment, path: Path | None, step: int) -> None:
        """Show what another session has left; it counts as changed. `Fault` if it cannot be run."""
        self.show(experiment, step)
        self.settle()
        self._show_view(experiment.view)
        self._take_as_saved(path)
        self._saved = ()
        self._show_document()

    @Slot()
    def save(self) -> bool:
        """Save to the file it came from; whether that was done."""
        return self._save_to(self.path) if self.path is not None else self.save_as()

    @Slot()
    def save_as(self) -> bool:
        """Ask for a file and save; whether that was done."""
        proposed = self.path or Path(self._folder()) / f"{tr('Untitled')}{SUFFIX}"
        name, _ = QFileDialog.getSaveFileName(
            self.window, tr("Save the experiment"), str(proposed), _file_kinds()
        )
        if not name:
            return False
        path = Path(name)
        return self._save_to(path if path.suffix else path.with_suffix(SUFFIX))

    def may_discard(self) -> bool:
        """Whether what is on the bench may go: saved, or the user says so."""
        if not self.window.isWindowModified():
            return True
        button = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self.window, "gdsim", tr("Save the changes to this experiment?"),
            button.Save | button.Discard | button.Cancel,
        )  # fmt: skip
        if answer == button.Save:
            return self.save()
        return bool(answer == button.Discard)

    @Slot(object)
    def take_file(self, path: Path) -> None:
        """A dropped file: an experiment, or data."""
        if path.suffix.lower() == SUFFIX:
            if self.may_discard():
                self.open(path)
        else:
            self.open_data(path)

    # Data

    @Slot()
    def choose_data(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open data"), self._folder(),
            tr("Tables (*.csv *.tsv *.txt);;All files (*)"),
        )  # fmt: skip
        if name:
            self.open_data(Path(name))

    def open_data(self, path: Path) -> DataDialog | None:
        """Ask for the columns of a table and load it; a bad one is said, and the data stay."""
        try:
            layout = table.inspect(path)
        except Fault as fault:
            self.complain(say(fault.sentence))
            return None
        from gdsim.ui.dialogs.data_dialog import DataDialog  # few windows ever open it

        dialog = DataDialog(layout, self.lab.snapshot.problem, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.loaded.connect(self._take_data)
        dialog.open()
        return dialog

    @Slot(object)
    def _take_data(self, loaded: Loaded) -> None:
        self.lab.take_problem(loaded.problem, loaded.source)

    # Undo

    @Slot(str)
    def _before_edit(self, what: str) -> None:
        self._undo.push(self.experiment())

    @Slot()
    def undo(self) -> None:
        self._go_to(self._undo.undo(self.experiment()))

    @Slot()
    def redo(self) -> None:
        self._go_to(self._undo.redo(self.experiment()))

    def _go_to(self, experiment: Experiment | None) -> None:
        if experiment is not None:
            self.show(experiment, self.lab.snapshot.step)

    # What is shown

    @Slot(bool)
    def set_log_scale(self, log: bool) -> None:
        self.bench.view(LossView).set_log_scale(log)

    @Slot(bool)
    def set_residuals(self, shown: bool) -> None:
        self.bench.view(FitView).set_residuals(shown)

    @Slot(str)
    def complain(self, text: str) -> None:
        """Say what is wrong."""
        complain(self.window, text)

    @Slot()
    def retranslate(self) -> None:
        self.bench.retranslate()
        self._show_document()
        self._said_at = 0.0
        self.clock.refresh()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        self.lab.set_theme(theme)

    @Slot(object)
    def _follow(self, snapshot: Snapshot) -> None:
        self.lab.follow(snapshot)
        now = time.monotonic()
        if not snapshot.playing or now - self._said_at > 1 / WORDS_PER_SECOND:
            self._said_at = now
            self.window.say(self._status(snapshot))
            if self.runner.is_settled:
                self._show_document()

    def _status(self, snapshot: Snapshot) -> str:
        """The failure if there is one, else how the selected run is doing."""
        if snapshot.failure is not None:
            return say(snapshot.failure)
        run = snapshot.run(self.lab.scene.selected)
        return say(run.verdict) if run is not None else ""

    def _scene(self) -> Scene:
        return self.lab.scene

    def document_state(self) -> tuple[object, ...]:
        """All that would be saved, save the view: equal as long as there is nothing to save."""
        shown = self.lab.snapshot
        return (shown.problem, tuple(run.track for run in shown.runs), shown.step_limit)

    def _show_document(self) -> None:
        name = self.path.name if self.path else ""
        self.window.set_document(name, self.document_state() != self._saved)
        self.window.actions_by_name["undo"].setEnabled(self._undo.can_undo)
        self.window.actions_by_name["redo"].setEnabled(self._undo.can_redo)

    def _take_as_saved(self, path: Path | None) -> None:
        self.settle()
        self.path = path
        self._saved = self.document_state()
        self._undo = UndoStack()
        self._show_document()

    def _save_to(self, path: Path) -> bool:
        try:
            document.save(path, self.experiment())
        except Fault as fault:
            self.complain(say(fault.sentence))
            return False
        self.path = path
        self._saved = self.document_state()
        self._show_document()
        self.window.say(tr("Saved: {file}", file=str(path)))
        return True

    def _folder(self) -> str:
        if self.path is not None:
            return str(self.path.parent)
        return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    # Wires

    def _connect(self) -> None:
        window, lab, bench = self.window, self.lab, self.bench
        window.bind(desk=self, lab=lab, bench=bench, side=self.side)
        window.actions_by_name["log_scale"].setChecked(bench.view(LossView).log_scale)
        bench.view(LossView).log_scale_changed.connect(
            window.actions_by_name["log_scale"].setChecked
        )
        bench.view(FitView).residuals_changed.connect(
            window.actions_by_name["residuals"].setChecked
        )
        window.file_dropped.connect(self.take_file)
        window.theme_changed.connect(self.set_theme)
        window.language_changed.connect(self.retranslate)
        window.may_close = self.may_discard
        lab.edited.connect(self._before_edit)
        lab.refused.connect(self.complain)
        lab.speed_set.connect(bench.transport.set_speed)
        bench.open_data_requested.connect(self.choose_data)
        self.clock.moved_on.connect(self._follow)


def _tracks(experiment: Experiment) -> tuple[Track, ...]:
    return tuple(Track(key, run, changes) for key, (run, changes) in enumerate(experiment.runs))


def _file_kinds() -> str:
    return tr("gdsim experiments (*.gdsim);;All files (*)")
