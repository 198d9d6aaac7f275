"""How a task is checked: declared conditions, each answered by the number that was measured.

To add one: a class here and its line in `CHECKS`; the file format follows its fields. None asks
whether a run once touched something: what only flies by must not pass.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gdsim.engine.outcome import Outcome
from gdsim.engine.sentences import Sentence, number, sentence, some
from gdsim.experiment.lessons.way import Way, stays_from
from gdsim.experiment.setup import Setup

FAR = 1e300


@dataclass(frozen=True)
class Judged:
    """Whether a condition holds, the sentence that says so, and the number measured in short."""

    passed: bool
    sentence: Sentence
    measured: str = ""
    asked: str = ""


@dataclass(frozen=True)
class Check(ABC):
    """A condition on the way of the first run; what has no default must be given."""

    name: ClassVar[str]
    many: ClassVar[bool] = False
    """Whether it looks at more runs than the first."""

    @abstractmethod
    def judge(self, ways: Sequence[Way]) -> Judged:
        """Hold it against the runs of the task, each to its last step."""

    def misfit(self, setup: Setup) -> Sentence | None:
        """Why such a condition cannot be asked of that experiment; None where it can."""
        return None


_NO_MINIMUM = sentence("no minimum is known of this problem: ask for a loss instead.")


def _no_parameter(place: int, setup: Setup) -> Sentence | None:
    count = len(setup.problem.parameters)
    if 0 <= place < count:
        return None
    return sentence("parameters are numbered from 0 to {last}.", last=count - 1)


def _stays(step: int | None, before: int, after: int, what: Sentence) -> Judged:
    """A run that stays from `step` on, where between `after` and `before` is asked, exclusively."""
    asked = f"< {before}" if after < 0 else f"{after + 1} … {before - 1}"
    if step is None:
        told = sentence("{what}: not yet. It has to stay there to the end.", what=what)
        return Judged(False, told, "–", asked)
    if after < step < before:
        return Judged(True, sentence("{what} from step {step} on.", what=what, step=step),
                      str(step), asked)  # fmt: skip
    if step >= before:
        told = sentence(
            "{what} from step {step} on; before step {before} is asked.",
            what=what, step=step, before=before,
        )  # fmt: skip
    else:
        told = sentence(
            "{what} from step {step} on; after step {after} is asked.",
            what=what, step=step, after=after,
        )  # fmt: skip
    return Judged(False, told, str(step), asked)


@dataclass(frozen=True)
class Settles(Check):
    """The loss stays below `loss` from a step on that lies before `before` and after `after`."""

    loss: float
    before: int
    after: int = -1
    name: ClassVar[str] = "settles"

    def judge(self, ways: Sequence[Way]) -> Judged:
        what = sentence("The loss stays below {loss}", loss=number(self.loss, 4))
        return _stays(stays_from(ways[0].loss < self.loss), self.before, self.after, what)


@dataclass(frozen=True)
class Arrives(Check):
    """θ stays within that distance of a known minimum from a step before `before` on."""

    within: float
    before: int
    name: ClassVar[str] = "arrives"

    def misfit(self, setup: Setup) -> Sentence | None:
        return None if setup.problem.minima else _NO_MINIMUM

    def judge(self, ways: Sequence[Way]) -> Judged:
        what = sentence("Within {distance} of the minimum", distance=number(self.within, 4))
        return _stays(stays_from(ways[0].distance < self.within), self.before, -1, what)


def _below(measured: float, below: float, reached: str, missed: str) -> Judged:
    """A number that shall lie below a line, and the templates for either case."""
    values = {"value": number(measured, 4), "below": number(below, 4)}
    passed = measured < below
    told = Sentence(reached if passed else missed, values)
    return Judged(passed, told, values["value"], f"< {values['below']}")


@dataclass(frozen=True)
class Ends(Check):
    """The loss after the last step is below `below`."""

    below: float
    name: ClassVar[str] = "ends"

    def judge(self, ways: Sequence[Way]) -> Judged:
        reached = sentence("The loss ends at {value}: below {below}.")
        missed = sentence("The loss ends at {value}; below {below} is asked.")
        return _below(float(ways[0].loss[-1]), self.below, reached.template, missed.template)


@dataclass(frozen=True)
class Mean(Check):
    """The mean loss of the last `last` steps is below `below`."""

    last: int
    below: float
    name: ClassVar[str] = "mean"

    def judge(self, ways: Sequence[Way]) -> Judged:
        with np.errstate(all="ignore"):
            mean = float(ways[0].loss[-self.last :].mean())
        reached = sentence("The mean loss at the end is {value}: below {below}.")
        missed = sentence("The mean loss at the end is {value}; below {below} is asked.")
        return _below(mean, self.below, reached.template, missed.template)


@dataclass(frozen=True)
class Falls(Check):
    """The loss never rises."""

    name: ClassVar[str] = "falls"

    def judge(self, ways: Sequence[Way]) -> Judged:
        with np.errstate(all="ignore"):
            rises = np.flatnonzero(~(np.diff(ways[0].loss) <= 0.0))
        if not len(rises):
            return Judged(True, sentence("The loss never rises."), "0", "0")
        told = sentence(
            "The loss rises at {count} of {all} steps, first at step {step}; it may never rise.",
            count=len(rises), all=ways[0].last, step=int(rises[0]) + 1,
        )  # fmt: skip
        return Judged(False, told, str(len(rises)), "0")


@dataclass(frozen=True)
class Aim(Check):
    """The first step leaves the way to the minimum by less than `below` degrees."""

    below: float
    name: ClassVar[str] = "aim"

    def misfit(self, setup: Setup) -> Sentence | None:
        return None if setup.problem.minima else _NO_MINIMUM

    def judge(self, ways: Sequence[Way]) -> Judged:
        degrees = ways[0].aim
        passed = degrees < self.below
        values = {"degrees": number(degrees, 3), "below": number(self.below, 3)}
        if math.isnan(degrees):
            told = sentence("The first step goes nowhere.")
        elif passed:
            told = sentence("The first step is {degrees}° off the way to the minimum.", **values)
        else:
            told = sentence(
                "The first step is {degrees}° off the way to the minimum; below {below}° is asked.",
                **values,
            )
        return Judged(passed, told, f"{number(degrees, 3)}°", f"< {number(self.below, 3)}°")


@dataclass(frozen=True)
class Passes(Check):
    """|θ| of that number grows beyond `beyond` before step `before`."""

    parameter: int
    beyond: float
    before: int
    name: ClassVar[str] = "passes"

    def misfit(self, setup: Setup) -> Sentence | None:
        return _no_parameter(self.parameter, setup)

    def judge(self, ways: Sequence[Way]) -> Judged:
        way = ways[0]
        symbol = way.problem.parameters[self.parameter].symbol
        with np.errstate(all="ignore"):
            beyond = np.flatnonzero(np.abs(way.theta[:, self.parameter]) > self.beyond)
        values = {
            "symbol": symbol, "size": number(self.beyond, 4), "before": self.before,
        }  # fmt: skip
        if not len(beyond):
            told = sentence("|{symbol}| does not pass {size}.", **values)
            return Judged(False, told, "–", f"< {self.before}")
        step = int(beyond[0])
        passed = step < self.before
        told = sentence(
            "|{symbol}| passes {size} at step {step}." if passed
            else "|{symbol}| passes {size} at step {step}; before step {before} is asked.",
            step=step, **values,
        )  # fmt: skip
        return Judged(passed, told, str(step), f"< {self.before}")


@dataclass(frozen=True)
class Parameter(Check):
    """θ of that number ends between `above` and `below`."""

    index: int
    below: float = FAR
    above: float = -FAR
    name: ClassVar[str] = "parameter"

    def misfit(self, setup: Setup) -> Sentence | None:
        return _no_parameter(self.index, setup)

    def judge(self, ways: Sequence[Way]) -> Judged:
        way = ways[0]
        value = float(way.theta[-1, self.index])
        symbol = way.problem.parameters[self.index].symbol
        values = {
            "symbol": symbol, "value": number(value, 4),
            "below": number(self.below, 4), "above": number(self.above, 4),
        }  # fmt: skip
        bounds = [f"> {values['above']}"] * (self.above > -FAR)
        bounds += [f"< {values['below']}"] * (self.below < FAR)
        asked = ", ".join(bounds)
        if self.above < value < self.below:
            told = sentence("{symbol} ends at {value}.", **values)
            return Judged(True, told, values["value"], asked)
        told = sentence(
            "{symbol} ends at {value}; above {above} is asked." if value <= self.above
            else "{symbol} ends at {value}; below {below} is asked.", **values,
        )  # fmt: skip
        return Judged(False, told, values["value"], asked)


@dataclass(frozen=True)
class Becomes(Check):
    """The outcome after the last step is that word, one of `gdsim run --json`'s."""

    wanted: str
    name: ClassVar[str] = "outcome"

    def misfit(self, setup: Setup) -> Sentence | None:
        words = [one.value for one in Outcome]
        if self.wanted in words:
            return None
        return sentence("'{word}' is no outcome: {words}.", word=self.wanted, words=some(words))

    def judge(self, ways: Sequence[Way]) -> Judged:
        found = ways[0].verdict
        return Judged(
            found.outcome.value == self.wanted, found.sentence, found.outcome.value, self.wanted
        )


@dataclass(frozen=True)
class Beats(Check):
    """The first run ends with a loss at least `by` lower than that of run `run`, from 2 on."""

    run: int
    by: float
    name: ClassVar[str] = "beats"
    many: ClassVar[bool] = True

    def misfit(self, setup: Setup) -> Sentence | None:
        if 2 <= self.run <= len(setup.tracks):
            return None
        return sentence(
            "there is no run {run} beside the first of {count}.",
            run=self.run, count=len(setup.tracks),
        )  # fmt: skip

    def judge(self, ways: Sequence[Way]) -> Judged:
        mine, other = float(ways[0].loss[-1]), float(ways[self.run - 1].loss[-1])
        passed = mine <= other - self.by and mine < other
        told = sentence(
            "Run 1 ends at loss {mine}, run {run} at {other}.",
            mine=number(mine, 4), run=self.run, other=number(other, 4),
        )  # fmt: skip
        return Judged(passed, told, number(mine, 4), f"≤ {number(other - self.by, 4)}")


CHECKS: tuple[type[Check], ...] = (
    Settles, Arrives, Ends, Mean, Falls, Aim, Passes, Parameter, Becomes, Beats,
)  # fmt: skip
