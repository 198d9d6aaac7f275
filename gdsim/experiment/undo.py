"""Undo and redo: the setups before and after the present one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from gdsim.experiment.setup import Setup

PAUSE = 0.7
"""Edits of one field that follow each other more closely (in seconds) are one: a drag, a key held.
"""
MOST_BYTES = 1 << 28
"""So much the data of all setups may take; what they share counts once."""


class UndoStack:
    """Setups share what they have in common, so each costs little, but for data of its own."""

    def __init__(self) -> None:
        self._before: list[Setup] = []
        self._after: list[Setup] = []
        self._field: Hashable = None
        self._edited_at = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        return bool(self._after)

    def push(self, present: Setup, field: Hashable = None, now: float = 0.0) -> bool:
        """Keep what is about to change; False where that goes on with the last edit.

        An edit goes on where it is of the same `field` within `PAUSE` seconds; None never does.
        """
        goes_on = field is not None and field == self._field and now - self._edited_at <= PAUSE
        self._field, self._edited_at = field, now
        self._after.clear()
        if not goes_on:
            self._before.append(present)
            self._thin()
        return not goes_on

    def rest(self) -> None:
        """What comes next is an edit of its own."""
        self._field = None

    def undo(self, present: Setup) -> Setup | None:
        """The setup before the last edit, or None."""
        return self._move(self._before, self._after, present)

    def redo(self, present: Setup) -> Setup | None:
        """The setup that was undone last, or None."""
        return self._move(self._after, self._before, present)

    def _move(self, source: list[Setup], target: list[Setup], present: Setup) -> Setup | None:
        self.rest()
        if not source:
            return None
        target.append(present)
        return source.pop()

    def _thin(self) -> None:
        """Let go of the oldest setups but the very first, as long as their data take too much."""
        while len(self._before) > 2 and _size(self._before) > MOST_BYTES:
            del self._before[1]


def _size(setups: Sequence[Setup]) -> int:
    """Bytes of the data that they hold."""
    found = {id(data): data for one in setups if (data := one.problem.data) is not None}
    return sum(data.x.nbytes + data.y.nbytes for data in found.values())
