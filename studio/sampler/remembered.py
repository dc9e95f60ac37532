"""What the sampler room remembers between starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..settings import Settings
    from .head import SamplerHead
    from .options import SamplerOptions


def remember(settings: Settings, head: SamplerHead, options: SamplerOptions) -> None:
    """Put the settings of the room where the next start finds them."""
    fields, classes = head.fields, options.class_row
    if fields.info() is not None:
        settings["sampler"] = str(fields.sampler.currentData())
    settings["sampler_steps"] = dict(fields.steps_of)
    settings["sampler_seed"] = head.seed.value()
    settings["sampler_count"] = head.count.value()
    settings["sampler_spacing"] = options.spacing_name()
    settings["guidance_scale"] = classes.guidance.value()
    settings["guidance_rescale"] = classes.rescale.value()


def recall(settings: Settings, head: SamplerHead, options: SamplerOptions) -> None:
    """Set the room as it was. A number out of range becomes the nearest that can be."""
    steps = {name: n for name, n in settings["sampler_steps"].items() if isinstance(n, int) and n > 0}
    head.fields.set_wishes(settings["sampler"], steps)
    head.set_seed_and_count(settings["sampler_seed"], settings["sampler_count"])
    options.wish_spacing(settings["sampler_spacing"])
    options.class_row.set_guidance(settings["guidance_scale"], settings["guidance_rescale"])
