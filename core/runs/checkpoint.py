"""Checkpoints: what a training needs to go on, and what sampling needs to begin. No pickle anywhere."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..catalogue import OPTIMIZERS
from ..errors import CheckpointError, ConfigError, Phrase, StudioError, phrase_of
from ..inputs import length_of
from ..settings import RunConfig
from .atomic import make_folder, remove_file
from .averages import TRACKED, averaged
from .checkpoint_files import (
    AVERAGES,
    BadCheckpoint,
    Description,
    description_path,
    free_tensors_path,
    newest_good,
    prune,
    read_description,
    verify,
    write_description,
)
from .fitting import FLOATS, TABLES, Shape, in_words, require_finite, shapes_of
from .opening import LoadedModel
from .overrides import FIXED, model_settings, process_settings, read_overrides
from .run import CHECKPOINTS, is_run
from .tensors import TensorFile, read_tensors, write_tensors

if TYPE_CHECKING:
    from torch import Tensor, nn


# --- Whether a checkpoint's tensors are those of the model that its settings describe; known before one is read.


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
    found = TensorFile(path.parent / description.tensors).header.tensors
    expected = _shapes(path, config)
    moments = OPTIMIZERS[config.train.optimizer].moments
    for name in expected:
        if name not in found:
            _refuse(path, Phrase("file.lacks", name=name))
    for name, place in found.items():
        shapes = _moment_shapes(name, expected, moments) if name.startswith("optimizer.") else [expected.get(name)]
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
        from ..diffusion.schedules import make_betas
        from .recognition import restated_schedule

        found = facts["beta_schedule"], facts["schedule_fn_kwargs"]
        betas = make_betas(found[0], config.diffusion.timesteps, found[1])
        name, options = restated_schedule(betas, found, process_settings(said)) or found
        facts |= {"beta_schedule": name, "schedule_fn_kwargs": options}
    return facts


def _moment_shapes(name: str, expected: Mapping[str, Shape], moments: Sequence[str]) -> list[Shape | None]:
    """What an entry of the optimizer's state may be: as its parameter, or a count."""
    parameter, _, moment = name.removeprefix("optimizer.").rpartition(".")
    if moment == "step":
        return [()] if f"model.{parameter}" in expected else [None]
    return [expected.get(f"model.{parameter}") if moment in moments else None]


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
    """The names and shapes of both sets of weights, each with its tables, and of what else is averaged."""
    own: set[str] = set()

    def make() -> nn.Module:
        from ..networks.build import build_network

        network = build_network(config)
        own.update(f"model.{name}" for name, _ in network.named_parameters())
        return network

    one = {f"model.{name}": shape for name, shape in shapes_of(path, make).items()}
    one |= dict.fromkeys(TABLES, (config.diffusion.timesteps,))
    parts = {"model": one, "ema": one}
    if config.train.ema_snapshots:
        parameters = {name: shape for name, shape in one.items() if name in own}
        parts |= {f"{AVERAGES}.{length:g}": parameters for length in TRACKED}
    return {f"{which}.{name}": shape for which, part in parts.items() for name, shape in part.items()}


def _refuse(path: Path, reason: Phrase) -> NoReturn:
    raise CheckpointError("checkpoint.mismatch", path=path, reason=reason)


# --- checkpoints -----------------------------------------------------------------------------------------

__all__ = [
    "BadCheckpoint",
    "Checkpoint",
    "find_checkpoint",
    "load_own",
    "newest_good",
    "prune",
    "read_checkpoint",
    "save_checkpoint",
    "with_checkpoint",
]

