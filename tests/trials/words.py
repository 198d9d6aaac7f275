"""Random runs: is what is said before Play, why, and what would help, borne out by the run itself?

    python -m tests.trials.words [SEED [COUNT]]

Regimes are held against the run's own steps, against curvatures by differences of slopes, and under
sampling against E[zzᵀ] as it goes on from step to step; paces against the roots of each axis and
against the steps that follow. Small networks and typed functions are drawn too. Printed are the
sentences that were not borne out, and how many of each were looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import permutations

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.fields import settings_values
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.problems.linear_model import LinearModel
from gdsim.engine.remedies import with_remedy
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.schedules import SCHEDULES
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import Simulation
from gdsim.engine.telling import Told, told_of
from gdsim.engine.verdict import verdict_at
from tests.trials.counting import Counts, run_trial
from tests.trials.outcomes import PROBLEMS
from tests.trials.paces import pace_objection
from tests.trials.whys import gauge_objection, roots_of, why_objection

STEPS = 1000
METHODS = ["gd", "momentum", "nesterov", "sgd", "newton", "adam", "rmsprop", "gd", "momentum"]


def drawn(problems: list[Problem], draw: np.random.Generator) -> tuple[Problem, Run]:
    """A run on one of the problems, with or without schedule, samples, decay and clipping."""
    problem = problems[draw.integers(len(problems))]
    optimizer = METHODS[draw.integers(len(METHODS))]
    rate = problem.learning_rate * 10.0 ** draw.uniform(-2.0, 1.5)
    settings: dict[str, object] = {"learning_rate": 10.0 ** draw.uniform(-1.0, 0.6)}
    if optimizer != "newton":
        settings["learning_rate"] = rate
    if optimizer in ("momentum", "nesterov"):
        settings["momentum"] = float(draw.choice([0.3, 0.5, 0.9, 0.99]))
    if optimizer not in ("newton", "adam", "rmsprop") and draw.random() < 0.15:
        settings["weight_decay"] = float(10.0 ** draw.uniform(-3.0, 0.5))
    schedule = "constant"
    if draw.random() < 0.35:
        schedule = SCHEDULES[draw.integers(len(SCHEDULES))].name
    sampling = None
    if problem.size and draw.random() < 0.4:
        batch = int(draw.integers(1, min(problem.size, 4) + 1))
        sampling = Sampling(batch, str(draw.choice(["random", "shuffle", "cyclic"])))
    clipping = (
        Clipping(float(10.0 ** draw.uniform(-1.0, 1.0)), 0.0) if draw.random() < 0.1 else None
    )
    start = None
    if draw.random() < 0.6:
        start = tuple(float(value + draw.normal()) for value in problem.start)
    run = make_run(problem, optimizer, settings, schedule, None, sampling, clipping, start)
    return problem, run


def hessian(problem: Problem, theta: Array) -> Array:
    """By differences of slopes."""
    reach = 1e-5 * (1.0 + np.abs(theta).max())
    columns = [
        (problem.gradient_at(theta + reach * way) - problem.gradient_at(theta - reach * way))
        / (2.0 * reach)
        for way in np.eye(len(theta))
    ]
    found = np.array(columns)
    return np.asarray(0.5 * (found + found.T))


def decay_of(run: Run) -> float:
    values = settings_values(run.settings)
    coupled = not values.get("decoupled_weight_decay", False)
    return float(values.get("weight_decay", 0.0)) if coupled else 0.0


def limit_of(run: Run, steepest: float) -> float:
    """The textbook's, for each method."""
    beta = float(settings_values(run.settings).get("momentum", 0.0))
    match run.optimizer:
        case "momentum":
            return 2.0 * (1.0 + beta) / steepest
        case "nesterov":
            return 2.0 * (1.0 + beta) / ((1.0 + 2.0 * beta) * steepest)
        case "newton":
            return 2.0
        case _:
            return 2.0 / steepest


