"""What somebody has drawn before a run was seen, and how far it is from what became of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.history import LOSS, Trace
from gdsim.engine.sentences import Sentence, number, sentence

CLOSE = 1.05
"""A mean factor below that is none."""


@dataclass(frozen=True)
class Sketch:
    """A curve of the loss: what is above `base`, at ascending steps."""

    steps: tuple[float, ...] = ()
    above: tuple[float, ...] = ()
    base: float = 0.0

    def drawn(self, step: float, above: float) -> Sketch:
        """The curve with one point more; what was drawn at about the same step or later goes.

        A hand that goes back draws anew from there.
        """
        step = max(step, 0.0)
        keep = sum(one < step for one in self.steps)
        return Sketch((*self.steps[:keep], step), (*self.above[:keep], above), self.base)

    @property
    def is_there(self) -> bool:
        """Whether it is a curve, and not a dot."""
        return len(self.steps) > 1 and self.steps[-1] > self.steps[0]

    def at(self, steps: Array) -> Array:
        """What it says at these steps (n,): (n,), between its points on a straight line; on a log
        scale where all of it is above zero."""
        if min(self.above) > 0.0:
            return np.asarray(10.0 ** np.interp(steps, self.steps, np.log10(self.above)))
        return np.asarray(np.interp(steps, self.steps, self.above))


def gap_of_sketch(sketch: Sketch, trace: Trace) -> Sentence | None:
    """How far the sketch is off on average, as far as it and the run go; None where they do not.

    A factor where both are above zero, 10 to the mean of |log₁₀(sketch / run)|; else a difference.
    """
    if not sketch.is_there:
        return None
    inside = (trace.steps >= sketch.steps[0]) & (trace.steps <= sketch.steps[-1])
    with np.errstate(all="ignore"):
        run = trace.rows[inside, LOSS] - sketch.base
    steps = trace.steps[inside].astype(np.float64)
    finite = np.isfinite(run)
    run, steps = run[finite], steps[finite]
    if len(run) < 2:
        return None
    said = sketch.at(steps)
    first, last = int(steps[0]), int(steps[-1])
    values: dict[str, object] = {"first": f"{first:,}", "last": f"{last:,}"}
    if min(sketch.above) > 0.0 and bool((run > 0.0).all()):
        off = np.log10(said / run)
        factor = 10.0 ** float(np.abs(off).mean())
        values["factor"] = number(factor, 3)
        if factor < CLOSE:
            return sentence("Your curve is the run's, from step {first} to {last}.", **values)
        if bool((off > 0.0).all()):
            return sentence(
                "Your curve is too high by a factor of {factor} on average, from step {first} to "
                "{last}.", **values,
            )  # fmt: skip
        if bool((off < 0.0).all()):
            return sentence(
                "Your curve is too low by a factor of {factor} on average, from step {first} to "
                "{last}.", **values,
            )  # fmt: skip
        return sentence(
            "Your curve is off by a factor of {factor} on average, from step {first} to {last}.",
            **values,
        )
    values["gap"] = number(float(np.abs(said - run).mean()), 3)
    return sentence("Your curve is off by {gap} on average, from step {first} to {last}.", **values)


def gap_of_pin(pin: Sequence[float], theta: Array, step: int) -> Sentence:
    """How far a place in the parameter space is from where a run is at that step."""
    distance = math.dist(pin, theta.tolist())
    return sentence(
        "Your pin is {distance} away from where the run is at step {step}.",
        distance=number(distance, 3), step=f"{step:,}",
    )  # fmt: skip
