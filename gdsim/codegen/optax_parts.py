"""Calls of Optax's optimizers and schedules where they compute a run's formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gdsim.codegen.parts import Plan, Values, arguments, number
from gdsim.engine.schedules.decay import milestones

Found = tuple[str, Values]


def optimizer_call(plan: Plan, rate: str) -> str | None:
    """Optax's optimizer with that rate, or None where none computes this formula."""
    make = _OPTIMIZERS.get(plan.run.optimizer)
    found = make(plan, plan.settings) if make else None
    if found is None:
        return None
    name, values = found
    chained = []
    if plan.decay_place == "gradient":
        chained.append(f"optax.add_decayed_weights({plan.decay!r})")
    elif plan.decay_place == "parameters" and name in _DIRECTIONS:
        direction = _DIRECTIONS[name]
        if values.get("momentum", (0.0, None))[0] and name == "rmsprop":
            return None  # the rate is inside its velocity
        return _decoupled(plan, direction, values, rate)
    chained.append(f"optax.{name}({rate}{arguments(values)})")
    return chained[0] if len(chained) == 1 else f"optax.chain({', '.join(chained)})"


_DIRECTIONS = {
    "sgd": "trace",
    "adagrad": "scale_by_rss",
    "rmsprop": "scale_by_rms",
    "adadelta": "scale_by_adadelta",
    "amsgrad": "scale_by_amsgrad",
    "adamax": "scale_by_adamax",
    "nadam": "scale_by_adam",
    "radam": "scale_by_radam",
    "adabelief": "scale_by_belief",
    "yogi": "scale_by_yogi",
}
"""The transformation inside those that have no decoupled decay of their own."""


def _decoupled(plan: Plan, direction: str, values: Values, rate: str) -> str:
    """A chain with the decay between direction and rate."""
    values = {
        "decay" if name == "momentum" else name: value
        for name, value in values.items()
        if name != "momentum" or direction == "trace"
    }
    if values.get("centered", (False, False))[0]:
        direction = "scale_by_stddev"
    values.pop("centered", None)
    if plan.run.optimizer == "nadam":
        values["nesterov"] = True, False
    inside = arguments(values).removeprefix(", ")
    first = [f"optax.{direction}({inside})"] if direction != "trace" or inside else []
    parts = [
        *first,
        f"optax.add_decayed_weights({plan.decay!r})",
        f"optax.scale_by_learning_rate({rate})",
    ]
    return f"optax.chain({', '.join(parts)})"


def _sgd(plan: Plan, s: Any) -> Found:
    return "sgd", {}


def _momentum(plan: Plan, s: Any) -> Found | None:
    if s.convention == "keras" and not plan.is_constant:
        return None
    if s.convention == "pytorch" and getattr(s, "dampening", 0.0) and s.momentum:
        return None
    nesterov = plan.run.optimizer == "nesterov"
    return "sgd", {"momentum": (s.momentum, None), "nesterov": (nesterov, False)}


def _adagrad(plan: Plan, s: Any) -> Found | None:
    if s.convention == "pytorch" or (s.convention == "keras" and not s.initial_accumulator):
        return None
    return "adagrad", {
        "initial_accumulator_value": (s.initial_accumulator, 0.1),
        "eps": (s.eps, 1e-7),
    }


def _rmsprop(plan: Plan, s: Any) -> Found | None:
    below = s.convention == "keras" or (s.convention == "optax" and s.eps_in_sqrt)
    if s.convention == "pytorch" and s.momentum and not plan.is_constant:
        return None
    values: Values = {
        "decay": (s.rho, 0.9),
        "eps": (s.eps, 1e-8),
        "centered": (s.centered, False),
        "eps_in_sqrt": (below, True),
    }
    if s.momentum:
        values["momentum"] = s.momentum, None
    return "rmsprop", values


def _adadelta(plan: Plan, s: Any) -> Found:
    return "adadelta", {"rho": (s.rho, 0.9), "eps": (s.eps, 1e-6)}


