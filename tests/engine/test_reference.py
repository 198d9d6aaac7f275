"""Against trajectories and rates that torch, Keras and Optax computed (tests/reference)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdsim.engine.arrays import Array
from gdsim.engine.fields import make_settings
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import Clipping, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.simulation import Simulation

FILE = Path(__file__).parents[1] / "reference" / "trajectories.npz"
RELATIVE = 1e-12
GROWTH = 10.0
"""The reference's noise is a sample of what rounding may do, not the most of it."""


@cache
def reference() -> dict[str, Any]:
    with np.load(FILE, allow_pickle=False) as stored:
        found = {name: stored[name] for name in stored.files}
    return {**json.loads(str(found.pop("about"))), **found}


def name_of(case: dict[str, Any]) -> str:
    words = [case.get("optimizer") or case["schedule"], case["convention"], case.get("problem", "")]
    words += [f"{key}={value}" for key, value in case["settings"].items()]
    words += ["decaying"] if case.get("decaying") else []
    return " ".join(filter(None, words))


def simulated(case: dict[str, Any]) -> Array:
    """(recorded steps, parameters)."""
    problem = make_problem(case["problem"])
    run = make_run(
        problem,
        case["optimizer"],
        {"learning_rate": case["lr"], **case["settings"]},
        "exponential" if case["decaying"] else "constant",
        {"gamma": reference()["decay"]} if case["decaying"] else {},
        Sampling(batch_size=problem.size),
        make_settings(Clipping, {key: case[key] for key in ("clip_norm", "clip_value")}),
        convention=case["convention"],
    )
    assert list(run.start) == reference()["starts"][case["problem"]]
    simulation = Simulation(problem, [run], stop_ended=False)
    steps = reference()["steps"]
    theta = simulation.advance(steps[-1]).theta[:, :, 0]
    return np.asarray(np.concatenate([[run.start], theta])[steps])


@pytest.mark.parametrize(
    "number", range(len(reference()["cases"])), ids=lambda n: name_of(reference()["cases"][n])
)
def test_trajectory_is_the_frameworks(number: int) -> None:
    case, expected = reference()["cases"][number], reference()["theta"][number]
    difference = np.abs(simulated(case) - expected).max(axis=1)
    size = np.maximum.accumulate(np.abs(expected).max(axis=1))
    allowed = np.maximum(RELATIVE * size, GROWTH * reference()["noise"][number])
    worst = int(np.argmax(difference - allowed))
    assert difference[worst] <= allowed[worst], f"step {reference()['steps'][worst]}"


def test_noise_hides_little() -> None:
    """Nearly all is compared to 1e-12; nothing is chaotic from its beginning."""
    allowed = GROWTH * reference()["noise"]
    size = np.abs(reference()["theta"]).max(axis=(1, 2))[:, None]
    assert np.mean(allowed <= RELATIVE * size) > 0.95
    early = reference()["steps"].index(20)
    assert (allowed[:, early] <= 1e-8 * size[:, 0]).all()


@pytest.mark.parametrize(
    "number", range(len(reference()["plans"])), ids=lambda n: name_of(reference()["plans"][n])
)
def test_rates_are_the_frameworks(number: int) -> None:
    plan, expected = reference()["plans"][number], reference()[f"rates_{number}"]
    run = make_run(
        make_problem("article"), "gd", {}, plan["schedule"], plan["settings"],
        convention=plan["convention"],
    )  # fmt: skip
    schedule, memory, found = run.rate_schedule, None, []
    if schedule.watches_loss:
        for loss in reference()["losses"]:
            rate, memory = schedule.watch(memory, plan["base"], loss)
            found.append(rate)
    else:
        found = schedule.rate(plan["base"], np.arange(plan["length"])).tolist()
    # torch works its rates out one from the other, so the smallest carry the error of the largest.
    np.testing.assert_allclose(found, expected, rtol=RELATIVE, atol=1e-13 * plan["base"])


def test_every_optimizer_and_schedule_has_a_reference() -> None:
    cases = {(case["optimizer"], case["convention"]) for case in reference()["cases"]}
    wanted = {(cls.name, framework) for cls in OPTIMIZERS for framework in cls.conventions}
    assert wanted == cases
    assert {plan["schedule"] for plan in reference()["plans"]} == {
        cls.name for cls in SCHEDULES if cls.conventions and not cls.constant
    }
    for name in ("rosenbrock", "beale", "article"):
        assert {case["optimizer"] for case in reference()["cases"] if case["problem"] == name} == {
            cls.name for cls in OPTIMIZERS if cls.conventions
        }


def test_versions_are_recorded() -> None:
    assert {"torch", "keras", "optax", "jax", "numpy"} == set(reference()["versions"])
