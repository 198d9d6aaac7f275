"""What opens beside the window."""
