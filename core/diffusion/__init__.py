"""The mathematics: forward process, posterior, objectives, schedules, noise, guidance, GaussianDiffusion over them."""
