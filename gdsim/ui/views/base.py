"""What every view has: a slim title bar, a plot below it, and the way to a PNG."""

from __future__ import annotations

import errno
import math
import os
import time
from collections.abc import Hashable, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gdsim.engine.problems import Problem
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.system.files import written_aside
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Canvas, Projection, sized_font
from gdsim.ui.plot.marks import Stamps, mix
from gdsim.ui.theme import RunStyle, Scene, Theme

EXPORT_SCALE = 2
LONGEST_STILL = 0.2
"""Seconds after which a view is painted again even where nothing seems to have moved."""


class TitleLabel(QLabel):
    """A title that shortens itself where room is scarce."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setProperty("heading", True)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            text = self.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, self.width()
            )
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self.rect(), int(flags), text)


class TitleBar(QWidget):
    """Title to the left, tools to the right; a double click on it asks for the whole window."""

    double_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = TitleLabel(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 2, 4, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.label, 1)

    def add(self, tool: QWidget) -> None:
        """Put a tool at the right end."""
        self._row.addWidget(tool)

    def insert(self, tool: QWidget) -> None:
        """Put a tool right behind the title."""
        self._row.insertWidget(1, tool)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.double_clicked.emit()


class View(QWidget):
    """A live picture of the experiment.

    Subclasses give `title`, `refresh` (new values) and `paint_plot` (pixels). Positions that the
    pointer methods get are pixels of the plot area.
    """

    maximise_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._scene = Scene()
        self._manual = False
        self._seen: Hashable = None
        self._painted_at = 0.0
        self.on_paper = False
        """Whether it is drawn for a figure, where nothing moves and no pointer comes."""
        self.stamps = Stamps()
        self.setAutoFillBackground(True)
        self.bar = TitleBar(self)
        self.plot = Canvas(self, self)
        self.setFocusProxy(self.plot)
        self.plot.box.sigRangeChangedManually.connect(self._range_taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.plot, 1)
        self.unzoom = self.tool()
        self.unzoom.clicked.connect(self.show_all)
        self.unzoom.setVisible(False)
        self.bar.double_clicked.connect(self.maximise_requested)
        self._maximise: QToolButton | None = None
        self._maximised = False

    def finish(self) -> None:
        """To be called by a subclass when it has added its tools."""
        self._maximise = self.tool()
        self._maximise.clicked.connect(self.maximise_requested)
        self._apply_theme(self._scene.theme)
        self.retranslate()

    def tool(self, *, checkable: bool = False) -> QToolButton:
        """A new button in the title bar."""
        button = QToolButton(self.bar)
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.add(button)
        return button

    # What subclasses say.

    def title(self) -> str:
        """The title in the language in use."""
        raise NotImplementedError

    def description(self) -> str:
        """For screen readers: what is seen and which keys work."""
        return ""

    @classmethod
    def serves(cls, problem: Problem) -> bool:
        """Whether the view has a picture of such a problem."""
        return True

    def refresh(self, before: Snapshot | None) -> None:
        """Take up new values; ranges and texts change here, pixels in `paint_plot`."""

    def name_axes(self) -> None:
        """Give the axes their names, in the theme's size and the language in use."""

    def reset_range(self) -> None:
        """Go back to the range that the view chooses by itself."""

    def paint_plot(self, painter: QPainter, projection: Projection) -> None:
        """Paint the plot area."""

    # The panel's interface.

    @property
    def snapshot(self) -> Snapshot | None:
        return self._snapshot

    @property
    def theme(self) -> Theme:
        return self._scene.theme

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """Show that moment; does nothing where it is already shown."""
        if snapshot is self._snapshot and (scene is self._scene or scene == self._scene):
            return
        before, theme = self._snapshot, self._scene.theme
        self._snapshot, self._scene = snapshot, scene
        if scene.theme != theme:
            self._apply_theme(scene.theme)
        self.refresh(before)
        seen, now = self._looks(before), time.monotonic()
        if seen is None or seen != self._seen or now - self._painted_at > LONGEST_STILL:
            self._seen, self._painted_at = seen, now
            self.plot.redraw()

    def _looks(self, before: Snapshot | None) -> Hashable:
        """What a frame would show, to a fraction of a pixel, or None where it is not known.

        Runs at rest and steps that are less than a pixel apart need no painting.
        """
        shown, scene = self._snapshot, self._scene
        if shown is None or before is None or not shown.playing:
            return None
        places = self.seen(shown)
        if places is None:
            return None
        runs = tuple(
            (run.key, run.alive, run.run, run.ghost is None, run.trace.steps[-1] > run.step)
            for run in shown.runs
        )
        return places, runs, id(shown.problem), id(scene), shown.generation

    def seen(self, shown: Snapshot) -> Hashable:
        """The pixels that decide a view's picture while playing; None: always paint."""
        return None

    def retranslate(self) -> None:
        """All texts in the language in use."""
        self.bar.label.setText(self.title())
        self.setAccessibleName(self.title())
        self.plot.setAccessibleName(self.title())
        self.plot.setAccessibleDescription(self.description())
        _name(self.unzoom, tr("Show all again"))
        if self._maximise is not None:
            wide = self._maximised
            _name(self._maximise, tr("Put the view back") if wide else tr("Maximise the view"))
        self.plot.redraw()

    def set_maximised(self, maximised: bool) -> None:
        """Tell the view that it fills the window, or no longer does."""
        self._maximised = maximised
        self._draw_icons()
        self.retranslate()

    def export_png(self, path: Path) -> None:
        """Write title and plot as they are seen, at twice the resolution.

        Raises `Fault` where the file cannot be written; there is then no half of one.
        """
        size = self.size()
        image = QPixmap(size * EXPORT_SCALE)
        image.setDevicePixelRatio(EXPORT_SCALE)
        image.fill(self.theme.color("plot"))
        self.plot.export_scale = EXPORT_SCALE
        try:
            corner = self.bar.label.mapTo(self, self.bar.label.rect().topLeft())
            self.bar.label.render(image, corner, renderFlags=QWidget.RenderFlag.DrawChildren)
            # QGraphicsView hides the `render` that takes a pixmap.
            QWidget.render(self.plot, image, self.plot.pos())
        finally:
            self.plot.export_scale = None
            self.plot.redraw()
        with written_aside(path) as aside:
            if not image.save(str(aside), "PNG"):
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    # Values for subclasses.

    def visible_runs(self) -> list[RunSnapshot]:
        """Those that are not hidden, the selected one last, so that it is drawn on top."""
        if self._snapshot is None:
            return []
        runs = [run for run in self._snapshot.runs if run.key not in self._scene.hidden]
        return sorted(runs, key=lambda run: run.key == self._scene.selected)

    def selected_run(self) -> RunSnapshot | None:
        """The selected run, hidden or not."""
        return None if self._snapshot is None else self._snapshot.run(self._scene.selected)

    def style_of(self, key: int) -> RunStyle:
        style = self._scene.styles.get(key)
        return self.theme.run_style(key) if style is None else style

    def line_width(self, key: int) -> float:
        width = self.theme.line_width
        return width + 0.8 if key == self._scene.selected else width

    def pale(self, color: QColor) -> QColor:
        """The colour for what lies ahead or was left behind."""
        return mix(color, self.theme.color("plot"), 0.5 if self.theme.is_dark else 0.38)

    def paint_grid(self, painter: QPainter, projection: Projection) -> None:
        """Faint lines at the ticks."""
        painter.setPen(QPen(mix(self.theme.color("line"), self.theme.color("plot"), 0.5), 1.0))
        columns, rows = self.plot.grid(projection)
        width, height = math.ceil(projection.width), math.ceil(projection.height)
        for x in columns:
            painter.drawLine(round(x), 0, round(x), height)
        for y in rows:
            painter.drawLine(0, round(y), width, round(y))

    def is_other_problem(self, before: Snapshot | None) -> bool:
        """Whether another problem or other data are shown than before; an edited point is not."""
        if before is None or self._snapshot is None:
            return True
        old, new = before.problem, self._snapshot.problem
        return (
            old.name != new.name or old.parameters != new.parameters or abs(old.size - new.size) > 1
        )

    @property
    def manual(self) -> bool:
        """Whether the user has chosen the range by wheel or drag."""
        return self._manual

    @Slot()
    def show_all(self) -> None:
        """Undo zooming and panning."""
        self._manual = False
        self.unzoom.setVisible(False)
        self.reset_range()

    @Slot(object)
    def _range_taken(self, _: object) -> None:
        self._manual = True
        self.unzoom.setVisible(True)

    # What the canvas reports, for subclasses to use.

    def begin_paint(self, resolution: float) -> None:
        """Painting at so many device pixels per pixel follows."""
        self.stamps.resolution = resolution

    def range_changed(self) -> None:
        """The range or the size of the plot has changed."""

    def pointer_pressed(self, at: QPointF) -> bool:
        """The left button went down; True takes the drag that may follow."""
        return False

    def pointer_dragged(self, at: QPointF) -> None:
        """The pointer moved in a drag that was taken."""

    def pointer_released(self, at: QPointF, moved: bool) -> None:
        """The end of a drag that was taken, or of a click."""

    def pointer_hovered(self, at: QPointF | None) -> None:
        """The pointer moved without a button, or left (None)."""

    def pointer_double_clicked(self, at: QPointF) -> bool:
        return False

    def wants_key(self, event: QKeyEvent) -> bool:
        return False

    def key_pressed(self, event: QKeyEvent) -> None:
        """A key that `wants_key` claimed."""

    def _apply_theme(self, theme: Theme) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.color("plot"))
        palette.setColor(QPalette.ColorRole.WindowText, theme.color("text"))
        palette.setColor(QPalette.ColorRole.ButtonText, theme.color("muted"))
        self.setPalette(palette)
        self.bar.label.setFont(sized_font(theme, 0.95, bold=True))
        small = sized_font(theme, 0.85)
        for button in self.bar.findChildren(QToolButton):
            button.setFont(small)
        self.plot.set_theme(theme)
        self.name_axes()
        self._draw_icons()

    def _draw_icons(self) -> None:
        size = round(1.5 * self.theme.text_points)
        shapes: list[tuple[QToolButton | None, Sequence[Sequence[tuple[float, float]]]]] = [
            (self._maximise, _RESTORE if self._maximised else _MAXIMISE),
            (self.unzoom, _UNZOOM),
        ]
        for button, strokes in shapes:
            if button is not None:
                button.setIcon(_icon(strokes, size, self.theme.color("muted")))
                button.setIconSize(QSize(size, size))


