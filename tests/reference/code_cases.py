"""Runs whose exported scripts are compared with gdsim's own simulation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.fields import Settings, fields_of
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.optimizers.lookahead import INNER
from gdsim.engine.problems import PROBLEMS, Problem, make_problem
from gdsim.engine.problems.fit_settings import LOSS_NAMES
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES, Schedule, find_schedule
from gdsim.engine.sentences import Fault
from gdsim.engine.simulation import Simulation
from tests.reference import cases

STEPS = 60
EXPRESSIONS = (
    "x² + 3y²",
    "sin(2x) + cos(2y) + 0.2(x² + y²)",
    "(1 - x)^2 + (y - x^2)^2",
    "x^4/4 - x^2/2",
    "exp(-x²) - 1/(1 + y²) + x^2/8",
    "log(1 + x²) + |y - 1|·2 + y^2",
    "max(x, 2)^2 + relu(y) + y²",
    "2^x + 2^-x + sqrt(1 + y^2) - -y",
    "x^3 sigmoid(x y) + (x - 2)^2 (y + 1)^2 + tanh(y)/(2 - y/9)",
    "atan(x)·x - (y - 1)^3/(1 + y^2)^2 + min(y, 3)² + asin(x/9)",
    "(x - 2)^2 - 3 - (x - (4 - x))",
)


@dataclass(frozen=True)
class Exported:
    """One run to be exported, and the name to call it by."""

    name: str
    problem: Problem
    run: Run
    steps: int

    def ends(self) -> Array:
        """gdsim's final parameters (parameters,)."""
        return _ends(self.problem, self.run, self.steps)

    def noise(self) -> float:
        """How far rounding errors alone may lead: what moved starts make of the same run."""
        here = self.ends()
        moved = []
        for seed in range(3):
            way = np.random.default_rng(seed).integers(-1, 2, len(here)) * 2.0**-50
            start = tuple(
                v + w * max(abs(v), 1.0) for v, w in zip(self.run.start, way, strict=True)
            )
            other = make_run(
                self.problem, self.run.optimizer, _values(self.run.settings), self.run.schedule,
                _values(self.run.schedule_settings), self.run.sampling, self.run.clipping, start,
            )  # fmt: skip
            moved.append(np.abs(_ends(self.problem, other, self.steps) - here).max())
        return float(max(moved))


def _values(settings: Settings) -> dict[str, object]:
    return {item.name: getattr(settings, item.name) for item in fields_of(settings)}


def _ends(problem: Problem, run: Run, steps: int) -> Array:
    simulation = Simulation(problem, [run], stop_ended=False)
    simulation.advance(steps)
    return simulation.theta[:, 0].copy()


def exported() -> Iterator[Exported]:
    """Every optimizer, convention, option, schedule, order of samples and problem."""
    yield from by_optimizer()
    yield from by_schedule()
    yield from by_samples()
    yield from by_problem()
    yield from at_edges()


def by_optimizer() -> Iterator[Exported]:
    """What the frameworks' reference was made of, and Newton's method."""
    for case in cases.cases():
        problem = make_problem(case.problem)
        run = make_run(
            problem,
            case.optimizer,
            {"learning_rate": case.lr, **case.settings},
            "exponential" if case.decaying else "constant",
            {"gamma": cases.DECAY} if case.decaying else {},
            Sampling(batch_size=problem.size),
            Clipping(case.clip_norm, case.clip_value),
            convention=case.convention,
        )
        words = [case.optimizer, case.convention, case.problem, *map(str, case.settings.items())]
        words += ["decaying"] * case.decaying + ["clipped"] * bool(case.clip_norm)
        yield Exported(" ".join(words), problem, run, STEPS)
    decays = {"weight_decay": 0.1, "decoupled_weight_decay": True}
    for cls in OPTIMIZERS:
        if "decoupled_weight_decay" not in {item.name for item in fields_of(cls.Settings)}:
            continue
        for convention in cls.conventions:
            for decoupled in (True, False):
                problem = make_problem("article")
                settings = {"learning_rate": 0.02, **decays, "decoupled_weight_decay": decoupled}
                run = make_run(problem, cls.name, settings, "step", {"step_size": 20},
                               convention=convention)  # fmt: skip
                name = f"{cls.name} {convention} decoupled={decoupled} step"
                yield Exported(name, problem, run, STEPS)
    problem = make_problem("article")
    damped = make_run(problem, "newton", {"damping": 0.5, "learning_rate": 0.3}, "cosine", {},
                      Sampling(2, "shuffle", 1))  # fmt: skip
    yield Exported("newton damped cosine batch 2", problem, damped, STEPS)
    for inner in INNER:
        over: dict[str, object] = {"learning_rate": 0.005, "inner": inner, "sync_period": 7}
        run = make_run(problem, "lookahead", over, "cosine", {}, Sampling(2), Clipping(2.0))
        yield Exported(f"lookahead {inner} cosine batch 2 clipped", problem, run, 33)


