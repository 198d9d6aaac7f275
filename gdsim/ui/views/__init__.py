"""The views. To add one: a file in this package and its line in `VIEWS`."""

from __future__ import annotations

from gdsim.engine.problems import Problem
from gdsim.ui.views.base import View
from gdsim.ui.views.boundary_view import BoundaryView
from gdsim.ui.views.curve_view import CurveView
from gdsim.ui.views.fit_view import FitView
from gdsim.ui.views.loss_view import LossView
from gdsim.ui.views.parameter_view import ParameterView
from gdsim.ui.views.prediction_view import PredictionView
from gdsim.ui.views.rate_view import RateView
from gdsim.ui.views.samples_view import SamplesView
from gdsim.ui.views.slice_view import SliceView

VIEWS: tuple[type[View], ...] = (
    ParameterView,
    CurveView,
    FitView,
    BoundaryView,
    PredictionView,
    SliceView,
    SamplesView,
    LossView,
    RateView,
)
"""In each place the first that serves a problem is seen, unless the user chooses another."""


def serving(problem: Problem, place: str = "") -> list[type[View]]:
    """The views that have a picture of such a problem, all or those of one place."""
    return [view for view in VIEWS if place in ("", view.where) and view.serves(problem)]


def find_view(name: str) -> type[View]:
    """The view of that name."""
    return next(view for view in VIEWS if view.name == name)
