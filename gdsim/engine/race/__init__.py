"""Runs tuned alike, each over the same rates with the same steps, to see which is best fairly."""
