"""The answer that people came for: the exact fit, how good it is, and how near a run has come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.sentences import Fault, Sentence, number, sentence, some

MOST_TERMS = 6
"""Terms of a formula that a sentence has."""
SAME = 1e-9
"""What two coefficients may differ by, in parts of the larger, and be called the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A regression's coefficients in the data's own units, (parameters,) each.

    R² = 1 − Σ(y − ŷ)²/Σ(y − ȳ)², of the run and of the exact fit; NaN where all y are equal.
    """

    names: tuple[str, ...]
    terms: tuple[str, ...]
    own: Array
    exact: Array
    r_squared: float
    exact_r_squared: float
    loss_name: str
    is_squares: bool
    is_one_of_many: bool
    l2: float = 0.0

    @property
    def exact_told(self) -> Sentence:
        """The exact fit as a formula, with its R²."""
        values = {
            "formula": formula(self.terms, self.exact), "r": number(self.exact_r_squared, 6),
            "loss": self.loss_name,
        }  # fmt: skip
        if self.l2:
            return sentence(
                "Exact fit with L2 {l2}: {formula}, R² {r}.", l2=number(self.l2), **values
            )
        if not self.is_squares:
            return sentence("Best fit by {loss}: {formula}, R² {r}.", **values)
        if self.is_one_of_many:
            return sentence("Exact fit, the shortest of many: {formula}, R² {r}.", **values)
        return sentence("Exact fit: {formula}, R² {r}.", **values)

    @property
    def run_told(self) -> Sentence:
        """The run's R², and the coefficient that is farthest from the exact one."""
        r = number(self.r_squared, 6)
        away = np.abs(self.own - self.exact)
        size = float(np.abs(self.exact).max())
        if float(away.max()) <= SAME * size:
            return sentence("This run: R² {r}; it has the exact fit to 9 digits.", r=r)
        place = int(away.argmax())
        return sentence(
            "This run: R² {r}; it is {difference} away in {name}.",
            r=r, difference=number(float(away[place]), 3), name=self.names[place],
        )  # fmt: skip


def answer_of(problem: Problem, theta: Array) -> Answer | None:
    """The answer beside θ (parameters,); None where nothing is fitted, or θ is not finite."""
    data = problem.data
    if data is None or problem.labels or not problem.own_terms or not problem.minima:
        return None
    best = np.array(problem.minima[0])
    own, exact = problem.own_units(theta), problem.own_units(best)
    if not (np.isfinite(own).all() and np.isfinite(exact).all()):
        return None
    return Answer(
        problem.own_names, problem.own_terms, own, exact,
        _r_squared(problem, theta), _r_squared(problem, best), problem.loss_name,
        problem.squares, bool(problem.notes), float(getattr(problem.settings, "l2", 0.0)),
    )  # fmt: skip


def _r_squared(problem: Problem, theta: Array) -> float:
    data = problem.data
    assert data is not None
    with np.errstate(all="ignore"):
        residual = data.y - predicted(problem, theta, data.x)
        whole = data.y - data.y.mean()
        square = float(whole @ whole)
        return 1.0 - float(residual @ residual) / square if square else math.nan


def predicted(problem: Problem, theta: Array, x: Array) -> Array:
    """ŷ, or the probability of 1, at x (columns, n) in the data's own units: (n,).

    `Fault` where there are no data, or others columns than x has.
    """
    data, predict = problem.data, getattr(problem, "predict", None)
    if data is None or predict is None:
        raise Fault("'{name}' predicts nothing: it has no data.", name=problem.name)
    if len(x) != data.columns:
        raise Fault(
            "A prediction needs {count} numbers, for {names}; there are {given}.",
            count=data.columns, names=some(data.names), given=len(x),
        )  # fmt: skip
    return np.asarray(predict(theta, x))


def prediction(problem: Problem, theta: Array, x: Sequence[float]) -> Sentence:
    """What θ predicts at one x, and whether the data reach so far; `Fault` for a wrong count."""
    point = np.array(x, dtype=np.float64)
    with np.errstate(all="ignore"):
        value = float(predicted(problem, theta, point[:, None])[0])
    data = problem.data
    assert data is not None  # else nothing was predicted
    if not np.isfinite(point).all():
        raise Fault("Every x to be predicted must be a finite number.")
    where = ", ".join(f"{name} = {number(one, 8)}" for name, one in zip(data.names, x, strict=True))
    told = sentence(
        "At {where} the probability of 1 is {value}."
        if problem.labels
        else "At {where} it predicts {target} = {value}.",
        where=where, target=data.target, value=number(value, 8),
    )  # fmt: skip
    outside = (point < data.x.min(axis=1)) | (point > data.x.max(axis=1))
    if not outside.any():
        return told
    place = int(np.flatnonzero(outside)[0])
    return sentence(
        "{prediction} The data have {name} from {low} to {high} only.",
        prediction=told, name=data.names[place], low=number(float(data.x[place].min())),
        high=number(float(data.x[place].max())),
    )  # fmt: skip


def formula(terms: Sequence[str], own: Array, digits: int = 4) -> str:
    """a + bx + …, with the columns' names or the powers of x; without an a that is 0."""
    text = "" if own[0] == 0.0 and own[1:].any() else number(float(f"{own[0]:.{digits}g}"))
    for value, name in zip(own[1:MOST_TERMS].tolist(), terms, strict=False):
        size = f"{number(float(f'{abs(value):.{digits}g}'))}·{name}"
        if text:
            text += f" {'−' if value < 0 else '+'} {size}"
        else:
            text = f"−{size}" if value < 0 else size
    return text + (" …" if len(own) > MOST_TERMS else "")
