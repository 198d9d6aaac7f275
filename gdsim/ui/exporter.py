"""What is taken out of the window: pictures of views and window, tables of the runs' steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from gdsim.engine.sentences import Fault
from gdsim.experiment.setup import Setup
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.complaint import complain
from gdsim.ui.language import say, tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.views import find_view
from gdsim.ui.views.base import View
from gdsim.ui.workspace import Workspace

if TYPE_CHECKING:
    from gdsim.ui.figures.picture_file import Figure
    from gdsim.ui.run_writer import RunWriter

# What writes pictures and tables is imported when something is written.


class Exporter(QObject):
    """Writes and copies; `folder` says where files are put first."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        central: CentralWidget,
        folder: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self.window, self.workspace, self.central = window, workspace, central
        self._folder = folder
        self._writer: RunWriter | None = None
        menu = window.menus_by_name["export"]
        menu.aboutToShow.connect(self._list_views)
        menu.triggered.connect(self._export_view)

    def close(self) -> None:
        """End what is being written."""
        if self._writer is not None:
            self._writer.stop()

    # Pictures

    def offered(self) -> list[type[View]]:
        """The views that have a picture of the present problem.

        As long as a lesson waits for an answer it shuts the slice, and others would tell no less:
        then those that are seen.
        """
        views = self.central.serving()
        if self.window.actions_by_name["slice"].isEnabled():
            return views
        seen = self.central.stage.seen_names()
        return [view for view in views if view.name in seen]

    @Slot()
    def _list_views(self) -> None:
        menu = self.window.menus_by_name["export"]
        menu.clear()
        for view in self.offered():
            menu.addAction(tr(view.title, "view")).setData(view.name)

    @Slot(QAction)
    def _export_view(self, action: QAction) -> None:
        self.export_view(str(action.data()))

    def export_view(self, name: str) -> None:
        """Ask for a file and write the picture of a view, seen or not, as it is now."""
        path = self._ask_for_picture(name)
        if path is not None:
            with self.view_figure(name) as figure:
                self._write(path, figure)

    @Slot()
    def export_window(self) -> None:
        """Ask for a file and write the picture of the whole window."""
        from gdsim.ui.figures.window_figure import WindowFigure

        path = self._ask_for_picture("window")
        if path is not None:
            self._write(path, WindowFigure(self.window))

    @Slot()
    def copy_view(self) -> None:
        """The picture of the view that has the keyboard, else of the first, for other programs."""
        name = self.view_at_hand()
        with self.view_figure(name) as figure:
            self._copy(figure, tr(find_view(name).title, "view"))

    @Slot()
    def copy_window(self) -> None:
        """The picture of the whole window, for other programs."""
        from gdsim.ui.figures.window_figure import WindowFigure

        self._copy(WindowFigure(self.window), tr("The window"))

    def view_at_hand(self) -> str:
        """The name of the view that has the keyboard, else of the first that is seen."""
        focus, stage = self.window.focusWidget(), self.central.stage
        seen = stage.seen_names()
        for name in seen:
            view = self.central.places[find_view(name).where].shown
            if focus is not None and view.isAncestorOf(focus):
                return name
        return seen[0]

    @contextmanager
    def view_figure(self, name: str, scale: float = 2.0) -> Iterator[Figure]:
        """The picture of a view, seen or not, as it is now, as long as the block lasts."""
        from gdsim.ui.figures.view_figure import figure_of

        place = self.central.places[find_view(name).where]
        view, workspace = place.view(find_view(name)), self.workspace
        room = place.size()
        with figure_of(view, workspace.snapshot, workspace.scene, room, scale) as figure:
            yield figure

    def _ask_for_picture(self, name: str) -> Path | None:
        from gdsim.ui.figures.picture_file import ENDINGS

        proposed = Path(self._folder()) / f"gdsim-{name}.png"
        kinds = " ".join(f"*{ending}" for ending in ENDINGS)
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, tr("Export a picture"), str(proposed), f"{tr('Pictures')} ({kinds})"
        )
        if not chosen:
            return None
        return Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".png")

    def _write(self, path: Path, figure: Figure) -> None:
        from gdsim.ui.figures.picture_file import write_figure

        try:
            write_figure(path, figure)
        except Fault as fault:
            self._complain(say(fault.sentence))
        else:
            self.window.say(tr("Picture written: {file}", file=str(path)))

    def _copy(self, figure: Figure, what: str) -> None:
        from gdsim.ui.figures.picture_file import image_of

        QGuiApplication.clipboard().setImage(image_of(figure))
        self.window.say(tr("Copied as a picture: {what}", what=what))

    # Tables

    @Slot()
    def export_runs(self) -> None:
        """Ask for a file and write every step of all runs, up to the last one that was reached.

        Where none was, up to the last one to be played.
        """
        self._export_steps(self.workspace.setup, "gdsim-runs", tr("Export the runs"))

    @Slot()
    def export_run(self) -> None:
        """The same of the selected run."""
        setup, key = self.workspace.setup, self.workspace.scene.selected
        number = setup.keys.index(key) + 1
        alone = replace(setup, tracks=(setup.track(key),))
        title = tr("Export the steps of run {number}", number=number)
        self._export_steps(alone, f"gdsim-run-{number}", title)

    def _export_steps(self, setup: Setup, name: str, title: str) -> None:
        from gdsim.experiment.results import FORMATS
        from gdsim.ui.run_writer import RunWriter

        proposed = Path(self._folder()) / f"{name}.csv"
        kinds = ";;".join(f"{ending[1:].upper()} (*{ending})" for ending in FORMATS)
        chosen, kind = QFileDialog.getSaveFileName(self.window, title, str(proposed), kinds)
        if not chosen:
            return
        ending = next((one for one in FORMATS if f"*{one}" in kind), FORMATS[0])
        path = Path(chosen)
        path = path if path.suffix else path.with_suffix(ending)
        steps = self.workspace.snapshot.recorded or setup.step_limit
        if self._writer is None:
            self._writer = RunWriter(self)
            self._writer.written.connect(self._tell_written)
            self._writer.proceeded.connect(self._tell_progress)
            self._writer.failed.connect(self._complain)
        if self._writer.is_busy:
            self._complain(tr("The runs are still being written."))
            return
        try:
            self._writer.write(path, setup, steps)
        except Fault as fault:
            self._complain(say(fault.sentence))

    @Slot(int)
    def _tell_progress(self, step: int) -> None:
        self.window.say(tr("Runs written up to step {step} …", step=f"{step:,}"))

    @Slot(object)
    def _tell_written(self, path: Path) -> None:
        self.window.say(tr("Runs written: {file}", file=str(path)))

    @Slot(str)
    def _complain(self, text: str) -> None:
        complain(self.window, text)
