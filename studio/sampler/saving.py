"""What a saved picture is called, and the settings that are written into it so that it can be made again."""

from __future__ import annotations

from pathlib import Path

from core.sampling_record import model_record

from .models import ModelFacts, SamplerRequest
from .trajectory import Recording


def file_stem(made: SamplerRequest | None) -> str:
    """The suggested name without its suffix."""
    if made is None:
        return "samples"
    return f"{Path(made.choice.name).stem}-{made.sampler}-{made.steps}-seed-{made.seed}"


def settings_text(made: SamplerRequest, facts: ModelFacts, recording: Recording, step: int | None) -> dict[str, object]:
    """Everything that decided the pictures of `step` (None: of all); facts: of the model that made them."""
    model = model_record(
        made.choice.name, weights=made.weights, step=facts.step, digest=facts.sha256, said=dict(made.choice.said)
    )
    shown = {} if step is None else {"step": step + 1, "t": int(recording.t[step])}
    return {**model, **recording.settings, **shown}
