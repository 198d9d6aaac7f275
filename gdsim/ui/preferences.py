"""What a user sets once, for all experiments: declared here, kept in the settings file.

To add one: a line in `Preferences`. With a `menu` it is shown there, as a check mark or a submenu.
"""

from __future__ import annotations

from dataclasses import dataclass

from gdsim.engine.fields import Settings, field


@dataclass(frozen=True)
class Preferences(Settings):
    """Kept under their names; what the file says wrongly is the default."""

    language: str = field("", "Language", "The window's language; without one, the system's.")
    theme: str = field(
        "system", "&Theme", "Colours of the window.", menu="view",
        choices={"system": "Follow the system", "light": "Light", "dark": "Dark"},
    )  # fmt: skip
    code_framework: str = field("numpy", "Framework", "What a run is shown as code for.")
    start_hint: bool = field(True, "Hint", "Say what a click in the picture does, once.")
    geometry: str = field("", "Geometry", "Where the window was, and how large, as Qt tells it.")
    answers: str = field("", "Answers", "The folder in which answers to lessons are kept.")
    start_page: bool = field(True, "Start page", "Show the start page at start.")
    recent: str = field("", "Recent", "What was open lately, as a JSON list of places.")
    lessons_done: str = field("", "Lessons", "The ids of lessons whose task was solved.")


def lessons_done(user: Preferences) -> frozenset[str]:
    """The ids of lessons whose task was solved."""
    return frozenset(user.lessons_done.split())
