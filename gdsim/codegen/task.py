"""What a script has to do."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.engine.arrays import Array
from gdsim.engine.problems import Problem
from gdsim.engine.run import Run

MOST_INLINE = 200
"""So many numbers of data are written into a script; more are read from a table beside it."""


@dataclass(frozen=True)
class Task:
    """`steps` updates of one run on one problem.

    `source` is where the data came from, and `table` the name of the CSV that holds them where they
    are too many to be written out.
    """

    problem: Problem
    run: Run
    steps: int
    source: str = ""
    table: str = "data.csv"

    @property
    def is_constant(self) -> bool:
        """Whether the schedule gives every update the same rate."""
        return self.run.rate_schedule.constant

    @property
    def batch_size(self) -> int:
        """Samples a step; 0 where the whole loss is used."""
        return self.run.batch_size_for(self.problem)

    @property
    def columns(self) -> tuple[Array, ...]:
        """The data, x's columns first and y last; empty for a surface."""
        data = self.problem.data
        return () if data is None else (*data.x, data.y)

    @property
    def data_inline(self) -> bool:
        """Whether the data stand in the script itself."""
        return sum(column.size for column in self.columns) <= MOST_INLINE
