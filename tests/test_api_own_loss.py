"""A function as the loss: the steps on it, what is said of its gradient and its ends."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gdsim
from gdsim.api.own_loss import OwnLoss
from gdsim.engine.replay.refusals import refused


def banana(x: float, y: float) -> float:
    a = 1.0 - x
    b = y - x * x
    return a * a + 100.0 * b * b


def banana_slope(x: float, y: float) -> tuple[float, float]:
    return -2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)


def square(theta: Any) -> float:
    return float(theta @ theta)


@pytest.mark.parametrize("optimizer", ["gd", "momentum", "adam"])
def test_its_run_is_that_of_the_same_problem_in_the_box(optimizer: str) -> None:
    words: dict[str, Any] = {"lr": 1e-3, "steps": 300, "start": (-1.2, 1.0)}
    own = gdsim.simulate(banana, optimizer, gradient=banana_slope, **words)
    known = gdsim.simulate("rosenbrock", optimizer, **words)
    np.testing.assert_allclose(own.parameters, known.parameters, rtol=1e-9)
    assert own.names == ("x", "y")
    assert own.notes == ()
    near = gdsim.simulate(banana, optimizer, **words)
    np.testing.assert_allclose(near.parameters[:50], known.parameters[:50], rtol=1e-6)


def test_it_gets_what_the_start_is() -> None:
    """A number, an array, or each number by itself where it takes several."""
    seen: list[Any] = []

    def noting(theta: Any) -> float:
        seen.append(theta)
        return float(np.sum(np.square(theta)))

    run = gdsim.simulate(noting, start=3.0, lr=0.25, steps=2)
    assert all(np.ndim(one) == 0 for one in seen)
    np.testing.assert_allclose(run.parameters[:, 0], [3.0, 1.5, 0.75], rtol=1e-9)
    assert run.names == ("theta",)
    seen.clear()
    run = gdsim.simulate(noting, start=[3.0], lr=0.25, steps=2)
    assert all(np.shape(one) == (1,) for one in seen)
    assert run.names == ("theta_0",)
    spread = gdsim.simulate(
        lambda a, b, *, scale=2.0: scale * (a * a + b * b), start=(1, 2), steps=1
    )
    assert spread.names == ("a", "b")
    clash = gdsim.simulate(lambda step, loss: step * step + loss * loss, start=(1, 2), steps=1)
    assert clash.names == ("theta_0", "theta_1")
    assert str(clash.to_csv()).startswith("step,learning_rate,loss,theta_0,theta_1\n")


def test_what_it_does_with_its_argument_changes_no_run() -> None:
    def careless(theta: Any) -> float:
        theta *= theta
        return float(theta.sum())

    run = gdsim.simulate(careless, start=[1.0, 2.0], lr=0.25, steps=3)
    np.testing.assert_allclose(run.parameters[-1], [0.125, 0.25], rtol=1e-8)


def test_it_may_decide_on_numbers_at_every_step() -> None:
    """What is recorded of one step and played back would take one branch for all."""
    run = gdsim.simulate(
        lambda x: x if x > 0 else -x, gradient=lambda x: 1.0 if x > 0 else -1.0, start=7.05, lr=0.1,
        steps=2000,
    )  # fmt: skip
    x = 7.05
    assert "lambda" not in {problem for problem, _ in refused()}  # it was not even tried
    for k in range(2001):
        assert run.parameters[k, 0] == x
        x -= 0.1 * (1.0 if x > 0 else -1.0)


LOSSES: dict[str, tuple[Callable[[Any], float], Callable[[Any], Any]]] = {
    "exp": (lambda t: float(np.exp(t).sum()), np.exp),
    "sin": (lambda t: float(np.sin(3.0 * t).sum() + 5.0), lambda t: 3.0 * np.cos(3.0 * t)),
    "quartic": (lambda t: float((t**4).sum()), lambda t: 4.0 * t**3),
    "high": (lambda t: 1e6 + float((t * t).sum()), lambda t: 2.0 * t),
}


@given(st.sampled_from(list(LOSSES)), st.lists(st.floats(-5, 5), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_error_of_central_differences_is_as_large_as_is_said(
    name: str, start: list[float]
) -> None:
    loss, slope = LOSSES[name]
    own = OwnLoss(loss, None, tuple(start))
    point = np.array(start)
    off = np.abs(own.gradient_at(point) - slope(point)).max()
    assert off <= 10.0 * own.gradient_error
    assert own.gradient_error <= 1e-3 * max(1.0, float(np.abs(slope(point)).max()))
    (note,) = own.notes
    assert str(note).startswith("The gradient is by central differences, right to about ")
    # A gradient that is right is never doubted.
    assert OwnLoss(loss, slope, tuple(start)).notes == ()


def test_a_gradient_that_is_not_that_of_the_loss_is_doubted() -> None:
    """2θ is meant, θ was given: off by |θ| at most 2 at (1, −2)."""
    run = gdsim.simulate(square, gradient=lambda t: t, start=[1.0, -2.0], steps=1)
    (note,) = run.notes
    assert note.startswith("The gradient given is up to 2 away from central differences")
    assert note in run._repr_html_()


@pytest.mark.parametrize("slope", [None, lambda t: np.array([t[0] + t[1], t[0] + t[1], 40 * t[2]])])
def test_its_curvature_is_found(slope: Any) -> None:
    """½(a + b)² + 20c²: curvatures 0, 2 and 40, the first of them exactly level."""
    own = OwnLoss(
        lambda t: 0.5 * (t[0] + t[1]) ** 2 + 20.0 * t[2] ** 2 + 3.0, slope, (1.0, 2.0, 0.5)
    )
    found = np.linalg.eigvalsh(own.hessian(np.array([0.3, -0.4, 0.1])))
    np.testing.assert_allclose(found, [0.0, 2.0, 40.0], rtol=1e-6, atol=1e-12)
    run = gdsim.simulate(own, lr=0.04, steps=3000)
    assert run.outcome == "converged"
    assert "80 % of the critical 0.05 = 2/λmax" in run.regime


@pytest.mark.parametrize(
    ("loss", "start", "lr", "outcome", "says"),
    [
        (lambda x: math.cosh(x), 2.0, 3.0, "diverged", "Left the limit"),
        (lambda x: x**2, 2.0, 1.1, "diverged", "Left the limit"),
        (lambda x: math.log(x) ** 2, 2.0, 3.0, "no value", "ValueError('math domain error')"),
        (lambda x: x if x > 0.0 else 1.0 / 0.0, 1.5, 9.0, "no value", "raised ZeroDivisionError"),
        (lambda x: x**0.5 if x > 1.0 else math.nan, 1.5, 9.0, "no value", "lambda gave no number"),
        (lambda x, y: x * x - y * y, (1.0, 0.0), 0.1, "stalled", "along y"),
    ],
)  # fmt: skip
def test_where_it_ends_is_told(
    loss: Any, start: Any, lr: float, outcome: str, says: str
) -> None:  # fmt: skip
    run = gdsim.simulate(loss, start=start, lr=lr, steps=400)
    assert run.outcome == outcome
    assert says in run.verdict


@pytest.mark.parametrize(
    ("loss", "words", "says"),
    [
        (square, {}, "A loss of your own needs a start, such as start="),
        (square, {"start": ()}, "needs a start"),
        (banana, {"start": (1, 2, 3)}, r"banana takes 2 numbers \(x, y\), but start has 3"),
        (lambda t: None, {"start": 1}, "lambda must give one number, the loss; it gave None"),
        (lambda t: t, {"start": (1, 2)}, r"it gave an ndarray of shape \(2,\)"),
        (lambda t: "low", {"start": 1}, "it gave 'low'"),
        (lambda t: math.inf, {"start": 1}, "no finite value at the start: it is inf"),
        (square, {"start": (1, 2), "gradient": 3}, "gradient must be a function of θ"),
        (square, {"start": (1, 2), "gradient": lambda t: 1}, "lambda must give 2 numbers, one a"),
        (square, {"start": (1, 2), "gradient": lambda t: None}, "it gave None"),
        (square, {"start": (1, 2), "data": ([1], [2])}, "has its data within"),
        (square, {"start": (1, 2), "batch_size": 2}, "not a sum over samples"),
        ("article", {"gradient": square}, "'article' has a gradient"),
        ([1, 2], {}, "problem must be a name, such as 'rosenbrock', or a function, not a list"),
    ],
)
def test_what_does_not_fit_is_said(loss: Any, words: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        gdsim.simulate(loss, **{"steps": 2, **words})


def test_what_it_raises_at_the_start_is_its_authors() -> None:
    with pytest.raises(IndexError, match="out of bounds"):
        gdsim.simulate(lambda t: t[5], start=(1, 2))


def test_a_list_that_is_taken_for_a_number_is_noted() -> None:
    """start=2.0 was meant."""

    def loss(x: Any) -> float:
        return math.cosh([*x])  # type: ignore[arg-type] # as NumPy's arrays are refused

    with pytest.raises(TypeError) as told:
        gdsim.simulate(loss, start=[2.0])
    assert told.value.__notes__ == ["gdsim handed each θ to loss as an array (1,), as start is."]


def test_a_fault_on_the_way_is_told_too() -> None:
    with pytest.raises(ValueError, match="lambda must give one number"):
        gdsim.simulate(lambda x: x * x if x > 1 else None, start=2.0, lr=0.1)


def test_grids_and_results_of_it() -> None:
    """(1 − 2α)² each step: 0.6 leaves less, 1.1 diverges."""
    found = gdsim.sweep(square, grid={"lr": [0.6, 1.1], "theta_1": [0, 3]}, start=(1, 1), steps=200)
    assert found.diverged[0].tolist() == [-1, -1]
    assert (found.diverged[1] > 0).all()
    alone = gdsim.simulate(square, lr=1.1, start=(1, 3), steps=200)
    assert found.loss[1, 1] == alone.last.loss
    again = pickle.loads(pickle.dumps(gdsim.simulate(square, start=(1, 1), steps=3)))
    assert again.regime.startswith("Rate 0.01 crawls")
