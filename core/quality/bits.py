"""Bits per dimension: how many bits a trained model needs, at most, for each 8-bit number of a picture.

The variational bound of Ho et al. 2020 (arXiv 2006.11239, eq. 5), L_T + Σ L_{t−1} + L_0, over log 2 and the number of
values; per timestep as in Kingma et al. 2021 (arXiv 2107.00630, eq. 13). The reverse process is the library's own with
the posterior's variance, σ_t² = β̃_t (`posterior_variance`), and x̂_0 clipped as samplers clip it. At t = 0, where β̃ is
0, the discretised decoder of Ho et al., eq. 13, has σ² = β_0 (their other choice of section 3.2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import ConfigError, Phrase
from ..inputs import bad_value, require_whole
from ..randomness import generator, numpy_generator

if TYPE_CHECKING:
    from torch import Tensor

    from ..diffusion.gaussian_diffusion import GaussianDiffusion

#: Of the timesteps that are drawn, the part that is drawn evenly over t; so none is ever left out.
EVEN_SHARE = 0.1
#: Pictures that are told apart by 256 levels.
LEVELS = 256
#: Timesteps for each picture, unless told otherwise.
USUAL_DRAWS = 32
#: Rows in one pass of the network.
TOGETHER = 64


@dataclass(frozen=True, slots=True)
class BitsProgress:
    """So many of the network's rows are done."""

    done: int
    of: int


@dataclass(frozen=True, slots=True, eq=False)
class Bits:
    """Bits per dimension of N pictures.

    pictures  (N,) of each
    per_t     (T,) in the mean over the pictures: L_0, the decoder, at 0, and L_t of each later timestep. Where
              timesteps were drawn it is as noisy as they were few; its sum is not
    prior     L_T in the mean
    error     the standard error of the mean over pictures, timesteps and noise; NaN of one picture
    """

    pictures: NDArray[np.float64]
    per_t: NDArray[np.float64]
    prior: float
    error: float

    @property
    def total(self) -> float:
        """The mean over the pictures: prior + Σ per_t."""
        return float(self.pictures.mean())

    @property
    def decoder(self) -> float:
        """L_0 in the mean."""
        return float(self.per_t[0])


