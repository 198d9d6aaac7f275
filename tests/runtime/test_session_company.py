"""A run keeps its bits while others come, branch off and go, and wherever one seeks."""

from __future__ import annotations

import numpy as np
import pytest

from gdsim.engine.optimizers import OPTIMIZERS, Optimizer
from gdsim.engine.problems import Problem, make_problem
from gdsim.engine.run import Clipping, Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.engine.simulation import Simulation, changed
from gdsim.runtime.session import Session
from tests.setups import setup_of

DATA = np.random.default_rng(1).normal(size=(13, 40))
PROBLEMS = {
    9: make_problem("polynomial", None, {"degree": 8}),
    13: make_problem("linear", (DATA[1:], DATA[0])),
    25: make_problem("network"),
}
CLIPS = {"free": Clipping(), "clipped": Clipping(clip_norm=0.3)}


def bits(problem: Problem, run: Run, steps: int, then: Run | None = None, more: int = 0) -> bytes:
    """θ and loss of a run alone after `steps`, and `more` under other settings."""
    simulation = Simulation(problem, [run])
    simulation.advance(steps)
    if then is not None:
        (lane,) = simulation.lanes()
        simulation.restore(steps, [changed(lane, then, steps)])
        simulation.advance(more)
    return simulation.theta[:, 0].tobytes() + simulation.loss.tobytes()


def shown(session: Session, key: int) -> bytes:
    run = session.snapshot(0, False, 0.0).run(key)
    assert run is not None
    return run.theta.tobytes() + np.float64(run.loss).tobytes()


@pytest.mark.parametrize("cls", OPTIMIZERS, ids=lambda cls: cls.name)
@pytest.mark.parametrize("parameters", PROBLEMS)
@pytest.mark.parametrize("clip", CLIPS)
def test_a_run_keeps_its_bits_whoever_comes_and_goes(
    cls: type[Optimizer], parameters: int, clip: str
) -> None:
    problem = PROBLEMS[parameters]
    assert len(problem.parameters) == parameters

    def made(rate: float) -> Run:
        return make_run(
            problem, cls.name, {"learning_rate": rate},
            sampling=Sampling(batch_size=16 if parameters == 25 else 0), clipping=CLIPS[clip],
        )  # fmt: skip

    run, slower, faster = made(0.01), made(0.004), made(0.02)
    session = Session(setup_of(problem, run))
    session.go(20)
    assert shown(session, 0) == bits(problem, run, 20)
    session = session.adopted(session.setup.added(slower))
    session.go(40)
    assert shown(session, 0) == bits(problem, run, 40)
    assert shown(session, 1) == bits(problem, slower, 40)
    branched = session.setup.branched(0, 40).with_runs({2: faster}, 40)
    session = session.adopted(branched, 40)
    session.go(60)
    assert shown(session, 0) == bits(problem, run, 60)
    assert shown(session, 2) == bits(problem, run, 40, faster, 20)
    session.seek(15)
    assert shown(session, 0) == shown(session, 2) == bits(problem, run, 15)
    session.seek(50)
    assert shown(session, 2) == bits(problem, run, 40, faster, 10)
    session = session.adopted(session.setup.removed(0))
    session.seek(45)
    session.go(70)
    assert shown(session, 1) == bits(problem, slower, 70)
    assert shown(session, 2) == bits(problem, run, 40, faster, 30)
    session = session.adopted(session.setup.removed(1))
    session.go(80)
    assert shown(session, 2) == bits(problem, run, 40, faster, 40)
