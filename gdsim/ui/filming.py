"""Films of a view or of the window: goes to each step in turn, and hands its picture on.

What is filmed is what the window shows at those steps; then it is back where it was.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gdsim.engine.sentences import Fault
from gdsim.ui.exporter import Exporter
from gdsim.ui.film_plan import WINDOW, FilmPlan
from gdsim.ui.frame_clock import FrameClock
from gdsim.ui.language import say

if TYPE_CHECKING:
    from gdsim.runtime.film_writer import FilmWriter, Pixels

_LOOK_MILLISECONDS = 5


class Filming(QObject):
    """Makes one film at a time."""

    proceeded = Signal(int, int)
    """So many frames of so many."""
    ended = Signal(str)
    """Why there is no film, or nothing where it is whole."""

    def __init__(self, exporter: Exporter, clock: FrameClock) -> None:
        super().__init__(exporter)
        self.exporter, self._clock = exporter, clock
        self._writer: FilmWriter | None = None
        self._plan: FilmPlan | None = None
        self._path = Path()
        self._back, self._scale = 0, 1.0
        self._steps: list[int] = []
        """Those that are still to be shown; first the samples of the colours."""
        self._samples: list[Pixels] = []
        self._sampled = 0
        self._last: tuple[int, Pixels] | None = None
        self._ready = self._was_right = self._finished = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MILLISECONDS)
        self._timer.timeout.connect(self._go_on)
        clock.painted.connect(self._look)

    @property
    def is_on(self) -> bool:
        return self._plan is not None

    def size_of(self, picture: str) -> QSize:
        """How large a view, or the window, is as it is seen."""
        if picture == WINDOW:
            return self.exporter.window.size()
        with self.exporter.view_figure(picture, 1.0) as figure:
            return figure.size

    @Slot(object, object)
    def begin(self, path: Path, plan: FilmPlan) -> None:
        """Begin a film; where such a file cannot be written it has ended at once."""
        from gdsim.runtime.film_writer import check_format

        try:
            check_format(path)
        except Fault as fault:
            self.ended.emit(say(fault.sentence))
            return
        workspace = self.exporter.workspace
        workspace.pause()
        self._path, self._plan, self._back = path, plan, workspace.step
        frames = plan.steps
        samples = [frames[0], frames[len(frames) // 2], frames[-1]]
        self._samples, self._sampled = [], len(samples)
        self._steps = [*samples, *frames]
        self._finished, self._last = False, None
        self._scale = plan.width / self.size_of(plan.picture).width()
        self._draw_for(self._scale)
        # A view paints itself for its film; the others on the screen would take half the time.
        self.exporter.central.setUpdatesEnabled(plan.picture == WINDOW)
        self._seek()
        self._timer.start()

    @Slot()
    def stop(self) -> None:
        """Make no film after all; nothing of it is left."""
        if self.is_on:
            if self._writer is not None:
                self._writer.stop()
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self._writer, self._plan = None, None
        self._samples, self._last = [], None
        self._draw_for(None)
        self.exporter.central.setUpdatesEnabled(True)
        self.exporter.workspace.seek(self._back)

    def _draw_for(self, scale: float | None) -> None:
        """Let the screen show surfaces as the film has them: each is drawn once, not by turns."""
        from gdsim.ui.figures.window_figure import seen_plots

        for plot in seen_plots(self.exporter.window):
            plot.export_scale = scale
            plot.redraw()

    def _seek(self) -> None:
        """Go to the next step; it is ready once it has been painted."""
        self._ready = self._was_right = False
        self.exporter.workspace.seek(self._steps[0])
        self._clock.refresh()  # it may be there already

    @Slot()
    def _look(self) -> None:
        workspace = self.exporter.workspace
        if self._plan is not None and self._steps:
            shown = workspace.snapshot
            right = shown.step == self._steps[0] and shown.shows(workspace.setup)
            self._ready = right and (self._was_right or self._plan.picture != WINDOW)
            if right and not self._ready:  # controls have taken their room by the next time
                self._clock.refresh()
            self._was_right = right

    @Slot()
    def _go_on(self) -> None:
        writer, plan = self._writer, self._plan
        if plan is None:
            return
        if writer is not None and writer.has_ended:
            fault = writer.fault
            self._end()
            self.ended.emit("" if fault is None else say(fault.sentence))
        elif writer is not None and not writer.has_room:
            return
        elif not self._steps:
            if writer is not None and not self._finished:
                self._finished = True
                writer.finish()
        elif self._last is not None and self._last[0] == self._steps[0]:
            self._take(self._last[1])
        elif self._ready:
            self._take(self._picture(plan))

    def _take(self, frame: Pixels) -> None:
        """A frame of the next step."""
        step = self._steps.pop(0)
        self._last = step, frame
        if self._writer is not None:
            self._writer.add(frame)
        else:
            self._samples.append(frame)
            if len(self._samples) == self._sampled:
                self._open()
        if self._plan is not None:
            count = len(self._plan.steps)
            self.proceeded.emit(count - min(len(self._steps), count), count)
        if self._steps and self._steps[0] != step:
            self._seek()

    def _open(self) -> None:
        from gdsim.runtime.film_writer import FilmWriter

        if self._plan is not None:
            rate = self._plan.frames_per_second
            self._writer = FilmWriter(self._path, self._samples, rate)

    def _picture(self, plan: FilmPlan) -> Pixels:
        from gdsim.ui.figures.picture_file import image_of
        from gdsim.ui.figures.window_figure import WindowFigure

        scale = self._scale
        if plan.picture == WINDOW:
            image = image_of(WindowFigure(self.exporter.window, scale), scale)
        else:
            with self.exporter.view_figure(plan.picture, scale) as figure:
                image = image_of(figure, scale)
        if self._samples:  # of one size, even where somebody has made the window larger
            height, width, _ = self._samples[0].shape
            if image.size() != QSize(width, height):
                image = image.scaled(width, height)
        return _pixels(image)


def _pixels(image: QImage) -> Pixels:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, line = plain.width(), plain.height(), plain.bytesPerLine()
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(height, line)
    return rows[:, : 3 * width].reshape(height, width, 3).copy()
