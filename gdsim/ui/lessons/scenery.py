"""What of the window a stage of a lesson shows: its views, what stands around them, its caption."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gdsim.experiment.lessons.lesson import BAR
from gdsim.experiment.lessons.stages import Course, Stage
from gdsim.ui import language
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.controls.lesson.caption import Caption
from gdsim.ui.looks import set_look
from gdsim.ui.main_window import MainWindow
from gdsim.ui.views import find_view

STRIP = 0.75
"""A picture that is lower than so much of the tallest one would be hidden by its caption."""


class Scenery:
    """Sets the stage, and clears it when the lesson is over."""

    def __init__(self, window: MainWindow, central: CentralWidget) -> None:
        self._window, self._central = window, central
        self.caption = Caption(central)

    def show(self, course: Course) -> None:
        """The views of that stage; the one that it speaks of is framed."""
        central, scene = self._central, course.scene
        central.stage.maximise(None)
        for name in scene.views:
            central.places[find_view(name).where].choose(name)
        central.stage.restrict(find_view(name).where for name in scene.views)
        central.stage.frame("" if scene.look in ("", BAR) else find_view(scene.look).where)
        set_look(central.formula_bar, framed=scene.look == BAR)
        for place in central.places.values():
            place.shown.pointer_hovered(None)  # what the pointer read belongs to the stage before
        self.surround(course)

    def surround(self, course: Course) -> None:
        """What stands around the views: before a class only what the stage needs."""
        central, panel = self._central, self._window.actions_by_name["panel"]
        presenting, trying = self._presenting, course.stage is Stage.TASK
        if presenting and panel.isChecked() is not trying:
            panel.setChecked(trying)  # its controls are what the task is about
        central.place_lesson(beside=presenting and not trying)
        central.head.setVisible(False)
        central.strip.setVisible(not panel.isChecked() and (trying or not presenting))
        read = course.stage in (Stage.OBSERVATION, Stage.EXPLANATION)
        hidden = "formula" in course.scene.hide
        central.formula_bar.setVisible(not hidden and (read or not presenting))
        central.arranged.emit()

    def tell(self, course: Course) -> None:
        """The observation's text, in the view that it speaks of."""
        if course.stage is not Stage.OBSERVATION:
            return
        observation = course.lesson.observations[course.seen - 1]
        names = [name for name in (observation.look, *course.scene.views) if name != BAR]
        plots = [self._central.places[find_view(name).where].shown.plot for name in names]
        # A strip would be hidden by it: the view above, on the same axis, has the room.
        tallest = max(plots, key=lambda one: one.height())
        plot = tallest if plots[0].height() < STRIP * tallest.height() else plots[0]
        area = plot.box.mapRectToScene(plot.box.rect()).toRect()
        text = observation.text.said(language.current())
        self.caption.say_in(plot, area, text, self._window.theme)

    def focus(self, course: Course) -> None:
        """Where Enter goes on, or where an answer is chosen."""
        cards = self._central.lesson.cards
        asking = course.asks and bool(course.lesson.question.choices)
        target: QWidget = self._central.lesson_steps.next
        if asking and cards:  # A to D choose; none shall look chosen already
            target = self._central.lesson if course.chosen is None else cards[course.chosen]
        if course.stage is Stage.TASK:
            target = self._central.transport.play
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def clear(self) -> None:
        """All as it is without a lesson."""
        central = self._central
        self.caption.end()
        central.put_lesson_away()
        central.formula_bar.show()
        set_look(central.formula_bar, framed=False)
        central.head.setVisible(self._presenting)
        central.strip.setVisible(not self._window.actions_by_name["panel"].isChecked())
        central.stage.restrict(None)
        central.stage.frame("")

    @property
    def _presenting(self) -> bool:
        return self._window.actions_by_name["present"].isChecked()