# Strokes in a unit square.
_MAXIMISE = [
    [(0.6, 0.12), (0.88, 0.12), (0.88, 0.4)], [(0.88, 0.12), (0.58, 0.42)],
    [(0.4, 0.88), (0.12, 0.88), (0.12, 0.6)], [(0.12, 0.88), (0.42, 0.58)],
]  # fmt: skip
_RESTORE = [
    [(0.58, 0.14), (0.58, 0.42), (0.86, 0.42)], [(0.58, 0.42), (0.88, 0.12)],
    [(0.42, 0.86), (0.42, 0.58), (0.14, 0.58)], [(0.42, 0.58), (0.12, 0.88)],
]  # fmt: skip
_UNZOOM = [
    [(0.1, 0.36), (0.1, 0.1), (0.36, 0.1)], [(0.64, 0.1), (0.9, 0.1), (0.9, 0.36)],
    [(0.9, 0.64), (0.9, 0.9), (0.64, 0.9)], [(0.36, 0.9), (0.1, 0.9), (0.1, 0.64)],
]  # fmt: skip


def _icon(strokes: Sequence[Sequence[tuple[float, float]]], size: int, color: QColor) -> QIcon:
    pixmap = QPixmap(QSize(2 * size, 2 * size))
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, max(1.4, size / 11)))
        for stroke in strokes:
            path = QPainterPath(QPointF(stroke[0][0] * size, stroke[0][1] * size))
            for x, y in stroke[1:]:
                path.lineTo(x * size, y * size)
            painter.drawPath(path)
    return QIcon(pixmap)


def _name(button: QToolButton, text: str) -> None:
    button.setToolTip(text)
    button.setAccessibleName(text)
