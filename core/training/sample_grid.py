"""The sample grids of a training: always of the same noise and classes, so that grids can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..pixels import to_pixels
from ..samplers import SAMPLERS, PictureNoise, Steps, initial_noise
from ..sampling import labels_in_turn, offset_strength
from ..storage.atomic import make_folder
from ..storage.grids import save_grid

if TYPE_CHECKING:
    from ..config import TrainConfig
    from ..diffusion import GaussianDiffusion


def grid_steps(model: GaussianDiffusion, train: TrainConfig) -> Steps:
    """The `sample_steps` steps of a grid; the last one's x_next are its pictures. Close it to break off."""
    count, strength = train.sample_count, offset_strength(model, offset_noise=True)
    x_T = initial_noise(model, count, seed=train.seed, device=model.device, offset_noise_strength=strength)
    return SAMPLERS[train.sample_sampler](
        model,
        x_T,
        steps=train.sample_steps,
        generator=PictureNoise(train.seed, count, offset_noise_strength=strength),
        classes=_classes(model, train),
    )


def grid_calls(train: TrainConfig) -> int:
    """How often a grid asks the network, at most."""
    return train.sample_steps * SAMPLERS[train.sample_sampler].calls_per_step


def save_samples(
    x: torch.Tensor, path: Path, *, model: GaussianDiffusion, train: TrainConfig, step: int
) -> NDArray[np.uint8]:
    """Write the grid of x, (N, C, H, W), with what made it inside; the pictures, (N, H, W, C). Raises RunError."""
    images = to_pixels(x, normalized=model.auto_normalize)
    settings: dict[str, object] = {
        "step": step,
        "weights": "ema",
        "sampler": train.sample_sampler,
        "sample_steps": train.sample_steps,
        "seed": train.seed,
        "offset_noise_strength": model.offset_noise_strength,
    }
    if model.num_classes is not None:
        settings["classes"] = _classes(model, train)
        settings["class_names"] = model.class_names
    make_folder(path.parent)  # someone may have thrown the pictures away to make room
    save_grid(path, images, settings=settings)
    return images


def _classes(model: GaussianDiffusion, train: TrainConfig) -> list[int] | None:
    """All classes in turn; None for a model that knows none."""
    return labels_in_turn(range(model.num_classes or 0), train.sample_count)
