"""What is said before Play: the regimes of words.md, against thresholds worked out on their own."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.forecast import Motion, forecast, motion_of
from gdsim.engine.plan import base_for_peak, plan_of
from gdsim.engine.presets import Preset, preset_rate
from gdsim.engine.problems import make_problem
from gdsim.engine.remedies import remedies_for, with_remedy
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.simulation import Simulation
from gdsim.engine.why import scaled_limit, why

ARTICLE = make_problem("article")
X = np.array([np.ones(5), np.arange(1.0, 6.0)])
SINGLE = 2.0 * np.einsum("in,jn->nij", X, X)
"""The five samples' curvatures of (y − ŷ)²."""
STEEPEST = float(np.linalg.eigvalsh(SINGLE.mean(axis=0))[-1])


def told(run: Run, problem: str = "article", steps: int = 1000) -> str:
    return str(forecast(make_problem(problem), run, np.array(run.start), steps))


def article(name: str, rate: float, *parts: Any, **settings: Any) -> Run:
    return make_run(ARTICLE, name, {"lr": rate, **settings}, *parts)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (article("gd", 0.001), ["crawls", "1/85"]),
        (article("gd", 0.02), ["smooth", "24 %"]),
        (article("gd", 0.07), ["zigzags", "83 %"]),
        (article("gd", 0.09), ["diverges", "0.0845", "2/λmax"]),
        (article("gd", 0.1, weight_decay=0.01), ["diverges", "2/(λmax + λ)"]),
        (article("momentum", 0.001), ["underdamped", "0.949", "1/160", "0.1606"]),
        (article("momentum", 0.00005), ["overdamped"]),
        (article("nesterov", 0.05), ["alternates"]),
        (article("adam", 0.1), ["Adaptive", "about α = 0.1 a step"]),
        (article("newton", 2.5), ["diverges", "critical 2."]),
        (article("newton", 2.0), ["is the critical 2:", "swings for ever"]),
        (article("gd", 0.1, "plateau"), ["Starts at 0.1, above", "until the schedule lowers it"]),
    ],
)
def test_one_rate_held_all_the_way(run: Run, words: list[str]) -> None:
    assert all(word in told(run) for word in words), told(run)


@pytest.mark.parametrize(
    ("rate", "schedule", "words"),
    [
        (0.2, "warmup_cosine", ["peaks at 0.2 at step 100", "from step 43 to step 594"]),
        (0.2, "cosine", ["Starts too large", "from step 550 on"]),
        (0.05, "warmup_cosine", ["peaks at 0.05 at step 100: 59 %"]),
    ],
)
def test_the_whole_schedule_speaks(rate: float, schedule: str, words: list[str]) -> None:
    said = told(article("gd", rate, schedule))
    assert all(word in said for word in words), said


def test_clipped_on_a_convex_problem_it_cannot_diverge() -> None:
    run = article("gd", 0.1, "constant", None, None, Clipping(1.0, 0.0))
    assert "cannot diverge" in told(run)
    assert "at most 0.1 " in told(run)
    with_momentum = article("momentum", 0.2, "constant", None, None, Clipping(1.0, 0.0))
    assert "at most 2 " in told(with_momentum)
    simulation = Simulation(ARTICLE, [run])
    theta = simulation.advance(500).theta[:, :, 0]
    assert np.linalg.norm(np.diff(theta, axis=0), axis=1).max() <= 0.1 + 1e-12


def test_no_bound_is_claimed_where_something_comes_after_the_clipping() -> None:
    """Decay is added to the clipped gradient; Newton divides it by the curvature."""
    clipping = Clipping(1.0, 0.0)
    for run in (
        article("gd", 0.1, "constant", None, None, clipping, weight_decay=0.3),
        article("newton", 2.5, "constant", None, None, clipping),
    ):
        assert "at most" not in told(run)
        assert "clipping shortens its gradients" in told(run)


