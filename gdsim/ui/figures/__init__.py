"""Pictures for files."""
