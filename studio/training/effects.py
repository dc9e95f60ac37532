"""Which settings have no effect beside the others, and why: the form locks them and says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QT_TRANSLATE_NOOP

from core.config import RunConfig

from .setting_rows import words


def _draws_features(config: RunConfig) -> bool:
    """Whether the timestep is told by random or learnt frequencies."""
    return config.model.random_fourier_features or config.model.learned_sinusoidal_cond


#: Flat name of a setting → (whether it has an effect beside the others, why not).
CONDITIONS: dict[str, tuple[Callable[[RunConfig], bool], str]] = {
    "background": (
        lambda config: config.data.channels != 4,
        str(QT_TRANSLATE_NOOP("SettingRows", "With 4 channels transparent parts stay transparent.")),
    ),
    "class_dropout": (
        lambda config: config.data.labels != "off",
        str(QT_TRANSLATE_NOOP("SettingRows", "Only with Classes on.")),
    ),
    "learned_sinusoidal_cond": (
        lambda config: not config.model.random_fourier_features,
        str(QT_TRANSLATE_NOOP("SettingRows", "Random frequencies are on; they stay as they were drawn.")),
    ),
    "learned_sinusoidal_dim": (
        _draws_features,
        str(QT_TRANSLATE_NOOP("SettingRows", "Only with random or learnt frequencies on.")),
    ),
    "sinusoidal_pos_emb_theta": (
        lambda config: not _draws_features(config),
        str(QT_TRANSLATE_NOOP("SettingRows", "Random or learnt frequencies take the place of the fixed ones.")),
    ),
    "schedule_fn_kwargs": (
        # What is set and refused must stay within reach.
        lambda config: config.diffusion.beta_schedule != "linear" or config.diffusion.schedule_fn_kwargs is not None,
        str(QT_TRANSLATE_NOOP("SettingRows", "The linear schedule takes no options.")),
    ),
    "immiscible_candidates": (
        lambda config: config.diffusion.immiscible,
        str(QT_TRANSLATE_NOOP("SettingRows", "Only with Immiscible on.")),
    ),
}


def without_effect(config: RunConfig) -> dict[str, str]:
    """Name → reason, in the window's language, of the settings that change nothing in this configuration."""
    return {name: words(reason) for name, (holds, reason) in CONDITIONS.items() if not holds(config)}
