"""The sample grids of a training: always of the same noise and classes, so that grids can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..pixels import to_pixels
from ..randomness import generator
from ..samplers import SAMPLERS, Steps, initial_noise
from ..storage.grids import save_grid

if TYPE_CHECKING:
    from ..config import TrainConfig
    from ..diffusion import GaussianDiffusion


def grid_classes(count: int, num_classes: int | None) -> list[int] | None:
    """The class of each of `count` pictures, all in turn; None for a model without classes."""
    return None if num_classes is None else [picture % num_classes for picture in range(count)]


def grid_steps(model: GaussianDiffusion, train: TrainConfig) -> Steps:
    """The `sample_steps` steps of a grid; the last one's x_next are its pictures. Close it to break off."""
    x_T = initial_noise(model, train.sample_count, seed=train.seed, device=model.device)
    classes = grid_classes(train.sample_count, model.num_classes)
    return SAMPLERS[train.sample_sampler](
        model,
        x_T,
        steps=train.sample_steps,
        generator=generator(train.seed, "sampling", 0),
        classes=None if classes is None else torch.tensor(classes),
    )


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
    }
    if model.num_classes is not None:
        settings["classes"] = grid_classes(len(images), model.num_classes)
        settings["class_names"] = model.class_names
    save_grid(path, images, settings=settings)
    return images
