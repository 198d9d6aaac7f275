"""A loop with the update written out: all of NumPy's scripts, and what other frameworks lack."""

from __future__ import annotations

import re

import numpy

from gdsim.codegen.order import batches_imports, batches_lines
from gdsim.codegen.parts import (
    Plan,
    ProblemCode,
    Rule,
    Sections,
    Style,
    array_lines,
    commented,
    indented,
    number,
    uses,
)
from gdsim.codegen.problems import spelled
from gdsim.codegen.rates import (
    schedule_imports,
    schedule_lines,
    watch_lines,
    watch_state,
)
from gdsim.codegen.rules import rule_of
from gdsim.codegen.telling import data_lines, docstring, result_lines
from gdsim.engine.sentences import Fault


def style_of(plan: Plan, np: str) -> Style:
    """How the update of a plan is spelled in a loop of Python."""
    if plan.is_constant:
        return Style(np)
    if plan.watches:
        return Style(np, "rate", "rate", "learning_rate")
    return Style(np, "rate", "schedule(k + 1)", "schedule(0)")


def functions(plan: Plan, code: ProblemCode, np: str) -> list[list[str]]:
    """`def loss`, and what stands for its gradient and its curvature in that framework."""
    head = f"(theta{code.arguments}):"
    found = loss_functions(code, np)
    newton = plan.run.optimizer == "newton"
    if np == "np":
        about = "The derivatives of the loss by theta."
        found.append(function("gradient", head, about, list(code.gradient)))
        if newton:
            _check_curved(code)
            about = "The second derivatives of the loss: its curvature."
            found.append(function("hessian", head, about, list(code.hessian)))
        return found
    derive = {"torch": "torch.func.{}", "jnp": "jax.{}"}[np]
    wrap = "jax.jit({})" if np == "jnp" else "{}"
    found[-1] += ["", "", "gradient = " + wrap.format(derive.format("grad") + "(loss)")]
    found[-1][-1] += "  # by automatic differentiation"
    if newton:
        found[-1].append("hessian = " + wrap.format(derive.format("hessian") + "(loss)"))
    return found


def loss_functions(code: ProblemCode, np: str) -> list[list[str]]:
    """`def loss`, after the functions that it needs."""
    head = f"(theta{code.arguments}):"
    return [
        *(
            function(name, args, about, spelled(body, np))
            for name, args, about, body in code.helpers
        ),
        function("loss", head, code.loss_about, spelled(code.loss, np)),
    ]


def function(name: str, head: str, about: str, body: list[str]) -> list[str]:
    """`def` with a docstring."""
    return [f"def {name}{head}", *indented([f'"""{about}"""', *body])]


def start_lines(plan: Plan, code: ProblemCode, np: str, more: str = "") -> list[str]:
    """θ at the start and the base rate."""
    make = {"np": "np.array", "torch": "torch.tensor", "jnp": "jnp.array"}[np]
    start = array_lines("theta", make, numpy.array(plan.run.start), code.start_about, more)
    return [*start, f"learning_rate = {plan.run.learning_rate!r}"]


def _check_curved(code: ProblemCode) -> None:
    if not code.hessian:
        raise Fault(
            "The curvature of a network is not written out for NumPy: export PyTorch or Optax, "
            "which differentiate by themselves."
        )


MOST_RATES = 1_000_000


def check_table(plan: Plan) -> None:
    """`Fault` where a table with a row for each step would be too long."""
    if plan.steps > MOST_RATES:
        raise Fault(
            "The rates of {steps:,} steps are too many for a table, which this schedule needs "
            "here: export NumPy or PyTorch, or fewer steps.",
            steps=plan.steps,
        )  # fmt: skip


def table_lines(plan: Plan, np: str, *, one_more: bool = False) -> list[str]:
    """A table of the rates that `schedule` gives, for what cannot call Python at each step."""
    check_table(plan)
    count = plan.steps + 1 if one_more else plan.steps
    return [f"rates = {np}.array([schedule(k) for k in range({count})])"]


def clip_lines(plan: Plan, style: Style) -> list[str]:
    """Clipping as PyTorch does it: by value first, then by norm."""
    lines, clipping, np = [], plan.run.clipping, style.np
    if clipping.clip_value:
        size = number(clipping.clip_value)
        lines.append(f"g = {np}.clip(g, -{size}, {size})  # no component is longer")
    if clipping.clip_norm:
        length = f"{number(clipping.clip_norm)} / ({style.norm('g')} + 1e-6)"
        least = f"{np}.minimum({length}, 1.0)" if style.graph else f"min(1.0, {length})"
        lines.append(f"g = g * {least}  # not longer than {number(clipping.clip_norm)}")
    return lines


