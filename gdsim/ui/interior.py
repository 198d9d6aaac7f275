"""What the shell encloses, built once it is painted: all parts of the window, joined."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from gdsim.experiment.setup import first_setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.curtains import Curtains
from gdsim.ui.documents import Documents
from gdsim.ui.exporter import Exporter
from gdsim.ui.filming import Filming
from gdsim.ui.focus_ring import FocusRing
from gdsim.ui.frame_clock import FrameClock
from gdsim.ui.hints import Hints
from gdsim.ui.language import say
from gdsim.ui.lessons.lesson_player import LessonPlayer
from gdsim.ui.lessons.workshop import Workshop
from gdsim.ui.locks import Locks
from gdsim.ui.main_window import MainWindow
from gdsim.ui.manual import Manual
from gdsim.ui.predictor import Predictor
from gdsim.ui.preferences import lessons_done
from gdsim.ui.scene import Scene
from gdsim.ui.side_windows import SideWindows
from gdsim.ui.start.recent_menu import RecentMenu
from gdsim.ui.starter import Starter
from gdsim.ui.theme import Theme
from gdsim.ui.workspace import Workspace


class Interior(QObject):
    """Everything behind the shell; `shut` ends its thread and timer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.workspace = Workspace(first_setup(), window.theme)
        self.central = CentralWidget(self.workspace, window)
        self.clock = FrameClock(self.workspace.runner, self._scene, self)
        self.documents = Documents(window, self.workspace, self.central)
        folder = self.documents.folder
        self.exporter = Exporter(window, self.workspace, self.central, folder)
        self.filming = Filming(self.exporter, self.clock)
        self.side = SideWindows(window, self.workspace, self.central, self.filming, folder)
        self.manual = Manual(window, self.workspace, self.central)
        self.ring = FocusRing(window, window.theme)
        self.locks = Locks(window)
        self.predictor = Predictor(self.workspace, self.central)
        self.lessons = LessonPlayer(
            window, self.workspace, self.central, self.documents, self.locks, self.predictor
        )
        self.workshop = Workshop(
            window, self.documents, self.lessons, self.central.stage.seen_names
        )
        self.starter = Starter(
            window, self.workspace, self.central, self.documents, self.side, self.lessons
        )
        self.recent = RecentMenu(window, self.documents.take_file)
        self.curtains = Curtains(window)
        self.hints = Hints(window.notice, window.user, self.workspace)
        self._failure = ""
        self._connect()
        self.workspace.runner.start()
        window.populate(self.central)
        self.documents.show_state()
        self.clock.start(list(self.central.places.values()), self.central.controls)
        self.central.places["stage"].setFocus(Qt.FocusReason.OtherFocusReason)

    def welcome(self) -> None:
        """Show the start page, unless the user wants none."""
        if self.window.user.now.start_page:
            self.starter.show()

    def shut(self) -> None:
        """Stop the clock, then the engine: what does not end in time is left behind."""
        self.side.close()
        self.filming.stop()
        self.exporter.close()
        self.clock.stop()
        self.workspace.runner.stop()

    @Slot()
    def retranslate(self) -> None:
        self.central.retranslate()
        self.documents.show_state()
        self.lessons.retranslate()
        self.clock.refresh()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        self.workspace.set_theme(theme)
        self.ring.set_theme(theme)
        self.lessons.retranslate()

    @Slot(object)
    def _follow(self, snapshot: Snapshot) -> None:
        self.workspace.follow(snapshot)
        failure = "" if snapshot.failure is None else say(snapshot.failure)
        if failure != self._failure:
            self._failure = failure
            self.window.say(failure, lasting=True)

    @Slot(str)
    def _keep_progress(self, lesson: str) -> None:
        done = lessons_done(self.window.user.now) | {lesson}
        self.window.user.set("lessons_done", " ".join(sorted(done)))

    def _scene(self) -> Scene:
        return self.workspace.scene

    def _connect(self) -> None:
        window, workspace, central = self.window, self.workspace, self.central
        window.bind(
            documents=self.documents, workspace=workspace, central=central, side=self.side,
            lessons=self.lessons, curtains=self.curtains, predictor=self.predictor,
            workshop=self.workshop, manual=self.manual,
            starter=self.starter, exporter=self.exporter,
        )  # fmt: skip
        panel = window.actions_by_name["panel"]
        panel.setChecked(True)
        window.actions_by_name["present"].toggled.connect(central.present)
        central.arranged.connect(self.clock.refresh)
        central.panel_suits.connect(panel.setChecked)
        central.strip.unfold_requested.connect(panel.trigger)
        self.locks.told.connect(central.run_list.reason.tell)
        workspace.changed.connect(self.locks.hold)
        self.clock.moved_on.connect(self.locks.hold)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(central.keep_focus)
        central.transport.told.connect(window.say)
        central.start_clicked.connect(self.hints.click)
        central.pointed.connect(self.hints.point)
        workspace.options_changed.connect(window.show_options)
        window.show_options(workspace.scene.options)
        window.theme_changed.connect(self.set_theme)
        window.language_changed.connect(self.retranslate)
        self.clock.moved_on.connect(self._follow)
        self.clock.moved_on.connect(self.lessons.follow)
        self.clock.moved_on.connect(self.predictor.follow)
        self.side.lesson_chosen.connect(self.lessons.open)
        self.documents.lesson_given.connect(self.lessons.open)
        self.lessons.finished.connect(self._keep_progress)
