"""Lets PySide take every module for one that uses none of its `__feature__` switches.

To find that out it reads the source of each module that is imported: an eighth of the time that the
window's parts take to come. Should PySide change inside, they come as usual, only slower.
"""

import sys

import PySide6.QtCore  # noqa: F401 (brings what is looked for here)

_feature = sys.modules.get("shibokensupport.feature")
if _feature is not None and hasattr(_feature, "_mod_uses_pyside"):
    vars(_feature)["_mod_uses_pyside"] = lambda module: False
