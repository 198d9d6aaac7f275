"""What the menus and plain keys do to the runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot

from gdsim.ui.bench import Bench
from gdsim.ui.lab import Lab
from gdsim.ui.main_window import MainWindow
from gdsim.ui.shortcuts import KEYS


class Driver(QObject):
    """Takes the menus' entries and the keys that no control wanted to the lab."""

    def __init__(self, window: MainWindow, lab: Lab, bench: Bench) -> None:
        super().__init__(window)
        self.window, self.lab, self.bench = window, lab, bench
        slots = {
            "add_run": lab.add_run, "branch": self.branch, "remove_run": self.remove_run,
            "play": lab.toggle_play, "step": self.step, "step_back": self.step_back,
            "home": self.home, "end": self.end, "rerun": lab.rerun, "reset": lab.reset,
            "faster": self.faster, "slower": self.slower,
        }  # fmt: skip
        for name, slot in slots.items():
            window.actions_by_name[name].triggered.connect(slot)
        window.key_pressed.connect(self._take_key)

    @Slot(int)
    def _take_key(self, key: int) -> None:
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.lab.toggle_visible(key - Qt.Key.Key_1)
        elif key == Qt.Key.Key_F6:
            self.bench.next_region()
        elif key in KEYS:
            self.window.actions_by_name[KEYS[key]].trigger()

    @Slot()
    def step(self) -> None:
        self.lab.step_by(1)

    @Slot()
    def step_back(self) -> None:
        self.lab.step_by(-1)

    @Slot()
    def home(self) -> None:
        self.lab.seek(0)

    @Slot()
    def end(self) -> None:
        self.lab.seek(self.lab.snapshot.recorded)

    @Slot()
    def faster(self) -> None:
        self.lab.change_speed(1)

    @Slot()
    def slower(self) -> None:
        self.lab.change_speed(-1)

    @Slot()
    def branch(self) -> None:
        self.lab.branch(self.lab.scene.selected)

    @Slot()
    def remove_run(self) -> None:
        self.lab.remove(self.lab.scene.selected)
