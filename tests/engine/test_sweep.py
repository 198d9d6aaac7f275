"""A sweep's runs are the runs themselves: same bits, same outcome, and theory's boundary."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdsim.engine.fields import fields_of
from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, Schedule
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.grid import Grid, make_grid
from gdsim.engine.sweep.judge import NEVER, Goal
from gdsim.engine.sweep.pieces import Outcomes, Results, pieces, work
from gdsim.experiment.trajectories import accounts_of, blocks_of

ARTICLE = make_problem("article")
LAMBDA_MAX = 12.0 + 2.0 * 34.0**0.5
WITHIN = Goal(tolerance=0.05)
some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def swept(grid: Grid, steps: int, goal: Goal = WITHIN) -> Outcomes:
    results = Results(grid, steps, goal)
    for piece in pieces(grid):
        results.take(piece, work(piece, grid.problem, steps, goal, lambda count: True))
    return results.outcomes()


def alone(problem: Problem, run: Run, steps: int, goal: Goal = WITHIN) -> dict[str, Any]:
    """The outcome of one run, found from its whole way."""
    (account,) = accounts = accounts_of(problem, [(run, ())])
    way = np.concatenate([block.theta[:, :, 0] for block in blocks_of(accounts, steps)])
    settled, diverged = NEVER, account.diverged_at
    if account.ended_at is None and goal.tolerance is not None:
        distance = np.array([np.hypot(*(way - m).T) for m in problem.minima]).min(axis=0)
        off = np.flatnonzero(~(distance <= goal.tolerance))
        first = int(off[-1]) + 1 if len(off) else 0
        settled = first if first <= steps else NEVER
    return {
        "theta": account.last_row[2:],
        "loss": account.last_row[1],
        "settled": settled,
        "diverged": NEVER if diverged is None else diverged,
    }


def assert_each_is_the_run_alone(grid: Grid, steps: int, places: Sequence[tuple[int, ...]]) -> None:
    outcomes = swept(grid, steps)
    for place in places:
        expected = alone(grid.problem, grid.run_at(*place), steps)
        for name, value in expected.items():
            found = getattr(outcomes, name)[(..., *place)]
            np.testing.assert_array_equal(found, value, err_msg=f"{name} at {place}")


def numbers_of(cls: type[Optimizer] | type[Schedule]) -> list[str]:
    names = [f.name for f in fields_of(cls.Settings) if f.kind in ("float", "int")]
    return [name for name in names if name != "learning_rate"]


def values_for(cls: type[Optimizer] | type[Schedule], name: str) -> list[float]:
    (declared,) = (f for f in fields_of(cls.Settings) if f.name == name)
    start = float(declared.default)
    tried = [start, 0.0, 1.0, 3.0, 0.5, 0.25 * start, 0.75, 7.0, 0.97, 40.0]
    fitting = []
    for value in tried:
        try:
            fitting.append(float(declared.check(value)))
        except Fault:
            continue
    return list(dict.fromkeys(fitting))[:5]


@pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.name)
@pytest.mark.parametrize("where", ["article", "rosenbrock"])
def test_each_run_is_the_run_alone_for_every_setting_of_an_optimizer(
    cls: type[Optimizer], where: str
) -> None:
    problem = make_problem(where)
    run = make_run(problem, cls.name)
    for name in [*numbers_of(cls), "clip_norm", "x" if where == "rosenbrock" else "theta_0"]:
        values = values_for(cls, name) if name in numbers_of(cls) else [0.0, 0.5, 2.0]
        grid = make_grid(problem, run, {name: values, "lr": "log:1e-4:0.5:40"})
        places = [(i, j) for i in range(len(values)) for j in (0, 17, 26, 39)]
        assert_each_is_the_run_alone(grid, 90, places)


@pytest.mark.parametrize("cls", SCHEDULES, ids=lambda cls: cls.name)
def test_each_run_is_the_run_alone_for_every_setting_of_a_schedule(cls: type[Schedule]) -> None:
    run = make_run(ARTICLE, "adam", schedule=cls.name)
    for name in numbers_of(cls):
        values = values_for(cls, name)
        grid = make_grid(ARTICLE, run, {"lr": "log:1e-3:1:33", f"schedule.{name}": values})
        places = [(i, j) for i in (0, 20, 32) for j in range(len(values))]
        assert_each_is_the_run_alone(grid, 70, places)


@pytest.mark.parametrize("cls", SCHEDULES, ids=lambda cls: cls.name)
def test_a_schedule_gives_many_base_rates_the_bits_of_each(cls: type[Schedule]) -> None:
    schedule = cls(cls.Settings())
    bases, steps = np.geomspace(1e-5, 10.0, 37), np.arange(2500)
    together = np.broadcast_to(schedule.rate(bases, steps[:, None]), (2500, 37))
    for lane, base in enumerate(bases.tolist()):
        np.testing.assert_array_equal(together[:, lane], schedule.rate(base, steps))


@given(st.data())
@some
def test_samples_seeds_and_words_are_swept_too(data: st.DataObject) -> None:
    batch = st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True)
    specs: dict[str, object] = {
        "seed": data.draw(st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True)),
        "batch_size": data.draw(batch),
        "sampling": ["shuffle", "cyclic", "random"],
        "optimizer": ["gd", "adam", "newton"],
        "schedule": ["constant", "plateau", "cosine"],
        "convention": ["keras", "pytorch", "optax"],
    }
    pair = data.draw(st.lists(st.sampled_from(sorted(specs)), min_size=2, max_size=2, unique=True))
    run = make_run(
        ARTICLE, "momentum", {"learning_rate": 0.02, "dampening": 0.1},
        sampling=Sampling(batch_size=2), clipping=Clipping(clip_value=50.0),
    )  # fmt: skip
    if set(pair) == {"optimizer", "convention"}:
        with pytest.raises(Fault, match="convention"):
            make_grid(ARTICLE, run, {key: specs[key] for key in pair})
        return
    grid = make_grid(ARTICLE, run, {key: specs[key] for key in pair})
    places = [tuple(place) for place in np.ndindex(*grid.shape)]
    assert_each_is_the_run_alone(grid, 40, places)


RACES = [
    ("nesterov", 0.01, {}, 56),
    ("adam", 0.1, {}, 63),
    ("momentum", 0.015, {}, 68),
    ("rmsprop", 0.02, {"rho": 0.9}, 142),
    ("gd", 0.015, {}, 259),
]


@pytest.mark.parametrize(("optimizer", "rate", "more", "steps"), RACES)
def test_the_known_races_on_the_ravine(
    optimizer: str, rate: float, more: dict[str, object], steps: int
) -> None:
    ravine = make_problem("quadratic")
    run = make_run(ravine, optimizer, more, start=(-2.5, 1.0))
    outcomes = swept(make_grid(ravine, run, {"lr": [rate, 2 * rate]}), 600)
    assert outcomes.settled[0] == steps


def test_a_fly_by_does_not_count() -> None:
    """Momentum touches Rosenbrock's minimum at step 21 and settles at 228."""
    valley = make_problem("rosenbrock")
    run = make_run(valley, "momentum", start=(-1.2, 1.0))
    grid = make_grid(valley, run, {"lr": [0.003]})
    assert swept(grid, 600).settled.tolist() == [228]
    assert swept(grid, 100).settled.tolist() == [NEVER]


