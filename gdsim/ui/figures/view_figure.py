"""The picture of one view, as it is seen or, where it is hidden, as it would be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QPainter

from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.figures.picture_file import SCALE, Figure, write_figure
from gdsim.ui.plot.canvas import sized_font
from gdsim.ui.scene import Scene
from gdsim.ui.views.base import View
from gdsim.ui.views.steps import StepsView

LEAST = QSize(640, 480)
"""Of a view that is not seen, which may never have had a size, or shares its axis with another."""
MARGIN = 8


def write_view(target: Path, view: View, snapshot: Snapshot, scene: Scene, room: QSize) -> None:
    """Write title and plot of that moment; a view that is not seen gets `room`, and `LEAST`."""
    with figure_of(view, snapshot, scene, room) as figure:
        write_figure(target, figure)


@contextlib.contextmanager
def figure_of(
    view: View, snapshot: Snapshot, scene: Scene, room: QSize, scale: float = SCALE
) -> Iterator[Figure]:
    """Title and plot of that moment, as long as the block lasts; then the view is as it was.

    A view that is not seen, or shares its axis, gets `room`, and `LEAST`. Surfaces are drawn for
    `scale` device pixels per pixel.
    """
    plot, seen = view.plot, view.isVisible()
    steps = view if isinstance(view, StepsView) else None
    size, whole = plot.size(), seen and not (steps and steps.shares)
    head = plot.y() if whole else view.bar.sizeHint().height()
    with steps.alone() if steps else contextlib.nullcontext():
        if not whole:
            plot.lay_out((size if seen else room).expandedTo(LEAST) - QSize(0, head))
        view.show_snapshot(snapshot, scene)
        # The axes make room for their names.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        before, plot.export_scale = plot.export_scale, scale
        try:
            yield _ViewFigure(view, head)
        finally:
            plot.export_scale = before
    if seen and not whole:
        plot.lay_out(size)
    plot.redraw()


class _ViewFigure:
    """The title over the plot."""

    def __init__(self, view: View, head: int) -> None:
        self._view, self._head = view, head

    @property
    def size(self) -> QSize:
        return self._view.plot.size() + QSize(0, self._head)

    def paint(self, painter: QPainter) -> None:
        view, theme = self._view, self._view.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRect(QPoint(), self.size), theme.color("plot"))
        painter.setFont(sized_font(theme, 0.95, bold=True))
        painter.setPen(theme.color("text"))
        title = QRect(MARGIN, 0, self.size.width() - MARGIN, self._head)
        across = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(title, int(across), view.heading())
        below = QRectF(QPointF(0.0, self._head), QSizeF(view.plot.size()))
        view.plot.render(painter, below, view.plot.viewport().rect())
