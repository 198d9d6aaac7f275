"""Random runs: is the word for each still true over the steps that follow?

    python -m tests.trials.outcomes [SEED [COUNT]]

Each run has a random problem (small networks and typed functions among them), method, rate,
schedule, sampling, start and step; its word there is held against its next 2000 steps. Printed are
the words that were not borne out, and how many of each were looked at. Words about noise are about
means: some few of them have a run against them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array
from gdsim.engine.history import LOSS
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation
from gdsim.engine.verdict import Verdict, verdict_at
from tests.trials.counting import Counts, run_trial

MORE = 2000
TYPED = (
    "x^2", "-x^2", "x^3", "x^4 - 2x^2", "(x - 1)^2 + y^2", "x y", "x^2 - y^2", "log(x^2 + 1)",
    "sqrt(x^2 + 1) + 3y^2", "exp(x) + exp(-2x)", "abs(x) + y^2", "log(x)", "1/(1 + x^2)", "-x",
    "x^2 + 100y^2 + x y", "sin(2x) + cos(2y) + 0.2(x² + y²)", "(1 - x)^2 + 10(y - x^2)^2",
    "-exp(-x^2 - 2y^2)", "x - log(x)", "x^2 y^2 + x^2",
)  # fmt: skip
PROBLEMS: list[tuple[str, dict[str, object]]] = [
    ("article", {}), ("parabola", {}), ("sphere", {}), ("booth", {}), ("matyas", {}),
    ("ravine", {"angle": 30.0}), ("quadratic", {}), ("linear", {}), ("linear", {"columns": 3}),
    ("polynomial", {}), ("rosenbrock", {}), ("himmelblau", {}), ("camel", {}), ("double_well", {}),
    ("gentle_saddle", {}), ("beale", {}), ("rastrigin", {}), ("wave", {}), ("plateau", {}),
    ("quartic", {}), ("absolute", {}), ("logistic", {}), ("styblinski_tang", {}),
    ("network", {"hidden": "2"}), ("network", {"hidden": "8"}), ("network", {"hidden": "8,8"}),
    ("network", {"hidden": "8", "activation": "relu"}),
    ("network", {"hidden": "8,8", "activation": "relu"}),
]  # fmt: skip
PROBLEMS += [("expression", {"expression": text}) for text in TYPED]
METHODS = [
    "gd", "momentum", "nesterov", "adam", "rmsprop", "lion", "adagrad", "amsgrad", "gd", "momentum",
]  # fmt: skip


def drawn(problems: list[Problem], draw: np.random.Generator) -> tuple[Problem, Run, int]:
    """A run on one of the problems, and the step at which it is looked at."""
    problem = problems[draw.integers(len(problems))]
    optimizer = METHODS[draw.integers(len(METHODS))]
    settings: dict[str, object] = {
        "learning_rate": problem.learning_rate * 10.0 ** draw.uniform(-2.0, 1.2)
    }
    if optimizer in ("momentum", "nesterov"):
        settings["momentum"] = float(draw.choice([0.5, 0.9, 0.99, 0.999]))
    if optimizer == "rmsprop":
        settings["rho"] = float(draw.choice([0.9, 0.99]))
    schedule, planned = "constant", {}
    if draw.random() > 0.8:
        schedule, planned = "cosine", {"total_steps": int(draw.integers(20, 1000))}
    batch = 1 if problem.size and draw.random() < 0.2 else 0
    start = None
    if draw.random() < 0.6:
        start = tuple(float(value + draw.normal()) for value in problem.start)
    order = "random" if draw.random() < 0.3 else "shuffle"
    sampling = Sampling(batch, order) if batch else None
    run = make_run(problem, optimizer, settings, schedule, planned, sampling, start=start)
    return problem, run, int(10.0 ** draw.uniform(1.2, 3.5))


def objection(problem: Problem, run: Run, found: Verdict, here: float, after: Array) -> str:
    """What the losses `after` a step say against the word for it; "" where they bear it out."""
    scale, constant = problem.scale, run.schedule == "constant"
    known = min((problem.loss_at(np.array(m)) for m in problem.minima), default=None)
    lowest = float(after.min()) if known is None else known
    match found.outcome:
        case Outcome.CONVERGED | Outcome.LOCAL_MINIMUM:
            if "carry it out" not in str(found.sentence):
                if not after.max() <= here + 4e-6 * scale:
                    return f"leaves, by {after.max() - here:.2g} of {scale:.2g}"
                if after.min() < here - 4e-6 * scale:
                    return f"falls on, by {here - after.min():.2g} of {scale:.2g}"
            if found.outcome is Outcome.CONVERGED and known is not None:
                return "a lower minimum is known" if here > known + 1e-5 * scale else ""
        case Outcome.STANDING | Outcome.STALLED:
            moved = float(np.abs(after[:200] - here).max())
            return f"moves, by {moved:.2g} of {scale:.2g}" if moved > 1e-2 * scale else ""
        case Outcome.UNBOUNDED if constant and not problem.separable:
            return f"rises to {after[-1]:.3g}" if after[-1] >= here else ""
        case Outcome.OSCILLATING if constant:
            first, later = (after[a:b].max() - lowest for a, b in ((0, 200), (200, 400)))
            return "dies away" if first and later < 0.3 * first else ""
        case Outcome.HOVERING if constant and known is not None:
            first, later = after[:500].mean() - known, after[1500:].mean() - known
            return f"falls from {first:.2g} to {later:.2g}" if later < 0.25 * first else ""
        case Outcome.DIVERGING if constant and not run.batch_size_for(problem):
            return "" if after[-1] > here else "comes back"
        case _:
            pass
    return ""


def looked_at(problem: Problem, run: Run, step: int) -> tuple[Verdict, str]:
    """The word for a run at a step, and what speaks against it."""
    simulation, account = Simulation(problem, [run], stop_ended=False), Account(problem, run)
    account.take(simulation.now(), 0)
    account.take(simulation.advance(step), 0)
    found = verdict_at(account, step)
    after = simulation.advance(MORE).loss[:, 0]
    return found, objection(problem, run, found, float(account.last_row[LOSS]), after)


def trial(seed: int, count: int, say: Callable[[str], None]) -> Counts:
    """How often each word was given, and how often it was not borne out."""
    draw = np.random.default_rng(seed)
    problems = [make_problem(name, None, settings) for name, settings in PROBLEMS]
    given: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for _ in range(count):
        problem, run, step = drawn(problems, draw)
        found, against = looked_at(problem, run, step)
        given[found.outcome.value] += 1
        if against:
            wrong[found.outcome.value] += 1
            say(f"{found.outcome.value}: {against} | {problem.name} at {step} | {run}")
    return given, wrong


if __name__ == "__main__":
    run_trial(trial, 1000)
