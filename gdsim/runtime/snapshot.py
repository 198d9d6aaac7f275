"""What the engine thread shows the window: frozen, replaced as a whole, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gdsim.engine.arrays import Array
from gdsim.engine.held_out import HeldLoss
from gdsim.engine.history import Trace
from gdsim.engine.outcome import Outcome
from gdsim.engine.problems import Problem
from gdsim.engine.remedies import Remedy
from gdsim.engine.run import Run
from gdsim.engine.sentences import Sentence
from gdsim.engine.simulation import LaneState
from gdsim.experiment.setup import Setup, Track


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """One run at the snapshot's step (a diverged run stays at its last finite point).

    `track` is what it was computed by, and `run` the settings of it that are in force at the step.

    `theta` and `gradient` are (parameters,) and read-only. `rate` is the one that the next update
    uses. `state` holds the optimizer's arrays by name, (parameters,) each. `trace` is what was
    recorded, which may reach beyond the snapshot's step after seeking back; `ghost` the path that a
    change of settings has left behind. `verdict` says in words, with numbers, how the run is doing;
    before its first step what its rates will do. `remedies` would help one that has left its limit.
    `lane` is all that decides its next steps, while it has any. `held` is its loss on samples that
    are held back, and `held_verdict` what that says.
    """

    key: int
    run: Run
    theta: Array
    gradient: Array
    loss: float
    rate: float
    step: int
    alive: bool
    outcome: Outcome
    verdict: Sentence
    trace: Trace
    track: Track
    ghost: Trace | None = None
    remedies: tuple[Remedy, ...] = ()
    state: Mapping[str, Array] = field(default_factory=dict)
    lane: LaneState | None = None
    held: HeldLoss | None = None
    held_verdict: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What became of an experiment up to one step; what the user has set meanwhile is elsewhere.

    `generation` grows whenever the problem or the set of runs changes; `version` with every
    snapshot. `recorded` is the last step that was reached, `step` where the cursor is.
    """

    version: int
    generation: int
    problem: Problem
    step: int
    recorded: int
    step_limit: int
    playing: bool
    steps_per_second: float
    runs: tuple[RunSnapshot, ...]
    failure: Sentence | None = None

    def shows(self, setup: Setup) -> bool:
        """Whether these are results of that very setup."""
        return (
            self.problem is setup.problem
            and self.step_limit == setup.step_limit
            and tuple(run.track for run in self.runs) == setup.tracks
        )

    def run(self, key: int) -> RunSnapshot | None:
        """The run of that key, if it is there."""
        return next((run for run in self.runs if run.key == key), None)
