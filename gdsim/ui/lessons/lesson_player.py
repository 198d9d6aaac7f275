"""Plays a lesson in the window: sets up each stage, locks and hides, checks the task, and leaves.

The experiment that was there is put aside and comes back when the lesson is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent

from gdsim.engine.sentences import Fault
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.lessons.stages import Course, Scene, Stage, Try
from gdsim.experiment.view_state import SPEEDS, ViewState
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.documents import Aside, Documents
from gdsim.ui.language import say, tr
from gdsim.ui.lessons.doors import Doors
from gdsim.ui.lessons.keys import LETTERS, NEXT, NUMBERS, SHIFTED
from gdsim.ui.lessons.scenery import Scenery
from gdsim.ui.lessons.task_checker import TaskChecker, is_over
from gdsim.ui.locks import Locks
from gdsim.ui.main_window import MainWindow
from gdsim.ui.predictor import Predictor
from gdsim.ui.workspace import Workspace

WATCHED_SECONDS = 6.0
"""About so long a run plays to an observation."""
DRAWN_MILLISECONDS = 500
"""After so long the picture of a stage that was gone back to is drawn, and takes its text."""


class LessonPlayer(QObject):
    """One lesson at a time."""

    began = Signal()
    ended = Signal()
    finished = Signal(str)
    """The id of a lesson whose task was solved."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        central: CentralWidget,
        documents: Documents,
        locks: Locks,
        predictor: Predictor,
    ) -> None:
        super().__init__(window)
        self.window, self.workspace, self.central = window, workspace, central
        self.documents = documents
        documents.replaces_lesson.connect(self.leave)
        self._predictor = predictor
        predictor.drawn.connect(self._take_drawing)
        self._doors = Doors(window, central, locks)
        self.course: Course | None = None
        self._shelf: tuple[Path, ...] = ()
        self._aside: Aside | None = None
        self._playing_to: int | None = None
        self.scenery = Scenery(window, central)
        # Owned timers: those of the class would outlive the window.
        self._drawn, self._built = QTimer(self), QTimer(self)
        for timer, then in ((self._drawn, self._caption), (self._built, self._lock_anew)):
            timer.setSingleShot(True)
            timer.timeout.connect(then)
        self.checker = TaskChecker(workspace, self)
        self.checker.tried.connect(self._take_try)
        strip, steps = central.lesson, central.lesson_steps
        strip.chosen.connect(self.choose)
        strip.leave_requested.connect(self.leave)
        strip.hint_requested.connect(self.hint)
        steps.next_requested.connect(self.next)
        steps.back_requested.connect(self.back)
        workspace.changed.connect(self._follow_setup)
        window.actions_by_name["present"].toggled.connect(self._surround)
        window.first_keys = self.take_key

    @property
    def is_on(self) -> bool:
        """Whether a lesson is being played."""
        return self.course is not None

    # Beginning and leaving

    def _keep_answers(self) -> None:
        """Into the folder that the teacher has named, as the lesson is left or another begins."""
        from gdsim.experiment.lessons.answers import answered, keep  # with the first lesson

        folder, course = self.window.user.now.answers, self.course
        if folder and course is not None and answered(course):
            try:
                keep(Path(folder), course, datetime.now())
            except Fault as fault:
                self.window.say(say(fault.sentence))

    @Slot(object)
    def open(self, path: Path, shelf: Sequence[Path] | None = None) -> None:
        """Begin the lesson of that file; what is wrong with it is said, and all stays as it is."""
        from gdsim.experiment.lessons.reading import read_lesson  # with the first lesson

        try:
            lesson = read_lesson(path)
        except Fault as fault:
            self.documents.complain(say(fault.sentence))
            return
        self._shelf = tuple(bundled() if shelf is None else shelf)
        self.begin(lesson)

    def begin(self, lesson: Lesson) -> None:
        """Put the experiment aside and show the lesson's title."""
        self._keep_answers()
        if self._aside is None:
            self._aside = self.documents.set_aside()
            self.window.actions_by_name["leave_lesson"].setEnabled(True)
        self._show(Course(lesson))
        self.began.emit()

    def show_anew(self, lesson: Lesson) -> None:
        """The same lesson with other words, at the stage where it was as far as that is there."""
        if self.course is not None:
            self._show(self.course.of(lesson))

    @Slot()
    def leave(self) -> None:
        """End the lesson: the former experiment comes back as it was."""
        aside, self._aside = self._aside, None
        if aside is None:
            return
        self._keep_answers()
        self.course = None
        self.checker.watch(None)
        self._drawn.stop()
        self._doors.open()
        self.scenery.clear()
        self._predictor.set_on(False)
        self.workspace.set_curtain()
        self.documents.take_back(aside)
        self.window.actions_by_name["leave_lesson"].setEnabled(False)
        self.ended.emit()

    # Steps

    @Slot()
    def next(self) -> None:
        """On by one stage; from the task to the next lesson, or home."""
        course = self.course
        if course is None:
            return
        if course.stage is not Stage.TASK:
            self._go(course.next())
            return
        following = self._following()
        if following is None:
            self.leave()
        else:
            self.open(following, self._shelf)

    def _go_on(self) -> None:
        """By a key: a task that is not solved is left by its button only."""
        course = self.course
        if course is not None and course.stage is Stage.TASK and not course.solved:
            self.window.say(tr("The task is not solved yet: Skip leaves it."))
        else:
            self.next()

    @Slot()
    def back(self) -> None:
        if self.course is not None:
            self._go(self.course.back())

    @Slot(int)
    def choose(self, place: int) -> None:
        """An answer, before anything was seen."""
        if self.course is not None:
            self._say(self.course.choose(place))
            if self.course.chosen is not None:
                self.central.lesson_steps.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def count(self, place: int, by: int) -> None:
        """Hands more or fewer for an answer."""
        if self.course is not None:
            self._say(self.course.count(place, by))

    @Slot()
    def _take_drawing(self) -> None:
        if self.course is not None and self._predictor.has_drawn:
            self._say(self.course.drew())

    @Slot()
    def hint(self) -> None:
        if self.course is not None and self.course.stage is Stage.TASK:
            self._say(self.course.with_hint())

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key that no control wants is one of the lesson's; then it acts."""
        course = self.course
        if course is None:
            return False
        key = Qt.Key(event.key())
        keys = Qt.KeyboardModifier
        shifted = bool(event.modifiers() & keys.ShiftModifier)
        if event.modifiers() & ~(keys.ShiftModifier | keys.KeypadModifier):
            return False
        asking = course.asks
        if key in NEXT and not shifted:
            self._go_on()
        elif key == Qt.Key.Key_PageUp:
            self.back()
        elif asking and key in LETTERS:
            self.choose(LETTERS[key])
        elif asking and key in NUMBERS:
            self.count(NUMBERS[key], -1 if shifted else 1)
        elif asking and shifted and key in SHIFTED:
            self.count(SHIFTED[key], -1)
        elif course.stage is Stage.TASK and key == Qt.Key.Key_H:
            self.hint()
        elif key == Qt.Key.Key_Escape and not self._esc_is_taken():
            self.leave()
        else:  # Space plays no run before the answer
            return asking and key == Qt.Key.Key_Space
        return True

    def _esc_is_taken(self) -> bool:
        """Whether Esc has something else to leave first."""
        on = (self.window.actions_by_name[name].isChecked() for name in ("present", "full_screen"))
        return self.window.is_covered or self.central.is_maximised or any(on)

    def _following(self) -> Path | None:
        """The next lesson on the shelf."""
        place = self._place()[0]
        return self._shelf[place] if 0 < place < len(self._shelf) else None

    def _place(self) -> tuple[int, int]:
        path = None if self.course is None else self.course.lesson.path
        number = self._shelf.index(path) + 1 if path in self._shelf else 0
        return number, len(self._shelf)

    # Showing a stage

    def _go(self, course: Course) -> None:
        """To another stage."""
        if course != self.course:
            self._show(course)

    def _say(self, course: Course) -> None:
        """The same stage with other answers."""
        self.course = course
        self._tell()
        self._doors.lock(course)

    def _show(self, course: Course) -> None:
        before, self.course = self.course, course
        scene = course.scene
        self._drawn.stop()
        self.scenery.caption.end()
        self.checker.watch(None)
        self._set_up(course, scene, before)
        if course.stage is Stage.TASK:
            self.checker.watch(course.lesson)
            self._built.start(0)
        self._tell()
        self.scenery.show(course)
        self._predictor.offer(course)
        if course.stage is Stage.OBSERVATION and self._playing_to is None:
            self._drawn.start(DRAWN_MILLISECONDS)
        self._doors.lock(course)
        self.scenery.focus(course)

    def _set_up(self, course: Course, scene: Scene, before: Course | None) -> None:
        """The experiment of this stage, at its step."""
        workspace, trying = self.workspace, course.stage is Stage.TASK
        limit = self._limit(course, scene)
        setup = scene.setup.with_limit(limit)
        keys = setup.keys
        fresh = course.is_before_run or trying
        step = 0 if fresh else scene.play_to or 0
        self._playing_to = None
        forward = before is not None and before.lesson is course.lesson and (
            (before.stage, before.seen) < (course.stage, course.seen)
            if before.stage is course.stage else before.next().stage is course.stage
        )  # fmt: skip
        plays = course.stage is Stage.OBSERVATION and forward
        if plays:
            same = (
                setup.tracks == workspace.setup.tracks and setup.problem is workspace.setup.problem
            )
            step = min(workspace.step, step) if same else 0
        workspace.load(setup, step)
        if fresh:
            workspace.clear()
        hidden: tuple[int, ...] = ()
        if scene.visible_runs is not None:
            hidden = tuple(place for place in range(len(keys)) if place not in scene.visible_runs)
        options = replace(workspace.scene.options, restart=True)
        if plays or trying:
            options = replace(options, steps_per_second=_speed(limit - step))
        shown = next((place for place in range(len(keys)) if place not in hidden), 0)
        workspace.look(ViewState(options, shown, hidden))
        free = course.lesson.task.free if trying else ()
        workspace.set_curtain(scene.hide, frozenset(free), 0 if trying else limit)
        if plays:
            self._playing_to = scene.play_to
            workspace.play()
        self.documents.show_state()

    def _limit(self, course: Course, scene: Scene) -> int:
        """How far the experiment of a stage goes: what is asked about, what is watched, or all."""
        if course.stage is Stage.TASK:
            return course.lesson.task.setup.step_limit
        if course.is_before_run:
            return max(one.to for one in course.lesson.observations)
        return max(scene.play_to or 1, 1)

    def _tell(self) -> None:
        course = self.course
        if course is None:
            return
        central = self.central
        central.lesson.show_course(course, self._place(), self.window.theme)
        central.lesson.show()
        central.lesson_steps.show_course(course, last=self._following() is None)
        central.lesson_steps.show()

    @Slot()
    def _surround(self) -> None:
        if self.course is not None:
            self.scenery.surround(self.course)

    # Following the runs

    @Slot(object)
    def follow(self, snapshot: Snapshot) -> None:
        """An observation's text comes when its run has arrived; a task is checked at its end."""
        if self._playing_to is not None and is_over(snapshot, self.workspace.setup):
            self._playing_to = None
            self._drawn.start(0)
        self.checker.follow(snapshot)

    @Slot()
    def _caption(self) -> None:
        course = self.course
        if course is not None and self._playing_to is None:
            self.scenery.tell(course)

    @Slot()
    def _follow_setup(self) -> None:
        course = self.course
        if course is not None and course.stage is Stage.TASK:
            self._built.start(0)

    @Slot()
    def _lock_anew(self) -> None:
        """Another method has other fields: those are locked as well."""
        if self.course is not None:
            self._doors.lock(self.course)
            if self.course.stage is Stage.TASK:
                self._doors.unfold(self.course)

    @Slot(object)
    def _take_try(self, one: Try) -> None:
        course = self.course
        if course is None or course.stage is not Stage.TASK:
            return
        solved = course.solved
        self._say(course.tried(one))
        if one.passed and not solved:
            self.central.lesson_steps.next.setFocus(Qt.FocusReason.OtherFocusReason)
            self.finished.emit(course.lesson.id)

    # The window

    @Slot()
    def retranslate(self) -> None:
        """All texts in the language in use, and in the theme's size."""
        self._tell()
        if self.scenery.caption.isVisible():
            self._caption()


def _speed(steps: int) -> float:
    """The usual speed at which so many steps take a few seconds; 0 is as fast as it goes."""
    return next((one for one in SPEEDS if one and steps / one <= WATCHED_SECONDS), 0.0)
