"""What a framework is here, and why its own class is not used for an update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gdsim.codegen.parts import Parts
from gdsim.engine.conventions import FRAMEWORK_TITLES


@dataclass(frozen=True)
class Framework:
    """What scripts can be written for; `script` raises `Fault` for what it cannot do."""

    name: str
    """In files and on the command line."""
    title: str
    script: Callable[[Parts], str]


def why_written(parts: Parts, name: str) -> str:
    """Why an update is written out although there are optimizers in the framework `name`."""
    method, title = parts.method, FRAMEWORK_TITLES[name]
    family = method.optimizer
    if name in method.lacks:
        return method.lacks[name]
    if name not in family.conventions:
        return f"{title} has no {family.title}, so the update is written out."
    if method.differs and method.convention and method.convention != name:
        return (
            f"{method.differs[0].upper()}{method.differs[1:]}. This run goes by "
            f"{FRAMEWORK_TITLES[method.convention]}'s formula, so the update is written out."
        )
    return (
        f"{title}'s own {family.title} does not have these settings, so the update is written out."
    )