def test_off_quadratics_the_limit_is_local_and_a_saddle_is_named() -> None:
    assert "unstable here" in told(
        make_run(make_problem("rosenbrock"), "gd", {"lr": 0.1}), "rosenbrock"
    )
    saddle = told(make_run(make_problem("saddle"), "gd", {"lr": 0.1}), "saddle")
    assert "curvature −2" in saddle
    assert "diverges" not in saddle


# Samples


def mean_square_radius(maps: list[NDArray[np.float64]]) -> float:
    """Of X ↦ mean M X Mᵀ."""
    return float(np.abs(np.linalg.eigvals(np.mean([np.kron(m, m) for m in maps], axis=0))).max())


def epoch(order: tuple[int, ...], rate: float, batch: int) -> NDArray[np.float64]:
    whole = np.eye(2)
    for i in range(0, 5, batch):
        hessian = SINGLE[list(order[i : i + batch])].mean(axis=0)
        whole = (np.eye(2) - rate * hessian) @ whole
    return whole


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("order", ["random", "shuffle", "cyclic"])
def test_the_limit_of_samples_is_where_the_mean_square_grows(order: str, batch: int) -> None:
    run = article("sgd", 0.01, "constant", None, Sampling(batch, order, 0))
    found = sampled_limit(ARTICLE, run, np.zeros(2))
    assert found is not None
    assert found.exact
    for factor, grows in ((0.999, False), (1.001, True)):
        rate = factor * found.rate
        if order == "random":
            mean = np.eye(2) - rate * SINGLE.mean(axis=0)
            single = [np.kron(m, m) for m in np.eye(2) - rate * SINGLE]
            whole = np.kron(mean, mean)
            drawn = whole + (np.mean(single, axis=0) - whole) / batch
            radius = float(np.abs(np.linalg.eigvals(drawn)).max())
        elif order == "cyclic":
            radius = float(np.abs(np.linalg.eigvals(epoch((0, 1, 2, 3, 4), rate, batch))).max())
        else:
            radius = mean_square_radius([epoch(o, rate, batch) for o in permutations(range(5))])
        assert (radius > 1.0) is grows


def test_the_articles_limits_with_single_samples() -> None:
    limits = [
        sampled_limit(
            ARTICLE, article("sgd", 0.01, "constant", None, Sampling(1, order, 0)), np.zeros(2)
        )
        for order in ("random", "shuffle", "cyclic")
    ]
    assert [round(one.rate, 4) for one in limits if one is not None] == [0.0542, 0.0825, 0.1111]


def test_above_the_limit_of_samples_it_is_said_of_the_mean_over_orders() -> None:
    drawn = told(article("sgd", 0.07, "constant", None, Sampling(1, "random", 0)))
    assert "On average over the orders the error grows" in drawn
    assert "0.0542" in drawn
    assert "0.0845" in drawn
    assert "diverge" not in drawn
    assert "below 0.0825" in told(article("sgd", 0.07))
    assert "below 0.111" in told(article("sgd", 0.1, "constant", None, Sampling(1, "cyclic", 0)))


def test_a_moments_limit_with_samples_is_that_of_its_own_maps() -> None:
    run = article("momentum", 0.01, "constant", None, Sampling(1, "random", 0), momentum=0.5)
    found = sampled_limit(ARTICLE, run, np.zeros(2))
    assert found is not None
    one = np.eye(2)
    for factor, grows in ((0.999, False), (1.001, True)):
        a = factor * found.rate
        maps = [np.block([[one - a * h, -a * 0.5 * one], [h, 0.5 * one]]) for h in SINGLE]
        assert (mean_square_radius(maps) > 1.0) is grows


def test_of_many_samples_the_limit_is_about_and_of_too_many_values_none_is_told() -> None:
    many = make_problem("linear")
    run = make_run(many, "sgd", {"lr": 0.01})
    found = sampled_limit(many, run, np.zeros(2))
    assert found is not None
    assert not found.exact
    assert "about" in str(forecast(many, run, np.zeros(2), 100))
    network = make_problem("network")
    assert sampled_limit(network, make_run(network, "sgd"), np.array(network.start)) is None


