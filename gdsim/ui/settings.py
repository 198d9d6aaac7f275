"""What the user has chosen, and beneath it what the administrator has set for the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings


class LayeredSettings(QSettings):
    """An INI of the user's; what it lacks comes from the first default file that names it."""

    def __init__(self, file: Path, defaults: Sequence[Path] = ()) -> None:
        super().__init__(str(file), QSettings.Format.IniFormat)
        self._defaults = [
            QSettings(str(path), QSettings.Format.IniFormat) for path in defaults if path.is_file()
        ]

    def value(self, key: str, default: Any = None, type: Any = None) -> Any:
        """The user's, else the machine's, else `default`; never written by reading."""
        source: Callable[..., Any] = super().value
        if not self.contains(key):
            named = (one.value for one in self._defaults if one.contains(key))
            source = next(named, source)
        return source(key, default) if type is None else source(key, default, type)
