"""What the shell encloses, built once it is painted: all parts of the window, joined."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, Slot

from gdsim.experiment.setup import first_setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.central_widget import CentralWidget
from gdsim.ui.documents import Documents
from gdsim.ui.frame_clock import FrameClock
from gdsim.ui.language import say
from gdsim.ui.main_window import MainWindow
from gdsim.ui.scene import Scene
from gdsim.ui.side_windows import SideWindows
from gdsim.ui.theme import Theme
from gdsim.ui.workspace import Workspace

WORDS_PER_SECOND = 4
"""The status line changes no more often while playing."""


class Interior(QObject):
    """Everything behind the shell; `shut` ends its thread and timer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.workspace = Workspace(first_setup(), window.theme)
        self.central = CentralWidget(self.workspace)
        self.clock = FrameClock(self.workspace.runner, self._scene, self)
        self.documents = Documents(window, self.workspace, self.central)
        self.side = SideWindows(window, self.workspace, self.central, self.documents.folder)
        self._said_at = 0.0
        self._connect()
        self.workspace.runner.start()
        window.populate(self.central)
        self.documents.show_state()
        self.clock.start(list(self.central.places.values()), self.central.controls)
        self.central.places["stage"].setFocus(Qt.FocusReason.OtherFocusReason)

    def shut(self) -> None:
        """Stop the clock, then the engine: what does not end in time is left behind."""
        self.side.close()
        self.clock.stop()
        self.workspace.runner.stop()

    @Slot()
    def retranslate(self) -> None:
        self.central.retranslate()
        self.documents.show_state()
        self._said_at = 0.0
        self.clock.refresh()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        self.workspace.set_theme(theme)

    @Slot(object)
    def _follow(self, snapshot: Snapshot) -> None:
        self.workspace.follow(snapshot)
        now = time.monotonic()
        if not snapshot.playing or now - self._said_at > 1 / WORDS_PER_SECOND:
            self._said_at = now
            self.window.say(self._status(snapshot))

    def _status(self, snapshot: Snapshot) -> str:
        """The failure if there is one, else how the selected run is doing."""
        if snapshot.failure is not None:
            return say(snapshot.failure)
        run = snapshot.run(self.workspace.scene.selected)
        return say(run.verdict) if run is not None else ""

    def _scene(self) -> Scene:
        return self.workspace.scene

    def _connect(self) -> None:
        window, workspace, central = self.window, self.workspace, self.central
        window.bind(documents=self.documents, workspace=workspace, central=central, side=self.side)
        workspace.options_changed.connect(window.show_options)
        window.show_options(workspace.scene.options)
        window.theme_changed.connect(self.set_theme)
        window.language_changed.connect(self.retranslate)
        self.clock.moved_on.connect(self._follow)
