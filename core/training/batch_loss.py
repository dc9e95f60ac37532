"""The loss of one batch, which is a pure function of the seed and the batch's number: here is what is drawn for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from ..device import autocast
from ..randomness import generator

if TYPE_CHECKING:
    from ..config import RunConfig
    from ..data.batches import Batch
    from ..diffusion import GaussianDiffusion


class BatchLoss(NamedTuple):
    """What was asked of the network, and how well it answered; (B,) each."""

    t: Tensor
    raw: Tensor  #: mean squared error
    weighted: Tensor  #: what is minimised


def batch_loss(
    diffusion: GaussianDiffusion, pictures: Batch, config: RunConfig, batch: int, *, dtype: torch.dtype | None
) -> BatchLoss:
    """The loss of batch number `batch`, which are these pictures on the model's device. dtype: of mixed precision."""
    train, device = config.train, diffusion.device
    images, labels = pictures
    x_start = diffusion.normalize(images)
    draw = generator(train.seed, "timesteps", batch)
    t = torch.randint(0, diffusion.num_timesteps, (len(x_start),), generator=draw).to(device)
    noise_draw = generator(train.seed, "noise", batch, device=device)
    noise = torch.randn(x_start.shape, generator=noise_draw, device=device)
    noise = diffusion.prepare_noise(x_start, noise, generator=noise_draw)
    if labels is not None:
        labels = diffusion.prepare_classes(labels, generator=generator(train.seed, "class-dropout", batch))
    coin = torch.rand((), generator=generator(train.seed, "self-condition", batch)).item() < 0.5
    if config.model.dropout:
        torch.manual_seed(generator(train.seed, "dropout", batch).initial_seed() % 2**63)
    with autocast(device, dtype):
        loss = diffusion.training_losses(x_start, t, noise, classes=labels, self_condition_draw=coin)
    return BatchLoss(t, loss.raw, loss.weighted)
