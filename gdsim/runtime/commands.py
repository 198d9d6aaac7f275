"""What the window may ask of the engine thread: frozen values, put into its inbox."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.engine.problems import Problem
from gdsim.engine.run import Run
from gdsim.runtime.snapshot import Track


@dataclass(frozen=True, slots=True)
class Load:
    """Take another problem and other runs, and go to `step` if that is near enough."""

    problem: Problem
    tracks: tuple[Track, ...]
    step_limit: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Play:
    """Go on at the present speed."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the present block."""


@dataclass(frozen=True, slots=True)
class StepOnce:
    """Make `count` updates, then pause."""

    count: int = 1


@dataclass(frozen=True, slots=True)
class Seek:
    """Put the cursor on a recorded step, exactly (by replay)."""

    step: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Back to step 0 with the present settings."""


@dataclass(frozen=True, slots=True)
class Configure:
    """Other settings for one run: from the present step on, or from its start again.

    `new_ghost` False keeps the older ghost, so that a drag leaves one and not hundreds.
    """

    key: int
    run: Run
    restart: bool
    new_ghost: bool = True


@dataclass(frozen=True, slots=True)
class AddRun:
    """A further run from step 0; it catches up with the others at once."""

    key: int
    run: Run


@dataclass(frozen=True, slots=True)
class Branch:
    """A further run that shares the way of `parent` up to the present step."""

    parent: int
    key: int
    run: Run


@dataclass(frozen=True, slots=True)
class RemoveRun:
    """Drop a run."""

    key: int


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Steps a second while playing; None is as fast as it goes."""

    steps_per_second: float | None


@dataclass(frozen=True, slots=True)
class SetLimit:
    """The step at which playing stops."""

    step_limit: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Command = (
    Load | Play | Pause | StepOnce | Seek | Reset | Configure | AddRun | Branch | RemoveRun
    | SetSpeed | SetLimit | Stop
)  # fmt: skip
