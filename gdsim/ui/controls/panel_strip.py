"""What the panel folds to: a button for each run, and one that unfolds the panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from gdsim.experiment.setup import Setup
from gdsim.runtime.snapshot import Snapshot
from gdsim.ui.controls.swatch import Swatch
from gdsim.ui.language import tr
from gdsim.ui.naming import name_controls
from gdsim.ui.scene import Scene
from gdsim.ui.theme import unit_of

WIDTH = 56


class PanelStrip(QFrame):
    """Selects runs where there is no room for their cards."""

    run_selected = Signal(int)
    unfold_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", True)
        self.unfold = QToolButton()
        self.unfold.setArrowType(Qt.ArrowType.LeftArrow)
        self.unfold.setAutoRaise(True)
        self.unfold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unfold.clicked.connect(self.unfold_requested)
        self._runs: dict[int, QToolButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 8, 4, 8)
        self._column.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        name_controls(self, "strip")
        self._fit()
        self.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """As wide as its type wants it: on a projector more than on a screen."""
        unit = unit_of(self.font())
        swatches = [button.findChild(Swatch) for button in self._runs.values()]
        widest = max((swatch.width() for swatch in swatches if swatch is not None), default=0)
        self.setFixedWidth(max(WIDTH, widest + 16))
        self.unfold.setIconSize(QSize(round(16 * unit), round(16 * unit)))
        for button, swatch in zip(self._runs.values(), swatches, strict=True):
            button.setFixedSize(self.width() - 8, round(26 * max(unit, 1.0)))
            if swatch is not None:
                swatch.move(4, (button.height() - swatch.height()) // 2)

    def show_setup(self, setup: Setup, step: int, scene: Scene) -> None:
        """Follow the runs that are set."""
        if tuple(self._runs) != setup.keys:
            self._build(setup.keys)
        for key, button in self._runs.items():
            button.setChecked(key == scene.selected)
            swatch = button.findChild(Swatch)
            if swatch is not None:
                swatch.show_style(scene.styles[key])
                if swatch.width() + 16 > self.width():
                    self._fit()

    def show_snapshot(self, snapshot: Snapshot, scene: Scene) -> None:
        """What becomes of them is seen in the pictures."""
        if scene.setup is not None:
            self.show_setup(scene.setup, scene.step(snapshot), scene)

    def retranslate(self) -> None:
        text = tr("Show the panel (F7)")
        self.unfold.setToolTip(text)
        self.unfold.setAccessibleName(text)
        for key, button in self._runs.items():
            self._name(key, button)

    def _name(self, key: int, button: QToolButton) -> None:
        text = tr("Run {number}", number=key + 1)
        button.setToolTip(text)
        button.setAccessibleName(text)

    def _build(self, keys: tuple[int, ...]) -> None:
        for button in self._runs.values():
            button.hide()
            button.deleteLater()
        self._runs = {}
        for place, key in enumerate(keys):
            button = self._runs[key] = QToolButton()
            button.setObjectName(f"strip.run.{key + 1}")
            button.setCheckable(True)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            swatch = Swatch(button)
            swatch.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            button.clicked.connect(self._select)
            self._name(key, button)
            self._column.insertWidget(1 + place, button)
        self._fit()

    @Slot()
    def _select(self) -> None:
        sender = self.sender()
        for key, button in self._runs.items():
            button.setChecked(button is sender)
            if button is sender:
                self.run_selected.emit(key)
