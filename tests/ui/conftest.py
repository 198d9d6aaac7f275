"""Fixtures for tests of the window: nothing may be left behind, and moments to show."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QThreadPool, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from gdsim.app import App
from gdsim.engine.arrays import Array
from gdsim.engine.problems import make_problem
from gdsim.engine.run import make_run
from gdsim.experiment.view_state import ViewOptions
from gdsim.runtime.session import Session
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui import language
from gdsim.ui.interior import Interior
from gdsim.ui.views.base import View
from tests.setups import setup_of

Spec = tuple[str, float] | tuple[str, float, str]
"""Optimizer, learning rate and, if not constant, the schedule."""

SUITED: dict[str, dict[str, Any]] = {
    "curve": {"problem": "double_well", "runs": (("gd", 0.05), ("adam", 0.1))},
    "boundary": {
        "problem": "logistic", "runs": (("gd", 0.5), ("adam", 0.1)), "settings": {"columns": 2},
    },
    "prediction": {
        "problem": "linear", "runs": (("gd", 0.05), ("adam", 0.1)), "settings": {"columns": 3},
    },
}  # fmt: skip
"""What to make a session of for a view that the article's problem does not suit."""

MakeSession = Callable[..., Session]
MakeSnapshot = Callable[..., Snapshot]
MakeApp = Callable[[], App]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform warns of size hints that it cannot pass on: not a fault of ours."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))


_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    language.use("en")
    threads = set(threading.enumerate())
    timers = {id(timer) for timer in _running_timers()}
    application = QApplication.instance()
    widgets = set(application.topLevelWidgets()) if isinstance(application, QApplication) else set()
    yield
    language.use("en")
    _delete_deferred()
    if request.node.stash.get(_failed, False):
        return  # what a failed test holds is held by its traceback
    left: list[object] = [t for t in threading.enumerate() if t not in threads and t.is_alive()]
    left += [timer for timer in _running_timers() if id(timer) not in timers]
    application = QApplication.instance()
    if isinstance(application, QApplication):
        left += [w for w in application.topLevelWidgets() if w not in widgets]
        if not QThreadPool.globalInstance().waitForDone(1000):
            left.append("work in Qt's thread pool")
    assert not left, f"left behind: {left}"


def _delete_deferred() -> None:
    if QCoreApplication.instance() is None:
        return
    for _ in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _running_timers() -> list[QTimer]:
    return [
        timer
        for timer in gc.get_objects()
        if type(timer) is QTimer and Shiboken.isValid(timer) and timer.isActive()
    ]


@pytest.fixture
def make_session() -> MakeSession:
    """Make a real session: `make_session("article", [("gd", 0.01)], steps=100)`."""

    def make(
        problem: str = "article",
        runs: Sequence[Spec] = (("gd", 0.01),),
        *,
        steps: int = 0,
        limit: int = 1000,
        data: tuple[Array, Array] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Session:
        chosen = make_problem(problem, data, settings)
        made = (make_run(chosen, spec[0], {"learning_rate": spec[1]}, *spec[2:]) for spec in runs)
        session = Session(setup_of(chosen, *made, limit=limit))
        session.go(steps)
        return session

    return make


@pytest.fixture
def make_snapshot(make_session: MakeSession) -> MakeSnapshot:
    """Make a snapshot of a real session, with the arguments of `make_session`."""
    version = 0

    def make(*args: object, seek: int | None = None, **options: object) -> Snapshot:
        nonlocal version
        version += 1
        session = make_session(*args, **options)
        if seek is not None:
            session.seek(seek)
        return session.snapshot(version, False, 0.0)

    return make


@pytest.fixture
def interior(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Interior]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    app = App(settings, lang="en", theme="light")
    app.window.resize(1366, 768)
    app.window.show()
    app.finish()
    assert app.interior is not None
    qtbot.waitExposed(app.window)
    yield app.interior
    app.window.may_close = lambda: True
    app.window.close()
    app.window.deleteLater()
    request.node.funcargs.clear()  # else pytest holds the window until after the leak fixture
    assert "gdsim-engine" not in [thread.name for thread in threading.enumerate()]


@pytest.fixture
def make_app(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeApp]:
    """Windows whose log and sessions are kept in `tmp_path`; closed without a question."""
    apps: list[App] = []

    def make() -> App:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        app = App(settings, lang="en", theme="light", state=tmp_path)
        apps.append(app)
        app.window.show()
        app.finish()
        return app

    yield make
    for app in apps:
        app.window.may_close = lambda: True
        app.window.close()
        app.window.deleteLater()
    apps.clear()
    request.node.funcargs.clear()


def look(view: View, **options: bool) -> None:
    """Show the same moment with other options than those at first."""
    assert view.snapshot is not None
    view.show_snapshot(view.snapshot, replace(view._scene, options=ViewOptions(**options)))


def has_runs(count: int, shown: Snapshot) -> bool:
    """For `until`, by functools.partial: whether there are so many runs."""
    return len(shown.runs) == count


def until(
    qtbot: QtBot, interior: Interior, wanted: Callable[[Snapshot], bool] = lambda _: True
) -> Snapshot:
    """Wait until the window shows results of what is set, and of that kind."""
    workspace = interior.workspace

    def is_there() -> bool:
        return workspace.snapshot.shows(workspace.setup) and wanted(workspace.snapshot)

    qtbot.waitUntil(is_there, timeout=20_000)
    qtbot.wait(40)  # two frames, so that the panels have it too
    qtbot.waitUntil(is_there, timeout=20_000)  # what was on its way may have come between
    return workspace.snapshot
