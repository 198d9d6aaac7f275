"""What linear models share: features of the data, the choice of loss, standardising, own units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Flags, Indices
from gdsim.engine.data import Data
from gdsim.engine.generators import made_data
from gdsim.engine.problems.base import Bounds, Parameter, Problem
from gdsim.engine.problems.fit_settings import (
    LOSS_NAMES,
    SQUARES,
    FitSettings,
    LossSettings,
    ScaleSettings,
)
from gdsim.engine.problems.fitting import best_fit
from gdsim.engine.problems.held_back import of_parts
from gdsim.engine.problems.origin_kernel import Held
from gdsim.engine.problems.penalty import Penalised
from gdsim.engine.problems.samples import (
    AbsoluteError,
    Huber,
    PointLoss,
    Samples,
    SquaredError,
)
from gdsim.engine.sentences import Fault, Sentence, sentence

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST_PARAMETERS = 64


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
    target_centre = 0.0
    target_spread = 1.0
    """ŷ = target_centre + target_spread · s, s being what descends towards y likewise scaled."""
    has_intercept = True
    """Whether θ begins with θ₀."""

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(settings)
        self.data = data
        self.size = data.size

    def features(self, x: Array) -> Array:
        """x in the data's own units → z: (columns, n) → (features, n)."""
        return np.asarray((x - self.centre[:, None]) / self.spread[:, None])

    def take_parameters(self, count: int) -> None:
        """θ₀ … (θ₁ … without an intercept) for so many parameters, starting at 0."""
        if count > MOST_PARAMETERS:
            raise Fault(
                "That would be {count} parameters; at most {most} are possible: take fewer "
                "columns.",
                count=count, most=MOST_PARAMETERS,
            )  # fmt: skip
        first = 0 if self.has_intercept else 1
        self.parameters = tuple(numbered(first + i) for i in range(count))
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
            samples = Samples(self.features(self.data.x), self.target, each)
            self.kernel = samples
            optimum = best_fit(samples, np.array(optimum), intercept=self.has_intercept)
        if not self.has_intercept:
            self.kernel, optimum = Held(self.kernel), optimum[1:]
        self.minima = (optimum,)
        self.learning_rate = self.first_rate(optimum)

    def take_scale(self, centre: ArrayLike, spread: ArrayLike) -> None:
        """Set the scale of each column, and with it what descends."""
        self.centre = np.array(centre, dtype=np.float64)
        self.spread = np.array(spread, dtype=np.float64)

    def take_scales(self) -> None:
        """The scales of the columns and of y that the settings of a fit choose."""
        settings = self.settings
        assert isinstance(settings, FitSettings)
        centre, self.spread = settings.scale(self.data.x)
        self.target_centre, self.target_spread = settings.target_scale(self.data.y)
        self.centre = centre
        if not self.has_intercept:
            # What is shifted goes through the origin no more.
            self.centre, self.target_centre = np.zeros_like(centre), 0.0

    @property
    def target(self) -> Array:
        return np.asarray((self.data.y - self.target_centre) / self.target_spread)

    def with_intercept(self, theta: Array) -> Array:
        """θ with θ₀ = 0 before it where it has none: (parameters, …) → (columns + 1, …)."""
        theta = np.asarray(theta, dtype=np.float64)
        return theta if self.has_intercept else np.concatenate([np.zeros_like(theta[:1]), theta])

    def score(self, theta: Array, x: Array) -> Array:
        """s at `x`, (n,) or (columns, n) in the data's own units, for one θ: (n,)."""
        columns = np.atleast_2d(np.asarray(x, dtype=np.float64))
        theta = self.with_intercept(theta)
        total = np.full(columns.shape[1], theta[0], dtype=np.float64)
        for weight, feature in zip(theta[1:], self.features(columns), strict=True):
            total += weight * feature
        return total

    def predict(self, theta: Array, x: Array) -> Array:
        """ŷ at `x`, (n,) or (columns, n) in the data's own units, for one θ: (n,)."""
        return self.target_centre + self.target_spread * self.score(theta, x)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        whole = made_data(settings, labels=cls.labels) if data is None else data
        return of_parts(lambda part: cls(part, settings), data, whole, settings)

    @property
    def own_names(self) -> tuple[str, ...]:
        return ("intercept", *self.data.names)

    @property
    def own_terms(self) -> tuple[str, ...]:
        return self.data.names

    def own_units(self, theta: Array) -> Array:
        """The coefficients in the data's own units, the intercept first even where it is 0.

        (parameters,) or (parameters, n) → (columns + 1,) or (columns + 1, n).
        """
        theta = self.with_intercept(theta) * self.target_spread
        own = np.array(theta)
        own[0] = theta[0] + self.target_centre
        for j, (centre, spread) in enumerate(zip(self.centre, self.spread, strict=True), 1):
            own[j] = theta[j] / spread
            own[0] = own[0] - own[j] * centre
        return own

    def from_own_units(self, coefficients: Array) -> Array:
        """The inverse of `own_units`: (columns + 1, …) → (parameters, …)."""
        own = np.asarray(coefficients, dtype=np.float64)
        theta = np.array(own)
        theta[0] = own[0] - self.target_centre
        for j, (centre, spread) in enumerate(zip(self.centre, self.spread, strict=True), 1):
            theta[j] = own[j] * spread
            theta[0] = theta[0] + own[j] * centre
        theta = theta / self.target_spread
        return theta if self.has_intercept else theta[1:]

    def loss(self, theta: Array) -> Array:
        return self.kernel.loss(theta)

    def loss_on(self, theta: Array, data: Data) -> Array:
        y = (data.y - self.target_centre) / self.target_spread
        samples = Samples(self.features(data.x), y, self.point_loss())
        return samples.loss(self.with_intercept(theta))

    def point_loss(self) -> PointLoss:
        """What each sample adds to the mean; for a sum, times the samples of the training data."""
        assert isinstance(self.settings, LossSettings)
        return point_loss(self.settings) or SquaredError(self.settings.share_of(self.size))

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


