"""A prediction drawn in the real window: the run plays over it and the gap is told."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gdsim.ui.interior import Interior
from tests.ui.conftest import until

LEFT = Qt.MouseButton.LeftButton


def draw(layer: object, shares: list[tuple[float, float]]) -> None:
    from PySide6.QtWidgets import QWidget

    assert isinstance(layer, QWidget)
    points = [QPoint(round(x * layer.width()), round(y * layer.height())) for x, y in shares]
    QTest.mousePress(layer, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(layer, point)
    QTest.mouseRelease(layer, LEFT, pos=points[-1])


def test_a_curve_and_a_pin_are_compared_with_the_run(qtbot: QtBot, interior: Interior) -> None:
    workspace, predictor = interior.workspace, interior.predictor
    setup = workspace.setup
    workspace.set_limit(20)
    until(qtbot, interior)
    QTest.keyClick(interior.window, Qt.Key.Key_P)
    curve, pin = predictor.curve, predictor.pin
    assert curve is not None
    assert pin is not None
    assert "then play" in curve.said
    draw(curve, [(0.05, 0.2), (0.2, 0.4), (0.4, 0.5), (0.8, 0.6)])
    draw(pin, [(0.5, 0.5)])
    assert predictor.has_drawn
    assert workspace.setup.tracks == setup.tracks  # no start was set by it
    assert workspace.step == 0  # nor a step sought
    workspace.step_by(20)
    until(qtbot, interior, lambda s: s.step == 20)
    qtbot.waitUntil(lambda: "on average" in curve.said and "at step 20" in pin.said)
    assert "Your pin is" in pin.said
    assert curve.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    QTest.keyClick(interior.window, Qt.Key.Key_P)
    assert not predictor.is_on


def test_it_stays_in_its_place_when_the_picture_changes(qtbot: QtBot, interior: Interior) -> None:
    QTest.keyClick(interior.window, Qt.Key.Key_P)
    pin = interior.predictor.pin
    assert pin is not None
    draw(pin, [(0.5, 0.5)])
    theta = pin.pin
    interior.window.resize(1000, 700)
    qtbot.wait(60)
    box = pin.view.plot.box
    assert pin.geometry() == box.mapRectToScene(box.rect()).toRect()
    assert pin.pin == theta
