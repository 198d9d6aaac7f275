"""What one run did: its arrays, its outcome and what is said of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from gdsim.api.given import given_points
from gdsim.api.picture import line_picture, told_in_html
from gdsim.api.table import Columns, axes_given, csv_of, dataframe_of
from gdsim.engine.answer import Answer, answer_of, predicted
from gdsim.engine.arrays import Array, Indices
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.engine.sentences import number
from gdsim.engine.telling import Told, told_of

MOST_NAMED = 6
"""Parameters that are named on one line."""


class Row(NamedTuple):
    """A run at one step; `parameters` is (P,)."""

    step: int
    learning_rate: float
    loss: float
    parameters: Array


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What one run did. All arrays are read-only; n is `steps` + 1, P the number of parameters.

    Row k is the state after k updates; `learning_rate[k]` is the one that update k → k+1 uses.

    >>> import gdsim
    >>> gdsim.simulate("article", "gd", lr=0.01)
    <Result: gd on article, 1000 steps: moving, loss 41.6 → 0.560465>
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
    _problem: Problem
    _run: Run

    @cached_property
    def last(self) -> Row:
        """The last row whose numbers are all finite."""
        finite = np.isfinite(self.loss) & np.isfinite(self.parameters).all(axis=1)
        return self._row(len(finite) - 1 if finite.all() else max(0, int(finite.argmin()) - 1))

    @cached_property
    def best(self) -> Row:
        """The row of the lowest loss, the first of them."""
        return self._row(int(np.where(np.isfinite(self.loss), self.loss, np.inf).argmin()))

    def to_dataframe(self) -> Any:
        """A pandas DataFrame, a row a step: step, learning_rate, loss and the parameters."""
        return dataframe_of(self._columns())

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """The same columns as CSV, in a file or, without a path, as text.

        >>> import gdsim
        >>> print(gdsim.simulate("parabola", lr=0.25, steps=2).to_csv(), end="")
        step,learning_rate,loss,x
        0,0.25,16.0,-4.0
        1,0.25,4.0,-2.0
        2,0.25,1.0,-1.0
        """
        return csv_of(self._columns(), path)

    def plot(self, ax: Any = None) -> Any:
        """The loss over the steps, in matplotlib's axes: `ax`, or new ones; they are returned."""
        axes = axes_given(ax, "plot()")
        axes.plot(self.step, self.loss, label=self._title)
        axes.set_xlabel("step")
        axes.set_ylabel(self._problem.loss_name)
        finite = self.loss[np.isfinite(self.loss)]
        if len(finite) and finite.min() > 0.0:
            axes.set_yscale("log")
        return axes

    @property
    def notes(self) -> tuple[str, ...]:
        """What should be known of the problem although it can be used."""
        return tuple(str(note) for note in self._problem.notes)

    @property
    def answer(self) -> Answer | None:
        """Beside a regression: the exact fit in the data's own units, and R² of it and of the run.

        None where nothing is fitted, or the end is not finite.
        """
        return answer_of(self._problem, self.parameters[-1])

    @cached_property
    def test_loss(self) -> Array | None:
        """(n,): the loss on the samples that `test_share` holds back, without L2; None if none are.

        >>> import gdsim
        >>> run = gdsim.simulate("polynomial", lr=0.1, steps=100,
        ...                      problem_settings={"degree": 9, "test_share": 0.25})
        >>> run.test_loss.shape
        (101,)
        """
        problem = self._problem
        if not len(problem.held):
            return None
        with np.errstate(all="ignore"):
            found = problem.loss_on(np.ascontiguousarray(self.parameters.T), problem.held_data)
        found.flags.writeable = False
        return found

    def predict(self, x: object) -> Array:
        """ŷ (or the probability of 1) by the last parameters at x, (n,) or (n, columns): (n,).

        >>> import gdsim
        >>> run = gdsim.simulate("article", "gd", lr=0.08, steps=3000)
        >>> run.predict([6.0, 7.0]).round(6).tolist(), round(run.answer.r_squared, 6)
        ([12.2, 14.4], 0.945312)
        """
        points = given_points(x, self._problem.data)
        return predicted(self._problem, self.parameters[-1], points)

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

    def __repr__(self) -> str:
        return f"<Result: {self._title}: {self.outcome}, {self._ending}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the outcome, the verdict and the loss over the steps."""
        picture = line_picture(self.step, self.loss, f"loss over {len(self.step) - 1} steps")
        values = list(zip(self.names, self.last.parameters.tolist(), strict=True))
        named = [f"{name} = {number(value)}" for name, value in values[:MOST_NAMED]]
        more = ["…"] if len(values) > MOST_NAMED else []
        lines = [self.verdict, ", ".join([self._ending, *named, *more]), *self.notes]
        return told_in_html(f"{self._title}: {self.outcome}", lines, picture)

    @cached_property
    def _told(self) -> Told:
        """Worked out when first asked for: it takes longer than many a run."""
        steps = len(self.step) - 1
        return told_of(self._problem, self._run, steps, Outcome(self.outcome))

    @property
    def _title(self) -> str:
        return f"{self._run.optimizer} on {self._problem.name}, {len(self.step) - 1} steps"

    @property
    def _ending(self) -> str:
        """Where its loss went; of a run that diverged up to the last finite one."""
        return f"loss {number(float(self.loss[0]))} → {number(self.last.loss)}"

    def _row(self, k: int) -> Row:
        return Row(k, float(self.learning_rate[k]), float(self.loss[k]), self.parameters[k])

    def _columns(self) -> Columns:
        numbers = {"step": self.step, "learning_rate": self.learning_rate, "loss": self.loss}
        return {**numbers, **dict(zip(self.names, self.parameters.T, strict=True))}
