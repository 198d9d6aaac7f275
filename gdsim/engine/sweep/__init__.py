"""Grids of runs, stepped together by the thousand, and what became of each."""
