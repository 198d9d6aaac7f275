"""The rate above which a run on samples grows on average, however its samples are drawn.

Near a minimum an update on a batch b is a linear map z ← M_b z of the error
(`Optimizer.transition`). What becomes of E[zzᵀ] over the orders of the samples decides: a map of
matrices, and its spectral radius. Drawn at random, batch by batch, X ↦ E[M X Mᵀ], for gradient
descent X − α(HX + XH) + α²[(1 − 1/B)HXH + (1/B)·mean HᵢXHᵢ] (Bottou, Curtis & Nocedal 2018;
Défossez & Bach 2015). In the order of the data each epoch is one map, and its own radius
decides. Reshuffled, the mean over all orders of an epoch's map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

import numpy as np

from gdsim.engine.arrays import Array, Indices
from gdsim.engine.optimizers import Optimizer
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence, sentence

MOST_VALUES = 6
"""Parameters, with a velocity twice as many values, up to which the limit is worked out."""
MOST_SAMPLES = 5_000
EXACT_SAMPLES = 7
"""Up to so many all orders of a reshuffled epoch are averaged; of more some are drawn."""
ORDERS, MOST_MAPS = 200, 40_000
_ROUNDING = 1e-7
_WIDER, _FINER = 1.3, 1.02
"""Factors between rates that are tried; an order has narrow spans at which it grows."""

Transition = Callable[[Array, float], Array]
Radius = Callable[[float], float]


@dataclass(frozen=True)
class SampledLimit:
    """A rate, and whether it is exact or from drawn orders; `samples` says how they are drawn."""

    rate: float
    exact: bool
    samples: Sentence
    growth: Radius
    """By how much the squared error is multiplied at a rate, on average, a step or an epoch."""
    per_epoch: bool


def sampled_limit(problem: Problem, run: Run, theta: Array) -> SampledLimit | None:
    """The limit for this run's samples and method at θ (parameters,); None where none is known."""
    batch = run.batch_size_for(problem)
    size = problem.size
    if not batch or size > MOST_SAMPLES or len(theta) > MOST_VALUES:
        return None
    if batch == size and run.sampling.sampling != "random":
        return None
    plain = replace(run.settings, learning_rate=1.0)
    order = run.sampling.sampling
    where = b"" if problem.is_quadratic else np.asarray(theta).tobytes()
    return _limit(problem, replace(Run(run.optimizer), settings=plain), batch, order, where)


def hessians(problem: Problem, theta: Array) -> Array:
    """The curvature of each sample's loss: (samples, P, P), by differences of its slopes.

    On squares they are exact but for rounding.
    """
    samples = np.arange(problem.size)
    reach = 1.0 if problem.is_quadratic else 1e-4 * (1.0 + float(np.abs(theta).max()))
    columns = []
    for way in reach * np.eye(len(theta)):
        ahead, behind = (problem.sample_gradients(theta + s * way, samples) for s in (1.0, -1.0))
        columns.append((ahead - behind).T / (2.0 * reach))
    found = np.stack(columns, axis=2)
    return np.asarray(0.5 * (found + found.transpose(0, 2, 1)))


