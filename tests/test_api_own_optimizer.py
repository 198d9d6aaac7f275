"""A class as the optimizer: its steps are the steps of the same rule in the box, everywhere."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import gdsim
from gdsim.engine.replay.refusals import refused


class HeavyBall:
    """Momentum, as one writes it."""

    def __init__(self, beta: float = 0.9, dampening: float = 0.0) -> None:
        self.beta, self.dampening = beta, dampening
        self.velocity: Any = 0.0

    def step(self, theta: Any, gradient: Any, rate: float) -> Any:
        self.velocity = self.beta * self.velocity + gradient
        return theta - rate * self.velocity


class Normed:
    """Looks at all of its own numbers, which no other run may change."""

    def step(self, theta: Any, gradient: Any, rate: float) -> Any:
        length = float(np.linalg.norm(gradient))
        return theta - rate * gradient / length if length > 1.0 else theta - rate * gradient


@dataclass
class Counting:
    """A dataclass does as well; `every` is a whole number, `down` yes or no."""

    every: int = 2
    down: bool = True
    done: int = 0

    def step(self, theta: Any, gradient: Any, rate: float) -> list[float]:
        assert isinstance(self.every, int)
        self.done += 1
        way = rate if self.done % self.every == 0 else 0.0
        return [float(t - way * g) for t, g in zip(theta, gradient, strict=True)]


@pytest.mark.parametrize(
    "words",
    [
        {"problem": "rosenbrock", "lr": 1e-3, "steps": 5000},
        {"problem": "article", "lr": 0.05, "schedule": "cosine", "clip_norm": 3.0, "steps": 300},
        {"problem": "article", "lr": 0.01, "batch_size": 2, "seed": 3, "steps": 300},
        {"problem": "article", "lr": 0.5, "steps": 4000},
        {"problem": "article", "lr": 0.1, "schedule": "plateau", "steps": 200},
    ],
)
def test_its_steps_are_those_of_the_same_rule(words: dict[str, Any]) -> None:
    own = gdsim.simulate(optimizer=HeavyBall, beta=0.8, **words)
    known = gdsim.simulate(optimizer="momentum", momentum=0.8, **words)
    last = known.last.step  # beyond it a rule of one's own is not asked
    np.testing.assert_array_equal(own.parameters[: last + 1], known.parameters[: last + 1])
    np.testing.assert_array_equal(own.learning_rate, known.learning_rate)
    assert own.last.step == last
    assert own.diverged_at == known.diverged_at
    assert repr(own).startswith("<Result: HeavyBall on ")
    assert "HeavyBall" not in {name for _, name in refused()}  # to record it was not even tried


def test_a_run_leaves_nothing_behind_for_the_next() -> None:
    words: dict[str, Any] = {"lr": 0.05, "steps": 20}
    first, again = (gdsim.simulate("article", HeavyBall, **words) for _ in range(2))
    np.testing.assert_array_equal(first.parameters, again.parameters)


@pytest.mark.parametrize("rule", [HeavyBall, Normed])
def test_each_run_of_a_sweep_is_the_run_alone(rule: type) -> None:
    rates = [0.0005, 0.002, 0.02, 0.5]
    found = gdsim.sweep("quadratic", rule, grid={"lr": rates, "x": [1.0, -2.0]}, steps=900,
                        start=(0.0, 0.3))  # fmt: skip
    assert found.outcome is not None
    for i, rate in enumerate(rates):
        for j, x in enumerate((1.0, -2.0)):
            alone = gdsim.simulate("quadratic", rule, lr=rate, start=(x, 0.3), steps=900)
            np.testing.assert_array_equal(found.parameters[i, j], alone.last.parameters)
            assert found.outcome[i, j] == alone.outcome


def test_its_settings_are_swept_over() -> None:
    own = gdsim.sweep("quadratic", HeavyBall, grid={"beta": "lin:0:0.9:4"}, lr=0.01, steps=300)
    known = gdsim.sweep(
        "quadratic", "momentum", grid={"momentum": "lin:0:0.9:4"}, lr=0.01, steps=300
    )
    np.testing.assert_array_equal(own.parameters, known.parameters)
    np.testing.assert_array_equal(own.settled, known.settled)
    assert own.best == {"beta": known.best["momentum"]}  # type: ignore[index] # none diverges


def test_it_races_with_those_in_the_box() -> None:
    def bowl(x: float, y: float) -> float:
        return (x - 1.0) ** 2 + 5.0 * y * y

    def slope(x: float, y: float) -> tuple[float, float]:
        return 2.0 * (x - 1.0), 10.0 * y

    words: dict[str, Any] = {"start": (0, 1), "gradient": slope, "steps": 100}
    pairs: list[Any] = [(HeavyBall, {"beta": 0.5}), ("momentum", {"momentum": 0.5})]
    own, known = gdsim.race(bowl, pairs, rates="log:1e-3:1:7", **words)
    assert own.optimizer == "HeavyBall"
    assert (own.best_lr, own.steps, own.verdict) == (known.best_lr, known.steps, known.verdict)


def test_whole_numbers_and_truths_stay_what_they_are() -> None:
    run = gdsim.simulate("parabola", Counting, lr=0.25, every=3, steps=6)
    np.testing.assert_array_equal(run.parameters[:, 0], [-4, -4, -4, -2, -2, -2, -1])
    with pytest.raises(ValueError, match=r"every cannot be 0\.5: allowed is a whole number"):
        gdsim.simulate("parabola", Counting, every=0.5)


def test_two_classes_of_one_name_are_two_optimizers() -> None:
    """A cell of a notebook that is changed and run again."""

    def made(factor: float) -> type:
        class Mine:
            def step(self, theta: Any, gradient: Any, rate: float) -> Any:
                return theta - factor * rate * gradient

        return Mine

    ends = [gdsim.simulate("parabola", made(f), lr=0.1, steps=1).last.loss for f in (1.0, 2.0)]
    assert ends == pytest.approx([16 * 0.8**2, 16 * 0.6**2])


def test_what_would_help_is_tried_with_it() -> None:
    run = gdsim.simulate("article", HeavyBall, lr=2.0)
    assert run.outcome == "diverged"
    assert any(remedy.startswith("Set the rate to ") for remedy in run.remedies)
    again = pickle.loads(pickle.dumps(run))
    assert again.remedies == run.remedies
    kept = pickle.loads(
        pickle.dumps(gdsim.sweep(optimizer=HeavyBall, grid={"beta": [0.5]}, lr=0.01))
    )
    assert kept.outcome.tolist() == ["converged"]


class Silent:
    def step(self, theta: Any, gradient: Any, rate: float) -> Any:
        theta -= rate * gradient


class Short:
    def step(self, theta: Any, gradient: Any) -> Any:
        return theta - gradient


class WithRate(HeavyBall):
    def __init__(self, lr: float = 0.1) -> None:
        super().__init__()


class WithSeed(HeavyBall):
    def __init__(self, seed: int = 0) -> None:
        super().__init__()


class WithoutDefault(HeavyBall):
    def __init__(self, beta: float) -> None:
        super().__init__(beta)


@pytest.mark.parametrize(
    ("optimizer", "words", "says"),
    [
        (Silent, {}, r"Silent\.step must give the parameters to come, 2 numbers; it gave None"),
        (Short, {}, r"Short\.step must take theta, gradient and rate"),
        (WithRate, {}, "WithRate needs no 'lr': simulate has it"),
        (WithSeed, {}, "WithSeed cannot have a setting 'seed'"),
        (WithoutDefault, {}, "'beta' of WithoutDefault needs a number as its default"),
        (HeavyBall(), {}, r"the class HeavyBall itself; .* simulate\(…, HeavyBall, beta=0\.8\)"),
        (HeavyBall, {"bta": 0.5}, r"'HeavyBall' has no setting 'bta'\. Did you mean 'beta'"),
        (HeavyBall, {"beta": "much"}, "beta cannot be much"),
        (HeavyBall, {"convention": "keras"}, "No framework has 'HeavyBall'"),
        (int, {}, "not int, which has no step"),
        (print, {}, "or a class with a method step"),
    ],
)
def test_what_does_not_fit_is_said(optimizer: Any, words: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        gdsim.simulate("article", optimizer, **{"steps": 2, **words})


def test_what_it_raises_is_its_authors() -> None:
    class Broken:
        def step(self, theta: Any, gradient: Any, rate: float) -> Any:
            return theta[7]

    with pytest.raises(IndexError):
        gdsim.simulate("article", Broken)
