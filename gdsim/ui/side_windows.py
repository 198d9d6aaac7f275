"""What the menus open beside the window: scripts and films to save, the sweep, help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gdsim import __version__
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.experiment.lessons.shelf import FOLDER, bundled, in_folders
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.filming import Filming
from gdsim.ui.language import tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.preferences import lessons_done
from gdsim.ui.shortcuts import shortcuts_text
from gdsim.ui.workspace import Workspace

if TYPE_CHECKING:
    from gdsim.ui.dialogs.race_dialog import Entrants, RaceDialog
    from gdsim.ui.dialogs.sweep_dialog import SweepDialog

# The dialogs bring much of the experiment and the engine, and few windows open one: they are
# imported then.


class SideWindows(QObject):
    """Opens dialogs; `folder` says where files are looked for."""

    lesson_chosen = Signal(object)
    """The path of a lesson that shall be played."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        central: CentralWidget,
        filming: Filming,
        folder: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self.window, self.workspace, self.central = window, workspace, central
        self._filming = filming
        self._folder = folder
        self._sweep: SweepDialog | None = None
        self._race: RaceDialog | None = None
        central.problem_panel.starts_requested.connect(self.edit_starts)
        central.problem_panel.points_requested.connect(self.edit_points)
        central.run_list.tune_requested.connect(self.tune)
        central.run_list.why_requested.connect(self.explain)

    def close(self) -> None:
        """End what computes in the background."""
        for dialog in (self._sweep, self._race):
            if dialog is not None:
                dialog.done(0)

    @Slot()
    def choose_lesson(self) -> None:
        """The list of all lessons."""
        from gdsim.ui.dialogs.lesson_dialog import LessonDialog

        own = in_folders(folder / FOLDER for folder in self.window.user.folders)
        dialog = LessonDialog((*bundled(), *own), lessons_done(self.window.user.now), self.window)
        dialog.chosen.connect(self.lesson_chosen)
        dialog.open()

    @Slot()
    def open_lesson(self) -> None:
        """A lesson of one's own."""
        name, _ = QFileDialog.getOpenFileName(
            self.window, tr("Open a lesson"), self._folder(), tr("Lessons (*.toml)")
        )
        if name:
            self.lesson_chosen.emit(Path(name))

    @Slot()
    def choose_answers(self) -> None:
        """Ask for the folder in which answers to lessons are kept from now on."""
        before = self.window.user.now.answers
        name = QFileDialog.getExistingDirectory(
            self.window, tr("Keep answers in this folder"), before or self._folder()
        )
        if name:
            self.window.user.set("answers", name)
            self.window.say(tr("Answers to lessons are kept in {folder}", folder=name))

    @Slot()
    def export_code(self) -> None:
        """Show the selected run as a script."""
        from gdsim.ui.dialogs.code_dialog import CodeDialog, Subject

        setup = self.workspace.setup
        track = setup.track(self.workspace.scene.selected)
        subject = Subject(
            setup.problem, track.run, track.changes, setup.step_limit,
            setup.keys.index(track.key) + 1, setup.source,
        )  # fmt: skip
        window = self.window
        CodeDialog(subject, window.theme, window.user, self._folder(), window).open()

    @Slot()
    def export_film(self) -> None:
        """Ask what a film shall show, and make it."""
        from gdsim.ui.dialogs.film_dialog import FilmDialog

        self.workspace.pause()
        filming = self._filming
        pictures = [(view.name, tr(view.title, "view")) for view in filming.exporter.offered()]
        dialog = FilmDialog(
            pictures, filming.exporter.view_at_hand(), filming.size_of,
            self.workspace.snapshot.recorded, self._folder(), self.window,
        )  # fmt: skip
        dialog.asked.connect(filming.begin)
        dialog.cancelled.connect(filming.stop)
        filming.proceeded.connect(dialog.show_progress)
        filming.ended.connect(dialog.end)
        dialog.open()

    @Slot()
    def edit_starts(self) -> None:
        """Show where all runs begin as a table."""
        from gdsim.ui.dialogs.start_dialog import StartDialog

        problem, run = self.workspace.selection()
        dialog = StartDialog(problem, run.start, self.window)
        dialog.edited.connect(self.workspace.set_start)
        dialog.open()

    @Slot()
    def edit_points(self) -> None:
        """Show the points as a table."""
        from gdsim.ui.dialogs.points_dialog import PointsDialog

        problem = self.workspace.selection()[0]
        data = problem.data if problem.whole is None else problem.whole
        if data is not None:
            dialog = PointsDialog(data, self.window)
            dialog.edited.connect(self.workspace.edit_data)
            dialog.open()

    @Slot()
    def sweep(self) -> None:
        """Open the sweep, or bring it to the front."""
        if self._sweep is None:
            from gdsim.ui.dialogs.sweep_dialog import SweepDialog

            window, gate = self.window, self.workspace.runner.gate
            self._sweep = SweepDialog(self.workspace.selection, gate.breathe, window.theme, window)
            self._sweep.run_chosen.connect(self._add_swept)
            window.theme_changed.connect(self._sweep.set_theme)
            window.language_changed.connect(self._sweep.retranslate)
        self._sweep.show()
        self._sweep.activateWindow()

    @Slot(object, object)
    def _add_swept(self, problem: Problem, run: Run) -> None:
        """A run of the sweep's map; refused where it was computed on another problem."""
        if self._in_lesson():
            return
        if problem is self.workspace.setup.problem:
            self.workspace.add(run)
        else:
            text = tr("The problem has changed since this sweep: compute it again.")
            self.workspace.refused.emit(text)

    @Slot()
    def race(self) -> None:
        """Open the fair race, or bring it to the front."""
        if self._race is None:
            from gdsim.ui.dialogs.race_dialog import RaceDialog

            window, gate = self.window, self.workspace.runner.gate
            self._race = RaceDialog(self._entrants, gate.breathe, window.theme, window)
            self._race.wanted.connect(self._take_tuned)
            window.theme_changed.connect(self._race.set_theme)
            window.language_changed.connect(self._race.retranslate)
        self._race.show()
        self._race.activateWindow()

    @Slot(object)
    def _take_tuned(self, runs: Mapping[int, Run]) -> None:
        """Runs as a race found them best."""
        if not self._in_lesson():
            self.workspace.tune(runs)

    def _in_lesson(self) -> bool:
        """Whether a lesson is played, whose runs these windows leave alone; it is said."""
        played = self.workspace.scene.free is not None
        if played:
            self.workspace.refused.emit(tr("Leave the lesson first: its runs are its own."))
        return played

    def _entrants(self) -> Entrants:
        """Every run with the settings in force at the step that is shown."""
        from gdsim.ui.dialogs.race_dialog import Entrants

        setup, step = self.workspace.setup, self.workspace.step
        runs = {track.key: track.own_at(step) for track in setup.tracks}
        return Entrants(setup.problem, runs, self.workspace.scene.styles, setup.step_limit)

    @Slot(int)
    def tune(self, key: int) -> None:
        """Open the sweep of that run's learning rate."""
        self.workspace.select(key)
        self.sweep()
        if self._sweep is not None:
            self._sweep.ask_for("learning_rate")

    @Slot(int)
    def explain(self, key: int) -> None:
        """Say why that run goes as it goes, with every axis by itself."""
        from gdsim.engine.axes import axes_of
        from gdsim.engine.diagnosis import curvature_at
        from gdsim.engine.forecast import forecast
        from gdsim.engine.why import why
        from gdsim.ui.dialogs.why_dialog import WhyDialog

        workspace = self.workspace
        workspace.select(key)
        snapshot, setup = workspace.snapshot, workspace.setup
        shown = snapshot.run(key) if snapshot.problem is setup.problem else None
        if shown is None:
            return  # it is on its way
        problem, run, theta = setup.problem, workspace.selected_run(), shown.theta
        here = curvature_at(problem, theta)
        reason = why(problem, run, here, theta, shown.rate, shown.state, shown.step)
        told = [
            (tr("At step {step}", step=f"{shown.step:,}"), shown.verdict),
            (tr("Its rates, seen from the start"),
             forecast(problem, run, np.array(run.start), setup.step_limit)),
        ]  # fmt: skip
        if reason is not None:
            told.append((tr("What decides here"), reason.sentence))
        title = tr("Why run {number} goes as it goes", number=key + 1)
        WhyDialog(title, told, axes_of(problem, run, theta, shown.rate), self.window).open()

    @Slot()
    def show_shortcuts(self) -> None:
        self._tell(tr("Keyboard shortcuts"), shortcuts_text())

    @Slot()
    def show_about(self) -> None:
        text = tr(
            "A lab bench for gradient descent: picture, formula and numbers show the same step. "
            "Its numbers are the frameworks' numbers."
        )
        self._tell(tr("About gdsim"), f"<b>gdsim {__version__}</b><p>{text}</p>")

    def _tell(self, title: str, text: str) -> None:
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Ok, self.window
        )
        box.setTextFormat(Qt.TextFormat.RichText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
