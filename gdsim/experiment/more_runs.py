"""What may be added beside a run. To add a kind: a function here, and its line in `MORE`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.run import Run, make_run, under_optimizer
from gdsim.engine.sentences import Sentence, sentence
from gdsim.experiment.setup import Setup

ARTICLE = ("gd", "sgd", "momentum", "rmsprop", "adam")
"""The optimizers that the article tells of."""


def _copy(setup: Setup, run: Run) -> tuple[Run, ...]:
    return (run,)


def _next_optimizer(setup: Setup, run: Run) -> tuple[Run, ...]:
    """The next one in the list that no run has."""
    names = [one.name for one in OPTIMIZERS]
    place = names.index(run.optimizer)
    taken = {track.run.optimizer for track in setup.tracks}
    following = [*names[place + 1 :], *names[:place]]
    name = next((one for one in following if one not in taken), following[0])
    return (_under(setup, run, name),)


def _times(factor: float) -> Callable[[Setup, Run], tuple[Run, ...]]:
    def made(setup: Setup, run: Run) -> tuple[Run, ...]:
        rate = float(f"{factor * run.learning_rate:.6g}")
        return (replace(run, settings=replace(run.settings, learning_rate=rate)),)

    return made


def _article(setup: Setup, run: Run) -> tuple[Run, ...]:
    """Those of the article that no run has, from the same start."""
    taken = {track.run.optimizer for track in setup.tracks}
    return tuple(_under(setup, run, name) for name in ARTICLE if name not in taken)


def _under(setup: Setup, run: Run, name: str) -> Run:
    """Another optimizer at its own usual rate, the rest as it is."""
    usual = make_run(setup.problem, name).learning_rate
    other = under_optimizer(run, name)
    return replace(other, settings=replace(other.settings, learning_rate=usual))


MORE: Mapping[str, tuple[Sentence, Callable[[Setup, Run], tuple[Run, ...]]]] = {
    "copy": (sentence("A copy of the selected run"), _copy),
    "next": (sentence("The next optimizer"), _next_optimizer),
    "double": (sentence("The same at twice the rate"), _times(2.0)),
    "half": (sentence("The same at half the rate"), _times(0.5)),
    "told": (sentence("The article's optimizers"), _article),
}
"""By its name what it is called, and the runs that it adds beside one of a setup."""