# Motion, why, presets, remedies


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.99])
@pytest.mark.parametrize("name", ["momentum", "nesterov"])
def test_the_motion_along_an_axis_is_that_of_the_companion_roots(name: str, beta: float) -> None:
    method = make_run(ARTICLE, name, {"momentum": beta}).method
    for x in np.geomspace(1e-5, 5.0, 60):
        found = motion_of(method, 1.0, float(x))
        assert found is not None
        if name == "momentum":
            roots = np.roots([1.0, -(1.0 + beta - x), beta])
        else:
            roots = np.roots([1.0, -(1.0 + beta) * (1.0 - x), beta * (1.0 - x)])
        assert found[1] == pytest.approx(np.abs(roots).max(), abs=1e-6)
        if np.abs(roots).max() > 1.0 + 1e-9:
            assert found[0] is Motion.GROWING


def test_why_the_flat_axis_takes_680_steps_and_the_steep_one_grows() -> None:
    here = curvature_at(ARTICLE, np.zeros(2))

    def line(run: Run) -> str:
        found = why(ARTICLE, run, here, np.zeros(2), run.learning_rate, {}, 0)
        assert found is not None
        return str(found.sentence)

    assert "0.34 %" in line(article("gd", 0.01))
    assert "about 680 steps" in line(article("gd", 0.01))
    assert "= −1.13: it grows by 13 %" in line(article("gd", 0.09))


def test_why_speaks_of_an_axis_along_which_the_error_shrinks_as_it_says() -> None:
    here = curvature_at(ARTICLE, np.zeros(2))
    for rate in (0.01, 0.09):
        found = why(ARTICLE, article("gd", rate), here, np.zeros(2), rate, {}, 0)
        assert found is not None
        assert found.axis is not None
        off = np.array(found.axis)
        minimum = np.array([-1.0, 2.2])
        after = off - rate * ARTICLE.gradient_at(minimum + off)
        left = 1.0 - 0.0034 if rate == 0.01 else -1.13
        np.testing.assert_allclose(after, left * off, atol=1e-3)


def test_adams_limit_is_that_of_its_scaled_curvature() -> None:
    run = article("adam", 0.05)
    simulation = Simulation(ARTICLE, [run])
    simulation.advance(50)
    (lane,) = simulation.lanes()
    state = {key: value[:, 0] for key, value in (lane.state or {}).items() if key != "scratch"}
    curvature = curvature_at(ARTICLE, lane.theta)
    scale = np.sqrt(state["square"] / (1.0 - 0.999**50)) + 1e-8
    assert curvature is not None
    steepest = float(np.linalg.eigvals(np.diag(1.0 / scale) @ curvature.hessian).real.max())
    limit = 2.0 * 1.9 / 0.1 / steepest
    assert scaled_limit(run, curvature, state, 50) == pytest.approx(limit, rel=1e-9)


@pytest.mark.parametrize("kappa", [10.0, 400.0, 998.0, 3e4])
def test_the_fastest_rate_is_that_of_a_narrow_valley_too(kappa: float) -> None:
    """Of κ = 998 it is 2/999 = 0.002002; cut to 0.002 it would be slower, of 10³ the critical."""
    valley = make_problem("ravine", None, {"kappa": kappa})
    run = make_run(valley, "gd", {"lr": 1e-3})
    rate = preset_rate(valley, run, np.array([-2.5, 1.0]), Preset.FASTEST) or 0.0
    left = max(abs(1.0 - rate), abs(1.0 - rate * kappa))
    assert np.log(left) == pytest.approx(np.log((kappa - 1.0) / (kappa + 1.0)), rel=0.02)


