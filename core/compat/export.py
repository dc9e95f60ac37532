"""Models for elsewhere: files that denoising-diffusion-pytorch's Trainer loads, and bare weights in safetensors."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..diffusion.gaussian_diffusion import GaussianDiffusion
from ..errors import CheckpointError, ConfigError, Phrase
from ..inputs import as_path, bad_value, require_whole
from ..networks.unet import Unet
from ..runs.atomic import remove_abandoned_temps, replace_file
from ..runs.opening import TORCH_SUFFIXES
from ..runs.tensors import plain_copy, write_tensors
from .adam_state import library_adam_state
from .files import LIBRARY_OBJECTIVES
from .weights_file import METADATA_KEY, METADATA_VERSION

# --- What callers hand to `export_checkpoint`, judged before a file is touched ---------------------------


class HasState(Protocol):
    """A GaussianDiffusion, or an average of one."""

    def state_dict(self) -> Mapping[str, Tensor]:
        """The tensors by GaussianDiffusion's names, or by ema_pytorch's."""


def plain_model(diffusion: object) -> GaussianDiffusion:
    """The model, also of one that torch.compile has wrapped. Raises ConfigError for anything else."""
    model = getattr(diffusion, "_orig_mod", diffusion)
    if not isinstance(model, GaussianDiffusion):
        raise bad_value("diffusion", diffusion, Phrase("value.diffusion-with-network"))
    return model


def state_of(ema: HasState | Mapping[str, Tensor] | None) -> Mapping[str, Tensor]:
    """The state_dict of an average, {} for None. Raises ConfigError for what has none."""
    state: Any = {} if ema is None else ema
    if callable(method := getattr(ema, "state_dict", None)) and not isinstance(ema, type):
        state = method()
    if not isinstance(state, Mapping) or not all(isinstance(tensor, Tensor) for tensor in state.values()):
        raise bad_value("ema", ema, Phrase("value.average"))
    return state


def require_optimizer(optimizer: object) -> None:
    """Raises ConfigError unless `optimizer` is one, the state_dict of one, or None."""
    if optimizer is not None and not isinstance(optimizer, Optimizer | Mapping):
        raise bad_value("optimizer", optimizer, Phrase("value.adam"))


# --- export ----------------------------------------------------------------------------------------------

#: The version of the library whose files these are.
LIBRARY_VERSION = "2.3.4"
#: What a .pt has no place for, and the library's own defaults.
_USUAL: dict[str, Any] = {
    "auto_normalize": True,
    "ddim_sampling_eta": 0.0,
    "sinusoidal_pos_emb_theta": 10000.0,
    "dropout": 0.0,
    "offset_noise_strength": 0.0,
    "immiscible": False,
    "immiscible_candidates": 0,
}
_AVERAGED = "ema_model."
_COUNTERS = ("initted", "step")


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

    Warns of settings that a .pt has no place for where they are not the library's defaults: they must be said again
    where it is opened, as the picture size always must. Raises CheckpointError for what such a file cannot be of
    (classes, a condition, pred_flow, augmentation that is told, patches, learned or random Fourier features, another
    optimizer), ConfigError for an argument that is none or another suffix, RunError when it cannot be saved.
    """
    write_checkpoint(path, diffusion, ema=ema, optimizer=optimizer, step=step)
    lost = {} if as_path("path", path).suffix == ".safetensors" else lost_settings(diffusion)
    if lost:
        words = ", ".join(f"{name}={value!r}" for name, value in lost.items())
        warnings.warn(
            f"{Path(path).name} has no place for {words}. Say it again where the file is opened.",
            UserWarning,
            stacklevel=2,
        )


