"""Scripts for PyTorch: its own optimizer and scheduler wherever they compute the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gdsim.codegen.differences import why_written
from gdsim.codegen.order import batches_imports, batches_lines
from gdsim.codegen.parts import (
    Plan,
    ProblemCode,
    Sections,
    Values,
    arguments,
    indented,
    number,
    uses,
)
from gdsim.codegen.rates import (
    schedule_imports,
    schedule_lines,
    watch_lines,
    watch_state,
)
from gdsim.codegen.telling import data_lines, docstring, reads_numpy, result_lines
from gdsim.codegen.written import loss_functions, start_lines, written_out
from gdsim.engine.schedules.decay import milestones


def torch_script(plan: Plan, code: ProblemCode) -> str:
    """The whole script."""
    own = _optimizer(plan)
    if own is None:
        return written_out(plan, code, "torch", ["import torch"], why_written(plan, "pytorch"))
    scheduler = _scheduler(plan)
    schedule = [] if scheduler else schedule_lines(plan)
    if schedule:
        scheduler = "LambdaLR(optimizer, lambda k: schedule(k) / learning_rate)"
    batches = batches_lines(plan)
    script = Sections()
    script.add(docstring(plan, code))
    standard = {*schedule_imports(schedule), *batches_imports(plan)}
    script.add(sorted(standard))
    needs_numpy = batches or uses("np", schedule) or reads_numpy(plan, code)
    script.add([*(["import numpy as np"] if needs_numpy else []), "import torch"])
    script.add(["torch.set_default_dtype(torch.float64)  # as many digits as NumPy has"])
    script.add(data_lines(plan, code, "torch"))
    for lines in (*loss_functions(code, "torch"), schedule, batches):
        script.add(lines, apart=True)
    start = start_lines(plan, code, "torch", ", requires_grad=True")
    lines = [*start, f"optimizer = torch.optim.{own}"]
    if scheduler:
        lines.append(f"scheduler = torch.optim.lr_scheduler.{scheduler}")
    elif plan.watches:
        lines += watch_state(plan.run.schedule_settings)
    script.add(lines)
    script.add(_loop(plan, code, scheduler))
    script.add(["theta = theta.detach()", *result_lines(plan, code)])
    return script.text()


def _loop(plan: Plan, code: ProblemCode, scheduler: str) -> list[str]:
    everything = code.arguments
    some = ", x[batch], y[batch]" if plan.batch_size else everything
    body, after = ["optimizer.zero_grad()"], []
    rate = "learning_rate" if plan.is_constant else 'optimizer.param_groups[0]["lr"]'
    if plan.watches:
        own = bool(scheduler)
        body.append(f"seen = loss(theta{everything}).item()  # of all data, before the update")
        watch = [] if own else watch_lines(plan.run.schedule_settings)
        set_rate = ['optimizer.param_groups[0]["lr"] = rate']
        if own:
            after = ["scheduler.step(seen)"]
        elif plan.run.schedule_settings.convention == "optax":
            body += [*watch, *set_rate]
        else:
            after = [*watch, *set_rate]
    elif scheduler:
        after = ["scheduler.step()"]
    body.append(f"loss(theta{some}).backward()")
    clipping = plan.run.clipping
    if clipping.clip_value:
        size = number(clipping.clip_value)
        body.append(f"torch.nn.utils.clip_grad_value_([theta], {size})")
    if clipping.clip_norm:
        size = number(clipping.clip_norm)
        body.append(f"torch.nn.utils.clip_grad_norm_([theta], {size})")
    if _shrinks_by_hand(plan):
        body += [
            "with torch.no_grad():  # decoupled weight decay, which this optimizer does not have",
            f"    theta.mul_(1 - {rate} * {plan.decay!r})",
        ]
    body += ["optimizer.step()", *after]
    head = f"for step in range({plan.steps}):"
    if plan.batch_size:
        head = f"for step, batch in zip(range({plan.steps}), batches()):"
    return [head, *indented(body)]


_DECOUPLED = ("adam", "amsgrad", "adamw", "nadam", "radam")
"""Those whose class has a decoupled decay of its own."""


def _shrinks_by_hand(plan: Plan) -> bool:
    return plan.decay_place == "parameters" and plan.run.optimizer not in _DECOUPLED


def _optimizer(plan: Plan) -> str | None:
    """The call of torch.optim's class, or None where none computes this formula."""
    make = _OPTIMIZERS.get(plan.run.optimizer)
    found = make(plan, plan.settings) if make else None
    if found is None:
        return None
    name, values = found
    decay = plan.decay if not _shrinks_by_hand(plan) else 0.0
    if plan.run.optimizer in ("nadam", "radam") and plan.decay_place == "parameters":
        values["decoupled_weight_decay"] = True, False
    if name == "AdamW":
        values["weight_decay"] = decay, 0.01
    elif decay:
        values["weight_decay"] = decay, 0.0
    return f"{name}([theta], lr=learning_rate{arguments(values)})"


