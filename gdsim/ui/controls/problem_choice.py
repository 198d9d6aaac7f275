"""The problems to choose from, in groups."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QWidget

from gdsim.engine.problems import PROBLEMS, Group, Problem
from gdsim.ui.controls.form import ChoiceBox
from gdsim.ui.language import tr


class ProblemChoice(ChoiceBox):
    """A combo box whose list has headings; they cannot be chosen, by mouse or by key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaxVisibleItems(40)
        self._entries = QStandardItemModel(self)
        self.setModel(self._entries)
        self._texts: list[tuple[str, list[tuple[str, str]]]] = []

    def show_problem(self, problem: Problem) -> None:
        """Choose the problem that is descended, without a signal."""
        groups = _groups(problem)
        with QSignalBlocker(self):
            if groups != self._texts:
                self._texts = groups
                self._fill(groups)
            self.setCurrentIndex(self.findData(problem.name))
        self.setToolTip(self.currentText())

    def _fill(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        model = self._entries
        model.clear()
        for heading, entries in groups:
            item = QStandardItem(heading)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
            font = QFont(self.font())
            font.setBold(True)
            item.setFont(font)
            model.appendRow(item)
            for name, text in entries:
                entry = QStandardItem(text)
                entry.setData(name, Qt.ItemDataRole.UserRole)
                model.appendRow(entry)


def _groups(problem: Problem) -> list[tuple[str, list[tuple[str, str]]]]:
    headings: dict[Group, str] = {
        "data": tr("Data"),
        "networks": tr("Neural network"),
        "own": tr("Function of your own"),
        "curves": tr("Functions of one variable"),
        "surfaces": tr("Functions of two variables"),
    }
    entries: dict[Group, list[tuple[str, str]]] = {group: [] for group in headings}
    for cls in PROBLEMS:
        entries[cls.group].append((cls.name, tr(cls.title, "problem")))
    return [(headings[group], found) for group, found in entries.items() if found]
