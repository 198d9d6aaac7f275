"""The scripts of packaging/ are no package: tests load them by their path."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _found_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))


@pytest.fixture
def bootstrap() -> Any:
    """packaging/bootstrap.py as a module of its own for each test."""
    spec = importlib.util.spec_from_file_location(
        "gdsim_bootstrap", ROOT / "packaging" / "bootstrap.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
