"""The losses of a block's steps by playback, where they cost more than the calls that make them."""

from __future__ import annotations

import weakref

import numpy as np

from gdsim.engine.arrays import Array, room
from gdsim.engine.problems import Problem
from gdsim.engine.replay.kernel import Kernel
from gdsim.engine.replay.loops import NotRecordable
from gdsim.engine.replay.tape import Tape
from gdsim.engine.replay.taped import Taped, taped

WIDE = 128.0
"""Numbers an operation. Below, NumPy is faster with the losses of a whole block in one call."""


class Losses:
    """J at each row of a way (steps + 1, parameters, lanes) but the first: `rows` (steps, lanes).

    NumPy works out a block's losses in large arrays, and takes and leaves the interpreter's lock
    around each: the window's frames wait for it.
    """

    def __init__(self, kernel: Kernel, problem: Problem, way: Array) -> None:
        """Record from the second row; `NotRecordable` says why it cannot be."""
        steps, _, lanes = way.shape
        self.rows = room(steps - 1, lanes)
        self._problem, self._way = problem, way
        tape = Tape(kernel)
        tape.stream(way)
        tape.stream(self.rows)
        found = problem.loss(taped(way[1], weakref.proxy(tape)))
        if not isinstance(found, Taped):
            raise NotRecordable("a loss that loses its tape")
        tape.copy(found.view(np.ndarray), self.rows[0])
        tape.finish()
        self._tape = tape
        self.is_wide = tape.numbers >= WIDE * len(tape)

    def play(self, first: int, steps: int) -> None:
        """Fill these rows from the way."""
        self._tape.play(first, steps)

    def plain(self, first: int, steps: int) -> Array:
        """The same rows by NumPy, in one call: (steps, lanes)."""
        there = self._way[first + 1 : first + steps + 1]
        return losses_of(self._problem, there)


def losses_of(problem: Problem, theta: Array) -> Array:
    """J at θ (rows, parameters, lanes): (rows, lanes)."""
    rows, parameters, lanes = theta.shape
    flat = theta.transpose(1, 0, 2).reshape(parameters, rows * lanes)
    return problem.loss(flat).reshape(rows, lanes)
