"""Lessons as documents: predict, watch, understand, try."""
