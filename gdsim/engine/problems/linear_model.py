"""What linear models share: features of the data, the choice of loss, standardising, own units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, field
from gdsim.engine.generators import made_data
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.fitting import best_fit
from gdsim.engine.problems.penalty import Penalised
from gdsim.engine.problems.samples import AbsoluteError, Huber, PointLoss, Samples
from gdsim.engine.sentences import Fault

LOSS_NAMES = {"mse": "MSE", "half_mse": "½MSE", "sse": "SSE", "mae": "MAE", "huber": "Huber"}
SQUARES = ("mse", "half_mse", "sse")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST_PARAMETERS = 64


@dataclass(frozen=True)
class LossSettings(Settings):
    """How the error of a model is measured."""

    loss: str = field(
        "mse", "Loss", "How errors are counted: it moves every critical rate.",
        choices=LOSS_NAMES,
    )  # fmt: skip
    huber_delta: float = field(
        1.0, "Huber's δ", "Errors up to this size count squared, larger ones by their size.",
        symbol="δ", above=0.0, maximum=1e12, scale="log", needs=(("loss", "huber"),),
    )  # fmt: skip

    def share_of(self, samples: int) -> float:
        """h in J = h·(1/n)Σ(y − ŷ)² for the squared losses; n where nothing is divided by n."""
        return {"half_mse": 0.5, "sse": float(samples)}.get(self.loss, 1.0)


@dataclass(frozen=True)
class ScaleSettings(Settings):
    """In which units a model descends."""

    standardise: bool = field(
        False, "Standardise", "Descends with each column of x at mean 0 and spread 1.",
    )  # fmt: skip
    deviation: str = field(
        "population", "Deviation",
        "The σ that is brought to 1: that of the samples themselves, with 1/n, or as of a larger "
        "population, with 1/(n − 1), as Octave's std has it.",
        choices={"population": "1/n", "sample": "1/(n − 1)"}, needs=(("standardise", True),),
        advanced=True,
    )  # fmt: skip

    def widened(self, samples: int) -> float:
        """By how much σ with 1/(n − 1) is larger, if that is chosen; 1 if not."""
        return math.sqrt(samples / (samples - 1)) if self.deviation == "sample" else 1.0


def point_loss(settings: LossSettings) -> PointLoss | None:
    """The loss of single samples, or None for squares, which need moments only."""
    if settings.loss == "mae":
        return AbsoluteError()
    return Huber(settings.huber_delta) if settings.loss == "huber" else None


class Kernel(Protocol):
    """The arithmetic of one way to sum the losses (see `Problem` for the shapes)."""

    def loss(self, theta: Array) -> Array: ...
    def gradient(self, theta: Array, out: Array) -> None: ...
    def hessian(self, theta: Array) -> Array: ...
    def reduce(self, samples: Indices, offsets: Indices) -> Array: ...
    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None: ...


class Squares(Kernel, Protocol):
    """The mean of squared residuals by sums over the data, with its minimum."""

    @property
    def optimum(self) -> tuple[float, ...]: ...
    def ridge(self, l2: float) -> tuple[float, ...]: ...


class LinearModel(Problem):
    """s = θ₀ + Σθⱼzⱼ with features z of the data, here zⱼ = (xⱼ − centreⱼ)/spreadⱼ.

    Without standardising centre is 0 and spread 1. `own_units(θ)` are the coefficients of x
    itself, which give the same s.
    """

    convex: ClassVar[bool] = True
    fits_data: ClassVar[bool] = True
    group = "data"
    data: Data
    kernel: Kernel
    centre: Array
    """(columns,)"""
    spread: Array

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(settings)
        self.data = data
        self.size = data.size

    def features(self, x: Array) -> Array:
        """x in the data's own units → z: (columns, n) → (features, n)."""
        return np.asarray((x - self.centre[:, None]) / self.spread[:, None])

    def take_parameters(self, count: int) -> None:
        """θ₀ … for so many parameters, starting at 0."""
        if count > MOST_PARAMETERS:
            raise Fault(
                "That would be {count} parameters; at most {most} are possible: take fewer "
                "columns.",
                count=count, most=MOST_PARAMETERS,
            )  # fmt: skip
        self.parameters = tuple(numbered(i) for i in range(count))
        self.start = (0.0,) * count

    def take_loss(self, settings: LossSettings) -> None:
        """The loss that they choose."""
        self.loss_name = LOSS_NAMES[settings.loss]
        self.sums = settings.loss == "sse"
        self.squares = settings.loss in SQUARES

    def descend(self, squares: Squares, each: PointLoss | None, l2: float) -> None:
        """Take `squares`, or in its place the loss of `each` sample; its minimum, a rate."""
        optimum = squares.optimum
        self.kernel = squares
        if l2:
            if each is not None:
                raise Fault("L2 goes with squared losses and cross-entropy, not with {loss}.",
                            loss=self.loss_name)  # fmt: skip
            self.loss_name += " + L2"
            optimum = squares.ridge(l2)
            self.kernel = Penalised(squares, np.full(len(optimum) - 1, l2))
        elif each is not None:
            samples = Samples(self.features(self.data.x), self.data.y, each)
            self.kernel, optimum = samples, best_fit(samples, np.array(optimum))
        self.minima = (optimum,)
        self.learning_rate = self.first_rate(optimum)

    def take_scale(self, centre: Sequence[float], spread: Sequence[float]) -> None:
        """Set the scale of each column, and with it what descends."""
        self.centre = np.array(centre, dtype=np.float64)
        self.spread = np.array(spread, dtype=np.float64)

    def score(self, theta: Array, x: Array) -> Array:
        """s at `x`, (n,) or (columns, n) in the data's own units, for one θ: (n,)."""
        columns = np.atleast_2d(np.asarray(x, dtype=np.float64))
        total = np.full(columns.shape[1], theta[0], dtype=np.float64)
        for weight, feature in zip(theta[1:], self.features(columns), strict=True):
            total += weight * feature
        return total

    def predict(self, theta: Array, x: Array) -> Array:
        """ŷ at `x`, (n,) or (columns, n) in the data's own units, for one θ: (n,)."""
        return self.score(theta, x)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        made = cls(made_data(settings, labels=cls.labels) if data is None else data, settings)
        made.own_data = data
        return made

    @property
    def own_names(self) -> tuple[str, ...]:
        return ("intercept", *self.data.names)

    @property
    def own_terms(self) -> tuple[str, ...]:
        return self.data.names

    def own_units(self, theta: Array) -> Array:
        """The coefficients in the data's own units: (parameters,) or (parameters, n), like θ."""
        theta = np.asarray(theta, dtype=np.float64)
        own = np.array(theta)
        for j, (centre, spread) in enumerate(zip(self.centre, self.spread, strict=True), 1):
            own[j] = theta[j] / spread
            own[0] = own[0] - own[j] * centre
        return own

    def from_own_units(self, coefficients: Array) -> Array:
        """The inverse of `own_units`."""
        own = np.asarray(coefficients, dtype=np.float64)
        theta = np.array(own)
        for j, (centre, spread) in enumerate(zip(self.centre, self.spread, strict=True), 1):
            theta[j] = own[j] * spread
            theta[0] = theta[0] + own[j] * centre
        return theta

    def loss(self, theta: Array) -> Array:
        return self.kernel.loss(theta)

    def gradient(self, theta: Array, out: Array) -> None:
        self.kernel.gradient(theta, out)

    def hessian(self, theta: Array) -> Array:
        return self.kernel.hessian(theta)

    def reduce(self, samples: Indices, offsets: Indices) -> Array:
        return self.kernel.reduce(samples, offsets)

    def batch_gradient(self, theta: Array, batch: Array, out: Array) -> None:
        self.kernel.batch_gradient(theta, batch, out)

    def first_rate(self, at: Sequence[float]) -> float:
        """A round rate, about an eighth of the critical one at θ; from the way to go if none is."""
        top = float(np.linalg.eigvalsh(self.hessian(np.array(at)))[-1])
        if top > 0.0:
            return round_rate(0.25 / top)
        way = float(np.abs(np.array(at) - np.array(self.start)).max())
        slope = float(np.abs(self.gradient_at(np.array(self.start))).max())
        return round_rate(0.02 * way / slope) if way > 0.0 and slope > 0.0 else 0.01


