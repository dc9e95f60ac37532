"""Models for elsewhere: files that denoising-diffusion-pytorch's Trainer loads, and bare weights in safetensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import torch
from torch import Tensor

from ..diffusion import GaussianDiffusion
from ..errors import CheckpointError, ConfigError
from ..unet import Unet
from .adam_state import library_adam_state
from .atomic import remove_abandoned_temps, replace_file
from .recognition import LIBRARY_OBJECTIVES
from .tensors import plain_copy, write_tensors
from .weights_file import METADATA_KEY, METADATA_VERSION, TORCH_SUFFIXES

#: The version of the library whose files these are.
LIBRARY_VERSION = "2.3.4"
_AVERAGED = "ema_model."
_COUNTERS = ("initted", "step")


class HasState(Protocol):
    """A GaussianDiffusion, or an average of one."""

    def state_dict(self) -> Mapping[str, Tensor]:
        """The tensors by GaussianDiffusion's names, or by ema_pytorch's."""


def export_checkpoint(
    path: Path | str,
    diffusion: GaussianDiffusion,
    *,
    ema: HasState | Mapping[str, Tensor] | None = None,
    optimizer: torch.optim.Optimizer | Mapping[str, Any] | None = None,
    step: int = 0,
) -> None:
    """Write `diffusion` into a file for elsewhere, in place of what is there.

    .pt, .pth, .ckpt, .bin: what the library's Trainer.load and GaussianDiffusion.load_state_dict accept strictly.
      ema: the averaged weights (None: those of `diffusion`): a model, an average of one, or a state_dict of either.
      optimizer: Adam or AdamW over the parameters, or the library's state_dict (None: one that has not begun).
      step: optimizer steps done; also the average's count, unless `ema` has its own.
    .safetensors: the state_dict alone, with the settings that it does not say in the file's metadata.

    Raises CheckpointError for what such a file has no place for (classes, pred_flow, learned or random Fourier
    features, another optimizer), ConfigError for another suffix, RunError when it cannot be saved.
    """
    path = Path(path)
    if type(step) is not int or step < 0:
        raise ConfigError("config.bad-value", name="step", value=step, expected="a whole number from 0")
    remove_abandoned_temps(path)
    if path.suffix == ".safetensors":
        if ema is not None or optimizer is not None:
            reason = "it keeps one set of weights; .pt keeps the average and the optimizer too"
            raise ConfigError("config.conflict", first=path.name, second="ema or optimizer", reason=reason)
        metadata = {METADATA_KEY: json.dumps({"version": METADATA_VERSION, "settings": _unsaid_settings(diffusion)})}
        write_tensors(path, _state_of(diffusion), metadata)
        return
    if path.suffix not in TORCH_SUFFIXES:
        expected = "a name that ends in .safetensors or in " + ", ".join(TORCH_SUFFIXES)
        raise ConfigError("config.bad-value", name="path", value=path.name, expected=expected)
    _require_library_model(path, diffusion)
    model = _state_of(diffusion)
    _save(
        path,
        {
            "step": step,
            "model": model,
            "opt": library_adam_state(path, diffusion, optimizer),
            "ema": _average(path, model, ema, step),
            "scaler": None,
            "version": LIBRARY_VERSION,
        },
    )


def _require_library_model(path: Path, diffusion: GaussianDiffusion) -> None:
    """Raises CheckpointError naming what the library's classes do not know."""
    model = diffusion.model
    features = {
        f"the objective {diffusion.objective} (it has {', '.join(LIBRARY_OBJECTIVES)})": diffusion.objective
        not in LIBRARY_OBJECTIVES,
        f"{diffusion.num_classes} classes": diffusion.num_classes is not None,
        "learned or random Fourier features": getattr(model, "random_or_learned_sinusoidal_cond", False),
    }
    for feature, there in features.items():
        if there:
            raise CheckpointError("checkpoint.no-place", path=path, feature=feature)


def _state_of(diffusion: GaussianDiffusion) -> dict[str, Tensor]:
    """The state_dict as the library names it: without what torch.compile put into the names."""
    return {name.replace("_orig_mod.", ""): plain_copy(tensor) for name, tensor in diffusion.state_dict().items()}


def _average(
    path: Path, model: Mapping[str, Tensor], ema: HasState | Mapping[str, Tensor] | None, step: int
) -> dict[str, Tensor]:
    """The state of ema_pytorch's EMA. Its `online_model` is the model itself, as in the library's files."""
    state = {} if ema is None else ema if isinstance(ema, Mapping) else ema.state_dict()
    averaged = {name.replace("_orig_mod.", ""): state[name] for name in state if name not in _COUNTERS}
    if any(name.startswith(_AVERAGED) for name in averaged):
        averaged = {n.removeprefix(_AVERAGED): tensor for n, tensor in averaged.items() if n.startswith(_AVERAGED)}
    averaged = averaged or dict(model)
    for name in sorted(model.keys() | averaged.keys()):
        if name not in averaged or name not in model or averaged[name].shape != model[name].shape:
            reason = f"the average's {name} is not the model's"
            raise CheckpointError("checkpoint.mismatch", path=path, reason=reason)
    return {
        "initted": plain_copy(state.get("initted", torch.tensor(ema is not None or step > 0))),
        "step": plain_copy(state.get("step", torch.tensor(step))),
        **{f"online_model.{name}": tensor for name, tensor in model.items()},
        # A copy even where it is the model's own: whoever reads the file may change one of the two.
        **{f"{_AVERAGED}{name}": plain_copy(averaged[name]).clone() for name in model},
    }


def _unsaid_settings(diffusion: GaussianDiffusion) -> dict[str, Any]:
    """What neither the shapes nor the tables say, by `load_checkpoint`'s names."""
    settings: dict[str, Any] = {
        "image_size": list(diffusion.image_size),
        "auto_normalize": diffusion.auto_normalize,
        "ddim_sampling_eta": diffusion.ddim_sampling_eta,
        "offset_noise_strength": diffusion.offset_noise_strength,
        "immiscible": diffusion.immiscible,
        "immiscible_candidates": diffusion.immiscible_candidates,
        "objective": diffusion.objective,
        "min_snr_gamma": diffusion.min_snr_gamma,
    }
    if diffusion.beta_schedule is not None:
        settings |= {
            "beta_schedule": diffusion.beta_schedule,
            "schedule_fn_kwargs": {name: float(value) for name, value in diffusion.schedule_fn_kwargs.items()},
        }
    if diffusion.num_classes is not None:
        settings["class_dropout"] = diffusion.class_dropout
        settings["class_names"] = diffusion.class_names
    if isinstance(diffusion.model, Unet):
        network = diffusion.model.settings
        settings |= {
            "dropout": network.dropout,
            "sinusoidal_pos_emb_theta": network.sinusoidal_pos_emb_theta,
            "random_fourier_features": network.random_fourier_features,
        }
    return settings


def _save(path: Path, content: dict[str, Any]) -> None:
    def write(file: BinaryIO) -> None:
        watched = _Watched(file)
        try:
            torch.save(content, watched)  # type: ignore[arg-type]
        except RuntimeError as error:
            if watched.failure is None:
                raise
            raise watched.failure from error

    replace_file(path, write)


class _Watched:
    """A file that remembers why it could not be written: torch.save's own error says only where."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        self._file.flush()
