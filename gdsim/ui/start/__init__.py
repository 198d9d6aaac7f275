"""The start page: what to try, lessons, examples, data of one's own, what was open lately."""
