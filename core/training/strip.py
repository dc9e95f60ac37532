"""One picture from eight noise levels: what the averaged network takes it to be, in one pass.

The picture is always the same, one that is not trained on where any is held out, under always the same noise: what
changes from one strip to the next is the network. Its cost is one forward pass of eight pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import autocast
from ..errors import DataError, RunError, phrase_of
from ..randomness import generator
from ..runs.grids import save_strip
from ..sampling import to_pixels
from .events import SaveFailed, Strip
from .probe import fixed_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.pictures import PictureSet
    from ..settings import RunConfig
    from .observing import Moment

#: Noise levels, as shares of T: t = 40, 160 … 880 of 1,000.
LEVELS = tuple(0.04 + 0.12 * k for k in range(8))


def strip_timesteps(timesteps: int) -> NDArray[np.int64]:
    """(8,) the t of a strip's pictures, ascending, of T `timesteps`."""
    return np.array([int(level * timesteps + 1e-9) for level in LEVELS], np.int64)


@torch.no_grad()
def make_strip(
    model: GaussianDiffusion,
    pictures: PictureSet,
    config: RunConfig,
    *,
    step: int,
    path: Path,
    dtype: torch.dtype | None,
) -> Strip:
    """The first held-out picture of `pictures`, or the first of all, as the averaged `model` predicts it.

    path: where it will be kept. dtype: of mixed precision. A network with self-conditioning is given no guess of its
    own. Nothing of the training's randomness is used up. Raises DataError, FolderAwayError.
    """
    chosen = pictures if pictures.held_out is None else pictures.held_out
    device, t = model.device, strip_timesteps(model.num_timesteps)
    images, labels, condition = fixed_pictures(chosen, np.zeros(1, np.int64), device)
    x_start = model.normalize(images).expand(len(t), -1, -1, -1)
    beside = None if condition is None else model.normalize(condition).expand(len(t), -1, -1, -1)
    noise = torch.randn(x_start.shape[1:], generator=generator(config.train.seed, "strip")).to(device)
    at = torch.from_numpy(t).to(device)
    x_t = model.q_sample(x_start, at, noise.expand_as(x_start))
    classes = None if labels is None else labels.expand(len(t))
    with autocast(device, dtype):
        x_0 = model.model_predictions(x_t, at, classes=classes, condition=beside).pred_x_start
    noisy, predicted = (to_pixels(x, normalized=model.auto_normalize) for x in (x_t, x_0))
    return Strip(step, chosen.name(0), t, noisy, predicted, path)


def look_at_strip(now: Moment, pictures: PictureSet) -> Iterator[Strip | SaveFailed]:
    """A strip of the averaged weights, kept in the run beside the grid of the step.

    Nothing where its picture cannot be read just now: that is told where the training itself needs it.
    """
    path, model = now.run.strip_path(now.step), now.state.ema.module
    try:
        with now.threads.using():
            strip = make_strip(model, pictures, now.config, step=now.step, path=path, dtype=now.state.dtype)
    except DataError:
        return
    try:
        save_strip(strip.path, strip.x_t, strip.x_0, t=strip.t, name=strip.name, step=now.step)
    except RunError as error:
        yield SaveFailed(step=now.step, what="samples", reason=phrase_of(error))
    yield strip