def write_checkpoint(
    path: Path | str,
    diffusion: GaussianDiffusion,
    *,
    ema: HasState | Mapping[str, Tensor] | None = None,
    optimizer: torch.optim.Optimizer | Mapping[str, Any] | None = None,
    step: int = 0,
) -> None:
    """As `export_checkpoint`, without the warning: for who says in another way what the file does not keep."""
    path, diffusion = as_path("path", path), plain_model(diffusion)
    require_whole("step", step, 0, kind=ConfigError)
    require_optimizer(optimizer)
    averaged = state_of(ema)
    if path.is_dir():
        raise ConfigError("config.bad-value", name="path", value=str(path), expected=Phrase("value.a-file"))
    if diffusion.condition is not None:
        # Neither kind of file says which of a kernel's channels are whose.
        raise CheckpointError("checkpoint.no-place", path=path, feature=Phrase("place.condition"))
    remove_abandoned_temps(path)
    if path.suffix == ".safetensors":
        if ema is not None or optimizer is not None:
            reason = Phrase("conflict.one-set-kept")
            raise ConfigError(
                "config.conflict", first=path.name, second=Phrase("conflict.ema-or-optimizer"), reason=reason
            )
        metadata = {METADATA_KEY: json.dumps({"version": METADATA_VERSION, "settings": _unsaid_settings(diffusion)})}
        write_tensors(path, _state_of(diffusion), metadata)
        return
    if path.suffix not in TORCH_SUFFIXES:
        expected = Phrase("value.export-name", known=", ".join(TORCH_SUFFIXES))
        raise ConfigError("config.bad-value", name="path", value=path.name, expected=expected)
    _require_library_model(path, diffusion)
    model = _state_of(diffusion)
    _save(
        path,
        {
            "step": int(step),
            "model": model,
            "opt": library_adam_state(path, diffusion, optimizer),
            "ema": _average(path, model, averaged, int(step), begun=ema is not None or step > 0),
            "scaler": None,
            "version": LIBRARY_VERSION,
        },
    )


def lost_settings(diffusion: GaussianDiffusion) -> dict[str, Any]:
    """What a .pt does not keep and is not the library's default, by `load_checkpoint`'s names.

    The picture size is none of it: that library has no default for it, so that it is said in any case.
    """
    settings = _unsaid_settings(plain_model(diffusion))
    return {name: settings[name] for name, usual in _USUAL.items() if settings.get(name, usual) != usual}


def _require_library_model(path: Path, diffusion: GaussianDiffusion) -> None:
    """Raises CheckpointError naming what the library's classes do not know."""
    model = diffusion.model
    patch = model.settings.patch_size if isinstance(model, Unet) else 1
    features = {
        Phrase("place.objective", name=diffusion.objective, known=", ".join(LIBRARY_OBJECTIVES)): diffusion.objective
        not in LIBRARY_OBJECTIVES,
        Phrase("place.classes", count=diffusion.num_classes): diffusion.num_classes is not None,
        Phrase("place.augmentation"): bool(getattr(model, "augment_dim", 0)),
        Phrase("place.patches", size=patch): patch != 1,
        Phrase("place.frequencies"): getattr(model, "random_or_learned_sinusoidal_cond", False),
    }
    for feature, there in features.items():
        if there:
            raise CheckpointError("checkpoint.no-place", path=path, feature=feature)


def _state_of(diffusion: GaussianDiffusion) -> dict[str, Tensor]:
    """The state_dict as the library names it: without what torch.compile put into the names."""
    return {name.replace("_orig_mod.", ""): plain_copy(tensor) for name, tensor in diffusion.state_dict().items()}


def _average(
    path: Path, model: Mapping[str, Tensor], state: Mapping[str, Tensor], step: int, *, begun: bool
) -> dict[str, Tensor]:
    """The state of ema_pytorch's EMA, made of `state`. Its `online_model` is the model itself, as in the library."""
    averaged = {name.replace("_orig_mod.", ""): state[name] for name in state if name not in _COUNTERS}
    if any(name.startswith(_AVERAGED) for name in averaged):
        averaged = {n.removeprefix(_AVERAGED): tensor for n, tensor in averaged.items() if n.startswith(_AVERAGED)}
    averaged = averaged or dict(model)
    for name in sorted(model.keys() | averaged.keys()):
        if name not in averaged or name not in model or averaged[name].shape != model[name].shape:
            reason = Phrase("file.average-not-model", name=name)
            raise CheckpointError("checkpoint.mismatch", path=path, reason=reason)
    return {
        "initted": plain_copy(state.get("initted", torch.tensor(begun))),
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
