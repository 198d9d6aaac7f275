"""Where the views stand: two rows, fewer with little room or before a class, or one view alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from gdsim.engine.problems import Problem
from gdsim.ui.controls.run_table import RunTable
from gdsim.ui.looks import set_look
from gdsim.ui.theme import unit_of
from gdsim.ui.views.rate_view import RateView
from gdsim.ui.views.steps import StepsView
from gdsim.ui.views.view_stack import ViewStack

GAP = 8
"""Pixels between two cards."""
WIDE_ROOM = (700, 400)
"""In less than that the second view of the upper row is a tab of the first."""
STRIP_ROOM = (800, 500)
"""In less than that the rate has no strip beneath the loss: it is there on demand."""
UPPER = ((1900, 0.56, 0), (1100, 0.585, 356), (0, 0.56, 340))
"""From which width of the window on the upper row has which share of the height; and how many
pixels it keeps where that is less, for the lower row gives up what is missing."""
LOWER = 180
"""Pixels that the lower row keeps all the same."""
BESIDE = 0.535
"""Share of the width, before a class, of the view of the parameters."""
TABLED = 320, 686
"""How the table of the runs shares the lower row with the loss,"""
TABLE_ROOM = 900
"""and in less than that width it has the row to itself."""
STRIP = 96
"""Height of the strip with its axis, in pixels of a font 13 pixels high."""
LOW_STRIP, STRIP_SHARE = 76, 0.42
"""The same in a low row, and the share of the row that it takes before: the loss is the main one.
"""


class StageArea(QWidget):
    """Lays out the places "stage", "beside", "loss", "rate"; the rate is a strip under the loss."""

    arranged = Signal()
    """Other views are seen than before: they want to be shown the present moment."""

    def __init__(
        self,
        places: Mapping[str, ViewStack],
        table: RunTable,
        problem: Problem,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._places = dict(places)
        self._table, self._is_tabled = table, False
        self._maximised: ViewStack | None = None
        self._tabbed = self._stripped = self._presenting = False
        self._only: frozenset[str] | None = None
        self._seen: tuple[str, ...] = ()
        self._front = "stage"
        """Of the two in the upper row, the one that is seen where there is room for one."""
        for name, place in self._places.items():
            place.setProperty("card", name in ("stage", "beside"))
            place.elsewhere_requested.connect(self._bring)
        # From the outside in, the views last: see CentralWidget.
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.rows = _splitter(Qt.Orientation.Vertical)
        column.addWidget(self.rows)
        self.above = _splitter(Qt.Orientation.Horizontal)
        self.beneath = QFrame()
        self.beneath.setProperty("card", True)
        self.lower_row = _splitter(Qt.Orientation.Horizontal)
        self.rows.addWidget(self.above)
        self.rows.addWidget(self.lower_row)
        self.lower_row.addWidget(self.beneath)
        self.lower_row.addWidget(table)
        self.lower_row.setSizes(list(TABLED))
        self.rows.splitterMoved.connect(self._leave_rows)
        self._divided = False
        """Whether the user has drawn the line between the rows."""
        self.above.addWidget(places["stage"])
        self.above.addWidget(places["beside"])
        self.above.setSizes([580, 420])
        below = QVBoxLayout(self.beneath)
        below.setContentsMargins(1, 1, 1, 1)
        below.setSpacing(0)
        below.addWidget(places["loss"], 1)
        below.addWidget(places["rate"])
        for place in self._places.values():
            place.serve(problem)
        loss = places["loss"].shown.plot.box
        loss.sigXRangeChanged.connect(self._align)
        loss.sigResized.connect(self._align)
        self._arrange()

    def seen_names(self) -> tuple[str, ...]:
        """The names of the views that are seen, in the order of their places."""
        return tuple(self._places[place].shown.name for place in self._seen)

    @property
    def maximised(self) -> ViewStack | None:
        """The place that has the room of all."""
        return self._maximised

    def maximise(self, place: ViewStack | None) -> None:
        """Give one place the room of all, or (None) put it back."""
        if place is self._maximised:
            place = None
        self._maximised = place
        for one in self._places.values():
            one.set_maximised(one is place)
        self._arrange()

    def present(self, on: bool, gap: int) -> None:
        """Two views side by side over the whole height, `gap` apart, the others on demand."""
        self._presenting = on
        for splitter in (self.rows, self.above):
            splitter.setHandleWidth(gap)
        self._turn()

    @Slot(bool)
    def show_table(self, on: bool) -> None:
        """Let the table of the runs stand beside the loss, whose strip gives way."""
        if on != self._is_tabled:
            self._is_tabled = on
            self._arrange()

    def restrict(self, names: Iterable[str] | None) -> None:
        """Let these places alone share the room, or (None) all as usual: a lesson names its views.

        One of the upper row and the loss stand side by side.
        """
        self._only = None if names is None else frozenset(names)
        self._turn()

    def frame(self, name: str) -> None:
        """Frame the place that a lesson speaks of; "" frames none."""
        cards: dict[str, QWidget] = {**self._places, "loss": self.beneath, "rate": self.beneath}
        framed = cards.get(name)
        for card in set(cards.values()):
            set_look(card, framed=card is framed)

    @property
    def _beside_each_other(self) -> bool:
        """Whether the two rows stand beside each other."""
        if self._only is None:
            return self._presenting
        return len(self._only & {"stage", "beside"}) == 1 and bool(self._only & {"loss", "rate"})

    def _turn(self) -> None:
        way = Qt.Orientation
        self.rows.setOrientation(way.Horizontal if self._beside_each_other else way.Vertical)
        self._divided = False
        self._divide()
        self._arrange()

    def bring(self, name: str) -> None:
        """Let that place be seen, whatever is."""
        if self._maximised not in (None, self._places[name]):
            self.maximise(self._places[name])
        if name in ("stage", "beside"):
            self._front = name
            self._arrange()

    @Slot(str)
    def _bring(self, kind: str) -> None:
        """A tab was pressed: the view of that name lies in the other place of the row."""
        self.bring("beside" if self.sender() is self._places["stage"] else "stage")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()
        self._arrange()

    @Slot()
    def _leave_rows(self) -> None:
        self._divided = True

    def _divide(self) -> None:
        """Give each row its share, as long as the user has not chosen another."""
        if self._divided:
            return
        if self._beside_each_other:
            wide = self.width() - self.rows.handleWidth()
            first = round(BESIDE * wide)
            self.rows.setSizes([first, wide - first])
            return
        unit = unit_of(self.font())
        height, width = self.height() - GAP, self.window().width() / unit
        share, kept = next(rest for least, *rest in UPPER if width >= least)
        upper = max(share * height, min(kept * unit, height - LOWER * unit))
        self.rows.setSizes([round(upper), round(height - upper)])

    def _arrange(self) -> None:
        """Show what there is room for."""
        unit = unit_of(self.font())
        whole = self._maximised
        only = self._only if whole is None else None
        few = self._presenting
        self._tabbed = only is None and (few or self._less_than(WIDE_ROOM, unit))
        self._stripped = whole is None and not (few or self._less_than(STRIP_ROOM, unit))
        if only is not None:
            self._stripped = {"loss", "rate"} <= only
        tabled = self._is_tabled and whole is None and only is None and not few
        alone_there = tabled and self.width() < TABLE_ROOM * unit
        self._stripped = self._stripped and not tabled
        places, rate = self._places, self._places["rate"]
        for name, place in places.items():
            if whole is not None:
                place.setVisible(place is whole)
            elif only is not None:
                place.setVisible(name in only)
            elif name == "rate":
                place.setVisible(self._stripped)
            elif name == "loss":
                place.setVisible(not alone_there)
            else:
                place.setVisible(name not in ("stage", "beside")
                                 or not self._tabbed or name == self._front)  # fmt: skip
        for one, other in (("stage", "beside"), ("beside", "stage")):
            places[one].set_tab(places[other] if self._tabbed and whole is None else None)
        for row, names in ((self.above, ("stage", "beside")), (self.beneath, ("loss", "rate"))):
            row.setVisible(any(not places[name].isHidden() for name in names))
        self._table.setVisible(tabled)
        self._table.take_whole_row(alone_there)
        self.lower_row.setVisible(tabled or not self.beneath.isHidden())
        for place in (places["loss"], rate):
            view = place.shown
            if isinstance(view, StepsView):
                view.set_bare(self._stripped and place is not rate)
        alone = not rate.isHidden() and not self._stripped
        rate.shown.bar.setVisible(alone)
        strip = min(STRIP * unit, max(LOW_STRIP * unit, STRIP_SHARE * self.rows.sizes()[-1]))
        rate.setMaximumHeight(16777215 if alone else round(strip))
        rate.setMinimumHeight(0 if alone else round(strip))
        self._align()
        seen = tuple(name for name, place in places.items() if not place.isHidden())
        if seen != self._seen:
            self._seen = seen
            self.arranged.emit()

    def _less_than(self, room: tuple[int, int], unit: float) -> bool:
        return self.width() < room[0] * unit or self.height() < room[1] * unit

    @Slot()
    def _align(self, *_: object) -> None:
        """The strip's step axis is the one of the loss above it."""
        loss, rate = self._places["loss"].shown.plot, self._places["rate"].shown
        if isinstance(rate, RateView):
            left, right = loss.box.viewRange()[0]
            rate.align((left, right) if self._stripped else None)
            loss.left.keep_width(rate.plot.left.wanted_width() if self._stripped else 0.0)
            rate.plot.left.setWidth(round(loss.left.minimumWidth()) if self._stripped else None)


def _splitter(orientation: Qt.Orientation) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(GAP)
    return splitter