def decay_lines(plan: Plan, style: Style) -> list[str]:
    """Weight decay outside the rule, on the gradient or on θ itself."""
    if plan.decay_place == "gradient":
        return ["g = g + weight_decay * theta  # weight decay, as if the loss had a term for it"]
    if plan.decay_place == "parameters":
        shrink = f"theta = (1 - {style.rate} * weight_decay) * theta"
        return [f"{shrink}  # decoupled weight decay: theta itself shrinks"]
    return []


def number_lines(plan: Plan, rule: Rule) -> list[str]:
    """The named numbers of an update."""
    numbers = list(rule.numbers)
    if plan.decay_place in ("gradient", "parameters"):
        numbers.append(("weight_decay", plan.decay))
    return [f"{name} = {value!r}" for name, value in numbers]


def _state_lines(rule: Rule, np: str) -> list[str]:
    lines = []
    for one in rule.state:
        if one.single or one.fill == "theta":
            value = one.fill
        elif one.fill in ("0", "0.0"):
            value = f"{np}.zeros_like(theta)"
        else:
            value = f"{np}.full_like(theta, {one.fill})"
        lines.append(commented(f"{one.name} = {value}", one.comment))
    return lines


def written_out(
    plan: Plan, code: ProblemCode, np: str, imports: list[str], why: list[str] | None = None
) -> str:
    """The whole script; `imports` are the framework's own, `why` says why it is written out."""
    style = style_of(plan, np)
    rule = rule_of(plan, style)
    script = Sections()
    schedule, batches = schedule_lines(plan), batches_lines(plan)
    std = sorted({*schedule_imports(schedule), *batches_imports(plan)})
    needs_numpy = (
        np == "np"
        or bool(batches)
        or uses("np", schedule)
        or bool(code.prepare)
        or not plan.data_inline
    )
    third = sorted({*imports, *(["import numpy as np"] if needs_numpy and np != "np" else [])})
    script.add(docstring(plan, code))
    script.add(std)
    script.add(third)
    if np == "torch":
        script.add(["torch.set_default_dtype(torch.float64)  # as many digits as NumPy has"])
    if np == "jnp":
        script.add(['jax.config.update("jax_enable_x64", True)  # as many digits as NumPy has'])
    script.add(data_lines(plan, code, np))
    for lines in (*functions(plan, code, np), schedule, batches):
        script.add(lines, apart=True)
    values = [*start_lines(plan, code, np), *number_lines(plan, rule)]
    state = _state_lines(rule, np)
    if plan.watches:
        state += watch_state(plan.run.schedule_settings)
    script.add([*values, *([""] if len(values) > 3 and state else []), *state])
    script.add(_loop(plan, code, style, rule, why or []))
    script.add(result_lines(plan, code))
    return script.text()


def _loop(plan: Plan, code: ProblemCode, style: Style, rule: Rule, why: list[str]) -> list[str]:
    everything = code.arguments
    some = ", x[batch], y[batch]" if plan.batch_size else everything
    body: list[str] = []
    scheduled = not plan.is_constant and not plan.watches
    if scheduled:
        body.append("rate = schedule(k)")
    watch: list[str] = []
    if plan.watches:
        s = plan.run.schedule_settings
        loss = f"loss(theta{everything})"
        body.append(f"seen = {loss if style.np == 'np' else f'float({loss})'}")
        watch = watch_lines(s)
        if s.convention == "optax":
            body, watch = body + watch, []
    point = "theta"
    if rule.point:
        point = "y" if not code.has_data else "point"
        body.append(f"{point} = {rule.point}  # between the two")
    body.append(f"g = gradient({point}{some})")
    body += clip_lines(plan, style)
    body += decay_lines(plan, style)
    lines = [line.replace(", *data", everything) for line in rule.lines]
    if rule.point:
        lines = [_renamed(line, point) for line in lines]
    body += lines
    body += watch
    counts_t = rule.counts or uses("t", body)
    counts_k = uses("k", body)
    name, first = ("t", 1) if counts_t and not counts_k else ("k", 0)
    if not counts_t and not counts_k:
        name = "step"
    numbers = f"range(1, {plan.steps + 1})" if first else f"range({plan.steps})"
    head = f"for {name} in {numbers}:"
    if plan.batch_size:
        head = f"for {name}, batch in zip({numbers}, batches()):"
    if counts_t and counts_k:
        body.insert(0, "t = k + 1")
    return [*why, head, *indented(body)]


def _renamed(line: str, point: str) -> str:
    """The rule calls the point where the gradient is taken y, which may be the data's name."""
    return re.sub(r"\by\b", point, line)
