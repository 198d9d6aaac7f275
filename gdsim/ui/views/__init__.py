"""The views by name. To add one: a file in this package and its line in `VIEWS`."""
