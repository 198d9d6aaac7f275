"""Four buttons under the gauge: rates worth trying where the run is."""

from __future__ import annotations

import functools

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gdsim.engine.presets import Preset
from gdsim.ui.language import tr


class RatePresets(QWidget):
    """Too small, safe, fastest, too large."""

    chosen = Signal(object)
    """The `Preset`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Preset, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for preset in Preset:
            button = self.buttons[preset] = QToolButton()
            button.setObjectName(f"{name}.{preset.name.lower()}")
            button.setProperty("boxed", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(24)  # in a narrow card its padding gives way, no card does
            button.clicked.connect(functools.partial(self.chosen.emit, preset))
            row.addWidget(button)
        self.hide()
        self.retranslate()

    def retranslate(self) -> None:
        words = {
            Preset.TOO_SMALL: (tr("Too small"), tr("A rate that crawls")),
            Preset.SAFE: (
                tr("Safe"),
                tr("1/λmax, or half of what method and samples bear"),
            ),
            Preset.FASTEST: (
                tr("Fastest"),
                tr(
                    "The best constant rate in the long run, on a quadratic: 2/(λmax + λmin) for "
                    "gradient descent. From some starts another is there sooner."
                ),
            ),
            Preset.TOO_LARGE: (tr("Too large"), tr("A rate above the limit")),
        }
        for preset, (text, tip) in words.items():
            button = self.buttons[preset]
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tr("Rate: {preset}", preset=text))
            button.setAccessibleDescription(tip)