def test_a_goal_may_be_a_loss() -> None:
    """At 0.01 the excess over 0.56 falls below 0.01 at step 548, at 0.05 at step 109."""
    grid = make_grid(ARTICLE, make_run(ARTICLE), {"lr": [0.01, 0.05, 0.09]})
    outcomes = swept(grid, 1000, Goal(loss=0.57))
    assert outcomes.settled.tolist() == [548, 109, NEVER]


def test_gradient_descent_diverges_where_theory_says() -> None:
    critical = 0.084524052577
    grid = make_grid(ARTICLE, make_run(ARTICLE), {"lr": "lin:0.08:0.09:2001"})
    outcomes = swept(grid, 2000)
    rates = np.asarray(grid.axes[0].values)
    assert not (outcomes.diverged[rates < critical] != NEVER).any()
    # Just above it the loss grows by so little a step that 10⁶ is not reached in time.
    assert (outcomes.diverged[rates > 1.004 * critical] != NEVER).all()
    later = outcomes.diverged[rates > 1.004 * critical]
    assert (np.diff(later) <= 0).all()


def test_the_boundary_of_momentum_on_a_grid() -> None:
    """2(1 + β)/λmax, for every β: no run below it diverges, every run above it does."""
    specs = {"lr": "lin:0.05:0.2:301", "momentum": "lin:0:0.95:20"}
    grid = make_grid(ARTICLE, make_run(ARTICLE, "momentum"), specs)
    outcomes = swept(grid, 1500)
    rates, betas = (np.asarray(axis.values) for axis in grid.axes)
    share = rates[:, None] * LAMBDA_MAX / (2.0 * (1.0 + betas))
    diverged = outcomes.diverged != NEVER
    assert outcomes.theta.shape == (2, 301, 20)
    assert not diverged[share < 1.0].any()
    assert diverged[share > 1.01].all()


