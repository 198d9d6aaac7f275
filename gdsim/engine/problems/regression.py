"""Linear regression on (x, y) by mean squared error, at a cost that no sample count moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.sentences import Fault

ARTICLE_X = (1.0, 2.0, 3.0, 4.0, 5.0)
ARTICLE_Y = (2.0, 3.0, 5.0, 7.0, 11.0)


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """The exact answer: θ₀, θ₁, its loss and R²."""

    intercept: float
    slope: float
    loss: float
    r_squared: float


class LinearRegression(Problem):
    """ŷ = θ₀ + θ₁x, J = (1/n) Σ (y − ŷ)².

    Data are centred once and condensed to moments. With u = x − x̄, v = y − ȳ and
    e = θ₀ + θ₁x̄ − ȳ:  J = e² + (θ₁ − θ̂₁)² Sxx + ρ²,  ∂J/∂θ₀ = 2e,
    ∂J/∂θ₁ = 2(x̄e + θ₁Sxx − Sxy).  Plain moments of x and y would lose all digits near the optimum.
    """

    name = "linear"
    title = "Linear regression"
    formula = "ŷ = θ₀ + θ₁x"
    loss_name = "MSE"
    parameters = (Parameter("theta_0", "θ₀"), Parameter("theta_1", "θ₁"))
    start = (0.0, 0.0)

    def __init__(self, x: Array, y: Array) -> None:
        self.x = np.ascontiguousarray(x, dtype=np.float64)
        self.y = np.ascontiguousarray(y, dtype=np.float64)
        if self.x.ndim != 1 or self.x.shape != self.y.shape:
            raise Fault("x and y must have the same number of values.")
        self.size = len(self.x)
        if self.size < 2:
            raise Fault("A line needs at least two points; the data have {count}.", count=self.size)
        if not (np.isfinite(self.x).all() and np.isfinite(self.y).all()):
            raise Fault("Every x and y must be a finite number.")
        if self.x.min() == self.x.max():
            raise Fault(
                "All x are {value}: a line needs at least two different x.", value=float(self.x[0])
            )
        with np.errstate(over="ignore", invalid="ignore"):
            self.mean_x = float(self.x.mean())
            self.mean_y = float(self.y.mean())
            self._u = self.x - self.mean_x
            self._v = self.y - self.mean_y
            self.sxx = float(np.mean(self._u * self._u))
            self.sxy = float(np.mean(self._u * self._v))
        if not all(map(math.isfinite, (self.mean_x, self.mean_y, self.sxx, self.sxy))):
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        if self.sxx == 0.0:
            raise Fault("The x are too close together to be told apart: rescale or shift them.")
        slope = self.sxy / self.sxx
        residual = self._v - slope * self._u
        rho2 = float(np.mean(residual * residual))
        variance_y = float(np.mean(self._v * self._v))
        self.least_squares = LeastSquares(
            intercept=self.mean_y - slope * self.mean_x,
            slope=slope,
            loss=rho2,
            r_squared=1.0 - rho2 / variance_y if variance_y else 1.0,
        )
        self.minima = ((self.least_squares.intercept, slope),)
        self.learning_rate = self._first_rate()

    def predict(self, theta: Array, x: Array) -> Array:
        """ŷ at `x` for one θ."""
        return np.asarray(theta[0] + theta[1] * x, dtype=np.float64)

    def loss(self, theta: Array) -> Array:
        e = theta[0] + theta[1] * self.mean_x - self.mean_y
        d = theta[1] - self.least_squares.slope
        return np.asarray(e * e + d * d * self.sxx + self.least_squares.loss, dtype=np.float64)

    def gradient(self, theta: Array, out: Array) -> None:
        # Floats for one run, arrays for many: the same bits, and for one a tenth of the time.
        if theta.shape[1] == 1:
            b, w = theta[:, 0].tolist()
            out[0, 0], out[1, 0] = self._slope(b, w)
        else:
            out[0], out[1] = self._slope(theta[0], theta[1])

    def _slope(self, b: Any, w: Any) -> tuple[Any, Any]:
        e = w * self.mean_x + b - self.mean_y
        return e * 2.0, (w * self.sxx - self.sxy + e * self.mean_x) * 2.0

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        u, v = self._u[samples], self._v[samples]
        counts = np.diff(offsets)
        first = offsets[:-1]
        sums = np.stack([np.add.reduceat(column, first) for column in (u, v, u * u, u * v)])
        return np.asarray(sums / counts, dtype=np.float64)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        if theta.shape[1] == 1:
            b, w = theta[:, 0].tolist()
            out[0, 0], out[1, 0] = self._batch_slope(b, w, *batch[:, 0].tolist())
        else:
            out[0], out[1] = self._batch_slope(theta[0], theta[1], *batch)

    def _batch_slope(
        self, b: Any, w: Any, mean_u: Any, mean_v: Any, uu: Any, uv: Any
    ) -> tuple[Any, Any]:
        base = w * self.mean_x + b - self.mean_y
        e = w * mean_u + base - mean_v
        g = w * uu - uv + base * mean_u
        return e * 2.0, (g + e * self.mean_x) * 2.0

    def hessian(self, theta: Array) -> Array:
        m = self.mean_x
        return 2.0 * np.array([[1.0, m], [m, m * m + self.sxx]])

    def bounds(self) -> Bounds:
        """Twice the way from the start to the optimum, and no thinner than the valley is long."""
        optimum = self.minima[0]
        spread = math.sqrt(max(self.least_squares.loss, self.sxx * optimum[1] ** 2, 1e-12))
        half = (
            max(1.6 * abs(optimum[0]), 1.2 * spread * math.hypot(1.0, self.mean_x / self.sxx**0.5)),
            max(1.6 * abs(optimum[1]), 1.2 * spread / self.sxx**0.5),
        )
        return tuple((c - h, c + h) for c, h in zip(optimum, half, strict=True))

    def _first_rate(self) -> float:
        """A round rate, about an eighth of the critical one."""
        top = float(np.linalg.eigvalsh(self.hessian(np.zeros(2)))[-1])
        return float(f"{10.0 ** math.floor(math.log10(0.25 / top)):.0e}")


class Article(LinearRegression):
    """The article's five points; it opens with α = 0.01."""

    name = "article"
    title = "The article's five points"

    def __init__(self) -> None:
        super().__init__(np.array(ARTICLE_X), np.array(ARTICLE_Y))
        self.learning_rate = 0.01
