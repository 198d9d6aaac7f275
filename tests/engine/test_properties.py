"""What holds for every optimizer and schedule, whatever their settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdsim.engine.arrays import Array
from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.simulation import Simulation
from tests.engine.run_strategies import problem, runs_on, settings_of

some = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
optimizers = pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.name)
schedules = pytest.mark.parametrize("cls", SCHEDULES, ids=lambda cls: cls.name)


def paths(runs: list[Run], where: str, pieces: tuple[int, ...] = (40,)) -> list[Array]:
    """For each run [rate, loss, parameters…] after each step; diverged ones go on into nan."""
    simulation = Simulation(problem(where), runs, stop_ended=False)
    blocks = [simulation.advance(count) for count in pieces]
    rate, loss = (np.concatenate([getattr(b, n) for b in blocks]) for n in ("rate", "loss"))
    theta = np.concatenate([b.theta for b in blocks])
    return [np.column_stack([rate[:, r], loss[:, r], theta[:, :, r]]) for r in range(len(runs))]


def assert_same(one: list[Array], other: list[Array]) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


places = st.sampled_from(("article", "rosenbrock", "beale", "rastrigin", "ackley"))
large = st.sampled_from(("network", "polynomial"))


@given(st.data())
@some
def test_a_run_alone_is_the_same_run_among_many(data: st.DataObject) -> None:
    where = data.draw(places | large)
    runs = data.draw(st.lists(runs_on(where), min_size=2, max_size=6))
    together = paths(runs, where)
    assert_same([paths([run], where)[0] for run in runs], together)
    backwards = paths(runs[::-1], where)[::-1]
    assert_same(backwards, together)


@optimizers
@given(st.data())
@settings(some, max_examples=8)
def test_runs_of_one_optimizer_do_not_touch_each_other(
    cls: type[Optimizer], data: st.DataObject
) -> None:
    runs = data.draw(st.lists(runs_on("rosenbrock", cls), min_size=2, max_size=4))
    # More than a few lanes take another way through the code.
    crowd = [*runs, *(make_run(problem("rosenbrock"), cls.name) for _ in range(70))]
    alone = [paths([run], "rosenbrock")[0] for run in runs]
    assert_same(alone, paths(runs, "rosenbrock"))
    assert_same(alone, paths(crowd, "rosenbrock")[: len(runs)])


@optimizers
def test_a_run_alone_is_the_same_run_among_a_thousand(cls: type[Optimizer]) -> None:
    rates = np.geomspace(1e-6, 1e-3, 1000)
    runs = [make_run(problem("rosenbrock"), cls.name, {"learning_rate": r}) for r in rates]
    together = paths(runs, "rosenbrock", (20,))
    for place in (0, 137, 999):
        assert_same(paths([runs[place]], "rosenbrock", (20,)), [together[place]])


@given(st.data(), st.lists(st.integers(1, 9), min_size=2, max_size=8))
@some
def test_pausing_changes_no_bit(data: st.DataObject, pieces: list[int]) -> None:
    where = data.draw(places)
    runs = data.draw(st.lists(runs_on(where), min_size=1, max_size=4))
    assert_same(paths(runs, where, (sum(pieces),)), paths(runs, where, tuple(pieces)))


@optimizers
@given(st.data())
@settings(some, max_examples=4)
def test_restoring_midway_changes_no_bit(cls: type[Optimizer], data: st.DataObject) -> None:
    """Every optimizer under every schedule, from copies of its lanes, in a new simulation."""
    where = data.draw(places)
    chosen = data.draw(settings_of(cls))
    runs = [
        make_run(problem(where), cls.name, chosen, schedule.name, data.draw(settings_of(schedule)))
        for schedule in SCHEDULES
    ]
    first = Simulation(problem(where), runs, stop_ended=False)
    before = first.advance(17)
    lanes = first.lanes()
    expected = first.advance(20)
    second = Simulation(problem(where), runs[:1], stop_ended=False)
    second.restore(17, lanes)
    np.testing.assert_array_equal(second.rates(17), before.rate[-1])
    found = second.advance(20)
    for name in ("theta", "loss", "rate"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


@schedules
@given(st.data(), st.floats(1e-6, 10.0))
@settings(some, max_examples=40)
def test_schedule_stays_within_its_bounds(
    cls: type[Schedule], data: st.DataObject, base: float
) -> None:
    schedule = cls(make_run(problem("article"), "gd", {}, cls.name,
                            data.draw(settings_of(cls))).schedule_settings)  # fmt: skip
    if cls.watches_loss:
        memory, rates = None, []
        for loss in data.draw(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=60)):
            rate, memory = schedule.watch(memory, base, loss)
            rates.append(rate)
        assert rates == sorted(rates, reverse=True)
    else:
        steps = np.arange(300)
        rates = schedule.rate(base, steps).tolist()
        alone = [schedule.rate(base, steps[k : k + 1])[0] for k in (0, 1, 2, 57, 299)]
        assert alone == [rates[k] for k in (0, 1, 2, 57, 299)]
    low, high = schedule.bounds(base)
    assert low - 1e-12 * high <= min(rates)
    assert max(rates) <= high * (1 + 1e-12)


@schedules
def test_schedule_is_continuous_where_it_says_so(cls: type[Schedule]) -> None:
    """Stretched to a hundred times the steps it makes no jumps; the others do."""
    if cls.watches_loss:
        assert not cls.continuous
        return
    stretched = {
        f.name: 100 * int(f.default)
        for f in fields_of(cls.Settings)
        if f.kind == "int" and "step" in f.name
    }
    for name in ("milestones", "points"):
        if any(f.name == name for f in fields_of(cls.Settings)):
            stretched[name] = {"milestones": "3000, 60000", "points": "0:1, 20000:0.5, 90000:0.1"}[
                name
            ]  # type: ignore[assignment] # texts among numbers
    run = make_run(problem("article"), "gd", {}, cls.name, stretched)
    rates = run.rate_schedule.rate(1.0, np.arange(100_000))
    span = max(float(np.ptp(rates)), 1e-12)
    assert (np.abs(np.diff(rates)).max() < 0.02 * span) == cls.continuous


def both(
    one: str,
    one_settings: dict[str, Any],
    other: str,
    other_settings: dict[str, Any],
    schedule: str = "inverse_time",
) -> Callable[[str, float], None]:
    def check(where: str, rate: float) -> None:
        runs = [
            make_run(
                problem(where), name, {"learning_rate": rate, **values}, schedule,
                {}, Sampling(batch_size=problem(where).size),
            )
            for name, values in ((one, one_settings), (other, other_settings))
        ]  # fmt: skip
        first, second = paths(runs, where)
        np.testing.assert_array_equal(first, second)

    return check


REDUCTIONS = {
    "sgd on the whole data is gd": both("sgd", {}, "gd", {}),
    "momentum 0 is gd": both("momentum", {"momentum": 0}, "gd", {}),
    "momentum 0 in Keras's form is gd": both(
        "momentum", {"momentum": 0, "convention": "keras"}, "gd", {}
    ),
    "Nesterov with momentum 0 is gd": both("nesterov", {"momentum": 0}, "gd", {}),
    "dampening 0 is none": both("momentum", {"dampening": 0.0}, "momentum", {}),
    "RMSProp with momentum 0 has none": both(
        "rmsprop", {"momentum": 0.0, "convention": "keras"},
        "rmsprop", {"eps": 1e-7, "convention": "optax"}
    ),
    "AdamW without decay is Adam": both("adamw", {"weight_decay": 0}, "adam", {}),
    "AdamW is Adam with decoupled decay": both(
        "adamw", {"weight_decay": 0.1},
        "adam", {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    "coupled and decoupled decay of nothing": both(
        "adam", {"decoupled_weight_decay": True}, "adam", {}
    ),
    "ASGD without its term is gd": both("asgd", {"lambd": 0}, "gd", {}, "constant"),
    "AdaGrad without rate decay": both("adagrad", {"lr_decay": 0}, "adagrad", {}),
    "LAMB without decay is one in both forms": both(
        "lamb", {"convention": "keras"}, "lamb", {"convention": "optax", "eps": 1e-7}
    ),
    "Keras's NAdam is torch's with ψ = 1": both(
        "nadam", {"convention": "keras"}, "nadam", {"momentum_decay": 1.0, "eps": 1e-7}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
@given(places, st.floats(1e-6, 1e-4))
@settings(some, max_examples=10)
def test_limits_are_the_simpler_optimizer(name: str, where: str, rate: float) -> None:
    REDUCTIONS[name](where, rate)


@pytest.mark.parametrize("name", ["rmsprop", "adam", "amsgrad", "adamax"])
def test_without_memory_they_follow_the_sign(name: str) -> None:
    """β → 0: each step is α g/(|g| + ε)."""
    zero = {"rho": 0.0} if name == "rmsprop" else {"beta1": 0.0, "beta2": 0.0}
    if name == "amsgrad":
        zero["beta2"] = 0.0
    run = make_run(problem("rosenbrock"), name, {"learning_rate": 1e-3, "eps": 1e-12, **zero})
    theta = np.array([*[run.start], *paths([run], "rosenbrock", (5,))[0][:, 2:]])
    first = problem("rosenbrock").gradient_at(theta[0])
    np.testing.assert_allclose(theta[1] - theta[0], -1e-3 * np.sign(first), rtol=1e-9)


def test_newton_solves_a_quadratic_in_one_step() -> None:
    for where in ("article", "quadratic"):
        run = make_run(problem(where), "newton")
        theta = paths([run], where, (1,))[0][0, 2:]
        np.testing.assert_allclose(theta, problem(where).minima[0], atol=1e-12)


def test_newton_far_damped_goes_down_the_slope() -> None:
    run = make_run(problem("rosenbrock"), "newton", {"damping": 1e9, "learning_rate": 1e5})
    start = np.array(run.start)
    move = paths([run], "rosenbrock", (1,))[0][0, 2:] - start
    slope = problem("rosenbrock").gradient_at(start)
    np.testing.assert_allclose(move, -1e-4 * slope, rtol=1e-5)
