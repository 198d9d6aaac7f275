"""One thread for each matrix: what every entry of the program settles before NumPy comes."""

from __future__ import annotations

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def one_blas_thread() -> None:
    """Let NumPy's linear algebra use one thread, unless the user has said how many.

    Matrices are small here, and OpenBLAS's threads spin while other programs want the cores: the
    curvature of 321 weights then took 5 s in place of 20 ms. It reads this as NumPy is imported.
    """
    for name in VARIABLES:
        os.environ.setdefault(name, "1")