def numbered_terms(letter: str, count: int) -> list[str]:
    """x₁ … xₖ; x where it is alone."""
    return [letter] if count == 1 else [f"{letter}{subscript(j)}" for j in range(1, count + 1)]


def fit_formula(count: int, settings: FitSettings, *, intercept: bool = True) -> str:
    """ŷ = θ₀ + θ₁x₁ + … over so many columns, with what descends in their place."""
    if not settings.standardise:
        return f"ŷ = {sum_of_terms(numbered_terms('x', count), intercept=intercept)}"
    left = "ŷ"
    if settings.standardise_y:
        left = scaled_term(settings, "ŷ", "y", "ȳ", "", shifted=intercept)
    if count == 1:
        term = scaled_term(settings, shifted=intercept)
        return f"{left} = {'θ₀ + ' if intercept else ''}θ₁{term}"
    terms = sum_of_terms(numbered_terms("z", count), intercept=intercept)
    return (
        f"{left} = {terms}, zⱼ = {scaled_term(settings, 'xⱼ', 'xⱼ', 'x̄ⱼ', 'ⱼ', shifted=intercept)}"
    )


def scaled_term(
    settings: ScaleSettings,
    one: str = "x",
    name: str = "x",
    mean: str = "x̄",
    index: str = "ₓ",
    *,
    shifted: bool = True,
) -> str:
    """(x − x̄)/σ, or what else scaled columns are made by."""
    minmax = settings.scaled_by == "range"
    low = f"min {name}"
    top = f"({one} − {low if minmax else mean})" if shifted else one
    return f"{top}/(max {name} − {low})" if minmax else f"{top}/σ{index}"


def sum_of_terms(terms: list[str], *, intercept: bool = True) -> str:
    """θ₀ + θ₁x₁ + …, the middle left out where there are many."""
    parts = ["θ₀"] if intercept else []
    parts += [f"θ{subscript(j)}{term}" for j, term in enumerate(terms, 1)]
    if len(parts) > 5:
        parts = [*parts[:3], "…", parts[-1]]
    return " + ".join(parts)


def column_notes(data: Data, z: Array, constant: Flags) -> list[Sentence]:
    """What the columns lack to decide every coefficient; `z` are they with spread 1."""
    notes = [
        sentence(
            "The column '{name}' is constant ({value}): it adds nothing that θ₀ does not.",
            name=data.names[j], value=float(data.x[j, 0]),
        )
        for j in np.flatnonzero(constant)
    ]  # fmt: skip
    varied = np.flatnonzero(~constant)
    if len(varied) > 1:
        values, vectors = np.linalg.eigh(z[varied] @ z[varied].T / data.size)
        null = vectors[:, values <= 1e-10 * values[-1]]
        together = varied[(np.abs(null) > 1e-6).any(axis=1)]
        if len(together):
            notes.append(
                sentence(
                    "The columns {names} are collinear: many coefficients fit equally well, "
                    "and where a run ends depends on its start.",
                    names=", ".join(data.names[j] for j in together),
                )
            )
    return notes