def objection(problem: Problem, run: Run, told: Told, rates: Array) -> str:
    """What speaks against the regime; "" where it is borne out."""
    said, template = str(told.regime), innermost(told.regime)
    bent = hessian(problem, np.array(run.start))
    if not np.isfinite(bent).all():
        return ""
    values = np.linalg.eigvalsh(bent)
    values = values + decay_of(run)
    steepest = float(values[-1])
    if "bends down, with curvature" in template:
        return "" if values[0] < 0.0 else f"the least curvature is {values[0]:.3g}"
    if "critical" not in template or "{critical}" not in template or steepest <= 0.0:
        return ""
    limit, peak = limit_of(run, steepest), float(rates.max())
    batch = run.batch_size_for(problem)
    if "{samples}" in template:
        return sampled_objection(problem, run, told, peak, batch)
    near = abs(peak / limit - 1.0) < 1e-4
    above = np.flatnonzero(rates >= limit * (1.0 + 1e-6))
    if "stationary point" in template:
        return "" if values[0] < 0.0 and run.optimizer == "newton" else f"curvatures {values}"
    if near or batch:
        return ""
    if "is the critical" in template:
        return "" if abs(peak / limit - 1.0) < 1e-9 else f"the peak is {peak / limit} of the limit"
    if "until the schedule lowers it" in template:
        return "" if len(above) else f"the peak is {peak / limit:.4f} of the limit"
    if "peaks at" in template or "Starts too large" in template:
        return of_schedule(said, rates, above)
    if ("diverges" in said or "unstable here" in said or "cannot diverge" in said) != bool(
        len(above)
    ):
        return f"the peak is {peak / limit:.4f} of the limit"
    roots = roots_of(run, steepest, peak)
    largest = roots[np.abs(roots).argmax()]
    swings = abs(np.imag(largest)) > 1e-7
    claims = {
        "underdamped": swings, "overdamped": not swings and np.real(largest) >= 0.0,
        "alternates": not swings and np.real(largest) < 0.0, "smooth": np.real(largest) >= -1e-9,
        "zigzags": np.real(largest) < 1e-9, "crawls": abs(np.real(largest)) > 0.85,
    }  # fmt: skip
    for word, holds in claims.items():
        if f" {word}" in said and not holds:
            return f"roots {roots}"
    return of_the_run(problem, run, said)


def of_schedule(said: str, rates: Array, above: Indices) -> str:
    """Steps named against the rates themselves."""
    if "Starts too large" in said:
        (on,) = (int(n) for n in re.findall(r"from step (\d+) on", said))
        return "" if above[0] == 0 and above[-1] == on - 1 else f"above at {above[[0, -1]]}"
    peak_step = int(re.findall(r"at step (\d+)", said)[0])
    if rates[peak_step] < rates.max():
        return f"the peak is at {rates.argmax()}"
    spans = re.findall(r"from step (\d+) to step (\d+)", said)
    if spans:
        first, last = (int(n) for n in spans[0])
        expected = np.arange(first, last + 1)
        return "" if np.array_equal(above, expected) else f"above at {above[:3]}…{above[-3:]}"
    between = re.findall(r"between step (\d+) and step (\d+)", said)
    if between:
        ends = [int(n) for n in between[0]]
        return "" if ends == [int(above[0]), int(above[-1])] else f"above at {above[[0, -1]]}"
    begins = re.findall(r"from step (\d+) on", said)
    if begins:
        expected = np.arange(int(begins[0]), len(rates))
        return "" if np.array_equal(above, expected) else f"above at {above[:3]}…{above[-3:]}"
    return "above the limit" if len(above) else ""


def of_the_run(problem: Problem, run: Run, said: str) -> str:
    """On quadratics the run itself: whether it grows."""
    if not problem.is_quadratic:
        return ""
    simulation = Simulation(problem, [run], stop_ended=False)
    before = float(simulation.loss[0])
    block = simulation.advance(4 * STEPS)
    theta, loss = block.theta[:, :, 0], block.loss[:, 0]
    if "cannot diverge" in said:
        moves = np.linalg.norm(np.diff(theta[:STEPS], axis=0), axis=1).max()
        (length,) = (float(n) for n in re.findall(r"at most ([\d.]+(?:e-?\d+)?) ", said))
        return "" if moves <= 1.01 * length else f"moves by {moves:.3g}"
    lowest = min((problem.loss_at(np.array(m)) for m in problem.minima), default=0.0)
    if "unstable here" in said or "where nothing is clipped" in said:
        return ""
    grown = not np.isfinite(loss[-1]) or loss[-1] - lowest > 2.0 * (before - lowest) + 1e-9
    if decay_of(run):
        return ""
    if "diverges" in said and not grown and before - lowest > 1e-9:
        return f"does not grow: {before:.3g} → {loss[-1]:.3g}"
    return f"grows: {before:.3g} → {loss[-1]:.3g}" if "diverges" not in said and grown else ""


