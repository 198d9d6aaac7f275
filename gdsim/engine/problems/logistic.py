"""Logistic regression: the probability of a label, by binary cross-entropy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, field
from gdsim.engine.generators import GENERATORS, ColumnSettings
from gdsim.engine.problems.base import Bounds
from gdsim.engine.problems.borders import most_right
from gdsim.engine.problems.fit_settings import ScaleSettings
from gdsim.engine.problems.held_back import HeldBackSettings
from gdsim.engine.problems.linear_model import (
    Kernel,
    LinearModel,
    bounds_around,
    column_notes,
    numbered_terms,
    round_rate,
    scaled_term,
    sum_of_terms,
)
from gdsim.engine.problems.penalty import Penalised, PenaltySettings
from gdsim.engine.problems.samples import PointLoss, Samples
from gdsim.engine.sentences import Fault, sentence

_ROUNDS = 60
_SHOWN = 5
_BORDER = 1e-6


@dataclass(frozen=True)
class LogisticSettings(HeldBackSettings, PenaltySettings, ScaleSettings, ColumnSettings):
    """What a logistic regression may choose."""

    generator: str = field(
        "clusters", "Made data", "What the samples are like; data of your own replace them.",
        choices=GENERATORS,
    )  # fmt: skip
    noise: float = field(
        1.5, "Noise", "The spread of the noise on the samples.", symbol="σ",
        minimum=0.0, maximum=1e6, beside=True,
    )  # fmt: skip


class CrossEntropy(PointLoss):
    """log(1 + eˢ) − ys for y = 0 or 1, written so that no s overflows."""

    name = "BCE"

    def value(self, s: Array, y: Array) -> Array:
        return np.asanyarray(np.maximum(s, 0.0) - y * s + np.log1p(np.exp(-np.abs(s))))

    def slope(self, s: Array, y: Array) -> Array:
        return np.asanyarray(sigmoid(s) - y)

    def bend(self, s: Array, y: Array) -> Array:
        p = sigmoid(-np.abs(s))
        return np.asarray(p * (1.0 - p))


def sigmoid(s: Array) -> Array:
    """1/(1 + e⁻ˢ), by the exponential that does not overflow."""
    small = np.exp(-np.abs(s))
    return np.asanyarray(np.where(s >= 0.0, 1.0, small) / (1.0 + small))


class LogisticRegression(LinearModel):
    """p = σ(s), s = θ₀ + Σθⱼxⱼ, J = (1/n)Σ log(1 + eˢ) − ys: binary cross-entropy.

    Convex; its best fit is finite unless the labels can be parted by a line (plane): then the
    weights grow for ever, which `notes` say.
    """

    name = "logistic"
    title = "Logistic regression"
    loss_name = "BCE"
    labels = True
    Settings: ClassVar[type[Settings]] = LogisticSettings
    settings: LogisticSettings

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(data, settings)
        found = np.unique(data.y)
        others = found[(found != 0.0) & (found != 1.0)]
        if len(others):
            shown = ", ".join(f"{value:g}" for value in others[:_SHOWN])
            raise Fault(
                "Labels must be 0 and 1; the column '{name}' has {values}. Choose a column with "
                "two values, or another model.",
                name=data.target, values=shown + (" …" if len(others) > _SHOWN else ""),
            )  # fmt: skip
        count = data.columns
        self.take_parameters(count + 1)
        with np.errstate(over="ignore", invalid="ignore"):
            constant = data.x.min(axis=1) == data.x.max(axis=1)
            means = np.where(constant, data.x[:, 0], data.x.mean(axis=1))
            variances = np.mean((data.x - means[:, None]) ** 2, axis=1)
        if not np.isfinite(variances).all():
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        sigma = np.where(variances == 0.0, 1.0, np.sqrt(variances))
        standard = (data.x - means[:, None]) / sigma[:, None]
        self.centre, self.spread = self.settings.scale(data.x)
        # Of what descends, as the sampled columns have them.
        means, variances = (means - self.centre) / self.spread, variances / self.spread**2
        terms = sum_of_terms(numbered_terms("z" if self.settings.standardise else "x", count))
        scaled = f", z = {scaled_term(self.settings)}" if self.settings.standardise else ""
        self.formula = f"p = 1/(1 + e⁻ˢ), s = {terms}{scaled}"
        samples = Samples(self.features(data.x), data.y, CrossEntropy())
        self.kernel: Kernel = samples
        l2 = self.settings.l2
        if l2:
            self.loss_name = "BCE + L2"
            self.kernel = Penalised(samples, np.full(count, l2))
        # The best fit is found in standard units, where it is found whatever the data's scale.
        in_standard = Samples(standard, data.y, CrossEntropy())
        # Of L2 too: in standard units w counts (w/σ)², σ what stands between both units.
        weights = l2 * (self.spread / sigma) ** 2
        fitted, parted = _fit(in_standard, weights)
        centre = data.x.mean(axis=1)
        own = np.array([fitted[0] - float(fitted[1:] / sigma @ centre), *(fitted[1:] / sigma)])
        around = self.from_own_units(own)
        self.notes = tuple(column_notes(data, standard, constant))
        self.separable = parted
        if parted:
            self.notes += (
                sentence(
                    "The labels can be parted without an error: the loss falls towards 0 and the "
                    "weights grow for ever."
                ),
            )
        else:
            self.minima = (tuple(around.tolist()),)
        self._around, self._moments = around, (means.tolist(), variances.tolist())
        top = float(np.linalg.eigvalsh(self.hessian(np.array(self.start)))[-1])
        self.learning_rate = round_rate(1.0 / top)

    def point_loss(self) -> PointLoss:
        return CrossEntropy()

    @cached_property
    def most_right(self) -> float | None:  # type: ignore[override] # found when asked for
        data = self.data
        return None if data is None else most_right(data.x, data.y > 0.5)

    @property
    def scale(self) -> float:
        """ln 2, the loss of not knowing."""
        return math.log(2.0)

    def predict(self, theta: Array, x: Array) -> Array:
        """The probability of 1 at `x`, (n,) or (columns, n) in the data's own units: (n,)."""
        return sigmoid(self.score(theta, x))

    def share_right(self, theta: Array) -> float | None:
        data = self.data
        if data is None:
            return None
        return float(np.mean((self.predict(theta, data.x) >= 0.5) == (data.y >= 0.5)))

    def bounds(self) -> Bounds:
        means, variances = self._moments
        return bounds_around(self._around.tolist(), means, variances, 1.0)


