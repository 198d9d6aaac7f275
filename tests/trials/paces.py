"""What a verdict says of the steps that follow, against the roots of every axis and those steps."""

from __future__ import annotations

import math
import re

import numpy as np

from gdsim.engine.account import Account
from gdsim.engine.outcome import Outcome
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import Simulation
from gdsim.engine.verdict import Verdict
from tests.trials.whys import LINEAR, roots_of

MOST = 3000
SHARE = 1.3
"""A pace is told to two digits, from some steps only."""


def pace_objection(account: Account, found: Verdict, simulation: Simulation) -> tuple[str, str]:
    """The template of a sentence that was looked at, and what speaks against it."""
    template = _template(found.sentence)
    if found.outcome is Outcome.UNBOUNDED and "lower bound" in str(found.sentence):
        return template, _of_the_fall(account, simulation)
    paces = re.findall(r"(?:at this pace|from here on) some ([\d.]+)", str(found.sentence))
    if not paces:
        return "", ""
    told = float(paces[0])
    against = _of_the_roots(account, told)
    return template, against or _of_the_steps(account, told, simulation)


def _of_the_steps(account: Account, told: float, simulation: Simulation) -> str:
    """How much nearer it is after as many steps as were told, over stretches of half as many."""
    problem, run = account.problem, account.run
    swing = int(max(30, told // 2))
    plain = run.schedule == "constant" and not run.pull  # with decay another place is the lowest
    if not plain or not problem.minima or told > MOST:
        return ""
    way = simulation.advance(int(told) + swing).theta[:, :, 0]
    before, after = way[:swing], way[-swing:]
    minima = np.array(problem.minima)
    best = minima[((minima - before[-1]) ** 2).sum(axis=1).argmin()]
    floor = 1e-11 * (1.0 + np.abs(best).max())
    far, near = (float(np.sqrt(((rows - best) ** 2).sum(axis=1)).max()) for rows in (before, after))
    if near < floor or 3.0 < far / near < 40.0:
        return ""
    return f"{far / near:.3g} times nearer after that"


def _of_the_fall(account: Account, simulation: Simulation) -> str:
    """Whether it goes on falling."""
    before = float(account.last_row[1])
    after = float(simulation.advance(500).loss[-1, 0])
    rises = after >= before and account.run.schedule == "constant"
    return f"{before} → {after}" if rises else ""


def _of_the_roots(account: Account, told: float) -> str:
    """No slower than the slowest axis, no faster than the fastest."""
    problem, run = account.problem, account.run
    plain = run.schedule == "constant" and not (run.clipping.clips or run.pull)
    if run.optimizer not in LINEAR or not plain or not problem.is_quadratic:
        return ""
    values = np.linalg.eigvalsh(problem.hessian(account.last_row[2:]))
    up = values[values > 1e-9 * abs(values[-1])]
    if not len(up):
        return ""
    sizes = [float(np.abs(roots_of(run, float(v), run.learning_rate)).max()) for v in up]
    if not 0.0 < min(sizes) <= max(sizes) < 1.0:
        return ""
    slowest, fastest = (math.log(0.1) / math.log(size) for size in (max(sizes), min(sizes)))
    if told > SHARE * slowest + 1.0:
        return f"the slowest axis takes {slowest:.4g}"
    # Where roots meet, k·rᵏ is not there at once; what swings is.
    swings = all(np.iscomplex(roots_of(run, float(v), run.learning_rate)).all() for v in up)
    if swings and told < fastest / SHARE - 1.0:
        return f"the fastest axis takes {fastest:.4g}"
    return ""


def _template(said: Sentence) -> str:
    """That of the sentence itself, without what is said of the limit."""
    inner = said.values.get("verdict")
    return _template(inner) if isinstance(inner, Sentence) else said.template
