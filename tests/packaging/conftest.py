"""The scripts of packaging/ are no package: tests import them as they import each other."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.machine import Machine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _found_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    import_module("commands")  # before a test puts anything in place of what it takes from others


@pytest.fixture
def commands() -> Any:
    """packaging/commands.py: what bootstrap.py starts."""
    return import_module("commands")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)