#: What a checkpoint's tensors are of: how their names begin.
SECTIONS = ("model", "ema", "optimizer", AVERAGES)
#: How often a checkpoint is chosen when a training prunes it before it is read.
MOST_CHOICES = 5

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """Everything of one moment of a training."""

    step: int  #: optimizer steps done
    config: RunConfig
    model: Mapping[str, Tensor]  #: GaussianDiffusion.state_dict(), buffers included
    ema: Mapping[str, Tensor]  #: the averaged model's, the same names
    optimizer: Mapping[str, Tensor] = field(default_factory=dict)  #: "<parameter>.exp_avg", ".exp_avg_sq", ".step"
    averages: Mapping[str, Tensor] = field(default_factory=dict)  #: "<length>.<parameter>"; empty: none are tracked
    extra: Mapping[str, Any] = field(default_factory=dict)  #: JSON: seconds so far, the scaler's state, …
    created: str = ""  #: ISO 8601, UTC; set when saved


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint into a run's checkpoints folder; the path of its JSON, which names it.

    The tensors first, then the JSON: until that is in place the step's checkpoint is what it was before.
    Raises RunError when it cannot be saved; nothing of it stays then.
    """
    make_folder(folder)
    tensors = {
        f"{section}.{name}": tensor for section in SECTIONS for name, tensor in getattr(checkpoint, section).items()
    }
    path = free_tensors_path(folder, checkpoint.step)
    try:
        sha256, size = write_tensors(path, tensors)
        description = Description(
            step=checkpoint.step,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            config=checkpoint.config.to_dict(),
            tensors=path.name,
            sha256=sha256,
            bytes=size,
            metrics_step=checkpoint.step,
            extra=dict(checkpoint.extra),
        )
        return write_description(folder, description)
    except BaseException:
        _discard(path, checkpoint.step)
        raise


def _discard(tensors: Path, step: int) -> None:
    """Remove the tensors of a save that failed: they may fill the disk that the next one needs."""
    with contextlib.suppress(StudioError):
        try:
            # The last thing that can fail is to bring the name to the disk: then the checkpoint does exist.
            described = read_description(description_path(tensors.parent, step)).tensors
        except CheckpointError:
            described = None
        if described != tensors.name:
            remove_file(tensors)


def read_checkpoint(path: Path, *, with_optimizer: bool = False) -> Checkpoint:
    """The checkpoint at `path` (its JSON or its tensor file), on the CPU; checked before anything of it is used.

    Raises CheckpointError naming the file: damaged, not a checkpoint, or of a newer version.
    """
    description = verify(path)
    sections: dict[str, dict[str, Tensor]] = {section: {} for section in SECTIONS}
    wanted = tuple(f"{section}." for section in SECTIONS if with_optimizer or section in ("model", "ema"))
    for name, tensor in read_tensors(path.parent / description.tensors, wanted):
        section, _, rest = name.partition(".")
        sections[section][rest] = tensor
    try:
        config = RunConfig.from_dict(description.config)
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
    return Checkpoint(
        step=description.step, config=config, extra=description.extra, created=description.created, **sections
    )


def load_own(path: Path, weights: str, **overrides: Any) -> LoadedModel:  # noqa: ANN401
    """The model of a run folder or of a checkpoint of this program; what `load_checkpoint` does with such a path."""
    return with_checkpoint(path, lambda found: _load(found, weights, overrides))


def _load(found: Path, weights: str, overrides: Mapping[str, Any]) -> LoadedModel:
    description = read_description(found)
    config = require_own_model(found, description)
    said = read_overrides(overrides, run_facts(config, overrides))
    from ..networks.build import build_diffusion

    checkpoint = read_checkpoint(found)
    if "image_size" in said:
        height, width = said.pop("image_size")
        said |= {"image_size": width, "image_height": None if height == width else height}
    sampling_timesteps, names = said.pop("sampling_timesteps", None), said.pop("class_names", config.data.class_names)
    diffusion = build_diffusion(config.with_settings(said), sampling_timesteps=sampling_timesteps)
    diffusion.class_names = names if config.data.num_classes is not None else None
    length = length_of(weights)
    state = checkpoint.model if weights == "raw" else checkpoint.ema
    diffusion.load_state_dict(state if length is None else {**state, **averaged(found, length)})
    require_finite(found, diffusion.state_dict())  # what is finite in float64 need not be in float32
    return LoadedModel(diffusion.eval(), description.step, description.sha256, path=found)


def find_checkpoint(path: Path) -> Path:
    """The checkpoint that `path` means: a run's newest good one, or the file itself. Raises CheckpointError."""
    if path.is_dir():
        folder = path / CHECKPOINTS if is_run(path) else path
        newest, bad = newest_good(folder)
        if newest is None:
            reason = bad[0].reason if bad else Phrase("file.none-saved") if is_run(path) else Phrase("file.not-a-run")
            raise CheckpointError("checkpoint.none", path=path, reason=reason)
        return newest
    return path


def with_checkpoint(path: Path, use: Callable[[Path], T]) -> T:
    """What `use` makes of the checkpoint that `path` means. Raises CheckpointError, and what `use` raises.

    A training that goes on in a run prunes what it saved before: where the chosen checkpoint is gone by the time it is
    read, `use` gets the one that is the newest then.
    """
    for _ in range(MOST_CHOICES - 1):
        found = find_checkpoint(path)
        try:
            return use(found)
        except CheckpointError as error:
            if found == path or error.code != "storage.not-read":
                raise
    return use(find_checkpoint(path))
