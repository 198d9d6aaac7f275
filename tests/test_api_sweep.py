"""`gdsim.sweep`: the command line's sweeps as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gdsim


def test_each_run_is_that_of_simulate() -> None:
    rates = [0.003, 0.02, 0.1]
    found = gdsim.sweep("rosenbrock", "adam", grid={"beta1": [0.5, 0.9], "lr": rates}, steps=300)
    for i, beta1 in enumerate((0.5, 0.9)):
        for j, rate in enumerate(rates):
            alone = gdsim.simulate("rosenbrock", "adam", lr=rate, beta1=beta1, steps=300)
            np.testing.assert_array_equal(found.parameters[i, j], alone.parameters[-1])
            assert found.loss[i, j] == alone.loss[-1]
    with pytest.raises(ValueError, match="read-only"):
        found.loss[0, 0] = 1.0


def test_the_rate_that_is_swept_over_is_given() -> None:
    found = gdsim.sweep("quadratic", "newton", grid={"lr": [0.5]}, schedule="cosine", steps=50)
    alone = gdsim.simulate("quadratic", "newton", lr=0.5, schedule="cosine", steps=50)
    assert found.loss.tolist() == [alone.loss[-1]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"grid": {"lr": [0.1, -1.0]}}, "learning_rate cannot be -1"),
        ({"grid": {"lr": []}}, "lr needs a range"),
        ({"grid": {"lr": 0.1}}, "lr needs a range"),
        ({"grid": {}}, "one field or two"),
        ({"grid": {"lr": [0.1]}, "steps": 0}, "steps"),
        ({"grid": {"lr": [0.1]}, "tolerance": -1.0}, "greater than zero"),
        ({"grid": {"lr": [0.1]}, "tolerance": 1.0, "target_loss": 1.0}, "not both"),
        ({"grid": {"lr": [0.1]}, "momentum": 0.9}, "momentum"),
    ],
)
def test_bad_words_are_told_in_a_sentence(words: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        gdsim.sweep(**words)  # type: ignore[arg-type] # as users do


@pytest.mark.parametrize(
    ("problem", "optimizer", "how", "key", "values", "steps"),
    [
        ("article", "gd", {}, "lr", [0.001, 0.01, 0.08, 0.0845, 0.09, 0.2], 600),
        ("article", "sgd", {"seed": 3}, "lr", [0.005, 0.02, 0.07, 0.2], 700),
        ("article", "momentum", {"lr": 0.1}, "momentum", [0.0, 0.5, 0.9], 400),
        ("article", "gd", {"lr": 0.1}, "clip_norm", [0.0, 1.0], 300),
        ("beale", "adam", {"lr": 0.2}, "beta1", [0.0, 0.8], 500),
        (
            "quadratic", "adam",
            {"schedule": "linear", "schedule_settings": {"total_steps": 4000}},
            "lr", [1500.0], 6000,
        ),
    ],
)  # fmt: skip
def test_each_runs_word_is_that_of_the_run_alone(
    problem: str, optimizer: str, how: dict[str, Any], key: str, values: list[float], steps: int
) -> None:
    found = gdsim.sweep(problem, optimizer, grid={key: values}, steps=steps, **how).outcome
    assert found is not None
    alone = [
        gdsim.simulate(problem, optimizer, steps=steps, **{**how, key: value}).outcome
        for value in values
    ]
    assert found.tolist() == alone


def test_of_too_many_runs_no_words_are_told() -> None:
    many = gdsim.sweep("article", grid={"lr": "lin:0.01:0.02:1001"}, steps=1)
    assert many.outcome is None
    assert many.regime is None


@pytest.mark.parametrize(
    ("optimizer", "how"),
    [("gd", {}), ("momentum", {"schedule": "cosine"}), ("newton", {}), ("sgd", {})],
)
def test_a_sweep_says_of_each_rate_what_a_single_run_says(
    optimizer: str, how: dict[str, Any]
) -> None:
    rates = [0.01, 0.07, 0.09, 2.5]
    found = gdsim.sweep("article", optimizer, grid={"lr": rates}, steps=50, **how).regime
    assert found is not None
    told = [gdsim.simulate("article", optimizer, steps=50, lr=r, **how).regime for r in rates]
    assert found.tolist() == told
    assert len(set(told)) > 1


def test_regimes_of_many_sampled_runs_are_not_told() -> None:
    found = gdsim.sweep("article", "sgd", grid={"lr": "lin:0.01:0.02:101"}, steps=1)
    assert found.regime is None
