"""How scripts say each optimizer. To add one: an entry in this package, and its line in `ENTRIES`.

The files mirror those of `gdsim.engine.optimizers`. An optimizer without an entry runs, but cannot
be exported.
"""

from __future__ import annotations

from gdsim.codegen.methods.base import MethodCode
from gdsim.codegen.methods.entries import ENTRIES, entry_of
from gdsim.codegen.methods.lookahead import LookaheadCode
from gdsim.codegen.task import Task
from gdsim.engine.fields import Settings

METHODS: tuple[type[MethodCode[Settings]], ...] = (*ENTRIES, LookaheadCode)
"""All of them: those that stand by themselves, and those that go over another."""

__all__ = ["METHODS", "MethodCode", "method_of"]


def method_of(task: Task) -> MethodCode[Settings]:
    """The entry of the task's optimizer; `Fault` where it has none."""
    return entry_of(task, METHODS)
