"""Writes fits.json: best fits by scikit-learn, SciPy and NumPy, on data that are kept beside them.

python -m venv /somewhere; pip install scikit-learn scipy
python tests/reference/make_fits.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import scipy  # type: ignore[import-untyped] # brought by hand
import sklearn  # type: ignore[import-not-found] # brought by hand
from scipy.optimize import least_squares, linprog  # type: ignore[import-untyped] # brought by hand
from sklearn.linear_model import LogisticRegression  # type: ignore[import-not-found] # brought by hand

OUT = Path(__file__).parent / "fits.json"
DELTAS = (0.5, 2.0)


def main() -> None:
    """Compute every fit and write them."""
    rng = np.random.default_rng(20_260_101)
    fits: list[dict[str, Any]] = []
    for columns, size in ((1, 30), (3, 60)):
        x = np.round(rng.normal(2.0, 3.0, (columns, size)), 3)
        y = np.round(1.0 + rng.normal(size=columns) @ x + rng.standard_t(1.5, size), 3)
        design = np.concatenate([np.ones((1, size)), x])
        squares = np.linalg.lstsq(design.T, y, rcond=None)[0]
        fits.append(entry("linear", {}, x, y, squares, "numpy.linalg.lstsq"))
        for delta in DELTAS:
            theta = huber(design, y, squares, delta)
            chosen = {"loss": "huber", "huber_delta": delta}
            fits.append(entry("linear", chosen, x, y, theta, "scipy.optimize.least_squares"))
        fits.append(
            entry("linear", {"loss": "mae"}, x, y, absolute(design, y), "scipy.optimize.linprog")
        )
        chance = 1.0 / (1.0 + np.exp(-(0.3 + rng.normal(size=columns) @ (x - 2.0))))
        labels = (rng.uniform(size=size) < chance).astype(float)
        model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
        model.fit(x.T, labels)
        theta = np.concatenate([model.intercept_, model.coef_[0]])
        name = "sklearn.linear_model.LogisticRegression"
        fits.append(entry("logistic", {}, x, labels, theta, name))
    versions = {m.__name__: m.__version__ for m in (np, scipy, sklearn)}
    OUT.write_text(json.dumps({"versions": versions, "fits": fits}) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(fits)} fits by {versions}")


def huber(design: Any, y: Any, first: Any, delta: float) -> Any:
    """The fit of least Huber loss with the kink at `delta`."""
    found = least_squares(
        lambda theta: theta @ design - y, first, jac=lambda _: design.T, loss="huber",
        f_scale=delta, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=10_000,
    )  # fmt: skip
    return found.x


def absolute(design: Any, y: Any) -> Any:
    """The fit of least absolute errors, as a linear program: min Σt with −t ≤ y − ŷ ≤ t."""
    count, size = design.shape
    costs = np.concatenate([np.zeros(count), np.ones(size)])
    above = np.block([[design.T, -np.eye(size)], [-design.T, -np.eye(size)]])
    limits = [(None, None)] * count + [(0.0, None)] * size
    found = linprog(costs, above, np.concatenate([y, -y]), bounds=limits, method="highs-ds")
    return found.x[:count]


def entry(problem: str, settings: dict[str, Any], x: Any, y: Any, theta: Any, by: str) -> Any:
    """One fit as it is written."""
    return {
        "problem": problem, "settings": settings, "by": by,
        "x": x.tolist(), "y": y.tolist(), "theta": np.asarray(theta).tolist(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