def round_rate(rate: float) -> float:
    """The power of ten at or below a rate, within what a learning rate may be."""
    return float(f"{10.0 ** math.floor(math.log10(min(max(rate, 1e-300), 1e6))):.0e}")


def bounds_around(
    optimum: Sequence[float], means: Sequence[float], variances: Sequence[float], rho2: float
) -> Bounds:
    """Twice the way from the start to the optimum, and no thinner than the valley is long."""
    slopes = optimum[1:]
    steep = sum(v * w**2 for v, w in zip(variances, slopes, strict=True))
    spread = math.sqrt(max(rho2, steep, 1e-12))
    known = [(m, v**0.5) for m, v in zip(means, variances, strict=True) if v > 0.0]
    shift = math.hypot(1.0, *(m / s for m, s in known))
    halves = [max(1.6 * abs(optimum[0]), 1.2 * spread * shift)]
    for w, v in zip(slopes, variances, strict=True):
        halves.append(max(1.6 * abs(w), 1.2 * spread / (v**0.5 or 1.0)))
    return tuple((c - h, c + h) for c, h in zip(optimum, halves, strict=True))


def numbered(i: int) -> Parameter:
    """θᵢ."""
    return Parameter(f"theta_{i}", f"θ{i}".translate(SUBSCRIPTS))


def subscript(i: int) -> str:
    """A number written below the line."""
    return str(i).translate(SUBSCRIPTS)
