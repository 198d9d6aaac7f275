"""A loop with the update written out: all of NumPy's scripts, and what other frameworks lack."""

from __future__ import annotations

import re

import numpy

from gdsim.codegen.parts import Parts
from gdsim.codegen.problems import ProblemCode, spelled
from gdsim.codegen.rule import Rule, Style
from gdsim.codegen.samples import batches_imports, batches_lines
from gdsim.codegen.task import Task
from gdsim.codegen.telling import data_lines, docstring, imports_for, result_lines
from gdsim.codegen.text import Sections, array_lines, commented, indented, number, uses
from gdsim.engine.sentences import Fault


def style_of(parts: Parts, np: str) -> Style:
    """How the update is spelled in a loop of Python."""
    if parts.is_constant:
        return Style(np)
    if parts.watch:
        return Style(np, "rate", "rate", "learning_rate")
    return Style(np, "rate", "schedule(k + 1)", "schedule(0)")


def functions(code: ProblemCode, rule: Rule, np: str) -> list[list[str]]:
    """`def loss`, and what stands for its gradient and its curvature in that framework."""
    head = f"(theta{code.arguments}):"
    found = loss_functions(code, np)
    if np == "np":
        about = "The derivatives of the loss by theta."
        found.append(function("gradient", head, about, list(code.gradient)))
        if rule.curved:
            _check_curved(code)
            about = "The second derivatives of the loss: its curvature."
            found.append(function("hessian", head, about, list(code.hessian)))
        return found
    derive = {"torch": "torch.func.{}", "jnp": "jax.{}"}[np]
    wrap = "jax.jit({})" if np == "jnp" else "{}"
    found[-1] += ["", "", "gradient = " + wrap.format(derive.format("grad") + "(loss)")]
    found[-1][-1] += "  # by automatic differentiation"
    if rule.curved:
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


def start_lines(parts: Parts, np: str, more: str = "") -> list[str]:
    """θ at the start and the base rate."""
    run = parts.task.run
    make = {"np": "np.array", "torch": "torch.tensor", "jnp": "jnp.array"}[np]
    start = array_lines("theta", make, numpy.array(run.start), parts.code.start_about, more)
    return [*start, f"learning_rate = {run.learning_rate!r}"]


def _check_curved(code: ProblemCode) -> None:
    if not code.hessian:
        raise Fault(
            "The curvature of a network is not written out for NumPy: export PyTorch or Optax, "
            "which differentiate by themselves."
        )


MOST_RATES = 1_000_000


def check_table(task: Task) -> None:
    """`Fault` where a table with a row for each step would be too long."""
    if task.steps > MOST_RATES:
        raise Fault(
            "The rates of {steps:,} steps are too many for a table, which this schedule needs "
            "here: export NumPy or PyTorch, or fewer steps.",
            steps=task.steps,
        )  # fmt: skip


def table_lines(task: Task, np: str, *, ahead: int = 0) -> list[str]:
    """A table of the rates that `schedule` gives, for what cannot call Python at each step.

    `ahead` says how many rates after the last step's are wanted.
    """
    check_table(task)
    return [f"rates = {np}.array([schedule(k) for k in range({task.steps + ahead})])"]


def clip_lines(task: Task, style: Style) -> list[str]:
    """Clipping as PyTorch does it: by value first, then by norm."""
    lines, clipping, np = [], task.run.clipping, style.np
    if clipping.clip_value:
        size = number(clipping.clip_value)
        lines.append(f"g = {np}.clip(g, -{size}, {size})  # no component is longer")
    if clipping.clip_norm:
        length = f"{number(clipping.clip_norm)} / ({style.norm('g')} + 1e-6)"
        least = f"{np}.minimum({length}, 1.0)" if style.graph else f"min(1.0, {length})"
        lines.append(f"g = g * {least}  # not longer than {number(clipping.clip_norm)}")
    return lines


