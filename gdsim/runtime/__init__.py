"""The engine's thread: commands in, snapshots out. No Qt and no formulas."""
