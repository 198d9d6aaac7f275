"""Writes trajectories.npz: what torch, Keras (on JAX) and Optax compute, in float64.

    python -m venv /somewhere; pip install torch==2.13.0 keras==3.15.1 optax==0.2.8 jax==0.10.2
    python -m tests.reference.make_reference        (from the folder of the repository)

Each trajectory is computed once as it is, and some times with every parameter moved by up to one
unit in the last place after each update. How far these depart from the first is what rounding
noise alone makes of the reference itself; it is stored as `noise`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from tests.reference import cases, frameworks, schedules

OUT = Path(__file__).parent / "trajectories.npz"
SEEDS = (1, 2, 3)


def main() -> None:
    """Compute everything; some minutes."""
    listed, thetas, noises = cases.cases(), [], []
    for number, case in enumerate(listed):
        print(f"\r{number + 1}/{len(listed)} {case.convention} {case.optimizer}", end="   ")
        sys.stdout.flush()
        exact = frameworks.trajectory(case)
        noise = np.zeros(len(exact))
        for seed in SEEDS:
            other = frameworks.trajectory(case, seed)
            noise = np.maximum(noise, np.abs(other - exact).max(axis=1))
        assert np.isfinite(exact).all(), case
        noise = np.maximum.accumulate(noise)
        thetas.append(exact[list(cases.RECORDED)])
        noises.append(noise[list(cases.RECORDED)].astype(np.float32))
    plans = cases.plans()
    rates = {f"rates_{i}": schedules.rates(plan) for i, plan in enumerate(plans)}
    about = {
        "versions": frameworks.versions(),
        "steps": list(cases.RECORDED),
        "decay": cases.DECAY,
        "starts": cases.STARTS,
        "cases": [cases.described(case) for case in listed],
        "plans": [cases.described(plan) for plan in plans],
        "losses": cases.LOSSES,
    }
    np.savez_compressed(
        OUT, about=np.array(json.dumps(about)), theta=np.array(thetas), noise=np.array(noises),
        allow_pickle=False, **rates,
    )  # fmt: skip
    print(f"\n{OUT.name}: {len(listed)} trajectories, {len(plans)} schedules")


if __name__ == "__main__":
    main()
