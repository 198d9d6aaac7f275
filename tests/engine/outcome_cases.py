"""Runs whose outcome is known: (name, problem, optimizer, how, steps, the words that are right).

`how` are the words of `gdsim.simulate`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gdsim.engine.data import data_of
from gdsim.engine.problems import Problem, make_problem

Case = tuple[str, Problem | str, str, dict[str, Any], int, str]

HEIGHT = np.array([1.6, 1.7, 1.75, 1.8, 1.9, 1.66])
WEIGHT = np.array([55.0, 68.0, 66.0, 80.0, 85.0, 61.0])
YEARS = make_problem("linear", (np.arange(1.0, 6.0), np.array([2001.0, 2003, 2002, 2007, 2010])))
TWO_UNITS = make_problem(
    "linear", data_of(np.stack([HEIGHT, 100.0 * HEIGHT]), WEIGHT), {"standardise": True}
)
HOUSES = make_problem(
    "linear",
    (
        np.array([2104.0, 1600, 2400, 1416, 3000, 1985, 1534]),
        np.array([399900.0, 329900, 369000, 232000, 539900, 299900, 314900]),
    ),
)
PARTED = make_problem("logistic", (np.array([1.0, 2, 3, 4]), np.array([0.0, 0, 1, 1])))
INVERSE = make_problem("expression", None, {"expression": "1/x"})
TO_ZERO = {"end_factor": 0.0, "total_steps": 4000, "start_factor": 1.0}
DECAYING = {"schedule": "linear", "schedule_settings": TO_ZERO}
COSINE = {"schedule": "cosine", "schedule_settings": {"total_steps": 100}}


def own(formula: str) -> Problem:
    return make_problem("expression", None, {"expression": formula})


CASES: list[Case] = [
    # What version 0.1 said wrongly.
    ("slope of years still wrong", YEARS, "gd", {"lr": 0.05}, 400, "moving"),
    ("slope of years found", YEARS, "gd", {"lr": 0.05}, 12000, "converged"),
    ("slow swing", "parabola", "momentum", {"lr": 0.001, "momentum": 0.99}, 531, "moving"),
    ("swing over", "parabola", "momentum", {"lr": 0.001, "momentum": 0.99}, 4000, "converged"),
    ("metres and centimetres", TWO_UNITS, "gd", {"lr": 0.3}, 900, "converged"),
    ("at the kink", "absolute", "gd", {"lr": 0.25, "start": (1.0,)}, 40, "converged"),
    ("across the kink", "absolute", "gd", {"lr": 0.3, "start": (1.0,)}, 60, "oscillating"),
    ("decay", "article", "gd", {"lr": 0.02, "weight_decay": 0.5}, 5000, "converged"),
    ("rate 0", "article", "gd", {"lr": 0.01, **COSINE}, 3000, "standing"),
    ("random", "article", "sgd", {"lr": 0.07, "sampling": "random"}, 3000, "diverging"),
    ("clipped", "article", "gd", {"lr": 0.1, "clip_norm": 1.0}, 1000, "oscillating"),
    ("down the saddle", "saddle", "gd", {"lr": 0.1}, 60, "unbounded"),
    ("far down the saddle", "saddle", "gd", {"lr": 0.1}, 110, "unbounded"),
    ("on the saddle", "saddle", "gd", {"lr": 0.1, "start": (1.5, 0.0)}, 400, "stalled"),
    ("upper well", "double_well", "gd", {"lr": 0.1}, 300, "local minimum"),
    ("hump", "camel", "momentum", {"lr": 0.05, "start": (-1.8, 1.5)}, 600, "local minimum"),
    ("dent", "ackley", "gd", {"lr": 0.01, "start": (2.1, 2.1)}, 800, "local minimum"),
    ("came back", "quadratic", "adam", {"lr": 1500.0, **DECAYING}, 6000, "converged"),
    ("steeper on its way", "himmelblau", "momentum",
     {"lr": 0.0292, "momentum": 0.99, "start": (0.98, 1.41)}, 2000, "diverged"),
    ("no start", INVERSE, "gd", {"start": (0.0,)}, 5, "no value"),
    # Functions of one's own that have no lower bound, and some that have.
    ("own hill", own("-x^2"), "gd", {"lr": 0.1, "start": (1.0,)}, 20, "unbounded"),
    ("own hill, momentum", own("-x^2"), "momentum", {"lr": 0.1, "start": (1.0,)}, 20, "unbounded"),
    ("own hill, Adam", own("-x^2"), "adam", {"lr": 0.1, "start": (1.0,)}, 40, "unbounded"),
    ("own flat hill", own("-x^4"), "gd", {"lr": 0.1, "start": (0.1,)}, 20, "unbounded"),
    ("own saddle", own("x^2 - y^2"), "gd", {"lr": 0.1, "start": (1.0, 0.5)}, 20, "unbounded"),
    ("own slanted saddle", own("x y"), "gd", {"lr": 0.1, "start": (1.0, 0.5)}, 30, "unbounded"),
    ("own slope", own("-x"), "gd", {"lr": 0.1, "start": (1.0,)}, 20, "unbounded"),
    ("own tilted groove", own("x^2 + y"), "gd", {"lr": 0.1, "start": (1.0, 1.0)}, 40, "unbounded"),
    ("own cubic", own("x^3"), "gd", {"lr": 0.01, "start": (-1.0,)}, 30, "unbounded"),
    ("own cubic, far", own("x^3"), "gd", {"lr": 0.01, "start": (1.0,)}, 300, "moving"),
    ("held by decay", own("-x^2"), "gd",
     {"lr": 0.1, "start": (1.0,), "weight_decay": 4.0}, 200, "converged"),
    ("own hill, down to a plain", own("1/(1 + x^2)"), "gd", {"lr": 0.1, "start": (0.1,)}, 20,
     "moving"),
    ("own double well", own("x^4 - 2x^2"), "gd", {"lr": 0.001, "start": (0.1,)}, 20, "moving"),
    ("own absolute", own("abs(x)"), "gd", {"lr": 0.01, "start": (3.0,)}, 20, "moving"),
    ("own hill far wide", own("x^4/1e12 - x^2"), "gd", {"lr": 0.01, "start": (1.0,)}, 40, "moving"),
    ("on a hill of sines", own("cos(x) - y^2 exp(-y^2)"), "gd",
     {"lr": 0.05, "start": (0.1, 0.1)}, 20, "moving"),
    # The article's regression.
    ("article 0.01 early", "article", "gd", {"lr": 0.01}, 1000, "moving"),
    ("article 0.01", "article", "gd", {"lr": 0.01}, 3000, "converged"),
    ("article 0.08", "article", "gd", {"lr": 0.08}, 300, "converged"),
    ("article 0.0845", "article", "gd", {"lr": 0.0845}, 100, "oscillating"),
    ("article 0.0846", "article", "gd", {"lr": 0.0846}, 1000, "diverging"),
    ("article 0.09", "article", "gd", {"lr": 0.09}, 100, "diverged"),
    ("all but no rate", "article", "gd", {"lr": 1e-9}, 500, "moving"),
    ("one step", "article", "momentum", {"lr": 0.01}, 1, "moving"),
    ("swings home", "article", "momentum", {"lr": 0.1}, 400, "converged"),
    ("below the limit", "article", "momentum", {"lr": 0.16}, 200, "oscillating|moving"),
    ("above the limit", "article", "momentum", {"lr": 0.161}, 1500, "diverging|diverged"),
    ("hops", "article", "rmsprop", {"lr": 0.01, "rho": 0.9}, 3000, "hovering"),
    ("hops of a sign", "article", "lion", {"lr": 0.05}, 2000, "hovering"),
    ("Adam 0.1", "article", "adam", {"lr": 0.1}, 1500, "converged"),
    ("Adam 0.001", "article", "adam", {"lr": 0.001}, 1000, "moving"),
    ("noise 0.02", "article", "sgd", {"lr": 0.02}, 5000, "hovering"),
    ("noise 0.01", "article", "sgd", {"lr": 0.01}, 5000, "hovering"),
    ("noise on its way", "article", "sgd", {"lr": 0.005}, 300, "moving"),
    ("Newton's first step", "article", "newton", {}, 1, "converged"),
    ("Newton's rest", "article", "newton", {}, 40, "converged"),
    # Other landscapes.
    ("bounces for ever", "parabola", "gd", {"lr": 1.0}, 100, "oscillating"),
    ("zigzags home", "parabola", "gd", {"lr": 0.9}, 100, "converged"),
    ("home in one step", "parabola", "gd", {"lr": 0.5}, 1, "converged"),
    ("valley early", "rosenbrock", "gd", {"lr": 0.002}, 1000, "moving"),
    ("valley at the edge", "rosenbrock", "gd", {"lr": 0.002}, 60000, "oscillating"),
    ("valley", "rosenbrock", "gd", {"lr": 0.0019}, 60000, "converged"),
    ("gentle saddle", "gentle_saddle", "gd", {"lr": 0.1, "start": (1.5, 0.0)}, 300, "stalled"),
    ("near the saddle", "gentle_saddle", "gd", {"lr": 0.1, "start": (1.5, 0.001)}, 40,
     "moving|stalled"),
    ("past the saddle", "gentle_saddle", "gd", {"lr": 0.1, "start": (1.5, 0.001)}, 600,
     "converged"),
    ("flat bottom", "quartic", "gd", {"lr": 0.1}, 300, "moving|converged"),
    ("plateau", "plateau", "gd", {"lr": 0.1, "start": (6.0,)}, 500, "stalled"),
    ("came by and will leave", "beale", "gd", {"lr": 0.04108}, 1560, "oscillating"),
    ("labels", "logistic", "gd", {"lr": 0.5}, 5000, "converged|moving"),
    ("labels that can be parted", PARTED, "gd", {"lr": 0.5}, 5000, "unbounded"),
    ("network", "network", "gd", {"lr": 0.25}, 2000, "moving|oscillating"),
    ("raw houses", HOUSES, "gd", {"lr": 2e-7}, 2000, "stalled"),
]  # fmt: skip
