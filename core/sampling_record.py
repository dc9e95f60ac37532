"""What is written into a sampled picture: everything that decided it, so that it can be made again.

The window and the command line write the same. `request_record` tells the request, with nothing left on a default;
`model_record` tells the model that it was made to. Imports no torch until a request is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from .beginning import JUMP, RESAMPLES, Start, StartPicture

if TYPE_CHECKING:
    from .diffusion.gaussian_diffusion import GaussianDiffusion
    from .settings import SampleConfig

#: Classes of more pictures are told as the turn that they take.
MOST_CLASSES = 64


class Guide(NamedTuple):
    """A worse model that a sampling goes away from, and which one it is.

    name, weights, step, sha256: as `model_record` takes them
    """

    diffusion: GaussianDiffusion
    name: str
    weights: str
    step: int | None = None
    sha256: str | None = None

    def record(self) -> dict[str, object]:
        """Which model it is; what nobody knows is left out."""
        told = {"": self.name, "_weights": self.weights, "_step": self.step, "_sha256": self.sha256}
        return {f"guide{key}": value for key, value in told.items() if value is not None}


def request_record(
    diffusion: GaussianDiffusion, request: SampleConfig, guide: Guide | None = None
) -> dict[str, object]:
    """What of the request decided its pictures. Reads the pictures that it begins with, for their SHA-256."""
    from .samplers import sampler_named

    began = request.beginning
    name = request.sampler if began.mask is None else "ddpm"
    sampler = sampler_named(name)
    settings: dict[str, object] = {
        "sampler": name,
        "sample_steps": request.sample_steps,
        # Those that were given or fitted, one by one: the pictures can be made again without whoever gave them.
        **(
            {"spacing": request.spacing or sampler.default_spacing}
            if request.times is None
            else {"times": [*request.times]}
        ),
        "seed": request.seed,
        "noise_of": "seed and number",  # of each picture, however many are made; before, of the seed and all together
        "offset_noise_strength": diffusion.offset_noise_strength if request.offset_noise else 0.0,
        "count": request.count,
        "timesteps": diffusion.num_timesteps,
        "image_size": list(diffusion.image_size),
        "device": diffusion.device.type,
        "precision": request.precision,
    }
    if sampler.takes_eta and began.mask is None:
        settings["eta"] = diffusion.ddim_sampling_eta if request.eta is None else request.eta
    if request.classes:
        turn = len(request.classes)
        told = request.count if request.count <= MOST_CLASSES else turn
        settings["classes"] = [class_name(diffusion, request.classes[k % turn]) for k in range(told)]
        settings["guidance_scale"] = request.guidance_scale
        settings["guidance_rescale"] = request.guidance_rescale
    if request.condition:
        # One for each picture, with its bytes' digest: the same name may be another picture tomorrow.
        places = [k % len(request.condition) for k in range(request.first, request.first + request.count)]
        digests = {place: _sha256(request.condition[place]) for place in set(places)}
        settings["condition"] = [request.condition[place].called for place in places]
        settings["condition_sha256"] = [digests[place] for place in places]
    if guide is not None and request.guide_scale != 1:
        settings |= {**guide.record(), "guide_scale": request.guide_scale}
    if began.start is Start.NOISE:
        return settings
    settings["start"] = [picture.called for picture in began.pictures]
    settings["start_sha256"] = [_sha256(picture) for picture in began.pictures]
    if began.mask is not None:
        settings |= {"edit": "inpaint", "mask": began.mask.called, "mask_sha256": _sha256(began.mask)}
        return settings | {"resamples": RESAMPLES, "jump": JUMP}
    settings |= {"edit": "image_to_image" if began.start is Start.PICTURE else "interpolate", "at_t": began.t}
    if began.start is Start.PICTURE:
        return {**settings, "at_t": list(map(int, began.row))} if began.row else settings
    return {**settings, "mix": list(began.row) or began.lam}


def _sha256(picture: StartPicture) -> str:
    """Of the file's bytes, or of the pixels; "" where the file cannot be read any more."""
    from .runs.checkpoint_files import sha256_of

    if picture.seen:
        return picture.digest
    if picture.path is None:
        return sha256(picture.pixels).hexdigest()
    try:
        return sha256_of(picture.path)
    except OSError:
        return ""


def model_record(
    name: str, *, weights: str, step: int | None, digest: str | None, said: Mapping[str, object]
) -> dict[str, object]:
    """Which model it was.

    step: of its training. digest: the SHA-256 of the file of its tensors; None for one in training. said: the settings
    that its file does not say and a person did.
    """
    told = {"model": name, "weights": weights, "model_step": step, "model_sha256": digest}
    return {key: value for key, value in told.items() if value is not None} | dict(said)


def class_name(diffusion: GaussianDiffusion, label: int) -> str | int | None:
    """What a class is called; its number where it has no name, None for the label that means none."""
    if label == diffusion.num_classes:
        return None
    return diffusion.class_names[label] if diffusion.class_names else label
