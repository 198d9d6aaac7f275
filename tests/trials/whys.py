"""What the line that says why claims, against a run that starts beside the minimum; and what the
gauge and its presets claim, against the roots of every axis."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at, stability_bands
from gdsim.engine.fields import settings_values
from gdsim.engine.presets import Preset, preset_rate
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.simulation import Simulation
from gdsim.engine.telling import Told

MOST_STEPS = 3000
LINEAR = ("gd", "sgd", "momentum", "nesterov", "newton")


def roots_of(run: Run, curvature: float, rate: float) -> Array:
    """The roots for one axis, as the textbook has them."""
    beta = float(settings_values(run.settings).get("momentum", 0.0))
    x = rate * curvature
    if run.optimizer == "momentum":
        return np.asarray(np.roots([1.0, -(1.0 + beta - x), beta]))
    if run.optimizer == "nesterov":
        return np.asarray(np.roots([1.0, -(1.0 + beta) * (1.0 - x), beta * (1.0 - x)]))
    return np.array([1.0 - (rate if run.optimizer == "newton" else x)])


def why_objection(problem: Problem, run: Run, told: Told, draw: np.random.Generator) -> str:
    """What a plain run beside the minimum says against the factor and the steps that are told."""
    plain = run.schedule == "constant" and not (run.clipping.clips or run.batch_size_for(problem))
    if told.why is None or not plain or not problem.is_quadratic or run.pull:
        return ""
    if run.optimizer not in LINEAR or not problem.minima:
        return ""
    said, best = str(told.why), np.array(problem.minima[0])
    places = best + draw.normal(size=len(best)) * 1e-3 * (1.0 + np.abs(best).max())
    beside = replace(run, start=tuple(places.tolist()))
    simulation = Simulation(problem, [beside], stop_ended=False)
    theta = simulation.advance(MOST_STEPS).theta[:, :, 0]
    bent = np.linalg.eigh(problem.hessian(best))
    seen = bent[1][:, bent[0] > 1e-9 * bent[0].max()]  # what lies level does not move
    far = np.sqrt((((theta - best) @ seen) ** 2).sum(axis=1))
    floor = 1e-11 * (1.0 + np.abs(best).max())
    if "grows" in said or "as large" in said:
        return "" if not far[-1] <= 10.0 * far[0] or "by 0" in said else f"{far[0]} → {far[-1]}"
    found = re.findall(r"about (\d+) steps? for each", said)
    if not found:
        return ""
    steps = int(found[0])
    roots = np.concatenate([
        roots_of(run, float(value), run.learning_rate)
        for value in bent[0][bent[0] > 1e-9 * bent[0].max()]
    ])  # fmt: skip
    turns = np.abs(np.angle(roots[np.abs(roots.imag) > 1e-9]))
    turns = np.minimum(turns, np.pi - turns)  # near −1 it beats as slowly as near 1
    half = int(np.pi / turns.min()) if len(turns) else 0
    if half * -np.log(np.abs(roots).max()) > 3.0:
        return ""  # near where roots meet it crosses the middle once, and that may be here
    begin, end, swing = 4 * steps, 5 * steps, max(30, 2 * steps, half)
    if steps < 5 or end + swing >= MOST_STEPS or far[end] < floor:
        return ""
    # Over one swing and around it: a single point of a swing says little.
    ends = far[end : end + swing], far[begin : begin + swing]
    times = float(ends[1].max() / ends[0].max())
    return "" if 3.0 < times < 40.0 else f"{times:.3g} times nearer after {steps} steps"


def gauge_objection(problem: Problem, run: Run) -> str:
    """The bands and the presets against the roots of all axes."""
    theta = np.array(run.start)
    here = curvature_at(problem, theta)
    bands = stability_bands(run, here)
    if bands is None or here is None or run.optimizer not in LINEAR or run.pull:
        return ""
    up = here.eigenvalues[here.eigenvalues > 1e-9 * here.largest]
    if here.largest <= 0.0:
        return ""

    def radius(rate: float) -> float:
        return max(float(np.abs(roots_of(run, float(value), rate)).max()) for value in up)

    edge = bands.critical
    if not radius(0.999 * edge) < 1.0 < radius(1.001 * edge):
        return f"critical {edge}: {radius(0.999 * edge)}, {radius(1.001 * edge)}"
    if bands.smooth_ends < 0.99 * edge:
        below, above = (
            roots_of(run, float(up[-1]), share * bands.smooth_ends) for share in (0.99, 1.01)
        )
        if (np.isreal(below) & (np.real(below) < 0.0)).any():
            return f"zigzags below {bands.smooth_ends}"
        if not (np.isreal(above) & (np.real(above) < 0.0)).any():
            return f"does not zigzag above {bands.smooth_ends}"
    safe, large, fastest = (
        preset_rate(problem, run, theta, preset)
        for preset in (Preset.SAFE, Preset.TOO_LARGE, Preset.FASTEST)
    )
    if run.batch_size_for(problem) or safe is None or large is None or fastest is None:
        return ""
    if not radius(safe) < 1.0 < radius(large):
        return f"safe {safe}, too large {large}: {radius(safe)}, {radius(large)}"
    if run.optimizer == "newton":
        return ""
    best = min(radius(rate) for rate in np.geomspace(1e-3 * edge, edge, 600))
    if radius(fastest) <= 0.02:  # there in a step or two
        return ""
    longer = float(np.log(best) / np.log(radius(fastest)))
    return "" if longer < 1.05 else f"fastest {fastest} takes {longer:.3g} times as long"
