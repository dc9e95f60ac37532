"""Whether a checkpoint's tensors are those of the model that its settings describe; known before one is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..config import RunConfig
from ..errors import CheckpointError, ConfigError, Phrase, phrase_of
from .architecture import Shape, in_words
from .fitting import FLOATS, TABLES, shapes_of
from .overrides import FIXED, model_settings, process_settings
from .tensors import opened_tensors

if TYPE_CHECKING:
    from ..unet import Unet
    from .checkpoint_files import Description


def require_own_model(path: Path, description: Description) -> RunConfig:
    """The settings of the checkpoint at `path`; raw and averaged tensors have their names, shapes and types.

    Raises CheckpointError naming the setting or the tensor that is another.
    """
    try:
        config = RunConfig.from_dict(description.config)
        config.validate()
        if config.data.image_size is None or config.data.channels is None:
            raise ConfigError(
                "config.bad-value",
                name=Phrase("setting.and", first="image_size", second="channels"),
                value="auto",
                expected=Phrase("value.number"),
            )
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
    with opened_tensors(path.parent / description.tensors) as (_, header):
        found = header.tensors
    expected = _shapes(path, config)
    for name in expected:
        if name not in found:
            _refuse(path, Phrase("file.lacks", name=name))
    for name, place in found.items():
        shapes = _moment_shapes(name, expected) if name.startswith("optimizer.") else [expected.get(name)]
        if shapes[0] is None:
            _refuse(path, Phrase("file.unknown-tensor", name=name))
        if place.shape not in shapes:
            _refuse(
                path, Phrase("file.shape-instead", name=name, got=in_words(place.shape), wanted=in_words(shapes[0]))
            )
        if place.dtype not in FLOATS:
            _refuse(path, Phrase("file.dtype", name=name, dtype=place.dtype, known=", ".join(FLOATS)))
    _require_known_extra(path, description.extra)
    return config


def run_facts(config: RunConfig, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a run says of its model and nobody may contradict; the schedule as `said` calls it, if it is the same."""
    facts = {name: fact for name, fact in model_settings(config).items() if name in FIXED}
    if said.keys() & {"beta_schedule", "schedule_fn_kwargs"}:
        from ..schedules import make_betas
        from .recognition import restated_schedule

        found = facts["beta_schedule"], facts["schedule_fn_kwargs"]
        betas = make_betas(found[0], config.diffusion.timesteps, found[1])
        name, options = restated_schedule(betas, found, process_settings(said)) or found
        facts |= {"beta_schedule": name, "schedule_fn_kwargs": options}
    return facts


def _moment_shapes(name: str, expected: Mapping[str, Shape]) -> list[Shape | None]:
    """What an entry of the optimizer's state may be: as its parameter, or a count."""
    parameter, _, moment = name.removeprefix("optimizer.").rpartition(".")
    if moment == "step":
        return [()] if f"model.{parameter}" in expected else [None]
    return [expected.get(f"model.{parameter}") if moment in ("exp_avg", "exp_avg_sq") else None]


def _require_known_extra(path: Path, extra: Mapping[str, Any]) -> None:
    """Refuse what a training could not go on with."""
    for name, value in extra.items():
        match name, value:
            case "elapsed_s", int() | float() if 0 <= value < math.inf:
                pass
            case "data_shift", int() if 0 <= value < 2**62:
                pass
            case (("smoothed_loss" | "scaler"), None):
                pass
            case "smoothed_loss", int() | float() if -math.inf < value < math.inf:
                pass
            case "scaler", dict() if all(isinstance(number, int | float) for number in value.values()):
                pass
            case (("elapsed_s" | "data_shift" | "smoothed_loss" | "scaler"), _):
                raise CheckpointError(
                    "checkpoint.damaged", path=path, reason=Phrase("file.setting-is", name=name, value=value)
                )


def _shapes(path: Path, config: RunConfig) -> dict[str, Shape]:
    """The names and shapes of both sets of weights, each with its tables."""

    def make() -> Unet:
        from ..build import build_unet

        return build_unet(config)

    one = {f"model.{name}": shape for name, shape in shapes_of(path, make).items()}
    one |= dict.fromkeys(TABLES, (config.diffusion.timesteps,))
    return {f"{which}.{name}": shape for which in ("model", "ema") for name, shape in one.items()}


def _refuse(path: Path, reason: Phrase) -> NoReturn:
    raise CheckpointError("checkpoint.mismatch", path=path, reason=reason)