def _sgd(plan: Plan, s: Any) -> tuple[str, Values]:
    return "SGD", {}


def _momentum(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention == "keras" and not plan.is_constant:
        return None
    values: Values = {"momentum": (s.momentum, 0.0)}
    if s.convention == "pytorch" and s.momentum:
        values["dampening"] = s.dampening, 0.0
    return "SGD", values


def _nesterov(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention == "keras" and not plan.is_constant:
        return None
    # Without momentum there is nothing to look ahead along, and the class refuses it.
    return "SGD", {"momentum": (s.momentum, 0.0), "nesterov": (bool(s.momentum), False)}


def _adagrad(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention != "pytorch":
        return None
    return "Adagrad", {
        "lr_decay": (s.lr_decay, 0.0),
        "initial_accumulator_value": (s.initial_accumulator, 0.0),
        "eps": (s.eps, 1e-10),
    }


def _rmsprop(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention == "keras" or (s.convention == "optax" and s.eps_in_sqrt):
        return None
    if s.convention == "optax" and s.momentum and not plan.is_constant:
        return None
    return "RMSprop", {
        "alpha": (s.rho, 0.99),
        "eps": (s.eps, 1e-8),
        "momentum": (s.momentum, 0.0),
        "centered": (s.centered, False),
    }


def _adadelta(plan: Plan, s: Any) -> tuple[str, Values]:
    return "Adadelta", {"rho": (s.rho, 0.9), "eps": (s.eps, 1e-6)}


def _betas(s: Any) -> Values:
    return {"betas": ((s.beta1, s.beta2), (0.9, 0.999)), "eps": (s.eps, 1e-8)}


def _adam(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention == "keras" or (plan.run.optimizer == "amsgrad" and s.convention == "optax"):
        return None
    name = "AdamW" if plan.decay_place == "parameters" else "Adam"
    if plan.run.optimizer == "adamw":
        name = "AdamW"
    return name, {**_betas(s), "amsgrad": (plan.run.optimizer == "amsgrad", False)}


def _adamax(plan: Plan, s: Any) -> tuple[str, Values] | None:
    return None if s.convention == "keras" else ("Adamax", _betas(s))


def _nadam(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention == "optax":
        return None
    psi = 1.0 if s.convention == "keras" else s.momentum_decay
    return "NAdam", {**_betas(s), "momentum_decay": (psi, 0.004)}


def _radam(plan: Plan, s: Any) -> tuple[str, Values] | None:
    return ("RAdam", _betas(s)) if s.convention == "pytorch" else None


def _rprop(plan: Plan, s: Any) -> tuple[str, Values]:
    return "Rprop", {
        "etas": ((s.eta_minus, s.eta_plus), (0.5, 1.2)),
        "step_sizes": ((s.step_min, s.step_max), (1e-6, 50.0)),
    }


def _asgd(plan: Plan, s: Any) -> tuple[str, Values]:
    return "ASGD", {
        "lambd": (s.lambd, 1e-4), "alpha": (s.alpha, 0.75), "t0": (float(s.t0), 1e6),
    }  # fmt: skip


_OPTIMIZERS: dict[str, Callable[[Plan, Any], tuple[str, Values] | None]] = {
    "gd": _sgd,
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "amsgrad": _adam,
    "adamw": _adam,
    "adamax": _adamax,
    "nadam": _nadam,
    "radam": _radam,
    "rprop": _rprop,
    "asgd": _asgd,
}


def _scheduler(plan: Plan) -> str:
    """The call of torch's scheduler, or nothing where none has these rates."""
    make = _SCHEDULERS.get(plan.run.schedule)
    found = make(plan, plan.run.schedule_settings) if make else None
    if found is None:
        return ""
    name, values = found
    return f"{name}(optimizer{arguments(values)})"


_ALWAYS = object()
"""In place of a default: the argument is always written."""


def _step_lr(plan: Plan, s: Any) -> tuple[str, Values]:
    return "StepLR", {"step_size": (s.step_size, _ALWAYS), "gamma": (s.gamma, _ALWAYS)}


def _multistep_lr(plan: Plan, s: Any) -> tuple[str, Values]:
    # Keras drops one step later.
    late = 1 if s.convention == "keras" else 0
    steps = [step + late for step in milestones(s.milestones)]
    return "MultiStepLR", {"milestones": (steps, _ALWAYS), "gamma": (s.gamma, _ALWAYS)}


def _exponential_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    return ("ExponentialLR", {"gamma": (s.gamma, _ALWAYS)}) if s.decay_steps == 1 else None


def _polynomial_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.cycle or s.end_rate:
        return None
    return "PolynomialLR", {"total_iters": (s.decay_steps, _ALWAYS), "power": (s.power, _ALWAYS)}


def _linear_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if not 0.0 < s.start_factor <= 1.0 or s.end_factor > 1.0:
        return None
    return "LinearLR", {
        "start_factor": (s.start_factor, _ALWAYS),
        "end_factor": (s.end_factor, _ALWAYS),
        "total_iters": (s.decay_steps, _ALWAYS),
    }


def _floor(plan: Plan, s: Any) -> Values:
    return {"eta_min": (s.alpha * plan.run.learning_rate, 0.0)}


def _cosine_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    # PyTorch's climbs again after T_max, where others stay at the floor.
    if not s.periodic and plan.steps > s.decay_steps:
        return None
    return "CosineAnnealingLR", {"T_max": (s.decay_steps, _ALWAYS), **_floor(plan, s)}


def _restarts_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.m_mult != 1.0 or not s.t_mult.is_integer():
        return None
    return "CosineAnnealingWarmRestarts", {
        "T_0": (s.first_steps, _ALWAYS), "T_mult": (int(s.t_mult), 1), **_floor(plan, s),
    }  # fmt: skip


def _one_cycle_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention != "pytorch" or plan.steps > s.total_steps:
        return None
    return "OneCycleLR", {
        "max_lr": (plan.run.learning_rate, _ALWAYS),
        "total_steps": (s.total_steps, _ALWAYS),
        "pct_start": (s.pct_start, 0.3),
        "div_factor": (s.div_factor, 25.0),
        "final_div_factor": (s.final_div_factor, 1e4),
        "anneal_strategy": (s.anneal_strategy, "cos"),
        "three_phase": (s.three_phase, False),
        "cycle_momentum": (False, True),
    }


def _cyclic_lr(plan: Plan, s: Any) -> tuple[str, Values]:
    base = plan.run.learning_rate
    values: Values = {
        "base_lr": (s.base_fraction * base, _ALWAYS),
        "max_lr": (base, _ALWAYS),
        "step_size_up": (s.step_size_up, _ALWAYS),
        "step_size_down": (s.step_size_down or s.step_size_up, s.step_size_up),
        "mode": (s.mode, "triangular"),
    }
    if s.mode == "exp_range":
        values["gamma"] = s.gamma, 1.0
    values["cycle_momentum"] = False, True
    return "CyclicLR", values


def _plateau_lr(plan: Plan, s: Any) -> tuple[str, Values] | None:
    if s.convention != "pytorch":
        return None
    return "ReduceLROnPlateau", {
        "factor": (s.factor, _ALWAYS),
        "patience": (s.patience, _ALWAYS),
        "threshold": (s.threshold, 1e-4),
        "threshold_mode": (s.threshold_mode, "rel"),
        "cooldown": (s.cooldown, 0),
        "min_lr": (s.min_lr, 0.0),
    }


_SCHEDULERS: dict[str, Callable[[Plan, Any], tuple[str, Values] | None]] = {
    "step": _step_lr,
    "multistep": _multistep_lr,
    "exponential": _exponential_lr,
    "polynomial": _polynomial_lr,
    "linear": _linear_lr,
    "cosine": _cosine_lr,
    "cosine_restarts": _restarts_lr,
    "one_cycle": _one_cycle_lr,
    "cyclical": _cyclic_lr,
    "plateau": _plateau_lr,
}
