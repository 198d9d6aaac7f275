"""Holds a task's conditions against each experiment that a student has played to its end."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.stages import Try
from gdsim.experiment.setup import Setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.lessons.tried import change_of
from gdsim.ui.workspace import Workspace

REST_MILLISECONDS = 500
"""An experiment is checked when its settings have rested for so long: a drag is one try."""


@dataclass(frozen=True)
class _Answer:
    setup: Setup
    tried: Try


class TaskChecker(QObject):
    """Runs the task anew beside the window, from its start, and tells what was measured."""

    tried = Signal(object)
    """A `Try`; each experiment is tried once."""
    _answered = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._lesson: Lesson | None = None
        self._tried: list[Setup] = []
        self._asked: Setup | None = None
        self._changed = False
        """Whether the student has set something since the last check."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._check)
        workspace.changed.connect(self._wait)
        self._answered.connect(self._take)

    def watch(self, lesson: Lesson | None) -> None:
        """Check the task of that lesson from now on; None checks nothing."""
        if lesson is not self._lesson:
            self._tried = []
        self._lesson, self._asked, self._changed = lesson, None, False
        self._rest.stop()

    def follow(self, snapshot: Snapshot) -> None:
        """A run has moved on: at its end it is checked."""
        setup = self._workspace.setup
        if self._lesson is None or self._rest.isActive() or self._asked is not None:
            return
        if is_over(snapshot, setup) and setup not in self._tried:
            self._rest.start()

    @Slot()
    def _wait(self) -> None:
        if self._lesson is not None:
            self._asked, self._changed = None, True
            self._rest.start()

    @Slot()
    def _check(self) -> None:
        setup, lesson = self._workspace.setup, self._lesson
        snapshot = self._workspace.snapshot
        if lesson is None or setup in self._tried:
            return
        if not is_over(snapshot, setup):
            if self._changed and not snapshot.playing:
                self._workspace.play()  # who has set something wants to see it
            return
        self._changed = False
        self._asked = setup
        threading.Thread(target=self._judge, args=(lesson, setup), daemon=True).start()

    def _judge(self, lesson: Lesson, setup: Setup) -> None:
        from gdsim.experiment.lessons.facts import judge_task  # with the first task

        change = change_of(lesson, setup)
        try:
            judged = judge_task(lesson, setup)
        except Fault as fault:
            tried = Try(change, "–", "", False, fault.sentence)
        else:
            said = next((one for one in judged if not one.passed), judged[-1])
            passed = all(one.passed for one in judged)
            tried = Try(change, said.measured, said.asked, passed, said.sentence)
        self._answered.emit(_Answer(setup, tried))

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        if self._lesson is None or answer.setup is not self._asked:
            return  # another experiment has been set since
        self._asked = None
        self._tried.append(answer.setup)
        self.tried.emit(answer.tried)


def is_over(snapshot: Snapshot, setup: Setup) -> bool:
    """Whether that experiment was played as far as it goes, and rests."""
    at_end = snapshot.step >= snapshot.step_limit or not any(run.alive for run in snapshot.runs)
    return at_end and not snapshot.playing and snapshot.shows(setup)
