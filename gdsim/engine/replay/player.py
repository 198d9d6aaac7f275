"""A group's steps by playback: recorded once, proved against NumPy, then played."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, room
from gdsim.engine.optimizers import Optimizer, State
from gdsim.engine.problems import Problem
from gdsim.engine.replay.kernel import Kernel
from gdsim.engine.replay.loops import NotRecordable
from gdsim.engine.replay.losses import Losses
from gdsim.engine.replay.refusals import refuse
from gdsim.engine.replay.tape import Tape
from gdsim.engine.replay.taped import Taped, taped

TRIED = 4
"""So many steps of a new tape are made by NumPy as well."""
AGAIN = 256
"""After so many more the last step of a block is."""
FEW = 64
"""Up to so many lanes what a step costs is calls, not arithmetic."""
NUMBERS = 1 << 17
"""So many numbers a stream of a block holds at most: what a processor keeps near."""

Update = Callable[[Array, State, Array | None, tuple[Array, ...]], Array]
"""One update: θ (parameters, lanes), state, batch (statistics, lanes), coefficients → θ."""


class Differs(Exception):
    """A tape does not make what NumPy makes."""


class Player:
    """Plays the steps of one group, whose state it changes in place.

    `update` is the plain path, from which the tape is recorded and by which it is proved.
    """

    def __init__(
        self,
        kernel: Kernel,
        problem: Problem,
        optimizer: Optimizer,
        update: Update,
        theta: Array,
        state: State,
        batch: Array | None,
        coefficients: list[Array],
        *,
        with_losses: bool = True,
    ) -> None:
        """Record one step from θ, and try it: `NotRecordable` or `Differs` say why it is no use."""
        self._update, self._state = update, state
        self._unproved = AGAIN
        parameters, lanes = theta.shape
        widest = max(theta.size, 1 if batch is None else batch.size)
        self.most = max(16, min(1024, NUMBERS // widest))
        """Steps of one block."""
        self._way = room(self.most + 1, parameters, lanes)
        # Few lanes: written out for each parameter, for longer inner loops.
        wide = lanes <= FEW
        self._coefficients = [
            room(self.most, *(theta.shape if wide else row.shape)) for row in coefficients
        ]
        self._batch = None if batch is None else room(self.most, *batch.shape)
        tape = Tape(kernel)
        for array in (self._way, *self._coefficients):
            tape.stream(array)
        if self._batch is not None:
            tape.stream(self._batch)
        for array in state.values():
            tape.changes(array)
        self._way[0] = theta
        for array, row in zip(self._coefficients, coefficients, strict=True):
            array[0] = row
        if self._batch is not None:
            self._batch[0] = batch
        kept = _copy(state)
        try:
            # Weak, since the tape keeps arrays of theirs, and no collector sees through an array.
            notes = weakref.proxy(tape)
            noted: State = {name: taped(array, notes) for name, array in state.items()}
            with _unchanged(optimizer):
                after = update(
                    taped(self._way[0], notes), noted,
                    None if self._batch is None else taped(self._batch[0], notes),
                    tuple(taped(array[0], notes) for array in self._coefficients),
                )  # fmt: skip
            _put(tape, [("θ", after, self._way[1])])
            _put(tape, [(name, noted[name], array) for name, array in state.items()])
        finally:
            _restore(state, kept)
        tape.finish()
        self._tape = tape
        self._problem = problem  # so that no other takes its place while the tape is kept
        self._try(theta)
        self.losses = self._recorded_losses(kernel, problem) if with_losses else None
        """Those of the rows of a block, where they are played back."""
        arrays = [self._way, *self._coefficients, *state.values()]
        arrays += [] if self._batch is None else [self._batch]
        arrays += [] if self.losses is None else [self.losses.rows]
        self.nbytes = sum(array.nbytes for array in arrays) + tape.nbytes
        """What its rows and its tape take."""

    def take_up(self, update: Update, state: State) -> None:
        """Go on with the state of another group alike, whose arrays then are those of the tape.

        The next block is proved.
        """
        for name, array in self._state.items():
            array[...] = state[name]
            state[name] = array
        self._update, self._state, self._unproved = update, state, AGAIN

    def _recorded_losses(self, kernel: Kernel, problem: Problem) -> Losses | None:
        """Tried on the steps that are there."""
        try:
            losses = Losses(kernel, problem, self._way)
            if not losses.is_wide:
                return None
            _prove_losses(losses, 0, TRIED)
        except (NotRecordable, Differs) as why:
            refuse(problem, "loss", why)
            return None
        return losses

    def advance(
        self,
        theta: Array,
        batches: Array | None,
        rows: tuple[Array, ...],
        record: Array,
        losses: Array | None = None,
    ) -> None:
        """Make an update for each row of `record`, at most `most`, into it.

        `theta` then is the last of them. Their losses go into the rows of `losses` (steps, lanes),
        if they are played back. `Differs` where the tape turns out not to make what NumPy
        makes; nothing is then changed.
        """
        way, count = self._way, len(record)
        way[0] = theta
        for array, row in zip(self._coefficients, rows, strict=True):
            array[:count] = row[:, None] if array.ndim == 3 else row
        if self._batch is not None and batches is not None:
            self._batch[:count] = batches[:count]
        wanted = None if losses is None else self.losses
        self._unproved += count
        if self._unproved < AGAIN:
            self._tape.play(0, count)
        else:
            begun = _copy(self._state)
            try:
                self._tape.play(0, count - 1)
                self._prove(count - 1, 1)
                if wanted is not None:
                    _prove_losses(wanted, count - 1, 1)
            except Differs:
                _restore(self._state, begun)
                raise
            self._unproved = 0
        if wanted is not None and losses is not None:
            wanted.play(0, count)
            losses[:count] = wanted.rows[:count]
        record[:count] = way[1 : count + 1]
        theta[...] = way[count]

    def follow(
        self,
        theta: Array,
        batches: Array | None,
        each: Iterator[tuple[Array, ...]],
        record: Array,
        losses: Array | None = None,
    ) -> None:
        """`advance`, where each step's coefficients are known once the one before is made.

        `each` gives them, from the θ and the losses of that one.
        """
        way, last, own = self._way, len(record) - 1, self.losses
        begun = theta.copy(), _copy(self._state)
        way[0] = theta
        if self._batch is not None and batches is not None:
            self._batch[: last + 1] = batches[: last + 1]
        self._unproved += len(record)
        try:
            for step, coefficients in enumerate(each):
                for array, numbers in zip(self._coefficients, coefficients, strict=True):
                    array[step] = numbers
                proves = step == last and self._unproved >= AGAIN
                (self._prove if proves else self._tape.play)(step, 1)
                if own is not None:
                    own.play(step, 1)
                    if proves:
                        _prove_losses(own, step, 1)
                theta[...] = way[step + 1]
        except Differs:
            theta[...] = begun[0]
            _restore(self._state, begun[1])
            raise
        if self._unproved >= AGAIN:
            self._unproved = 0
        record[...] = way[1 : last + 2]
        if own is not None and losses is not None:
            losses[...] = own.rows[: last + 1]

    def _try(self, theta: Array) -> None:
        """Make some steps from beside θ: at a start like 0 a tape may be right by chance."""
        begun = _copy(self._state)
        beside = np.linspace(0.3, 0.7, theta.size).reshape(theta.shape)
        self._way[0] = theta + beside
        for array in (*self._coefficients, *(() if self._batch is None else (self._batch,))):
            array[1:TRIED] = array[0]
        try:
            with np.errstate(all="ignore"):
                self._prove(0, TRIED)
        finally:
            _restore(self._state, begun)

    def _prove(self, first: int, steps: int) -> None:
        """Make these steps of a block by playback and by NumPy: the same bits?"""
        here, state = self._way[first].copy(), _copy(self._state)
        for step in range(first, first + steps):
            self._tape.play(step, 1)
            batch = None if self._batch is None else self._batch[step].copy()
            coefficients = tuple(array[step] for array in self._coefficients)
            here = self._update(here, state, batch, coefficients)
            if not _same(here, self._way[step + 1]):
                raise Differs("θ")
            for name, array in state.items():
                if not _same(array, self._state[name]):
                    raise Differs(f"'{name}'")


def _prove_losses(losses: Losses, first: int, steps: int) -> None:
    losses.play(first, steps)
    if not _same(losses.rows[first : first + steps], losses.plain(first, steps)):
        raise Differs("the loss")


def _same(one: Array, other: Array) -> bool:
    """Whether all bits are; nan is nan."""
    return one.tobytes() == other.tobytes() or bool(
        np.array_equal(one, other, equal_nan=True)
        and (np.signbit(one) == np.signbit(other)).all(where=~np.isnan(one))
    )


def _put(tape: Tape, found: list[tuple[str, Any, Array]]) -> None:
    """Note that what a step has found for each named array is put there."""
    sources = []
    for name, array, target in found:
        if not isinstance(array, Taped) or array.shape != target.shape:
            raise NotRecordable(f"{name} loses its tape")
        source = array.view(np.ndarray)
        if any(other is not target and np.shares_memory(source, other) for *_, other in found):
            source = array.copy().view(np.ndarray)  # before that other is written
        sources.append(source)
    for source, (_, _, target) in zip(sources, found, strict=True):
        if source.ctypes.data != target.ctypes.data or source.strides != target.strides:
            tape.copy(source, target)


def _copy(state: State) -> State:
    return {name: array.copy() for name, array in state.items()}


def _restore(state: State, kept: State) -> None:
    for name, array in kept.items():
        state[name][...] = array


@contextmanager
def _unchanged(optimizer: Optimizer) -> Iterator[None]:
    """`NotRecordable` where a method keeps anything of its own from step to step.

    A count of steps, say, by which it decides: what changes belongs into the state.
    """
    known: list[tuple[Optimizer, dict[str, Any]]] = []
    todo = [optimizer]
    while todo:
        one = todo.pop()
        known.append((one, dict(vars(one))))
        todo += [value for value in vars(one).values() if isinstance(value, Optimizer)]
    try:
        yield
        for one, before in known:
            for name, value in before.items():
                if vars(one).get(name) is not value:
                    raise NotRecordable(f"'{name}' is set anew by each step")
    finally:
        for one, before in known:
            vars(one).clear()
            vars(one).update(before)
