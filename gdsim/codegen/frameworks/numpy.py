"""Scripts for NumPy: gradient and update written out."""

from __future__ import annotations

from gdsim.codegen.frameworks.base import Framework
from gdsim.codegen.frameworks.written import written_out
from gdsim.codegen.parts import Parts


def numpy_script(parts: Parts) -> str:
    """The whole script."""
    return written_out(parts, "np", ["import numpy as np"])


NUMPY = Framework("numpy", "NumPy", numpy_script)