def by_schedule() -> Iterator[Exported]:
    """Every schedule over its whole length and beyond, with optimizers that use it differently."""
    plans = cases.plans()
    for plan in plans:
        for optimizer in ("gd", "momentum", "adam", "asgd", "lion"):
            problem = make_problem("article")
            known = {item.name for item in fields_of(find_schedule(plan.schedule).Settings)}
            settings = dict(plan.settings)
            if "convention" in known:
                settings["convention"] = plan.convention
            run = make_run(problem, optimizer, {"learning_rate": 0.02}, plan.schedule, settings)
            steps = min(plan.length, 100) + 10
            words = [optimizer, plan.schedule, plan.convention, *map(str, plan.settings.items())]
            yield Exported(" ".join(words), problem, run, steps)
    problem = make_problem("article")
    for cls in SCHEDULES:
        if not cls.conventions:
            yield from _by_choice(problem, cls)
    run = make_run(problem, "gd", {}, "plateau", {"factor": 0.5, "patience": 2, "min_lr": 1e-3},
                   Sampling(2))  # fmt: skip
    yield Exported("gd plateau batch 2", problem, run, 100)


def _by_choice(problem: Problem, cls: type[Schedule]) -> Iterator[Exported]:
    """A schedule that no framework has, in each of its shapes, so short that it gets through."""
    fields = fields_of(cls.Settings)
    short = {f.name: int(f.default) // 20 for f in fields if f.kind == "int" and "steps" in f.name}
    choices = [(f.name, choice) for f in fields for choice in f.choices] or [("", "")]
    for name, choice in choices:
        for alpha in (0.0, 0.1) if any(f.name == "alpha" for f in fields) else (0.0,):
            settings = {**short, name: choice, "alpha": alpha}
            known = {f.name: settings[f.name] for f in fields if f.name in settings}
            for optimizer in ("gd", "momentum", "adam", "lion"):
                run = make_run(problem, optimizer, {"learning_rate": 0.02}, cls.name, known)
                yield Exported(f"{optimizer} {cls.name} {choice} {alpha}", problem, run, STEPS)


def by_samples() -> Iterator[Exported]:
    """Every order of samples, by batches that do and do not divide the data; more than a chunk."""
    problem = make_problem("article")
    for order in ("shuffle", "cyclic", "random"):
        for batch in (1, 2, 5):
            run = make_run(problem, "sgd", {}, "constant", {}, Sampling(batch, order, 7))
            yield Exported(f"sgd {order} {batch}", problem, run, 30)
    run = make_run(problem, "sgd", {}, "constant", {}, Sampling(2, "shuffle", 3))
    yield Exported("sgd shuffle 2 over chunks", problem, run, 2100)
    run = make_run(problem, "adam", {"learning_rate": 0.02}, "cosine", {}, Sampling(3, "random"),
                   Clipping(1.0, 0.8))  # fmt: skip
    yield Exported("adam cosine random 3 clipped", problem, run, 100)


def by_problem() -> Iterator[Exported]:
    """Every problem that needs no data of the user's, by three methods."""
    for cls in PROBLEMS:
        if cls.name == "linear":
            continue
        problem = make_problem(cls.name)
        known = {item.name for item in fields_of(cls.Settings)}
        turned = [make_problem(cls.name, None, {"angle": 30.0})] if "angle" in known else []
        for optimizer in ("gd", "adam", "newton"):
            # Newton's path over a rugged surface is chaotic, but for the bottom of a hollow.
            steps = 3 if optimizer == "newton" else STEPS
            near = (0.08, -0.05) if (optimizer, cls.name) == ("newton", "rastrigin") else None
            for one in (problem, *turned):
                if optimizer == "newton" and cls.name in ("absolute", "network"):
                    continue  # no curvature, none that is written out
                name = f"{optimizer} {cls.name} {one.formula}"
                yield Exported(name, one, make_run(one, optimizer, start=near), steps)
    for basis in ("legendre", "scaled", "plain"):
        for loss in LOSS_NAMES:
            problem = make_problem("polynomial", None, {"basis": basis, "loss": loss, "degree": 4})
            run = make_run(problem, "adam", {}, "constant", {}, Sampling(7))
            yield Exported(f"adam batch polynomial {basis} {loss}", problem, run, STEPS)
    for standardise in (False, True):
        problem = make_problem("logistic", None, {"standardise": standardise})
        run = make_run(problem, "momentum", {}, "constant", {}, Sampling(9))
        yield Exported(f"momentum batch logistic {standardise}", problem, run, STEPS)
    for hidden, activation in (("3", "tanh"), ("4, 3", "tanh"), ("5", "relu"), ("3, 4", "relu")):
        problem = make_problem("network", None, {"hidden": hidden, "activation": activation})
        for optimizer, batch in (("gd", 0), ("adam", 8), ("lamb", 0)):
            run = make_run(problem, optimizer, {}, "constant", {}, Sampling(batch))
            yield Exported(f"{optimizer} network {hidden} {activation}", problem, run, 40)
    for text in EXPRESSIONS:
        problem = make_problem("expression", None, {"expression": text})
        for optimizer in ("gd", "adam", "newton"):
            if optimizer == "newton" and "relu" in text:
                continue  # its curvature is singular
            run = make_run(problem, optimizer, {"learning_rate": 0.001})
            yield Exported(f"{optimizer} expression {text}", problem, run, 20)
    for text, rate in (("log(x)", 0.1), ("x + log(x y)", 0.3), ("x sqrt(y) + x^2", 0.4)):
        # They come to where the function has no value.
        problem = make_problem("expression", None, {"expression": text})
        start = (1.0, 0.5)[: len(problem.parameters)]
        for optimizer in ("gd", "adam", "momentum"):
            run = make_run(problem, optimizer, {"learning_rate": rate}, start=start)
            yield Exported(f"{optimizer} to no value of {text}", problem, run, 20)
    yield from by_loss()
    x = np.random.default_rng(5).uniform(-2, 7, 300)
    table = make_problem("linear", (x, 1.5 * x - 2 + np.sin(9 * x)))
    yield Exported("adam linear of 300 points", table, make_run(table, "adam"), STEPS)
    few = make_problem("linear", (x[:9], x[:9] ** 2))
    run = make_run(few, "momentum", {}, "constant", {}, Sampling(4), start=(0.5, -1.25))
    yield Exported("momentum linear of 9 points", few, run, STEPS)


def by_loss() -> Iterator[Exported]:
    """Lines and planes with every loss, in their own units and standardised."""
    rng = np.random.default_rng(11)
    one = rng.uniform(-1, 5, 12)
    two = np.stack([rng.normal(2, 3, 15), rng.uniform(0, 1, 15)])
    constant = np.stack([*two, np.full(15, 0.1)])
    for columns in (one, two, constant):
        y = np.atleast_2d(columns).sum(axis=0) * 1.7 - 2 + rng.normal(0, 1, columns.shape[-1])
        for loss in LOSS_NAMES:
            for standardise in (True,) if columns is constant else (False, True):
                settings = {"loss": loss, "standardise": standardise, "huber_delta": 0.8}
                problem = make_problem("linear", (columns, y), settings)
                words = f"linear {np.atleast_2d(columns).shape[0]} {loss} standardise={standardise}"
                yield Exported(f"gd {words}", problem, make_run(problem), STEPS)
                run = make_run(problem, "adam", {}, "constant", {}, Sampling(4), Clipping(1.0))
                yield Exported(f"adam batch clipped {words}", problem, run, STEPS)


def at_edges() -> Iterator[Exported]:
    """Every optimizer with each setting at an end of its range, which a framework may refuse."""
    problem = make_problem("article")
    for cls in OPTIMIZERS:
        for item in fields_of(cls.Settings):
            if item.kind not in ("float", "int") or item.name == "learning_rate":
                continue
            for edge in (item.minimum, item.maximum):
                if edge is None or edge > 1e3:
                    continue
                for convention in cls.conventions or ("",):
                    values = {item.name: item.check(edge), "learning_rate": 2.0**-6}
                    try:
                        run = make_run(problem, cls.name, values, convention=convention)
                    except Fault:
                        continue  # two ends that exclude each other
                    name = f"{cls.name} {convention} {item.name}={edge:g}"
                    yield Exported(name, problem, run, 25)
