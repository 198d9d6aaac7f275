"""Squared losses of linear models, at a cost that no sample count moves.

Data are centred once and condensed to moments; plain moments of x and y would lose all digits of
the loss near the optimum. Both classes hold J = h·(1/n)Σ(y − ŷ)² with h = 1 (MSE) or ½.
"""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array, Indices


class LineSquares:
    """One column: with u = x − x̄, v = y − ȳ and e = θ₀ + θ₁x̄ − ȳ,

    J/h = e² + (θ₁ − θ̂₁)² Sxx + ρ²,  g₀ = ∂J/∂θ₀ = 2he,
    ∂J/∂θ₁ = x̄g₀ + 2hSxx(θ₁ − θ̂₁) = 2hSxx(r g₀ + θ₁ − θ̂₁) with r = x̄/(2hSxx).
    """

    def __init__(
        self, u: Array, v: Array, means: tuple[float, float], sxx: float, share: float
    ) -> None:
        """`means` are x̄ and ȳ, `sxx` the mean of u²; `share` is h."""
        self._u, self._v = u, v
        self.mean_x, self.mean_y = means
        self.sxx = sxx
        self.share, self._double = share, 2.0 * share
        self.slope = float(np.mean(u * v)) / sxx
        self._bend = self._double * sxx
        self._ratio = self.mean_x / self._bend
        # As arrays, which NumPy takes faster than floats.
        numbers = (self.mean_x, self.mean_y, self._double, self._ratio, self.slope, self._bend)
        self._numbers = [np.array(number) for number in numbers]
        residual = v - self.slope * u
        self.rho2 = float(np.mean(residual * residual))

    @property
    def optimum(self) -> tuple[float, float]:
        """(θ̂₀, θ̂₁)."""
        return self.mean_y - self.slope * self.mean_x, self.slope

    def ridge(self, l2: float) -> tuple[float, float]:
        """(θ₀, θ₁) of least J + λθ₁²."""
        bend = self.share * self.sxx
        slope = bend * self.slope / (bend + l2)
        return self.mean_y - slope * self.mean_x, slope

    def loss(self, theta: Array) -> Array:
        e = theta[1] * self.mean_x + theta[0] - self.mean_y
        d = theta[1] - self.slope
        return np.asanyarray((e * e + d * d * self.sxx + self.rho2) * self.share)

    def gradient(self, theta: Array, out: Array) -> None:
        mean_x, mean_y, double, ratio, slope, bend = self._numbers
        b, w = theta
        out[0] = g = (w * mean_x + b - mean_y) * double
        out[1] = (g * ratio + w - slope) * bend

    def hessian(self, theta: Array) -> Array:
        m = self.mean_x
        return self._double * np.array([[1.0, m], [m, m * m + self.sxx]])

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        u, v = self._u[samples], self._v[samples]
        first = offsets[:-1]
        sums = np.stack([np.add.reduceat(column, first) for column in (u, v, u * u, u * v)])
        return np.asarray(sums / np.diff(offsets), dtype=np.float64)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        b, w = theta
        mean_u, mean_v, uu, uv = batch
        base = w * self.mean_x + b - self.mean_y
        e = w * mean_u + base - mean_v
        g = w * uu - uv + base * mean_u
        out[0] = e * self._double
        out[1] = (g + e * self.mean_x) * self._double


class PlaneSquares:
    """Several columns: with w = (θ₁ … θₖ), m the columns' means, e = θ₀ + w·m − ȳ, Uᵀ/√n = QR,

    J/h = e² + |Rw − z|² + r² with z = Qᵀv/√n and r what of v/√n lies outside Q,
    ∂J/∂θ₀ = 2he,  ∂J/∂w = 2h(em + Cw − c) with C = (1/n)UUᵀ, c = (1/n)Uv.
    The way w − ŵ to the best would be shorter to write, but where columns are nearly collinear ŵ
    may be 10¹⁴, and its square would swallow the loss. Where C is singular ŵ is the shortest.
    """

    def __init__(self, u: Array, v: Array, means: Array, mean_y: float, share: float) -> None:
        """`u` (columns, n) and `v` (n,) are centred; `means` (columns,) and `mean_y` were taken."""
        self._u, self._v = u, v
        self.means, self.mean_y = means, mean_y
        self.share = share
        self.covariance = u @ u.T / len(v)
        root = np.sqrt(len(v))
        orthogonal, triangle = np.linalg.qr(u.T / root)
        aim = orthogonal.T @ v / root
        # As lstsq(Uᵀ, v) finds it, with its bound for what counts as singular.
        bound = float(np.finfo(np.float64).eps) * max(u.shape)
        self.weights = np.linalg.lstsq(triangle, aim, rcond=bound)[0]
        residual = v - self.weights @ u
        self.rho2 = float(np.mean(residual * residual))
        outside = v / root - orthogonal @ aim
        self._rest2 = float(outside @ outside)
        self._rows = list(zip(triangle.tolist(), aim.tolist(), strict=True))
        # The sums run along the first axis in this order for any number of lanes: the same bits.
        count = len(means)
        self._matrix = np.zeros((count + 1, count + 1, 1))
        self._matrix[0, 0] = 1.0
        self._matrix[0, 1:, 0] = means
        self._matrix[1:, 1:, 0] = self.covariance
        self._matrix *= 2.0 * share
        self._offset = np.zeros((count + 1, 1))
        self._offset[1:, 0] = 2.0 * share * (u @ v / len(v))

    @property
    def optimum(self) -> tuple[float, ...]:
        """(θ̂₀, ŵ…)."""
        return (self.mean_y - float(self.weights @ self.means), *self.weights.tolist())

    def ridge(self, l2: float) -> tuple[float, ...]:
        """(θ₀, w…) of least J + λ|w|²: of |Rw − z|² + (λ/h)|w|², by one tall system."""
        count = len(self.means)
        triangle = np.array([row for row, _ in self._rows])
        aim = np.array([aim for _, aim in self._rows])
        tall = np.concatenate([triangle, np.sqrt(l2 / self.share) * np.eye(count)])
        weights = np.linalg.lstsq(tall, np.concatenate([aim, np.zeros(count)]), rcond=None)[0]
        return (self.mean_y - float(weights @ self.means), *weights.tolist())

    def loss(self, theta: Array) -> Array:
        e = self._error(theta)
        total = e * e + self._rest2
        # One product after the other, for the same bits in any number of lanes.
        for i, (row, aim) in enumerate(self._rows):
            short = -aim
            for entry, weight in zip(row[i:], theta[1 + i :], strict=True):
                short = short + entry * weight
            total += short * short
        return np.asanyarray(self.share * total)

    def gradient(self, theta: Array, out: Array) -> None:
        at = theta.copy()
        at[0] = self._error(theta)
        out[...] = np.add.reduce(self._matrix * at[:, None, :], axis=0) - self._offset

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
        base = self._error(theta)
        e = base - mean_v
        for weight, mean in zip(theta[1:], mean_u, strict=True):
            e = e + weight * mean
        slope = base * mean_u - uv + np.add.reduce(uu * theta[1:, None, :], axis=0)
        out[0] = e * (2.0 * self.share)
        out[1:] = (slope + e * self.means[:, None]) * (2.0 * self.share)

    def _error(self, theta: Array) -> Array:
        """e of each lane."""
        e = theta[0] - self.mean_y
        for weight, mean in zip(theta[1:], self.means.tolist(), strict=True):
            e = e + weight * mean
        return np.asanyarray(e)
