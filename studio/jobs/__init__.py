"""Work beside the window: the only files that touch threads."""
