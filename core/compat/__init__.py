"""What denoising-diffusion-pytorch expects and writes: its files, its Trainer, its arguments. Nothing imports this."""
