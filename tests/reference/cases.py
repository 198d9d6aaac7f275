"""What is computed by the frameworks: optimizers on problems, and schedules over their length.

Settings carry gdsim's names. Nothing here comes from gdsim's code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

PROBLEMS = ("article", "rosenbrock", "beale")
STARTS = {"article": (0.0, 0.0), "rosenbrock": (-1.2, 1.0), "beale": (1.0, 1.0)}
STEPS = 500
RECORDED = (*range(51), *range(75, STEPS + 1, 25))
DECAY = 0.997
"""In cases with a changing rate it is lr · DECAY^k, gdsim's `exponential`."""


@dataclass(frozen=True)
class Case:
    """One trajectory: a framework's optimizer on a problem from its start."""

    optimizer: str
    convention: str
    problem: str
    lr: float
    settings: dict[str, Any] = field(default_factory=dict)
    decaying: bool = False
    clip_norm: float = 0.0
    clip_value: float = 0.0


@dataclass(frozen=True)
class Plan:
    """One schedule: its rates over `length` steps from a base rate, or from a list of losses."""

    schedule: str
    convention: str
    settings: dict[str, Any]
    length: int
    base: float = 0.1


DESCENT = (0.01, 0.001, 0.01)
HEAVY = (0.01, 0.0005, 0.002)
ADAPTIVE = (0.05, 0.02, 0.05)
RATES = {
    "gd": DESCENT,
    "sgd": DESCENT,
    "momentum": HEAVY,
    "nesterov": HEAVY,
    "adagrad": (0.3, 0.2, 0.3),
    "rmsprop": (0.001, 0.001, 0.001),
    "adadelta": (1.0, 1.0, 1.0),
    "lion": (0.001, 0.001, 0.001),
    "rprop": (0.01, 0.01, 0.01),
    "lamb": (0.003, 0.003, 0.003),
    "asgd": DESCENT,
    "adan": (0.02, 0.01, 0.02),
    "radam": (0.01, 0.0005, 0.01),
    "lookahead": HEAVY,
}

HAVE = {
    "pytorch": (
        "gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "amsgrad",
        "adamw", "adamax", "nadam", "radam", "rprop", "asgd",
    ),
    "keras": (
        "gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "amsgrad",
        "adamw", "adamax", "nadam", "lion", "lamb", "schedule_free_adamw",
    ),
    "optax": (
        "gd", "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "amsgrad",
        "adamw", "adamax", "nadam", "radam", "lion", "adabelief", "yogi", "adan", "lamb",
        "schedule_free_adamw", "lookahead",
    ),
}  # fmt: skip

