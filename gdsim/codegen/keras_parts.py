"""Keras's optimizers and schedules where they compute a run's formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gdsim.codegen.parts import Plan, Values, number
from gdsim.engine.schedules.decay import milestones

Found = tuple[str, Values]


def optimizer_of(plan: Plan) -> Found | None:
    """Keras's class and its arguments, or None where none computes this formula."""
    make = _OPTIMIZERS.get(plan.run.optimizer)
    return make(plan, plan.settings) if make else None


def _sgd(plan: Plan, s: Any) -> Found:
    return "SGD", {}


def _momentum(plan: Plan, s: Any) -> Found | None:
    if s.convention != "keras" and not plan.is_constant:
        return None
    if s.convention == "pytorch" and getattr(s, "dampening", 0.0) and s.momentum:
        return None
    nesterov = plan.run.optimizer == "nesterov"
    return "SGD", {"momentum": (s.momentum, 0.0), "nesterov": (nesterov, False)}


def _adagrad(plan: Plan, s: Any) -> Found | None:
    if s.convention == "pytorch" or (s.convention == "optax" and not s.initial_accumulator):
        return None
    return "Adagrad", {
        "initial_accumulator_value": (s.initial_accumulator, 0.1),
        "epsilon": (s.eps, 1e-7),
    }


def _rmsprop(plan: Plan, s: Any) -> Found | None:
    if s.convention == "pytorch" or (s.convention == "optax" and not s.eps_in_sqrt):
        return None
    return "RMSprop", {
        "rho": (s.rho, 0.9),
        "momentum": (s.momentum, 0.0),
        "epsilon": (s.eps, 1e-7),
        "centered": (s.centered, False),
    }


def _adadelta(plan: Plan, s: Any) -> Found:
    return "Adadelta", {"rho": (s.rho, 0.95), "epsilon": (s.eps, 1e-7)}


def _adams(name: str) -> Callable[[Plan, Any], Found | None]:
    def make(plan: Plan, s: Any) -> Found | None:
        if s.convention != "keras":
            return None
        values: Values = {
            "beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.999), "epsilon": (s.eps, 1e-7),
        }  # fmt: skip
        if plan.run.optimizer == "amsgrad":
            values["amsgrad"] = True, False
        return name, values

    return make


def _lion(plan: Plan, s: Any) -> Found:
    return "Lion", {"beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.99)}


def _lamb(plan: Plan, s: Any) -> Found | None:
    if s.convention == "optax" and s.weight_decay:
        return None
    return "Lamb", {
        "beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.999), "epsilon": (s.eps, 1e-7),
    }  # fmt: skip


def _schedule_free(plan: Plan, s: Any) -> Found | None:
    if s.convention != "keras":
        return None
    return "ScheduleFreeAdamW", {
        "beta_1": (s.beta1, 0.9), "beta_2": (s.beta2, 0.999), "epsilon": (s.eps, 1e-8),
        "warmup_steps": (s.warmup_steps, 0),
    }  # fmt: skip


_OPTIMIZERS: dict[str, Callable[[Plan, Any], Found | None]] = {
    "gd": _sgd,
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _momentum,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adams("Adam"),
    "amsgrad": _adams("Adam"),
    "adamw": _adams("AdamW"),
    "adamax": _adams("Adamax"),
    "nadam": _adams("Nadam"),
    "lion": _lion,
    "lamb": _lamb,
    "schedule_free_adamw": _schedule_free,
}


def schedule_call(plan: Plan) -> str:
    """Keras's schedule, or nothing where none has these rates."""
    s = plan.run.schedule_settings
    # Rounding takes what is left at the end below zero, whose root is not a number.
    if plan.run.schedule == "polynomial" and not float(s.power).is_integer():
        return ""
    make = _SCHEDULES.get(plan.run.schedule)
    return make(s, plan.run.learning_rate) if make else ""


def _step(s: Any, base: float) -> str:
    return f"ExponentialDecay({base!r}, {s.step_size}, {s.gamma!r}, staircase=True)"


def _multistep(s: Any, base: float) -> str:
    # Keras keeps a rate at its boundary still, where PyTorch and Optax have dropped it.
    early = 0 if s.convention == "keras" else 1
    steps = [step - early for step in milestones(s.milestones)]
    rates = [base * s.gamma**drops for drops in range(len(steps) + 1)]
    return f"PiecewiseConstantDecay({steps!r}, {rates!r})"


def _exponential(s: Any, base: float) -> str:
    return f"ExponentialDecay({base!r}, {s.decay_steps}, {s.gamma!r})"


def _inverse_time(s: Any, base: float) -> str:
    stairs = ", staircase=True" if s.staircase else ""
    return f"InverseTimeDecay({base!r}, {s.decay_steps}, {s.decay_rate!r}{stairs})"


def _polynomial(s: Any, base: float) -> str:
    cycle = ", cycle=True" if s.cycle else ""
    return (
        f"PolynomialDecay({base!r}, {s.decay_steps}, end_learning_rate={number(s.end_rate)}, "
        f"power={number(s.power)}{cycle})"
    )


def _linear(s: Any, base: float) -> str:
    first, last = s.start_factor * base, s.end_factor * base
    return f"PolynomialDecay({first!r}, {s.decay_steps}, end_learning_rate={last!r})"


def _cosine(s: Any, base: float) -> str:
    if s.periodic:
        return ""
    alpha = f", alpha={s.alpha!r}" if s.alpha else ""
    return f"CosineDecay({base!r}, {s.decay_steps}{alpha})"


def _restarts(s: Any, base: float) -> str:
    # Keras's own cycles double where nothing else is said.
    more = f", t_mul={number(s.t_mult)}"
    more += f", m_mul={s.m_mult!r}" if s.m_mult != 1.0 else ""
    more += f", alpha={s.alpha!r}" if s.alpha else ""
    return f"CosineDecayRestarts({base!r}, {s.first_steps}{more})"


def _warmup_cosine(s: Any, base: float) -> str:
    falling = s.decay_steps - (0 if s.convention == "keras" else s.warmup_steps)
    alpha = f", alpha={s.alpha!r}" if s.alpha else ""
    return (
        f"CosineDecay({s.start_fraction * base!r}, {max(falling, 1)}{alpha}, "
        f"warmup_target={base!r}, warmup_steps={s.warmup_steps})"
    )


_SCHEDULES: dict[str, Callable[[Any, float], str]] = {
    "step": _step,
    "multistep": _multistep,
    "exponential": _exponential,
    "inverse_time": _inverse_time,
    "polynomial": _polynomial,
    "linear": _linear,
    "cosine": _cosine,
    "cosine_restarts": _restarts,
    "warmup_cosine": _warmup_cosine,
}
