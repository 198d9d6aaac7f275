"""What is said of runs that draw samples, which is of a mean: held against 200 seeds of each.

    python -m tests.trials.seeds [SEED [COUNT]]

Random data, method, batch and order, at rates well below and well above the limit that is told;
each begins so far out that noise does not count, and the mean of its squared distance over all
seeds has to fall or to grow as the sentence says. Near the limit few seeds carry the mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.data import Data
from gdsim.engine.forecast import forecast
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampled_limit import sampled_limit
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation
from tests.trials.counting import Counts, run_trial

SEEDS, FAR = 200, 1e6


def drawn(draw: np.random.Generator) -> tuple[Problem, Callable[[float, int], Run]]:
    """A fit of a few points, and how its runs are made of a rate and a seed."""
    size = int(draw.integers(3, 9))
    x = draw.normal(draw.uniform(-2.0, 2.0), draw.uniform(0.5, 2.0), size)
    made = Data(x[None], draw.normal(size=size), ("x",))
    problem = make_problem("linear", made)
    method = str(draw.choice(["sgd", "momentum", "nesterov"]))
    settings = {} if method == "sgd" else {"momentum": float(draw.choice([0.5, 0.9]))}
    batch, order = int(draw.integers(1, 3)), str(draw.choice(["random", "shuffle", "cyclic"]))
    start = tuple((np.array(problem.minima[0]) + FAR).tolist())

    def run(rate: float, seed: int) -> Run:
        sampling = Sampling(batch, order, seed)
        return make_run(
            problem, method, {"lr": rate, **settings}, "constant", None, sampling, None, start
        )

    return problem, run


def squares(problem: Problem, runs: list[Run], steps: int) -> Array:
    """The squared distance from the best fit, averaged over the runs: (steps,)."""
    theta = Simulation(problem, runs, stop_ended=False).advance(steps).theta
    best = np.array(problem.minima[0])
    return np.asarray(((theta - best[None, :, None]) ** 2).sum(axis=1).mean(axis=1))


def trial(seed: int, count: int, say: Callable[[str], None]) -> Counts:
    """How often each sentence was said, and how often 200 seeds spoke against it."""
    draw = np.random.default_rng(seed)
    given: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    while given.total() < count:
        problem, make = drawn(draw)
        limit = sampled_limit(problem, make(1e-3, 0), np.array(problem.start))
        if limit is None:
            continue
        share = float(draw.uniform(0.3, 0.8) if draw.random() < 0.5 else draw.uniform(1.6, 3.0))
        runs = [make(share * limit.rate, one) for one in range(SEEDS)]
        told = forecast(problem, runs[0], np.array(problem.start), 1000)
        given[told.template] += 1
        means = squares(problem, runs, 40 * problem.size)
        if (means[-problem.size :].mean() > means[: problem.size].mean()) is not np.bool_(
            "is below" not in str(told) and "shrink" not in str(told)
        ):
            wrong[told.template] += 1
            say(f"{told} – but {means[0]:.3g} → {means[-1]:.3g} | {runs[0]}")
    return given, wrong


if __name__ == "__main__":
    run_trial(trial, 500)
