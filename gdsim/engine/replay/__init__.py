"""Record one step, play it back: NumPy's own arithmetic without Python between (README.md)."""
