"""The window: the only package that knows Qt."""

import gdsim.ui.lean_pyside  # noqa: F401 (before the parts of the window are imported)
