"""Why an update is written out although the framework has an optimizer of that name."""

from __future__ import annotations

from gdsim.codegen.parts import FRAMEWORK_NAMES, Plan, paragraph

DIFFERENCES = {
    "momentum": "Keras takes the rate into the velocity, PyTorch and Optax leave it outside",
    "nesterov": "Keras takes the rate into the velocity, PyTorch and Optax leave it outside",
    "adagrad": "PyTorch adds eps to the root, Keras and Optax add it below the root",
    "rmsprop": "PyTorch adds eps to the root, Keras and Optax add it below the root",
    "adam": "Keras adds eps to the root of v before its correction, PyTorch and Optax after it",
    "adamw": "Keras adds eps to the root of v before its correction, PyTorch and Optax after it",
    "amsgrad": "Optax takes the maximum of corrected squares, PyTorch and Keras of plain ones; "
    "Keras adds eps before the correction",
    "adamax": "PyTorch and Optax add eps within the maximum, Keras after it",
    "nadam": "in Optax the momentum is constant, in PyTorch and Keras it comes up",
    "radam": "PyTorch adds eps to the root of v before its correction, Optax after it",
    "lamb": "Optax has the weight decay within the ratio, Keras outside it",
    "schedule_free_adamw": "Optax weighs each point by its squared rate, Keras all alike",
}


def why_written(plan: Plan, framework: str) -> list[str]:
    """A comment that says why the framework's own class is not used."""
    return paragraph(reason(plan, framework))


def reason(plan: Plan, framework: str) -> str:
    """The same as sentences."""
    name, title = FRAMEWORK_NAMES[framework], plan.run.family.title
    if framework not in plan.run.family.conventions:
        return f"{name} has no {title}, so the update is written out."
    other = FRAMEWORK_NAMES.get(plan.convention, "")
    difference = DIFFERENCES.get(plan.run.optimizer)
    if difference and other and other != name:
        return (
            f"{difference[0].upper()}{difference[1:]}. "
            f"This run goes by {other}'s formula, so the update is written out."
        )
    return f"{name}'s own {title} does not have these settings, so the update is written out."
