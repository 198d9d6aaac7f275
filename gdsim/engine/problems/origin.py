"""Linear regression through the origin."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from gdsim.engine import fields
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings
from gdsim.engine.problems.base import Bounds
from gdsim.engine.problems.fit_settings import LinearSettings
from gdsim.engine.problems.linear_model import (
    LinearModel,
    bounds_around,
    column_notes,
    fit_formula,
    point_loss,
)
from gdsim.engine.problems.squares import PlaneSquares
from gdsim.engine.sentences import Fault


class ThroughOrigin(LinearModel):
    """ŷ = θ₁x₁ + … + θₖxₖ over k ≥ 1 columns, with the losses of a line: no intercept.

    J/h = |Rθ − z|² + r² with X/√n = QR (see `PlaneSquares`, whose θ₀ is held at 0). Scaled columns
    are divided by their spread and not shifted: a shift is an intercept.
    """

    name = "linear"
    title = "Linear regression"
    straight = True
    has_intercept = False
    Settings: ClassVar[type[Settings]] = LinearSettings
    settings: LinearSettings

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(data, settings)
        self.take_loss(self.settings)
        self.take_parameters(data.columns)
        for name, column in zip(data.names, data.x, strict=True):
            if not column.any():
                raise Fault(
                    "The column '{name}' is 0 throughout, which decides nothing without an "
                    "intercept: leave it out.",
                    name=name,
                )  # fmt: skip
        self.take_scales()
        self.formula = fit_formula(data.columns, self.settings, intercept=False)
        z, y = self.features(data.x), self.target
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.mean(z * z, axis=1)
            if not (np.isfinite(squares).all() and np.isfinite(np.mean(y * y))):
                raise Fault("The data are too large: their squares exceed what a number can hold.")
        if not squares.all():
            raise Fault("The x are too close together to be told apart: rescale or shift them.")
        share = self.settings.share_of(self.size)
        plane = PlaneSquares(z, y, np.zeros(data.columns), 0.0, share)
        none_constant = np.zeros(data.columns, dtype=np.bool_)
        self.notes = tuple(column_notes(data, z / np.sqrt(squares)[:, None], none_constant))
        self._squares, self._rho2 = squares.tolist(), plane.rho2
        self.descend(plane, point_loss(self.settings), self.settings.l2)

    def bounds(self) -> Bounds:
        optimum = (0.0, *self.minima[0])
        means = [0.0] * len(self._squares)
        return bounds_around(optimum, means, self._squares, self._rho2)[1:]
