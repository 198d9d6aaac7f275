"""Linear regression: a line through points, or a plane over several columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine import fields
from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, data_of
from gdsim.engine.fields import Settings
from gdsim.engine.generators import made_data
from gdsim.engine.problems.base import Bounds, Problem
from gdsim.engine.problems.fit_settings import FitSettings, LinearSettings
from gdsim.engine.problems.held_back import of_parts
from gdsim.engine.problems.linear_model import (
    LinearModel,
    bounds_around,
    column_notes,
    fit_formula,
    point_loss,
)
from gdsim.engine.problems.origin import ThroughOrigin
from gdsim.engine.problems.squares import LineSquares, PlaneSquares
from gdsim.engine.sentences import Fault

ARTICLE_X = (1.0, 2.0, 3.0, 4.0, 5.0)
ARTICLE_Y = (2.0, 3.0, 5.0, 7.0, 11.0)


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
        self.take_scales()
        if self.settings.standardise:
            (centre,), (spread,) = self.centre, self.spread
            at_y, size_y = self.target_centre, self.target_spread
            means = float((mean_x - centre) / spread), (mean_y - at_y) / size_y
            line = LineSquares(
                u / spread, v / size_y, means, float(math.sqrt(sxx) / spread) ** 2, share
            )
        self.formula = fit_formula(1, self.settings)
        self.take_parameters(2)
        self._means, self._variances, self._rho2 = [line.mean_x], [line.sxx], line.rho2
        self.descend(line, point_loss(self.settings), self.settings.l2)

    @classmethod
    def make(cls, data: Data | None, settings: fields.Settings) -> Problem:
        whole = made_data(settings) if data is None else data

        def fitted(part: Data) -> LinearModel:
            if isinstance(settings, LinearSettings) and not settings.intercept:
                return ThroughOrigin(part, settings)
            if part.columns == 1:
                return cls(part, settings)
            return MultipleRegression(part, settings)

        return of_parts(fitted, data, whole, settings)

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
        sigma = np.where(variances > 0.0, np.sqrt(variances), 1.0)
        self.notes = tuple(column_notes(data, u / sigma[:, None], constant))
        share = self.settings.share_of(self.size)
        plane = PlaneSquares(u, v, means, mean_y, share)
        self.least_squares = _least_squares(plane.optimum, plane.rho2, v)
        self.take_scales()
        if self.settings.standardise:
            plane = PlaneSquares(
                u / self.spread[:, None],
                v / self.target_spread,
                (means - self.centre) / self.spread,
                (mean_y - self.target_centre) / self.target_spread,
                share,
            )
        self.formula = fit_formula(count, self.settings)
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


def _least_squares(optimum: tuple[float, ...], rho2: float, v: Array) -> LeastSquares:
    variance_y = float(np.mean(v * v))
    return LeastSquares(
        intercept=optimum[0],
        slopes=tuple(optimum[1:]),
        loss=rho2,
        r_squared=1.0 - rho2 / variance_y if variance_y else 1.0,
    )
