"""What a user sees when gdsim itself has failed: the report, and that the experiment is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from gdsim.engine.sentences import Fault
from gdsim.system.files import written_aside
from gdsim.ui.language import say, tr
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel


class CrashDialog(QDialog):
    """Shows a report; it can be copied, saved, and left behind."""

    def __init__(self, report: str, kept: Path | None, parent: QWidget | None = None) -> None:
        """`kept` is the file that the experiment was written to, None if it could not be."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("gdsim has failed"))
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setAccessibleName(tr("Report"))
        heading = PlainLabel(tr("Something went wrong in gdsim. You can go on working."))
        heading.setProperty("heading", True)
        self.said = PlainLabel(
            tr("The experiment is kept and will be offered at the next start: {file}", file=kept)
            if kept is not None
            else tr("The experiment could not be kept: save it now, from the menu.")
        )
        for label in (heading, self.said):
            label.setWordWrap(True)
        self.said.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.copy_button = buttons.addButton(tr("&Copy"), role.ActionRole)
        self.save_button = buttons.addButton(tr("&Save report…"), role.ActionRole)
        self.continue_button = buttons.addButton(tr("C&ontinue"), role.AcceptRole)
        self.continue_button.setDefault(True)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self.save)
        buttons.accepted.connect(self.accept)
        layout = QVBoxLayout(self)
        for part in (heading, self.said, self.report, buttons):
            layout.addWidget(part)
        name_controls(self, "crash")
        self.resize(640, 420)
        self.continue_button.setFocus()

    @Slot()
    def copy(self) -> None:
        """Put the report onto the clipboard."""
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.said.setText(tr("The report is copied."))

    @Slot()
    def save(self) -> None:
        """Ask for a file and write the report."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        name, _ = QFileDialog.getSaveFileName(
            self, tr("Save the report"), str(Path(folder) / "gdsim-report.txt"),
            tr("Texts (*.txt)"),
        )  # fmt: skip
        if not name:
            return
        try:
            with written_aside(name) as aside:
                aside.write_text(self.report.toPlainText() + "\n", encoding="utf-8")
        except Fault as fault:
            self.said.setText(say(fault.sentence))
        else:
            self.said.setText(tr("Saved: {file}", file=name))
