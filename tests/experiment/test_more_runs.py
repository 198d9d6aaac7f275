"""What may be added beside a run."""

from __future__ import annotations

import pytest

from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.experiment.more_runs import MORE
from gdsim.experiment.setup import Setup, first_setup


def added(kind: str, setup: Setup | None = None) -> Setup:
    setup = first_setup() if setup is None else setup
    return setup.added(*MORE[kind][1](setup, setup.tracks[0].run))


@pytest.mark.parametrize(("kind", "rate"), [("copy", 0.01), ("double", 0.02), ("half", 0.005)])
def test_the_same_at_another_rate(kind: str, rate: float) -> None:
    first, other = added(kind).tracks
    assert other.run.learning_rate == rate
    assert other.run.optimizer == first.run.optimizer


def test_the_next_optimizer_is_one_that_no_run_has() -> None:
    setup = first_setup()
    for _ in range(6):
        setup = added("next", setup)
    names = [track.run.optimizer for track in setup.tracks]
    order = [one.name for one in OPTIMIZERS]
    assert names == order[order.index("gd") : order.index("gd") + 7]


def test_the_articles_optimizers_are_those_that_are_missing() -> None:
    names = [track.run.optimizer for track in added("told").tracks]
    assert names == ["gd", "sgd", "momentum", "rmsprop", "adam"]
    assert len(added("told", added("told")).tracks) == 5
