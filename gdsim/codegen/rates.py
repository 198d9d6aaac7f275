"""Schedules as a function of the step k in plain Python, and the plateau that watches the loss."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from gdsim.codegen.parts import Plan, indented, number
from gdsim.engine.schedules.cycles import OneCycle
from gdsim.engine.schedules.decay import milestones
from gdsim.engine.schedules.drawn import points


def schedule_lines(plan: Plan) -> list[str]:
    """`def schedule(k)`: the rate of the update from k to k + 1; [] where it is constant."""
    if plan.is_constant or plan.watches:
        return []
    schedule = plan.run.rate_schedule
    body = LINES[plan.run.schedule](schedule.settings, plan.run.learning_rate)
    if plan.warmup:
        # Optax counts the steps of a warm-up from 0, Keras from 1.
        count = "k + 1" if plan.convention == "keras" else "k"
        rise = f"rise = min({count}, {plan.warmup}) / {plan.warmup}  # the optimizer's own warm-up"
        last = body[-1].removeprefix("return ")
        body = [rise, *body[:-1], f"return rise * ({last})" if " " in last else
                f"return rise * {last}"]  # fmt: skip
    title = schedule.title if plan.run.schedule != "constant" else "Warm-up"
    head = f'"""{title}: the learning rate of the update from step k to k + 1."""'
    return ["def schedule(k):", *indented([head, *body])]


def schedule_imports(lines: list[str]) -> list[str]:
    """What the lines of a schedule need to be imported."""
    return ["import math"] if any("math." in line for line in lines) else []


def _constant(s: Any, base: float) -> list[str]:
    return ["return learning_rate"]


def _step(s: Any, base: float) -> list[str]:
    return [f"return learning_rate * {s.gamma!r} ** (k // {s.step_size})"]


def _multistep(s: Any, base: float) -> list[str]:
    steps = ", ".join(map(str, milestones(s.milestones)))
    late = ">" if s.convention == "keras" else ">="
    return [
        f"drops = sum(k {late} milestone for milestone in [{steps}])",
        f"return learning_rate * {s.gamma!r} ** drops",
    ]


def _exponential(s: Any, base: float) -> list[str]:
    exponent = "k" if s.decay_steps == 1 else f"(k / {s.decay_steps})"
    return [f"return learning_rate * {s.gamma!r} ** {exponent}"]


def _inverse_time(s: Any, base: float) -> list[str]:
    passed = "k" if s.decay_steps == 1 else f"(k {'//' if s.staircase else '/'} {s.decay_steps})"
    return [f"return learning_rate / (1 + {number(s.decay_rate)} * {passed})"]


def _polynomial(s: Any, base: float) -> list[str]:
    total, power = s.decay_steps, number(s.power)
    if s.cycle:
        lines = [
            f"over = {total} * max(math.ceil(k / {total}), 1)  # each cycle is longer",
            "left = 1 - k / over",
        ]
    else:
        lines = [f"left = 1 - min(k, {total}) / {total}"]
    if not s.end_rate:
        return [*lines, f"return learning_rate * left**{power}"]
    end = repr(s.end_rate)
    return [*lines, f"return (learning_rate - {end}) * left**{power} + {end}"]


def _linear(s: Any, base: float) -> list[str]:
    first, last = number(s.start_factor), number(s.end_factor)
    return [
        f"passed = min(k, {s.decay_steps}) / {s.decay_steps}",
        f"return learning_rate * ({first} + ({last} - {first}) * passed)",
    ]


def _floor(s: Any) -> tuple[list[str], str, str]:
    """The lines that name the floor, the height above it, and what is added to it."""
    if not s.alpha:
        return [], "learning_rate", ""
    return [f"floor = {s.alpha!r} * learning_rate"], "(learning_rate - floor)", "floor + "


def _cosine(s: Any, base: float) -> list[str]:
    head, height, floor = _floor(s)
    step = "k" if s.periodic else f"min(k, {s.decay_steps})"
    wave = f"(1 + math.cos(math.pi * {step} / {s.decay_steps})) / 2"
    return [*head, f"return {floor}{height} * {wave}"]


def _restarts(s: Any, base: float) -> list[str]:
    head, height, floor = _floor(s)
    shrink = "" if s.m_mult == 1.0 else f" * {s.m_mult!r}**cycle"
    if s.t_mult == 1.0:
        lines = [f"cycle, passed = divmod(k, {s.first_steps})"]
        length = str(s.first_steps)
    else:
        lines = [
            f"cycle, passed, length = 0, k, {s.first_steps}",
            "while passed >= length:  # a warm restart",
            f"    cycle, passed, length = cycle + 1, passed - length, {number(s.t_mult)} * length",
        ]
        length = "length"
    wave = f"(1 + math.cos(math.pi * passed / {length})) / 2"
    return [*head, *lines, f"return {floor}{height}{shrink} * {wave}"]


def _warmup_cosine(s: Any, base: float) -> list[str]:
    head, height, floor = _floor(s)
    rise, first = s.warmup_steps, number(s.start_fraction)
    whole = s.decay_steps if s.convention == "keras" else s.decay_steps - rise
    left = max(whole, 1)
    climb = f"({first} + (1 - {first}) * k / {rise})" if s.start_fraction else f"k / {rise}"
    return [
        f"if k < {rise}:",
        f"    return learning_rate * {climb}",
        *head,
        f"passed = min(k - {rise}, {left}) / {left}",
        f"return {floor}{height} * (1 + math.cos(math.pi * passed)) / 2",
    ]


def _one_cycle(s: Any, base: float) -> list[str]:
    corners = OneCycle(s).corners(base)
    end = s.total_steps - 1 if s.convention == "pytorch" else s.total_steps
    steps = ", ".join(f"({number(step)}, {rate!r})" for step, rate in corners)
    share = "(k - start) / (stop - start)"
    if any(start == stop for (start, _), (stop, _) in pairwise(corners)):
        share += " if stop > start else 1.0"
    way = (
        "high + (low - high) * (1 + math.cos(math.pi * passed)) / 2"
        if s.anneal_strategy == "cos"
        else "low + (high - low) * passed"
    )
    return [
        f"corners = [{steps}]",
        f"k = min(k, {end})",
        "for (start, low), (stop, high) in zip(corners, corners[1:]):",
        "    if k <= stop:",
        "        break",
        f"passed = {share}",
        f"return {way}",
    ]


def _cyclical(s: Any, base: float) -> list[str]:
    up, down = s.step_size_up, s.step_size_down or s.step_size_up
    low = s.base_fraction
    lines = [
        f"cycle, place = divmod(k, {up + down})",
        f"height = place / {up} if place <= {up} else ({up + down} - place) / {down}",
    ]
    if s.mode == "triangular2":
        lines.append("height = height * 0.5**cycle")
    elif s.mode == "exp_range":
        lines.append(f"height = height * {s.gamma!r}**k")
    if not low:
        return [*lines, "return learning_rate * height"]
    return [*lines, f"return learning_rate * ({number(low)} + (1 - {number(low)}) * height)"]


def _noam(s: Any, base: float) -> list[str]:
    scale = "" if s.d_model == 1 else f" * {s.d_model}**-0.5"
    return [
        "s = k + 1",
        f"return learning_rate{scale} * min(s**-0.5, s * {s.warmup_steps} ** -1.5)",
    ]


def _piecewise(s: Any, base: float) -> list[str]:
    steps, factors = zip(*points(s.points), strict=True)
    return [f"return learning_rate * np.interp(k, {list(steps)}, {list(factors)})"]


LINES: dict[str, Callable[[Any, float], list[str]]] = {
    "constant": _constant,
    "step": _step,
    "multistep": _multistep,
    "exponential": _exponential,
    "inverse_time": _inverse_time,
    "polynomial": _polynomial,
    "linear": _linear,
    "cosine": _cosine,
    "cosine_restarts": _restarts,
    "warmup_cosine": _warmup_cosine,
    "one_cycle": _one_cycle,
    "cyclical": _cyclical,
    "noam": _noam,
    "piecewise": _piecewise,
}


def watch_state(s: Any) -> list[str]:
    """What a plateau remembers, before the first step."""
    names, zeros = ("best, bad, cooling", "0, 0") if s.cooldown else ("best, bad", "0")
    return [
        "rate = learning_rate",
        f'{names} = float("inf"), {zeros}  # what the plateau remembers of the losses',
    ]


def watch_lines(s: Any) -> list[str]:
    """The plateau's look at `seen`, the loss of all data before the update; it changes `rate`.

    In PyTorch's and Keras's formula the lines stand after the update, in Optax's before it.
    """
    threshold = s.threshold
    if s.threshold_mode == "rel":
        better = f"seen < best * (1 - {threshold!r})"
    else:
        better = f"seen < best - {threshold!r}"
    lower = f"max(rate * {s.factor!r}, {s.min_lr!r})" if s.min_lr else f"rate * {s.factor!r}"
    return {"pytorch": _torch_watch, "keras": _keras_watch, "optax": _optax_watch}[s.convention](
        s, better, lower
    )


def _torch_watch(s: Any, better: str, lower: str) -> list[str]:
    lines = [
        f"if {better}:",
        "    best, bad = seen, 0",
        "else:",
        "    bad = bad + 1",
    ]
    if s.cooldown:
        lines += ["if cooling > 0:", "    cooling, bad = cooling - 1, 0"]
    return [
        *lines,
        f"if bad > {s.patience}:  # no better for too long",
        f"    if rate - {lower} > 1e-8:",
        f"        rate = {lower}",
        f"    {_reset(s)}",
    ]


def _reset(s: Any) -> str:
    return f"bad, cooling = 0, {s.cooldown}" if s.cooldown else "bad = 0"


def _keras_watch(s: Any, better: str, lower: str) -> list[str]:
    lines = []
    if s.cooldown:
        lines += ["if cooling > 0:", "    cooling, bad = cooling - 1, 0"]
    return [
        *lines,
        f"if {better}:",
        "    best, bad = seen, 0",
        "elif cooling <= 0:" if s.cooldown else "else:",
        "    bad = bad + 1",
        f"    if bad >= {s.patience} and rate > {s.min_lr!r}:  # no better for too long",
        f"        rate = {lower}",
        f"        {_reset(s)}",
    ]


def _optax_watch(s: Any, better: str, lower: str) -> list[str]:
    lowered = lower.replace(f", {s.min_lr!r})", f", min({s.min_lr!r}, rate))")
    lines = [f"better = {better}", "best = seen if better else best"]
    count = [
        "bad = 0 if better else bad + 1",
        f"if bad >= {max(s.patience, 1)}:  # no better for too long",
        f"    rate = {lowered}",
        f"    {_reset(s)}",
    ]
    if not s.cooldown:
        return [*lines, *count]
    return [
        *lines, "if cooling > 0:", "    bad, cooling = 0, cooling - 1", "else:", *indented(count),
    ]  # fmt: skip
