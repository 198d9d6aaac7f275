"""The views by name. To add one: a file in this package and its line in `VIEWS`."""

from __future__ import annotations

from gdsim.ui.views.base import View
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.rate_view import RateView

VIEWS: dict[str, type[View]] = {
    "parameter": ParameterView,
    "fit": FitView,
    "loss": LossView,
    "rate": RateView,
}
