"""Who plays a lesson in the window: its stages, what it locks, how its task is checked."""
