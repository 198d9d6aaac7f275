"""Milliseconds a frame for every problem while playing: python tests/benchmarks/bench_frames.py.

    QT_SCALE_FACTOR=2 python tests/benchmarks/bench_frames.py [width height]

Of the views that the window shows, at the size that it leaves for them; one run, then eight,
`STEPS` steps a frame. A frame is `show_snapshot` of each view, all that is painted, and
what falls due between frames, as pieces of landscapes do. Target: 16 ms.
"""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program does

from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from gdsim.engine.problems import PROBLEMS, make_problem
from gdsim.engine.run import make_run
from gdsim.runtime.session import Session
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT, apply
from gdsim.ui.views import find_view
from gdsim.ui.views.base import View
from tests.setups import setup_of

FRAMES = 120
STEPS = 20
WANTED = ("parameters", "curve", "fit", "slice", "loss", "rate")
METHODS = ("gd", "momentum", "adam", "nesterov", "rmsprop", "adagrad", "gd", "adam")


def measure(name: str, settings: dict[str, object], count: int, size: tuple[int, int]) -> str:
    """The median, the 95 % and the longest frame of one problem."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    problem = make_problem(name, None, settings)
    serving = [find_view(one) for one in WANTED if find_view(one).serves(problem)]
    views: list[View] = [kind() for kind in serving if kind.name != "slice" or problem.data is None]
    window = QWidget()
    grid = QGridLayout(window)
    for i, view in enumerate(views):
        grid.addWidget(view, i // 2, i % 2)
    window.resize(*size)
    window.show()
    rate = problem.learning_rate
    runs = [
        make_run(problem, method, {"learning_rate": rate * (1.0 - 0.1 * i)})
        for i, method in enumerate(METHODS[:count])
    ]
    session = Session(setup_of(problem, *runs, limit=FRAMES * STEPS + 100))
    scene = Scene(LIGHT, {key: LIGHT.run_style(key) for key in range(count)})
    taken = []
    for frame in range(FRAMES):
        session.go(session.step + STEPS)
        snapshot = session.snapshot(frame, True, 60.0, judge_anew=frame % 20 == 0)
        began = time.perf_counter()
        for view in views:
            view.show_snapshot(snapshot, scene)
        application.processEvents()
        taken.append(1000.0 * (time.perf_counter() - began))
    window.close()
    window.deleteLater()
    application.processEvents()
    taken = sorted(taken[3:])  # the first build what they show
    return f"{taken[len(taken) // 2]:7.1f} {taken[int(0.95 * len(taken))]:7.1f} {taken[-1]:7.1f}"


def main(width: int = 1540, height: int = 850) -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply(application, LIGHT)
    print(f"{'ms a frame: median, 95 %, longest':38} {'one run':^23}   {'eight':^23}")
    cases: list[tuple[str, dict[str, object]]] = [(one.name, {}) for one in PROBLEMS]
    cases += [("network", {"hidden": hidden}) for hidden in ("8,8", "16,16")]
    for name, settings in cases:
        title = " ".join([name, *map(str, settings.values())])
        one, eight = (measure(name, settings, count, (width, height)) for count in (1, 8))
        print(f"{title:38} {one}   {eight}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
