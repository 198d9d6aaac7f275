"""Each example does on its first Play what its sentence says, by the numbers of its runs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import gdsim
from gdsim.api import Result
from gdsim.experiment.examples import EXAMPLES, Example, find_example

NEAR = 0.01
"""Within so much of the minimum a run is said to have arrived."""


@cache
def played(name: str) -> tuple[Result, ...]:
    """All runs of an example, to its last step."""
    example = find_example(name)
    return tuple(
        gdsim.simulate(
            example.problem,
            steps=example.steps,
            problem_settings=dict(example.problem_settings),
            **words,
        )
        for words in example.runs
    )


def arrived(run: Result, least: float = 0.0) -> int:
    """The first step from which on the loss stays near the minimum."""
    away = np.flatnonzero(run.loss - least > NEAR)
    assert away.size
    assert away[-1] < run.loss.size - 1, "it never arrives"
    return int(away[-1]) + 1


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_each_can_be_set_up_and_stays_within_its_limit(example: Example) -> None:
    setup = example.setup()
    assert len(setup.tracks) == len(example.runs)
    assert setup.step_limit == example.steps
    assert all(run.left_limit_at is None for run in played(example.name))


def test_names_and_sentences_differ() -> None:
    for part in ("name", "title", "look_for"):
        assert len({getattr(example, part) for example in EXAMPLES}) == len(EXAMPLES)


def test_gradient_descent_crosses_the_ravine_and_momentum_runs_along() -> None:
    descent, momentum = played("ravine")
    across = descent.parameters[:21, 1]
    assert (across[1:] * across[:-1] < 0).all()  # from wall to wall with each step
    assert arrived(momentum) < arrived(descent)


def test_adam_loses_in_the_turned_ravine_what_it_gains_in_the_straight_one() -> None:
    descent, adam = played("turned_ravine")
    straight = gdsim.simulate("ravine", "adam", lr=0.1, steps=1000)
    assert arrived(adam) > arrived(descent) > arrived(straight)


def test_those_at_the_saddle_leave_it_one_after_the_other_and_soon() -> None:
    out = [int(np.argmax(np.abs(run.parameters[:, 1]) > 0.5)) for run in played("saddle")]
    descent, momentum, adam = out
    assert 0 < adam < momentum < descent < 100


def test_momentum_gets_through_the_banana_and_gradient_descent_does_not() -> None:
    descent, momentum = played("rosenbrock")
    assert arrived(momentum) < 200
    assert descent.loss[-1] > NEAR


def test_the_start_decides_which_of_four_minima() -> None:
    ends = [run.parameters[-1] for run in played("himmelblau")]
    assert all(run.loss[-1] < 1e-6 for run in played("himmelblau"))
    apart = [np.hypot(*(a - b)) for k, a in enumerate(ends) for b in ends[:k]]
    assert min(apart) > 1.0


def test_adam_arrives_in_beales_valley_long_before_gradient_descent() -> None:
    descent, adam = played("beale")
    assert arrived(adam) * 2 < arrived(descent) < 1000


def test_both_settle_in_the_double_well_one_of_them_higher() -> None:
    higher, lowest = played("double_well")
    assert (higher.outcome, lowest.outcome) == ("local minimum", "converged")
    assert higher.loss[-1] > lowest.loss[-1] + 0.1


def test_noise_hovers_at_one_rate_and_comes_to_rest_with_a_falling_one() -> None:
    steady, falling = played("noise")
    assert steady.outcome == "hovering"
    least = 0.56  # the article's least squares
    assert falling.loss[-1] - least < NEAR
    assert np.median(steady.loss[-100:]) - least > 10 * NEAR
