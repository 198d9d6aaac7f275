"""The page that a new user meets: try it, lessons, examples, data of one's own, recent files.

It is built in one go without lessons and pictures; these follow as soon as it is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFont, QKeyEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gdsim.experiment.examples import EXAMPLES
from gdsim.experiment.lessons.shelf import bundled
from gdsim.experiment.setup import first_setup
from gdsim.system.resources import resource
from gdsim.ui.language import tr
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.start.entries import Button, Entry, ExampleCard, FileLine, Link
from gdsim.ui.start.lesson_lines import LessonLines
from gdsim.ui.start.thumbnail import Thumbnail
from gdsim.ui.steady import SteadyScroll
from gdsim.ui.theme import Theme, unit_of

KINDS = {".toml": "lesson", ".gdsim": "experiment"}
LEFT, LEFT_SHARE = (250, 382), 0.29
"""Width of the left column in pixels of type 13 pixels high, and its share of the page."""
CARD = 150
"""The least width of an example's card; there are two to four beside each other."""
PICTURE = 148
PIECE_SECONDS = 0.006
"""What is drawn of a picture in one go."""


class _Scroll(SteadyScroll):
    """Leaves all keys to the page."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()


class StartPage(QFrame):
    """Everything on it is reached by Tab and arrows; Space opens and plays, Esc leaves."""

    try_requested = Signal()
    lesson_chosen = Signal(object)
    """The path of a lesson."""
    lessons_requested = Signal()
    example_chosen = Signal(object)
    """An `Example`."""
    data_requested = Signal()
    paste_requested = Signal()
    file_chosen = Signal(object)
    left = Signal()
    shown_at_start = Signal(bool)

    def __init__(
        self, theme: Theme, done: frozenset[str], files: Sequence[Path], at_start: bool,
        parent: QWidget,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("start")
        self.setAccessibleName(tr("Start page"))
        self.setAutoFillBackground(True)
        self._theme, self._unit = theme, unit_of(self.font())
        self._columns = 0
        self._drawn: list[tuple[Thumbnail, QLabel | ExampleCard]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        self.lessons = LessonLines(theme, done)
        self.lessons.chosen.connect(self.lesson_chosen)
        self.lessons.all_requested.connect(self.lessons_requested)
        self._build(files, at_start)
        self.setFocusProxy(self.play)

    # Building

    def _build(self, files: Sequence[Path], at_start: bool) -> None:
        self.area: QScrollArea = _Scroll()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.body = QWidget()
        self.area.setWidget(self.body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        page = QVBoxLayout(self.body)
        page.setContentsMargins(*self._in_units(32, 10, 32, 12))
        page.setSpacing(round(12 * self._unit))
        page.addLayout(self._head())
        both = QHBoxLayout()
        both.setSpacing(round(24 * self._unit))
        self._side = QWidget()
        left = QVBoxLayout(self._side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(round(12 * self._unit))
        left.addWidget(self._try_card())
        left.addWidget(self._data_card())
        if files:
            left.addWidget(self._recent_card(files))
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(round(10 * self._unit))
        right.addWidget(self.lessons)
        right.addLayout(self._examples())
        right.addStretch(1)
        both.addWidget(self._side)
        both.addLayout(right, 1)
        page.addLayout(both, 1)
        page.addLayout(self._foot(at_start))

    def _head(self) -> QLayout:
        row = QHBoxLayout()
        row.setSpacing(round(12 * self._unit))
        sign = PlainLabel()
        side = round(32 * self._unit)
        picture = QPixmap(str(resource("icons") / "gdsim-64.png"))
        sign.setPixmap(picture.scaledToHeight(side, Qt.TransformationMode.SmoothTransformation))
        row.addWidget(sign)
        row.addWidget(self._text("gdsim", 22, bold=True))
        row.addWidget(self._text(tr("a lab bench for gradient descent"), 15, muted=True))
        row.addStretch(1)
        return row

    def _try_card(self) -> QFrame:
        card, column = self._card()
        column.setContentsMargins(1, 1, 1, round(16 * self._unit))
        self.picture = PlainLabel()
        self.picture.setFixedHeight(round(PICTURE * self._unit))
        column.addWidget(self.picture)
        inner = QVBoxLayout()
        inner.setContentsMargins(*self._in_units(16, 4, 16, 0))
        inner.setSpacing(round(8 * self._unit))
        inner.addWidget(self._text(tr("Try it"), 15, bold=True))
        told = tr("The article's five points, gradient descent at 0.01, ready at step 0.")
        inner.addWidget(self._text(told, 13, muted=True))
        self.play = Button("try", tr("Open and play · Space"), primary=True)
        self.play.setMinimumHeight(round(40 * self._unit))
        self.play.clicked.connect(self.try_requested)
        inner.addWidget(self.play)
        column.addLayout(inner)
        return card

    def _data_card(self) -> QFrame:
        card, column = self._card()
        column.addWidget(self._text(tr("My data"), 15, bold=True))
        told = tr("Drop a table here: CSV, TSV or text.")
        column.addWidget(self._text(told, 13, muted=True))
        row = QHBoxLayout()
        row.setSpacing(round(8 * self._unit))
        self.open_data = Button("open_data", tr("Open a table…"))
        self.paste = Button("paste", tr("Paste cells"))
        self.open_data.clicked.connect(self.data_requested)
        self.paste.clicked.connect(self.paste_requested)
        for button in (self.open_data, self.paste):
            row.addWidget(button, 1)
        column.addLayout(row)
        return card

    def _recent_card(self, files: Sequence[Path]) -> QFrame:
        card, column = self._card()
        column.setSpacing(0)
        column.addWidget(self._text(tr("Recent"), 15, bold=True))
        said = {"lesson": tr("lesson"), "experiment": tr("experiment"), "": tr("table")}
        for number, path in enumerate(files, 1):
            kind = said[KINDS.get(path.suffix.lower(), "")]
            line = FileLine(number, path, kind, path.name, self._theme)
            line.clicked.connect(self._choose_file)
            column.addWidget(line)
        return card

    def _examples(self) -> QLayout:
        column = QVBoxLayout()
        column.setSpacing(round(8 * self._unit))
        head = QHBoxLayout()
        head.setSpacing(round(12 * self._unit))
        head.addWidget(self._text(tr("Examples"), 15, bold=True))
        told = tr("each opens ready, at a rate where the first Play teaches")
        about = self._text(told, 13, muted=True)
        about.setWordWrap(False)
        about.setMinimumWidth(1)
        head.addWidget(about, 1)
        column.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setSpacing(round(12 * self._unit))
        self.cards = [ExampleCard(example, self._theme) for example in EXAMPLES]
        for card in self.cards:
            card.clicked.connect(self._choose_example)
        column.addLayout(self._grid)
        return column

    def _foot(self, at_start: bool) -> QLayout:
        row = QHBoxLayout()
        self.at_start = QCheckBox(tr("Show this page at start"))
        self.at_start.setObjectName("start.at_start")
        self.at_start.setAccessibleName(tr("Show this page at start"))
        self.at_start.setChecked(at_start)
        self.at_start.toggled.connect(self.shown_at_start)
        self.skip = Link("leave", tr("To the window (Esc)"), self._theme)
        self.skip.clicked.connect(self.left)
        row.addWidget(self.at_start)
        row.addStretch(1)
        row.addWidget(self._text(tr("Later: Help, Start page"), 12, muted=True))
        row.addWidget(self.skip)
        return row

    def _card(self) -> tuple[QFrame, QVBoxLayout]:
        card = QFrame()
        card.setProperty("card", True)
        column = QVBoxLayout(card)
        column.setContentsMargins(*self._in_units(16, 12, 16, 14))
        column.setSpacing(round(8 * self._unit))
        return card, column

    def _text(self, text: str, size: int, *, bold: bool = False, muted: bool = False) -> QLabel:
        """`size` in pixels where usual type has 13."""
        label = PlainLabel(text)
        label.setWordWrap(muted and size == 13)
        label.setProperty("muted", muted)
        font = QFont(self.font())
        font.setPointSizeF(size / 13 * font.pointSizeF())
        font.setBold(bold)
        label.setFont(font)
        return label

    def _in_units(self, *sides: int) -> tuple[int, int, int, int]:
        left, top, right, bottom = (round(side * self._unit) for side in sides)
        return left, top, right, bottom

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.width() / self._unit
        least, most = LEFT
        side = min(max(LEFT_SHARE * width, least), most)
        self._side.setFixedWidth(round(side * self._unit))
        rest = width - side - 100
        columns = 4 if rest >= 4 * CARD + 36 else 2
        if columns != self._columns:
            self._columns = columns
            for number, card in enumerate(self.cards):
                self._grid.addWidget(card, *divmod(number, columns))
            for column in range(4):
                self._grid.setColumnStretch(column, column < columns)
        self.lessons.suit_width(rest)
        self._begin_pictures()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._begin_pictures()

    # What follows once it is seen

    def _begin_pictures(self) -> None:
        """Draw them anew, as large as they are now."""
        if self.isVisible():
            self._drawn = []
            self._timer.start(30)

    @Slot()
    def _go_on(self) -> None:
        """A piece of what is missing: lessons, then one picture after the other."""
        if self.lessons.read_on(bundled()):
            self._timer.start(0)
            return
        if not self._drawn:
            self._drawn = self._all_pictures()
        thumbnail, shown = self._drawn[0]
        if thumbnail.work(PIECE_SECONDS):
            if isinstance(shown, ExampleCard):
                shown.show_picture(thumbnail.pixmap)
            else:
                shown.setPixmap(thumbnail.pixmap)
            self._drawn.pop(0)
        if self._drawn:
            self._timer.start(2)

    def _all_pictures(self) -> list[tuple[Thumbnail, QLabel | ExampleCard]]:
        theme, scale = self._theme, self.devicePixelRatioF()
        size = self.picture.size().toSizeF()
        found: list[tuple[Thumbnail, QLabel | ExampleCard]] = [
            (Thumbnail(first_setup(), 1, size, theme, scale), self.picture)
        ]
        for card in self.cards:
            example = card.example
            found.append(
                (Thumbnail(example.setup(), example.drawn, card.picture_size, theme, scale,
                           example.near), card)
            )  # fmt: skip
        return found

    # Choices

    @Slot()
    def _choose_example(self) -> None:
        sender = self.sender()
        if isinstance(sender, ExampleCard):
            self.example_chosen.emit(sender.example)

    @Slot()
    def _choose_file(self) -> None:
        sender = self.sender()
        if isinstance(sender, FileLine):
            self.file_chosen.emit(sender.path)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The window's plain keys are not for what lies behind the page."""
        keys, key = Qt.Key, event.key()
        ways = {
            keys.Key_Left: (-1, 0), keys.Key_Right: (1, 0),
            keys.Key_Up: (0, -1), keys.Key_Down: (0, 1),
        }  # fmt: skip
        if key in ways:
            self._move(*ways[keys(key)])
        elif key == keys.Key_Space:
            self.try_requested.emit()
        elif key == keys.Key_Escape:
            self.left.emit()
        elif key in (keys.Key_PageDown, keys.Key_PageUp):
            bar = self.area.verticalScrollBar()
            bar.setValue(bar.value() + (1 if key == keys.Key_PageDown else -1) * bar.pageStep())
        event.accept()

    def focusNextPrevChild(self, next: bool) -> bool:
        moved = super().focusNextPrevChild(next)
        self._see_focus()
        return moved

    def _move(self, dx: int, dy: int) -> None:
        """To the nearest entry on that side."""
        now = QApplication.focusWidget()
        here = self._middle(now) if now is not None else QPoint()
        best: tuple[float, QWidget] | None = None
        stops: list[QWidget] = [*self.findChildren(Entry), self.at_start]
        for entry in stops:
            if entry is now or not (entry.isVisible() and entry.isEnabled()):
                continue
            off = self._middle(entry) - here
            along = off.x() * dx + off.y() * dy
            aside = abs(off.x() * dy) + abs(off.y() * dx)
            if along > 8 and (best is None or along + 2.0 * aside < best[0]):
                best = along + 2.0 * aside, entry
        if best is not None:
            best[1].setFocus(Qt.FocusReason.TabFocusReason)
            self._see_focus()

    def _middle(self, widget: QWidget) -> QPoint:
        return widget.mapTo(self, widget.rect().center()) if self.isAncestorOf(widget) else QPoint()

    def _see_focus(self) -> None:
        now = QApplication.focusWidget()
        if now is not None and self.body.isAncestorOf(now):
            self.area.ensureWidgetVisible(now, 0, round(16 * self._unit))
