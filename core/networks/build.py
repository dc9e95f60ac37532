"""Between settings and a model: a model from a config, and the config of a live model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import torch
from torch import nn

from ..catalogue import CONDITIONS, NETWORKS, TOLD_NUMBERS
from ..diffusion.gaussian_diffusion import GaussianDiffusion
from ..diffusion.process import Denoiser
from ..errors import ConfigError, Phrase
from ..settings import DiffusionConfig, ModelConfig, RunConfig
from .unet import Unet


def build_diffusion(config: RunConfig, *, sampling_timesteps: int | None = None) -> GaussianDiffusion:
    """A new model with random weights, on the default device, from a config with nothing left on auto.

    Raises ConfigError for settings that do not go together.
    """
    config.validate()
    return diffusion_around(build_network(config), config, sampling_timesteps=sampling_timesteps)


def diffusion_around(
    network: Denoiser, config: RunConfig, *, sampling_timesteps: int | None = None
) -> GaussianDiffusion:
    """The process of a config with nothing left on auto, around this network. Raises ConfigError."""
    diffusion, data = config.diffusion, config.data
    arguments = _by_name(diffusion)
    del arguments["min_snr_gamma"]  # an option of the weighting
    arguments["schedule_fn_kwargs"] = diffusion.schedule_options()
    arguments["loss_weighting_kwargs"] = diffusion.weighting_options()
    return GaussianDiffusion(
        network,
        image_size=data.height_and_width,
        sampling_timesteps=sampling_timesteps,
        class_names=None if data.num_classes is None else data.class_names,
        condition=data.condition if data.added_channels else None,
        condition_factor=data.condition_factor,
        **arguments,
    )


def build_network(config: RunConfig) -> nn.Module:
    """The network alone, with random weights. Raises ConfigError for settings that do not go together."""
    config.validate()
    network: nn.Module = NETWORKS[config.model.network].load()(config)
    return network


def build_unet(config: RunConfig) -> Unet:
    """The row "unet" of NETWORKS."""
    model, data = config.model, config.data
    assert data.image_size is not None and data.channels is not None, "settings on auto must be resolved first"
    arguments = _by_name(model)
    del arguments["network"]
    for name in ("attn_heads", "attn_dim_head"):
        arguments[name] = _one_or_each(arguments[name])
    return Unet(
        channels=data.channels,
        num_classes=data.num_classes,
        augment_dim=TOLD_NUMBERS if data.augment else 0,
        condition_channels=data.added_channels,
        **arguments,
    )


def _by_name(section: ModelConfig | DiffusionConfig) -> dict[str, Any]:
    """The values of a section, whose fields are called as the arguments that they become."""
    return {field.name: getattr(section, field.name) for field in fields(section)}


def _one_or_each(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """The network's argument: one number for all stages, or one for each."""
    return values[0] if len(values) == 1 else values


# --- From a live model to the settings that make it again, so that a run of it opens from its folder alone ---


#: Settings that a GaussianDiffusion has as attributes.
_OTHER_NAMES = ("timesteps", "schedule_fn_kwargs", "loss_weighting_kwargs")
_SAME_NAMES = tuple(field.name for field in fields(DiffusionConfig) if field.name not in _OTHER_NAMES)


def describe(diffusion: GaussianDiffusion) -> RunConfig:
    """The settings of `diffusion`: `build_diffusion` makes one of the same shape, tables and behaviour from them.

    The sections model, diffusion and data are the model's (classes without names are called 0, 1, …), and from
    `sampling_timesteps` follows how its sample grids are drawn; everything else is the default.
    Raises ConfigError for what settings cannot say: another network than `core.Unet`, a subclass, tables or layers that
    were changed after they were made, and values beyond the settings' limits.
    """
    unet = diffusion.model
    if type(diffusion) is not GaussianDiffusion or type(unet) is not Unet:
        odd = diffusion if type(diffusion) is not GaussianDiffusion else unet
        raise _indescribable(
            f"{type(odd).__module__}.{type(odd).__qualname__}",
            Phrase("left-out.own-network"),
        )
    if diffusion.beta_schedule is None:
        raise _indescribable("betas=…", Phrase("left-out.nameless-schedule"))
    height, width = diffusion.image_size
    names = diffusion.class_names
    if names is None and unet.num_classes is not None:
        names = tuple(str(label) for label in range(unet.num_classes))
    config = RunConfig(model=unet.settings).with_settings(
        {
            **{name: getattr(diffusion, name) for name in _SAME_NAMES},
            "timesteps": diffusion.num_timesteps,
            "schedule_fn_kwargs": _as_words(diffusion.schedule_fn_kwargs),
            "loss_weighting_kwargs": None
            if diffusion.loss_weighting == "min_snr"
            else _as_words(diffusion.loss_weighting_kwargs),
            "image_size": width,
            "image_height": None if height == width else height,
            "channels": diffusion.channels,
            # How often is not the network's; this is the paper's.
            "augment": 0.12 if unet.augment_dim else 0.0,
            "labels": "off" if names is None else "folders",
            "class_names": names,
            **_condition_settings(diffusion),
            "sample_sampler": "ddim" if diffusion.is_ddim_sampling else "ddpm",
            "sample_steps": diffusion.sampling_timesteps,
        }
    )
    _require_same(diffusion, config)
    return config


def _condition_settings(diffusion: GaussianDiffusion) -> dict[str, Any]:
    """What the network sees beside x_t. Where a second folder would be, only whoever trains can say."""
    if diffusion.condition is None:
        return {}
    said: dict[str, Any] = {"condition": diffusion.condition, "condition_factor": diffusion.condition_factor}
    if CONDITIONS[diffusion.condition].of_folder:
        said |= {"condition_channels": diffusion.condition_channels, "condition_folder": "."}
    return said


def _as_words(options: Mapping[str, float]) -> tuple[str, ...] | None:
    """Options of a row as `DiffusionConfig` reads them, to the last bit."""
    return tuple(f"{name}={float(value)!r}" for name, value in options.items()) or None


def _require_same(diffusion: GaussianDiffusion, config: RunConfig) -> None:
    """Raises ConfigError where the live model is not what its settings make: in its layers' shapes, or its tables."""
    with torch.device("meta"):
        described = build_diffusion(config)
    ours = {name: tensor.shape for name, tensor in described.state_dict().items()}
    theirs = {name: tensor.shape for name, tensor in diffusion.state_dict().items()}
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            raise _indescribable(name, Phrase("left-out.network-changed"))
    # The tables do not depend on the network, so a tiny one will do.
    tiny = replace(config, model=ModelConfig(dim=4, dim_mults=(1,), attn_heads=(1,), attn_dim_head=(1,)))
    with torch.device("cpu"), torch.random.fork_rng(devices=()):
        tables = dict(build_diffusion(tiny).named_buffers())
    for name, table in tables.items():
        if not torch.allclose(table, diffusion.get_buffer(name).float().cpu(), rtol=1e-4, atol=1e-6):
            raise _indescribable(name, Phrase("left-out.table-changed"))


def _indescribable(feature: str, reason: Phrase) -> ConfigError:
    return ConfigError("config.unsupported", feature=feature, reason=reason)