def test_memory_does_not_grow_with_the_steps() -> None:
    run = make_run(ARTICLE, "adam")
    grid = make_grid(ARTICLE, run, {"lr": "log:1e-4:0.1:100", "beta2": "lin:0.9:0.999:200"})
    peaks = []
    for steps in (80, 800):
        tracemalloc.start()
        swept(grid, steps)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # 20,000 runs × 800 steps would take 256 MB if they were all kept.
    assert max(peaks) < 2e7
    assert peaks[1] < 1.1 * peaks[0]


def test_a_grid_that_does_not_fit_says_how_large_it_would_be() -> None:
    specs = {"lr": "log:1e-4:1:1e6", "theta_0": "lin:0:1:1e6"}
    grid = make_grid(ARTICLE, make_run(ARTICLE), specs)
    with pytest.raises(Fault, match=r"1,000,000,000,000 runs.* 40 TB of memory; .* are free"):
        Results(grid, 10, WITHIN)


BAD_SPECS = {
    "lr": "log:0:1:10",
    "learning_rate": "lin:1:0:10",
    "momentum": "lin:0:1:5",
    "momentun": "lin:0:0.9:5",
    "theta_0": "lin:0:inf:5",
    "convention": "lin:0:1:3",
    "batch_size": "1,99,2",
    "seed": "1.5",
    "clip_norm": "lin:0:1",
    "nesterov": "0,1",
    "weight_decay": "0,,1",
    "dampening": "log:0.1:1:0",
}


@pytest.mark.parametrize("key", BAD_SPECS)
def test_a_bad_spec_is_named_in_one_line(key: str) -> None:
    with pytest.raises(Fault) as caught:
        make_grid(ARTICLE, make_run(ARTICLE, "momentum"), {key: BAD_SPECS[key]})
    text = str(caught.value)
    assert "\n" not in text
    assert key in text or "99" in text


@given(st.text(alphabet="linog:.,e0123456789-+ naif", max_size=24), st.sampled_from(["lr", "seed"]))
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_grid_or_a_sentence(spec: str, key: str) -> None:
    try:
        grid = make_grid(ARTICLE, make_run(ARTICLE), {key: spec})
    except Fault:
        return
    values = np.asarray(grid.axes[0].values)
    assert len(values) == grid.size >= 1
    assert np.isfinite(values).all()
    grid.run_at(grid.size - 1)


def test_the_first_of_a_range_and_the_last_are_what_was_asked() -> None:
    grid = make_grid(ARTICLE, make_run(ARTICLE), {"lr": "log:1e-4:1:200"})
    values = np.asarray(grid.axes[0].values)
    assert (values[0], values[-1], len(values)) == (1e-4, 1.0, 200)
    assert np.allclose(np.diff(np.log(values)), np.log(1e4) / 199)
    whole = make_grid(ARTICLE, make_run(ARTICLE), {"batch_size": "log:1:5:20"})
    assert np.asarray(whole.axes[0].values).tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("spec", ["1,2,3", "0.2,0.3", "lin:1:3:50", "1,1e6,0.01", "3"])
def test_runs_that_all_end_before_the_last_step_have_diverged(spec: str) -> None:
    grid = make_grid(ARTICLE, make_run(ARTICLE, "gd"), {"lr": spec})
    assert_each_is_the_run_alone(grid, 1000, [(place,) for place in range(grid.size)])
