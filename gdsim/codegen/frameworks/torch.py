"""Scripts for PyTorch: its own optimizer and scheduler wherever they compute the same."""

from __future__ import annotations

from gdsim.codegen.call import TorchCall, arguments
from gdsim.codegen.frameworks.base import Framework, why_written
from gdsim.codegen.frameworks.torch_model import Model, model_of
from gdsim.codegen.frameworks.written import written_out
from gdsim.codegen.parts import Parts
from gdsim.codegen.samples import batches_imports, batches_lines
from gdsim.codegen.telling import data_lines, docstring, imports_for, reads_numpy, result_lines
from gdsim.codegen.text import Sections, indented, number, paragraph, uses


def torch_script(parts: Parts) -> str:
    """The whole script."""
    parts.check_own_losses(PYTORCH.name)
    task = parts.task
    call = parts.method.torch()
    if call is None:
        why = paragraph(why_written(parts, PYTORCH.name))
        return written_out(parts, "torch", ["import torch"], why)
    model, scheduler = model_of(parts), parts.schedule.torch()
    schedule = [] if scheduler else parts.schedule_lines()
    if schedule:
        scheduler = "LambdaLR(optimizer, lambda k: schedule(k) / learning_rate)"
    batches = batches_lines(task)
    script = Sections()
    script.add(docstring(parts))
    script.add(sorted({*imports_for(schedule), *batches_imports(task)}))
    needs_numpy = batches or uses("np", schedule) or reads_numpy(parts)
    script.add([*(["import numpy as np"] if needs_numpy else []), "import torch"])
    script.add(["torch.set_default_dtype(torch.float64)  # as many digits as NumPy has"])
    script.add(data_lines(parts, "torch"))
    for lines in (*model.functions, schedule, batches):
        script.add(lines, apart=True)
    lines = [*model.start, f"optimizer = {_optimizer(parts, call, model)}"]
    if scheduler:
        lines.append(f"scheduler = torch.optim.lr_scheduler.{scheduler}")
    elif parts.watch:
        lines += parts.watch.state()
    script.add(lines)
    script.add(_loop(parts, call, scheduler, model))
    script.add([model.ends, *result_lines(parts, model.value)])
    return script.text()


PYTORCH = Framework("pytorch", "PyTorch", torch_script)


def _optimizer(parts: Parts, call: TorchCall, model: Model) -> str:
    decay = 0.0 if _shrinks_by_hand(parts, call) else parts.method.decay
    values = {**call.values, "weight_decay": (decay, call.default_decay)}
    rest = arguments(values)
    return f"torch.optim.{call.name}({model.parameters}, lr=learning_rate{rest})"


def _shrinks_by_hand(parts: Parts, call: TorchCall) -> bool:
    return parts.method.decay_place == "parameters" and not call.shrinks


def _loop(parts: Parts, call: TorchCall, scheduler: str, model: Model) -> list[str]:
    task, watch = parts.task, parts.watch
    body, after = ["optimizer.zero_grad()"], []
    if watch:
        body.append(f"seen = {model.loss()}.item()  # of all data, before the update")
        look = [*watch.watch(), 'optimizer.param_groups[0]["lr"] = rate']
        if scheduler:
            after = ["scheduler.step(seen)"]
        elif watch.before:
            body += look
        else:
            after = look
    elif scheduler:
        after = ["scheduler.step()"]
    body.append(f"{model.loss(batch=bool(task.batch_size))}.backward()")
    clipping = task.run.clipping
    if clipping.clip_value:
        size = number(clipping.clip_value)
        body.append(f"torch.nn.utils.clip_grad_value_({model.parameters}, {size})")
    if clipping.clip_norm:
        size = number(clipping.clip_norm)
        body.append(f"torch.nn.utils.clip_grad_norm_({model.parameters}, {size})")
    if _shrinks_by_hand(parts, call):
        rate = "learning_rate" if parts.is_constant else 'optimizer.param_groups[0]["lr"]'
        factor = f"1 - {rate} * {parts.method.decay!r}"
        body += [
            "with torch.no_grad():  # decoupled weight decay, which this optimizer does not have",
            *(f"    {line.format(factor=factor)}" for line in model.shrink),
        ]
    body += ["optimizer.step()", *after]
    head = f"for step in range({task.steps}):"
    if task.batch_size:
        head = f"for step, batch in zip(range({task.steps}), batches()):"
    return [head, *indented(body)]
