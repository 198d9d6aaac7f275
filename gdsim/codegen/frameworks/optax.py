"""Scripts for Optax on JAX: its own transformations wherever they compute the same."""

from __future__ import annotations

from gdsim.codegen.call import OptaxCall, Values, arguments
from gdsim.codegen.frameworks.base import Framework, why_written
from gdsim.codegen.frameworks.written import (
    clip_lines,
    loss_functions,
    start_lines,
    table_lines,
    written_out,
)
from gdsim.codegen.parts import Parts
from gdsim.codegen.rule import Style
from gdsim.codegen.samples import batches_imports, batches_lines
from gdsim.codegen.telling import data_lines, docstring, imports_for, reads_numpy, result_lines
from gdsim.codegen.text import Sections, indented, paragraph, uses

_FLOAT_COUNT = "lambda k: schedule(k.astype(float))"


def optax_script(parts: Parts) -> str:
    """The whole script."""
    task, call = parts.task, parts.method.optax()
    imports = ["import jax", "import jax.numpy as jnp"]
    plateau = parts.schedule.optax() if parts.watch and call and call.scales else ""
    why = ""
    if call is None:
        why = why_written(parts, OPTAX.name)
    elif parts.watch and not plateau:
        why = "Optax's plateau goes by a formula of its own, so rate and update are written out."
    if call is None or why:
        return written_out(parts, "jnp", imports, paragraph(why))
    rate, rate_lines, functions_before = _rate(parts, call)
    own = call.around.format(_optimizer(parts, call, rate))
    if plateau:
        own = f"optax.chain({own}, optax.{plateau})"
    batches = batches_lines(task)
    script = Sections()
    script.add(docstring(parts))
    script.add(sorted({*imports_for(functions_before), *batches_imports(task)}))
    needs_numpy = batches or uses("np", functions_before) or reads_numpy(parts)
    numpy = ["import numpy as np"] if needs_numpy else []
    script.add([*imports, *numpy, "import optax"])
    script.add(['jax.config.update("jax_enable_x64", True)  # as many digits as NumPy has'])
    script.add(data_lines(parts, "jnp"))
    for lines in (*loss_functions(parts.code, "jnp"), functions_before, batches):
        script.add(lines, apart=True)
    script.add([*start_lines(parts, "jnp"), *rate_lines, f"optimizer = {own}", *call.before,
                "state = optimizer.init(theta)"])  # fmt: skip
    script.add(_step(parts, call), apart=True)
    script.add([*_loop(parts), *call.after])
    script.add(result_lines(parts))
    return script.text()


OPTAX = Framework("optax", "Optax", optax_script)


def _optimizer(parts: Parts, call: OptaxCall, rate: str) -> str:
    """The optimizer with that rate, and with the weight decay where it acts."""
    place, decay = parts.method.decay_place, f"optax.add_decayed_weights({parts.method.decay!r})"
    if call.direction and (place == "parameters" or call.apart):
        chain = [_transformation(*call.direction), f"optax.scale_by_learning_rate({rate})"]
        if place:
            chain.insert(1 if place == "parameters" else 0, decay)
        return f"optax.chain({', '.join(chain)})"
    made = f"optax.{call.name}({rate}{arguments(call.values)})"
    return f"optax.chain({decay}, {made})" if place == "gradient" else made


def _transformation(name: str, values: Values) -> str:
    return f"optax.{name}({arguments(values).removeprefix(', ')})"


def _rate(parts: Parts, call: OptaxCall) -> tuple[str, list[str], list[str]]:
    """What the optimizer gets as its rate, the lines that make it, and functions before them."""
    if parts.is_constant or parts.watch:
        return "learning_rate", [], []
    own = "" if parts.method.warmup else parts.schedule.optax()
    if own:
        note = "# The step counts as a float: from an integer Optax works in single precision."
        return _FLOAT_COUNT, [f"schedule = optax.{own}", note], []
    # Any function of the step is a schedule; this one reads a table of the rates.
    table = table_lines(parts.task, "jnp", ahead=call.rates_ahead)
    return "lambda k: rates[k]", table, parts.schedule_lines()


def _step(parts: Parts, call: OptaxCall) -> list[str]:
    data = parts.code.arguments
    watch, value = (", seen", ", value=seen") if parts.watch else ("", "")
    body = [f"g = jax.grad(loss)({call.point}{data})"]
    clips = clip_lines(parts.task, Style("jnp", graph=True))
    if parts.task.run.clipping.clip_norm:
        clips[-1] = clips[-1].split("  #")[0] + "  # PyTorch's formula"
    body += [
        *clips,
        f"updates, state = optimizer.update(g, state, theta{value})",
        "return optax.apply_updates(theta, updates), state",
    ]
    head = f"def step(theta, state{data}{watch}):"
    return ["@jax.jit", head, *indented(body)]


def _loop(parts: Parts) -> list[str]:
    task, everything = parts.task, parts.code.arguments
    some = ", x[batch], y[batch]" if task.batch_size else everything
    look, watch = ([f"seen = loss(theta{everything})"], ", seen") if parts.watch else ([], "")
    body = [*look, f"theta, state = step(theta, state{some}{watch})"]
    head = f"for _ in range({task.steps}):"
    if task.batch_size:
        head = f"for _, batch in zip(range({task.steps}), batches()):"
    return [head, *indented(body)]
