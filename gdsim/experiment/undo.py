"""Undo and redo: whole experiments, kept before each change."""

from __future__ import annotations

from gdsim.experiment.document import Experiment

MOST = 200


class UndoStack:
    """The experiments before and after the present one; data are shared, so each costs little."""

    def __init__(self) -> None:
        self._before: list[Experiment] = []
        self._after: list[Experiment] = []

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def push(self, present: Experiment) -> None:
        """Keep what is about to change."""
        self._before.append(present)
        del self._before[:-MOST]
        self._after.clear()

    def undo(self, present: Experiment) -> Experiment | None:
        """The experiment before the last change, or None."""
        return self._move(self._before, self._after, present)

    def redo(self, present: Experiment) -> Experiment | None:
        """The experiment that was undone last, or None."""
        return self._move(self._after, self._before, present)

    @staticmethod
    def _move(
        source: list[Experiment], target: list[Experiment], present: Experiment
    ) -> Experiment | None:
        if not source:
            return None
        target.append(present)
        return source.pop()
