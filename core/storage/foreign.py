"""Models from elsewhere: the library's checkpoints, and bare weights. What such a file says, and a model made of it.

The architecture is read off the tensors' shapes, the noise schedule, the objective and min-SNR off the tables. What is
in neither is a setting that may be said, or has a default that is named. Imports no torch until a file is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import CheckpointError, ConfigError, Phrase
from .architecture import Architecture, Shape, in_words, read_architecture, refuse, refuse_other_network
from .checkpoint_files import is_tensors_of_a_run
from .fitting import require_finite, shapes_of
from .foreign_settings import PROCESS_DEFAULTS, settings_of_run, settle
from .foreign_tables import read_tables, shown_settings
from .stored import WeightSet
from .weights_file import TORCH_SUFFIXES, WeightsFile, read_weights_file

if TYPE_CHECKING:
    from torch import Tensor

    from ..diffusion import GaussianDiffusion
    from ..unet import Unet


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a file of elsewhere was found to be."""

    path: Path
    kind: str  #: in words: "checkpoint of denoising-diffusion-pytorch", …
    step: int | None  #: optimizer steps done; None: the file does not say
    version: str | None  #: of the library that wrote it
    weights: tuple[str, ...]  #: "ema", "raw", or both
    architecture: Architecture
    parameters: int  #: how many numbers the network has
    image_size: tuple[int, int]  #: height and width, pixels
    timesteps: int  #: T
    beta_schedule: str | None  #: a row of SCHEDULES; None: a schedule of its own, taken as it is
    schedule_fn_kwargs: Mapping[str, float]
    objective: str  #: a row of OBJECTIVES
    min_snr_gamma: float | None  #: γ; None: off
    settings: Mapping[str, Any]  #: what else the model is made with, by name
    unknown: tuple[str, ...]  #: what the file does not say, and a default stands for
    unused: Mapping[str, int]  #: what else is in the file, a discriminator perhaps, by name: how many tensors

    @property
    def multiple(self) -> int:
        """What the height and width of a picture must divide by."""
        return 1 << self.architecture.halvings

    @property
    def defaults(self) -> dict[str, Any]:
        """What stands for each of `unknown`."""
        return {name: self.settings[name] if name in self.settings else getattr(self, name) for name in self.unknown}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LibraryCheckpoint:
    """A file of elsewhere, opened whole: everything on the CPU and the receiver's own."""

    diffusion: GaussianDiffusion  #: with the raw weights
    ema: GaussianDiffusion  #: with the averaged ones; those of `diffusion` where the file has one set
    optimizer: Mapping[str, Any]  #: Adam's state_dict, parameters counted in the model's order; empty: there is none
    step: int  #: optimizer steps done, 0 where the file does not say
    averaging: Mapping[str, Tensor]  #: the average's own counters, `initted` and `step`; empty: there are none
    recognised: Recognised

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the file does not say, and a default stands for."""
        return self.recognised.unknown


def is_foreign(path: Path) -> bool:
    """Whether `path` is called like a file of elsewhere: torch.save's, or safetensors that no run describes."""
    suffix = path.suffix.lower()
    return suffix in TORCH_SUFFIXES or (suffix == ".safetensors" and not is_tensors_of_a_run(path))


def recognise(path: Path | str, **overrides: Any) -> Recognised:  # noqa: ANN401 (a setting of any type)
    """What the file at `path` is, without making a model of it. overrides: as `load_foreign` takes them.

    Reads names, shapes and tables, not weights. Raises CheckpointError naming what cannot be opened and why,
    ConfigError for an override.
    """
    return _recognise(read_weights_file(Path(path)), overrides)


def load_foreign(
    path: Path | str,
    weights: Literal["ema", "raw"] = "ema",
    **overrides: Any,  # noqa: ANN401
) -> tuple[GaussianDiffusion, dict[str, Any]]:
    """The model in the file at `path`, on the CPU, its tables the file's to the last bit; and `Recognised.defaults`.

    weights: which of two sets; a file with one set has but that. overrides: as `load_checkpoint` takes them.
    Raises CheckpointError, ConfigError.
    """
    file = read_weights_file(Path(path))
    recognised = _recognise(file, overrides)
    return _build(recognised, file.weights(weights)), recognised.defaults


