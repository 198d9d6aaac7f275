"""The update of each optimizer written out, in the formula of the run's convention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gdsim.codegen import rules_adam, rules_other
from gdsim.codegen.parts import Plan, Rule, State, Style


def rule_of(plan: Plan, style: Style) -> Rule:
    """The update of the plan's optimizer in that style."""
    return RULES[plan.run.optimizer](plan.settings, style)


def _descent(s: Any, w: Style) -> Rule:
    return Rule((f"theta = theta - {w.rate} * g  # a step against the gradient",))


def _momentum(s: Any, w: Style) -> Rule:
    velocity = State("velocity", "what is left of the steps so far")
    numbers = [("momentum", s.momentum)]
    if s.convention == "keras":
        lines = (
            f"velocity = momentum * velocity + {w.rate} * g  # Keras: the rate goes into it",
            "theta = theta - velocity",
        )
        return Rule(lines, tuple(numbers), (velocity,))
    taken = "g"
    if s.convention == "pytorch" and s.dampening and s.momentum:
        numbers.append(("dampening", s.dampening))
        taken = w.choose("t == 1", "g", "(1 - dampening) * g")
        taken = taken if w.graph else f"({taken})"
    lines = (
        f"velocity = momentum * velocity + {taken}",
        f"theta = theta - {w.rate} * velocity",
    )
    return Rule(lines, tuple(numbers), (velocity,))


def _nesterov(s: Any, w: Style) -> Rule:
    velocity = State("velocity", "what is left of the steps so far")
    inside = f"{w.rate} * g" if s.convention == "keras" else "g"
    step = f"{inside} + momentum * velocity"
    lines = (
        f"velocity = momentum * velocity + {inside}",
        f"theta = theta - ({step})  # looks ahead along the velocity"
        if s.convention == "keras"
        else f"theta = theta - {w.rate} * ({step})  # looks ahead along the velocity",
    )
    return Rule(lines, (("momentum", s.momentum),), (velocity,))


def _adagrad(s: Any, w: Style) -> Rule:
    numbers = [("eps", s.eps)]
    rate = w.rate
    if s.convention == "pytorch":
        root = f"({w.np}.sqrt(total) + eps)"
        if s.lr_decay:
            numbers.insert(0, ("lr_decay", s.lr_decay))
            rate = f"{w.rate} / (1 + (t - 1) * lr_decay)"
    else:
        root = f"{w.np}.sqrt(total + eps)"
    step = f"{rate} * g / {root}"
    if s.convention == "optax" and not s.initial_accumulator:
        step = f"{w.np}.where(total > 0, {step}, 0.0)"
    lines = (
        "total = total + g**2",
        f"theta = theta - {step}  # each parameter has a rate of its own",
    )
    start = State("total", "the sum of all squared gradients", repr(s.initial_accumulator))
    return Rule(lines, tuple(numbers), (start,))


def _rmsprop(s: Any, w: Style) -> Rule:
    numbers = [("rho", s.rho), ("eps", s.eps)]
    state = [State("square", "moving average of the squared gradient")]
    lines = ["square = rho * square + (1 - rho) * g**2"]
    size = "square"
    if s.centered:
        state.append(State("mean", "moving average of the gradient"))
        lines.append("mean = rho * mean + (1 - rho) * g")
        size = "square - mean**2"
    under = s.convention == "keras" or (s.convention == "optax" and s.eps_in_sqrt)
    root = f"{w.np}.sqrt({size} + eps)" if under else f"({w.np}.sqrt({size}) + eps)"
    if not s.momentum:
        lines.append(f"theta = theta - {w.rate} * g / {root}")
        return Rule(tuple(lines), tuple(numbers), tuple(state))
    numbers.append(("momentum", s.momentum))
    state.append(State("velocity", "what is left of the steps so far"))
    if s.convention == "pytorch":
        lines += [
            f"velocity = momentum * velocity + g / {root}",
            f"theta = theta - {w.rate} * velocity",
        ]
    else:
        lines += [
            f"velocity = momentum * velocity + {w.rate} * g / {root}  # the rate goes into it",
            "theta = theta - velocity",
        ]
    return Rule(tuple(lines), tuple(numbers), tuple(state))


def _adadelta(s: Any, w: Style) -> Rule:
    lines = (
        "square = rho * square + (1 - rho) * g**2",
        f"step = g * {w.np}.sqrt(square_step + eps) / {w.np}.sqrt(square + eps)",
        "square_step = rho * square_step + (1 - rho) * step**2",
        f"theta = theta - {w.rate} * step",
    )
    state = (
        State("square", "moving average of the squared gradient"),
        State("square_step", "moving average of the squared step"),
    )
    return Rule(lines, (("rho", s.rho), ("eps", s.eps)), state)


RULES: dict[str, Callable[[Any, Style], Rule]] = {
    "gd": _descent,
    "sgd": _descent,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": rules_adam.adam,
    "amsgrad": rules_adam.amsgrad,
    "adamw": rules_adam.adam,
    "adamax": rules_adam.adamax,
    "nadam": rules_adam.nadam,
    "radam": rules_adam.radam,
    "lion": rules_other.lion,
    "rprop": rules_other.rprop,
    "adabelief": rules_adam.adabelief,
    "yogi": rules_adam.yogi,
    "adan": rules_adam.adan,
    "lamb": rules_adam.lamb,
    "asgd": rules_other.asgd,
    "schedule_free_adamw": rules_other.schedule_free,
    "newton": rules_other.newton,
}
