"""What pictures are painted with: canvas, axes, paths, marks, ranges; knows no snapshot."""

import gdsim.ui.plot.lean_pyqtgraph  # noqa: F401 (imports pyqtgraph before any of these does)
