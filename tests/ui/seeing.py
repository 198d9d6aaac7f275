"""A view on its own, and the pixels that it shows."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.scene import Scene
from gdsim.ui.theme import LIGHT
from gdsim.ui.views.base import View

V = TypeVar("V", bound=View)


def scene(snapshot: Snapshot) -> Scene:
    return Scene(LIGHT, {run.key: LIGHT.run_style(i) for i, run in enumerate(snapshot.runs)})


def shown(qtbot: QtBot, view: V, snapshot: Snapshot) -> V:
    qtbot.addWidget(view)
    view.resize(560, 440)
    with qtbot.waitExposed(view):
        view.show()
    view.show_snapshot(snapshot, scene(snapshot))
    qtbot.wait(1)
    return view


def pixel(view: View, x: float, y: float) -> QPoint:
    """Where pyqtgraph shows a point, in the viewport."""
    return QPoint(view.plot.mapFromScene(view.plot.box.mapViewToScene(QPointF(x, y))))


def colors(view: View, x: float, y: float, reach: int = 3) -> NDArray[np.int64]:
    """The pixels around a point, (n, RGB)."""
    image = view.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), dtype=np.uint8)
    rows = flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, :, 2::-1]
    at = pixel(view, x, y)
    part = rows[at.y() - reach : at.y() + reach + 1, at.x() - reach : at.x() + reach + 1]
    return part.reshape(-1, 3).astype(np.int64)
