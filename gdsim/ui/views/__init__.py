"""The views by name. To add one: a file in this package and its line in `VIEWS`."""

from __future__ import annotations

from gdsim.ui.views.base import View
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView

VIEWS: dict[str, type[View]] = {
    "parameter": ParameterView,
    "loss": LossView,
}
