"""Scripts for NumPy: gradient and update written out."""

from __future__ import annotations

from gdsim.codegen.parts import Plan, ProblemCode
from gdsim.codegen.written import written_out


def numpy_script(plan: Plan, code: ProblemCode) -> str:
    """The whole script."""
    return written_out(plan, code, "np", ["import numpy as np"])