def decay_lines(place: str, style: Style) -> list[str]:
    """Weight decay outside the rule, on the gradient or on θ itself."""
    if place == "gradient":
        return ["g = g + weight_decay * theta  # weight decay, as if the loss had a term for it"]
    if place == "parameters":
        shrink = f"theta = (1 - {style.rate} * weight_decay) * theta"
        return [f"{shrink}  # decoupled weight decay: theta itself shrinks"]
    return []


def number_lines(parts: Parts, rule: Rule) -> list[str]:
    """The named numbers of an update."""
    numbers = list(rule.numbers)
    if parts.method.decay_place in ("gradient", "parameters"):
        numbers.append(("weight_decay", parts.method.decay))
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


def written_out(parts: Parts, np: str, imports: list[str], why: list[str] | None = None) -> str:
    """The whole script; `imports` are the framework's own, `why` says why it is written out."""
    task, code = parts.task, parts.code
    style = style_of(parts, np)
    rule = parts.method.rule(style)
    script = Sections()
    schedule, batches = parts.schedule_lines(), batches_lines(task)
    std = sorted({*imports_for(schedule), *batches_imports(task)})
    needs_numpy = (
        np == "np"
        or bool(batches)
        or uses("np", schedule)
        or bool(code.prepare)
        or not task.data_inline
    )
    third = sorted({*imports, *(["import numpy as np"] if needs_numpy and np != "np" else [])})
    script.add(docstring(parts))
    script.add(std)
    script.add(third)
    if np == "torch":
        script.add(["torch.set_default_dtype(torch.float64)  # as many digits as NumPy has"])
    if np == "jnp":
        script.add(['jax.config.update("jax_enable_x64", True)  # as many digits as NumPy has'])
    script.add(data_lines(parts, np))
    for lines in (*functions(code, rule, np), schedule, batches):
        script.add(lines, apart=True)
    values = [*start_lines(parts, np), *number_lines(parts, rule)]
    state = _state_lines(rule, np)
    if parts.watch:
        state += parts.watch.state()
    script.add([*values, *([""] if len(values) > 3 and state else []), *state])
    script.add(_loop(parts, style, rule, why or []))
    script.add(result_lines(parts))
    return script.text()


def _loop(parts: Parts, style: Style, rule: Rule, why: list[str]) -> list[str]:
    task, everything = parts.task, parts.code.arguments
    some = ", x[batch], y[batch]" if task.batch_size else everything
    body: list[str] = []
    if not parts.is_constant and not parts.watch:
        body.append("rate = schedule(k)")
    after: list[str] = []
    if parts.watch:
        loss = f"loss(theta{everything})"
        body.append(f"seen = {loss if style.np == 'np' else f'float({loss})'}")
        look = parts.watch.watch()
        if parts.watch.before:
            body += look
        else:
            after = look
    point = "theta"
    if rule.point:
        point = "point" if parts.code.has_data else "y"
        body.append(f"{point} = {rule.point}  # between the two")
    body.append(f"g = gradient({point}{some})")
    body += clip_lines(task, style)
    body += decay_lines(parts.method.decay_place, style)
    lines = [line.replace(", *data", everything) for line in rule.lines]
    if rule.point:
        lines = [_renamed(line, point) for line in lines]
    body += [*lines, *after]
    counts_t = rule.counts or uses("t", body)
    counts_k = uses("k", body)
    name, first = ("t", 1) if counts_t and not counts_k else ("k", 0)
    if not counts_t and not counts_k:
        name = "step"
    numbers = f"range(1, {task.steps + 1})" if first else f"range({task.steps})"
    head = f"for {name} in {numbers}:"
    if task.batch_size:
        head = f"for {name}, batch in zip({numbers}, batches()):"
    if counts_t and counts_k:
        body.insert(0, "t = k + 1")
    return [*why, head, *indented(body)]


def _renamed(line: str, point: str) -> str:
    """The rule calls the point where the gradient is taken y, which may be the data's name."""
    return re.sub(r"\by\b", point, line)
