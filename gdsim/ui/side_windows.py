"""What the menus open beside the window: pictures and scripts to save, the sweep, help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gdsim import __version__
from gdsim.engine.sentences import Fault
from gdsim.runtime.snapshot import Snapshot
from gdsim.system.files import written_aside
from gdsim.ui.bench import Bench
from gdsim.ui.lab import Lab
from gdsim.ui.language import say, tr
from gdsim.ui.main_window import MainWindow
from gdsim.ui.shortcuts import shortcuts_text

if TYPE_CHECKING:
    from gdsim.ui.dialogs.sweep_dialog import SweepDialog

# The dialogs bring much of the experiment and the engine, and few windows open one: they are
# imported then.


def complain(window: QWidget, text: str) -> None:
    """Say what is wrong in a dialog that waits for nobody."""
    box = QMessageBox(
        QMessageBox.Icon.Warning, "gdsim", text, QMessageBox.StandardButton.Ok, window
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


class SideWindows(QObject):
    """Opens dialogs; `folder` says where files are looked for, `settle` waits for the engine."""

    def __init__(
        self,
        window: MainWindow,
        lab: Lab,
        bench: Bench,
        settle: Callable[[], Snapshot],
        folder: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self.window, self.lab, self.bench = window, lab, bench
        self._settle, self._folder = settle, folder
        self._sweep: SweepDialog | None = None
        export = window.menus_by_name["export"]
        for name, title in bench.view_titles().items():
            export.addAction(title).setData(name)
        export.triggered.connect(self._export_view)

    def close(self) -> None:
        """End what computes in the background."""
        if self._sweep is not None:
            self._sweep.done(0)

    def retranslate(self) -> None:
        for action in self.window.menus_by_name["export"].actions():
            action.setText(self.bench.view_titles()[str(action.data())])

    @Slot(QAction)
    def _export_view(self, action: QAction) -> None:
        self.export(str(action.data()))

    @Slot()
    def export_window(self) -> None:
        self.export("window")

    def export(self, name: str) -> None:
        """Ask for a file and write the picture of a view, or of the whole window."""
        chosen, _ = QFileDialog.getSaveFileName(
            self.window, tr("Export a picture"), str(Path(self._folder()) / f"gdsim-{name}.png"),
            tr("Pictures (*.png)"),
        )  # fmt: skip
        if not chosen:
            return
        path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".png")
        try:
            if name == "window":
                with written_aside(path) as aside:
                    if not self.window.grab().save(str(aside), "PNG"):
                        raise Fault("{file} cannot be written as a picture.", file=str(path))
            else:
                self.bench.export(name, path)
        except Fault as fault:
            complain(self.window, say(fault.sentence))
            return
        self.window.say(tr("Picture written: {file}", file=str(path)))

    @Slot()
    def export_code(self) -> None:
        """Show the selected run as a script."""
        from gdsim.ui.dialogs.code_dialog import CodeDialog, Subject

        shown = self._settle()
        keys = [run.key for run in shown.runs]
        number = keys.index(self.lab.scene.selected) if self.lab.scene.selected in keys else 0
        track = shown.runs[number].track
        subject = Subject(
            shown.problem, track.run, track.changes, shown.step_limit, number + 1, self.lab.source
        )
        window = self.window
        CodeDialog(subject, window.theme, window.settings, self._folder(), window).open()

    @Slot()
    def sweep(self) -> None:
        """Open the sweep, or bring it to the front."""
        if self._sweep is None:
            from gdsim.ui.dialogs.sweep_dialog import SweepDialog

            window, gate = self.window, self.lab.runner.gate
            self._sweep = SweepDialog(self.lab.selection, gate.breathe, window.theme, window)
            self._sweep.run_chosen.connect(self.lab.add_on)
            window.theme_changed.connect(self._sweep.set_theme)
            window.language_changed.connect(self._sweep.retranslate)
        self._sweep.show()
        self._sweep.activateWindow()

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
