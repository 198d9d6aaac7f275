"""Made-up data that show something: a line, noise, outliers, clusters, a sine wave."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data, column_names
from gdsim.engine.fields import Settings, field

GENERATORS = ("line", "noise", "outliers", "clusters", "sine")
REACH = 3.0
"""x lies between −REACH and REACH (clusters spread beyond it)."""
SLOPES = (2.0, -1.0, 0.5, 1.5, -0.5, 1.0, -2.0, 0.25)
MOST_SAMPLES = 100_000
OUTLIERS = 0.1
"""The share of outliers."""


@dataclass(frozen=True)
class GeneratorSettings(Settings):
    """Which data are made where a user gives none."""

    generator: str = field(
        "line", "Made data", "What the samples are like; data of your own replace them.",
        choices=GENERATORS,
    )  # fmt: skip
    samples: int = field(
        40, "Samples", "How many samples are made.", minimum=2, maximum=MOST_SAMPLES, scale="log",
    )  # fmt: skip
    noise: float = field(
        0.3, "Noise", "The spread of the noise on the samples.", symbol="σ",
        minimum=0.0, maximum=1e6, beside=True,
    )  # fmt: skip
    data_seed: int = field(
        1, "Seed of the data", "The same seed makes the same samples.",
        minimum=0, maximum=2**31 - 1, advanced=True,
    )  # fmt: skip


@dataclass(frozen=True)
class ColumnSettings(GeneratorSettings):
    """The same for data of several columns."""

    columns: int = field(
        1, "Columns", "How many columns of x are made.", minimum=1, maximum=len(SLOPES),
    )  # fmt: skip


GENERATOR_FIELDS = ("generator", "samples", "noise", "data_seed", "columns")
"""Settings without effect once a user gives data."""


def made_data(settings: Settings, *, labels: bool = False) -> Data:
    """The samples of these settings, which are a `GeneratorSettings`.

    `labels` makes y 0 or 1, for a classification.
    """
    assert isinstance(settings, GeneratorSettings)
    rng = np.random.default_rng([settings.data_seed, GENERATORS.index(settings.generator)])
    count, columns = settings.samples, int(getattr(settings, "columns", 1))
    noise = settings.noise * rng.standard_normal(count)
    group = (np.arange(count) % 2).astype(np.float64)
    if settings.generator == "clusters" or (labels and settings.generator == "outliers"):
        centres = np.outer(np.full(columns, 1.5 / math.sqrt(columns)), 2.0 * group - 1.0)
        spread = settings.noise if labels else 0.5
        x = centres + spread * rng.standard_normal((columns, count))
    else:
        x = rng.uniform(-REACH, REACH, (columns, count))
    make = _labels if labels else _values
    y = make(settings.generator, x, noise, group, rng)
    order = np.argsort(x[0], kind="stable")
    return Data(x[:, order], y[order], column_names(columns))


def _values(kind: str, x: Array, noise: Array, group: Array, rng: np.random.Generator) -> Array:
    if kind == "noise":
        return noise
    if kind == "clusters":
        return np.asarray(2.0 * group - 1.0 + noise)
    if kind == "sine":
        return np.asarray(np.sin(x * (math.pi / REACH)).mean(axis=0) + noise)
    y = 1.0 + np.array(SLOPES[: len(x)]) @ x + noise
    if kind == "outliers":
        # All on one side and far below, where x is large: a line by squares tilts towards them.
        far = np.argsort(x[0])[-max(1, round(OUTLIERS * len(y))) :]
        y[far] -= rng.uniform(8.0, 12.0, len(far))
    return np.asarray(y)


def _labels(kind: str, x: Array, noise: Array, group: Array, rng: np.random.Generator) -> Array:
    if kind == "noise":
        return rng.permutation(group)
    if kind == "clusters":
        return group
    if kind == "outliers":
        # Samples from the far end of each cluster carry the other's label.
        flipped = group.copy()
        wrong = max(1, round(0.5 * OUTLIERS * len(group)))
        order = np.argsort(x.sum(axis=0))
        ends = np.concatenate([order[:wrong], order[-wrong:]])
        flipped[ends] = 1.0 - flipped[ends]
        return flipped
    if kind == "sine":
        height = np.sin(x * (math.pi / REACH)).mean(axis=0)
    else:
        height = np.array(SLOPES[: len(x)]) @ x
    return np.asarray(height + noise > 0.0, dtype=np.float64)
