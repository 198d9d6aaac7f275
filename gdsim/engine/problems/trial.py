"""A learning rate that shows something at the first Play, found by trying."""

from __future__ import annotations

import numpy as np

from gdsim.engine.problems.base import Problem

RATES = tuple(digit * 10.0**power for power in range(-6, 1) for digit in (1.0, 3.0))
"""What is tried; at the end of a list the rates that take the longest strides."""


def best_rate(problem: Problem, steps: int = 150, notches: int = 0) -> float:
    """The rate with the lowest loss after some steps, of those whose loss never rises on the way.

    All rates are tried side by side as lanes. Of those that come within a thousandth of the best
    the smallest is taken: it got there with the least risk. `notches` says how many further down
    the list to go, for landscapes that grow steeper on the way.
    """
    theta = np.repeat(np.array(problem.start)[:, None], len(RATES), axis=1)
    gradient, rates = np.empty_like(theta), np.array(RATES)
    with np.errstate(all="ignore"):
        loss = first = problem.loss(theta)
        falls = np.isfinite(loss)
        for _ in range(steps):
            problem.gradient(theta, gradient)
            theta -= rates * gradient
            after = problem.loss(theta)
            # Far below the start the function has no floor: such a rate only falls faster.
            falls &= (after <= loss) & (after >= first - 1e3 * (1.0 + np.abs(first)))
            loss = after
    if not falls.any():
        return 0.01
    reached = np.where(falls, loss, np.inf)
    good = reached <= reached.min() + 1e-3 * np.abs(first - reached.min())
    return float(f"{rates[max(0, int(np.argmax(good)) - notches)]:.0e}")
