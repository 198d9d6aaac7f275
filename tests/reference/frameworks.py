"""The frameworks themselves, asked for trajectories and rates in float64."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # type: ignore[import-not-found] # brought by hand
import jax.numpy as jnp  # type: ignore[import-not-found] # brought by hand
import keras  # type: ignore[import-not-found] # brought by hand
import numpy as np
import optax  # type: ignore[import-not-found] # brought by hand
import torch  # type: ignore[import-not-found] # brought by hand

from tests.reference.cases import DECAY, STARTS, STEPS, Case

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")

__all__ = ["jnp", "keras", "optax", "torch", "trajectory", "versions"]

ULP = 2.0**-52
X, Y = (1.0, 2.0, 3.0, 4.0, 5.0), (2.0, 3.0, 5.0, 7.0, 11.0)


def loss(problem: str, theta: Any) -> Any:
    """J as a framework's array program."""
    a, b = theta[0], theta[1]
    if problem == "article":
        return sum((y - (a + b * x)) ** 2 for x, y in zip(X, Y, strict=True)) / len(X)
    if problem == "rosenbrock":
        return (1 - a) ** 2 + 100 * (b - a**2) ** 2
    return sum((c - a + a * b**i) ** 2 for i, c in ((1, 1.5), (2, 2.25), (3, 2.625)))


def rates_of(case: Case) -> list[float]:
    return [case.lr * DECAY**k if case.decaying else case.lr for k in range(STEPS + 1)]


def trajectory(case: Case, seed: int = 0) -> np.ndarray:
    """(STEPS + 1, 2): the parameters after each update.

    With a seed every parameter is moved by up to one unit in the last place after each update.
    """
    run = {"pytorch": _torch_run, "keras": _keras_run, "optax": _optax_run}[case.convention]
    jitter = np.ones((STEPS, 2))
    if seed:
        jitter += np.random.default_rng(seed).integers(-1, 2, (STEPS, 2)) * ULP
    return run(case, STARTS[case.problem], jitter)


def _torch_optimizer(case: Case, parameters: list[Any]) -> Any:
    s, names = dict(case.settings), torch.optim
    betas = {"betas": (s.pop("beta1", 0.9), s.pop("beta2", 0.999))}
    if case.optimizer == "rprop":
        if s:
            s = {
                "etas": (s["eta_minus"], s["eta_plus"]),
                "step_sizes": (s["step_min"], s["step_max"]),
            }
        return names.Rprop(parameters, lr=case.lr, **s)
    renamed = {"initial_accumulator": "initial_accumulator_value", "rho": "alpha"}
    if case.optimizer == "adadelta":
        del renamed["rho"]
    s = {renamed.get(key, key): value for key, value in s.items()}
    make: dict[str, Callable[..., Any]] = {
        "gd": names.SGD,
        "sgd": names.SGD,
        "adagrad": names.Adagrad,
        "rmsprop": names.RMSprop,
        "adadelta": names.Adadelta,
        "asgd": names.ASGD,
    }
    if case.optimizer in make:
        return make[case.optimizer](parameters, lr=case.lr, **s)
    if case.optimizer in ("momentum", "nesterov"):
        s.setdefault("momentum", 0.9)
        nesterov = case.optimizer == "nesterov"
        return names.SGD(parameters, lr=case.lr, nesterov=nesterov, **s)
    adams = {
        "adam": names.Adam,
        "amsgrad": names.Adam,
        "adamw": names.AdamW,
        "adamax": names.Adamax,
        "nadam": names.NAdam,
        "radam": names.RAdam,
    }
    if case.optimizer == "amsgrad":
        s["amsgrad"] = True
    return adams[case.optimizer](parameters, lr=case.lr, **betas, **s)


