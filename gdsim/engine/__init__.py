"""The engine: NumPy and the standard library only – no Qt, no threads, no files."""
