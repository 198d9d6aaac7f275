"""What an edit takes while the engine is busy. Not a test; prints.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.bench_busy [seconds]

Twice: the engine amid a single step that does not end (asleep, so that the processor is free), and
stepping a network of 16, 16 units at full speed. An edit is answered when the call comes back:
setup, cards, title and undo then agree. Drawn: until the events that it left are handled, a frame
perhaps among them. A save is timed beside the same bytes written aside and renamed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gdsim.app import SWITCH_INTERVAL, App
from gdsim.engine.optimizers import OPTIMIZERS
from gdsim.engine.problems import make_problem
from gdsim.experiment import document
from gdsim.experiment.setup import MOST_RUNS, first_setup
from gdsim.runtime.session import Session
from gdsim.system.files import written_aside
from gdsim.ui.interior import Interior


def edits(interior: Interior, folder: Path) -> dict[str, Callable[[int], object]]:
    """What is timed, by name; each is given the number of its round."""
    workspace, documents = interior.workspace, interior.documents
    methods = [family.name for family in OPTIMIZERS]
    file = folder / "busy.gdsim"

    def add(_: int) -> None:
        if len(workspace.setup.tracks) < min(8, MOST_RUNS):
            workspace.add_run()
        else:
            workspace.remove_selected()

    def method(turn: int) -> None:
        key = workspace.setup.keys[0]
        workspace.edit_run(key, "optimizer", "", methods[turn % len(methods)])

    def rate(turn: int) -> None:
        key = workspace.setup.keys[0]
        workspace.edit_run(key, "settings", "learning_rate", 0.001 + 1e-6 * turn)

    return {
        "rate": rate,
        "method": method,
        "undo": lambda _: workspace.undo(),
        "redo": lambda _: workspace.redo(),
        "start": lambda turn: workspace.set_start(_moved(interior, turn)),
        "add, remove": add,
        "step limit": lambda turn: workspace.set_limit(10**6 + turn),
        "save": lambda _: documents._save_to(file),
        "written": lambda _: _write(file, folder),
        "open": lambda _: documents.open(file) if file.exists() else None,
    }


def _moved(interior: Interior, turn: int) -> tuple[float, ...]:
    first, *others = interior.workspace.setup.problem.start
    return (first + 1e-3 * turn, *others)


def _write(file: Path, folder: Path) -> None:
    """The bytes of a save, without gdsim."""
    content = file.read_bytes() if file.exists() else b""
    with written_aside(folder / "plain") as aside:
        aside.write_bytes(content)


def measure(application: QApplication, interior: Interior, folder: Path, seconds: float) -> None:
    """Do all in turn for so long, and print what each took."""
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    until, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        turn += 1
        for name, act in edits(interior, folder).items():
            begun = time.perf_counter()
            act(turn)
            answered = time.perf_counter() - begun
            application.processEvents()
            took[name].append((answered, time.perf_counter() - begun))
            time.sleep(0.005)
    for name, pairs in took.items():
        answers, drawn = zip(*pairs, strict=True)
        print(
            f"  {name:<14}answered: median {1e3 * statistics.median(answers):6.1f} ms"
            f"   worst {1e3 * max(answers):6.1f} ms"
            f"   drawn: median {1e3 * statistics.median(drawn):6.1f} ms   n {len(pairs)}"
        )


def main(seconds: float = 10.0) -> None:
    """Measure beside an engine that is asleep in a step, then beside one that computes."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = App(QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat), lang="en")
        app.window.resize(1366, 768)
        app.window.show()
        app.finish()
        interior = app.interior
        assert interior is not None
        go_on, amid, real = threading.Event(), threading.Event(), Session.advance

        def advance(self: Session, steps: int, breathe: Callable[[], None] | None = None) -> int:
            amid.set()
            go_on.wait(2.0 * seconds)
            return real(self, steps, breathe)

        Session.advance = advance  # type: ignore[method-assign] # stands in for it
        interior.workspace.step_by(1)
        amid.wait(5.0)
        print(f"the engine amid one step for {seconds:.0f} s:")
        measure(application, interior, folder, seconds)
        Session.advance = real  # type: ignore[method-assign] # stands in for it
        go_on.set()
        interior.workspace.load(first_setup())
        network = make_problem("network", settings={"hidden": "16, 16"})
        interior.workspace.take_problem(network)
        interior.workspace.set_limit(10**9)
        interior.workspace.set_speed(None)
        interior.workspace.play()
        document.save(folder / "busy.gdsim", interior.documents.experiment())
        print(f"{network.name} at full speed for {seconds:.0f} s:")
        measure(application, interior, folder, seconds)
        app.window.may_close = lambda: True
        app.window.close()


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