@lru_cache(maxsize=64)
def _limit(problem: Problem, run: Run, batch: int, order: str, where: bytes) -> SampledLimit | None:
    theta = np.frombuffer(where) if where else np.array(problem.start)
    method = run.method
    single = hessians(problem, theta) + method.pull() * np.eye(len(theta))
    mean = single.mean(axis=0)
    steepest = float(np.linalg.eigvalsh(mean)[-1]) if np.isfinite(mean).all() else 0.0
    whole = method.critical_rate(steepest)
    if whole is None or method.transition(mean, 1.0) is None:
        return None

    def transition(hessians: Array, rate: float) -> Array:
        return _maps(method, hessians, rate)

    exact = True
    if order == "random":
        radius = _drawn(single, batch, transition)
    elif order == "cyclic":
        radius = _in_order(single, batch, transition)
    elif len(single) <= EXACT_SAMPLES:
        radius = _all_orders(single, batch, transition)
    else:
        exact = False
        radius = _some_orders(single, batch, transition)
    rate = _crossing(radius, whole, _FINER if order == "cyclic" else _WIDER)
    if rate is None:
        return None
    samples = _samples(batch, order)
    if order == "cyclic":
        return SampledLimit(rate, exact, samples, lambda tried: radius(tried) ** 2, True)
    per_epoch = order != "random" and (exact or _orders(-(-len(single) // batch)) > 0)
    return SampledLimit(rate, exact, samples, radius, per_epoch)


def _samples(batch: int, order: str) -> Sentence:
    if batch == 1:
        texts = {
            "random": "single samples drawn at random",
            "shuffle": "single samples reshuffled",
            "cyclic": "single samples in order",
        }
        return sentence(texts[order])
    several = {
        "random": "{count} samples a step drawn at random",
        "shuffle": "{count} samples a step, reshuffled",
        "cyclic": "{count} samples a step in order",
    }
    return sentence(several[order], count=batch)


def _crossing(radius: Radius, whole: float, wider: float) -> float | None:
    """The least rate at which the radius passes 1, from a thousandth of the full batch's limit."""
    low, high = 1e-3 * whole, 1e-3 * whole
    if radius(low) > 1.0 + _ROUNDING:
        return None
    while radius(high) <= 1.0 + _ROUNDING:
        low, high = high, high * wider
        if high > 100.0 * whole:
            return None
    for _ in range(32):
        middle = 0.5 * (low + high)
        if radius(middle) > 1.0 + _ROUNDING:
            high = middle
        else:
            low = middle
    return low


def _maps(method: Optimizer, hessians: Array, rate: float) -> Array:
    """The maps of many curvatures at once, (…, p, p): each is M(0) + Σ Hᵢⱼ (M(Eᵢⱼ) − M(0))."""
    count = hessians.shape[-1]
    still = method.transition(np.zeros((count, count)), rate)
    assert still is not None
    parts = []
    for unit in np.eye(count * count).reshape(-1, count, count):
        moved = method.transition(unit, rate)
        assert moved is not None
        parts.append(moved - still)
    flat = hessians.reshape(*hessians.shape[:-2], count * count)
    return np.asarray(still + np.tensordot(flat, np.array(parts), axes=1))


def _spectral_radius(matrix: Array) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if np.isfinite(matrix).all() else np.inf


def _both_sides(maps: Array) -> Array:
    """M ⊗ M, which does to a matrix what M does to its rows and columns: (…, p², p²)."""
    p = maps.shape[-1]
    both = np.einsum("...ij,...kl->...ikjl", maps, maps)
    return np.asarray(both).reshape(*maps.shape[:-2], p * p, p * p)


def _drawn(single: Array, batch: int, transition: Transition) -> Radius:
    """Each batch drawn anew with replacement: the maps of samples vary, those of means less."""

    def radius(rate: float) -> float:
        maps = transition(single, rate)
        mean = maps.mean(axis=0)
        spread = _both_sides(maps).mean(axis=0) - _both_sides(mean)
        return _spectral_radius(_both_sides(mean) + spread / batch)

    return radius


def _batches(single: Array, order: Indices, batch: int) -> list[Array]:
    return [single[order[i : i + batch]].mean(axis=0) for i in range(0, len(order), batch)]


def _in_order(single: Array, batch: int, transition: Transition) -> Radius:
    found = _batches(single, np.arange(len(single)), batch)

    def radius(rate: float) -> float:
        whole = np.eye(len(transition(found[0], rate)))
        for one in found:
            whole = transition(one, rate) @ whole
        return _spectral_radius(whole)

    return radius


def _all_orders(single: Array, batch: int, transition: Transition) -> Radius:
    """The mean over all orders: what is left of an epoch depends on the samples left alone."""

    sizes = {min(batch, len(single)), len(single) % batch or batch}
    groups = [group for size in sizes for group in combinations(range(len(single)), size)]
    averages = np.stack([single[list(group)].mean(axis=0) for group in groups])

    def radius(rate: float) -> float:
        means: dict[frozenset[int], Array] = {}
        steps = dict(zip(groups, _both_sides(transition(averages, rate)), strict=True))

        def rest(left: frozenset[int]) -> Array:
            if left not in means:
                size = min(batch, len(left))
                found = []
                for chosen in combinations(sorted(left), size):
                    step = steps[chosen]
                    others = left - set(chosen)
                    found.append(rest(others) @ step if others else step)
                means[left] = np.mean(found, axis=0)
            return means[left]

        return _spectral_radius(rest(frozenset(range(len(single)))))

    return radius


def _orders(steps: int) -> int:
    """How many orders of an epoch of so many steps are drawn; 0 where these would be too few."""
    orders = min(ORDERS, MOST_MAPS // steps)
    return 0 if orders < ORDERS // 4 else orders


def _some_orders(single: Array, batch: int, transition: Transition) -> Radius:
    """The mean over drawn orders, the same for each rate. Where an epoch is long, one of batches
    drawn at random, which it nears."""
    steps = -(-len(single) // batch)
    orders = _orders(steps)
    if not orders:
        return _drawn(single, batch, transition)
    generator = np.random.default_rng(0)
    drawn = [_batches(single, generator.permutation(len(single)), batch) for _ in range(orders)]
    stacked = np.array(drawn)

    def radius(rate: float) -> float:
        maps = transition(stacked, rate)
        whole = maps[:, 0]
        for place in range(1, steps):
            whole = maps[:, place] @ whole
        return _spectral_radius(_both_sides(whole).mean(axis=0))

    return radius