@torch.no_grad()
def bits_per_dimension(
    diffusion: GaussianDiffusion,
    pictures: Tensor,
    *,
    draws: int | None = USUAL_DRAWS,
    seed: int = 0,
    classes: Tensor | None = None,
    condition: Tensor | None = None,
) -> Iterator[BitsProgress | Bits]:
    """Bits per dimension of `pictures`, (N, C, H, W) in [0, 1] on 256 levels; Bits comes last, close it to break off.

    draws: timesteps for each picture besides t = 0, drawn so that the estimate is unbiased: one from each of so many
    equal parts of a distribution that follows the fall of log SNR. None: all T − 1, each with one noise.
    classes: (N,) labels, where the model knows classes; then the bits are those that are needed beside the class.
    condition: (N, condition_channels, H, W) in [0, 1], what the network sees beside each; likewise.
    Everything random is a function of (seed, picture), so the first pictures' numbers do not depend on how many follow.
    Raises ConfigError for other pictures, SamplingError for labels.
    """
    if pictures.ndim != 4 or not len(pictures) or tuple(pictures.shape[1:]) != _shape(diffusion):
        channels, height, width = _shape(diffusion)
        wanted = Phrase("value.pictures-in-0-1", channels=channels, height=height, width=width)
        raise bad_value("pictures", pictures, wanted)
    if draws is not None:
        require_whole("draws", draws, 1, kind=ConfigError)
    labels = None if classes is None else diffusion.class_labels(classes, len(pictures))
    x_0 = diffusion.normalize(pictures.float().to(diffusion.device))
    beside = None if condition is None else diffusion.normalize(condition.float().to(diffusion.device))
    dims = math.prod(x_0.shape[1:])
    betas = diffusion.betas.double().cpu().numpy()
    # From the betas: near 1 the table's ᾱ, of 32 bits, says little of 1 − ᾱ.
    log_alphas = np.cumsum(np.log1p(-betas))
    snr = np.exp(log_alphas) / -np.expm1(log_alphas)
    count, timesteps = len(x_0), len(betas)
    per_t, of_each = np.zeros(timesteps), np.empty(count)
    prior = _prior(x_0, math.exp(log_alphas[-1])) / (dims * math.log(2))
    chances = _chances(snr)
    of = count * (1 + (timesteps - 1 if draws is None else min(draws, timesteps - 1) if timesteps > 1 else 0))
    was_training, done = diffusion.training, 0
    diffusion.eval()
    try:
        drawn = ((number, *_drawn(chances, draws, seed, number)) for number in range(count))
        for together in _in_passes(drawn):
            numbers = np.concatenate([np.full(len(t), number) for number, t, _ in together])
            t = np.concatenate([t for _, t, _ in together])
            terms = np.empty(len(t))
            noise = _Noise(seed, x_0.shape[1:], together)
            for start in range(0, len(t), TOGETHER):
                part = slice(start, min(start + TOGETHER, len(t)))
                times = torch.from_numpy(t[part]).to(diffusion.device)
                at = torch.from_numpy(numbers[part]).to(diffusion.device)
                rows, label = x_0[at], None if labels is None else labels[at]
                x_t = diffusion.q_sample(rows, times, noise.next(len(times)).to(diffusion.device))
                guess = _guess(diffusion, x_t, times, label, None if beside is None else beside[at])
                terms[part] = _terms(rows, guess, t[part], snr, float(betas[0]), diffusion.auto_normalize)
                done += len(times)
                yield BitsProgress(done, of)
            terms *= np.concatenate([weight for _, _, weight in together]) / (dims * math.log(2))
            np.add.at(per_t, t, terms / count)
            for number, _, _ in together:
                of_each[number] = prior[number] + terms[numbers == number].sum()
    finally:
        diffusion.train(was_training)
    error = float(of_each.std(ddof=1) / math.sqrt(count)) if count > 1 else float("nan")
    yield Bits(of_each, per_t, float(prior.mean()), error)


#: A picture's number, its timesteps, and what each term of theirs counts for.
_Drawn = tuple[int, "NDArray[np.int64]", "NDArray[np.float64]"]


def _in_passes(drawn: Iterable[_Drawn]) -> Iterator[list[_Drawn]]:
    """Pictures whose timesteps fit together into a pass of the network, at least one each."""
    together: list[_Drawn] = []
    for one in drawn:
        if together and sum(len(t) for _, t, _ in together) + len(one[1]) > TOGETHER:
            yield together
            together = []
        together.append(one)
    if together:
        yield together


class _Noise:
    """Of the rows of some pictures, one after the other; each picture's is a function of (seed, picture)."""

    def __init__(self, seed: int, shape: torch.Size, together: list[_Drawn]) -> None:
        self._shape = shape
        self._draws = [(generator(seed, "quality bits noise", number), len(t)) for number, t, _ in together]

    def next(self, count: int) -> Tensor:
        """(count, C, H, W) on the CPU."""
        if len(self._draws) == 1:
            return torch.randn((count, *self._shape), generator=self._draws[0][0])
        # All of a few pictures: they are together because one pass has room for them.
        return torch.cat([torch.randn((rows, *self._shape), generator=draw) for draw, rows in self._draws])


def _shape(diffusion: GaussianDiffusion) -> tuple[int, int, int]:
    return diffusion.channels, *diffusion.image_size


