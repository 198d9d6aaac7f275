"""The landscape at rest: one closed line a level of a bowl, at any scale, after any slow start."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath
from pytestqt.qtbot import QtBot

from gdsim.engine.planes import parameter_plane
from gdsim.engine.problems import Problem, make_problem
from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.plot import landscape, relief
from gdsim.ui.plot.canvas import Projection
from gdsim.ui.plot.landscape import Landscape
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.plane import DrawnPlane
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import scene, shown
from tests.ui.test_views_drawing import pixels

BOWLS: list[tuple[str, dict[str, object]]] = [
    ("article", {}), ("article", {"loss": "mae"}), ("article", {"loss": "huber"}),
    ("linear", {}), ("logistic", {}), ("quadratic", {}), ("ravine", {}),
    ("booth", {}), ("matyas", {}), ("sphere", {}),
    ("expression", {"expression": "x^2 + 1000*(y - 0.7*x)^2"}),
    ("expression", {"expression": "0.001*(x + y)^2 + 10*(x - y)^2"}),
]  # fmt: skip


def whole(problem: Problem) -> DrawnPlane:
    return DrawnPlane(problem, (0, 1), parameter_plane(problem, np.zeros(2), 0, 1))


def over_bounds(problem: Problem, width: float, height: float) -> Projection:
    return Projection(*problem.bounds()[0], *problem.bounds()[1], width, height)


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[QPainterPath]:
    """The contours that were drawn, level by level."""
    drawn: list[QPainterPath] = []
    trace = relief.contour

    def keep(*args: object) -> QPainterPath:
        drawn.append(trace(*args))  # type: ignore[arg-type] # whatever it takes
        return drawn[-1]

    monkeypatch.setattr(relief, "contour", keep)
    return drawn


def paint(picture: Landscape, surface: DrawnPlane, p: Projection, resolution: float) -> QImage:
    image = QImage(
        round(p.width * resolution), round(p.height * resolution), QImage.Format.Format_RGB32
    )
    image.setDevicePixelRatio(resolution)
    with QPainter(image) as painter:
        picture.paint(painter, surface, p, LIGHT, resolution, ([], []))
    return image


@pytest.mark.parametrize(("name", "settings"), BOWLS)
def test_a_bowl_has_one_closed_line_a_level(
    qtbot: QtBot, traced: list[QPainterPath], name: str, settings: dict[str, object]
) -> None:
    problem = make_problem(name, None, settings)
    surface = whole(problem)
    owner = QObject()
    for width, height, resolution in ((540.0, 290.0, 1.25), (900.0, 520.0, 2.0)):
        picture = Landscape(owner)
        p = over_bounds(problem, width, height)
        paint(picture, surface, p, resolution)
        qtbot.waitUntil(lambda picture=picture: picture.at_rest)  # type: ignore[misc] # its type
        for path in traced[-relief.LEVELS :]:
            pieces = path.toSubpathPolygons()
            closed = [piece for piece in pieces if piece.isClosed()]
            assert len(closed) <= 1
            assert not closed or len(pieces) == 1
    owner.deleteLater()


def test_a_slow_start_leaves_the_same_picture(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = make_problem("quadratic")
    surface, p = whole(problem), over_bounds(problem, 300.0, 200.0)
    owner = QObject()
    quick = Landscape(owner)
    paint(quick, surface, p, 1.0)
    qtbot.waitUntil(lambda: quick.at_rest)
    monkeypatch.setattr(landscape, "seconds_a_point", lambda *_: 1e-3)
    slow = Landscape(owner)
    coarse = paint(slow, surface, p, 1.0)
    qtbot.waitUntil(lambda: slow.at_rest)
    assert paint(slow, surface, p, 1.0) == paint(quick, surface, p, 1.0)
    assert coarse != paint(quick, surface, p, 1.0)
    owner.deleteLater()


@pytest.mark.parametrize("resolution", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_contours_are_one_device_pixel_wide(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, resolution: float
) -> None:
    """Wider antialiased pens take sixty times as long; thinner ones would fade."""
    monkeypatch.setattr(relief, "levels", lambda low, high: np.array([0.5 * (low + high)]))
    problem = make_problem("expression", None, {"expression": "3*x + 0.001*y"})
    p = over_bounds(problem, 200.0, 100.0)
    lined, plain = (relief.Relief(whole(problem), p, LIGHT, resolution, 2.0) for _ in range(2))
    lined.work()
    monkeypatch.setattr(relief, "contour", lambda *_: QPainterPath())
    plain.work()
    at = round(50 * resolution)
    with_line, without = lined.pixmap.toImage(), plain.pixmap.toImage()
    fades = [
        QColor(without.pixel(x, at)).green() - QColor(with_line.pixel(x, at)).green()
        for x in range(with_line.width())
    ]
    whole_line = 95 / 255 * QColor(without.pixel(int(np.argmax(fades)), at)).green()
    assert sum(fades) == pytest.approx(whole_line, rel=0.1)


def test_no_piece_of_a_slice_through_a_network_is_long(qtbot: QtBot) -> None:
    """However dear the heights are, they are found few at a time."""
    asked: list[int] = []
    problem = make_problem("network", None, {"hidden": "16,16"})
    surface = DrawnPlane(problem, (0, 1), parameter_plane(problem, np.zeros(321), 0, 1))

    class Slow:
        is_whole, is_convex, minima, loss_at = False, False, (), surface.loss_at

        def loss(self, points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> object:
            asked.append(points.shape[1])
            end = time.perf_counter() + 4e-6 * points.shape[1]
            while time.perf_counter() < end:
                pass
            return points[0] + points[1] ** 2

    drawn = relief.Relief(Slow(), Projection(-1, 1, -1, 1, 200.0, 100.0), LIGHT, 1.0, 2.0)  # type: ignore[arg-type] # loss
    assert not drawn.work(0.0005)
    assert max(asked) <= 256
    assert drawn.work()
    assert max(asked) < 1500


def test_grid_lines_come_and_go_at_once(qtbot: QtBot, make_snapshot: MakeSnapshot) -> None:
    snapshot = make_snapshot("article", [("gd", 0.01)])
    view = shown(qtbot, ParameterView(), snapshot)
    qtbot.waitUntil(lambda: view.at_rest)
    pictures = []
    for wanted in (True, False, True):
        options = ViewOptions(grid_lines=wanted)
        view.show_snapshot(snapshot, replace(scene(snapshot), options=options))
        assert view.at_rest
        pictures.append(pixels(view))
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[0] == pictures[2]).all()
