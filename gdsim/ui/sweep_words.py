"""What the fields of a sweep are called on screen."""

from __future__ import annotations

from gdsim.engine.fields import Value
from gdsim.engine.sentences import number
from gdsim.engine.sweep.grid import Target
from gdsim.ui.language import tr


def target_name(target: Target) -> str:
    """A field's label with its symbol."""
    declared = target.field
    if target.part == "start":
        return tr("Start {parameter}", parameter=declared.label)
    name = tr(declared.label, "setting")
    if declared.symbol:
        name = f"{name} {declared.symbol}"
    return tr("Schedule: {setting}", setting=name) if target.part == "schedule_settings" else name


def value_text(target: Target, value: Value) -> str:
    """A value of a field as people read it."""
    if not isinstance(value, str):
        return number(float(value))
    titles = dict(zip(target.field.choices, target.field.titles, strict=True))
    context = target.name if target.part in ("optimizer", "schedule") else "choice"
    return tr(titles.get(value, value), context)
