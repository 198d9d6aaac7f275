"""The strip beneath the menu: what is asked, what can be answered, why it is so, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gdsim.experiment.lessons.stages import LETTERS, Course, Stage
from gdsim.ui import language
from gdsim.ui.controls.lesson.choice_card import ChoiceCard, Shown
from gdsim.ui.controls.lesson.feedback import Feedback
from gdsim.ui.controls.lesson.markdown import rich_text
from gdsim.ui.controls.lesson.stage_row import StageRow
from gdsim.ui.language import tr
from gdsim.ui.looks import set_look
from gdsim.ui.naming import name_controls
from gdsim.ui.plain_label import PlainLabel
from gdsim.ui.theme import LIGHT, Theme

QUESTION, CHOICE, TASK = 20 / 13, 15 / 13, 17 / 13
"""Sizes of the type, in those of the body."""
FAR_CHOICE = 45 / 35
"""The same of a choice on a projector, where the body is a 45th of the height."""
TWO_ROWS_BELOW = 900
"""In a narrower strip, in pixels of type 13 pixels high, four choices take two rows."""
_ASKED = (Stage.QUESTION, Stage.DISCUSSION, Stage.OBSERVATION, Stage.ANSWER)


class LessonStrip(QFrame):
    """Shows a course as it stands; what is pressed in it goes to whoever plays the lesson."""

    chosen = Signal(int)
    leave_requested = Signal()
    hint_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson")
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # where a question waits for its answer
        self._course: Course | None = None
        self._theme: Theme = LIGHT
        self._place = 0, 0
        self._columns = 0
        self._upright = False
        self.number, self.title, self.text, self.status = (
            PlainLabel(),
            PlainLabel(),
            PlainLabel(),
            PlainLabel(),
        )
        self.number.setProperty("muted", True)
        self.status.setProperty("muted", True)
        self.title.setProperty("heading", True)
        self.stages = StageRow()
        self.leave = QToolButton()
        self.leave.setProperty("link", True)
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.leave.clicked.connect(self.leave_requested)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.cards: list[ChoiceCard] = []
        self._choices = QWidget()
        self._grid = QGridLayout(self._choices)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self.feedback = Feedback()
        self.hint = QToolButton()
        self.hint.setProperty("link", True)
        self.hint.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hint.clicked.connect(self.hint_requested)
        self.hint_text = PlainLabel()
        self.hint_text.setWordWrap(True)
        self.hint_text.setTextFormat(Qt.TextFormat.RichText)
        self._lay_out()
        name_controls(self, "lesson")
        self.setObjectName("lesson")
        self._name_parts()
        self.hide()

    def _lay_out(self) -> None:
        head = self._head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.number)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.status)
        head.addWidget(self.stages)
        head.addWidget(self.leave)
        hint = QHBoxLayout()
        hint.setSpacing(8)
        hint.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignTop)
        hint.addWidget(self.hint_text, 1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.text)
        left.addLayout(hint)
        middle = self._middle = QHBoxLayout()
        middle.setSpacing(24)
        middle.addLayout(left, 1)
        middle.addWidget(self.feedback, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(middle)
        column.addWidget(self._choices)
        column.addStretch(0)
        self._column = column

    def set_upright(self, upright: bool) -> None:
        """A column beside the views, choices beneath each other; or a strip above them."""
        if upright == self._upright:
            return
        self._upright = upright
        way = QBoxLayout.Direction
        self._middle.setDirection(way.TopToBottom if upright else way.LeftToRight)
        # A column is too narrow for what stands beside each other in the strip's head.
        if upright:
            self._column.insertWidget(1, self.status)
        else:
            self._head.insertWidget(self._head.indexOf(self.stages), self.status)
        for label in (self.title, self.status):
            label.setWordWrap(upright)
        self._head.setStretch(self._head.indexOf(self.title), 1 if upright else 0)
        self._column.setStretch(self._column.count() - 1, 1 if upright else 0)
        self._arrange()
        if self._course is not None:
            self.show_course(self._course, self._place, self._theme)

    def show_course(self, course: Course, place: tuple[int, int], theme: Theme) -> None:
        """Show the lesson at its stage; `place` is its number and how many there are."""
        self._course, self._place, self._theme = course, place, theme
        self._name_parts()
        lesson, spoken = course.lesson, language.current()
        number, count = place
        self.number.setText(
            tr("Lesson {number} of {count}", number=number, count=count) if number else tr("Lesson")
        )
        self.title.setText(lesson.title.said(spoken))
        self.stages.show_part(course.part, theme)
        self.stages.setVisible(not theme.is_far)
        self.leave.setVisible(not theme.is_far)
        asks = course.stage in _ASKED
        self._show_text(course, spoken)
        self._show_status(course)
        self._choices.setVisible(asks)
        if asks:
            self._show_choices(course, spoken)
        trying = course.stage is Stage.TASK
        self.feedback.setVisible(trying and bool(course.tries))
        self.feedback.show_tries(course.tries, theme)
        self._show_hint(course, spoken, trying=trying)

    def retranslate(self) -> None:
        """What is said without a lesson, too; the rest says whoever plays one."""
        self._name_parts()

    def _name_parts(self) -> None:
        self.setAccessibleName(tr("Lesson"))
        self.leave.setText(tr("Leave"))
        self.leave.setAccessibleName(tr("Leave the lesson"))
        self.leave.setToolTip(tr("Leave the lesson: your experiment comes back (Esc)"))
        self.hint.setText(tr("Hint"))
        self.hint.setAccessibleName(tr("Hint"))
        self.hint.setToolTip(tr("Show the hint (H)"))

    def _show_text(self, course: Course, spoken: str) -> None:
        lesson, far = course.lesson, self._theme.is_far
        body = self._theme.text_points
        if course.stage is Stage.TITLE:
            minutes = tr("{minutes} minutes: predict, watch, understand, try.",
                         minutes=lesson.minutes)  # fmt: skip
            text, size, bold = minutes, CHOICE * body, False
        elif course.stage is Stage.EXPLANATION:
            text, size, bold = lesson.explanation.said(spoken), CHOICE * body, False
        elif course.stage is Stage.TASK:
            text, size, bold = lesson.task.text.said(spoken), TASK * body, False
        else:
            text, size, bold = lesson.question.text.said(spoken), QUESTION * body, True
            if far:
                size = CHOICE * body if self._is_crowded(course) else self._theme.key_points
                bold = False
        font = QFont(self.font())
        font.setPointSizeF(size)
        font.setBold(bold)
        self.text.setFont(font)
        self.text.setText(rich_text(text))

    def _is_crowded(self, course: Course) -> bool:
        """Whether all stands above the pictures of a run: what was read gives way to them."""
        return self._theme.is_far and not self._upright and not course.is_before_run

    def _show_status(self, course: Course) -> None:
        text = ""
        if course.asks and any(course.votes):
            first, second = (sum(tally) for tally in course.hands)
            text = tr("{count} hands, first vote", count=first)
            if course.stage is Stage.DISCUSSION:
                text = tr("Hands: first vote above ({first}), second beneath ({second})",
                          first=first, second=second)  # fmt: skip
        elif course.stage is Stage.QUESTION and self._theme.is_far:
            text = tr("Hands: 1 … {count} add one, with Shift take one away",
                      count=len(course.lesson.question.choices))  # fmt: skip
        elif course.stage is Stage.DISCUSSION:
            text = tr("Discuss with your neighbour, then vote again.")
        elif course.stage is Stage.OBSERVATION and len(course.lesson.observations) > 1:
            text = tr("{number} of {count}", number=course.seen,
                      count=len(course.lesson.observations))  # fmt: skip
        self.status.setText(text)
        self.status.setVisible(bool(text) or not self._upright)

    def _show_choices(self, course: Course, spoken: str) -> None:
        choices = course.lesson.question.choices
        while len(self.cards) < len(choices):
            card = ChoiceCard(len(self.cards))
            card.clicked.connect(self._choose)
            self.cards.append(card)
            self._columns = 0
        answered = course.stage is Stage.ANSWER
        # What a discussion has changed is seen: both votes stay, one above the other.
        votes = [tally for tally in course.hands if any(tally)]
        most = max([1, *(hands for tally in votes for hands in tally)])
        far = self._theme.is_far
        size = 1.0 if self._is_crowded(course) else FAR_CHOICE if far else CHOICE
        points = size * self._theme.text_points
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(choices))
            if place >= len(choices):
                continue
            choice = choices[place]
            hands = tuple(tally[place] for tally in votes)
            card.show_choice(
                Shown(
                    LETTERS[place], choice.text.said(spoken),
                    choice.says.said(spoken) if answered else "",
                    course.chosen == place, answered and choice.right,
                    hands, tuple(count / most for count in hands),
                ),
                self._theme, points,
            )  # fmt: skip
            card.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if course.asks else Qt.FocusPolicy.NoFocus
            )
        self._arrange()

    def _arrange(self) -> None:
        """Beside each other where there is room, else two and two."""
        course = self._course
        if course is None:
            return
        count = len(course.lesson.question.choices)
        unit = self._theme.text_points / LIGHT.text_points
        narrow = self._theme.is_far or self.width() < TWO_ROWS_BELOW * unit
        columns = 1 if self._upright else 2 if narrow and count > 2 else count
        if columns == self._columns and self._grid.count() == count:
            return
        self._columns = columns
        for card in self.cards:
            self._grid.removeWidget(card)
        for place, card in enumerate(self.cards[:count]):
            self._grid.addWidget(card, place // columns, place % columns)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _show_hint(self, course: Course, spoken: str, *, trying: bool) -> None:
        seen = trying and course.may_see_hint
        self.hint.setVisible(trying)
        self.hint_text.setVisible(trying)
        self.hint.setEnabled(not seen)
        said = course.lesson.task.hint.said(spoken) if seen else tr("after two tries, or now by H")
        self.hint_text.setText(rich_text(said))
        set_look(self.hint_text, muted=not seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _choose(self) -> None:
        sender = self.sender()
        if isinstance(sender, ChoiceCard):
            self.chosen.emit(sender.place)
