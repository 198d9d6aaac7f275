"""Colours, pens and type sizes: light, dark, and larger for a projector."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Any, cast

# Not Qt itself: Python's copy of that namespace, with all its enumerations, takes a tenth of the
# time to the first paint. It comes with the first use.
from PySide6 import QtCore
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication

from gdsim.system.resources import resource

_LATIN = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "Ubuntu", "Cantarell", "FreeSans")
"""Families that Linux comes with and that have the signs of formulas, best first."""

Dash = tuple[float, ...]
"""Lengths of dash and gap in line widths; empty is a solid line."""

# Okabe & Ito's colours that tell apart for colour-blind eyes, those that reach 3:1 on each ground.
# With three and two more, chosen so that eight differ for every kind of sight.
_ON_WHITE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#6021C0", "#AA1144", "#5C4400",
)  # fmt: skip
_ON_DARK = (
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#FFFFFF", "#E8553A", "#8F7BFF",
)  # fmt: skip
_DASHES: tuple[Dash, ...] = ((), (6, 3), (2, 2), (8, 3, 2, 3), (12, 4), (4, 2, 1, 2, 1, 2))
_MARKERS = ("o", "s", "t", "d", "+", "x", "star", "p")


@dataclass(frozen=True, slots=True)
class RunStyle:
    """How one run looks everywhere: never by colour alone."""

    color: QColor
    dash: Dash
    marker: str
    """pyqtgraph's name of the symbol."""
    label: str
    """The text at the line's end: the run's number."""

    def pen(self, width: float = 2.0) -> QPen:
        """A cosmetic pen of `width` pixels."""
        pen = QPen(self.color, width)
        pen.setCosmetic(True)
        caps = QtCore.Qt.PenCapStyle
        pen.setCapStyle(caps.FlatCap if self.dash else caps.RoundCap)
        pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
        if self.dash:
            pen.setDashPattern(list(self.dash))
        return pen


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their purpose, as `#RRGGBB`, and the sizes that a projector needs larger."""

    name: str
    window: str
    panel: str
    plot: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    cursor: str
    good: str
    warning: str
    danger: str
    outline: str
    """Around fields and boxes: 3:1 on the panel."""
    hover: str
    pressed: str
    right: str
    """Ground of the right answer."""
    accent_pressed: str
    recorded: str
    """The recorded part of the timeline, and the ring around what the keyboard acts on."""
    casing: str
    """Drawn around trajectories, so that they stand out from the surface."""
    runs: tuple[str, ...]
    terms: tuple[str, ...]
    """One colour a term of the update rule."""
    text_points: float = 10.0
    least_share: float = 0.0
    """Of the type's size: nothing in a picture is written smaller."""
    key_points: float = 10.0
    """Size of the key values: step and loss."""
    line_width: float = 2.0
    marker_size: float = 9.0

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    @property
    def is_far(self) -> bool:
        """Whether it is for a projector."""
        return self.least_share >= 1.0

    def color(self, purpose: str) -> QColor:
        """The colour of that purpose, for instance `color("muted")`."""
        return QColor(getattr(self, purpose))

    def run_style(self, number: int) -> RunStyle:
        """The look of the run of that number, from 0; no two of 64 share colour and marker.

        Those of one colour differ in dash, too, as long as there are dashes.
        """
        around, place = divmod(number, len(self.runs))
        return RunStyle(
            QColor(self.runs[place]),
            _DASHES[(place + around) % len(_DASHES)],
            _MARKERS[(place + around) % len(_MARKERS)],
            str(number + 1),
        )

    def for_small_screen(self) -> Theme:
        """The same colours, with type that leaves room on a very small screen."""
        return replace(self, text_points=0.75 * self.text_points, key_points=0.75 * self.key_points)

    def for_projector(self, height: int) -> Theme:
        """Readable from the back row of a screen `height` pixels high: all text reaches 7:1.

        Text is a 45th of the height, key values a 27th: 24 and 40 pixels at 1080.
        """
        scale = max(height / 1080.0, 0.6)
        return replace(
            self if self.is_dark else replace(self, **_FAR),
            text_points=18.0 * scale,
            least_share=1.0,
            key_points=30.0 * scale,
            line_width=max(4.0, 4.0 * scale),
            marker_size=max(14.0, 15.0 * scale),
        )


