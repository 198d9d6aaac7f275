"""Microseconds a step, side by side: one run × 1000 steps on the article's problem, all recorded.

    python -m tests.benchmarks.bench_step

What is not installed is left out. The frameworks take the same steps from the same start.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.engine.simulation import Simulation

STEPS = 1000
X, Y = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.0, 3.0, 5.0, 7.0, 11.0])
AFTER_1000 = (-0.949448893427, 2.185998154069)
FIT_STEPS = 20


def article_loop() -> Any:
    """The loop of the article: sums over the arrays, the parameters of each step kept."""
    theta_0 = theta_1 = 0.0
    count, history = len(X), []
    for _ in range(STEPS):
        error = theta_0 + theta_1 * X - Y
        gradient_0 = (2 / count) * np.sum(error)
        gradient_1 = (2 / count) * np.sum(error * X)
        theta_0 -= 0.01 * gradient_0
        theta_1 -= 0.01 * gradient_1
        history.append((theta_0, theta_1))
    return history[-1]


def gdsim_run(name: str) -> Callable[[], Any]:
    problem = make_problem("article")
    run = make_run(problem, name, {"learning_rate": 0.01})
    return lambda: Simulation(problem, [run]).advance(STEPS).theta[-1, :, 0]


def torch_loop(name: str) -> Callable[[], Any]:
    import torch  # type: ignore[import-not-found] # brought by hand

    torch.set_num_threads(1)
    x, y = torch.tensor(X), torch.tensor(Y)

    def loop() -> Any:
        theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        make = torch.optim.SGD if name == "gd" else torch.optim.Adam
        optimizer, history = make([theta], lr=0.01), []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = ((y - (theta[0] + theta[1] * x)) ** 2).mean()
            loss.backward()
            optimizer.step()
            history.append(theta.detach().clone())
        return history[-1].numpy()

    return loop


def optax_scan(name: str) -> Callable[[], Any]:
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax  # type: ignore[import-not-found] # brought by hand
    import jax.numpy as jnp  # type: ignore[import-not-found] # brought by hand
    import optax  # type: ignore[import-not-found] # brought by hand

    jax.config.update("jax_enable_x64", True)
    optimizer = optax.sgd(0.01) if name == "gd" else optax.adam(0.01)
    x, y = jnp.array(X), jnp.array(Y)
    gradient = jax.grad(lambda theta: ((y - (theta[0] + theta[1] * x)) ** 2).mean())

    def step(carry: Any, _: Any) -> Any:
        theta, state = carry
        updates, state = optimizer.update(gradient(theta), state, theta)
        theta = optax.apply_updates(theta, updates)
        return (theta, state), theta

    @jax.jit  # type: ignore[untyped-decorator] # jax has no types
    def scan(theta: Any) -> Any:
        return jax.lax.scan(step, (theta, optimizer.init(theta)), None, length=STEPS)[1]

    began = time.perf_counter()
    scan(jnp.zeros(2)).block_until_ready()
    print(f"  (optax {name}: {1e3 * (time.perf_counter() - began):.0f} ms to compile)")
    return lambda: np.asarray(scan(jnp.zeros(2)))[-1]


def keras_fit(name: str) -> Callable[[], Any]:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras  # type: ignore[import-not-found] # brought by hand

    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    make = keras.optimizers.SGD if name == "gd" else keras.optimizers.Adam
    model.compile(optimizer=make(0.01), loss="mse")
    model.fit(X[:, None], Y[:, None], batch_size=5, epochs=2, verbose=0)

    def fit() -> Any:
        model.fit(X[:, None], Y[:, None], batch_size=5, epochs=FIT_STEPS, verbose=0)

    return fit


def microseconds(work: Callable[[], Any], steps: int = STEPS, repeats: int = 15) -> float:
    """The best of some repeats: what it costs where nothing else disturbs."""
    work()
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return 1e6 * best / steps


def main() -> None:
    """Print the table."""
    for name, result in (("article", article_loop()), ("gdsim", gdsim_run("gd")())):
        assert np.allclose(result, AFTER_1000, rtol=1e-12), name
    print("µs a step: one run × 1000 steps on the article's problem, every step recorded")
    rows: list[tuple[str, float]] = [("the article's loop", microseconds(article_loop))]
    frameworks = {"torch": torch_loop, "optax": optax_scan, "keras": keras_fit}
    titles = {"torch": "torch eager", "optax": "optax jit + scan", "keras": "keras.fit"}
    for name in ("gd", "adam"):
        rows.append((f"gdsim {name}", microseconds(gdsim_run(name))))
        for framework, make in frameworks.items():
            if importlib.util.find_spec(framework) is None:
                continue
            fit = framework == "keras"
            cost = microseconds(make(name), FIT_STEPS if fit else STEPS, 3 if fit else 5)
            rows.append((f"{titles[framework]} {name}", cost))
    for title, cost in rows:
        print(f"  {title:<24}{cost:12.2f}")
    print("gdsim, every optimizer:")
    for cls in OPTIMIZERS:
        print(f"  {cls.name:<24}{microseconds(gdsim_run(cls.name)):12.2f}")


if __name__ == "__main__":
    main()
