"""Which two of many parameters a picture shows, or the two directions of greatest movement."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gdsim.engine.problems import Parameter
from gdsim.ui.language import tr
from gdsim.ui.steady import SteadyChoice
from gdsim.ui.views.plane import PRINCIPAL


class PlaneChooser(QWidget):
    """Two parameters, or the principal directions; hidden where there are but two."""

    chosen = Signal(object)
    """The places of two parameters, or `PRINCIPAL`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.across, self.up = SteadyChoice(), SteadyChoice()
        self.principal = QToolButton()
        self.principal.setCheckable(True)
        self.principal.setAutoRaise(True)
        self.principal.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.principal.toggled.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        for axis in (self.across, self.up):
            axis.activated.connect(self._choose)
            row.addWidget(axis)
        row.addWidget(self.principal)
        self._pair = (0, 1)
        self.hide()
        self.retranslate()

    def show_parameters(self, parameters: Sequence[Parameter]) -> None:
        """Offer these parameters."""
        for axis in (self.across, self.up):
            with QSignalBlocker(axis):
                axis.clear()
                axis.addItems([parameter.symbol for parameter in parameters])
        self.setVisible(len(parameters) > 2)

    def show_pair(self, pair: tuple[int, int]) -> None:
        """Show what is drawn, without a signal."""
        principal = pair == PRINCIPAL
        if not principal:
            self._pair = pair
        with QSignalBlocker(self.principal):
            self.principal.setChecked(principal)
        for axis, place in zip((self.across, self.up), self._pair, strict=True):
            if axis.currentIndex() != place:
                with QSignalBlocker(axis):
                    axis.setCurrentIndex(place)
            axis.setEnabled(not principal)

    def retranslate(self) -> None:
        for axis, name in (
            (self.across, tr("Parameter across")),
            (self.up, tr("Parameter upwards")),
        ):
            axis.setAccessibleName(name)
            axis.view().setAccessibleName(name)
        self.across.setToolTip(tr("The parameter on the horizontal axis"))
        self.up.setToolTip(tr("The parameter on the vertical axis"))
        self.principal.setText(tr("Principal"))
        self.principal.setAccessibleName(tr("Principal directions"))
        self.principal.setToolTip(
            tr("The plane of the two directions in which the selected run has moved most")
        )

    @Slot()
    def _choose(self) -> None:
        across, up = self.across.currentIndex(), self.up.currentIndex()
        if across == up:
            # The other axis gives way to what was on this one.
            across, up = (across, self._pair[0]) if across != self._pair[0] else (self._pair[1], up)
        self._pair = across, up
        self.chosen.emit(PRINCIPAL if self.principal.isChecked() else self._pair)
