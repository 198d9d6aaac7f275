"""What lies under the pointer stays there while a wheel or two fingers zoom."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gdsim.ui.views import find_view
from gdsim.ui.views.base import View
from tests.ui.conftest import MakeSnapshot
from tests.ui.seeing import shown
from tests.ui.test_stray import turn


def under(view: View, at: QPoint) -> tuple[float, float]:
    """The plot coordinates under a point of the viewport, and what a pixel is of each."""
    place = QPointF(view.plot.box.mapFromScene(view.plot.mapToScene(at)))
    return view.plot.projection().inverse(place)


def assert_still(view: View, at: QPoint, about: tuple[float, float]) -> None:
    p = view.plot.projection()
    now = under(view, at)
    assert now[0] == pytest.approx(about[0], abs=0.05 * (p.right - p.left) / p.width)
    assert now[1] == pytest.approx(about[1], abs=0.05 * (p.top - p.bottom) / p.height)


@pytest.mark.parametrize("name", ["parameters", "fit", "loss", "slice"])
@pytest.mark.parametrize("painted", [True, False])
def test_notches_leave_the_point_under_the_pointer(
    qtbot: QtBot, make_snapshot: MakeSnapshot, name: str, painted: bool
) -> None:
    """Also after the axes made room for longer numbers, and with notches before a painting."""
    view = shown(qtbot, find_view(name)(), make_snapshot(steps=60))
    view.plot.grab()
    qtbot.wait(10)
    at = view.plot.viewport().rect().center() + QPoint(41, -23)
    about = under(view, at)
    for notch in (1, 1, 3, 4, 6, 6, -9, -20):
        turn(view.plot.viewport(), at, notch)
        if painted:
            view.plot.grab()
            qtbot.wait(2)
        assert_still(view, at, about)
    view.plot.grab()
    qtbot.wait(10)
    assert_still(view, at, about)


def test_fingers_that_part_zoom_about_their_middle(
    qtbot: QtBot, make_snapshot: MakeSnapshot
) -> None:
    view = shown(qtbot, find_view("parameters")(), make_snapshot(steps=60))
    viewport = view.plot.viewport()
    at = viewport.rect().center() + QPoint(41, -23)
    about, before = under(view, at), view.plot.box.viewRange()
    for value in (0.25, 0.1):
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
            QPointF(at), QPointF(at), QPointF(viewport.mapToGlobal(at)), value, QPointF(),
        )  # fmt: skip
        assert event.type() == QEvent.Type.NativeGesture
        QApplication.sendEvent(viewport, event)
    after = view.plot.box.viewRange()
    for was, now in zip(before, after, strict=True):
        assert now[1] - now[0] == pytest.approx((was[1] - was[0]) / (1.25 * 1.1), rel=1e-6)
    assert_still(view, at, about)
    assert view.manual
