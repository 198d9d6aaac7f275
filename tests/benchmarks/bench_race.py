"""Frames a second with eight runs playing, without a race and beside one. Not a test; prints.

QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.bench_race [seconds]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from itertools import pairwise

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from gdsim.app import SWITCH_INTERVAL, App
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.ui.dialogs.race_dialog import MOST_STEPS, RaceDialog

METHODS = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "sgd", "adamw")


def frames(application: QApplication, app: App, seconds: float) -> str:
    """How many frames were painted in a second, and the longest time between two."""
    assert app.interior is not None
    times: list[float] = []
    connection = app.interior.clock.painted.connect(lambda: times.append(time.perf_counter()))
    QTimer.singleShot(round(1000 * seconds), lambda: application.exit(0))
    application.exec()
    app.interior.clock.painted.disconnect(connection)
    gaps = [1e3 * (after - before) for before, after in pairwise(times)]
    return (
        f"{len(times) / seconds:5.1f} frames/s, a frame after {statistics.median(gaps):.1f} ms, "
        f"95 %: {sorted(gaps)[int(0.95 * len(gaps))]:.1f}, longest {max(gaps):.1f}"
    )


def main(seconds: float = 8.0) -> None:
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        app = App(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat), lang="en")
        app.window.resize(1366, 768)
        app.window.show()
        app.finish()
        assert app.interior is not None
        workspace = app.interior.workspace
        for name in ("article", "rosenbrock", "network"):
            workspace.take_problem(make_problem(name))
            for method in METHODS[len(workspace.setup.tracks) :]:
                workspace.add(make_run(workspace.setup.problem, method))
            workspace.set_limit(10**6)
            workspace.set_speed(100.0)
            workspace.play()
            frames(application, app, 2.0)
            print(f"{name:12} alone:         {frames(application, app, seconds)}", flush=True)
            app.interior.side.race()
            (dialog,) = app.window.findChildren(RaceDialog)
            dialog.steps.setValue(MOST_STEPS)
            dialog.start()
            print(f"{name:12} beside a race: {frames(application, app, seconds)}", flush=True)
            print(f"{'':12} the race is at {dialog.progress.value() / 10:.1f} %", flush=True)
            dialog.close()
        app.window.may_close = lambda: True
        app.window.close()


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
