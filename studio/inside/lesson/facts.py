"""Numbers of the reader's own run for the pages' texts, as they are read: by the names in braces there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from string import Formatter

import numpy as np
from numpy.typing import NDArray

from core.catalogue import NETWORKS, OBJECTIVES, SCHEDULES
from core.errors import StudioError
from core.settings import RunConfig

from ... import numbers
from ...app.messages import row_text

#: The t that the pages speak of, as a share of T.
SHARE_OF_T = 0.4
#: Of fewer timesteps there may be no linear schedule.
LEAST_T = 100
#: What is called lost of a picture: less than this share of its variance is left.
LOST = 0.01
#: How far the SNR may be from 1 where it is called that.
NEAR_EVEN = 0.05
#: Losses at the beginning and at the end of a run that are averaged.
FIRST_STEPS, LAST_STEPS = 20, 100


def named_in(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def told(texts: Sequence[str], facts: dict[str, str]) -> str:
    """The first text whose numbers are all known, with them; "" where there is none."""
    return next((text.format(**facts) for text in texts if named_in(text) <= facts.keys()), "")


def facts_of(config: RunConfig, name: str, run: Path | None) -> dict[str, str]:
    """All that is known. For a background thread: torch comes in here.

    config: of the run, or of the next one, with what cannot be known yet on auto. name: what the run is called.
    """
    facts = {"run": name} | _of_process(config) | _of_network(config) | _of_training(config)
    if run is not None:
        facts |= _of_losses(run)
    return facts


def even_t(config: RunConfig) -> int:
    """The t at which picture and noise are equally strong."""
    return int(np.argmin(np.abs(_alphas_cumprod(config, config.diffusion.beta_schedule) - 0.5)))


def even_ts(config: RunConfig) -> range:
    """The t where picture and noise are as good as equally strong: SNR = 1 within NEAR_EVEN, or as near as t goes."""
    alphas, nearest = _alphas_cumprod(config, config.diffusion.beta_schedule), even_t(config)
    near = np.flatnonzero(np.abs(alphas / (1 - alphas) - 1) <= NEAR_EVEN)
    return range(min([nearest, *near.tolist()]), max([nearest, *near.tolist()]) + 1)


def _alphas_cumprod(config: RunConfig, schedule: str) -> NDArray[np.float64]:
    from core.diffusion.schedules import make_betas

    diffusion = config.diffusion
    options = diffusion.schedule_options() if schedule == diffusion.beta_schedule else None
    betas = make_betas(schedule, diffusion.timesteps, options).double().numpy()
    return np.cumprod(1 - betas)


def _of_process(config: RunConfig) -> dict[str, str]:
    diffusion = config.diffusion
    alphas = _alphas_cumprod(config, diffusion.beta_schedule)
    T = diffusion.timesteps
    t = int(SHARE_OF_T * (T - 1))
    alpha, before = float(alphas[t]), float(alphas[t - 1])
    betas = 1 - alphas / np.concatenate([[1.0], alphas[:-1]])
    beta, last = float(betas[t]), float(alphas[-1])
    c_0 = math.sqrt(before) * beta / (1 - alpha)
    c_t = math.sqrt(1 - beta) * (1 - before) / (1 - alpha)
    facts = {
        "T": numbers.count(T),
        "t": numbers.count(t),
        "schedule": row_text(SCHEDULES[diffusion.beta_schedule].title),
        "alpha": numbers.figure(alpha),
        "signal": numbers.figure(math.sqrt(alpha)),
        "noise": numbers.figure(math.sqrt(1 - alpha)),
        "phi": numbers.figure(math.degrees(math.acos(math.sqrt(alpha)))),
        "beta_first": numbers.figure(float(betas[0])),
        "beta_last": numbers.figure(float(betas[-1])),
        "t_even": numbers.count(even_t(config)),
        "alpha_last": numbers.figure(last),
        "c_0": numbers.figure(c_0),
        "c_t": numbers.figure(c_t),
        "sigma": numbers.figure(math.sqrt(beta * (1 - before) / (1 - alpha))),
        "lost": _lost(alphas),
        "objective": row_text(OBJECTIVES[diffusion.objective].title),
    }
    if T >= LEAST_T:
        facts |= {f"lost_{name}": _lost(_alphas_cumprod(config, name)) for name in ("linear", "sigmoid")}
    if last > 0:
        facts["blown_up"] = numbers.figure(math.sqrt((1 - last) / last))
    if diffusion.loss_weighting == "min_snr" and diffusion.min_snr_gamma is not None:
        gamma = diffusion.min_snr_gamma
        facts["gamma"] = numbers.chosen(gamma)
        # The t that *Schedules* marks with SNR = γ, the first at which nothing is held back any more.
        facts["t_gamma"] = numbers.count(int((alphas / (1 - alphas) > gamma).sum()))
    if diffusion.offset_noise_strength:
        facts["offset"] = numbers.chosen(diffusion.offset_noise_strength)
    if diffusion.immiscible:
        facts["immiscible_on"] = ""
    return facts


def _of_network(config: RunConfig) -> dict[str, str]:
    model = config.model
    facts = {"self_on": ""} if model.self_condition else {}
    if config.data.image_size is None or config.data.channels is None:
        return facts
    height, width = config.data.height_and_width
    factor = model.downsample_factor
    facts |= {
        "side": f"{numbers.count(width)} × {numbers.count(height)}",
        "values": numbers.count(height * width * config.data.channels),
        "pixels": numbers.count(height * width),
        "mean_sd": numbers.figure(1 / math.sqrt(height * width)),
    }
    if model.network != next(iter(NETWORKS)):
        return facts  # one of somebody else's, which may have no stages
    import torch

    from core.networks.build import build_network

    try:
        with torch.device("meta"):
            network = build_network(config)
    except StudioError:
        return facts
    stages = len(model.dim_mults)
    return facts | {
        "parameters": numbers.count(sum(parameter.numel() for parameter in network.parameters())),
        "stages": numbers.count(stages),
        "widths": ", ".join(numbers.count(model.dim * factor_of) for factor_of in model.dim_mults),
        "inner": numbers.sides(height // factor, width // factor),
        "dim": numbers.count(model.dim),
        "time_dim": numbers.count(4 * model.dim),
        "heads": ", ".join(map(numbers.count, model.attn_heads)),
        "head_dim": ", ".join(map(numbers.count, model.attn_dim_head)),
    }


def _of_training(config: RunConfig) -> dict[str, str]:
    train = config.train
    return {
        "batch": numbers.count(train.batch_size * train.gradient_accumulate_every),
        "steps": numbers.count(train.steps),
        "rate": numbers.chosen(train.learning_rate),
        "ema": f"{100 * train.ema_decay:g} %",
    }


def _of_losses(run: Path) -> dict[str, str]:
    from core.runs.metrics import read_losses
    from core.runs.run import METRICS

    try:
        steps, losses = read_losses(run / METRICS)
    except StudioError:
        return {}
    if len(losses) < FIRST_STEPS:
        return {}
    first, last = losses[:FIRST_STEPS].mean(), losses[-LAST_STEPS:].mean()
    return {
        "steps": numbers.count(int(steps[-1])),  # it may have been stopped before its plan, or trained further
        "first_loss": numbers.figure(float(first)),
        "last_loss": numbers.figure(float(last)),
    }


def _lost(alphas: NDArray[np.float64]) -> str:
    """How many of the t leave next to nothing of the picture."""
    return _percent(float((alphas < LOST).mean()))


def _percent(share: float) -> str:
    return f"{numbers.figure(100 * share)} %"
