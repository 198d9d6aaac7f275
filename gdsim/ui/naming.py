"""Stable names of controls, by which lessons lock and hide them and tests find them."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget


def name_controls(owner: QWidget, prefix: str) -> None:
    """Name what `owner` has as attributes "prefix.attribute"; what has a name keeps it.

    The usual buttons of a dialog are named after what they do: "prefix.close".
    """
    for attribute, value in vars(owner).items():
        if isinstance(value, QWidget) and not value.objectName():
            value.setObjectName(f"{prefix}.{attribute.lstrip('_')}")
    if not isinstance(owner, QDialog):
        return
    for box in owner.findChildren(QDialogButtonBox):
        for button in box.buttons():
            if not button.objectName():
                button.setObjectName(f"{prefix}.{str(box.standardButton(button).name).lower()}")
