"""From settings to a model: the one place that reads a config to make a network and its diffusion."""

from __future__ import annotations

from .config import RunConfig
from .diffusion import GaussianDiffusion
from .unet import Unet


def build_diffusion(config: RunConfig, *, sampling_timesteps: int | None = None) -> GaussianDiffusion:
    """A new model with random weights, on the default device, from a config with nothing left on auto.

    Raises ConfigError for settings that do not go together.
    """
    diffusion, data = config.diffusion, config.data
    return GaussianDiffusion(
        build_unet(config),
        image_size=data.height_and_width,
        timesteps=diffusion.timesteps,
        sampling_timesteps=sampling_timesteps,
        objective=diffusion.objective,
        beta_schedule=diffusion.beta_schedule,
        schedule_fn_kwargs=diffusion.schedule_options(),
        ddim_sampling_eta=diffusion.ddim_sampling_eta,
        auto_normalize=diffusion.auto_normalize,
        offset_noise_strength=diffusion.offset_noise_strength,
        min_snr_loss_weight=diffusion.min_snr_gamma is not None,
        min_snr_gamma=5 if diffusion.min_snr_gamma is None else diffusion.min_snr_gamma,
        immiscible=diffusion.immiscible,
        immiscible_candidates=diffusion.immiscible_candidates,
        class_dropout=diffusion.class_dropout,
        class_names=None if data.num_classes is None else data.class_names,
    )


def build_unet(config: RunConfig) -> Unet:
    """The network alone. Raises ConfigError for settings that do not go together."""
    config.validate()
    model, data = config.model, config.data
    assert data.image_size is not None and data.channels is not None, "settings on auto must be resolved first"
    return Unet(
        dim=model.dim,
        init_dim=model.init_dim,
        dim_mults=model.dim_mults,
        channels=data.channels,
        self_condition=model.self_condition,
        learned_sinusoidal_cond=model.learned_sinusoidal_cond,
        random_fourier_features=model.random_fourier_features,
        learned_sinusoidal_dim=model.learned_sinusoidal_dim,
        sinusoidal_pos_emb_theta=model.sinusoidal_pos_emb_theta,
        dropout=model.dropout,
        attn_dim_head=_one_or_each(model.attn_dim_head),
        attn_heads=_one_or_each(model.attn_heads),
        full_attn=model.full_attn,
        flash_attn=model.flash_attn,
        num_classes=data.num_classes,
    )


def _one_or_each(values: tuple[int, ...]) -> int | tuple[int, ...]:
    """The network's argument: one number for all stages, or one for each."""
    return values[0] if len(values) == 1 else values
