"""What is drawn as a run goes on is what is drawn at once; no slab of segments hides the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.paths import Line, _Layer
from gdsim.ui.plot.sheet import Sheet
from gdsim.ui.scene import Scene
from gdsim.ui.theme import DARK, LIGHT, Theme
from gdsim.ui.views import find_view
from gdsim.ui.views.base import View
from tests.ui.conftest import MakeSession, Spec

SEVEN: list[Spec] = [
    ("gd", 0.01), ("gd", 0.08), ("gd", 0.09), ("gd", 0.12), ("momentum", 0.01), ("adam", 0.1),
    ("momentum", 0.05),
]  # fmt: skip
ALONE: list[Sequence[Spec]] = [[one] for one in SEVEN]
VIEWS = ("parameters", "loss", "rate")


def scene(snapshot: Snapshot, theme: Theme = LIGHT) -> Scene:
    return Scene(theme, {run.key: theme.run_style(run.key) for run in snapshot.runs})


def opened(qtbot: QtBot, name: str, size: tuple[int, int] = (430, 330)) -> View:
    view = find_view(name)()
    qtbot.addWidget(view)
    view.resize(*size)
    with qtbot.waitExposed(view):
        view.show()
    return view


def feed(view: View, snapshot: Snapshot, theme: Theme = LIGHT) -> None:
    view.show_snapshot(snapshot, scene(snapshot, theme))
    view.plot.grab()


def picture(qtbot: QtBot, view: View) -> QImage:
    view.plot.clearFocus()
    view.plot.grab()  # the axes make room for their numbers
    qtbot.wait(1)
    qtbot.waitUntil(lambda: view.at_rest)
    return view.plot.grab().toImage()


def assert_anew_is_live(
    qtbot: QtBot, live: View, snapshot: Snapshot, theme: Theme = LIGHT
) -> QImage:
    """`live` shows the snapshot; another view that is given it at once shows the same pixels."""
    feed(live, snapshot, theme)
    seen = picture(qtbot, live)
    anew = opened(qtbot, live.name, (live.width(), live.height()))
    feed(anew, snapshot, theme)
    box = live.plot.box.viewRange()
    if live.manual:
        anew._range_taken(None)
        picture(qtbot, anew)
        anew.plot.show_range(*(tuple(axis) for axis in box))
    drawn = picture(qtbot, anew)
    assert seen == drawn
    return drawn


@pytest.mark.parametrize("runs", [*ALONE, SEVEN])
@pytest.mark.parametrize("name", VIEWS)
def test_live_is_anew(
    qtbot: QtBot, make_session: MakeSession, name: str, runs: Sequence[Spec]
) -> None:
    session = make_session("article", runs, limit=300)
    live = opened(qtbot, name)
    for version in range(1, 80):
        session.go(session.step + 1 + version % 3)
        feed(live, session.snapshot(version, True, 60.0))
    assert_anew_is_live(qtbot, live, session.snapshot(900, False, 0.0))


def test_live_is_anew_where_rates_jump(qtbot: QtBot, make_session: MakeSession) -> None:
    runs = [("gd", 0.08, "step"), ("gd", 0.05, "cosine_restarts"), ("adam", 0.02)]
    session = make_session("article", runs, limit=300)
    live = opened(qtbot, "rate")
    for version in range(1, 90):
        session.go(session.step + 1 + version % 5)
        feed(live, session.snapshot(version, True, 60.0))
    assert_anew_is_live(qtbot, live, session.snapshot(900, False, 0.0))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_live_is_anew_after_zoom_and_resize_and_with_the_cursor_in_the_middle(
    qtbot: QtBot, make_session: MakeSession, theme: Theme
) -> None:
    session = make_session("article", SEVEN, limit=300)
    live = opened(qtbot, "parameters")
    for version in range(1, 40):
        session.go(session.step + 2)
        feed(live, session.snapshot(version, True, 60.0), theme)
        if version == 20:
            live.resize(500, 380)
    (left, right), (low, high) = live.plot.box.viewRange()
    live._range_taken(None)
    live.plot.show_range((0.7 * left, 0.6 * right), (0.8 * low, 0.7 * high))
    assert_anew_is_live(qtbot, live, session.snapshot(100, False, 0.0), theme)
    for version, step in enumerate((50, 20, 31, 33, 40), 200):
        session.seek(step)
        feed(live, session.snapshot(version, False, 0.0), theme)
    assert_anew_is_live(qtbot, live, session.snapshot(300, False, 0.0), theme)


def test_a_sifted_history_is_drawn_anew_at_rest(qtbot: QtBot, make_session: MakeSession) -> None:
    session = make_session("rosenbrock", [("momentum", 0.0005), ("adam", 0.5)], limit=40_000)
    live = opened(qtbot, "parameters")
    for version in range(1, 15):
        session.go(session.step + 1900)
        feed(live, session.snapshot(version, True, 60.0))
    assert_anew_is_live(qtbot, live, session.snapshot(900, False, 0.0))


@pytest.mark.parametrize("rate", [0.09, 0.0845])
def test_segments_that_lie_over_each_other_leave_the_landscape_to_be_seen(
    qtbot: QtBot, make_session: MakeSession, rate: float
) -> None:
    """Sixty strokes side by side: of their strip a fifth at least is untouched landscape."""
    session = make_session("article", [("gd", rate)], steps=57, limit=300)
    view = opened(qtbot, "parameters", (560, 440))
    snapshot = session.snapshot(1, False, 0.0)
    feed(view, snapshot)
    seen = picture(qtbot, view)
    hidden = replace(scene(snapshot), hidden=frozenset({0}))
    view.show_snapshot(snapshot, hidden)
    bare = picture(qtbot, view)
    top, bottom = (
        [x for x in range(60, seen.width()) if seen.pixel(x, y) != bare.pixel(x, y)]
        for y in (180, 230)
    )
    for found in (top, bottom):
        assert max(found) - min(found) > 30
        assert len(found) < 0.8 * (max(found) - min(found))
        assert len(found) > 0.1 * (max(found) - min(found))


def test_the_casing_lies_under_the_whole_run(qtbot: QtBot, make_session: MakeSession) -> None:
    """Where a path crosses itself there is its colour, not a gap of casing."""
    session = make_session("article", [("momentum", 0.01)], steps=0, limit=300)
    live = opened(qtbot, "parameters", (560, 440))
    for version in range(1, 60):
        session.go(session.step + 1)
        feed(live, session.snapshot(version, True, 60.0))
    trace = session.snapshot(900, False, 0.0).runs[0].trace
    image = picture(qtbot, live)
    projection = live.plot.projection()
    color = LIGHT.run_style(0).color
    whole = 0
    for a, b in zip(trace.rows[1:8, 2:], trace.rows[2:9, 2:], strict=True):
        for share in np.linspace(0.1, 0.9, 9):
            at = projection.point(*(a + share * (b - a)).tolist())
            scene_at = live.plot.box.mapToScene(at)
            pixel = image.pixelColor(live.plot.mapFromScene(scene_at))
            off = max(abs(pixel.red() - color.red()), abs(pixel.blue() - color.blue()))
            whole += off < 60
    assert whole >= 60


@pytest.mark.parametrize("resolution", [1.0, 2.0])
@pytest.mark.parametrize("width", [LIGHT.line_width + 0.8, 4.0, 6.8])
def test_a_layer_knows_all_the_pixels_that_it_has_drawn_upon(
    qtbot: QtBot, width: float, resolution: float
) -> None:
    """Of those that it does not know, a corner was left where the picture was drawn upon again."""
    projection = Projection(0.0, 200.0, 0.0, 200.0, 200.0, 200.0)
    side = round(200 * resolution)
    far = np.linspace(0.0, 80.0, 17)
    for degrees in range(0, 91, 5):
        x, y = (
            60.3 + far * part for part in (np.cos(np.radians(degrees)), np.sin(np.radians(degrees)))
        )
        line = Line(
            0, x, y, None, QColor("blue"), width, casing=QColor("white"), steps=np.arange(17)
        )
        layer = _Layer(line, projection, log=False)
        layer.grow(line, Sheet(side, side, resolution), hurried=False)
        assert layer.picture is not None
        image = layer.picture.toImage().convertToFormat(QImage.Format.Format_Alpha8)
        drawn = np.frombuffer(image.constBits(), np.uint8).reshape(side, -1)[:, :side] > 0
        known = layer.covered
        drawn[known.top() : known.bottom() + 1, known.left() : known.right() + 1] = False
        assert not drawn.any()
