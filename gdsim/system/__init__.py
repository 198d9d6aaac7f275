"""What the machine gives: places, files written whole, log, crash traces, resources."""
