"""What became of a race, as columns of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gdsim.engine.race.score import Scores

RACE_FORMATS = (".csv",)


def race_columns(scores: Scores) -> dict[str, NDArray[Any]]:
    """A row a run, in their order; what did not happen is masked."""
    runs = scores.runs
    return {
        "optimizer": np.array([score.optimizer for score in runs]),
        "best_lr": np.array([score.best_lr for score in runs]),
        "steps": _masked([score.steps for score in runs], np.int64),
        "width_decades": _masked([score.width_decades for score in runs], np.float64),
        "outcome": np.array([score.outcome for score in runs]),
        "steps_before": _masked([score.steps_before for score in runs], np.int64),
    }


def _masked(values: list[Any], kind: type[np.generic]) -> NDArray[Any]:
    there = [0 if value is None else value for value in values]
    return np.ma.MaskedArray(np.array(there, dtype=kind), [value is None for value in values])
