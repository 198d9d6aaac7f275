"""Every action of the window, declared once: menus, keys, the list of keys and check marks follow.

To add one: a line in `MENUS`, where it shall stand in its menu. Imports no Qt: the menus are built
before anything heavy is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from gdsim.engine.fields import Settings, fields_of
from gdsim.experiment.view_state import ViewOptions
from gdsim.ui.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a user can do from anywhere in the window."""

    name: str
    text: str
    """As its menu shows it, with an & before its letter; without one it is there for its keys."""
    does: str
    """What carries it out: one of the parts given to `MainWindow.bind`, and its method."""
    keys: str = ""
    """As Qt spells them, with spaces between.

    Those without Ctrl or Alt act only where no control wants them: as shortcuts of the window,
    Space and arrows would be taken from buttons and lists.
    """
    help: str = ""
    """For the list of keys, if it says more than the text; neighbours with the same share a row."""
    given: tuple[object, ...] = ()
    """Arguments of the method."""
    checkable: bool = False
    """Whether it has a check mark, whose state the method gets behind `given`."""

    @property
    def shortcuts(self) -> tuple[str, ...]:
        """The keys that act wherever the focus is."""
        return tuple(key for key in self.keys.split() if _works_everywhere(key))

    @property
    def plain_keys(self) -> tuple[str, ...]:
        """The keys that act where the focused control has no use for them."""
        return tuple(key for key in self.keys.split() if not _works_everywhere(key))


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu, or a submenu that others fill; None is a line between its entries."""

    name: str
    text: str
    entries: tuple[Action | Menu | None, ...] = ()

    def actions(self) -> Iterator[Action]:
        """Those that are declared in it, in order."""
        return (entry for entry in self.entries if isinstance(entry, Action))

    def shown(self) -> Iterator[Action | Menu | None]:
        """What is seen when it is open."""
        return (e for e in self.entries if not isinstance(e, Action) or e.text)


def _declared_for(menu: str, settings: type[Settings], does: str) -> Iterator[Action | Menu]:
    """An entry for each declared setting that this menu shows: a check mark, or its choices."""
    for field in fields_of(settings):
        if field.menu == menu and field.kind == "choice":
            yield Menu(field.name, field.label)
        elif field.menu == menu:
            yield Action(
                field.name, field.label, does, field.key, given=(field.name,), checkable=True
            )


MENUS: tuple[Menu, ...] = (
    Menu("file", "&File", (
        Action("new", "&New experiment", "documents.new", "Ctrl+N"),
        Action("open", "&Open…", "documents.choose_and_open", "Ctrl+O", "Open an experiment"),
        Action("open_data", "Open &data (CSV)…", "documents.choose_data", "Ctrl+D",
               "Open data of your own (CSV)"),
        Menu("recent", "Recent fi&les"),
        None,
        Action("save", "&Save", "documents.save", "Ctrl+S", "Save the experiment"),
        Action("save_as", "Save &as…", "documents.save_as", "Ctrl+Shift+S"),
        None,
        Menu("export", "&Export picture"),
        Action("export_window", "Export &window…", "exporter.export_window", "Ctrl+E",
               "Export the window as a picture"),
        Action("export_film", "Export &film…", "side.export_film", "",
               "Export steps of a view or of the window as a film"),
        Action("export_runs", "Export &runs (CSV, JSON, NPZ)…", "exporter.export_runs", "",
               "Write every step of all runs as a table"),
        Action("export_run", "Export s&teps of the selected run (CSV, JSON, NPZ)…",
               "exporter.export_run", "",
               "Write every step of the selected run as a table"),
        Action("export_code", "Export &code…", "side.export_code", "Ctrl+Shift+E",
               "Show the selected run as code"),
        None,
        Action("quit", "&Quit", "window.close", "Ctrl+Q"),
    )),
    Menu("edit", "&Edit", (
        Action("undo", "&Undo", "workspace.undo", "Ctrl+Z"),
        Action("redo", "&Redo", "workspace.redo", "Ctrl+Shift+Z"),
        None,
        Action("add_run", "&Add run", "workspace.add_run", "Ctrl+Shift+A"),
        Action("branch", "&Branch from here", "workspace.branch_selected", "Ctrl+B"),
        Action("remove_run", "Re&move run", "workspace.remove_selected"),
        None,
        Action("copy_view", "Copy &view as picture", "exporter.copy_view", "Ctrl+Shift+C",
               "Copy the picture of the view that has the focus"),
        Action("copy_window", "Copy &window as picture", "exporter.copy_window"),
        Action("copy_text", "&Copy experiment as text", "documents.copy_text", "",
               "Copy the experiment as a short text, for a mail or a chat"),
        Action("paste_cells", "Paste &table cells…", "documents.paste_data", "Ctrl+V",
               "Use cells that were copied in a spreadsheet as data"),
        Action("paste_text", "&Paste experiment", "documents.paste_text", "Ctrl+Shift+V",
               "Open the experiment whose text was copied"),
    )),
    Menu("run", "&Run", (
        Action("play", "&Play / pause", "workspace.toggle_play", "Space"),
        Action("step", "&Step", "workspace.step_by", "Right", "One step forward or back", (1,)),
        Action("step_back", "Step &back", "workspace.step_by", "Left", "One step forward or back",
               (-1,)),
        Action("home", "To the s&tart", "workspace.seek", "Home",
               "To the start, to the last recorded step", (0,)),
        Action("end", "To the &end", "workspace.seek", "End",
               "To the start, to the last recorded step", (None,)),
        None,
        Action("play_until_settled", "Play &until all have settled", "workspace.play", "U",
               "Play as fast as it goes until every run has settled or stands still", (True,)),
        Action("rerun", "Play again from the sta&rt", "workspace.rerun", "R"),
        Action("reset", "Reset &all", "workspace.reset", "Ctrl+R", "Reset all runs"),
        None,
        Action("faster", "&Faster", "workspace.change_speed", "+ =", "Faster, slower", (1,)),
        Action("slower", "S&lower", "workspace.change_speed", "-", "Faster, slower", (-1,)),
        None,
        Action("predict", "&Draw a prediction", "predictor.set_on", "P",
               "Draw how the loss will go, and where the run will be", checkable=True),
        Action("sweep", "S&weep…", "side.sweep", "Ctrl+G", "Sweep over settings"),
        Action("race", "Fa&ir race…", "side.race", "Ctrl+Shift+G",
               "Tune every run with the same budget, and compare"),
    )),
    Menu("view", "&View", (
        *_declared_for("view", ViewOptions, "workspace.set_option"),
        Action("slice", "Sl&ice", "central.toggle_view", "S", "Slice along the steepest direction",
               ("slice",)),
        *(
            Action(f"show_run_{n + 1}", "", "workspace.toggle_visible", f"{n + 1}",
                   "Show or hide a run", (n,))
            for n in range(9)
        ),
        None,
        Menu("language", "Language / 语言"),
        *_declared_for("view", Preferences, "user.set"),
        None,
        Action("present", "&Presenter mode", "window.set_presenting", "F5", checkable=True),
        Action("blank", "&Blank the screen", "curtains.toggle_blank", ". B", "Black, and back"),
        Action("spotlight", "Sp&otlight", "curtains.toggle_spotlight", "Z",
               "Light up what is under the pointer"),
        Action("full_screen", "&Full screen", "window.set_full_screen", "F11", checkable=True),
        Action("panel", "Pa&nel", "central.show_panel", "F7", "Show or fold the panel",
               checkable=True),
        Action("whole_rate", "Learning rate, &wide", "central.show_rate_whole"),
        Action("restore_views", "Show &all views", "central.show_all_views"),
        Action("leave", "", "window.leave", "Esc",
               "Leave presenter mode, full screen, a maximised view"),
        Action("next_region", "", "central.next_region", "F6", "To the next region of the window"),
    )),
    Menu("lessons", "&Lessons", (
        Action("choose_lesson", "&Choose a lesson…", "side.choose_lesson", "Ctrl+L"),
        Action("open_lesson", "&Open a lesson file…", "side.open_lesson"),
        Action("make_lesson", "&Make a lesson from this experiment…", "workshop.make"),
        Action("keep_answers", "&Keep answers in a folder…", "side.choose_answers"),
        None,
        Action("leave_lesson", "&Leave the lesson", "lessons.leave"),
    )),
    Menu("help", "&Help", (
        Action("manual", "&Manual", "manual.open", "F1"),
        Action("what_is_this", "W&hat is this?", "manual.explain", "Shift+F1 ?",
               "The page of the manual on what the keyboard acts on"),
        Action("start_page", "&Start page", "starter.show"),
        Action("shortcuts", "&Keyboard shortcuts", "side.show_shortcuts", "Ctrl+/"),
        Action("words", "&What the words mean", "manual.show", given=("words",)),
        None,
        Action("about", "&About gdsim", "side.show_about"),
    )),
)  # fmt: skip

ACTIONS: dict[str, Action] = {action.name: action for menu in MENUS for action in menu.actions()}


GLYPHS = {"Right": "→", "Left": "←", "-": "−"}
"""Keys that are shown by a sign."""


def key_rows(menu: Menu, tr: Callable[..., str]) -> list[tuple[list[str], str]]:
    """(keys as Qt spells them, what they do) of a menu's actions, said by `tr`."""
    told = [
        (action.keys.split()[0], tr(action.help) or without_mnemonic(tr(action.text)))
        for action in menu.actions()
        if action.keys
    ]
    return [
        ([key for key, _ in same], text) for text, same in groupby(told, key=lambda row: row[1])
    ]


def without_mnemonic(text: str) -> str:
    """A menu's text as it reads elsewhere: "&Open…" is "Open", "打开(&O)…" is "打开"."""
    return re.sub(r"\(&\w\)|&|…", "", text)


def _works_everywhere(key: str) -> bool:
    return key.startswith(("Ctrl+", "Alt+")) or re.fullmatch(r"(Shift\+)?F\d+", key) is not None