def _fit(samples: Samples, weights: Array) -> tuple[Array, bool]:
    """Newton's method, each step halved until the loss falls; and whether no end is in sight.

    A θ that gives every sample the right sign proves that the labels can be parted: any multiple
    of it is better still. Where some samples lie on the border itself the weights grow likewise,
    along the direction in which the curvature has faded. Where `weights` (features,) of L2 hold
    them back there is an end.
    """
    model: Kernel = Penalised(samples, weights) if weights.any() else samples
    theta = np.zeros(len(samples.features) + 1)
    signs = 2.0 * samples.y - 1.0
    design = np.concatenate([np.ones((1, samples.size)), samples.features])
    loss = math.log(2.0)
    for _ in range(_ROUNDS):
        if not weights.any() and ((theta @ design) * signs > 0.0).all():
            return theta, True
        slope = np.empty((len(theta), 1))
        model.gradient(theta[:, None], slope)
        step = np.linalg.lstsq(model.hessian(theta), slope[:, 0], rcond=1e-14)[0]
        size = 1.0
        while size > 1e-10:
            tried = theta - size * step
            better = float(model.loss(tried[:, None])[0])
            if better <= loss:
                break
            size *= 0.5
        else:
            # The loss is level to rounding before the slope is: the last steps go by the slope.
            if float(np.abs(step).max()) < 1e-6:
                theta = theta - step
            break
        done = float(np.abs(tried - theta).max()) <= 1e-15 * float(np.abs(tried).max())
        theta, loss = np.asarray(tried, dtype=np.float64), better
        if done:
            break
    if weights.any():
        return theta, False
    vector = np.linalg.eigh(model.hessian(theta))[1][:, 0]
    sides = (vector @ design) * signs
    if sides.max() < -sides.min():
        sides = -sides
    return theta, bool(sides.min() > -_BORDER and sides.max() > 1e-3)
