"""Reusable widgets. They know nothing of diffusion."""