_FAR: dict[str, Any] = {
    "muted": "#434B54", "accent": "#005A8E", "accent_pressed": "#00466F",
    "good": "#005C41", "warning": "#704000", "danger": "#961F18",
    "terms": ("#005A8E", "#8F3800", "#005C41", "#7E3F65", "#4A3F96"),
}  # fmt: skip
"""In place of the light theme's colours that reach 4.5:1 only; the dark ones reach 7:1."""
LIGHT = Theme(
    name="light",
    window="#F3F4F6", panel="#FFFFFF", plot="#FFFFFF", text="#1B1F24", muted="#57606A",
    line="#C9CED6", accent="#0072B2", on_accent="#FFFFFF", cursor="#1B1F24",
    good="#00704F", warning="#9A5B00", danger="#B3261E", casing="#FFFFFF",
    outline="#8E959F", hover="#EBF4F9", accent_pressed="#005E93",
    pressed="#D6E8F3", recorded="#8CC0DC", right="#DBEAE6",
    runs=_ON_WHITE, terms=("#0072B2", "#B34700", "#00704F", "#9B4F7C", "#5B4FB3"),
)  # fmt: skip
DARK = Theme(
    name="dark",
    window="#121212", panel="#1C1D20", plot="#161719", text="#ECEDEE", muted="#A6ADB7",
    line="#3A3F46", accent="#56B4E9", on_accent="#0B0C0E", cursor="#ECEDEE",
    good="#3FC99A", warning="#F0B03C", danger="#FF8A80", casing="#101113",
    outline="#747B86", hover="#212930", accent_pressed="#7CC6EE",
    pressed="#253540", recorded="#36617A", right="#21352F",
    runs=_ON_DARK, terms=("#56B4E9", "#E69F00", "#3FC99A", "#E29CC3", "#B9AEF5"),
)  # fmt: skip


def system_theme() -> Theme:
    """Light or dark, as the system is set."""
    palette = QGuiApplication.palette()
    if not palette.resolveMask():  # still the system's own, which tells without the namespace Qt
        window, text = (
            palette.color(palette.ColorRole.Window),
            palette.color(palette.ColorRole.Text),
        )
        return DARK if window.lightness() < text.lightness() else LIGHT
    scheme = QGuiApplication.styleHints().colorScheme()
    return DARK if scheme == QtCore.Qt.ColorScheme.Dark else LIGHT


def load_fonts() -> None:
    """Add the fonts that gdsim carries, so that Chinese shows on a system that has none.

    Windows and macOS come with Chinese fonts, and mix them with Latin by rules of their own.
    """
    chinese = QFontDatabase.WritingSystem.SimplifiedChinese
    if sys.platform != "linux" and QFontDatabase.families(chinese):
        return
    for path in sorted(resource("fonts").glob("*.[ot]tf")):
        added = QFontDatabase.addApplicationFont(str(path))
        families = QFontDatabase.applicationFontFamilies(added) if added >= 0 else []
        font = QApplication.font()
        # By its own name: what stands behind "Sans Serif" would be chosen anew with each start, and
        # by what is loaded already, and so would the weight of the Chinese.
        usual = QFontInfo(font).family()
        wanted = [_latin(usual), *families, usual, *font.families()[1:]]
        font.setFamilies(list(dict.fromkeys(wanted)))
        QApplication.setFont(font)


def _latin(usual: str) -> str:
    """The family for all but Chinese: the usual one, unless it is a Chinese one.

    Where the system speaks Chinese that is what "Sans Serif" stands for. Its lines are a quarter
    taller, · and ‖ are as wide as a character, and its Chinese would be another than elsewhere.
    """
    chinese = QFontDatabase.WritingSystem.SimplifiedChinese
    if chinese not in QFontDatabase.writingSystems(usual):
        return usual
    known = set(QFontDatabase.families())
    return next((family for family in _LATIN if family in known), usual)


def unit_of(font: QFont) -> float:
    """Pixels for each one of a drawing at 100 %, whose type is 13 pixels high."""
    return QFontInfo(font).pixelSize() / 13.0


