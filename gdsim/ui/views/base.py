"""What every view has: a slim title bar, a plot below it, and what it may ask of the window."""

from __future__ import annotations

import time
from collections.abc import Hashable, Sequence
from typing import ClassVar

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from gdsim.engine.problems import Problem
from gdsim.experiment.setup import Track
from gdsim.experiment.view_state import OPTIONS
from gdsim.runtime.snapshot import RunSnapshot, Snapshot
from gdsim.ui.language import tr
from gdsim.ui.plot.canvas import Canvas, Projection, sized_font
from gdsim.ui.plot.marks import Stamps, draw_grid, mix
from gdsim.ui.scene import Scene
from gdsim.ui.theme import RunStyle, Theme
from gdsim.ui.views.title_bar import MAXIMISE, RESTORE, UNZOOM, Strokes, TitleBar, icon, name_tool

LONGEST_STILL = 0.2
"""Seconds after which a view is painted again even where nothing seems to have moved."""


class View(QWidget):
    """A live picture of the experiment.

    Subclasses declare what stands at the top of the class, and give `refresh` (new values) and
    `paint_plot` (pixels). Positions that the pointer methods get are pixels of the plot area.
    """

    name: ClassVar[str]
    """What it is called in files, keys and the names of its controls."""
    title: ClassVar[str]
    short: ClassVar[str] = ""
    """The title where there is less room for it."""
    options: ClassVar[tuple[str, ...]] = ()
    """Those of `ViewOptions` that a switch in its title bar changes."""
    where: ClassVar[str]
    """Where it stands in the window; of several that serve a problem one is seen at a time."""

    # What it may ask of the window. Starts are θ, steps are numbers, data (x, y) arrays.
    maximise_requested = Signal()
    other_requested = Signal(str)
    """The view of that name shall be seen in its place."""
    seek_requested = Signal(int)
    start_chosen = Signal(object)
    """While a start is being dragged."""
    start_committed = Signal(object)
    """Its final place."""
    start_clicked = Signal(object)
    """The same by a click, which may have been a stray one."""
    data_edited = Signal(object)
    option_changed = Signal(str, object)
    hovered = Signal(object)
    """The θ under the pointer, or None: the others may show what it would be."""

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
        self.setObjectName(f"view.{self.name}")
        self.setAutoFillBackground(True)
        self.bar = TitleBar(self)
        self.plot = Canvas(self, self)
        self.plot.setObjectName(f"view.{self.name}.plot")
        self.bar.more.setObjectName(f"view.{self.name}.more")
        self.setFocusProxy(self.plot)
        self.plot.box.sigRangeChangedManually.connect(self._range_taken)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.plot, 1)
        self._others: dict[str, tuple[type[View], QToolButton]] = {}
        self.unzoom = self.tool("unzoom")
        self.unzoom.clicked.connect(self.show_all)
        self.unzoom.setVisible(False)
        self.switches = {name: self.tool(name, checkable=True) for name in self.options}
        for switch in self.switches.values():
            switch.toggled.connect(self._switch)
        self.bar.double_clicked.connect(self.maximise_requested)
        self._maximise: QToolButton | None = None
        self._maximised = False

    def finish(self) -> None:
        """To be called by a subclass when it has added its tools."""
        self._maximise = self.tool("maximise")
        self._maximise.clicked.connect(self.maximise_requested)
        self._apply_theme(self._scene.theme)
        self.retranslate()

    def tool(self, name: str, *, checkable: bool = False) -> QToolButton:
        """A new button in the title bar."""
        button = QToolButton(self.bar)
        button.setObjectName(f"view.{self.name}.{name}")
        button.setAutoRaise(True)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setFont(sized_font(self.theme, 0.85))
        self.bar.add(button)
        return button

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        sender = self.sender()
        name, switch = next(one for one in self.switches.items() if one[1] is sender)
        with QSignalBlocker(switch):  # the scene says what is on; the next one follows the lab
            switch.setChecked(not on)
        self.option_changed.emit(name, on)

    def offer(self, others: Sequence[type[View]]) -> None:
        """Name in the title bar those that could be seen in its place."""
        for other in others:
            if other.name not in self._others:
                button = self.tool(f"to_{other.name}")
                button.clicked.connect(self._request_other)
                self._others[other.name] = other, button
                if self._maximise is not None:  # which stays the last, for the Tab key too
                    self.bar.add(self._maximise)
                    QWidget.setTabOrder(self._maximise, button)
                    QWidget.setTabOrder(button, self._maximise)
        offered = [button for kind, button in self._others.values() if kind in others]
        for kind, button in self._others.values():
            button.setVisible(kind in others)
        self._name_others()
        self.bar.set_foldable(offered, list(self.switches.values()))

    def _name_others(self) -> None:
        for kind, button in self._others.values():
            button.setText(tr(kind.short or kind.title, "view"))
            name_tool(button, tr("Show in this place: {view}", view=tr(kind.title, "view")))

    @Slot()
    def _request_other(self) -> None:
        sender = self.sender()
        wanted = (kind.name for kind, button in self._others.values() if button is sender)
        self.other_requested.emit(next(wanted))

    # What subclasses say.

    def heading(self) -> str:
        """The title as it stands above the picture."""
        return tr(self.title, "view")

    def note(self) -> str:
        """What is said behind the title, in parts that a semicolon ends."""
        return ""

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

    @Slot()
    def put_back(self) -> None:
        """Show the data that hold: an edit of them was refused."""

    def show_ghost(self, theta: tuple[float, ...] | None) -> None:
        """Show what other parameters would give, as long as a pointer is over them."""

    def light_axis(self, way: tuple[float, ...] | None) -> None:
        """Show the axis through the selected run that its why speaks of, while it is pointed at."""

    @property
    def at_rest(self) -> bool:
        """Whether the picture stays as it is while nothing new is shown."""
        return True

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
        for name, switch in self.switches.items():
            with QSignalBlocker(switch):
                switch.setChecked(bool(getattr(scene.options, name)))
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
        title = tr(self.title, "view")
        self.call_title()
        self.setAccessibleName(title)
        self.plot.setAccessibleName(title)
        self.plot.setAccessibleDescription(self.description())
        self._name_others()
        for name, switch in self.switches.items():
            option = OPTIONS[name]
            text = tr(option.help)
            switch.setText(tr(option.symbol))
            name_tool(switch, text)
            if option.key:
                switch.setToolTip(f"{text} ({option.key})")
        name_tool(self.unzoom, tr("Show all again"))
        name_tool(self.bar.more, tr("Other views"))
        if self._maximise is not None:
            wide = self._maximised
            name_tool(self._maximise, tr("Put the view back") if wide else tr("Maximise the view"))
        self.plot.redraw()

    def call_title(self) -> None:
        short = tr(self.short, "view") if self.short else ""
        self.bar.label.call(self.heading(), short, self.note())

    def set_maximised(self, maximised: bool) -> None:
        """Tell the view that it fills the window, or no longer does."""
        self._maximised = maximised
        self._draw_icons()
        self.retranslate()

    # Values for subclasses.

    def visible_runs(self) -> list[RunSnapshot]:
        """Those that are not hidden, the selected one last, so that it is drawn on top."""
        if self._snapshot is None:
            return []
        hidden, setup = self._scene.hidden, self._scene.setup
        runs = [
            run
            for run in self._snapshot.runs
            if run.key not in hidden and (setup is None or run.key in setup.keys)
        ]
        return sorted(runs, key=lambda run: run.key == self._scene.selected)

    def selected_run(self) -> RunSnapshot | None:
        """The selected run, hidden or not."""
        return None if self._snapshot is None else self._snapshot.run(self._scene.selected)

    def track_of(self, run: RunSnapshot) -> Track:
        """The run as it is set, which its numbers may not show yet."""
        setup = self._scene.setup
        known = setup is not None and run.key in setup.keys
        return setup.track(run.key) if setup is not None and known else run.track

    def style_of(self, key: int) -> RunStyle:
        style = self._scene.styles.get(key)
        return self.theme.run_style(key) if style is None else style

    def line_width(self, key: int) -> float:
        width = self.theme.line_width
        return width + 0.8 if key == self._scene.selected else width

    def pale(self, color: QColor) -> QColor:
        """The colour for what lies ahead or was left behind."""
        return mix(color, self.theme.color("plot"), 0.5 if self.theme.is_dark else 0.38)

    def grid(self, projection: Projection) -> tuple[list[float], list[float]]:
        """The pixels of the grid's lines, down and across: none where they are not wanted."""
        return self.plot.grid(projection) if self._scene.options.grid_lines else ([], [])

    def paint_grid(self, painter: QPainter, projection: Projection) -> None:
        """Faint lines at the ticks, where they are wanted."""
        color = mix(self.theme.color("line"), self.theme.color("plot"), 0.5)
        draw_grid(painter, projection, self.grid(projection), color)

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
        shapes: list[tuple[QToolButton | None, Strokes]] = [
            (self._maximise, RESTORE if self._maximised else MAXIMISE),
            (self.unzoom, UNZOOM),
        ]
        for button, strokes in shapes:
            if button is not None:
                button.setIcon(icon(strokes, size, self.theme.color("muted")))
                button.setIconSize(QSize(size, size))