def test_the_presets_are_what_they_are_called() -> None:
    theta, values = np.zeros(2), np.linalg.eigvalsh(SINGLE.mean(axis=0))
    rates = {one: preset_rate(ARTICLE, article("gd", 0.01), theta, one) for one in Preset}
    assert rates[Preset.SAFE] == pytest.approx(1.0 / values[1], rel=5e-3)
    assert rates[Preset.FASTEST] == pytest.approx(2.0 / values.sum(), rel=5e-3)
    assert "crawls" in told(article("gd", rates[Preset.TOO_SMALL] or 0.0))
    assert "diverges" in told(article("gd", rates[Preset.TOO_LARGE] or 0.0))
    assert preset_rate(ARTICLE, article("adam", 0.01), theta, Preset.SAFE) is None
    drawn = article("sgd", 0.01, "constant", None, Sampling(1, "random", 0))
    assert (preset_rate(ARTICLE, drawn, theta, Preset.SAFE) or 1.0) <= 0.0542 / 2.0


@pytest.mark.parametrize(
    ("problem", "name", "settings", "start"),
    [
        ("article", "gd", {"lr": 0.09}, None),
        ("article", "gd", {"lr": 1000.0}, None),
        ("rosenbrock", "gd", {"lr": 0.01}, None),
        ("himmelblau", "momentum", {"lr": 0.0292, "momentum": 0.99}, (0.98, 1.41)),
        ("beale", "gd", {"lr": 0.5}, None),
    ],
)
def test_each_remedy_keeps_the_run_within_its_limit(
    problem: str, name: str, settings: dict[str, Any], start: tuple[float, ...] | None
) -> None:
    made = make_problem(problem)
    run = make_run(made, name, settings, start=start)
    remedies = remedies_for(made, run, 300)
    assert [remedy.name for remedy in remedies][:1] == ["learning_rate"]
    for remedy in remedies:
        simulation = Simulation(made, [with_remedy(run, remedy)])
        before = float(simulation.loss[0])
        assert np.isfinite(simulation.advance(300).loss).all()
        assert float(simulation.loss[0]) < before
    assert made.is_quadratic is (problem == "article")
    assert not (made.is_quadratic and len(remedies) > 1)


def test_raw_house_prices_are_to_be_standardised() -> None:
    rng = np.random.default_rng(0)
    area, rooms = rng.uniform(50.0, 250.0, 40), rng.integers(1, 7, 40).astype(float)
    from gdsim.api import prepare

    problem, run, _ = prepare(
        "linear", "gd", lr=0.1, data=(np.array([area, rooms]).T, 3.0 * area + 10.0 * rooms)
    )
    named = [remedy.name for remedy in remedies_for(problem, run, 300)]
    assert "standardise" in named


# The plan


@pytest.mark.parametrize("schedule", [one.name for one in SCHEDULES])
def test_dragged_to_a_rate_the_peak_is_that_rate(schedule: str) -> None:
    run = article("gd", 0.01, schedule)
    base = base_for_peak(run, 1000, 0.03)
    assert plan_of(article("gd", base, schedule), 1000).peak == pytest.approx(0.03, rel=1e-6)


@pytest.mark.parametrize(
    ("formula", "start"), [("-x^2", (1.0,)), ("x^3", (-1.0,)), ("x y", (1.0, 0.5)), (None, None)]
)
def test_nothing_helps_where_the_loss_has_no_lower_bound(
    formula: str | None, start: tuple[float, ...] | None
) -> None:
    """A lower rate would fall too, only later."""
    problem = make_problem("saddle")
    if formula is not None:
        problem = make_problem("expression", None, {"expression": formula})
    run = make_run(problem, "gd", {"learning_rate": 0.1}, start=start)
    assert not remedies_for(problem, run, 5000)


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "newton"])
@pytest.mark.parametrize(
    ("schedule", "settings"),
    [("warmup_cosine", {"warmup_steps": 1}), ("warmup_cosine", {"warmup_steps": 50}),
     ("linear", {"start_factor": 0.0, "end_factor": 0.0})],
)  # fmt: skip
def test_a_rate_of_0_is_said_to_be_0(
    method: str, schedule: str, settings: dict[str, float]
) -> None:
    """It crawls no part of a limit."""
    problem = make_problem("article")
    run = make_run(problem, method, {"lr": 0.1}, schedule=schedule, schedule_settings=settings)
    told = str(forecast(problem, run, np.zeros(2), 1))
    assert told == "The rate is 0: the slope moves nothing."