def _prior(x_0: Tensor, alphas_cumprod: float) -> NDArray[np.float64]:
    """(N,) KL(q(x_T | x_0) ‖ N(0, I)), nats."""
    remaining = 1 - alphas_cumprod
    each = alphas_cumprod * x_0.double().square() + remaining - 1 - math.log(remaining)
    sums: NDArray[np.float64] = (each / 2).flatten(1).sum(1).cpu().numpy()
    return sums


def _chances(snr: NDArray[np.float64]) -> NDArray[np.float64]:
    """(T − 1,) how likely t = 1 … T − 1 is drawn: by the fall of log SNR, which terms follow, and in part evenly."""
    falls = np.log(snr[:-1]) - np.log(snr[1:])
    share: NDArray[np.float64] = EVEN_SHARE / max(1, len(falls)) + (1 - EVEN_SHARE) * falls / falls.sum()
    return share


def _drawn(
    chances: NDArray[np.float64], draws: int | None, seed: int, number: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(K + 1,) timesteps of a picture, 0 first, and what each term counts for."""
    count = len(chances)
    if draws is None or draws >= count:
        return np.arange(count + 1), np.ones(count + 1)
    places = (np.arange(draws) + numpy_generator(seed, "quality bits", number).random(draws)) / draws
    found = np.searchsorted(np.cumsum(chances), places, side="right").clip(max=count - 1)
    return np.concatenate([[0], found + 1]), np.concatenate([[1.0], 1 / (draws * chances[found])])


def _guess(
    diffusion: GaussianDiffusion, x_t: Tensor, t: Tensor, classes: Tensor | None, condition: Tensor | None
) -> Tensor:
    """x̂_0, clipped as a sampler clips it. A network with self-conditioning is first asked for a guess of its own."""
    ask = partial(diffusion.model_predictions, clip_x_start=True, classes=classes, condition=condition)
    fed_back = ask(x_t, t).pred_x_start if diffusion.self_condition else None
    return ask(x_t, t, fed_back).pred_x_start


def _terms(
    x_0: Tensor, guess: Tensor, t: NDArray[np.int64], snr: NDArray[np.float64], variance: float, normalized: bool
) -> NDArray[np.float64]:
    """(B,) nats: L_t = ½ (SNR_{t−1} − SNR_t) ‖x_0 − x̂_0‖², which is Ho et al.'s KL of two Gaussians; of t = 0 L_0."""
    apart = (x_0 - guess).double().square().flatten(1).sum(1).cpu().numpy()
    terms: NDArray[np.float64] = (snr[t - 1] - snr[t]) * apart / 2  # of t = 0 it is not used
    for row in np.flatnonzero(t == 0).tolist():
        terms[row] = -float(_log_decoder(x_0[row].double(), guess[row].double(), variance, normalized).sum())
    return terms


def _log_decoder(x_0: Tensor, mean: Tensor, variance: float, normalized: bool) -> Tensor:
    """log of a Gaussian's mass in the bin of each value; the first and the last bin reach to infinity."""
    low, high = (-1.0, 1.0) if normalized else (0.0, 1.0)
    half = (high - low) / (LEVELS - 1) / 2
    spread = math.sqrt(variance)
    above, below = (x_0 + half - mean) / spread, (x_0 - half - mean) / spread
    # Far in a tail both ends' Φ are 1: there the mirrored tail is taken, whose difference is exact.
    mirrored = below > 0
    above, below = torch.where(mirrored, -below, above), torch.where(mirrored, -above, below)
    # What lies beyond the last level belongs to it.
    first, last = x_0 < low + half, x_0 > high - half
    infinite = torch.full_like(x_0, math.inf)
    above = torch.where(last & ~mirrored, infinite, above)
    below = torch.where((first & ~mirrored) | (last & mirrored), -infinite, below)
    above = torch.where(first & mirrored, infinite, above)
    log_above, log_below = torch.special.log_ndtr(above), torch.special.log_ndtr(below)
    inside = log_above + torch.log1p(-torch.exp(log_below - log_above))
    return torch.where(torch.isneginf(log_below), log_above, inside)
