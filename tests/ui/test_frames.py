"""What is painted when: nothing that would look the same, views in turns where there is no time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from gdsim.engine.history import CAPACITY
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.frame_clock import FRAME_SECONDS, HEAVY_SECONDS, FrameClock
from gdsim.ui.scene import Scene
from gdsim.ui.views import find_view
from tests.ui.conftest import MakeSession
from tests.ui.test_views_drawing import pixels, scene, shown


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Panel:
    """Takes its time to show a moment, and remembers which steps it has shown."""

    def __init__(self, watch: Watch, seconds: float = 0.0) -> None:
        self.watch, self.seconds = watch, seconds
        self.steps: list[int] = []

    def isVisible(self) -> bool:
        return True

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        self.watch.seconds += self.seconds
        self.steps.append(snapshot.step)


class Gate:
    def shut(self) -> None: ...
    def open(self) -> None: ...


def played(
    qtbot: QtBot, make_session: MakeSession, watch: Watch, views: list[Panel], control: Panel
) -> None:
    """Let the clock show thirty moments of a playing session, a frame apart, then one at rest."""
    session, still = make_session(), Scene()
    stub = SimpleNamespace(snapshot=session.snapshot(0, True, 60.0), gate=Gate())
    clock = FrameClock(cast("Any", stub), lambda: still, now=watch)
    watch.seconds = 1.0
    clock.start(views, [control])
    for version in range(1, 32):
        session.advance(1)
        with qtbot.waitSignal(clock.painted, timeout=5000):
            stub.snapshot = session.snapshot(version, version < 31, 60.0)
            watch.seconds += 1.01 * FRAME_SECONDS
    clock.stop()


def test_where_there_is_time_every_view_has_every_frame(
    qtbot: QtBot, make_session: MakeSession
) -> None:
    watch = Watch()
    views, control = [Panel(watch) for _ in range(4)], Panel(watch)
    played(qtbot, make_session, watch, views, control)
    for view in views:
        assert view.steps[-31:] == list(range(1, 32))
    assert control.steps[-1] == 31
    assert len(control.steps) < 12


def test_views_take_turns_where_frames_are_heavy_and_all_show_the_end(
    qtbot: QtBot, make_session: MakeSession
) -> None:
    watch = Watch()
    views, control = [Panel(watch, HEAVY_SECONDS) for _ in range(4)], Panel(watch)
    played(qtbot, make_session, watch, views, control)
    for view in views:
        assert view.steps[-1] == control.steps[-1] == 31
        # Half of them once the clock has learnt what a frame costs.
        assert 15 <= len(view.steps) <= 22
        assert max(b - a for a, b in zip(view.steps, view.steps[1:], strict=False)) <= 2
    # One line goes through the loss and the rates beneath it.
    assert views[2].steps == views[3].steps


@pytest.mark.parametrize("name", ["parameters", "fit", "loss", "rate"])
def test_a_view_whose_picture_stays_is_not_painted(
    qtbot: QtBot, make_session: MakeSession, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Converged; at step 100,000 of a million ten steps are less than a pixel.
    session = make_session(runs=[("gd", 0.04)], steps=100_000, limit=1_000_000)
    view = shown(qtbot, find_view(name)(), session.snapshot(1, True, 60.0))
    look = scene(session.snapshot(1, True, 60.0))
    view.show_snapshot(session.snapshot(2, True, 60.0), look)
    painted: list[bool] = []
    monkeypatch.setattr(view.plot, "redraw", lambda: painted.append(True))
    view.show_snapshot(session.snapshot(3, True, 60.0), look)
    assert not painted
    session.seek(0)
    view.show_snapshot(session.snapshot(4, True, 60.0), look)
    assert painted


@pytest.mark.parametrize("name", ["parameters", "loss", "rate"])
def test_a_thinned_history_looks_as_it_did(
    qtbot: QtBot, make_session: MakeSession, name: str
) -> None:
    """What was drawn of a history stays when the history is thinned, and goes on."""
    session = make_session("himmelblau", [("momentum", 0.001)], steps=CAPACITY - 100, limit=40_000)
    first = session.snapshot(1, True, 60.0)
    look, growing = scene(first), shown(qtbot, find_view(name)(), first)
    for version in range(2, 6):
        session.advance(500)
        growing.show_snapshot(session.snapshot(version, True, 60.0), look)
        qtbot.wait(1)
    at_rest = session.snapshot(9, False, 0.0)
    assert at_rest.runs[0].trace.whole_until < at_rest.step
    growing.show_snapshot(at_rest, look)
    anew = shown(qtbot, find_view(name)(), at_rest)
    qtbot.waitUntil(lambda: growing.at_rest and anew.at_rest)
    grown, fresh = pixels(growing), pixels(anew)
    assert (abs(grown - fresh).max(axis=2) > 60).mean() < 0.002
