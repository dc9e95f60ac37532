"""The sampler room: generate, and scrub through the denoising."""
