"""Rules that go by signs, averages or curvature, written out."""

from __future__ import annotations

from typing import Any

from gdsim.codegen.parts import Rule, State, Style
from gdsim.codegen.rules_adam import SQUARE


def lion(s: Any, w: Style) -> Rule:
    lines = (
        f"theta = theta - {w.rate} * {w.np}.sign(beta1 * m + (1 - beta1) * g)"
        "  # only the direction counts",
        "m = beta2 * m + (1 - beta2) * g",
    )
    numbers = (("beta1", s.beta1), ("beta2", s.beta2))
    return Rule(lines, numbers, (State("m", "moving average of the gradient"),))


def rprop(s: Any, w: Style) -> Rule:
    np = w.np
    lines = (
        "turn = g * before  # below zero where the gradient has changed its sign",
        f"size = {np}.where(turn < 0, size * eta_minus, {np}.where(turn > 0, size * eta_plus, "
        "size))",
        f"size = {np}.clip(size, step_min, step_max)",
        f"g = {np}.where(turn < 0, {np}.zeros_like(g), g)  # no move where it has turned",
        f"theta = theta - size * {np}.sign(g)",
        "before = g",
    )
    numbers = (
        ("eta_minus", s.eta_minus), ("eta_plus", s.eta_plus),
        ("step_min", s.step_min), ("step_max", s.step_max),
    )  # fmt: skip
    state = (
        State("size", "each parameter's own step", w.first_rate),
        State("before", "the last gradient"),
    )
    return Rule(lines, numbers, state)


def asgd(s: Any, w: Style) -> Rule:
    lines = (
        "theta = (1 - lambd * eta) * theta - eta * g",
        f"eta = {w.rate} / (1 + lambd * {w.rate} * t) ** alpha  # falls slowly",
    )
    numbers = (("lambd", s.lambd), ("alpha", s.alpha))
    return Rule(lines, numbers, (State("eta", "the rate in use", w.first_rate, single=True),))


def schedule_free(s: Any, w: Style) -> Rule:
    direction = f"g / ({w.np}.sqrt(v / (1 - beta2**t)) + eps)"
    numbers = [("beta1", s.beta1), ("beta2", s.beta2), ("eps", s.eps)]
    state = [
        State("z", "the fast point; theta is the average", "theta"),
        SQUARE,
    ]
    if s.weight_decay:
        numbers.append(("weight_decay", s.weight_decay))
    lines = ["v = beta2 * v + (1 - beta2) * g**2"]
    if s.convention == "keras":
        if s.weight_decay:
            # Keras's decay goes by the rate before its warm-up.
            rise = s.warmup_steps
            plain = f"{w.rate} * {rise} / min(t, {rise})" if rise else w.rate
            lines.append(f"theta = theta - weight_decay * {plain} / beta1 * y")
        lines.append(f"z = z - {w.rate} * {direction}")
        weight = "1 / t"
    else:
        if s.weight_decay:
            direction = f"({direction} + weight_decay * y)"
        lines.append(f"z = z - {w.rate} * {direction}")
        share = "greatest**2" if s.weight_lr_power == 2.0 else f"greatest**{s.weight_lr_power!r}"
        if w.rate == w.next_rate:
            weight = "1 / t"  # all weights are alike
        else:
            state += [
                State("greatest", "the greatest rate so far", "0.0", single=True),
                State("total", "of the weights", "0.0", single=True),
            ]
            lines += [
                f"greatest = max(greatest, {w.next_rate})",
                f"total = total + {share}",
            ]
            weight = f"{share} / total if total > 0 else 0.0"
    lines += [
        f"weight = {weight}  # of the newest point in the average",
        "theta = (1 - weight) * theta + weight * z",
    ]
    point = "beta1 * theta + (1 - beta1) * z"
    return Rule(tuple(lines), tuple(numbers), tuple(state), point)


def newton(s: Any, w: Style) -> Rule:
    curvature = "hessian(theta, *data)"
    numbers = []
    if s.damping:
        numbers.append(("damping", s.damping))
        curvature += f" + damping * {w.np}.eye(len(theta))"
    lines = (
        f"curvature = {curvature}",
        "# Where it is singular this fails; gdsim takes the step of least squares there.",
        f"theta = theta - {w.rate} * {w.np}.linalg.solve(curvature, g)"
        "  # to where a fitted parabola is flat",
    )
    return Rule(lines, tuple(numbers))
