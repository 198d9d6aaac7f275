"""Squared losses of linear models, at a cost that no sample count moves.

Data are centred once and condensed to moments; plain moments of x and y would lose all digits of
the loss near the optimum. Both classes hold J = h·(1/n)Σ(y − ŷ)² with h = 1 (MSE) or ½.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsim.engine.arrays import Array, Indices


class LineSquares:
    """One column: with u = x − x̄, v = y − ȳ and e = θ₀ + θ₁x̄ − ȳ,

    J/h = e² + (θ₁ − θ̂₁)² Sxx + ρ²,  ∂J/∂θ₀ = 2he,  ∂J/∂θ₁ = 2h(x̄e + θ₁Sxx − Sxy).
    """

    def __init__(
        self, u: Array, v: Array, means: tuple[float, float], sxx: float, share: float
    ) -> None:
        """`means` are x̄ and ȳ, `sxx` the mean of u²; `share` is h."""
        self._u, self._v = u, v
        self.mean_x, self.mean_y = means
        self.sxx = sxx
        self.sxy = float(np.mean(u * v))
        self.share, self._double = share, 2.0 * share
        self.slope = self.sxy / sxx
        # As arrays, which NumPy takes faster than floats: x̄, ȳ, 2h, 2hSxx, 2hSxy.
        numbers = (self.mean_x, self.mean_y, 1.0, sxx, self.sxy)
        scales = (1.0, 1.0, self._double, self._double, self._double)
        self._numbers = [np.array(n * s) for n, s in zip(numbers, scales, strict=True)]
        residual = v - self.slope * u
        self.rho2 = float(np.mean(residual * residual))

    @property
    def optimum(self) -> tuple[float, float]:
        """(θ̂₀, θ̂₁)."""
        return self.mean_y - self.slope * self.mean_x, self.slope

    def loss(self, theta: Array) -> Array:
        # In place: with many lanes a new array for each term costs more than the arithmetic.
        e = theta[1] * self.mean_x
        e += theta[0]
        e -= self.mean_y
        e *= e
        d = theta[1] - self.slope
        d *= d
        d *= self.sxx
        e += d
        e += self.rho2
        e *= self.share
        return np.asarray(e)

    def gradient(self, theta: Array, out: Array) -> None:
        # Floats for one run, arrays for many: the same bits, and for one a tenth of the time.
        if theta.shape[1] == 1:
            b, w = theta[:, 0].tolist()
            out[0, 0], out[1, 0] = self._slope(b, w)
            return
        # 2h goes into e and into the constants of g: h is 1 or ½, so no bit changes.
        e, g = out
        mean_x, mean_y, double, sxx, sxy = self._numbers
        np.multiply(theta[1], mean_x, out=e)
        e += theta[0]
        e -= mean_y
        e *= double
        np.multiply(theta[1], sxx, out=g)
        g -= sxy
        g += e * mean_x

    def _slope(self, b: Any, w: Any) -> tuple[Any, Any]:
        e = w * self.mean_x + b - self.mean_y
        g = w * self.sxx - self.sxy + e * self.mean_x
        return e * self._double, g * self._double

    def hessian(self, theta: Array) -> Array:
        m = self.mean_x
        return self._double * np.array([[1.0, m], [m, m * m + self.sxx]])

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        u, v = self._u[samples], self._v[samples]
        first = offsets[:-1]
        sums = np.stack([np.add.reduceat(column, first) for column in (u, v, u * u, u * v)])
        return np.asarray(sums / np.diff(offsets), dtype=np.float64)

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
        return e * self._double, (g + e * self.mean_x) * self._double


class PlaneSquares:
    """Several columns: with w = (θ₁ … θₖ), m the columns' means, e = θ₀ + w·m − ȳ, C = (1/n)UUᵀ,

    J/h = e² + dᵀCd + ρ² with d = w − ŵ,  ∂J/∂θ₀ = 2he,  ∂J/∂w = 2h(em + Cd).
    Where C is singular ŵ is the shortest of the best.
    """

    def __init__(self, u: Array, v: Array, means: Array, mean_y: float, share: float) -> None:
        """`u` (columns, n) and `v` (n,) are centred; `means` (columns,) and `mean_y` were taken."""
        self._u, self._v = u, v
        self.means, self.mean_y = means, mean_y
        self.share = share
        self.covariance = u @ u.T / len(v)
        self.weights = np.linalg.lstsq(u.T, v, rcond=None)[0]
        residual = v - self.weights @ u
        self.rho2 = float(np.mean(residual * residual))
        # The sums run along the first axis in this order for any number of lanes: the same bits.
        count = len(means)
        self._matrix = np.zeros((count + 1, count + 1, 1))
        self._matrix[0, 0] = 1.0
        self._matrix[0, 1:, 0] = means
        self._matrix[1:, 1:, 0] = self.covariance
        self._matrix *= 2.0 * share

    @property
    def optimum(self) -> tuple[float, ...]:
        """(θ̂₀, ŵ…)."""
        return (self.mean_y - float(self.weights @ self.means), *self.weights.tolist())

    def loss(self, theta: Array) -> Array:
        at = self._errors(theta)
        # e² + dᵀCd, one product after the other for the same bits in any number of lanes.
        total = at[0] * at[0] + self.rho2
        for i, row in enumerate(self.covariance.tolist(), 1):
            for j, entry in enumerate(row[:i], 1):
                total += (entry if i == j else 2.0 * entry) * (at[i] * at[j])
        return np.asarray(self.share * total)

    def gradient(self, theta: Array, out: Array) -> None:
        at = self._errors(theta)
        np.add.reduce(self._matrix * at[:, None, :], axis=0, out=out)

    def hessian(self, theta: Array) -> Array:
        m = self.means
        whole = np.empty((len(m) + 1, len(m) + 1))
        whole[0, 0] = 1.0
        whole[0, 1:] = whole[1:, 0] = m
        whole[1:, 1:] = self.covariance + np.outer(m, m)
        return 2.0 * self.share * whole

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        u, v = self._u[:, samples], self._v[samples]
        count = len(u)
        rows = np.concatenate(
            [u, v[None], u * v, (u[:, None] * u[None]).reshape(count * count, -1)]
        )
        return np.asarray(np.add.reduceat(rows, offsets[:-1], axis=1) / np.diff(offsets))

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        count = len(self.means)
        mean_u, mean_v, uv = batch[:count], batch[count], batch[count + 1 : 2 * count + 1]
        uu = batch[2 * count + 1 :].reshape(count, count, -1)
        base = theta[0] - self.mean_y
        for weight, mean in zip(theta[1:], self.means.tolist(), strict=True):
            base = base + weight * mean
        e = base - mean_v
        for weight, mean in zip(theta[1:], mean_u, strict=True):
            e = e + weight * mean
        slope = base * mean_u - uv + np.add.reduce(uu * theta[1:, None, :], axis=0)
        out[0] = e
        out[1:] = slope + e * self.means[:, None]
        out *= 2.0 * self.share

    def _errors(self, theta: Array) -> Array:
        """(e, d…) for each lane: (parameters, lanes)."""
        at = np.empty(theta.shape)
        e = theta[0] - self.mean_y
        for weight, mean in zip(theta[1:], self.means.tolist(), strict=True):
            e = e + weight * mean
        at[0] = e
        np.subtract(theta[1:], self.weights[:, None], out=at[1:])
        return at
