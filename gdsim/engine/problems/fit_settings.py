"""What fits may choose: how errors count, in which units they descend, with an intercept or not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Settings, field
from gdsim.engine.generators import ColumnSettings
from gdsim.engine.problems.held_back import HeldBackSettings
from gdsim.engine.problems.penalty import PenaltySettings

LOSS_NAMES = {"mse": "MSE", "half_mse": "½MSE", "sse": "SSE", "mae": "MAE", "huber": "Huber"}
SQUARES = ("mse", "half_mse", "sse")


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
    scaled_by: str = field(
        "population", "Scaled by",
        "What is brought to 1: the σ of the samples themselves, with 1/n; that as of a larger "
        "population, with 1/(n − 1), as Octave's std has it; or the range, which then goes from "
        "0 to 1 (min–max).",
        choices={"population": "σ, 1/n", "sample": "σ, 1/(n − 1)", "range": "min–max"},
        needs=(("standardise", True),), advanced=True,
    )  # fmt: skip

    def scale(self, columns: Array) -> tuple[Array, Array]:
        """Centre and spread, (columns,) each, of (columns, n): z = (x − centre)/spread.

        0 and 1 where nothing is scaled; what is constant keeps spread 1.
        """
        count, samples = columns.shape
        if not self.standardise:
            return np.zeros(count), np.ones(count)
        low, high = columns.min(axis=1), columns.max(axis=1)
        if self.scaled_by == "range":
            return low, np.where(high > low, high - low, 1.0)
        # Its own value, not a rounded mean: centred it is then nothing at all.
        centre = np.where(high > low, columns.mean(axis=1), low)
        sigma = np.sqrt(np.mean((columns - centre[:, None]) ** 2, axis=1))
        wider = math.sqrt(samples / (samples - 1)) if self.scaled_by == "sample" else 1.0
        return centre, np.where(sigma > 0.0, wider * sigma, 1.0)


@dataclass(frozen=True)
class FitSettings(PenaltySettings, ScaleSettings, LossSettings):
    """What a fit to fixed data may choose."""

    standardise_y: bool = field(
        False, "y too", "Descends with y scaled as the columns of x are.",
        needs=(("standardise", True),), advanced=True,
    )  # fmt: skip

    def target_scale(self, y: Array) -> tuple[float, float]:
        """Centre and spread of y (n,): 0 and 1 where it stays as it is."""
        if not self.standardise_y:
            return 0.0, 1.0
        centre, spread = self.scale(y[None])
        return float(centre[0]), float(spread[0])


@dataclass(frozen=True)
class LinearSettings(HeldBackSettings, FitSettings, ColumnSettings):
    """What a regression may choose: also the data, where none are given."""

    intercept: bool = field(
        True, "Intercept", "Without it the line goes through the origin: ŷ = θ₁x.", advanced=True,
    )  # fmt: skip
