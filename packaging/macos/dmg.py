"""dmgbuild's settings: the program, and the folder that it is dragged into."""

import os

application = os.environ["GDSIM_APP"]
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {"gdsim.app": (140, 120), "Applications": (400, 120)}
window_rect = ((200, 200), (540, 280))
icon_size = 96
format = "UDZO"
