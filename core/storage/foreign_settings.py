"""The settings of a model from elsewhere: what its tensors show, what was noted beside them, what a person says.

What nobody says has a default, and is named as unknown. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import SETTINGS, DiffusionConfig, legal_sizes, read_value
from ..errors import CheckpointError, ConfigError
from ..picture_size import height_and_width
from .architecture import Architecture

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
CHOICE_DEFAULTS: dict[str, Any] = {"sampling_timesteps": None, "flash_attn": False, "immiscible_candidates": 0}


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

    seen: what the tables show. likely: what stands for what they leave open, before the defaults. noted: what the file
    says beside its tensors. overrides: what a person says, which wins.
    Raises ConfigError for an override that is none or does not fit, CheckpointError for such a note.
    """
    defaults = {**USE_DEFAULTS, **PROCESS_DEFAULTS, **_depending_on(architecture), **likely}
    defaults["image_size"] = (legal_sizes(USE_DEFAULTS["image_size"], architecture.halvings)[1],) * 2
    open_to_say = {name for name in defaults if name not in seen} | set(CHOICE_DEFAULTS) | {"objective"}
    for name in overrides:
        if name not in open_to_say:
            reason = "the trained weights hold for it" if name in SETTINGS else "no model has such a setting"
            raise ConfigError("config.unsupported", feature=f"load_checkpoint(…, {name}=…)", reason=reason)
    possible = {**CHOICE_DEFAULTS, **defaults}
    try:
        notes = {name: read_setting(name, value) for name, value in noted.items() if name in possible}
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=str(error)) from error
    said = {name: read_setting(name, value) for name, value in overrides.items()}
    settings = {**CHOICE_DEFAULTS, **defaults, **notes, **seen, **said}
    return settings, tuple(name for name in defaults if name not in {*notes, *seen, *said})


def noted_schedule(noted: Mapping[str, Any]) -> tuple[str, dict[str, float]] | None:
    """The schedule that a file says it has; None where it says none, or nonsense. Its tables are what counts."""
    try:
        return (
            read_setting("beta_schedule", noted["beta_schedule"]),
            read_setting("schedule_fn_kwargs", noted["schedule_fn_kwargs"]),
        )
    except (KeyError, ConfigError):
        return None


def read_setting(name: str, value: object) -> Any:  # noqa: ANN401 (a setting of any type)
    """`value` as the setting `name` has it; sizes as (height, width), options of a schedule as numbers by name.

    Raises ConfigError for a value of the wrong kind or range.
    """
    match name, value:
        case "image_size", int() | list() | tuple():
            height, width = height_and_width(value)
            return read_value("image_height", height), read_value("image_size", width)
        case "sampling_timesteps", None | int():
            return value  # the process knows how many there can be
        case "sampling_timesteps", _:
            raise ConfigError("config.bad-value", name=name, value=value, expected="a whole number")
        case "schedule_fn_kwargs", Mapping():
            words = tuple(f"{option}={number}" for option, number in value.items()) or None
            return DiffusionConfig(schedule_fn_kwargs=words).schedule_options()
        case "schedule_fn_kwargs", _:
            words = read_value(name, value)  # type: ignore[assignment]
            return DiffusionConfig(schedule_fn_kwargs=words).schedule_options()
    return read_value(name, value)


def _depending_on(architecture: Architecture) -> dict[str, Any]:
    """What only some networks have, and no tensor says."""
    defaults: dict[str, Any] = {}
    if architecture.learned_sinusoidal_dim is None:
        defaults["sinusoidal_pos_emb_theta"] = 10000.0
    else:
        defaults["random_fourier_features"] = False
    if architecture.num_classes is not None:
        defaults |= {"class_dropout": 0.1, "class_names": None}
    return defaults
