"""Seconds for 10,000 Adam runs × 1000 steps on the article's problem, side by side; and a big grid.

    python -m tests.benchmarks.bench_sweep

What is not installed is left out. Each run has a learning rate of its own; the frameworks return
the last parameters, gdsim also the last loss, whether each run diverged, and when it settled.
Rounds take turns, so that whatever else the machine does meets all alike.
"""

from __future__ import annotations

import importlib.util
import os
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.sweep.grid import make_grid
from gdsim.engine.sweep.judge import Goal
from gdsim.runtime.sweeping import cores, run_sweep

RUNS, STEPS, ROUNDS = 10_000, 1000, 12
RATES = np.geomspace(1e-4, 1.0, RUNS)
X, Y = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.0, 3.0, 5.0, 7.0, 11.0])


def gdsim_sweep(jobs: int | None, goal: Goal) -> Callable[[], Any]:
    problem = make_problem("article")
    grid = make_grid(problem, make_run(problem, "adam"), {"lr": f"log:1e-4:1:{RUNS}"})
    return lambda: run_sweep(grid, STEPS, goal, jobs=jobs).theta


def numpy_loop() -> Any:
    """Adam written out, in place, on one core: what NumPy alone costs."""
    theta, gradient, mean, square, scratch = (np.zeros((2, RUNS)) for _ in range(5))
    for t in range(1, STEPS + 1):
        error = theta[0] + theta[1] * 3.0 - 5.6
        gradient[0] = 2.0 * error
        gradient[1] = 2.0 * (error * 3.0 + theta[1] * 2.0 - 4.4)
        mean *= 0.9
        mean += np.multiply(gradient, 0.1, out=scratch)
        square *= 0.999
        np.multiply(gradient, gradient, out=scratch)
        scratch *= 0.001
        square += scratch
        np.sqrt(square, out=scratch)
        scratch /= np.sqrt(1.0 - 0.999**t)
        scratch += 1e-8
        np.divide(mean, scratch, out=scratch)
        scratch *= RATES / (1.0 - 0.9**t)
        theta -= scratch
    return theta


def optax_vmap() -> Callable[[], Any]:
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax  # type: ignore[import-not-found] # brought by hand
    import jax.numpy as jnp  # type: ignore[import-not-found] # brought by hand
    import optax  # type: ignore[import-not-found] # brought by hand

    jax.config.update("jax_enable_x64", True)
    x, y, rates = jnp.array(X), jnp.array(Y), jnp.array(RATES)
    gradient = jax.grad(lambda theta: ((y - (theta[0] + theta[1] * x)) ** 2).mean())

    def run(rate: Any) -> Any:
        optimizer = optax.adam(rate)

        def step(carry: Any, _: Any) -> Any:
            theta, state = carry
            updates, state = optimizer.update(gradient(theta), state, theta)
            return (optax.apply_updates(theta, updates), state), None

        start = jnp.zeros(2)
        return jax.lax.scan(step, (start, optimizer.init(start)), None, length=STEPS)[0][0]

    together = jax.jit(jax.vmap(run))
    return lambda: np.asarray(together(rates)).T


def torch_batch() -> Callable[[], Any]:
    import torch  # type: ignore[import-not-found] # brought by hand

    rates = torch.tensor(RATES)

    def loop() -> Any:
        theta, mean, square = (torch.zeros(2, RUNS, dtype=torch.float64) for _ in range(3))
        gradient = torch.empty_like(theta)
        for t in range(1, STEPS + 1):
            error = theta[0] + theta[1] * 3.0 - 5.6
            torch.mul(error, 2.0, out=gradient[0])
            gradient[1] = 2.0 * (error * 3.0 + theta[1] * 2.0 - 4.4)
            mean.lerp_(gradient, 0.1)
            square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            root = square.sqrt().div_((1.0 - 0.999**t) ** 0.5).add_(1e-8)
            theta.sub_(mean.div(root).mul_(rates / (1.0 - 0.9**t)))
        return theta.numpy()

    return loop


def race(works: dict[str, Callable[[], Any]]) -> None:
    """Print the best of the rounds, and how many times longer than gdsim's each took."""
    results = {title: np.asarray(run()) for title, run in works.items()}
    first = next(iter(results.values()))
    for title, theta in results.items():
        assert np.allclose(theta, first, rtol=1e-9, atol=1e-9), title
    seconds: dict[str, list[float]] = {title: [] for title in works}
    for _ in range(ROUNDS):
        for title, run in works.items():
            time.sleep(0.05)  # until the threads of the one before have gone to sleep
            began = time.perf_counter()
            run()
            seconds[title].append(time.perf_counter() - began)
    base = seconds[next(iter(works))]
    print(f"{RUNS:,} Adam runs × {STEPS} steps: best, median, and medians as shares of the first")
    for title, times in seconds.items():
        share = np.median(times) / np.median(base)
        print(f"  {title:<34}{min(times):7.3f} s{np.median(times):8.3f} s{share:8.2f} ×")


def large_grid() -> None:
    """A million runs × 500 steps: how long, and how much memory above the results."""
    problem = make_problem("article")
    grid = make_grid(
        problem, make_run(problem, "momentum"),
        {"lr": "log:1e-3:1:1000", "momentum": "lin:0:0.999:1000"},
    )  # fmt: skip
    began = time.perf_counter()
    run_sweep(grid, 500, Goal(tolerance=0.05))
    took = time.perf_counter() - began
    tracemalloc.start()
    outcomes = run_sweep(grid, 20, Goal(tolerance=0.05))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    kept = sum(a.nbytes for a in (outcomes.settled, outcomes.diverged, outcomes.loss))
    kept += outcomes.theta.nbytes
    print(f"1000 × 1000 momentum runs × 500 steps: {took:.1f} s")
    print(f"  results {kept / 1e6:.0f} MB, at most {(peak - kept) / 1e6:.0f} MB more on the way")


def main() -> None:
    """Print the tables."""
    goal = Goal(tolerance=0.05)
    works: dict[str, Callable[[], Any]] = {
        f"gdsim, {cores()} threads": gdsim_sweep(cores(), goal),
        "gdsim, 1 thread": gdsim_sweep(1, goal),
        "NumPy by hand, 1 thread": numpy_loop,
    }
    if importlib.util.find_spec("optax"):
        works["optax, vmap + scan, compiled"] = optax_vmap()
    if importlib.util.find_spec("torch"):
        works["torch, batched by hand"] = torch_batch()
    race(works)
    large_grid()


if __name__ == "__main__":
    main()
