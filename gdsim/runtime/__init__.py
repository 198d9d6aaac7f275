"""The engine's thread, commands in, snapshots out; and a sweep's processes. No Qt, no formulas."""
