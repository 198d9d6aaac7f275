"""A fair race against sweeps by plain NumPy loops: same best steps, same widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gdsim.engine.arrival import arrival
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.problems.network import Network
from gdsim.engine.race.race import Race, make_race
from gdsim.engine.race.rates import Rates, read_rates, usual_rates
from gdsim.engine.race.score import Scores
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.sentences import Fault
from gdsim.engine.sweep.pieces import Cancelled
from gdsim.engine.sweep.words import accounts_at
from gdsim.runtime import racing
from gdsim.runtime.racing import run_race

Array = NDArray[np.float64]
Slope = Callable[[Array], Array]
Loss = Callable[[Array], Array]


# The same by hand: three methods and four losses, all rates side by side, a plain loop over steps.


def descent(slope: Slope, theta: Array, rate: Array) -> Iterator[Array]:
    while True:
        yield theta
        theta = theta - rate * slope(theta)


def heavy_ball(slope: Slope, theta: Array, rate: Array) -> Iterator[Array]:
    v = np.zeros_like(theta)
    while True:
        yield theta
        v = 0.9 * v + slope(theta)
        theta = theta - rate * v


def adam(slope: Slope, theta: Array, rate: Array) -> Iterator[Array]:
    m, v, k = np.zeros_like(theta), np.zeros_like(theta), 0
    while True:
        yield theta
        k += 1
        g = slope(theta)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta = theta - rate * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)


METHODS = {"gd": descent, "momentum": heavy_ball, "adam": adam}


def ravine() -> tuple[Loss, Slope]:
    return (
        lambda t: 0.5 * (t[0] ** 2 + 100 * t[1] ** 2),
        lambda t: np.stack([t[0], 100 * t[1]]),
    )


def rosenbrock() -> tuple[Loss, Slope]:
    def slope(t: Array) -> Array:
        x, y = t
        return np.stack([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])

    return lambda t: (1 - t[0]) ** 2 + 100 * (t[1] - t[0] ** 2) ** 2, slope


def article() -> tuple[Loss, Slope]:
    x, y = np.array([[1.0], [2], [3], [4], [5]]), np.array([[2.0], [3], [5], [7], [11]])

    def slope(t: Array) -> Array:
        off = t[0] + t[1] * x - y
        return np.stack([2 * off.mean(axis=0), 2 * (off * x).mean(axis=0)])

    return lambda t: np.asarray(np.mean((t[0] + t[1] * x - y) ** 2, axis=0)), slope


def network() -> tuple[Loss, Slope]:
    """One hidden layer of 8 tanh units on the samples of the default network."""
    problem = make_problem("network")
    assert isinstance(problem, Network)
    x, y = problem.data.x[0], problem.data.y[:, None]
    z = ((x - x.mean()) / x.std())[:, None]

    def forward(t: Array) -> tuple[Array, Array]:
        """Of units (8, samples, rates), and ŷ (samples, rates)."""
        hidden = np.tanh(t[:8, None] * z + t[8:16, None])
        return hidden, (t[16:24, None] * hidden).sum(axis=0) + t[24]

    def slope(t: Array) -> Array:
        hidden, fitted = forward(t)
        off = 2 * (fitted - y) / len(y)
        back = t[16:24, None] * (1 - hidden**2) * off
        sums = [(back * z).sum(axis=1), back.sum(axis=1), (hidden * off).sum(axis=1)]
        return np.concatenate([*sums, off.sum(axis=0)[None]])

    return lambda t: np.asarray(np.mean((forward(t)[1] - y) ** 2, axis=0)), slope


LOSSES = {"quadratic": ravine, "rosenbrock": rosenbrock, "article": article, "network": network}


def losses_of(name: str, method: str, rates: Array, steps: int) -> Array:
    """J (steps + 1, rates) from the problem's own start."""
    loss, slope = LOSSES[name]()
    start = np.repeat(np.array(make_problem(name).start)[:, None], len(rates), axis=1)
    with np.errstate(all="ignore"):
        way = METHODS[method](slope, start, rates)
        return np.array([loss(theta) for theta in islice(way, steps + 1)])


