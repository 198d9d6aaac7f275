"""The window at full speed: frames, step rate, answers to clicks, memory. Not a test; prints.

    xvfb-run -s "-screen 0 1366x768x24" \
        python tests/benchmarks/bench_window.py [seconds] [runs] [problem]

Frame: from the clock's tick until all is painted. Answer: from the posting of a click by another
thread until the button has acted on it. Memory: resident size at the end less that after 60 s
(or after a tenth of a shorter measurement).
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QObject,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

from gdsim.app import SWITCH_INTERVAL, App
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run

OPTIMIZERS = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "sgd", "gd")


def resident_megabytes() -> float:
    """The process's resident memory."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise OSError("VmRSS is missing")


class Meter(QObject):
    """Counts frames and clicks while the window plays."""

    asked = Signal()
    """Another thread wants a click; Qt's events themselves must not be made there."""

    def __init__(self, app: App, seconds: float) -> None:
        super().__init__()
        assert app.interior is not None
        self.app, self.seconds = app, seconds
        self.frames: list[float] = []
        self.busy: list[float] = []
        self.answers: list[float] = []
        self.memory: list[tuple[float, float]] = []
        self._ticked = 0.0
        self._clicked = threading.Event()
        self.button = QPushButton("click", app.window)
        self.button.clicked.connect(self._answer)
        self.button.show()
        self.asked.connect(self._click, Qt.ConnectionType.QueuedConnection)
        clock = app.interior.clock
        clock.moved_on.connect(self._tick)
        clock.painted.connect(self._paint)
        self._sampler = QTimer(self)
        self._sampler.timeout.connect(self._sample)
        self._sampler.start(1000)
        self._posted = 0.0
        self.began = time.perf_counter()
        self._thread = threading.Thread(target=self._click_often, daemon=True)

    def start(self) -> None:
        self._thread.start()

    @Slot()
    def stop(self) -> None:
        QCoreApplication.exit(0)

    @Slot(object)
    def _tick(self, snapshot: object) -> None:
        self._ticked = time.perf_counter()

    @Slot()
    def _paint(self) -> None:
        now = time.perf_counter()
        self.frames.append(now)
        self.busy.append(now - self._ticked)

    @Slot()
    def _sample(self) -> None:
        self.memory.append((time.perf_counter() - self.began, resident_megabytes()))

    @Slot()
    def _answer(self) -> None:
        self.answers.append(time.perf_counter() - self._posted)
        self._clicked.set()

    @Slot()
    def _click(self) -> None:
        where, left = QPointF(5, 5), Qt.MouseButton.LeftButton
        for kind, held in (
            (QEvent.Type.MouseButtonPress, left),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            event = QMouseEvent(kind, where, where, left, held, Qt.KeyboardModifier.NoModifier)
            QCoreApplication.sendEvent(self.button, event)

    def _click_often(self) -> None:
        while time.perf_counter() - self.began < self.seconds:
            time.sleep(random.uniform(0.02, 0.12))
            self._clicked.clear()
            self._posted = time.perf_counter()
            self.asked.emit()
            self._clicked.wait(10.0)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main(seconds: float = 60.0, runs: int = 8, problem: str = "article") -> None:
    """Play `runs` runs at full speed for so long and print what was measured."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        app = App(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat), lang="en")
        app.window.resize(1366, 768)
        app.window.show()
        app.finish()
        assert app.interior is not None
        workspace = app.interior.workspace
        if problem != "article":
            hidden = {"hidden": "8,8"} if problem == "network" else {}
            workspace.take_problem(make_problem(problem, None, hidden))
        for number in range(1, runs):
            workspace.add_run()
            optimizer = OPTIMIZERS[number % len(OPTIMIZERS)]
            made = make_run(
                workspace.setup.problem, optimizer, {"learning_rate": 0.005 + 0.001 * number}
            )
            workspace.change_run(workspace.setup.keys[number], made)
        workspace.set_limit(10**9)
        workspace.set_speed(None)
        workspace.play()
        first = workspace.snapshot.step
        meter = Meter(app, seconds)
        # `quit` would ask the window to close, and the window whether to save.
        QTimer.singleShot(int(seconds * 1000), meter.stop)
        meter.start()
        application.exec()
        elapsed = time.perf_counter() - meter.began
        steps = workspace.snapshot.step - first
        meter.app.window.may_close = lambda: True
        closing = time.perf_counter()
        app.window.close()
        closing = time.perf_counter() - closing
    gaps = [b - a for a, b in zip(meter.frames, meter.frames[1:], strict=False)]
    settled = [size for at, size in meter.memory if at >= min(60.0, seconds / 10)]
    print(f"{runs} runs, 4 views, {elapsed:.0f} s at full speed")
    print(f"frames/s        median {1 / statistics.median(gaps):6.1f}")
    for name, values in (
        ("frame", meter.busy), ("frame to frame", gaps), ("click answered", meter.answers)
    ):  # fmt: skip
        print(
            f"{name:<16}median {1e3 * statistics.median(values):6.1f} ms"
            f"   99 % {1e3 * percentile(values, 0.99):6.1f} ms"
            f"   worst {1e3 * max(values):6.1f} ms   n {len(values)}"
        )
    print(f"run-steps/s     {steps * runs / elapsed:,.0f}")
    if len(settled) > 1:
        print(f"memory          {settled[0]:.1f} → {settled[-1]:.1f} MB")
    print(f"closing         {1e3 * closing:.0f} ms")


if __name__ == "__main__":
    words = sys.argv[1:]
    main(
        float(words[0]) if words else 60.0,
        int(words[1]) if len(words) > 1 else 8,
        words[2] if len(words) > 2 else "article",
    )
