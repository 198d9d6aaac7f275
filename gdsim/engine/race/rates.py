"""The rates that each run of a race is given: the same for all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gdsim.engine.arrays import Array
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import Fault

PER_DECADE = 20
LOWEST, HIGHEST = -3, 1
"""Powers of ten between which every race looks at least."""
LEAST, MOST = -15, 6
"""Powers of ten beyond which no race looks by itself; the most is what the field allows."""
MOST_RATES = 10_000


@dataclass(frozen=True)
class Rates:
    """`count` rates from `low` to `high`, each the same number of times the one before."""

    low: float
    high: float
    count: int

    @property
    def decades(self) -> float:
        """How far apart neighbours are, in powers of ten."""
        return math.log10(self.high / self.low) / (self.count - 1)

    @property
    def values(self) -> Array:
        return np.geomspace(self.low, self.high, self.count)

    @property
    def spec(self) -> str:
        """As a sweep takes them."""
        return f"log:{self.low!r}:{self.high!r}:{self.count}"

    def denser(self, times: int) -> Rates:
        """So many times as many between the same ends, these among them."""
        return Rates(self.low, self.high, (self.count - 1) * times + 1)

    def about(self, rate: float, count: int) -> Rates:
        """`count` rates from the neighbour below `rate` to the one above."""
        ratio = 10.0**self.decades
        return Rates(rate / ratio, rate * ratio, count)


def read_rates(spec: str) -> Rates:
    """Rates from `log:LOW:HIGH:COUNT`; `Fault` says what is wrong."""
    kind, *parts = spec.strip().split(":")
    try:
        low, high, count = (float(part) for part in parts)
        whole = math.isfinite(high) and count.is_integer()
    except ValueError:
        kind, low, high, count, whole = "", 0.0, 0.0, 0.0, False
    if kind != "log" or not (whole and 0.0 < low < high and 3 <= count <= MOST_RATES):
        raise Fault(
            "The rates of a race are log:LOW:HIGH:COUNT, the low end above zero and below the high "
            "one, with 3 to {most:,} rates: not '{text}'.",
            most=MOST_RATES, text=spec,
        )  # fmt: skip
    return Rates(low, high, int(count))


def usual_rates(problem: Problem, runs: Sequence[Run]) -> Rates:
    """20 rates a decade from 0.001 to 10, and on where the problem or a method asks for it.

    From a tenth of to ten times the critical rate 2/λmax at the steepest of start and minimum; and,
    for methods that move by about their rate a step, up to the way from the start to the minimum.
    """
    limits, ways = list(_limits(problem, runs)), list(_ways(problem, runs))
    low = math.floor(math.log10(min(limits) / 10.0)) if limits else LOWEST
    highs = [limit * 10.0 for limit in limits[:1]] + ways
    high = math.ceil(math.log10(max(highs))) if highs else HIGHEST
    low, high = max(LEAST, min(LOWEST, low)), min(MOST, max(HIGHEST, high))
    return Rates(10.0**low, 10.0**high, (high - low) * PER_DECADE + 1)


def _limits(problem: Problem, runs: Iterable[Run]) -> Iterator[float]:
    """2/λmax at the first known minimum and at each start, where there is a steepest axis."""
    points = dict.fromkeys([*problem.minima[:1], *(run.start for run in runs)])
    for point in points:
        curvature = curvature_at(problem, np.array(point))
        if curvature is not None and curvature.largest > 0.0:
            yield 2.0 / curvature.largest


def _ways(problem: Problem, runs: Iterable[Run]) -> Iterator[float]:
    """How far the nearest minimum is along the axis on which it is farthest."""
    minima = np.array(problem.minima)
    for run in runs:
        if len(minima) and run.method.moves_by_rate:
            way = float(np.abs(minima - np.array(run.start)).max(axis=1).min())
            if 0.0 < way < math.inf:
                yield way
