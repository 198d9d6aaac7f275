"""Linear regression: a line through points, or a plane over several columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array, Flags
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import Settings
from gdsim.engine.generators import ColumnSettings, made_data
from gdsim.engine.problems.base import Bounds, Problem
from gdsim.engine.problems.linear_model import (
    LinearModel,
    LossSettings,
    ScaleSettings,
    bounds_around,
    point_loss,
    subscript,
)
from gdsim.engine.problems.penalty import PenaltySettings
from gdsim.engine.problems.squares import LineSquares, PlaneSquares
from gdsim.engine.sentences import Fault, Sentence, sentence

ARTICLE_X = (1.0, 2.0, 3.0, 4.0, 5.0)
ARTICLE_Y = (2.0, 3.0, 5.0, 7.0, 11.0)


@dataclass(frozen=True)
class FitSettings(PenaltySettings, ScaleSettings, LossSettings):
    """What a fit to fixed data may choose."""


@dataclass(frozen=True)
class LinearSettings(FitSettings, ColumnSettings):
    """What a regression may choose: also the data, where none are given."""


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """The exact answer in the data's own units: θ₀ and the slopes, their MSE and R²."""

    intercept: float
    slopes: tuple[float, ...]
    loss: float
    r_squared: float

    @property
    def slope(self) -> float:
        """The first slope, the only one of a line."""
        return self.slopes[0]


class LinearRegression(LinearModel):
    """ŷ = θ₀ + θ₁x, J = (1/n) Σ (y − ŷ)² or another loss of `LOSS_NAMES`."""

    name = "linear"
    title = "Linear regression"
    formula = "ŷ = θ₀ + θ₁x"
    straight = True
    Settings: ClassVar[type[Settings]] = LinearSettings
    settings: FitSettings

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(data, settings)
        if data.columns != 1:
            raise Fault("A line has one column of x; the data have {count}.", count=data.columns)
        self.x, self.y = data.x[0], data.y
        self.take_loss(self.settings)
        if self.size < 2:
            raise Fault("A line needs at least two points; the data have {count}.", count=self.size)
        if self.x.min() == self.x.max():
            raise Fault(
                "All x are {value}: a line needs at least two different x.", value=float(self.x[0])
            )
        with np.errstate(over="ignore", invalid="ignore"):
            mean_x, mean_y = float(self.x.mean()), float(self.y.mean())
            u, v = self.x - mean_x, self.y - mean_y
            sxx, sxy = float(np.mean(u * u)), float(np.mean(u * v))
        if not all(map(math.isfinite, (mean_x, mean_y, sxx, sxy))):
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        if sxx == 0.0:
            raise Fault("The x are too close together to be told apart: rescale or shift them.")
        share = self.settings.share_of(self.size)
        line = LineSquares(u, v, (mean_x, mean_y), sxx, share)
        self.least_squares = _least_squares(line.optimum, line.rho2, v)
        if self.settings.standardise:
            wider = self.settings.widened(self.size)
            sigma = wider * math.sqrt(sxx)
            self.take_scale([mean_x], [sigma])
            self.formula = "ŷ = θ₀ + θ₁(x − x̄)/σₓ"
            line = LineSquares(u / sigma, v, (0.0, mean_y), 1.0 / wider**2, share)
        else:
            self.take_scale([0.0], [1.0])
        self.take_parameters(2)
        self._means, self._variances, self._rho2 = [line.mean_x], [line.sxx], line.rho2
        self.descend(line, point_loss(self.settings), self.settings.l2)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        if data is None:
            data, given = made_data(settings), None
        else:
            given = data
        made = cls(data, settings) if data.columns == 1 else MultipleRegression(data, settings)
        made.own_data = given
        return made

    def bounds(self) -> Bounds:
        return bounds_around(self.minima[0], self._means, self._variances, self._rho2)


class MultipleRegression(LinearModel):
    """ŷ = θ₀ + θ₁x₁ + … + θₖxₖ over k ≥ 2 columns, with the losses of `LinearRegression`.

    Constant and collinear columns are said in `notes`; the best fit is then the shortest one.
    """

    name = LinearRegression.name
    title = LinearRegression.title
    Settings: ClassVar[type[Settings]] = LinearSettings
    settings: FitSettings

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(data, settings)
        self.take_loss(self.settings)
        count = data.columns
        self.take_parameters(count + 1)
        if self.size < 2:
            raise Fault(
                "A regression needs at least two samples; the data have {count}.", count=self.size
            )
        with np.errstate(over="ignore", invalid="ignore"):
            constant = data.x.min(axis=1) == data.x.max(axis=1)
            # Its own value, not a rounded mean: centred it is then nothing at all.
            means = np.where(constant, data.x[:, 0], data.x.mean(axis=1))
            mean_y = float(data.y.mean())
            u, v = data.x - means[:, None], data.y - mean_y
            variances = np.mean(u * u, axis=1)
        if not (np.isfinite(variances).all() and np.isfinite(np.mean(v * v))):
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        wider = self.settings.widened(self.size)
        sigma = np.where(variances > 0.0, wider * np.sqrt(variances), 1.0)
        self.notes = tuple(column_notes(data, u / sigma[:, None], constant))
        share = self.settings.share_of(self.size)
        plane = PlaneSquares(u, v, means, mean_y, share)
        self.least_squares = _least_squares(plane.optimum, plane.rho2, v)
        standard = self.settings.standardise
        terms = [f"x{subscript(j)}" for j in range(1, count + 1)]
        if standard:
            self.take_scale(means.tolist(), sigma.tolist())
            terms = [f"z{subscript(j)}" for j in range(1, count + 1)]
            plane = PlaneSquares(u / sigma[:, None], v, np.zeros(count), mean_y, share)
        else:
            self.take_scale([0.0] * count, [1.0] * count)
        self.formula = "ŷ = " + sum_of_terms(terms) + (", zⱼ = (xⱼ − x̄ⱼ)/σⱼ" if standard else "")
        self._means = plane.means.tolist()
        self._variances = np.diag(plane.covariance).tolist()
        self._rho2 = plane.rho2
        self.descend(plane, point_loss(self.settings), self.settings.l2)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        return LinearRegression.make(data, settings)

    def bounds(self) -> Bounds:
        return bounds_around(self.minima[0], self._means, self._variances, self._rho2)


class Article(LinearRegression):
    """The article's five points; it opens with α = 0.01."""

    name = "article"
    title = "The article's five points"
    fits_data = False
    Settings: ClassVar[type[Settings]] = FitSettings
    settings: FitSettings

    def __init__(self, settings: fields.Settings | None = None) -> None:
        super().__init__(data_of(ARTICLE_X, ARTICLE_Y), settings)
        if self.settings == FitSettings():
            self.learning_rate = 0.01

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        if data is not None:
            raise Fault("The problem '{name}' takes no data; 'linear' does.", name=cls.name)
        return cls(settings)


def sum_of_terms(terms: list[str]) -> str:
    """θ₀ + θ₁x₁ + …, the middle left out where there are many."""
    parts = ["θ₀", *(f"θ{subscript(j)}{term}" for j, term in enumerate(terms, 1))]
    if len(parts) > 5:
        parts = [*parts[:3], "…", parts[-1]]
    return " + ".join(parts)


def _least_squares(optimum: tuple[float, ...], rho2: float, v: Array) -> LeastSquares:
    variance_y = float(np.mean(v * v))
    return LeastSquares(
        intercept=optimum[0],
        slopes=tuple(optimum[1:]),
        loss=rho2,
        r_squared=1.0 - rho2 / variance_y if variance_y else 1.0,
    )


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
