"""The views by name. To add one: a file in this package and its line in `VIEWS`."""

from __future__ import annotations

import gdsim.ui.plot.lean_pyqtgraph  # noqa: F401 (imports pyqtgraph before any of these does)
from gdsim.ui.views.base import View
from gdsim.ui.views.boundary_view import BoundaryView
from gdsim.ui.views.curve_view import CurveView
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.prediction_view import PredictionView
from gdsim.ui.views.rate_view import RateView
from gdsim.ui.views.slice_view import SliceView

VIEWS: dict[str, type[View]] = {
    "parameter": ParameterView,
    "curve": CurveView,
    "fit": FitView,
    "boundary": BoundaryView,
    "prediction": PredictionView,
    "slice": SliceView,
    "loss": LossView,
    "rate": RateView,
}
