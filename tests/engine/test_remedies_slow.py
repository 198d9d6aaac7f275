"""What would help a run that has not diverged but will never arrive: tried, not guessed."""

from __future__ import annotations

import numpy as np
import pytest

import gdsim
from gdsim.engine.data import data_of
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import make_problem
from gdsim.engine.remedies import remedies_of, with_remedy
from gdsim.engine.run import make_run

MOVING = Outcome.MOVING
AREA = np.array([2104.0, 1600, 2400, 1416, 3000, 1985, 1534])
ROOMS = np.array([3.0, 3, 3, 2, 4, 4, 3])
PRICE = np.array([399900.0, 329900, 369000, 232000, 539900, 299900, 314900])
HOUSES = data_of(np.array([AREA, ROOMS]), PRICE, ["area", "rooms"], "price")


@pytest.mark.parametrize("rate", [1e-9, 1e-8, 1e-7])
def test_raw_columns_are_to_be_standardised(rate: float) -> None:
    """κ 10⁸: below the limit 2.3·10⁻⁷ gradient descent needs 10⁹ steps."""
    run = gdsim.simulate("linear", data=(HOUSES.x.T, PRICE), lr=rate, steps=400)
    assert run.outcome in ("moving", "stalled")
    (remedy,) = run.remedies
    assert remedy.startswith("Standardise: κ 1.2×10⁸ → 5.1")
    helped = gdsim.simulate("linear", data=(HOUSES.x.T, PRICE), lr=0.3, steps=400,
                            problem_settings={"standardise": True})  # fmt: skip
    assert helped.outcome == "converged"


@pytest.mark.parametrize("method", ["adam", "rmsprop", "adagrad"])
def test_what_moves_by_its_rate_gets_one_that_covers_the_way(method: str) -> None:
    problem = make_problem("linear", HOUSES)
    run = make_run(problem, method, {"lr": 0.01})
    remedy, both = remedies_of(problem, run, 400, MOVING)
    assert remedy.name == "learning_rate"
    assert both.name == "standardise_y"
    before = gdsim.simulate(problem, method, lr=0.01, steps=400).loss[-1]
    faster = with_remedy(run, remedy)
    after = gdsim.simulate(problem, method, lr=faster.learning_rate, steps=400).loss[-1]
    assert after < 0.2 * before


def test_adam_on_raw_prices_comes_home_with_both_standardised() -> None:
    """θ₀ is some 10⁵ away in steps of 0.01; with x and y at spread 1 no θ is farther than 1."""
    run = gdsim.simulate("linear", "adam", data=(HOUSES.x.T, PRICE), lr=0.01, steps=3000)
    *_, both = run.remedies
    assert both.startswith("Standardise x and y: ")
    assert both.endswith(" steps of α to go")
    scaled = {"standardise": True, "standardise_y": True}
    helped = gdsim.simulate("linear", "adam", data=(HOUSES.x.T, PRICE), lr=0.01, steps=3000,
                            problem_settings=scaled)  # fmt: skip
    assert helped.answer is not None
    assert run.answer is not None
    assert helped.answer.r_squared == pytest.approx(helped.answer.exact_r_squared, abs=1e-3)
    assert run.answer.r_squared < 0.0


def test_lion_gets_no_rate_as_its_steps_never_shrink() -> None:
    """A step of α wide enough for the way is too wide for the valley at its end."""
    problem = make_problem("linear", HOUSES)
    run = make_run(problem, "lion", {"lr": 0.01})
    assert "learning_rate" not in {one.name for one in remedies_of(problem, run, 400, MOVING)}


def test_a_run_that_is_on_its_way_is_left_alone() -> None:
    assert gdsim.simulate("article", lr=0.01, steps=1000).remedies == ()
    assert gdsim.simulate("article", "adam", lr=0.01, steps=1000).remedies == ()
