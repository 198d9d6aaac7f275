"""Microseconds of a gradient on every problem, for 1 run and for many, and what a lane costs.

python -m tests.benchmarks.bench_problems
"""

from __future__ import annotations

import time

import numpy as np

from gdsim.engine.problems import PROBLEMS, Problem, make_problem

LANES = 10_000
SECONDS = 0.3
VARIANTS: tuple[tuple[str, dict[str, object]], ...] = (
    *((cls.name, {}) for cls in PROBLEMS),
    ("linear", {"columns": 3}),
    ("linear", {"columns": 8}),
    ("linear", {"loss": "huber"}),
    ("logistic", {"columns": 3}),
    ("network", {"hidden": "8, 8"}),
    ("ravine", {"angle": 30.0}),
)


def microseconds(problem: Problem, lanes: int) -> float:
    """The median time of one gradient."""
    theta = np.repeat(np.array(problem.start)[:, None], lanes, axis=1)
    theta += 0.01 * np.random.default_rng(0).normal(size=theta.shape)
    out, times = np.empty_like(theta), []
    ends = time.perf_counter() + SECONDS
    while time.perf_counter() < ends:
        began = time.perf_counter()
        problem.gradient(theta, out)
        times.append(time.perf_counter() - began)
    return 1e6 * float(np.median(times))


def main() -> None:
    """Print one line a problem."""
    print(f"{'problem':<34}{'1 run':>10}{f'{LANES:,} runs':>16}{'ns a lane':>12}")
    for name, chosen in VARIANTS:
        problem = make_problem(name, None, chosen)
        one, many = (microseconds(problem, lanes) for lanes in (1, LANES))
        words = " ".join([name, *(f"{key}={value}" for key, value in chosen.items())])
        print(f"{words:<34}{one:>8.1f}µs{many:>14,.0f}µs{1e3 * many / LANES:>12,.1f}")


if __name__ == "__main__":
    main()
