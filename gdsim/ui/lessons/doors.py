"""What a lesson locks: every control that is not free in its task, and the menus that undo it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gdsim.experiment.lessons.stages import LETTERS, Course, Stage
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.language import tr
from gdsim.ui.locks import Locks
from gdsim.ui.main_window import MainWindow

_ALWAYS_SHUT = (
    "new", "open", "open_data", "paste_cells", "paste_text", "add_run", "branch", "remove_run",
    "sweep", "race",
)  # fmt: skip
"""Actions that are shut as long as a lesson is played: each would make another experiment."""
_BEFORE = (
    *_ALWAYS_SHUT,
    "copy_text",
    "export_code",
    "export_runs",
    "export_run",
    "export_film",
    "slice",
    "whole_rate",
)
"""Those that are shut until the explanation: they would tell what is hidden."""
_OWN: dict[str, tuple[str, ...]] = {
    "lr": ("learning_rate", "gauge", "rate."),
    "start": ("start",),
    "data": ("data_button", "made"),
    "schedule_settings": ("schedule.",),
}
"""What of a card or of the problem's panel such a word leaves alive; a dot stands for all behind
it. Every other word is the name of its field."""
_ALWAYS = ("eye", "line_eye", "fold", "unfold", "more_actions", "explain", "restart", "from_here")
"""What changes nothing of an experiment, or is locked elsewhere."""


def is_free(name: str, free: Iterable[str]) -> bool:
    """Whether the control of that name may be touched; "run.1.learning_rate" is one of a card."""
    part, _, rest = name.partition(".")
    if part == "run":
        rest = rest.partition(".")[2]
    for word in free:
        for own in _OWN.get(word, (word,)):
            inside = own.endswith(".") and rest.startswith(own)
            if inside or rest == own or rest.startswith(f"{own}."):
                return word != "schedule" or rest == "schedule"
    return False


def to_lock(window: QWidget, free: Iterable[str]) -> list[str]:
    """The names of all controls of the panel that change an experiment and are not free."""
    free = tuple(free)
    found = []
    for widget in window.findChildren(QWidget):
        name = widget.objectName()
        part, _, rest = name.partition(".")
        if part not in ("run", "runs", "problem") or not rest:
            continue
        whole_card = part == "run" and name.count(".") < 2
        if whole_card or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if name.rpartition(".")[2] not in _ALWAYS and not is_free(name, free):
            found.append(name)
    return found


class Doors:
    """Shuts and opens them for whoever plays a lesson."""

    def __init__(self, window: MainWindow, central: CentralWidget, locks: Locks) -> None:
        self._window, self._central, self._locks = window, central, locks

    def unfold(self, course: Course) -> None:
        """Show the controls that the task leaves free, where they stand under "More"."""
        for card in self._central.run_list.cards.values():
            named = (
                card.findChild(QWidget, f"run.{card.key + 1}.{name}")
                for name in course.lesson.task.free
            )
            hidden = any(widget is not None and not widget.isVisible() for widget in named)
            if hidden and card.isVisible() and not card.fold.isChecked():
                card.fold.setChecked(True)

    def lock(self, course: Course) -> None:
        """Lock what that stage of a lesson does not leave free, and say why."""
        trying = course.stage is Stage.TASK
        reason = tr("Controls open in the task")
        free: tuple[str, ...] = course.lesson.task.free if trying else ()
        if trying:
            reason = tr("Only what the task asks for is open")
        names = to_lock(self._central.side, free)
        self._central.transport.limit.setEnabled(False)
        waits = ""
        if course.stage is Stage.TITLE:
            waits = tr("Begin the lesson")
        elif not course.scene.play_to and not trying and not course.seen:
            count = len(course.lesson.question.choices)
            waits = tr("Choose an answer first: {keys}", keys=" ".join(LETTERS[:count]))
            if course.may_go_on:
                waits = tr("Go on to see it: Enter")
            elif not count:
                waits = tr("Draw your prediction first")
        if waits:
            names.append("transport.play")
            reason = waits
        self._central.transport.ask_for(waits)
        self._locks.unlock([name for name in self._locks.reasons if name not in names])
        new = [name for name in names if self._locks.reasons.get(name) != reason]
        if new:
            self._locks.lock(new, reason)
        self._shut(_ALWAYS_SHUT if trying or course.stage is Stage.EXPLANATION else _BEFORE)

    def _shut(self, names: Sequence[str]) -> None:
        for name in _BEFORE:
            self._window.actions_by_name[name].setEnabled(name not in names)

    def open(self) -> None:
        """Leave everything as it is without a lesson."""
        self._locks.unlock()
        self._central.transport.ask_for("")
        self._central.transport.limit.setEnabled(True)
        self._shut(())
