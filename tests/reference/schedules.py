"""The frameworks' own schedules, step by step in float64."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from tests.reference.cases import LOSSES, Plan
from tests.reference.frameworks import jnp, keras, optax, torch

# On JAX keras.ops.cos gives float32 for float64; the formulas are wanted in true float64.
keras.src.ops.cos = jnp.cos


def rates(plan: Plan) -> np.ndarray:
    """(length,): the rate of the update from k to k + 1, k = 0 … length − 1."""
    if plan.schedule == "plateau":
        watched = {"pytorch": _torch_plateau, "keras": _keras_plateau, "optax": _optax_plateau}
        return np.array(watched[plan.convention](plan))
    if plan.convention == "pytorch":
        return np.array(_torch_rates(plan))
    schedule = _keras_schedule(plan) if plan.convention == "keras" else _optax_schedule(plan)
    # As float64, since an int32 count makes Optax work in float32.
    return np.array([float(schedule(jnp.array(float(k)))) for k in range(plan.length)])


def _torch_rates(plan: Plan) -> list[float]:
    s, base = plan.settings, plan.base
    names = torch.optim.lr_scheduler
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    if plan.schedule == "step":
        schedule = names.StepLR(optimizer, s["step_size"], s["gamma"])
    elif plan.schedule == "multistep":
        schedule = names.MultiStepLR(optimizer, _steps(s["milestones"]), s["gamma"])
    elif plan.schedule == "exponential":
        schedule = names.ExponentialLR(optimizer, s["gamma"])
    elif plan.schedule == "polynomial":
        schedule = names.PolynomialLR(optimizer, s["decay_steps"], s["power"])
    elif plan.schedule == "linear":
        schedule = names.LinearLR(optimizer, s["start_factor"], s["end_factor"], s["decay_steps"])
    elif plan.schedule == "cosine":
        schedule = names.CosineAnnealingLR(optimizer, s["decay_steps"], s["alpha"] * base)
    elif plan.schedule == "cosine_restarts":
        schedule = names.CosineAnnealingWarmRestarts(
            optimizer, s["first_steps"], int(s.get("t_mult", 1)), s.get("alpha", 0.0) * base
        )
    elif plan.schedule == "one_cycle":
        anneal = {"cos": "cos", "linear": "linear"}[s.get("anneal_strategy", "cos")]
        rest = {k: v for k, v in s.items() if k not in ("total_steps", "anneal_strategy")}
        schedule = names.OneCycleLR(
            optimizer, base, total_steps=s["total_steps"], anneal_strategy=anneal,
            cycle_momentum=False, **rest,
        )  # fmt: skip
    elif plan.schedule == "cyclical":
        schedule = names.CyclicLR(
            optimizer, s["base_fraction"] * base, base, s["step_size_up"],
            s.get("step_size_down"), s.get("mode", "triangular"), s.get("gamma", 1.0),
            cycle_momentum=False,
        )  # fmt: skip
    else:
        d, w = s["d_model"], s["warmup_steps"]
        schedule = names.LambdaLR(
            optimizer, lambda k: d**-0.5 * min((k + 1) ** -0.5, (k + 1) * w**-1.5)
        )
    found = []
    for k in range(plan.length):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if k < plan.length - 1:
            schedule.step()
    return found


def _keras_schedule(plan: Plan) -> Any:
    # As np.float64, since Keras makes float32 of Python floats.
    s, base = plan.settings, np.float64(plan.base)
    names = keras.optimizers.schedules
    if plan.schedule == "multistep":
        steps = _steps(s["milestones"])
        values = [base * s["gamma"] ** n for n in range(len(steps) + 1)]
        return names.PiecewiseConstantDecay([float(step) for step in steps], values)
    if plan.schedule == "exponential":
        return names.ExponentialDecay(base, s["decay_steps"], s["gamma"])
    if plan.schedule == "inverse_time":
        return names.InverseTimeDecay(
            base, s["decay_steps"], s["decay_rate"], s.get("staircase", False)
        )
    if plan.schedule == "polynomial":
        return names.PolynomialDecay(
            base, s["decay_steps"], power=s["power"], cycle=s.get("cycle", False)
        )
    if plan.schedule == "cosine":
        return names.CosineDecay(base, s["decay_steps"], s["alpha"])
    if plan.schedule == "cosine_restarts":
        return names.CosineDecayRestarts(
            base, s["first_steps"], m_mul=s["m_mult"], alpha=s["alpha"]
        )
    return names.CosineDecay(
        np.float64(0.0),
        s["decay_steps"],
        s["alpha"],
        warmup_target=base,
        warmup_steps=s["warmup_steps"],
    )


def _optax_schedule(plan: Plan) -> Any:
    s, base = plan.settings, plan.base
    if plan.schedule == "multistep":
        scales = dict.fromkeys(_steps(s["milestones"]), s["gamma"])
        return optax.piecewise_constant_schedule(base, scales)
    if plan.schedule == "exponential":
        return optax.exponential_decay(base, s["decay_steps"], s["gamma"])
    if plan.schedule == "polynomial":
        return optax.polynomial_schedule(base, s["end_rate"], s["power"], s["decay_steps"])
    if plan.schedule == "linear":
        return optax.linear_schedule(
            base * s["start_factor"], base * s["end_factor"], s["decay_steps"]
        )
    if plan.schedule == "cosine":
        return optax.cosine_decay_schedule(base, s["decay_steps"], s["alpha"])
    if plan.schedule == "warmup_cosine":
        return optax.warmup_cosine_decay_schedule(
            s["start_fraction"] * base, base, s["warmup_steps"], s["decay_steps"],
            s["alpha"] * base,
        )  # fmt: skip
    if plan.schedule == "one_cycle":
        if s.get("anneal_strategy") == "linear":
            return optax.linear_onecycle_schedule(s["total_steps"], base)
        return optax.cosine_onecycle_schedule(s["total_steps"], base, s["pct_start"])
    pairs = [part.split(":") for part in s["points"].split(",")]
    points = [(int(step), float(factor)) for step, factor in pairs]
    scales = {after[0]: after[1] / before[1] for before, after in pairwise(points)}
    return optax.piecewise_interpolate_schedule("linear", base * points[0][1], scales)


def _torch_plateau(plan: Plan) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=plan.base)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **plan.settings)
    found = []
    for value in LOSSES:
        found.append(float(optimizer.param_groups[0]["lr"]))
        schedule.step(value)
    return found


def _keras_plateau(plan: Plan) -> list[float]:
    s = dict(plan.settings)
    if "threshold" in s:
        s["min_delta"] = s.pop("threshold")
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(plan.base), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", mode="min", **s)
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for k, value in enumerate(LOSSES):
        found.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
        callback.on_epoch_end(k, {"loss": value})
    return found


def _optax_plateau(plan: Plan) -> list[float]:
    s = dict(plan.settings)
    if "threshold" in s:
        s["rtol"] = s.pop("threshold")
    transform = optax.contrib.reduce_on_plateau(**s)
    state = transform.init(jnp.zeros(1))
    found = []
    for value in LOSSES:
        updates, state = transform.update(jnp.ones(1), state, value=jnp.array(value))
        found.append(plan.base * float(updates[0]))
    return found


def _steps(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]
