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
from gdsim.experiment.setup import Setup, first_setup
from gdsim.runtime.snapshot import Snapshot
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

SUFFIX = ".gdsim"
WORDS_PER_SECOND = 4
"""The status line changes no more often while playing."""


class Desk(QObject):
    """Everything behind the shell; `shut` ends its thread and timer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.lab = Lab(first_setup(), window.theme)
        self.bench = Bench(self.lab)
        self.clock = FrameClock(self.lab.runner, self._scene, self)
        self.path: Path | None = None
        self._saved: Setup | None = self.lab.setup
        self._said_at = 0.0
        self.side = SideWindows(window, self.lab, self.bench, self._folder)
        self._connect()
        self.lab.runner.start()
        self.lab.set_speed(self.lab.speed)
        window.populate(self.bench)
        self._show_document()
        self.clock.start(list(self.bench.places.values()), self.bench.controls)
        self.bench.places["stage"].setFocus(Qt.FocusReason.OtherFocusReason)

    def shut(self) -> None:
        """Stop the clock, then the engine: what does not end in time is left behind."""
        self.side.close()
        self.clock.stop()
        self.lab.runner.stop()

    # Documents

    def experiment(self) -> Experiment:
        """What would be saved now."""
        keys, scene = self.lab.setup.keys, self.lab.scene
        view = ViewState(
            log_scale=self.bench.view(LossView).log_scale,
            residuals=self.bench.view(FitView).residuals,
            restart=self.lab.restart,
            selected=keys.index(scene.selected),
            hidden=tuple(place for place, key in enumerate(keys) if key in scene.hidden),
            steps_per_second=self.lab.speed or 0.0,
        )
        return Experiment(self.lab.setup, view)

    def _show_view(self, view: ViewState) -> None:
        self.bench.view(LossView).set_log_scale(view.log_scale)
        self.bench.view(FitView).set_residuals(view.residuals)
        self.bench.run_list.set_restart(view.restart)
        self.lab.set_restart(view.restart)
        self.lab.look_at(view.selected, frozenset(view.hidden))
        self.lab.set_speed(view.steps_per_second or None)

    @Slot()
    def new(self) -> None:
        if self.may_discard():
            self.lab.load(first_setup())
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
        except Fault as fault:
            self.complain(say(fault.sentence))
            return
        self.lab.load(experiment.setup)
        self._show_view(experiment.view)
        self._take_as_saved(path)

    def restore(self, experiment: Experiment, path: Path | None, step: int) -> None:
        """Show what another session has left; it counts as changed."""
        self.lab.load(experiment.setup, step)
        self._show_view(experiment.view)
        self.path, self._saved = path, None
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

        dialog = DataDialog(layout, self.lab.setup.problem, self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.loaded.connect(self._take_data)
        dialog.open()
        return dialog

    @Slot(object)
    def _take_data(self, loaded: Loaded) -> None:
        self.lab.take_problem(loaded.problem, loaded.source)

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

    def _status(self, snapshot: Snapshot) -> str:
        """The failure if there is one, else how the selected run is doing."""
        if snapshot.failure is not None:
            return say(snapshot.failure)
        run = snapshot.run(self.lab.scene.selected)
        return say(run.verdict) if run is not None else ""

    def _scene(self) -> Scene:
        return self.lab.scene

    @Slot()
    def _show_document(self) -> None:
        name = self.path.name if self.path else ""
        self.window.set_document(name, self.lab.setup != self._saved)
        self.window.actions_by_name["undo"].setEnabled(self.lab.can_undo)
        self.window.actions_by_name["redo"].setEnabled(self.lab.can_redo)

    def _take_as_saved(self, path: Path | None) -> None:
        self.path, self._saved = path, self.lab.setup
        self.lab.end_edit()
        self._show_document()

    def _save_to(self, path: Path) -> bool:
        try:
            document.save(path, self.experiment())
        except Fault as fault:
            self.complain(say(fault.sentence))
            return False
        self._take_as_saved(path)
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
        lab.changed.connect(self._show_document)
        lab.refused.connect(self.complain)
        lab.data_refused.connect(self.complain)
        lab.speed_set.connect(bench.transport.set_speed)
        bench.open_data_requested.connect(self.choose_data)
        self.clock.moved_on.connect(self._follow)


def _file_kinds() -> str:
    return tr("gdsim experiments (*.gdsim);;All files (*)")