def sampled_objection(problem: Problem, run: Run, told: Told, rate: float, batch: int) -> str:
    """E[zzᵀ] from step to step, or over all orders of an epoch, by the textbook's own update."""
    if run.optimizer not in ("gd", "sgd") or not problem.squares or run.schedule != "constant":
        return ""
    if not isinstance(problem, LinearModel):
        return ""
    grows_said = "below {limit}" not in told.regime.template
    features = np.concatenate([np.ones((1, problem.size)), problem.features(problem.data.x)])
    share = float(np.trace(problem.hessian(np.zeros(len(features))))) / float(
        (features**2).mean(1).sum()
    )
    single = share * np.einsum("in,jn->nij", features, features) + decay_of(run) * np.eye(
        len(features)
    )
    one, count = np.eye(len(features)), problem.size
    if run.sampling.sampling == "random":
        mean, maps = one - rate * single.mean(0), one - rate * single
        x = one.copy()
        sizes = []
        for _ in range(4000):
            each = np.einsum("nij,jk,nlk->il", maps, x, maps) / count
            whole = mean @ x @ mean.T
            x = whole + (each - whole) / batch
            sizes.append(np.linalg.norm(x))
            if sizes[-1] > 1e200 or sizes[-1] < 1e-200:
                break
        grows = sizes[-1] > sizes[len(sizes) // 2]
    else:
        orders = [tuple(range(count))]
        if run.sampling.sampling == "shuffle":
            if count > 5:
                return ""
            orders = list(permutations(range(count)))
        epochs = []
        for order in orders:
            whole = one
            for i in range(0, count, batch):
                whole = (one - rate * single[list(order[i : i + batch])].mean(0)) @ whole
            epochs.append(np.kron(whole, whole))
        grows = float(np.abs(np.linalg.eigvals(np.mean(epochs, axis=0))).max()) > 1.0
    return "" if grows is grows_said or grows == grows_said else f"grows: {grows}"


def of_remedies(problem: Problem, run: Run, told: Told) -> str:
    for remedy in told.remedies:
        if remedy.part == "problem":
            continue
        simulation = Simulation(problem, [with_remedy(run, remedy)])
        before = float(simulation.loss[0])
        loss = simulation.advance(300).loss[:, 0]
        if not (np.isfinite(loss).all() and loss[-1] < before):
            return f"{remedy.sentence} does not help"
    return ""


def looked_at(problem: Problem, run: Run, draw: np.random.Generator) -> tuple[Told, list[str]]:
    """What is told of a run, and what speaks against it."""
    simulation, account = Simulation(problem, [run], stop_ended=False), Account(problem, run)
    account.take(simulation.now(), 0)
    account.take(simulation.advance(STEPS), 0)
    told = told_of(problem, run, STEPS, verdict_at(account, STEPS).outcome)
    schedule = run.rate_schedule
    steps = np.arange(1 if schedule.watches_loss else STEPS)
    rates = np.asarray(schedule.rate(run.learning_rate, steps))
    found = [
        objection(problem, run, told, rates), of_remedies(problem, run, told),
        why_objection(problem, run, told, draw), gauge_objection(problem, run),
    ]  # fmt: skip
    return told, [text for text in found if text]


def paced(problem: Problem, run: Run, draw: np.random.Generator) -> tuple[str, list[str]]:
    """The sentence at some step on the way that tells of what follows, and what speaks against it;
    "" where there is none."""
    simulation, account = Simulation(problem, [run], stop_ended=False), Account(problem, run)
    account.take(simulation.now(), 0)
    step = int(10.0 ** draw.uniform(1.2, 3.3))
    account.take(simulation.advance(step), 0)
    found = verdict_at(account, step)
    template, against = pace_objection(account, found, simulation)
    return template, [f"at step {step}: {found.sentence} – {against}"] if against else []


def _named(problem: Problem) -> str:
    return f"{problem.name} {problem.formula}"


def innermost(told: Sentence) -> str:
    """The template of a why without what is said of where it holds."""
    inner = told.values.get("why")
    return innermost(inner) if isinstance(inner, Sentence) else told.template


def trial(seed: int, count: int, say: Callable[[str], None]) -> Counts:
    """How often each sentence was said, and how often it was not borne out."""
    draw = np.random.default_rng(seed)
    problems = [make_problem(name, None, settings) for name, settings in PROBLEMS]
    given: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for _ in range(count):
        problem, run = drawn(problems, draw)
        told, against = looked_at(problem, run, draw)
        given[told.regime.template] += 1
        for remedy in told.remedies:
            given[remedy.sentence.template] += 1
        if told.why is not None:
            given[innermost(told.why)] += 1
        for text in against:
            wrong[told.regime.template] += 1
            say(f"{told.regime} {told.why} – but {text} | {_named(problem)} | {run}")
        paced_by, against = paced(problem, run, draw)
        if paced_by:
            given[paced_by] += 1
        for text in against:
            wrong[paced_by] += 1
            say(f"{text} | {_named(problem)} | {run}")
    return given, wrong


if __name__ == "__main__":
    run_trial(trial, 5000)
