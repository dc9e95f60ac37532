"""From a model and a request to frames: runs a sampler and turns every step's tensors into plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import torch

from .config import SampleConfig
from .diffusion import GaussianDiffusion
from .errors import SamplingError
from .frames import Frame, SamplingEvent, SamplingFinished, SamplingStarted
from .pixels import to_pixels
from .randomness import generator
from .samplers import SAMPLERS, Step, initial_noise


def sample_frames(diffusion: GaussianDiffusion, request: SampleConfig) -> Iterator[SamplingEvent]:
    """SamplingStarted, exactly `sample_steps` Frames, SamplingFinished; close it to stop between two steps.

    Picture k's first noise depends on (seed, k) alone, so a larger grid begins with the same pictures where the sampler
    adds no noise. Raises SamplingError for a request that cannot be carried out.
    """
    if request.sampler not in SAMPLERS:
        known = "one of " + ", ".join(SAMPLERS)
        raise SamplingError("sampling.bad-value", name="sampler", value=request.sampler, expected=known)
    sampler = SAMPLERS[request.sampler]
    x_T = initial_noise(diffusion, request.count, seed=request.seed, device=diffusion.device)
    draw = generator(request.seed, "sampling", 0)
    eta = request.eta if sampler.takes_eta else None
    alphas_cumprod = diffusion.alphas_cumprod.double().cpu().numpy()
    steps = sampler(diffusion, x_T, steps=request.sample_steps, generator=draw, eta=eta)
    height, width = diffusion.image_size
    yield SamplingStarted(
        steps=request.sample_steps,
        count=request.count,
        height=height,
        width=width,
        channels=diffusion.channels,
        alphas_cumprod=alphas_cumprod,
    )
    before: torch.Tensor | None = None
    x = x_T
    with closing(steps):
        for step in steps:
            yield _frame(step, before, float(alphas_cumprod[step.t]))
            before, x = step.x_0, step.x_next
    yield SamplingFinished(to_pixels(x))


def _frame(step: Step, x_0_before: torch.Tensor | None, alphas_cumprod: float) -> Frame:
    x_t = step.x_t.float().flatten(1)
    if x_0_before is None:
        delta = torch.full((len(x_t),), torch.nan)
    else:
        delta = (step.x_0 - x_0_before).float().flatten(1).square().mean(dim=1).sqrt()
    return Frame(
        index=step.index,
        t=step.t,
        t_next=step.t_next,
        x_t=to_pixels(step.x_t),
        x_0=to_pixels(step.x_0),
        alphas_cumprod=alphas_cumprod,
        snr=alphas_cumprod / (1 - alphas_cumprod) if alphas_cumprod < 1 else float("inf"),
        delta_x_0=delta.cpu().numpy(),
        x_t_mean=x_t.mean(dim=1).cpu().numpy(),
        x_t_std=x_t.std(dim=1, correction=0).cpu().numpy(),
    )
