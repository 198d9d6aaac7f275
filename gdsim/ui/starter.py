"""Shows the start page in place of the experiment; what is chosen there it has done by others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Slot

from gdsim.experiment.setup import first_setup
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.documents import Documents
from gdsim.ui.lessons.lesson_player import LessonPlayer
from gdsim.ui.main_window import MainWindow
from gdsim.ui.preferences import lessons_done
from gdsim.ui.side_windows import SideWindows
from gdsim.ui.start.recent import recent, remember
from gdsim.ui.tab_order import put_in_order
from gdsim.ui.workspace import Workspace

if TYPE_CHECKING:
    from gdsim.experiment.examples import Example
    from gdsim.ui.start.start_page import StartPage


class Starter(QObject):
    """The page goes as soon as there is something else to be seen."""

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        central: CentralWidget,
        documents: Documents,
        side: SideWindows,
        lessons: LessonPlayer,
    ) -> None:
        super().__init__(window)
        self.window, self.workspace, self.central = window, workspace, central
        self._documents, self._side, self._lessons = documents, side, lessons
        self.page: StartPage | None = None
        window.installEventFilter(self)
        workspace.changed.connect(self.hide)
        lessons.began.connect(self._note_lesson)
        documents.used.connect(self._note_file)
        window.actions_by_name["present"].toggled.connect(self.hide)
        window.language_changed.connect(self._renew)
        window.theme_changed.connect(self._renew)

    @Slot()
    def show(self) -> None:
        """The page, where it is not yet."""
        if self.page is not None:
            return
        from gdsim.ui.start.start_page import StartPage  # few windows show it

        window, user = self.window, self.window.user
        self.workspace.pause()
        page = self.page = StartPage(
            window.theme, lessons_done(user.now), recent(user), user.now.start_page, window
        )
        page.try_requested.connect(self._try)
        page.lesson_chosen.connect(self._open_lesson)
        page.lessons_requested.connect(self._side.choose_lesson)
        page.example_chosen.connect(self._open_example)
        page.data_requested.connect(self._documents.choose_data)
        page.paste_requested.connect(self._documents.paste_data)
        page.file_chosen.connect(self._documents.take_file)
        page.left.connect(self.hide)
        page.shown_at_start.connect(self._keep_choice)
        put_in_order(page)
        self._fit()
        self.central.hide()
        page.show()
        window.notice.raise_()
        page.play.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def hide(self) -> None:
        """Back to the experiment."""
        page, self.page = self.page, None
        if page is None:
            return
        self.central.show()
        page.hide()
        page.deleteLater()
        self.central.places["stage"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.central.arranged.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if self.page is not None:
            top = self.window.menuBar().height()
            self.page.setGeometry(0, top, self.window.width(), self.window.height() - top)

    @Slot()
    def _renew(self) -> None:
        """In another language, or other colours."""
        page, self.page = self.page, None
        if page is not None:
            page.hide()
            page.deleteLater()
            self.show()

    @Slot(bool)
    def _keep_choice(self, at_start: bool) -> None:
        self.window.user.set("start_page", at_start)

    # What is chosen

    @Slot()
    def _try(self) -> None:
        if self._documents.begin(first_setup()):
            self.hide()
            self.workspace.play()

    @Slot(object)
    def _open_example(self, example: Example) -> None:
        if self._documents.begin(example.setup()):
            self.hide()

    @Slot(object)
    def _open_lesson(self, path: Path) -> None:
        self._lessons.open(path)

    # What was open

    @Slot()
    def _note_lesson(self) -> None:
        self.hide()
        course = self._lessons.course
        if course is not None and course.lesson.path is not None:
            remember(self.window.user, course.lesson.path)

    @Slot(object)
    def _note_file(self, path: Path) -> None:
        self.hide()
        remember(self.window.user, path)
