"""Optimizers of one's own in Keras, for formulas that none of its classes computes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gdsim.codegen.call import KerasCall, arguments
from gdsim.codegen.frameworks.base import why_written
from gdsim.codegen.frameworks.written import check_table, clip_lines, decay_lines
from gdsim.codegen.parts import Parts
from gdsim.codegen.rule import Rule, State, Style
from gdsim.codegen.telling import docstring_lines
from gdsim.codegen.text import indented, uses
from gdsim.engine.conventions import FRAMEWORK_TITLES
from gdsim.engine.sentences import Fault

_NAME = "Own"
_AHEAD = "next_rate"
_AVERAGE = State("theta", "the average, which is what counts", "theta", slot="average")


def own_class(parts: Parts, call: KerasCall | None) -> tuple[str, list[str]]:
    """The name of the optimizer to be made, and the lines of its class if it is not Keras's own.

    `Fault` for what Keras cannot do.
    """
    if call is not None and not _prepares(parts):
        return f"keras.optimizers.{call.name}", []
    run = parts.task.run
    first = float(run.rate_schedule.rate(run.learning_rate, np.array([0]))[0])
    # A step knows no rate but its own.
    ahead = "rate" if parts.is_constant else _AHEAD
    style = Style("ops", "rate", ahead, repr(first), graph=True)
    if call is not None:
        return _prepared(parts, call, style)
    return _written(parts, style)


def optimizer_call(parts: Parts, name: str, call: KerasCall | None, rate: str) -> str:
    """The optimizer made, with what Keras's base class does for it."""
    values = dict(call.values) if call else {}
    clipping = parts.task.run.clipping
    if parts.method.keras_shrinks:
        values["weight_decay"] = parts.method.decay, None
    if clipping.clip_value and not clipping.clip_norm:
        values["clipvalue"] = clipping.clip_value, None
    return f"{name}(learning_rate={rate}{arguments(values)})"


def _couples(parts: Parts) -> bool:
    """Whether the weight decay goes through the gradient, which Keras's does not."""
    return parts.method.decay_place == "gradient" and not parts.method.keras_shrinks


def _prepares(parts: Parts) -> bool:
    """Whether the gradient is changed in a way that Keras does not have."""
    return _couples(parts) or bool(parts.task.run.clipping.clip_norm)


def _prepared(parts: Parts, call: KerasCall, style: Style) -> tuple[str, list[str]]:
    """Keras's own class on a gradient that is changed before."""
    name = _NAME + call.name
    body = [*_gradient_lines(parts, style), "super().update_step(g, variable, rate)"]
    if _couples(parts):
        body.insert(0, "theta = ops.convert_to_tensor(variable)")
    about = f"Keras's {call.name} on a gradient that is changed first, as Keras itself cannot."
    return name, [
        f"class {name}(keras.optimizers.{call.name}):",
        *indented([f'"""{about}"""', "", "def update_step(self, g, variable, rate):"]),
        *indented(body, 8),
    ]


def _written(parts: Parts, style: Style) -> tuple[str, list[str]]:
    """A class with the whole update."""
    rule = parts.method.rule(style)
    _check(parts, rule)
    name = _NAME + parts.method.optimizer.__name__
    numbers = [f"{key} = {value!r}" for key, value in rule.numbers]
    if rule.before:
        check_table(parts.task)
        numbers += [f"steps = {parts.task.steps}", *rule.before]
    rule = _averaged(rule)
    made = [*_gradient_lines(parts, style), *rule.lines]
    model, after = ("y", rule.point) if rule.point else ("theta", "theta")
    body = [f"{model} = ops.convert_to_tensor(variable)"] if uses(model, made) else []
    body.append("rate = ops.cast(rate, variable.dtype)")
    if rule.counts:
        body.append("t = ops.cast(self.iterations + 1, variable.dtype)")
    if rule.state:
        body.append("place = self._get_variable_index(variable)")
        body += [f"{one.name} = ops.convert_to_tensor(self.{one.kept}[place])"
                 for one in rule.state]  # fmt: skip
    body += [*made, f"self.assign(variable, {after})"]
    for one in rule.state:
        value = f"ops.broadcast_to({one.name}, variable.shape)" if one.single else one.name
        body.append(f"self.assign(self.{one.kept}[place], {value})")
    return name, [
        *([*numbers, "", ""] if numbers else []),
        f"class {name}(keras.optimizers.Optimizer):",
        *indented(docstring_lines(why_written(parts, "keras"))),
        *indented(_build(rule)),
        *indented(["", "def update_step(self, g, variable, rate):", *indented(body)]),
    ]


def _averaged(rule: Rule) -> Rule:
    """With the average kept beside the model, where that stands at the gradients' point."""
    return replace(rule, state=(*rule.state, _AVERAGE)) if rule.point else rule


def built_lines(parts: Parts, name: str) -> list[str]:
    """Make what the optimizer `name` keeps ahead of fit, if it copies θ: TensorFlow could not
    read θ while it traces a step."""
    kept = _averaged(parts.method.rule(Style("ops"))).state
    if not name.startswith(_NAME) or not any(one.fill == "theta" for one in kept):
        return []
    return ["model.optimizer.build(model.trainable_variables)"]


def averages(parts: Parts) -> list[str]:
    """Lines that give the model the average of its points, if that is what counts."""
    if not parts.method.rule(Style("ops")).point:
        return []
    return [
        "# The model stands where gradients are taken; what counts is the average.",
        'kept = [v.numpy() for v in model.optimizer.variables if v.path.endswith("average")]',
        "model.set_weights(kept)",
    ]


def _build(rule: Rule) -> list[str]:
    """Keras's `build`, which makes the variables that the update keeps."""
    if not rule.state:
        return []
    lines = ["", "def build(self, variables):", "    super().build(variables)"]
    for one in rule.state:
        value = "v.numpy()" if one.fill == "theta" else one.fill
        fill = "" if value in ("0", "0.0") else f"keras.initializers.Constant({value})"
        lines += indented([f"# {one.comment}", *_slots(one.kept, fill)])
    return lines


def _slots(name: str, fill: str) -> list[str]:
    more = f", initializer={fill}" if fill else ""
    made = f'self.add_variable_from_reference(v, "{name}"{more})'
    line = f"self.{name} = [{made} for v in variables]"
    if len(line) < 80:
        return [line]
    return [f"self.{name} = [", f"    {made}", "    for v in variables", "]"]


def _gradient_lines(parts: Parts, style: Style) -> list[str]:
    lines = clip_lines(parts.task, style) if parts.task.run.clipping.clip_norm else []
    if _couples(parts):
        lines += [line.replace("weight_decay", repr(parts.method.decay), 1)
                  for line in decay_lines("gradient", style)]  # fmt: skip
    return lines


def _check(parts: Parts, rule: Rule) -> None:
    method = parts.method
    if rule.curved:
        raise Fault(
            "Keras cannot export '{name}': it takes curvatures, which Keras does not give. "
            "NumPy, PyTorch and Optax have it written out.",
            name=method.optimizer.name,
        )  # fmt: skip
    if uses(_AHEAD, rule.lines):
        raise Fault(
            "Keras's '{name}' goes by another formula than {other}'s: choose the convention "
            "'keras', or export NumPy, PyTorch or Optax.",
            name=method.optimizer.name, other=FRAMEWORK_TITLES[method.convention],
        )  # fmt: skip
