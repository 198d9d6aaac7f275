"""What a student has set in a try, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from gdsim.engine.fields import Field, Value, fields_of
from gdsim.engine.run import PARTS
from gdsim.engine.sentences import number
from gdsim.experiment.lessons.lesson import Lesson
from gdsim.experiment.setup import Setup
from gdsim.ui.language import tr


def change_of(lesson: Lesson, setup: Setup) -> str:
    """The values of what the task leaves free: "α 0.05", "Adam, α 0.1"."""
    return ", ".join(_values(lesson.task.free, setup)) or "–"


def _values(free: tuple[str, ...], setup: Setup) -> Iterator[str]:
    run = setup.tracks[0].run
    for name in free:
        if name == "optimizer":
            yield tr(run.family.title, "optimizer")
        elif name == "schedule":
            yield tr(type(run.rate_schedule).title, "schedule")
        elif name == "schedule_settings":
            for field in fields_of(run.schedule_settings):
                yield _said(field, getattr(run.schedule_settings, field.name))
        elif name == "start":
            yield f"({', '.join(number(value, 4) for value in run.start)})"
        else:
            yield from _field(name, setup)


def _field(name: str, setup: Setup) -> Iterator[str]:
    run = setup.tracks[0].run
    for settings in (setup.problem.settings, *(getattr(run, part) for part in PARTS)):
        for field in fields_of(settings):
            if name == field.name or name in field.aliases:
                yield _said(field, getattr(settings, field.name))
                return


def _said(field: Field, value: Value) -> str:
    label = field.symbol or tr(field.label, "setting")
    if isinstance(value, bool):
        return f"{label}: {tr('yes') if value else tr('no')}"
    if isinstance(value, str):
        titles = dict(zip(field.choices, field.titles, strict=True))
        return f"{label} {tr(titles.get(value, value), 'choice')}"
    return f"{label} {number(float(value), 4)}"
