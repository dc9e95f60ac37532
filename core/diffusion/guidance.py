"""Classifier-free guidance: asking a network that knows classes twice, with the class and without, and going further.

Ho & Salimans 2022, arXiv 2207.12598. In training the label is left out now and then, so that one network is both.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..device import sent
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number


class Guidance(NamedTuple):
    """How strongly a class is followed.

    scale    1: the conditional model itself; 0: the unconditional one; above 1: beyond the conditional one
    rescale  0 … 1: how far the result's spread is brought back to the conditional output's (Lin et al. 2023)
    """

    scale: float = 1.0
    rescale: float = 0.0


MAX_SCALE = 100
NO_GUIDANCE = Guidance()


def require_guidance(guidance: object, *, has_classes: bool) -> None:
    """Raises SamplingError for numbers that no guidance has, and for guidance towards no class."""
    if not isinstance(guidance, Guidance):
        raise bad_value("guidance", guidance, Phrase("value.guidance"), SamplingError)
    require_number("guidance_scale", guidance.scale, 0, MAX_SCALE)
    require_number("guidance_rescale", guidance.rescale, 0, 1)
    if has_classes:
        return
    for name, value, none in (("guidance_scale", guidance.scale, 1), ("guidance_rescale", guidance.rescale, 0)):
        if value != none:
            raise bad_value(name, value, Phrase("value.no-guidance", none=none), SamplingError)


def guide(conditional: Tensor, unconditional: Tensor, guidance: Guidance) -> Tensor:
    """unconditional + scale·(conditional − unconditional), its spread per picture brought back by `rescale`.

    (B, C, H, W) each. Ho & Salimans 2022, eq. 6, with scale = 1 + w; rescaling: Lin et al. 2023, arXiv 2305.08891,
    eq. 15 and 16.
    """
    guided = torch.lerp(unconditional, conditional, guidance.scale)
    if guidance.rescale > 0:
        spread = conditional.flatten(1).std(dim=1) / guided.flatten(1).std(dim=1).clamp(min=1e-12)
        guided = guided * torch.lerp(torch.ones_like(spread), spread, guidance.rescale)[:, None, None, None]
    return guided


def leave_out(
    classes: Tensor, no_class: int, probability: float, *, generator: torch.Generator | None = None
) -> Tensor:
    """`classes`, (B,), each replaced by `no_class` with `probability`; a new tensor."""
    source = classes.device if generator is None else generator.device
    dropped = sent(torch.rand(classes.shape, generator=generator, device=source), classes.device) < probability
    return torch.where(dropped, no_class, classes)