STYLE = ("-style", "fusion")
"""Arguments of QApplication: the style that takes all colours from the palette.

Given so, and not by `setStyle`, which would build another style first, and need Python's QStyle.
"""


def apply(application: QApplication, theme: Theme) -> None:
    """Give the whole application the theme's palette, type size and style sheet."""
    palette = QPalette()
    role = QPalette.ColorRole
    for purpose, roles in {
        "window": (role.Window,),
        "panel": (role.Base, role.Button, role.ToolTipBase),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText),
        "muted": (role.PlaceholderText,),
        "accent": (role.Highlight, role.Link, role.Accent),
        "on_accent": (role.HighlightedText,),
        "line": (role.Mid,),
    }.items():
        for one in roles:
            palette.setColor(one, theme.color(purpose))
    palette.setColor(role.AlternateBase, theme.color("window"))
    disabled = QPalette.ColorGroup.Disabled
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, one, theme.color("muted"))
    application.setPalette(palette)
    font = QFont(application.font())
    font.setPointSizeF(theme.text_points)
    application.setFont(font)
    arrow = resource("icons") / f"arrow-{theme.name}.png"
    application.setStyleSheet(_STYLE.format(theme=theme, arrow=arrow.as_posix()))


def apply_to_boxes(application: QApplication, theme: Theme) -> None:
    """The outline of check boxes, after `apply`: Fusion draws it in the window's colour, darkened,
    which nobody sees on a dark ground. The empty shell has none, and this call brings Qt in."""
    box = QPalette(application.palette())
    box.setColor(QPalette.ColorRole.Window, theme.color("outline").lighter(140))
    cast("Any", application).setPalette(box, "QCheckBox")


