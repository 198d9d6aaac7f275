"""Where in a grid theory puts the boundary between runs that come home and runs that diverge."""

from __future__ import annotations

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at, stability_bands
from gdsim.engine.sweep.grid import Axis, Grid

RATE = "learning_rate"


def critical_rates(grid: Grid) -> Array | None:
    """The critical rate c/λmax for each value of the axis beside the learning rate; else None.

    (1,) where the learning rate is the only axis. NaN where theory gives none for that run: with
    adaptive methods, schedules, clipping, mini-batches. λmax is that of the first known minimum,
    or else of the start; on a quadratic it is the same everywhere.
    """
    if all(axis.name != RATE for axis in grid.axes):
        return None
    problem = grid.problem
    minima = problem.minima
    curvature = curvature_at(problem, np.array(minima[0] if minima else grid.run.start))
    rates = [np.nan] * beside(grid)
    for place in range(len(rates)):
        places = [0 if axis.name == RATE else place for axis in grid.axes]
        run = grid.run_at(*places)
        plain = run.rate_schedule.constant and not run.batch_size_for(problem)
        if plain and not run.clipping.clips:
            bands = stability_bands(run, curvature)
            rates[place] = bands.critical if bands is not None else np.nan
    return np.array(rates) if np.isfinite(rates).any() else None


def beside(grid: Grid) -> int:
    """The number of values on the axis that is not the learning rate; 1 where there is none."""
    others = [len(axis) for axis in grid.axes if axis.name != RATE]
    return others[0] if others else 1


def place_of(axis: Axis, value: Array) -> Array:
    """Where numbers lie along an axis of a range, in places from 0 (its first value) on."""
    low, high = float(axis.values[0]), float(axis.values[-1])
    if len(axis) < 2:
        return np.where(value == low, 0.0, np.nan)
    with np.errstate(all="ignore"):
        if axis.spacing == "log":
            share = np.log(value / low) / np.log(high / low)
        elif axis.spacing == "lin":
            share = (value - low) / (high - low)
        else:
            values = np.asarray(axis.values, dtype=np.float64)
            order = np.argsort(values)
            inside = np.interp(value, values[order], order.astype(np.float64), np.nan, np.nan)
            return np.asarray(inside)
    return np.asarray(share * (len(axis) - 1))