def read_library_checkpoint(path: Path | str, **overrides: Any) -> LibraryCheckpoint:  # noqa: ANN401
    """As `load_foreign`, with both sets of weights and what a training needs to go on. Raises CheckpointError."""
    from .adam_state import read_adam_state

    file = read_weights_file(Path(path))
    recognised = _recognise(file, overrides)
    raw = _build(recognised, file.weights("raw"))
    return LibraryCheckpoint(
        diffusion=raw,
        ema=_build(recognised, file.weights("ema")),
        optimizer=read_adam_state(file.path, file.optimizer, raw),
        step=file.step or 0,
        averaging={name: counter.read() for name, counter in file.averaging.items()},
        recognised=recognised,
    )


def _recognise(file: WeightsFile, overrides: Mapping[str, Any]) -> Recognised:
    chosen = file.weights("raw")
    shapes = {name: tensor.shape for name, tensor in chosen.network.items()}
    architecture = read_architecture(file.path, shapes)
    expected = shapes_of(file.path, partial(_unet, architecture))
    for weights in file.sets.values():
        _require_shapes(file.path, expected, weights)
    tables = read_tables(file)
    noted = dict(file.settings)
    if run := settings_of_run(file.path):
        with suppress(ConfigError, CheckpointError):
            # Only of that run where all that the file says itself agrees.
            _settle(file, architecture, tables, noted, run)
            noted = {**run, **noted}
    settings, unknown = _settle(file, architecture, tables, noted, overrides)
    if file.training:
        kind = "checkpoint of denoising-diffusion-pytorch"
    else:
        kind = "weights of a diffusion" if chosen.tables else "weights of a network alone"
    return Recognised(
        path=file.path,
        kind=kind,
        step=file.step,
        version=file.version,
        weights=tuple(name for name in ("ema", "raw") if name in file.sets),
        architecture=architecture,
        parameters=sum(map(prod, shapes.values())),
        **{name: settings.pop(name) for name in ("image_size", *PROCESS_DEFAULTS)},
        settings=settings,
        unknown=unknown,
        unused=file.unused,
    )


def _settle(
    file: WeightsFile,
    architecture: Architecture,
    tables: Mapping[str, Tensor],
    noted: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    seen, likely = shown_settings(file, tables, {**noted, **overrides}) if tables else ({}, {})
    return settle(file.path, architecture, seen=seen, likely=likely, noted=noted, overrides=overrides)


def _require_shapes(path: Path, expected: Mapping[str, Shape], weights: WeightSet) -> None:
    """Refuse a set of weights whose names and shapes are others, before memory is taken for it."""
    found = {name: tensor.shape for name, tensor in weights.network.items()}
    refuse_other_network(path, list(found))
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            refuse(path, Phrase("file.other-lacks", name=name))
        if name not in expected:
            refuse(path, Phrase("file.other-unknown", name=name))
        if found[name] != expected[name]:
            shapes = Phrase("file.instead-of", got=in_words(found[name]), wanted=in_words(expected[name]))
            refuse(path, Phrase("file.other-shape", name=name, what=shapes))


def _unet(architecture: Architecture, **settings: Any) -> Unet:  # noqa: ANN401
    from ..unet import Unet

    arguments = architecture.unet_arguments()
    # The tensors leave learned or random open.
    arguments["learned_sinusoidal_cond"] &= not settings.get("random_fourier_features", False)
    return Unet(**arguments, **settings)


def _build(recognised: Recognised, weights: WeightSet) -> GaussianDiffusion:
    import torch

    from ..diffusion import GaussianDiffusion

    settings = dict(recognised.settings)
    network = {name: settings.pop(name) for name in ("dropout", "flash_attn")}
    network |= {
        name: settings.pop(name) for name in ("sinusoidal_pos_emb_theta", "random_fourier_features") if name in settings
    }
    own_schedule = recognised.beta_schedule is None
    with torch.device("cpu"):
        diffusion = GaussianDiffusion(
            _unet(recognised.architecture, **network),
            image_size=recognised.image_size,
            timesteps=recognised.timesteps,
            objective=recognised.objective,
            beta_schedule=recognised.beta_schedule or "",
            schedule_fn_kwargs=recognised.schedule_fn_kwargs,
            min_snr_loss_weight=recognised.min_snr_gamma is not None,
            min_snr_gamma=5 if recognised.min_snr_gamma is None else recognised.min_snr_gamma,
            betas=weights.tables["betas"].read().double() if own_schedule else None,
            **settings,
        )
    state = diffusion.state_dict()
    for name, stored in weights.tensors():
        # One at a time: of a large model there is never more than one whole copy.
        state[name].copy_(stored.read())
    require_finite(recognised.path, state)
    return diffusion.eval()
