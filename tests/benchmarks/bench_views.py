"""Milliseconds a frame of the four views with eight runs: python tests/benchmarks/bench_views.py.

A frame is `show_snapshot` of each view and the painting that follows. Runs as in a class (GD,
momentum, Adam, …) on the article's data, then noisy ones on mini-batches, whose lines are as
crooked as can be. Target: 10 ms for the four views together, offscreen, on two cores.
"""

from __future__ import annotations

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from gdsim.engine.problems import make_problem
from gdsim.engine.run import Run, make_run
from gdsim.engine.sampling import Sampling
from gdsim.runtime.session import Session
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT, apply
from gdsim.ui.views import find_view
from gdsim.ui.views.base import View
from gdsim.ui.views.slice_view import SliceView
from tests.setups import setup_of

FRAMES = 240
SIZE = (1046, 620)
"""What the window leaves for the views at 1366×768."""


def calm(name: str) -> list[Run]:
    problem = make_problem(name)
    kinds = [
        ("gd", 0.01), ("gd", 0.005), ("momentum", 0.005), ("nesterov", 0.005), ("adagrad", 0.5),
        ("rmsprop", 0.01), ("adam", 0.05), ("adam", 0.01),
    ]  # fmt: skip
    return [make_run(problem, name, {"learning_rate": rate}) for name, rate in kinds]


def noisy() -> list[Run]:
    problem = make_problem("article")
    return [
        make_run(problem, "gd", {"learning_rate": 0.02}, sampling=Sampling(1, "shuffle", seed))
        for seed in range(8)
    ]


def measure(title: str, problem: str, runs: list[Run], steps: int) -> None:
    """Play `FRAMES` frames of so many steps and print how long they took."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = QWidget()
    grid = QGridLayout(window)
    chosen = make_problem(problem)
    wanted = ("parameters", "curve", "fit", "prediction", "slice", "loss", "rate")
    # As in the window: the first picture of the fit that serves, and the slice for want of data.
    serving = [find_view(name) for name in wanted if find_view(name).serves(chosen)]
    views: list[View] = [cls() for cls in serving if cls is not SliceView or chosen.data is None]
    for i, view in enumerate(views):
        grid.addWidget(view, i // 2, i % 2)
    window.resize(*SIZE)
    window.show()
    session = Session(setup_of(chosen, *runs, limit=FRAMES * steps + 100))
    styles = {key: LIGHT.run_style(key) for key in range(len(runs))}
    scene = Scene(LIGHT, styles)
    snapshots: list[float] = []
    paints: list[float] = []
    for frame in range(FRAMES):
        target = session.step + steps
        session.go(target)
        snapshot: Snapshot = session.snapshot(frame, True, 60.0, judge_anew=frame % 20 == 0)
        began = time.perf_counter()
        for view in views:
            view.show_snapshot(snapshot, scene)
        shown = time.perf_counter()
        application.processEvents()
        painted = time.perf_counter()
        snapshots.append(1000.0 * (shown - began))
        paints.append(1000.0 * (painted - shown))
    whole = sorted(a + b for a, b in zip(snapshots, paints, strict=True))
    print(
        f"{title:34} {statistics.median(whole):7.2f} {whole[int(0.99 * len(whole))]:7.2f} "
        f"{whole[-1]:7.2f}   {statistics.median(snapshots):7.2f} {statistics.median(paints):7.2f}"
    )
    window.close()
    window.deleteLater()
    application.processEvents()


def main() -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply(application, LIGHT)
    print(f"{'8 runs, 4 views, ms a frame':34} {'median':>7} {'99 %':>7} {'most':>7}   "
          f"{'values':>7} {'paint':>7}")  # fmt: skip
    measure("article, 1 step a frame", "article", calm("article"), 1)
    measure("article, 100 steps a frame", "article", calm("article"), 100)
    measure("himmelblau, 1 step a frame", "himmelblau", calm("himmelblau"), 1)
    for name in ("double_well", "polynomial", "logistic"):
        measure(f"{name}, 1 step a frame", name, calm(name), 1)
    measure("mini-batches, 1 step a frame", "article", noisy(), 1)
    measure("mini-batches, 100 steps a frame", "article", noisy(), 100)


if __name__ == "__main__":
    main()
