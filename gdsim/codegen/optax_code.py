"""Scripts for Optax on JAX: its own transformations wherever they compute the same."""

from __future__ import annotations

from gdsim.codegen.differences import why_written
from gdsim.codegen.optax_parts import optimizer_call, plateau_call, schedule_call
from gdsim.codegen.order import batches_imports, batches_lines
from gdsim.codegen.parts import (
    Plan,
    ProblemCode,
    Sections,
    Style,
    indented,
    paragraph,
    uses,
)
from gdsim.codegen.rates import schedule_imports, schedule_lines
from gdsim.codegen.telling import data_lines, docstring, reads_numpy, result_lines
from gdsim.codegen.written import (
    clip_lines,
    loss_functions,
    start_lines,
    table_lines,
    written_out,
)

_FLOAT_COUNT = "lambda k: schedule(k.astype(float))"


def optax_script(plan: Plan, code: ProblemCode) -> str:
    """The whole script."""
    imports = ["import jax", "import jax.numpy as jnp"]
    rate, rate_lines, functions_before = _rate(plan)
    own = optimizer_call(plan, rate)
    plateau = plateau_call(plan)
    if own is None or (plan.watches and not plateau):
        why = why_written(plan, "optax") if own is None else paragraph(
            "Optax's plateau goes by a formula of its own, so rate and update are written out."
        )  # fmt: skip
        return written_out(plan, code, "jnp", imports, why)
    if plateau:
        own = f"optax.chain({own}, {plateau})"
    batches = batches_lines(plan)
    script = Sections()
    script.add(docstring(plan, code))
    script.add(sorted({*schedule_imports(functions_before), *batches_imports(plan)}))
    needs_numpy = batches or uses("np", functions_before) or reads_numpy(plan, code)
    numpy = ["import numpy as np"] if needs_numpy else []
    script.add([*imports, *numpy, "import optax"])
    script.add(['jax.config.update("jax_enable_x64", True)  # as many digits as NumPy has'])
    script.add(data_lines(plan, code, "jnp"))
    for lines in (*loss_functions(code, "jnp"), functions_before, batches):
        script.add(lines, apart=True)
    script.add([*start_lines(plan, code, "jnp"), *rate_lines, f"optimizer = {own}",
                "state = optimizer.init(theta)"])  # fmt: skip
    script.add(_step(plan, code), apart=True)
    script.add(_loop(plan, code))
    script.add(result_lines(plan, code))
    return script.text()


def _rate(plan: Plan) -> tuple[str, list[str], list[str]]:
    """What the optimizer gets as its rate, the lines that make it, and functions before them."""
    if plan.is_constant or plan.watches:
        return "learning_rate", [], []
    call = schedule_call(plan)
    if call:
        note = "# The step counts as a float: from an integer Optax works in single precision."
        return _FLOAT_COUNT, [f"schedule = optax.{call}", note], []
    # Any function of the step is a schedule; this one reads a table of the rates.
    table = table_lines(plan, "jnp", one_more=plan.run.optimizer == "schedule_free_adamw")
    return "lambda k: rates[k]", table, schedule_lines(plan)


def _step(plan: Plan, code: ProblemCode) -> list[str]:
    data = code.arguments
    watch = ", seen" if plan.watches else ""
    style = Style("jnp", graph=True)
    body = [f"g = jax.grad(loss)(theta{data})"]
    clips = clip_lines(plan, style)
    if plan.run.clipping.clip_norm:
        clips[-1] = clips[-1].split("  #")[0] + "  # PyTorch's formula"
    body += clips
    value = ", value=seen" if plan.watches else ""
    body += [
        f"updates, state = optimizer.update(g, state, theta{value})",
        "return optax.apply_updates(theta, updates), state",
    ]
    head = f"def step(theta, state{data}{watch}):"
    return ["@jax.jit", head, *indented(body)]


def _loop(plan: Plan, code: ProblemCode) -> list[str]:
    some = ", x[batch], y[batch]" if plan.batch_size else code.arguments
    watch = ""
    body = []
    if plan.watches:
        body.append(f"seen = loss(theta{code.arguments})")
        watch = ", seen"
    body.append(f"theta, state = step(theta, state{some}{watch})")
    head = f"for _ in range({plan.steps}):"
    if plan.batch_size:
        head = f"for _, batch in zip(range({plan.steps}), batches()):"
    after = []
    if plan.run.optimizer == "schedule_free_adamw":
        after = [
            "theta = optax.contrib.schedule_free_eval_params(state, theta)"
            "  # the average is what counts"
        ]
    return [head, *indented(body), *after]
