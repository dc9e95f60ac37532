"""The training room: settings before, curves and samples while it learns."""
