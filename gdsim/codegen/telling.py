"""What a script says of itself: its heading, its data, and what gdsim found."""

from __future__ import annotations

import math
import textwrap
from dataclasses import replace

import numpy as np

from gdsim import __version__
from gdsim.codegen.parts import Parts
from gdsim.codegen.task import Task
from gdsim.codegen.text import array_lines, listed, paragraph, safe, spelt
from gdsim.codegen.width import WIDTH
from gdsim.engine.account import Account, proceed
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.simulation import Simulation
from gdsim.engine.verdict import verdict_at

MOST_WORK = 3_000_000
"""So much is simulated while a script is written (some tenths of a second); of longer runs no
result is told. A step costs its numbers, and 100 for all that comes with it."""
APART, MOST_PARTS = 16, 64
"""Steps between two shifts of a run, to see what becomes of rounding; no more than so many."""
SHIFTS = tuple(1e-15 * np.array([[1.0, 1.0], [-1.0, -1.0], [2.0, -2.0], [-2.0, 2.0]]))
"""In θ's even and odd places: about what another order of sums makes of it."""
SEEN = 1e-9
"""So much more than rounding is told."""
CLOSE = 0.01
"""A loss is near the least one when it is above it by no more than this share."""


def docstring(parts: Parts) -> list[str]:
    """The heading."""
    task = parts.task
    title = f"{task.run.family.title} · {task.problem.title} · {task.steps} steps"
    lines = textwrap.wrap(parts.code.about, WIDTH - 4)
    return [f'"""{title}', "", *lines, f"Made by gdsim {__version__}.", '"""']


def docstring_lines(text: str) -> list[str]:
    """A text as a docstring of one line or more."""
    lines = textwrap.wrap(text, 88)
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    return [f'"""{lines[0]}', *lines[1:], '"""']


def imports_for(lines: list[str]) -> list[str]:
    """What the lines of a schedule need of the standard library."""
    return ["import math"] if any("math." in line for line in lines) else []


def reads_numpy(parts: Parts) -> bool:
    """Whether the data are made ready by NumPy, in whatever framework the script is."""
    task = parts.task
    return bool(task.problem.size) and (bool(parts.code.prepare) or not task.data_inline)


def data_lines(parts: Parts, np: str) -> list[str]:
    """x and y, written out or read from the table, and made ready for the descent."""
    task, code = parts.task, parts.code
    data = task.problem.data
    if data is None:
        return []
    # What x goes through before the descent is NumPy's work in every framework.
    here = "np" if code.prepare else np
    make = {"np": "np.array", "torch": "torch.tensor", "jnp": "jnp.array"}[here]
    origin = f"The data are {safe(task.source)}." if task.source else ""
    one = data.columns == 1
    names = "" if one else f"The columns of x are {', '.join(map(safe, data.names))}."
    about = f"{origin} {names}".strip()
    if task.data_inline:
        x = array_lines("x", make, data.x[0] if one else data.x.T)
        lines = [*paragraph(about), *x, *array_lines("y", make, data.y)]
    else:
        about += (
            f" {data.size:,} rows are read from a table that gdsim saves beside the script: a line "
            "of names, then x and y with a comma between."
        )
        here = "np"
        lines = [
            *paragraph(about.strip()),
            f'table = np.loadtxt({spelt(task.table)}, delimiter=",", skiprows=1)',
            f"x, y = table[:, {'0' if one else ':-1'}], table[:, -1]",
        ]
    lines += code.prepare
    if here != np:
        wrap = {"torch": "torch.tensor", "jnp": "jnp.array"}[np]
        lines.append(f"x, y = {wrap}(x), {wrap}(y)")
    return lines


def result_lines(parts: Parts, loss: str = "") -> list[str]:
    """Print where it ends, and say where gdsim does; `loss` is how the script gets it."""
    loss = loss or f"float(loss(theta{parts.code.arguments}))"
    return [
        'print("theta =", theta.tolist())',
        f'print("loss =", {loss})',
        *parts.code.report,
        *expected_lines(parts.task),
    ]


