"""Best fits as NumPy, scikit-learn and SciPy find them are reached to 1e-8."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim.engine.data import data_of
from gdsim.engine.problems import make_problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation

FITS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "reference" / "fits.json").read_text(encoding="utf-8")
)["fits"]


def named(fit: dict[str, Any]) -> str:
    return f"{fit['by']} {fit['settings'].get('huber_delta', '')} {len(fit['x'])} columns"


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("fit", FITS, ids=named)
def test_the_best_fit_is_reached(fit: dict[str, Any], standardise: bool) -> None:
    chosen = {**fit["settings"], "standardise": standardise}
    problem = make_problem(fit["problem"], data_of(fit["x"], fit["y"]), chosen)
    assert isinstance(problem, LinearModel)
    best = np.array(problem.minima[0])
    np.testing.assert_allclose(problem.own_units(best), fit["theta"], atol=1e-8)
    if chosen.get("loss") == "mae":
        return  # its slope never fades, so that no constant rate comes to rest
    rate = 0.3 / np.linalg.eigvalsh(problem.hessian(best))[-1]
    run = make_run(problem, "nesterov", {"learning_rate": rate, "momentum": 0.9})
    end = Simulation(problem, [run]).advance(4000).theta[-1, :, 0]
    np.testing.assert_allclose(problem.own_units(end), fit["theta"], atol=1e-8)