def stays_from(inside: NDArray[np.bool_]) -> float:
    """The first step from which on all are inside, for 16 steps and a twentieth of the way."""
    last = len(inside) - 1
    off = np.flatnonzero(~inside)
    first = int(off[-1]) + 1 if len(off) else 0
    return first if first == 0 or last - first >= max(16, first // 20) else np.inf


def by_hand(losses: Array, line: float, decades: float) -> tuple[float, float]:
    """(best steps, width): each rate whose steps are at most twice the best counts once."""
    arrived = np.array([stays_from(column <= line) for column in losses.T])
    best = arrived.min()
    return best, int((arrived <= 2 * best).sum()) * decades


def raced(problem: Problem, names: tuple[str, ...], steps: int, **how: Any) -> Scores:
    start = how.pop("start", None)
    runs = [make_run(problem, name, start=start) for name in names]
    return run_race(make_race(problem, runs, steps, **how))


def table(scores: Scores) -> dict[str, tuple[int | None, float | None]]:
    return {score.optimizer: (score.steps, score.width_decades) for score in scores.runs}


ALL = ("gd", "momentum", "adam")


@pytest.mark.parametrize(
    ("name", "steps", "low", "high"),
    [("article", 600, -3, 1), ("quadratic", 800, -3, 1), ("rosenbrock", 2500, -4, 1)],
)
def test_best_steps_and_widths_are_those_of_plain_loops(
    name: str, steps: int, low: int, high: int
) -> None:
    problem = make_problem(name)
    rates = np.geomspace(10.0**low, 10.0**high, 20 * (high - low) + 1)
    scores = raced(problem, ALL, steps)
    line = 0.57 if name == "article" else 0.01
    for method in ALL:
        expected = by_hand(losses_of(name, method, rates, steps), line, 0.05)
        assert table(scores)[method] == pytest.approx(expected)


def test_where_no_minimum_is_known_the_line_is_above_the_least_that_is_found() -> None:
    problem, steps, methods = make_problem("network"), 250, ALL
    rates = np.geomspace(1e-3, 1.0, 31)
    losses = {method: losses_of("network", method, rates, steps) for method in methods}
    least = min(float(np.nanmin(each[-1])) for each in losses.values())
    scores = raced(problem, methods, steps, rates=read_rates("log:1e-3:1:31"), tolerance=0.03)
    assert scores.is_found
    assert scores.least == pytest.approx(least, rel=1e-6)
    for method in methods:
        expected = by_hand(losses[method], least + 0.03, 0.1)
        assert table(scores)[method] == pytest.approx(expected)


def test_the_demonstration_of_the_window() -> None:
    """The article's points, 81 rates from 0.001 to 10: nearly equal at their best, not in width."""
    scores = raced(make_problem("article"), ALL, 1000)
    assert scores.race.rates == Rates(0.001, 10.0, 81)
    assert table(scores) == {"gd": (69, 0.35), "adam": (72, 1.85), "momentum": (76, 1.7)}
    gd, momentum, adam_ = scores.runs
    assert [score.is_cut for score in scores.runs] == [False, False, True]
    assert (gd.lr_before, gd.steps_before, gd.outcome) == (0.01, 548, "converged")
    assert (momentum.run, momentum.steps_before) == (momentum.before, 76)
    assert adam_.best_lr == pytest.approx(10**-0.4)


def test_the_known_race_on_the_ravine() -> None:
    """Within 0.05 of the minimum, as measured by other loops over another grid of rates."""
    scores = raced(
        make_problem("quadratic"), (*ALL, "nesterov"), 2000, distance=0.05, refine=20,
        start=(-2.5, 1.0),
    )  # fmt: skip
    known = {"gd": (201, 0.30), "momentum": (58, 1.18), "adam": (61, 1.45), "nesterov": (52, 0.67)}
    for method, (steps, width) in table(scores).items():
        assert steps == pytest.approx(known[method][0], rel=0.025)
        assert width == pytest.approx(known[method][1], abs=0.05)


def test_each_rates_steps_are_where_the_window_says_that_it_stays() -> None:
    problem = make_problem("beale")
    (score,) = raced(problem, ("adam",), 700, rates=read_rates("log:1e-3:1:25")).runs
    runs = [make_run(problem, "adam", {"learning_rate": rate}) for rate in score.rates.tolist()]
    accounts = accounts_at(problem, runs, 700, None)
    told = [arrival(account.history.trace(), 0.0) for account in accounts]
    assert [None if steps < 0 else steps for steps in score.arrivals.tolist()] == told
    assert None in told
    assert score.steps in told


def test_no_number_depends_on_the_threads() -> None:
    one, three = (
        run_race(small(), jobs=jobs, breathe=lambda: None) for jobs in (1, 3)
    )  # fmt: skip
    for alone, beside in zip(one.runs, three.runs, strict=True):
        assert (alone.run, alone.steps, alone.verdict) == (beside.run, beside.steps, beside.verdict)
        np.testing.assert_array_equal(alone.arrivals, beside.arrivals)


def small(problem: str = "network", **how: Any) -> Race:
    made = make_problem(problem)
    runs = [make_run(made, name, sampling=Sampling(3, seed=7)) for name in ("sgd", "adam")]
    rates = read_rates("log:0.01:1:9")
    return make_race(made, runs, 40, **{"tolerance": 0.5, "rates": rates, "refine": 5, **how})


def test_progress_goes_up_to_the_end_and_a_race_can_be_cancelled() -> None:
    shares: list[float] = []

    def report(share: float) -> bool:
        shares.append(share)
        return True

    run_race(small(), report=report)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    with pytest.raises(Cancelled):
        run_race(small(), report=lambda share: share < 0.5)


def test_it_can_be_cancelled_while_the_best_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last sweep each best run is gone through once more, which may take long."""
    monkeypatch.setattr(racing, "POLL_SECONDS", 0.0)
    whole: list[float] = []

    def report(share: float) -> bool:
        whole.extend([share] if share == 1.0 else [])
        return len(whole) < 3

    with pytest.raises(Cancelled):
        run_race(small(), report=report)


def test_a_run_that_lacks_the_second_field_gets_as_many_rates() -> None:
    scores = raced(
        make_problem("article"), ("gd", "momentum"), 400, field="momentum=0,0.5,0.9",
        rates=read_rates("log:1e-3:1:31"),
    )  # fmt: skip
    gd, momentum = scores.runs
    assert [grid.size for grid in scores.race.grids] == [91, 93]
    assert (len(gd.rates), len(momentum.rates)) == (91, 31)
    # Of three values of β one is the best; its row of rates alone makes the width.
    alone = {
        beta: raced(
            make_problem("article"), ("momentum",), 400, field=f"momentum={beta}",
            rates=read_rates("log:1e-3:1:31"),
        ).runs[0]
        for beta in (0.0, 0.5)
    }  # fmt: skip
    assert momentum.steps == min(score.steps or 999 for score in alone.values())
    assert momentum.run.settings.momentum == 0.5  # type: ignore[attr-defined] # momentum's own
    np.testing.assert_array_equal(momentum.arrivals, alone[0.5].arrivals)
    assert (momentum.field_value, gd.field_value) == (0.5, None)


def test_words_are_a_second_field_too() -> None:
    problem = make_problem("article")
    (score,) = raced(problem, ("sgd",), 50, field="sampling", tolerance=3.0).runs
    assert score.run.sampling.sampling in ("shuffle", "cyclic", "random")


def test_a_run_that_is_best_as_it_is_stays_so() -> None:
    problem = make_problem("article")
    run = make_run(problem, "gd", {"learning_rate": 0.0805})
    (score,) = run_race(make_race(problem, [run], 300)).runs
    assert (score.run, score.steps, score.steps_before) == (run, 68, 68)
    (score,) = run_race(make_race(problem, [run], 300, rates=read_rates("log:1e-3:1e-2:5"))).runs
    assert (score.run, score.width_decades) == (run, 0.0)


def test_where_no_rate_gets_there_the_least_loss_is_the_best() -> None:
    (score,) = raced(make_problem("article"), ("gd",), 20).runs
    assert (score.steps, score.width_decades, score.outcome) == (None, None, "moving")
    ends = losses_of("article", "gd", score.rates, 20)[-1]
    assert score.best_lr == score.rates[np.nanargmin(ends)]


@pytest.mark.parametrize(
    ("problem", "names", "ends"),
    [
        ("article", ALL, (1e-3, 10.0)),
        ("rosenbrock", ALL, (1e-4, 10.0)),  # λmax is 1506 at the start
        ("expression", ("gd",), (1e-3, 1e6)),
    ],
)
def test_the_usual_rates_hold_the_critical_one(
    problem: str, names: tuple[str, ...], ends: tuple[float, float]
) -> None:
    settings = {"expression": "1e-5 x^2"} if problem == "expression" else None
    made = make_problem(problem, None, settings)
    rates = usual_rates(made, [make_run(made, name) for name in names])
    assert (rates.low, rates.high) == ends
    assert rates.decades == pytest.approx(0.05)


def test_the_usual_rates_reach_as_far_as_a_method_that_moves_by_them_must_go() -> None:
    x = np.array([[60.0, 90.0, 120.0, 200.0]])
    made = make_problem("linear", (x[0], 1000.0 * x[0] + 5e4))
    start = {name: usual_rates(made, [make_run(made, name)]) for name in ("gd", "adam")}
    assert start["gd"].low <= 1e-5
    assert (start["gd"].high, start["adam"].high) == (10.0, 1e5)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"tolerance": 0.0}, "greater than zero"),
    ({"tolerance": 0.1, "loss": 0.1}, "one of"),
    ({"distance": 0.1}, "target loss instead"),
    ({"loss": float("nan")}, "finite"),
    ({"field": "momentun"}, "momentum"),
    ({"field": "start"}, "field to tune"),
    ({"field": "optimizer"}, "field to tune"),
    ({"field": "beta1=2"}, "beta1"),
    ({"field": "beta1=lin:0:0.9:1001"}, "1,000"),
    ({"runs": []}, "at least one"),
]


@pytest.mark.parametrize(("how", "told"), BAD)
def test_what_makes_no_sense_is_said_in_a_sentence(how: dict[str, Any], told: str) -> None:
    problem = make_problem("network")
    runs: list[Run] = [make_run(problem, name) for name in ("momentum", "adam")]
    with pytest.raises(Fault, match=told):
        make_race(problem, **{"runs": runs, "steps": 100, **how})


@pytest.mark.parametrize(
    "text", ["", "lr", "lin:1:2:3", "log:1:2", "log:0:1:9", "log:2:1:9", "log:1:2:2", "log:1:inf:5",
             "log:1:2:2.5", "log:1:2:x", "log:nan:2:9", "log:1:2:100000"],
)  # fmt: skip
def test_rates_are_a_range(text: str) -> None:
    with pytest.raises(Fault, match="log:LOW:HIGH:COUNT"):
        read_rates(text)


def test_a_loss_that_falls_without_end_needs_a_target() -> None:
    with pytest.raises(Fault, match="target loss"):
        raced(make_problem("saddle"), ALL, 300)
    gd = raced(make_problem("saddle"), ("gd",), 300, loss=-1.0).runs[0]
    assert (gd.outcome, gd.steps is not None) == ("unbounded", True)
