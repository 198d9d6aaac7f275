"""What one run did: its arrays, its outcome and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from gdsim.api.given import given_points
from gdsim.engine.answer import Answer, answer_of, predicted
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.problems import Problem
from gdsim.engine.telling import Told


@dataclass(frozen=True, eq=False)
class Result:
    """What one run did. All arrays are read-only; n is `steps` + 1, P the number of parameters.

    Row k is the state after k updates; `learning_rate[k]` is the one that update k → k+1 uses.
    """

    step: Indices
    """(n,): 0, 1, … steps."""
    learning_rate: Array
    """(n,)"""
    loss: Array
    """(n,); inf and nan where the run diverged."""
    parameters: Array
    """(n, P)"""
    names: tuple[str, ...]
    """(P): the parameters' names, such as ("theta_0", "theta_1")."""
    outcome: str
    """What has become of the run, in a word: converged, local minimum, hovering, standing,
    oscillating, moving, stalled, diverging, diverged, unbounded or no value."""
    verdict: str
    """The same in a sentence, with its numbers."""
    diverged_at: int | None
    """The step at which a run that has diverged left the limit: 10⁶ × the loss of its start."""
    left_limit_at: int | None
    """The first step beyond the limit, whether or not the run came back."""
    came_back_at: int | None
    """The step at which it last came back, where it is within the limit at the end."""
    _tell: Callable[[], Told] = field(repr=False)
    _problem: Problem = field(repr=False)

    @property
    def answer(self) -> Answer | None:
        """Beside a regression: the exact fit in the data's own units, and R² of it and of the run.

        None where nothing is fitted, or the end is not finite.
        """
        return answer_of(self._problem, self.parameters[-1])

    def predict(self, x: object) -> Array:
        """ŷ (or the probability of 1) by the last parameters at x, (n,) or (n, columns): (n,).

        >>> import gdsim
        >>> run = gdsim.simulate("article", "gd", lr=0.08, steps=3000)
        >>> run.predict([6.0, 7.0]).round(6).tolist(), round(run.answer.r_squared, 6)
        ([12.2, 14.4], 0.945312)
        """
        points = given_points(x, self._problem.data)
        return predicted(self._problem, self.parameters[-1], points)

    @cached_property
    def _told(self) -> Told:
        """Worked out when first asked for: it takes longer than many a run."""
        return self._tell()

    @property
    def regime(self) -> str:
        """What its rates do, told of its start: below or above which limit, and by how much."""
        return str(self._told.regime)

    @property
    def why(self) -> str:
        """What a step makes of the error along the deciding axis, at the start; may be empty."""
        return "" if self._told.why is None else str(self._told.why)

    @property
    def remedies(self) -> tuple[str, ...]:
        """What would help a run that has left its limit, as tried from its start."""
        return tuple(str(remedy.sentence) for remedy in self._told.remedies)
