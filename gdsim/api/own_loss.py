"""A loss of the caller's own: any function of θ, with its gradient or by central differences."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numpy as np

from gdsim.api.given import kind_of
from gdsim.engine.arrays import Array
from gdsim.engine.problems import Bounds, Parameter, Problem
from gdsim.engine.sentences import Fault, Sentence, number, sentence, some

EPS = float(np.finfo(np.float64).eps)
FIRST, SECOND = EPS ** (1 / 3), EPS**0.25
"""Distances of first and second differences, for |θ| up to 1: rounding and curvature then do about
the same harm."""
TAKEN = {"step", "learning_rate", "loss"}
"""Names that a table has already."""


class OwnLoss(Problem):
    """J(θ) = function(θ), θ as the start is given: a number, (P,) numbers, or each an argument.

    ∇J is `gradient`'s, or by central differences: ∂J/∂θⱼ ≈ (J(θ + hⱼeⱼ) − J(θ − hⱼeⱼ))/2hⱼ with
    hⱼ = ε^⅓ max(1, |θⱼ|). Its error, told in `notes`, is estimated at the start by hⱼ and 2hⱼ, and
    by the rounding of J. ∇²J is by differences of the gradient, or by second ones of J.
    """

    group = "own"
    foreign: ClassVar[bool] = True
    loss_name = "J"
    formula = ""
    learning_rate = 0.01
    gradient_error: float
    """How far central differences are off at the start, estimated: the largest of them."""
    is_quadratic = False  # numbers at points say nothing between them

    def __init__(
        self,
        function: Callable[..., Any],
        gradient: Callable[..., Any] | None,
        start: tuple[float, ...],
        *,
        flat: bool = True,
    ) -> None:
        """`flat` False hands a single number on by itself. `Fault` where they do not fit."""
        super().__init__()
        if gradient is not None and not callable(gradient):
            raise Fault("gradient must be a function of θ, as the loss is, not {kind}.",
                        kind=kind_of(gradient))  # fmt: skip
        self.name = self.title = name_of(function)
        self.start = start
        self._function, self._slope = function, gradient
        asked = _arguments(function)
        self._spreads = len(asked) > 1
        self._flat = flat
        if self._spreads and len(asked) != len(start):
            raise Fault(
                "{name} takes {count} numbers ({names}), but start has {given}.",
                name=self.name, count=len(asked), names=some(asked), given=len(start),
            )  # fmt: skip
        names = asked if self._spreads or not flat else ()
        if len(names) != len(start) or not TAKEN.isdisjoint(names):
            names = tuple(f"theta_{place}" for place in range(len(start)))
        self.parameters = tuple(Parameter(name, name) for name in names)
        self._check_start()

    def loss(self, theta: Array) -> Array:
        return np.array([self._value(point) for point in theta.T])

    def gradient(self, theta: Array, out: Array) -> None:
        for lane, point in enumerate(theta.T):
            out[:, lane] = self._guarded(self._gradient_there, point)

    def hessian(self, theta: Array) -> Array:
        """What is no larger than its own rounding is 0."""
        point = np.array(theta, dtype=np.float64)
        if self._slope is not None:
            steps = FIRST * np.maximum(1.0, np.abs(point))
            rows = [
                (self._guarded(self._gradient_there, point + move)
                 - self._guarded(self._gradient_there, point - move)) / (2.0 * step)
                for step, move in zip(steps, np.diag(steps), strict=True)
            ]  # fmt: skip
            found = np.array(rows)
            sizes = np.abs(self._guarded(self._gradient_there, point)).max()
            rounding = 4.0 * EPS * sizes / steps.min()
        else:
            found, rounding = self._second_differences(point)
        if not np.isfinite(found).all():
            return found
        values, vectors = np.linalg.eigh(0.5 * (found + found.T))
        values[np.abs(values) <= rounding] = 0.0
        return np.asarray((vectors * values) @ vectors.T)

    def bounds(self) -> Bounds:
        return tuple((at - max(1.0, abs(at)), at + max(1.0, abs(at))) for at in self.start)

    def trouble_at(self, theta: Array) -> Sentence | None:
        try:
            value = self._value_there(np.asarray(theta, dtype=np.float64))
        except OverflowError:
            return None  # too large, as a diverging run's is
        except (ArithmeticError, ValueError) as error:
            return sentence("{name} raised {error}.", name=self.name, error=repr(error))
        if np.isnan(value):
            return sentence("{name} gave no number.", name=self.name)
        return None

    def _check_start(self) -> None:
        """`Fault` where there is nothing to descend there; what the gradient is worth, noted."""
        point = np.array(self.start)
        try:
            value = self._value_there(point)
        except TypeError as its:  # its author's, who may take a list for a number
            handed = "a number" if self._spreads or not self._flat else f"an array {point.shape}"
            its.add_note(f"gdsim handed each θ to {self.name} as {handed}, as start is.")
            raise
        if not np.isfinite(value):
            raise Fault(
                "{name} has no finite value at the start: it is {value}.",
                name=self.name, value=value,
            )  # fmt: skip
        near, far = (self._guarded(partial(self._differences, times=n), point) for n in (1, 2))
        sizes = np.abs(self._guarded(self._beside, point)).max(axis=0)
        rounding = EPS * np.maximum(sizes, abs(value)) / (FIRST * np.maximum(1.0, np.abs(point)))
        self.gradient_error = error = float((np.abs(far - near) / 3.0 + rounding).max())
        if self._slope is None:
            self.notes = (
                sentence(
                    "The gradient is by central differences, right to about {error} at the start.",
                    error=number(error, 1),
                ),
            )
            return
        off = float(np.abs(self._gradient_there(point) - near).max())
        if off > 1e-3 * float(np.abs(near).max()) + 100.0 * error:
            self.notes = (
                sentence(
                    "The gradient given is up to {off} away from central differences at the "
                    "start: look whether it is that of the loss.",
                    off=number(off, 3),
                ),
            )

    def _value(self, point: Array) -> float:
        found = self._guarded(self._value_there, point)
        return float(found if np.ndim(found) == 0 else found[0])

    def _guarded(self, work: Callable[[Array], Any], point: Array) -> Any:
        """NaN where θ is no number, or the function fails as Python's numbers do at their ends."""
        if np.isfinite(point).all():
            try:
                return work(point)
            except Fault:
                raise
            except OverflowError:
                return np.full(len(point), np.inf)
            except (ArithmeticError, ValueError):
                pass
        return np.full(len(point), np.nan)

    def _value_there(self, point: Array) -> float:
        found = self._called(self._function, point)
        try:
            array = found if np.ndim(found) == 0 else np.asarray(found).item()
            return float(array)
        except (TypeError, ValueError):
            raise Fault(
                "{name} must give one number, the loss; it gave {kind}.",
                name=self.name, kind=kind_of(found),
            ) from None  # fmt: skip

    def _gradient_there(self, point: Array) -> Array:
        if self._slope is None:
            return self._differences(point)
        found = self._called(self._slope, point)
        try:
            slope = np.asarray(found, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            slope = np.zeros(0)
        if len(slope) != len(point):
            raise Fault(
                "{name} must give {count} numbers, one a parameter; it gave {kind}.",
                name=name_of(self._slope), count=len(point), kind=kind_of(found),
            )  # fmt: skip
        return slope

    def _differences(self, point: Array, times: int = 1) -> Array:
        steps = times * FIRST * np.maximum(1.0, np.abs(point))
        above, below = self._beside(point, times)
        return np.asarray((above - below) / (2.0 * steps))

    def _beside(self, point: Array, times: int = 1) -> Array:
        """J at θ + hⱼeⱼ and at θ − hⱼeⱼ: (2, P)."""
        moves = np.diag(times * FIRST * np.maximum(1.0, np.abs(point)))
        return np.array(
            [[self._value_there(point + way * move) for move in moves] for way in (1.0, -1.0)]
        )

    def _second_differences(self, point: Array) -> tuple[Array, float]:
        """∇²J by J at θ ± h, and how far rounding may have it off."""
        steps = SECOND * np.maximum(1.0, np.abs(point))
        moves = np.diag(steps)
        here = self._value(point)
        found = np.empty((len(point), len(point)))
        for i, one in enumerate(moves):
            for j, other in enumerate(moves[: i + 1]):
                if i == j:
                    ends = self._value(point + one), self._value(point - one)
                    found[i, i] = (ends[0] - 2.0 * here + ends[1]) / steps[i] ** 2
                    continue
                same = self._value(point + one + other) + self._value(point - one - other)
                apart = self._value(point + one - other) + self._value(point - one + other)
                found[i, j] = found[j, i] = (same - apart) / (4.0 * steps[i] * steps[j])
        return found, 4.0 * EPS * abs(here) / float(steps.min()) ** 2

    def _called(self, function: Callable[..., Any], point: Array) -> Any:
        """A copy is handed on: what is done with it changes no run."""
        if self._spreads:
            return function(*point.copy())
        return function(point.copy() if self._flat else point.copy()[0])


def name_of(function: object) -> str:
    """What a function or class is called; `lambda` for those without a name."""
    name = getattr(function, "__name__", type(function).__name__)
    return str(name).strip("<>")


def _arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments that have to be given by place; none where that is not known."""
    try:
        asked = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ()
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(one.name for one in asked if one.kind in places and one.default is one.empty)