def _numbers(s: Any) -> Values:
    return {"b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999), "eps": (s.eps, 1e-8)}


def _adam(plan: Plan, s: Any) -> Found | None:
    if s.convention == "keras":
        return None
    if plan.decay_place == "parameters" or plan.run.optimizer == "adamw":
        return "adamw", {**_numbers(s), "weight_decay": (plan.decay, 1e-4)}
    return "adam", _numbers(s)


def _amsgrad(plan: Plan, s: Any) -> Found | None:
    return ("amsgrad", _numbers(s)) if s.convention == "optax" else None


def _adamax(plan: Plan, s: Any) -> Found | None:
    return None if s.convention == "keras" else ("adamax", _numbers(s))


def _nadam(plan: Plan, s: Any) -> Found | None:
    return ("nadam", _numbers(s)) if s.convention == "optax" else None


def _radam(plan: Plan, s: Any) -> Found | None:
    if s.convention != "optax":
        return None
    return "radam", {**_numbers(s), "threshold": (s.threshold, 5.0)}


def _lion(plan: Plan, s: Any) -> Found:
    return "lion", {
        "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.99), "weight_decay": (s.weight_decay, 1e-3),
    }  # fmt: skip


def _adabelief(plan: Plan, s: Any) -> Found:
    return "adabelief", {
        "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999),
        "eps": (s.eps, 1e-16), "eps_root": (s.eps_root, 1e-16),
    }  # fmt: skip


def _yogi(plan: Plan, s: Any) -> Found:
    return "yogi", {
        "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999), "eps": (s.eps, 1e-3),
        "initial_accumulator_value": (s.initial_accumulator, 1e-6),
    }  # fmt: skip


def _adan(plan: Plan, s: Any) -> Found:
    return "adan", {
        "b1": (s.beta1, 0.98), "b2": (s.beta2, 0.92), "b3": (s.beta3, 0.99),
        "eps": (s.eps, 1e-8), "eps_root": (s.eps_root, 1e-8),
        "weight_decay": (s.weight_decay, 0.0),
    }  # fmt: skip


def _lamb(plan: Plan, s: Any) -> Found | None:
    if s.convention == "keras" and s.weight_decay:
        return None
    return "lamb", {
        "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999), "eps": (s.eps, 1e-6),
        "weight_decay": (s.weight_decay, 0.0),
    }  # fmt: skip


def _schedule_free(plan: Plan, s: Any) -> Found | None:
    if s.convention == "keras" or plan.watches:
        return None
    return "contrib.schedule_free_adamw", {
        "b1": (s.beta1, 0.9), "b2": (s.beta2, 0.999), "eps": (s.eps, 1e-8),
        "weight_decay": (s.weight_decay, 0.0), "weight_lr_power": (s.weight_lr_power, 2.0),
    }  # fmt: skip


_OPTIMIZERS: dict[str, Callable[[Plan, Any], Found | None]] = {
    "gd": _sgd,
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _momentum,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "amsgrad": _amsgrad,
    "adamw": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
    "radam": _radam,
    "lion": _lion,
    "adabelief": _adabelief,
    "yogi": _yogi,
    "adan": _adan,
    "lamb": _lamb,
    "schedule_free_adamw": _schedule_free,
}


def schedule_call(plan: Plan) -> str:
    """Optax's schedule, or nothing where none has these rates."""
    s = plan.run.schedule_settings
    if plan.warmup:
        return ""
    # XLA's rounding takes what is left at the end below zero, whose root is not a number.
    if plan.run.schedule == "polynomial" and not float(s.power).is_integer():
        return ""
    make = _SCHEDULES.get(plan.run.schedule)
    return make(s, plan.run.learning_rate) if make else ""


def _step(s: Any, base: float) -> str:
    return (
        f"exponential_decay(learning_rate, transition_steps={s.step_size}, "
        f"decay_rate={s.gamma!r}, staircase=True)"
    )


def _multistep(s: Any, base: float) -> str:
    # Keras drops one step later.
    late = 1 if s.convention == "keras" else 0
    drops = {step + late: s.gamma for step in milestones(s.milestones)}
    return f"piecewise_constant_schedule(learning_rate, {drops!r})"


def _exponential(s: Any, base: float) -> str:
    return (
        f"exponential_decay(learning_rate, transition_steps={s.decay_steps}, "
        f"decay_rate={s.gamma!r})"
    )


def _polynomial(s: Any, base: float) -> str:
    if s.cycle:
        return ""
    return (
        f"polynomial_schedule(learning_rate, end_value={number(s.end_rate)}, "
        f"power={number(s.power)}, transition_steps={s.decay_steps})"
    )


def _linear(s: Any, base: float) -> str:
    return (
        f"linear_schedule({s.start_factor * base!r}, {s.end_factor * base!r}, "
        f"transition_steps={s.decay_steps})"
    )


def _cosine(s: Any, base: float) -> str:
    if s.periodic:
        return ""
    alpha = f", alpha={s.alpha!r}" if s.alpha else ""
    return f"cosine_decay_schedule(learning_rate, decay_steps={s.decay_steps}{alpha})"


def _warmup_cosine(s: Any, base: float) -> str:
    whole = s.decay_steps + (s.warmup_steps if s.convention == "keras" else 0)
    if whole <= s.warmup_steps:
        return ""
    return (
        f"warmup_cosine_decay_schedule({number(s.start_fraction * base)}, learning_rate, "
        f"warmup_steps={s.warmup_steps}, decay_steps={whole}, "
        f"end_value={number(s.alpha * base)})"
    )


def _one_cycle(s: Any, base: float) -> str:
    if s.convention != "optax":
        return ""
    if s.anneal_strategy == "cos":
        name, values = "cosine_onecycle_schedule", {"pct_start": (s.pct_start, 0.3)}
    else:
        name = "linear_onecycle_schedule"
        values = {"pct_start": (s.pct_start, 0.3), "pct_final": (s.pct_final, 0.85)}
    more: Values = {
        **values,
        "div_factor": (s.div_factor, 25.0),
        "final_div_factor": (s.final_div_factor, 1e4),
    }
    return f"{name}({s.total_steps}, peak_value=learning_rate{arguments(more)})"


_SCHEDULES: dict[str, Callable[[Any, float], str]] = {
    "step": _step,
    "multistep": _multistep,
    "exponential": _exponential,
    "polynomial": _polynomial,
    "linear": _linear,
    "cosine": _cosine,
    "warmup_cosine": _warmup_cosine,
    "one_cycle": _one_cycle,
}


def plateau_call(plan: Plan) -> str:
    """Optax's own reduce-on-plateau, or nothing where the run does not go by it."""
    s = plan.run.schedule_settings
    if not plan.watches or s.convention != "optax" or getattr(plan.settings, "momentum", 0.0):
        # A plateau scales whole steps; where the rate is inside a velocity that is another thing.
        return ""
    relative = s.threshold_mode == "rel"
    values: Values = {
        "factor": (s.factor, 0.1),
        # With 0 Optax 0.2.8 reduces at each better loss.
        "patience": (max(s.patience, 1), 10),
        "rtol": (s.threshold if relative else 0.0, 1e-4),
        "atol": (0.0 if relative else s.threshold, 0.0),
        "cooldown": (s.cooldown, 0),
        "min_scale": (min(s.min_lr / plan.run.learning_rate, 1.0), 0.0),
    }
    return f"optax.contrib.reduce_on_plateau({arguments(values).removeprefix(', ')})"
