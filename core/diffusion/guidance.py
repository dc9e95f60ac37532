"""Guidance: asking twice, once so that the answer is worse, and going further from the worse one to the better.

The worse answer is that of the same network without the class (classifier-free guidance, Ho & Salimans 2022, arXiv
2207.12598: in training the label is left out now and then, so that one network is both), or that of a worse network,
an earlier checkpoint say, which needs no classes (autoguidance, Karras et al. 2024, arXiv 2406.02507).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ..device import sent
from ..errors import Phrase, SamplingError
from ..inputs import bad_value, require_number


class Guidance(NamedTuple):
    """How strongly a class is followed, and how far a worse model is left behind.

    scale    1: the conditional model itself; 0: the unconditional one; above 1: beyond the conditional one
    rescale  0 … 1: how far the result's spread is brought back to the conditional output's (Lin et al. 2023)
    guide    a worse model, a ReverseProcess of the same objective, schedule, size and classes; None: none
    guide_scale  1: the model itself, and the guide is not asked; 0: the guide; above 1: away from the guide
    """

    scale: float = 1.0
    rescale: float = 0.0
    guide: nn.Module | None = None
    guide_scale: float = 1.0


MAX_SCALE = 100
NO_GUIDANCE = Guidance()


def require_guidance(guidance: object, *, has_classes: bool) -> None:
    """Raises SamplingError for numbers that no guidance has, for guidance towards no class and a scale of no guide."""
    if not isinstance(guidance, Guidance):
        raise bad_value("guidance", guidance, Phrase("value.guidance"), SamplingError)
    require_number("guidance_scale", guidance.scale, 0, MAX_SCALE)
    require_number("guidance_rescale", guidance.rescale, 0, 1)
    require_number("guide_scale", guidance.guide_scale, 0, MAX_SCALE)
    if guidance.guide is None and guidance.guide_scale != 1:
        raise bad_value("guide_scale", guidance.guide_scale, Phrase("value.no-guide"), SamplingError)
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


def away_from(worse: Tensor, conditional: Tensor, output: Tensor, scale: float) -> Tensor:
    """output + (scale − 1)·(conditional − worse), (B, C, H, W) each.

    worse and conditional: what guide and model say of the same class. Where `output` is `conditional` it is worse +
    scale·(conditional − worse), eq. 4 of Karras et al. 2024 as it stands there for one condition; where a class guides
    too, each pushes by its own term, away from the guide and away from no class, as if the other were not there.
    """
    return output + (scale - 1) * (conditional - worse)


def leave_out(
    classes: Tensor, no_class: int, probability: float, *, generator: torch.Generator | None = None
) -> Tensor:
    """`classes`, (B,), each replaced by `no_class` with `probability`; a new tensor."""
    source = classes.device if generator is None else generator.device
    dropped = sent(torch.rand(classes.shape, generator=generator, device=source), classes.device) < probability
    return torch.where(dropped, no_class, classes)