def _torch_run(case: Case, start: tuple[float, ...], jitter: np.ndarray) -> np.ndarray:
    theta = torch.tensor(start, requires_grad=True)
    optimizer = _torch_optimizer(case, [theta])
    rows = [theta.detach().numpy().copy()]
    for rate, noise in zip(rates_of(case), jitter, strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss(case.problem, theta).backward()
        if case.clip_value:
            torch.nn.utils.clip_grad_value_([theta], case.clip_value)
        if case.clip_norm:
            torch.nn.utils.clip_grad_norm_([theta], case.clip_norm)
        optimizer.step()
        theta.data.mul_(torch.from_numpy(noise))
        rows.append(theta.detach().numpy().copy())
    return np.array(rows)


def _keras_optimizer(case: Case) -> Any:
    names = keras.optimizers
    make = {
        "gd": names.SGD,
        "sgd": names.SGD,
        "momentum": names.SGD,
        "nesterov": names.SGD,
        "adagrad": names.Adagrad,
        "rmsprop": names.RMSprop,
        "adadelta": names.Adadelta,
        "adam": names.Adam,
        "amsgrad": names.Adam,
        "adamw": names.AdamW,
        "adamax": names.Adamax,
        "nadam": names.Nadam,
        "lion": names.Lion,
        "lamb": names.Lamb,
        "schedule_free_adamw": names.ScheduleFreeAdamW,
    }
    renamed = {
        "beta1": "beta_1",
        "beta2": "beta_2",
        "eps": "epsilon",
        "initial_accumulator": "initial_accumulator_value",
    }
    s = {renamed.get(key, key): value for key, value in case.settings.items()}
    if case.optimizer in ("momentum", "nesterov"):
        s = {"momentum": 0.9, "nesterov": case.optimizer == "nesterov", **s}
    if case.optimizer == "amsgrad":
        s["amsgrad"] = True
    return make[case.optimizer](learning_rate=case.lr, **s)


def _keras_run(case: Case, start: tuple[float, ...], jitter: np.ndarray) -> np.ndarray:
    variable = keras.Variable(np.array(start), dtype="float64")
    optimizer = _keras_optimizer(case)
    optimizer.build([variable])
    names = [one.path.split("/")[-1] for one in optimizer.variables]
    place = names.index("learning_rate")
    gradient = jax.grad(lambda theta: loss(case.problem, theta))

    @jax.jit  # type: ignore[untyped-decorator] # jax has no types
    def step(theta: Any, state: list[Any], rate: Any, noise: Any) -> Any:
        state = [rate if i == place else one for i, one in enumerate(state)]
        (after,), state = optimizer.stateless_apply(state, [gradient(theta)], [theta])
        return after * noise, state

    theta, state = jnp.array(start), [one.value for one in optimizer.variables]
    rows = [np.array(theta)]
    fast = [i for i, name in enumerate(names) if name.endswith("momentum")]
    for rate, noise in zip(rates_of(case), jitter, strict=False):
        theta, state = step(theta, state, jnp.array(rate), jnp.array(noise))
        shown = np.array(theta)
        if case.optimizer == "schedule_free_adamw":
            beta = case.settings.get("beta1", 0.9)
            shown = (shown - (1 - beta) * np.array(state[fast[0]])) / beta
        rows.append(shown)
    return np.array(rows)


def _optax_optimizer(case: Case, rate: Any) -> Any:
    s, name = dict(case.settings), case.optimizer
    if name == "lookahead":
        inner = replace(case, optimizer=s.get("inner", "momentum"), settings={})
        made = _optax_optimizer(inner, rate)
        return optax.lookahead(made, s.get("sync_period", 5), s.get("slow_step", 0.5))
    renamed = {
        "beta1": "b1",
        "beta2": "b2",
        "beta3": "b3",
        "initial_accumulator": "initial_accumulator_value",
    }
    if name == "rmsprop":
        renamed["rho"] = "decay"
    s = {renamed.get(key, key): value for key, value in s.items()}
    make = {
        "gd": optax.sgd,
        "sgd": optax.sgd,
        "momentum": optax.sgd,
        "nesterov": optax.sgd,
        "schedule_free_adamw": optax.contrib.schedule_free_adamw,
    }
    if name in ("momentum", "nesterov"):
        s = {"momentum": 0.9, "nesterov": name == "nesterov", **s}
    own = name in ("adamw", "lion", "adan", "lamb", "adadelta", "schedule_free_adamw")
    decay = 0.0 if own else s.pop("weight_decay", 0.0)
    made = (make.get(name) or getattr(optax, name))(learning_rate=rate, **s)
    return optax.chain(optax.add_decayed_weights(decay), made) if decay else made


def _optax_run(case: Case, start: tuple[float, ...], jitter: np.ndarray) -> np.ndarray:
    table = jnp.array(rates_of(case))
    warm = case.settings.get("warmup_steps")
    constant = not case.decaying or warm is not None
    if warm is not None:
        # Its own warm-up would count in float32; the same function from a float64 table.
        table = jnp.array([r * min(k, warm) / warm for k, r in enumerate(rates_of(case))])
        case = Case(
            case.optimizer, case.convention, case.problem, case.lr,
            {k: v for k, v in case.settings.items() if k != "warmup_steps"}, case.decaying,
        )  # fmt: skip
        constant = False
    optimizer = _optax_optimizer(case, case.lr if constant else lambda count: table[count])
    gradient = jax.grad(lambda theta: loss(case.problem, theta))

    @jax.jit  # type: ignore[untyped-decorator] # jax has no types
    def step(theta: Any, state: Any, noise: Any) -> Any:
        updates, state = optimizer.update(gradient(getattr(theta, "fast", theta)), state, theta)
        after = optax.apply_updates(theta, updates)
        return jax.tree.map(lambda array: array * noise, after), state

    theta = jnp.array(start)
    if case.optimizer == "lookahead":
        theta = optax.LookaheadParams.init_synced(theta)
    state = optimizer.init(theta)
    rows = [np.array(start)]
    for noise in jitter:
        theta, state = step(theta, state, jnp.array(noise))
        shown = theta
        if case.optimizer == "schedule_free_adamw":
            shown = optax.contrib.schedule_free_eval_params(state, theta)
        if case.optimizer == "lookahead":
            shown = theta.fast
        rows.append(np.array(shown))
    return np.array(rows)


def versions() -> dict[str, str]:
    """What computed the numbers."""
    return {
        "torch": torch.__version__,
        "keras": keras.__version__,
        "optax": optax.__version__,
        "jax": jax.__version__,
        "numpy": np.__version__,
    }
