"""What a saved picture is called, and the settings that are written into it so that it can be made again."""

from __future__ import annotations

from pathlib import Path

from .models import Origin, SamplerRequest, StartPicture
from .trajectory import Recording


def file_stem(made: SamplerRequest | None) -> str:
    """The suggested name without its suffix."""
    if made is None:
        return "samples"
    return f"{Path(made.choice.name).stem}-{made.sampler}-{made.steps}-seed-{made.seed}"


def settings_text(
    made: SamplerRequest, recording: Recording, step: int | None, made_at: int | None
) -> dict[str, object]:
    """Everything that decided the pictures of `step` (None: of all); `made_at` is the step of a model in training."""
    settings: dict[str, object] = {
        "model": made.choice.name,
        "weights": made.weights,
        "sampler": made.sampler,
        "sample_steps": made.steps,
        "seed": made.seed,
        "count": made.count,
    }
    if step is not None:
        settings |= {"step": step + 1, "t": int(recording.t[step])}
    if made.eta is not None:
        settings["eta"] = made.eta
    if made.spacing is not None:
        settings["spacing"] = made.spacing
    settings |= dict(made.choice.said)
    if made.choice.origin is Origin.TRAINING and made_at is not None:
        settings["training_step"] = made_at
    if made.classes:
        settings["classes"] = [made.class_of(picture) for picture in range(made.count)]
        settings["guidance_scale"] = made.guidance_scale
        settings["guidance_rescale"] = made.guidance_rescale
    return settings | _beginning(made)


def _beginning(made: SamplerRequest) -> dict[str, object]:
    began = made.beginning
    settings: dict[str, object] = {}
    if began.pictures:
        settings["start"] = [_called(picture) for picture in began.pictures]
    if began.t is not None:
        settings["start_t"] = began.t
    if began.lam is not None:
        settings["lambda"] = began.lam
    if began.mask is not None:
        settings["mask"] = _called(began.mask)
    return settings


def _called(picture: StartPicture) -> str:
    """The file's name without its folder, which is nobody's business."""
    return picture.name if picture.path is None else picture.path.name
