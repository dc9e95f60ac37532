"""Twins: two short trainings that differ in settings, side by side."""
