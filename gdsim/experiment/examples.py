"""Examples to open ready: each at rates where the first Play teaches what its sentence says.

To add one: an entry in `EXAMPLES`; its sentence is held to its numbers in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gdsim.engine.fields import Value
from gdsim.engine.problems import make_problem
from gdsim.experiment.prepare import prepare_run
from gdsim.experiment.setup import Setup, Track

Words = Mapping[str, Any]
"""Arguments of `prepare_run`."""


@dataclass(frozen=True)
class Example:
    """A whole experiment at step 0; `title` and `look_for` are said in the window's language."""

    name: str
    title: str
    look_for: str
    """What the first Play shows."""
    problem: str
    runs: tuple[Words, ...]
    problem_settings: tuple[tuple[str, Value], ...] = ()
    steps: int = 1000
    drawn: int = 100
    """So many steps are seen on its card."""
    near: bool = False
    """Whether its card shows no more of the landscape than the runs fill."""

    def setup(self) -> Setup:
        """The experiment, made anew."""
        problem = make_problem(self.problem, None, dict(self.problem_settings))
        runs = (prepare_run(problem, **words) for words in self.runs)
        return Setup(problem, tuple(Track(key, run) for key, run in enumerate(runs)), self.steps)


def _run(optimizer: str, lr: float, **words: object) -> Words:
    return {"optimizer": optimizer, "lr": lr, **words}


_TURNED = (-2.5, -1.0)

EXAMPLES: tuple[Example, ...] = (
    Example(
        "ravine", "Ravine 1 : 100", "Gradient descent crosses, momentum runs along",
        "ravine", (_run("gd", 0.019), _run("momentum", 0.01)),
    ),
    Example(
        "turned_ravine", "Ravine at 45°", "Adam loses its advantage: turn it and see",
        "expression",
        (_run("gd", 0.019, start=_TURNED), _run("adam", 0.1, start=_TURNED)),
        (("expression", "0.25(x + y)² + 25(y − x)²"), ("reach", 3.0)),
    ),
    Example(
        "saddle", "Saddle", "Who leaves it first? All at 0.1",
        "gentle_saddle", (_run("gd", 0.1), _run("momentum", 0.1), _run("adam", 0.1)),
    ),
    Example(
        "rosenbrock", "Rosenbrock's banana", "A curved valley: momentum at 0.003 gets through it",
        "rosenbrock", (_run("gd", 0.001), _run("momentum", 0.003)), drawn=200,
    ),
    Example(
        "himmelblau", "Himmelblau", "Four minima: where you start decides",
        "himmelblau",
        (
            _run("gd", 0.01, start=(0.5, 0.5)), _run("gd", 0.01, start=(-1.0, 1.0)),
            _run("gd", 0.01, start=(-1.0, -1.0)), _run("gd", 0.01, start=(1.0, -1.0)),
        ),
        drawn=60,
    ),
    Example(
        "beale", "Beale's flat valley", "Adam at 0.2 arrives long before gradient descent at 0.01",
        "beale", (_run("gd", 0.01), _run("adam", 0.2)), drawn=150,
    ),
    Example(
        "double_well", "Double well", "Both settle, one in the higher hollow",
        "double_well", (_run("gd", 0.05, start=(1.8,)), _run("gd", 0.05, start=(-2.0,))),
    ),
    Example(
        "noise", "Noise of single samples", "One rate hovers: let it fall, and it comes to rest",
        "article",
        (_run("gd", 0.05, batch_size=1), _run("gd", 0.05, batch_size=1, schedule="cosine")),
    ),
)  # fmt: skip


def find_example(name: str) -> Example:
    """The example of that name."""
    return next(example for example in EXAMPLES if example.name == name)
