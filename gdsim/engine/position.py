"""Where a run is at one step, and how it came there: what its outcome is told from."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from gdsim.engine.account import LEAST, LONGEST, Account
from gdsim.engine.arrays import Array, Flags
from gdsim.engine.diagnosis import curvature_at
from gdsim.engine.falling import falls_without_end
from gdsim.engine.history import LOSS, RATE, THETA

SHARE = 1e-6
"""Of the problem's scale: a difference in loss that is small."""
ROUNDING = float(np.finfo(np.float64).eps)
MOST_WEIGHTS = 400
"""Beyond so many the curvature is too dear: a run is judged by its losses and moves alone."""


class Position:
    """One run at one step k, with the last n steps of its way.

    What is descended is F = J + ½λ|θ|², λ the decay that acts through the gradient.
    """

    def __init__(self, account: Account, step: int) -> None:
        self.account, self.step = account, step
        self.problem = account.problem
        self.run = account.run_at(max(step - 1, 0))
        """The settings that made the last move."""
        self.method = self.run.method
        self.pull = self.method.pull()
        self._half_swing = self.method.half_swing()
        self.moves_by_rate = self.method.moves_by_rate
        self.batch = self.run.batch_size_for(self.problem)
        self._rows = account.rows(step, LONGEST + 1)
        self.theta: Array = self._rows[-1, THETA:]
        self.loss = float(self._rows[-1, LOSS])
        self.rate = float(self._rows[-2, RATE]) if len(self._rows) > 1 else 0.0
        """The rate of the last move."""

    # The landscape of F here.

    @cached_property
    def gradient(self) -> Array:
        return self.problem.gradient_at(self.theta) + self.pull * self.theta

    @cached_property
    def slope(self) -> float:
        """|∇F|."""
        return math.hypot(*self.gradient.tolist())

    @cached_property
    def _axes(self) -> tuple[Array, Array]:
        """Curvatures, ascending, and their axes as columns; none where they are not known."""
        count = len(self.theta)
        here = curvature_at(self.problem, self.theta) if count <= MOST_WEIGHTS else None
        if here is None:
            return np.zeros(0), np.zeros((count, 0))
        return here.eigenvalues + self.pull, here.vectors

    @property
    def curvatures(self) -> Array:
        return self._axes[0]

    @property
    def axes(self) -> Array:
        return self._axes[1]

    @property
    def known(self) -> bool:
        """Whether the curvature is known here."""
        return bool(len(self.curvatures))

    @cached_property
    def steepest(self) -> float:
        """The greatest curvature, whatever its sign; 0 where none is known."""
        return float(np.abs(self.curvatures).max()) if self.known else 0.0

    @cached_property
    def up(self) -> Flags:
        """Along which axes F bends up."""
        return self.curvatures > 1e-12 * max(self.steepest, 1e-300)

    @cached_property
    def down(self) -> Flags:
        """Along which axes F bends down."""
        return self.curvatures < -1e-9 * max(self.steepest, 1e-300)

    @cached_property
    def level(self) -> Flags:
        """Along which axes F does neither."""
        return ~self.up & ~self.down

    @cached_property
    def flattest(self) -> float:
        """The least curvature of those that bend up; 0 where none does."""
        return float(self.curvatures[self.up].min()) if self.up.any() else 0.0

    @cached_property
    def along(self) -> Array:
        """∇F along each axis."""
        return np.asarray(self.axes.T @ self.gradient)

    @cached_property
    def left(self) -> float:
        """What a Newton step along the axes that bend up would still gain: Σ ½g²/λ."""
        up = self.up
        return float((0.5 * self.along[up] ** 2 / self.curvatures[up]).sum())

    @cached_property
    def is_bottom(self) -> bool:
        """Whether it is no lower beyond the place to which the curvature here points, as it would
        be on a slope that only fades, such as x³ above 0."""
        up = self.up
        way = self.axes[:, up] @ (-self.along[up] / self.curvatures[up])
        places = [self.theta + far * way for far in (2.0, 4.0, 8.0, 16.0)]
        with np.errstate(all="ignore"):
            values = [self.problem.loss_at(at) + 0.5 * self.pull * float(at @ at) for at in places]
        return not any(value < self.rest - self.small for value in values)

    @cached_property
    def is_quiet(self) -> bool:
        """Whether there is no slope to speak of along the level axes."""
        at_start = float(np.linalg.norm(self.problem.gradient_at(self.start)))
        size = max(at_start, self.slope, 1e-300)
        return bool((np.abs(self.along[self.level]) <= 1e-9 * size).all())

    @cached_property
    def small(self) -> float:
        """A difference in loss that nobody sees, here."""
        return SHARE * self.problem.scale + 64.0 * ROUNDING * abs(self.value)

    @cached_property
    def lowest(self) -> float | None:
        """The loss of the known minimum; of F none is known where there is decay."""
        return None if self.pull else self.problem.least_loss

    @cached_property
    def rest(self) -> float:
        """The value of F that is looked at as its lowest here."""
        return self.value - self.left if self.lowest is None else self.lowest

    @property
    def knows_rest(self) -> bool:
        """Whether `rest` is the minimum, and not merely where the landscape here would have one."""
        return self.lowest is not None or self.problem.convex

    @cached_property
    def reach(self) -> float:
        """The way from the start to the nearest known minimum; 1 where none is known."""
        ways = [math.dist(self.start.tolist(), minimum) for minimum in self.problem.minima]
        return min(ways, default=1.0) or 1.0

    # The way here.

    @property
    def start(self) -> Array:
        return np.array(self.account.run.start)

    @property
    def value(self) -> float:
        """F here."""
        return float(self.values[-1])

    @cached_property
    def start_value(self) -> float:
        """F at the start."""
        return self.account.start_loss + 0.5 * self.pull * float(self.start @ self.start)

    @cached_property
    def steps(self) -> int:
        """n, the steps that are looked at: half a swing at least, that of the flattest axis."""
        swing = self._half_swing
        if swing and not self.moves_by_rate and self.known and self.up.all() and self.rate > 0.0:
            swing = min(swing, math.pi / math.sqrt(self.rate * self.flattest))
        return self._limited(swing)

    @cached_property
    def long_steps(self) -> int:
        """As `steps`, by the memory alone."""
        return self._limited(self._half_swing)

    def _limited(self, steps: float) -> int:
        return min(max(LEAST, math.ceil(steps)), len(self._rows) - 1)

    @property
    def recorded_steps(self) -> int:
        """How many moves there are to look at."""
        return len(self._rows) - 1

    @property
    def is_full(self) -> bool:
        """Whether the run has been on its way for long enough to be told from its moves."""
        return self.step >= LEAST

    def thetas(self, steps: int) -> Array:
        """θ at the last `steps` + 1 steps: (steps + 1, parameters)."""
        return self._rows[len(self._rows) - steps - 1 :, THETA:]

    def values_of(self, steps: int) -> Array:
        """F at the last `steps` + 1 steps."""
        loss = self._rows[len(self._rows) - steps - 1 :, LOSS]
        if not self.pull:
            return loss
        theta = self.thetas(steps)
        return np.asarray(loss + 0.5 * self.pull * (theta * theta).sum(axis=1))

    @cached_property
    def values(self) -> Array:
        """F at the last n + 1 steps."""
        return self.values_of(self.steps)

    @cached_property
    def moves(self) -> Array:
        """The last n moves: (n, parameters)."""
        return np.diff(self.thetas(self.steps), axis=0)

    @property
    def sizes(self) -> Array:
        """The greatest parameter before each of `moves`."""
        return np.asarray(np.abs(self.thetas(self.steps)[:-1]).max(axis=1))

    @cached_property
    def lengths(self) -> Array:
        """How long each of `moves` is."""
        return np.asarray(np.sqrt((self.moves * self.moves).sum(axis=1)))

    @cached_property
    def fall(self) -> Array | None:
        """The way (parameters,) along which F falls without end, the run by no less each step:
        where F bends down most, else where it is straight. None where it does not."""
        if not self.known or self.problem.data is not None or self.problem.minima:
            return None  # no error is below 0
        bent = self.down.any()
        axes = self.axes[:, :1] if bent else self.axes[:, self.level]
        turned = self.moves @ axes
        paces = np.sqrt((turned * turned).sum(axis=1))
        if not (axes.size and paces[-1] > 0.0 and paces[-1] >= 0.99 * paces[0]):
            return None
        way = axes @ (turned[-1] / paces[-1])
        return way if falls_without_end(self._value_at, self.theta, way) else None

    def _value_at(self, theta: Array) -> Array:
        """F at (parameters, n): (n,)."""
        loss = np.asarray(self.problem.loss(theta))
        # Far out squares overflow, and 0 × ∞ is no number.
        return loss + 0.5 * self.pull * (theta * theta).sum(axis=0) if self.pull else loss

    @cached_property
    def rates(self) -> Array:
        """The rates of `moves`."""
        return self._rows[len(self._rows) - self.steps - 1 : -1, RATE]

    @property
    def has_ended(self) -> bool:
        """Whether the schedule has brought the rate of the next move to 0, and leaves it there."""
        run, schedule = self.account.run_at(self.step), self.run.rate_schedule
        if self._rows[-1, RATE] != 0.0 or schedule.watches_loss:
            return False
        ahead = np.arange(self.step, self.step + LONGEST)
        return not np.asarray(run.rate_schedule.rate(run.learning_rate, ahead)).any()

    @property
    def is_sampled(self) -> bool:
        return bool(self.batch)

    @cached_property
    def only_nears(self) -> bool:
        """Whether each step here can but bring the run nearer to a minimum."""
        if self.is_sampled or not self.known:
            return False
        top = float(self.curvatures[-1])
        return self.method.only_nears(self.rate, max(top, self.steepest))

    @cached_property
    def rests(self) -> bool:
        """Whether a run that is at a minimum here stays: else it has come by, and will leave."""
        factor = self.method.stability_factor()
        return factor is None or self.is_sampled or self.rate * self.steepest <= factor

    @cached_property
    def hop(self) -> float:
        """The loss above a minimum of a method's longest step, once its averages have faded."""
        step = self.rate * self.method.longest_step()
        return 0.5 * self.steepest * step * step if self.moves_by_rate else 0.0