OPTIONS: dict[str, dict[str, tuple[dict[str, Any], ...]]] = {
    "pytorch": {
        "gd": ({"weight_decay": 0.1},),
        "momentum": (
            {"momentum": 0.5, "dampening": 0.3},
            {"momentum": 0.8, "dampening": 0.9, "weight_decay": 0.05},
            {"momentum": 0.0, "dampening": 0.5},
        ),
        "nesterov": ({"momentum": 0.7, "weight_decay": 0.05},),
        "adagrad": ({"lr_decay": 0.01, "initial_accumulator": 0.5, "weight_decay": 0.02},),
        "rmsprop": (
            {"centered": True, "rho": 0.9},
            {"momentum": 0.5, "rho": 0.95},
            {"momentum": 0.6, "rho": 0.9, "centered": True, "weight_decay": 0.05, "eps": 1e-4},
        ),
        "adadelta": ({"rho": 0.8, "eps": 1e-4, "weight_decay": 0.05},),
        "adam": (
            {"weight_decay": 0.1},
            {"weight_decay": 0.1, "decoupled_weight_decay": True},
            {"beta1": 0.5, "beta2": 0.9, "eps": 1e-2},
        ),
        "amsgrad": ({"beta2": 0.9, "weight_decay": 0.05},),
        "adamw": ({"weight_decay": 0.2, "beta1": 0.8},),
        "adamax": ({"beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.05},),
        "nadam": (
            {"momentum_decay": 0.1, "weight_decay": 0.05},
            {"weight_decay": 0.1, "decoupled_weight_decay": True},
        ),
        "radam": (
            {"beta2": 0.9, "weight_decay": 0.05},
            {"beta2": 0.99, "weight_decay": 0.1, "decoupled_weight_decay": True},
        ),
        "rprop": ({"eta_minus": 0.6, "eta_plus": 1.1, "step_min": 1e-3, "step_max": 0.05},),
        "asgd": ({"lambd": 0.01, "alpha": 0.5, "t0": 100, "weight_decay": 0.05},),
    },
    "keras": {
        "gd": ({"weight_decay": 0.1},),
        "momentum": ({"momentum": 0.8, "weight_decay": 0.05},),
        "nesterov": ({"momentum": 0.7, "weight_decay": 0.05},),
        "adagrad": ({"initial_accumulator": 0.5, "eps": 1e-3, "weight_decay": 0.05},),
        "rmsprop": (
            {"centered": True},
            {"momentum": 0.6, "rho": 0.95, "weight_decay": 0.05},
        ),
        "adadelta": ({"rho": 0.8, "eps": 1e-4, "weight_decay": 0.05},),
        "adam": ({"beta1": 0.5, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.1},),
        "amsgrad": ({"beta2": 0.9, "eps": 1e-3},),
        "adamw": ({"weight_decay": 0.2, "beta1": 0.8},),
        "adamax": ({"beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.05},),
        "nadam": ({"beta1": 0.8, "eps": 1e-3, "weight_decay": 0.05},),
        "lion": ({"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1},),
        "lamb": ({"weight_decay": 0.1, "beta1": 0.8},),
        "schedule_free_adamw": (
            {"warmup_steps": 40, "beta1": 0.8},
            {"weight_decay": 0.05},
        ),
    },
    "optax": {
        "gd": ({"weight_decay": 0.1},),
        "momentum": ({"momentum": 0.8, "weight_decay": 0.05},),
        "nesterov": ({"momentum": 0.7},),
        "adagrad": ({"initial_accumulator": 0.0, "eps": 1e-3},),
        "rmsprop": (
            {"centered": True, "rho": 0.95},
            {"momentum": 0.6, "weight_decay": 0.05},
            {"momentum": 0.5, "eps_in_sqrt": False, "eps": 1e-4},
        ),
        "adadelta": ({"rho": 0.8, "eps": 1e-4, "weight_decay": 0.05},),
        "adam": ({"beta1": 0.5, "beta2": 0.9, "eps": 1e-2, "weight_decay": 0.1},),
        "amsgrad": ({"beta2": 0.9, "eps": 1e-3},),
        "adamw": ({"weight_decay": 0.2, "beta1": 0.8},),
        "adamax": ({"beta1": 0.8, "beta2": 0.9, "eps": 1e-3},),
        "nadam": ({"beta1": 0.8, "eps": 1e-3},),
        "radam": ({"beta2": 0.9, "eps": 1e-3, "threshold": 6.0},),
        "lion": ({"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1},),
        "adabelief": ({"beta2": 0.9, "eps": 1e-4, "eps_root": 1e-8},),
        "yogi": ({"beta1": 0.8, "beta2": 0.9},),
        "adan": ({"beta1": 0.9, "beta2": 0.8, "beta3": 0.95, "weight_decay": 0.1},),
        "lamb": ({"weight_decay": 0.1, "beta1": 0.8},),
        "schedule_free_adamw": (
            {"warmup_steps": 40, "beta1": 0.8, "weight_lr_power": 1.0},
            {"weight_decay": 0.05},
        ),
        "lookahead": (
            {"inner": "gd", "sync_period": 6},
            {"inner": "adam", "sync_period": 3, "slow_step": 0.8},
        ),
    },
}


def cases() -> list[Case]:
    """Every optimizer of every framework by its defaults on every problem, and its options."""
    found = []
    for convention, names in HAVE.items():
        for name in names:
            rates = RATES.get(name, ADAPTIVE)
            for problem, lr in zip(PROBLEMS, rates, strict=True):
                found.append(Case(name, convention, problem, lr))
            # A rate that changes at each step tells where in the update it stands.
            found.append(Case(name, convention, "beale", rates[2], {}, decaying=True))
            for settings in OPTIONS[convention].get(name, ()):
                found.append(Case(name, convention, "beale", rates[2], settings))
                found.append(Case(name, convention, "article", rates[0], settings, decaying=True))
    found.append(Case("gd", "pytorch", "rosenbrock", 0.01, clip_norm=1.0))
    found.append(Case("momentum", "pytorch", "rosenbrock", 0.002, clip_value=2.0))
    found.append(Case("adam", "pytorch", "beale", 0.02, clip_norm=0.5, clip_value=0.4))
    return found


LOSSES = (
    [10.0 / (1 + k) for k in range(30)]
    + [0.33 + 0.001 * (k % 3) for k in range(30)]
    + [0.33 * 0.9999**k for k in range(30)]
    + [0.2 + 0.05 * ((7 * k) % 5) for k in range(40)]
)
"""Made up: falling, flat, falling by less than the threshold, noisy."""

PLATEAUS = (
    {"factor": 0.5, "patience": 3},
    {"factor": 0.3, "patience": 5, "cooldown": 4},
    {"factor": 0.5, "patience": 2, "threshold": 0.01, "cooldown": 2},
)


def plans() -> list[Plan]:
    """Every schedule that a framework has, over its whole length and some steps more."""
    torch, keras, optax = "pytorch", "keras", "optax"
    found = [
        Plan("step", torch, {"step_size": 30, "gamma": 0.7}, 200),
        Plan("multistep", torch, {"milestones": "30, 80, 81", "gamma": 0.3}, 120),
        Plan("multistep", keras, {"milestones": "30, 80, 81", "gamma": 0.3}, 120),
        Plan("multistep", optax, {"milestones": "30, 80, 81", "gamma": 0.3}, 120),
        Plan("exponential", torch, {"gamma": 0.98}, 200),
        Plan("exponential", keras, {"gamma": 0.4, "decay_steps": 40}, 200),
        Plan("exponential", optax, {"gamma": 0.4, "decay_steps": 40}, 200),
        Plan("inverse_time", keras, {"decay_rate": 0.5, "decay_steps": 20}, 200),
        Plan(
            "inverse_time", keras, {"decay_rate": 0.5, "decay_steps": 20, "staircase": True}, 200
        ),
        Plan("polynomial", torch, {"decay_steps": 100, "power": 2.0}, 130),
        Plan("polynomial", keras, {"decay_steps": 100, "power": 0.5}, 130),
        Plan("polynomial", keras, {"decay_steps": 40, "power": 2.0, "cycle": True}, 130),
        Plan("polynomial", optax, {"decay_steps": 100, "power": 3.0, "end_rate": 0.01}, 130),
        Plan("linear", torch, {"start_factor": 0.25, "end_factor": 1.0, "decay_steps": 60}, 80),
        Plan("linear", torch, {"start_factor": 1.0, "end_factor": 0.1, "decay_steps": 60}, 80),
        Plan("linear", optax, {"start_factor": 1.0, "end_factor": 0.0, "decay_steps": 60}, 80),
        Plan("cosine", torch, {"decay_steps": 70, "alpha": 0.05, "periodic": True}, 300),
        Plan("cosine", keras, {"decay_steps": 70, "alpha": 0.05}, 100),
        Plan("cosine", optax, {"decay_steps": 70, "alpha": 0.05}, 100),
        Plan("cosine_restarts", torch, {"first_steps": 25, "alpha": 0.1}, 120),
        Plan("cosine_restarts", torch, {"first_steps": 7, "t_mult": 3.0}, 200),
        Plan("cosine_restarts", keras, {"first_steps": 25, "alpha": 0.1, "m_mult": 0.8}, 240),
        Plan("warmup_cosine", keras, {"warmup_steps": 20, "decay_steps": 80, "alpha": 0.1}, 120),
        Plan(
            "warmup_cosine", optax,
            {"warmup_steps": 20, "decay_steps": 80, "alpha": 0.1, "start_fraction": 0.2}, 120,
        ),
        Plan("one_cycle", torch, {"total_steps": 100}, 100),
        Plan(
            "one_cycle", torch,
            {"total_steps": 101, "pct_start": 0.37, "anneal_strategy": "linear"}, 101,
        ),
        Plan(
            "one_cycle", torch,
            {"total_steps": 90, "pct_start": 0.25, "three_phase": True, "div_factor": 10.0}, 90,
        ),
        Plan("one_cycle", optax, {"total_steps": 97, "pct_start": 0.3}, 110),
        Plan("one_cycle", optax, {"total_steps": 97, "anneal_strategy": "linear"}, 110),
        Plan(
            "cyclical", torch,
            {"step_size_up": 20, "step_size_down": 30, "base_fraction": 0.25}, 160,
        ),
        Plan(
            "cyclical", torch,
            {"step_size_up": 20, "base_fraction": 0.1, "mode": "triangular2"}, 160,
        ),
        Plan(
            "cyclical", torch,
            {"step_size_up": 20, "base_fraction": 0.1, "mode": "exp_range", "gamma": 0.98}, 160,
        ),
        Plan("noam", torch, {"warmup_steps": 40, "d_model": 16}, 160),
        Plan("piecewise", optax, {"points": "0:1.0, 40:0.5, 60:0.5, 120:0.05"}, 140),
    ]  # fmt: skip
    for convention in (torch, keras, optax):
        found += [Plan("plateau", convention, dict(s), len(LOSSES)) for s in PLATEAUS]
    return found


def described(item: Case | Plan) -> dict[str, Any]:
    """As JSON can hold it."""
    return asdict(item)