def expected_lines(task: Task) -> list[str]:
    """gdsim's own result as a comment, and what has become of the run."""
    if _is_long(task):
        return []
    simulation = Simulation(task.problem, [task.run], stop_ended=False)
    account = Account(task.problem, task.run)
    account.take(simulation.now(), 0)
    proceed(simulation, [account], task.steps)
    texts = [
        f"gdsim: theta = {listed(simulation.theta[:, 0].tolist())}",
        f"       loss = {float(simulation.loss[0])!r}",
        f"       {verdict_at(account, task.steps).sentence}",
    ]
    lines = (textwrap.wrap(text, WIDTH - 2, subsequent_indent=" " * 7) for text in texts)
    return [f"# {line}" for told in lines for line in told] + _spread_lines(task)


def _spread_lines(task: Task) -> list[str]:
    """Of a run whose steps make rounding grow, how much of its end is not in the script's hand."""
    if task.problem.is_quadratic and task.run.method.transition(np.eye(1), 1.0) is not None:
        return []  # what is linear keeps rounding as small as it is
    spread = spread_of(task.problem, task.run, task.steps)
    if not SEEN < spread < math.inf:
        return []
    return paragraph(
        f"Its steps make rounding grow: changed in their last digit, they end up to {spread:.1g} "
        "from there. So may this script."
    )


def spread_of(problem: Problem, run: Run, steps: int) -> float:
    """The greatest distance of a parameter, in sizes of θ (1 at least), from where the run ends to
    where it does with θ shifted by its last digits now and then."""
    simulation = Simulation(problem, [run] * (1 + len(SHIFTS)), stop_ended=False)
    parts = min(MOST_PARTS, 1 + steps // APART)
    with np.errstate(all="ignore"):
        for part in range(parts):
            lanes = simulation.lanes()
            for lane, (even, odd) in zip(lanes[1:], SHIFTS, strict=True):
                size = np.maximum(1.0, np.abs(lane.theta))
                lane.theta[::2] += even * size[::2]
                lane.theta[1::2] += odd * size[1::2]
            simulation.restore(simulation.step, lanes)
            simulation.advance((part + 1) * steps // parts - simulation.step)
        end = simulation.theta[:, :1]
        return float(np.abs(simulation.theta - end).max() / max(1.0, float(np.abs(end).max())))


def _is_long(task: Task) -> bool:
    problem = task.problem
    return task.steps * (problem.size * len(problem.parameters) + 100) > MOST_WORK


def ends(problem: Problem, runs: list[Run], steps: int) -> tuple[list[list[float]], list[float]]:
    """Where the runs end: θ and loss of each."""
    simulation = Simulation(problem, runs, stop_ended=False)
    simulation.advance(steps)
    return simulation.theta.T.tolist(), [float(value) for value in simulation.loss]


FASTER = (10.0, 100.0, 1000.0)


def advice_lines(parts: Parts) -> list[str]:
    """Where Keras's steps do not reach the least loss: how far they get, and a rate that does."""
    task = parts.task
    problem, run = task.problem, task.run
    if _is_long(task) or not problem.size or not problem.minima:
        return []
    least = problem.loss_at(np.array(problem.minima[0]))
    faster = [_with_rate(run, run.learning_rate * factor) for factor in FASTER]
    _, before = ends(problem, [run], task.steps - 1)
    _, losses = ends(problem, [run, *faster], task.steps)
    enough = least + CLOSE * max(least, 1e-9)
    if not losses[0] > enough:
        return []
    epochs = "steps" if task.batch_size else "epochs"
    whose = f"the rate {run.learning_rate!r}"
    if run.learning_rate == run.family.defaults.get("keras", {}).get("learning_rate"):
        whose = f"Keras's default rate, {run.learning_rate!r},"
    reached = f"{losses[0]:.4g}"
    if not task.batch_size:
        # fit prints the loss that an epoch begins with.
        reached = f"{before[0]:.3g} ({reached} after the last update)"
    far = "far from" if losses[0] > 2.0 * least else "above"
    text = (
        f"{task.steps} {epochs} at {whose} reach a loss of {reached}, "
        f"{far} the {least:.4g} of {parts.code.best}."
    )
    for other, loss in zip(faster, losses[1:], strict=True):
        if loss <= enough:
            text += f" The rate {other.learning_rate:g} gets there: {loss:.4g}."
            break
    return paragraph(text)


def _with_rate(run: Run, rate: float) -> Run:
    return replace(run, settings=replace(run.settings, learning_rate=min(rate, 1e6)))
