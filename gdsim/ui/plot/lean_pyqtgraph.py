"""Imports pyqtgraph without what gdsim does not use: half of the time that it takes.

An ordinary import makes Python classes of everything in Qt (a tenth of a second: `pyqtgraph.Qt`
copies each name), and brings parameter trees, remote views and their processes along. Here names of
Qt are looked up when they are used, and those parts stay out. Should pyqtgraph change inside, all
of it is imported as usual, only slower: a test tells.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_QT = ("QtCore", "QtGui", "QtWidgets")
_UNUSED = (
    "imageview",
    "widgets.CheckTable",
    "widgets.ColorMapWidget",
    "widgets.DataFilterWidget",
    "widgets.RemoteGraphicsView",
    "widgets.ScatterPlotWidget",
)
"""What `import pyqtgraph` would import, and nothing that gdsim uses asks for."""


class _Mirror(ModuleType):
    """Has what a module of PySide6 has, as soon as it is asked for."""

    def __init__(self, name: str, source: ModuleType) -> None:
        super().__init__(name)
        self._source = source

    def __getattr__(self, name: str) -> object:
        value: object = getattr(self._source, name)
        setattr(self, name, value)
        return value


class _Absent(ModuleType):
    """Stands where a module would be while another imports it."""

    __all__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def _import_pyqtgraph() -> None:
    sources = [import_module(f"PySide6.{name}") for name in _QT]
    for name, source in zip(_QT, sources, strict=True):
        sys.modules[f"pyqtgraph.Qt.{name}"] = _Mirror(f"pyqtgraph.Qt.{name}", source)
        source.__dict__["__dir__"] = list  # nothing to copy
    for name in _UNUSED:
        sys.modules[f"pyqtgraph.{name}"] = _Absent(f"pyqtgraph.{name}")
    try:
        import_module("pyqtgraph")
    finally:
        for source in sources:
            del source.__dict__["__dir__"]
        for name in _UNUSED:
            del sys.modules[f"pyqtgraph.{name}"]


if "pyqtgraph" not in sys.modules:
    _import_pyqtgraph()
