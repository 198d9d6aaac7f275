"""Optimizers of one's own in Keras, for formulas that none of its classes computes."""

from __future__ import annotations

import numpy as np

from gdsim.codegen.differences import reason
from gdsim.codegen.keras_parts import Found
from gdsim.codegen.parts import (
    FRAMEWORK_NAMES,
    Plan,
    Style,
    arguments,
    indented,
)
from gdsim.codegen.rules import rule_of
from gdsim.codegen.telling import docstring_lines
from gdsim.codegen.written import check_table, clip_lines, decay_lines
from gdsim.engine.sentences import Fault

_NAME = "Own"


def needs_own(plan: Plan, native: Found | None) -> bool:
    """Whether the update has to be written, wholly or for what comes before it."""
    return native is None or _prepares(plan)


def _prepares(plan: Plan) -> bool:
    """Whether the gradient is changed in a way that Keras does not have."""
    coupled = plan.decay_place == "gradient" and plan.run.optimizer not in ("gd", "sgd")
    return coupled or bool(plan.run.clipping.clip_norm)


def own_class(plan: Plan, native: Found | None) -> tuple[str, list[str]]:
    """The class's name and its lines; `Fault` for what Keras cannot do."""
    first = float(plan.run.rate_schedule.rate(plan.run.learning_rate, np.array([0]))[0])
    style = Style("ops", "rate", "rate", repr(first), graph=True)
    if native is not None:
        return _prepared(plan, native, style)
    _check(plan)
    rule = rule_of(plan, style)
    name = _NAME + plan.run.family.__name__
    numbers = [f"{key} = {value!r}" for key, value in rule.numbers]
    if rule.before:
        check_table(plan)
        numbers += [f"steps = {plan.steps}", *rule.before]
    build = []
    if rule.state:
        build = ["", "def build(self, variables):", "    super().build(variables)"]
        for one in rule.state:
            fill = "" if one.fill in ("0", "0.0") else f"keras.initializers.Constant({one.fill})"
            build += indented([f"# {one.comment}", *_slots(one.name, fill)])
    body = ["theta = ops.convert_to_tensor(variable)", "rate = ops.cast(rate, theta.dtype)"]
    if rule.counts:
        body.append("t = ops.cast(self.iterations + 1, theta.dtype)")
    if rule.state:
        body.append("place = self._get_variable_index(variable)")
        body += [f"{one.name} = ops.convert_to_tensor(self.{one.name}[place])"
                 for one in rule.state]  # fmt: skip
    body += [*_gradient_lines(plan, style), *rule.lines, "self.assign(variable, theta)"]
    for one in rule.state:
        value = f"ops.broadcast_to({one.name}, theta.shape)" if one.single else one.name
        body.append(f"self.assign(self.{one.name}[place], {value})")
    return name, [
        *([*numbers, "", ""] if numbers else []),
        f"class {name}(keras.optimizers.Optimizer):",
        *indented(docstring_lines(reason(plan, "keras"))),
        *indented(build),
        *indented(["", "def update_step(self, g, variable, rate):", *indented(body)]),
    ]


def _slots(name: str, fill: str) -> list[str]:
    more = f", initializer={fill}" if fill else ""
    made = f'self.add_variable_from_reference(v, "{name}"{more})'
    line = f"self.{name} = [{made} for v in variables]"
    if len(line) < 80:
        return [line]
    return [f"self.{name} = [", f"    {made}", "    for v in variables", "]"]


def _prepared(plan: Plan, native: Found, style: Style) -> tuple[str, list[str]]:
    """Keras's own class on a gradient that is changed before."""
    name = _NAME + native[0]
    body = [
        "theta = ops.convert_to_tensor(variable)",
        *_gradient_lines(plan, style),
        "super().update_step(g, variable, rate)",
    ]
    if plan.decay_place != "gradient":
        body = body[1:]
    about = f"Keras's {native[0]} on a gradient that is changed first, as Keras itself cannot."
    return name, [
        f"class {name}(keras.optimizers.{native[0]}):",
        *indented([f'"""{about}"""', "", "def update_step(self, g, variable, rate):"]),
        *indented(body, 8),
    ]


def _gradient_lines(plan: Plan, style: Style) -> list[str]:
    lines = clip_lines(plan, style) if plan.run.clipping.clip_norm else []
    if plan.decay_place == "gradient" and plan.run.optimizer not in ("gd", "sgd"):
        lines += [line.replace("weight_decay", repr(plan.decay), 1)
                  for line in decay_lines(plan, style)]  # fmt: skip
    return lines


def _check(plan: Plan) -> None:
    family = plan.run.family
    if plan.run.optimizer == "newton":
        raise Fault(
            "Keras cannot export '{name}': it takes curvatures, which Keras does not give. "
            "NumPy, PyTorch and Optax have it written out.",
            name=family.name,
        )  # fmt: skip
    if plan.run.optimizer == "schedule_free_adamw":
        raise Fault(
            "Keras's '{name}' goes by another formula than {other}'s: choose the convention "
            "'keras', or export NumPy, PyTorch or Optax.",
            name=family.name, other=FRAMEWORK_NAMES[plan.convention],
        )  # fmt: skip


def optimizer_call(plan: Plan, name: str, values: Found | None, rate: str) -> str:
    """The optimizer made, with what Keras's base class does for it."""
    found = dict(values[1]) if values else {}
    if plan.decay_place == "parameters" or (
        plan.decay and plan.run.optimizer in ("gd", "sgd", "schedule_free_adamw")
    ):
        found["weight_decay"] = plan.decay, None
    elif name.endswith("AdamW") and plan.run.optimizer == "adamw":
        found["weight_decay"] = plan.decay, 0.004
    if plan.run.clipping.clip_value and not plan.run.clipping.clip_norm:
        found["clipvalue"] = plan.run.clipping.clip_value, None
    own = name.startswith(_NAME)
    prefix = "" if own else "keras.optimizers."
    return f"{prefix}{name}(learning_rate={rate}{arguments(found)})"
