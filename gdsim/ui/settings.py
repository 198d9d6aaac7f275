"""What the user has chosen, and beneath it what the administrator has set for the machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from gdsim.engine.fields import fields_of, make_settings, settings_values
from gdsim.engine.sentences import Fault
from gdsim.ui.preferences import Preferences


class LayeredSettings(QSettings):
    """An INI of the user's; what it lacks comes from the first default file that names it."""

    def __init__(self, file: Path, defaults: Sequence[Path] = ()) -> None:
        super().__init__(str(file), QSettings.Format.IniFormat)
        self.default_files = tuple(defaults)
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


class UserSettings(QObject):
    """The preferences as they are now; each change is kept in the file and told."""

    changed = Signal(str)
    """The name of the preference that is another now."""

    def __init__(self, file: QSettings, **given: str | None) -> None:
        """`given` hold for this session, whatever the file says; None says nothing."""
        super().__init__()
        self._file = file
        self.now = Preferences()
        for field in fields_of(Preferences):
            # What was written by hand, or by another version, may be nothing that we know.
            with contextlib.suppress(Fault):
                value = given.get(field.name) or file.value(field.name, field.default)
                self.now = self._with(field.name, value)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the user's settings lie, then those of the machine: lessons may lie there too."""
        files = (Path(self._file.fileName()), *getattr(self._file, "default_files", ()))
        return tuple(file.parent for file in files)

    def set(self, name: str, value: object) -> None:
        """Choose another value and keep it; `Fault` for one that cannot be."""
        before, self.now = self.now, self._with(name, value)
        self._file.setValue(name, getattr(self.now, name))
        if self.now != before:
            self.changed.emit(name)

    def _with(self, name: str, value: object) -> Preferences:
        return make_settings(Preferences, {**settings_values(self.now), name: value})
