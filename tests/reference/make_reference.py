"""Writes trajectories.npz: what torch, Keras (on JAX) and Optax compute, in float64.

    python -m venv /somewhere; pip install torch==2.13.0 keras==3.15.1 optax==0.2.8 jax==0.10.2
    python -m tests.reference.make_reference        (from the folder of the repository)

Each trajectory is computed once as it is, and some times with every parameter moved by up to one
unit in the last place after each update. How far these depart from the first is what rounding
noise alone makes of the reference itself; it is stored as `noise`. What is there already, from the
same versions, stays as it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.reference import cases, frameworks, schedules

OUT = Path(__file__).parent / "trajectories.npz"
SEEDS = (1, 2, 3)


def stored() -> dict[str, Any]:
    """What the file holds, by what it is the trajectory or the rates of; {} of other versions."""
    if not OUT.exists():
        return {}
    with np.load(OUT, allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        known: dict[str, Any] = {
            json.dumps(case): (theta, noise)
            for case, theta, noise in zip(about["cases"], file["theta"], file["noise"], strict=True)
        }
        for i, plan in enumerate(about["plans"]):
            known[json.dumps(plan)] = file[f"rates_{i}"]
    same = about["versions"] == frameworks.versions() and about["steps"] == list(cases.RECORDED)
    return known if same else {}


def main() -> None:
    """Compute what is missing; all of it takes some minutes."""
    listed, thetas, noises, known = cases.cases(), [], [], stored()
    for number, case in enumerate(listed):
        if (found := known.get(json.dumps(cases.described(case)))) is not None:
            thetas.append(found[0])
            noises.append(found[1])
            continue
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
    rates = {}
    for i, plan in enumerate(plans):
        found = known.get(json.dumps(cases.described(plan)))
        rates[f"rates_{i}"] = schedules.rates(plan) if found is None else found
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
