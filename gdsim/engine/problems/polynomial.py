"""Polynomial regression, in powers that can be descended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.polynomial import legendre, polynomial

from gdsim.engine import fields
from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.engine.fields import Settings, field
from gdsim.engine.generators import GeneratorSettings
from gdsim.engine.problems.base import Bounds
from gdsim.engine.problems.fit_settings import LossSettings
from gdsim.engine.problems.held_back import HeldBackSettings
from gdsim.engine.problems.linear_model import (
    LinearModel,
    bounds_around,
    point_loss,
    subscript,
)
from gdsim.engine.problems.penalty import PenaltySettings
from gdsim.engine.problems.squares import PlaneSquares
from gdsim.engine.sentences import Fault, sentence, superscript

MOST_DEGREE = 15


@dataclass(frozen=True)
class PolynomialSettings(HeldBackSettings, PenaltySettings, LossSettings, GeneratorSettings):
    """Degree, and the functions that the parameters multiply."""

    generator: str = field(
        "sine", "Made data", "What the samples are like; data of your own replace them.",
        choices=("line", "noise", "outliers", "clusters", "sine"),
    )  # fmt: skip
    degree: int = field(
        3, "Degree", "The highest power of x.", symbol="d", minimum=1, maximum=MOST_DEGREE,
    )  # fmt: skip
    basis: str = field(
        "legendre", "Powers",
        "What the parameters multiply: Legendre's polynomials of x brought to −1 … 1, which keep "
        "the valley round (condition 6 at degree 3, 18 at 9), powers of the same (59 and "
        "1.5 million), or plain powers of x.",
        choices={"legendre": "Legendre", "scaled": "scaled", "plain": "plain"}, beside=True,
    )  # fmt: skip


class PolynomialRegression(LinearModel):
    """ŷ = Σθₖφₖ(x), k = 0 … d, with φₖ a polynomial of degree k; losses as for a line.

    With t = (x − c)/h in −1 … 1 on the data φₖ is Legendre's Pₖ(t), or tᵏ, or xᵏ. Over evenly
    spread x Legendre's are nearly orthogonal: the condition number is about 2d + 1, where for tᵏ
    it grows some fivefold a degree. `own_units(θ)` are the coefficients of 1, x, x² … themselves.
    """

    name = "polynomial"
    title = "Polynomial regression"
    Settings: ClassVar[type[Settings]] = PolynomialSettings
    settings: PolynomialSettings

    def __init__(self, data: Data, settings: fields.Settings | None = None) -> None:
        super().__init__(data, settings)
        if data.columns != 1:
            raise Fault(
                "A polynomial has one column of x; the data have {count}.", count=data.columns
            )
        self.x, self.y = data.x[0], data.y
        self.take_loss(self.settings)
        degree, basis = self.settings.degree, self.settings.basis
        low, high = float(self.x.min()), float(self.x.max())
        if not (abs(low) < 1e100 and abs(high) < 1e100 and float(np.abs(self.y).max()) < 1e150):
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        if not low < high:
            raise Fault("All x are {value}: a line needs at least two different x.", value=low)
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        self.take_scale([middle], [half])
        self.take_parameters(degree + 1)
        self.formula = _formula(degree, basis)
        different = len(np.unique(self.x))
        if different <= degree:
            self.notes = (
                sentence(
                    "There are {count} different x only: a polynomial of degree {degree} can meet "
                    "them in many ways, and where a run ends depends on its start.",
                    count=different, degree=degree,
                ),
            )  # fmt: skip
        self._to_own = _to_own_units(degree, basis, middle, half)
        with np.errstate(over="ignore", invalid="ignore"):
            features = self.features(data.x)
            fits = np.isfinite(np.mean(features * features, axis=1)).all()
        if not fits:
            raise Fault("The data are too large: their squares exceed what a number can hold.")
        u, v = features - features.mean(axis=1, keepdims=True), self.y - self.y.mean()
        share = self.settings.share_of(self.size)
        plane = PlaneSquares(u, v, features.mean(axis=1), float(self.y.mean()), share)
        self._means, self._variances = plane.means.tolist(), np.diag(plane.covariance).tolist()
        self._rho2 = plane.rho2
        self.descend(plane, point_loss(self.settings), self.settings.l2)

    def features(self, x: Array) -> Array:
        """φ₁ … φ_d at x: (1, n) → (degree, n)."""
        column, degree = np.asarray(x, dtype=np.float64)[0], self.settings.degree
        if self.settings.basis != "plain":
            column = (column - self.centre[0]) / self.spread[0]
        if self.settings.basis == "legendre":
            return np.ascontiguousarray(legendre.legvander(column, degree)[:, 1:].T)
        return np.ascontiguousarray(np.vander(column, degree + 1, increasing=True)[:, 1:].T)

    @property
    def own_names(self) -> tuple[str, ...]:
        return tuple(f"x^{k}" for k in range(len(self.parameters)))

    @property
    def own_terms(self) -> tuple[str, ...]:
        (x,) = self.data.names
        powers = (superscript(k) for k in range(2, len(self.parameters)))
        return (x, *(f"{x}{power}" for power in powers))[: len(self.parameters) - 1]

    def own_units(self, theta: Array) -> Array:
        return np.asarray(self._to_own @ np.asarray(theta, dtype=np.float64))

    def from_own_units(self, coefficients: Array) -> Array:
        own = np.asarray(coefficients, dtype=np.float64)
        return np.asarray(np.linalg.solve(self._to_own, own))

    def bounds(self) -> Bounds:
        return bounds_around(self.minima[0], self._means, self._variances, self._rho2)


def _to_own_units(degree: int, basis: str, middle: float, half: float) -> Array:
    """The matrix that turns θ into coefficients of 1, x, x² …"""
    if basis == "plain":
        return np.eye(degree + 1)
    # Powers of t = (x − c)/h as polynomials of x, one row each.
    powers = np.zeros((degree + 1, degree + 1))
    row: Array = np.ones(1)
    for k in range(degree + 1):
        powers[k, : len(row)] = row
        row = np.asarray(polynomial.polymul(row, [-middle / half, 1.0 / half]), dtype=np.float64)
    if basis == "scaled":
        return powers.T
    rows = np.zeros((degree + 1, degree + 1))
    for k in range(degree + 1):
        rows[k, : k + 1] = legendre.leg2poly(np.eye(degree + 1)[k, : k + 1])
    return np.asarray((rows @ powers).T)


def _formula(degree: int, basis: str) -> str:
    def term(k: int) -> str:
        if basis == "legendre":
            return f"θ{subscript(k)}P{subscript(k)}(t)"
        power = "" if k == 1 else superscript(k)
        return f"θ{subscript(k)}{'x' if basis == 'plain' else 't'}{power}"

    terms = ["θ₀", *(term(k) for k in range(1, degree + 1))]
    if len(terms) > 5:
        terms = [*terms[:3], "…", terms[-1]]
    return "ŷ = " + " + ".join(terms) + ("" if basis == "plain" else ", t = (x − c)/h")
