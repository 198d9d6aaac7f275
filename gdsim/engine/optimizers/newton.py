"""Newton's method: the curvature itself sets the length and the direction of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import field
from gdsim.engine.optimizers.base import Optimizer, RateSettings, State, column_of

if TYPE_CHECKING:
    from gdsim.engine.problems import Problem


@dataclass(frozen=True)
class NewtonSettings(RateSettings):
    learning_rate: float = field(
        1.0, "Learning rate", "The share of the full Newton step that is taken; 1 is all of it.",
        symbol="α", above=0.0, maximum=1e6, scale="log", aliases=("lr",),
    )  # fmt: skip
    damping: float = field(
        0.0, "Damping", "Added to every curvature: shorter steps, turned towards the slope.",
        symbol="μ", minimum=0.0, maximum=1e12, advanced=True,
    )  # fmt: skip


class Newton(Optimizer):
    """θ ← θ − α (H + μI)⁻¹ g with H = ∇²J(θ) (Newton 1669; Levenberg 1944 for μ).

    On a quadratic a full step (α = 1, μ = 0) is exact. It goes to any stationary point, saddles
    and maxima too. Where H + μI is singular the shortest least-squares step is taken (its
    pseudo-inverse). With mini-batches g is the batch's, H the whole loss's. No framework has it.
    """

    name = "newton"
    title = "Newton's method"
    short = "Newton"
    summary = "Jumps to where a parabola fitted to slope and curvature is flat; no rate to tune."
    formula = ("θ ← θ − α (H + μ I)⁻¹ g",)
    source = "Newton 1669; Levenberg 1944; Nocedal & Wright, Numerical Optimization"
    Settings = NewtonSettings
    conventions = ()
    own_rate = 1.0
    by_itself = True
    chosen: NewtonSettings

    def __init__(self, settings: Sequence[RateSettings]) -> None:
        super().__init__(settings)
        self.damping = np.broadcast_to(column_of(settings, "damping"), len(settings)).tolist()

    def critical_rate(self, steepest: float) -> float | None:
        """2(1 + μ/λmax): the error along an axis is multiplied by 1 − αλ/(λ + μ)."""
        return None if steepest <= 0.0 else 2.0 * (1.0 + self.chosen.damping / steepest)

    def smooth_rate(self, steepest: float) -> float:
        return 1.0 + self.chosen.damping / steepest

    def crawl_rate(self, steepest: float) -> float:
        return 0.1 * self.smooth_rate(steepest)

    def law(self) -> str:
        return "2(1+μ/λmax)" if self.chosen.damping else "2"

    def along(self, curvature: float, rate: float) -> Array | None:
        """1 − αλ/(λ + μ): with μ = 0 the same along every axis, one that bends down too."""
        bent = curvature + self.chosen.damping
        return None if bent == 0.0 else np.array([[1.0 - rate * curvature / bent]])

    def factor_law(self) -> str:
        return "1 − αλmax/(λmax + μ)" if self.chosen.damping else "1 − α"

    def only_nears(self, rate: float, steepest: float) -> bool:
        return rate < 2.0

    def bind(self, problem: Problem) -> None:
        self.problem = problem

    def init(self, theta: Array) -> State:
        return {}

    def update(self, theta: Array, gradient: Array, state: State, *coefficients: Array) -> Array:
        (rate,) = coefficients
        for lane, damping in enumerate(self.damping):
            curvature = self.problem.hessian(theta[:, lane])
            if damping:
                curvature = curvature + damping * np.eye(len(curvature))
            gradient[:, lane] = _solved(curvature, gradient[:, lane])
        return theta - gradient * rate


def _solved(curvature: Array, gradient: Array) -> Array:
    """s in curvature · s = gradient, the shortest of the best ones where none is exact."""
    try:
        return np.asarray(np.linalg.solve(curvature, gradient))
    except np.linalg.LinAlgError:
        if not np.isfinite(curvature).all():  # of which LAPACK complains on the terminal
            return np.full_like(gradient, np.nan)
    try:
        return np.asarray(np.linalg.lstsq(curvature, gradient, rcond=None)[0])
    except np.linalg.LinAlgError:
        return np.full_like(gradient, np.nan)