_STYLE = """
QToolTip {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.line}; }}
QMenuBar {{ padding: 2px 8px; }}
QMenuBar::item {{ padding: 3px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {theme.pressed}; }}
*[card="true"] {{
    background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 6px;
}}
*[card="true"]:hover[folded="true"] {{ background: {theme.hover}; }}
*[card="true"][selected="true"] {{ border: 2px solid {theme.accent}; }}
*[card="true"][framed="true"] {{ border: 2px solid {theme.accent}; }}
*[card="true"][fresh="true"] {{ background: {theme.pressed}; }}
QStackedWidget[card="true"] {{ background: {theme.plot}; }}
QFrame[bar="true"] {{
    background: {theme.panel}; border: 0px solid {theme.line}; border-top-width: 1px;
}}
QFrame[divider="true"] {{ background: {theme.line}; }}
QLabel[muted="true"] {{ color: {theme.muted}; }}
QLabel[danger="true"] {{ color: {theme.danger}; }}
QLabel[heading="true"] {{ font-weight: 700; }}
QLineEdit, QSpinBox, QComboBox, QPlainTextEdit, QPushButton {{
    color: {theme.text}; background: {theme.panel};
    border: 1px solid {theme.outline}; border-radius: 4px;
    selection-color: {theme.on_accent}; selection-background-color: {theme.accent};
}}
QLineEdit, QSpinBox {{ padding: 3px 6px; }}
QPushButton {{ padding: 4px 10px; }}
QComboBox {{ padding: 3px 2px 3px 6px; }}
QComboBox::drop-down {{ border: none; width: 16px; }}
QComboBox::down-arrow {{ image: url({arrow}); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {theme.panel}; border: 1px solid {theme.outline}; }}
QPushButton:hover, QComboBox:hover {{ background: {theme.hover}; }}
QPushButton:pressed, QPushButton:checked, QToolButton:checked, QToolButton:pressed {{
    background: {theme.pressed};
}}
QLineEdit:focus, QSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QPushButton:focus {{
    border: 3px solid {theme.accent};
}}
QLineEdit:focus, QSpinBox:focus {{ padding: 1px 4px; }}
QPushButton:focus {{ padding: 2px 8px; }}
QComboBox:focus {{ padding: 1px 0px 1px 4px; background: {theme.hover}; }}
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled, QPushButton:disabled {{
    color: {theme.muted}; background: {theme.window}; border: 1px solid {theme.line};
}}
QLineEdit[wrong="true"] {{ border: 2px solid {theme.danger}; padding: 2px 5px; }}
QCheckBox:focus {{ border: 2px solid {theme.accent}; border-radius: 4px; }}
QPushButton[slim="true"] {{ padding: 0px 10px; }}
QPushButton[slim="true"]:focus {{ padding: 0px 8px; border: 2px solid {theme.accent}; }}
QPushButton[either="first"], QPushButton[either="last"] {{ padding: 4px 7px; }}
QPushButton[either="first"]:focus, QPushButton[either="last"]:focus {{ padding: 2px 5px; }}
QPushButton[either="first"] {{ border-top-right-radius: 0px; border-bottom-right-radius: 0px; }}
QPushButton[either="last"] {{
    border-left: none; border-top-left-radius: 0px; border-bottom-left-radius: 0px;
}}
QPushButton[either="last"]:focus {{ border-left: 3px solid {theme.accent}; }}
QPushButton[primary="true"] {{
    color: {theme.on_accent}; background: {theme.accent};
    border: 2px solid {theme.accent}; padding: 4px 14px; font-weight: 700;
}}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed {{
    background: {theme.accent_pressed}; border-color: {theme.accent_pressed};
}}
QPushButton[primary="true"]:disabled {{
    color: {theme.muted}; background: {theme.window}; border: 2px solid {theme.line};
}}
QPushButton[primary="true"]:focus {{ border: 2px solid {theme.text}; padding: 4px 14px; }}
QPushButton[choice="true"] {{
    background: {theme.panel}; border: 1px solid {theme.line}; border-radius: 6px; padding: 0px;
}}
QPushButton[choice="true"]:hover {{ background: {theme.hover}; }}
QPushButton[choice="true"]:focus {{ border: 3px solid {theme.accent}; }}
QPushButton[choice="true"][chosen="true"] {{ border: 2px solid {theme.accent}; }}
QPushButton[choice="true"][right="true"] {{ background: {theme.right}; }}
QLabel[key="true"] {{
    color: {theme.muted}; border: 1px solid {theme.line}; border-radius: 4px; font-weight: 700;
}}
*[caption="true"] {{
    background: {theme.panel}; border: 1px solid {theme.accent}; border-left-width: 4px;
    border-radius: 4px;
}}
*[feedback="passed"] {{
    background: {theme.panel}; border: 1px solid {theme.line}; border-left: 4px solid {theme.good};
}}
*[feedback="failed"] {{
    background: {theme.panel}; border: 1px solid {theme.line};
    border-left: 4px solid {theme.warning};
}}
QToolButton {{ border: 2px solid transparent; border-radius: 4px; padding: 1px 3px; }}
QToolButton:hover {{ background: {theme.hover}; }}
QToolButton:focus {{ border: 3px solid {theme.accent}; padding: 0px 2px; }}
QToolButton[link="true"] {{ color: {theme.accent}; background: transparent; }}
QToolButton[link="true"]:hover {{ background: {theme.hover}; }}
QToolButton[boxed="true"] {{ background: {theme.panel}; border: 1px solid {theme.outline}; }}
QToolButton[boxed="true"]:hover {{ background: {theme.hover}; }}
QToolButton[boxed="true"]:disabled {{
    background: {theme.window}; border: 1px solid {theme.line};
}}
QToolButton[boxed="true"]:focus {{ border: 3px solid {theme.accent}; }}
QToolButton[plain="true"]:checked {{ background: transparent; }}
QLineEdit[locked="true"], QSpinBox[locked="true"], QComboBox[locked="true"],
QPushButton[locked="true"], QToolButton[locked="true"], QCheckBox[locked="true"] {{
    color: {theme.muted}; background: {theme.window}; border: 1px dashed {theme.outline};
}}
QComboBox[locked="true"]::down-arrow {{ image: none; }}
QPushButton[locked="true"]:hover, QPushButton[locked="true"]:pressed {{
    background: {theme.window}; border-color: {theme.outline};
}}
QToolButton::menu-indicator {{ image: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0px; }}
QScrollBar::handle:vertical {{ background: {theme.outline}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0px; }}
"""
