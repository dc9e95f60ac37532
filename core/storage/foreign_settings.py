"""The settings of a model from elsewhere: what its tensors show, what was noted beside them, what a person says.

What nobody says has a default, and is named as unknown. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import legal_sizes
from ..errors import CheckpointError, ConfigError, Phrase, StudioError, phrase_of
from ..picture_size import require_fitting_size
from .architecture import Architecture
from .overrides import FIXED, model_settings, network_facts, read_overrides, read_setting, require_class_names
from .runs import Run, is_run

#: What tensors never say → what stands for it where nobody does; most of it the library's own defaults.
#: `image_size` is rounded up to what the network takes; small, because a picture of it is made soon.
USE_DEFAULTS: dict[str, Any] = {
    "image_size": 32,
    "auto_normalize": True,
    "ddim_sampling_eta": 0.0,
    "dropout": 0.0,
    "offset_noise_strength": 0.0,
    "immiscible": False,
}
#: What the tables say, where there are any → the library's defaults.
PROCESS_DEFAULTS: dict[str, Any] = {
    "timesteps": 1000,
    "beta_schedule": "sigmoid",
    "schedule_fn_kwargs": {},
    "objective": "pred_v",
    "min_snr_gamma": None,
}
#: Nothing about the model: these choose how it is used.
CHOICE_DEFAULTS: dict[str, Any] = {
    "sampling_timesteps": None,
    "flash_attn": False,
    "immiscible_candidates": 0,
    "class_dropout": 0.1,
    "class_names": None,
}


def settle(
    path: Path,
    architecture: Architecture,
    *,
    seen: Mapping[str, Any],
    likely: Mapping[str, Any],
    noted: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """All settings by name, and those that nobody said.

    seen: what the tables show. likely: what stands for what they leave open, before the defaults. noted: what is said
    beside the tensors. overrides: what a person says, as `read_overrides` judges it.
    Raises ConfigError for an override that is none or contradicts the file, CheckpointError for a note that cannot be.
    """
    defaults = {**USE_DEFAULTS, **PROCESS_DEFAULTS, **_depending_on(architecture), **likely}
    defaults["image_size"] = (legal_sizes(USE_DEFAULTS["image_size"], architecture.halvings)[1],) * 2
    possible = {**CHOICE_DEFAULTS, **defaults}
    if noted.get("class_names") and architecture.num_classes is None:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.classes-without"))
    try:
        notes = {name: read_setting(name, value) for name, value in noted.items() if name in possible}
        require_class_names(notes.get("class_names"), architecture.num_classes)
        require_fitting_size(notes.get("image_size", defaults["image_size"]), 1 << architecture.halvings)
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
    facts = _network_facts(architecture) | {name: notes[name] for name in notes if name in FIXED} | dict(seen)
    said = read_overrides(overrides, facts)
    # Where it is open the tensors show that it is one of the two.
    not_learned = said.pop("learned_sinusoidal_cond", None) is False
    if not_learned and not said.setdefault("random_fourier_features", facts.get("random_fourier_features", True)):
        expected = Phrase("value.file-says-frequencies")
        raise ConfigError("config.bad-value", name="learned_sinusoidal_cond", value=False, expected=expected)
    settings = {**possible, **notes, **seen, **{name: said[name] for name in said if name in possible}}
    return settings, tuple(name for name in defaults if name not in {*notes, *seen, *said})


def _network_facts(architecture: Architecture) -> dict[str, Any]:
    """What the shapes say; learned and random frequencies look the same."""
    open_names = (
        ("learned_sinusoidal_dim",)
        if architecture.learned_sinusoidal_dim is None
        else ("learned_sinusoidal_cond", "random_fourier_features")
    )
    facts = network_facts({"random_fourier_features": False, **architecture.unet_arguments()})
    return {name: fact for name, fact in facts.items() if name not in open_names}


def settings_of_run(path: Path) -> dict[str, Any]:
    """What the run.json beside `path` says of its model, by `load_checkpoint`'s names; {} where there is none to read.

    The Trainer writes model-N.pt into a run folder, and such a file has no place for all of it.
    """
    if not is_run(path.parent):
        return {}
    try:
        return model_settings(Run.open(path.parent).config)
    except StudioError:
        return {}


def _depending_on(architecture: Architecture) -> dict[str, Any]:
    """What only some networks have, and no tensor says."""
    defaults: dict[str, Any] = {}
    if architecture.learned_sinusoidal_dim is None:
        defaults["sinusoidal_pos_emb_theta"] = 10000.0
    else:
        defaults["random_fourier_features"] = False
    if architecture.num_classes is not None:
        defaults |= {name: CHOICE_DEFAULTS[name] for name in ("class_dropout", "class_names")}
    return defaults
