"""What a click in the picture does is said: once beforehand, and each time with a way back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from gdsim.engine.problems import Problem
from gdsim.engine.sentences import number
from gdsim.experiment.setup import Setup
from gdsim.ui.language import listed, tr
from gdsim.ui.notice import Notice
from gdsim.ui.settings import UserSettings
from gdsim.ui.workspace import Workspace

MOST_NAMED = 3
"""So many parameters are told with their values; of more, that they are others."""

Start = tuple[float, ...]


class Hints(QObject):
    """Speaks through the window's notice, and takes back what no longer holds."""

    def __init__(self, notice: Notice, user: UserSettings, workspace: Workspace) -> None:
        super().__init__()
        self._notice, self._user, self._workspace = notice, user, workspace
        self._hinted = not user.now.start_hint
        self._moved: Setup | None = None
        """What a click has made, as long as its way back is offered."""
        workspace.changed.connect(self._look)

    @Slot(object)
    def point(self, theta: Start | None) -> None:
        """The pointer comes over the picture: say what a click would do, if that is news."""
        if theta is None or self._hinted or not self._notice.isHidden():
            return
        self._hinted = True
        text = tr("A click in the picture sets the start of all runs.")
        self._notice.offer(text, tr("Got it"), self._know)

    @Slot(object)
    def click(self, start: Start) -> None:
        """All runs shall begin where the picture was clicked: what has moved, and a way back."""
        workspace = self._workspace
        problem, before = workspace.setup.problem, workspace.selected_run().start
        workspace.end_edit()  # each click is a step of undo of its own
        was = workspace.setup
        workspace.set_start(start)
        workspace.end_edit()
        if workspace.setup is was:
            return
        self._know()
        self._moved = workspace.setup
        count, place = len(workspace.setup.tracks), place_of(problem, before, start)
        text = (
            tr("A click in the picture sets the start: the run now begins at {place}.", place=place)
            if count == 1
            else tr(
                "A click in the picture sets the start: all {count} runs now begin at {place}.",
                count=count, place=place,
            )
        )  # fmt: skip
        self._notice.offer(text, tr("Undo"), self._take_back)

    def _know(self) -> None:
        self._hinted = True
        if self._user.now.start_hint:
            self._user.set("start_hint", False)

    def _take_back(self) -> None:
        if self._workspace.setup is self._moved:
            self._workspace.undo()

    @Slot()
    def _look(self) -> None:
        """After another edit, undo would take back that one."""
        if self._moved is not None and self._workspace.setup is not self._moved:
            self._moved = None
            self._notice.say("")


def place_of(problem: Problem, before: Start, start: Start) -> str:
    """The parameters that have moved, as people write a place."""
    moved = [
        f"{parameter.symbol} = {number(float(f'{new:.4g}'))}"
        for parameter, old, new in zip(problem.parameters, before, start, strict=True)
        if new != old or len(start) <= MOST_NAMED
    ]
    if len(moved) > MOST_NAMED:
        return tr("other values of {count} parameters", count=len(moved))
    return listed(moved)
