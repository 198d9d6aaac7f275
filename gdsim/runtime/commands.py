"""What the window may ask of the engine thread: frozen values, put into its inbox."""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.experiment.setup import Setup


@dataclass(frozen=True, slots=True)
class Adopt:
    """Compute this setup from now on; what is recorded already and still holds stays.

    `step` puts the cursor there, and nothing beyond it is recorded; None leaves the cursor where it
    is, if that is near enough. `new_ghost` False keeps the older ghosts, so that a drag leaves one
    and not hundreds.
    """

    setup: Setup
    step: int | None = None
    new_ghost: bool = True
    pause: bool = False

    def after(self, earlier: Adopt) -> Adopt:
        """Both at once, where `earlier` has not been carried out yet."""
        return Adopt(
            self.setup,
            earlier.step if self.step is None else self.step,
            earlier.new_ghost or self.new_ghost,
            earlier.pause or self.pause,
        )


@dataclass(frozen=True, slots=True)
class Play:
    """Go on at the present speed; at the end, again from the start.

    `until_settled`, as fast as it goes to where every run has settled or stands still.
    """

    until_settled: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the present block."""


@dataclass(frozen=True, slots=True)
class TogglePlay:
    """Pause if it plays, else play."""


@dataclass(frozen=True, slots=True)
class StepBy:
    """Pause, and make `count` updates from wherever the cursor is, or (negative) go back.

    `seen` is the step that the user saw while it played: the engine is further by then.
    """

    count: int = 1
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class PlayTo:
    """As fast as it goes to a step that may not have been reached yet, and pause there."""

    step: int


@dataclass(frozen=True, slots=True)
class Seek:
    """Pause, and put the cursor on a recorded step, exactly (by replay); None is the last one."""

    step: int | None


@dataclass(frozen=True, slots=True)
class Reset:
    """Pause at step 0, with nothing recorded."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Steps a second while playing; None is as fast as it goes."""

    steps_per_second: float | None


@dataclass(frozen=True, slots=True)
class Stop:
    """End the thread."""


Command = Adopt | Play | Pause | TogglePlay | StepBy | PlayTo | Seek | Reset | SetSpeed | Stop
