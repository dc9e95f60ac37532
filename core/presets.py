"""Starting points: the table of presets, and how what they leave on auto is resolved from the pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .errors import QT_TRANSLATE_NOOP, ConfigError
from .settings import USUAL_SAMPLER, USUAL_STEPS, RunConfig, legal_sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What a scan knows of a folder, as far as `resolve` needs it."""

    typical_size: int  #: median of the shorter sides, pixels
    all_grey: bool
    class_names: tuple[str, ...] = ()  #: sub-folders with pictures, in order
    #: a bundled sample set's own choice, overriding the rules
    image_size: int | None = None
    horizontal_flip: bool | None = None


def resolve(config: RunConfig, facts: PictureFacts) -> RunConfig:
    """Fill what is on auto (size, channels, flip, classes) from the pictures; what is set stays.

    The size is the pictures' typical one, at most the preset's own limit, rounded down to what the network takes.
    """
    data = config.data
    channels = data.channels or (1 if facts.all_grey else 3)
    size = data.image_size
    if size is None:
        size, _ = legal_sizes(_wanted_size(config, facts), _factor(config))
    flip = data.horizontal_flip
    if flip is None:
        # Grey folders are mostly digits, letters and scans, where a mirrored picture is a wrong one.
        flip = facts.horizontal_flip if facts.horizontal_flip is not None else channels != 1
    names = data.class_names
    if names is None and data.labels == "folders":
        names = facts.class_names
    return replace(
        config, data=replace(data, image_size=size, channels=channels, horizontal_flip=flip, class_names=names)
    )


def _wanted_size(config: RunConfig, facts: PictureFacts) -> int:
    """The side that auto would choose if the network took any."""
    channels = config.data.channels or (1 if facts.all_grey else 3)
    return facts.image_size or min(facts.typical_size, preset(config.preset).size_limit(channels))


def _factor(config: RunConfig) -> int:
    """What a picture's side must divide by: for the network's halvings, and for a picture of low resolution."""
    factor = config.model.downsample_factor
    return math.lcm(factor, config.data.condition_factor) if config.data.condition == "low-resolution" else factor


#: Of the side that auto would choose: to lose more of it is worth a word.
WORTH_SAYING = 0.1


def size_note(config: RunConfig, facts: PictureFacts) -> ConfigError | None:
    """That auto trains pictures much smaller than they are, because of what the network's halvings and patches divide.

    None where it does not.
    """
    wanted, factor = _wanted_size(config, facts), _factor(config)
    smaller, larger = legal_sizes(wanted, factor)
    if config.data.image_size is not None or wanted - smaller <= WORTH_SAYING * wanted:
        return None
    return ConfigError("config.size-rounded", size=wanted, smaller=smaller, larger=larger, factor=factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A starting point: all settings, and the largest picture it is meant for."""

    name: str
    title: str
    takes: str  #: about how long it trains
    config: RunConfig
    max_size_grey: int  #: pixels
    max_size_colour: int  #: pixels; colour costs more to learn, so it starts smaller

    def size_limit(self, channels: int) -> int:
        """The largest picture side that auto chooses, in pixels."""
        return self.max_size_grey if channels == 1 else self.max_size_colour


def _preset(name: str, title: str, takes: str, sizes: tuple[int, int], **settings: object) -> Preset:
    sampling = {"sample_sampler": USUAL_SAMPLER, "sample_steps": USUAL_STEPS}
    config = RunConfig(preset=name).with_settings({**sampling, **settings})
    return Preset(name=name, title=title, takes=takes, config=config, max_size_grey=sizes[0], max_size_colour=sizes[1])


#: What *Sketch* says, and the presets that are it with a condition.
_SKETCH: dict[str, object] = {
    "patch_size": 2,
    "dim": 16,
    "dim_mults": (1, 2),
    "attn_heads": 1,
    "attn_dim_head": 16,
    "beta_schedule": "cosine",
    "loss_weighting": "min_snr",
    "min_snr_gamma": 5.0,
    "timestep_draw": "stratified",
    "optimizer": "muon",
    "steps": 2200,
    "batch_size": 32,
    "learning_rate": 4e-3,
    "warmup_steps": 50,
    "decay": "cosine",
    "ema_decay": 0.99,
    "checkpoint_every": 200,
    "sample_every": 200,
}
#: Of a condition's presets: some pairs are held out, so that the grids show pictures that were never trained on.
_PAIRED: dict[str, object] = {**_SKETCH, "hold_out": 0.05, "sample_count": 9}

#: *Sketch* is the recipe that reads best after three minutes on two cores (tests/bench/sketch.md); *Standard* is the
#: library's own default, but for the sampler of its grids and the schedule: with an exact denoiser and the sigmoid the
#: grids would keep 0.74 of the spread of mean brightness at 3×128 px, and all 1,000 steps of DDPM 0.65; with the cosine
#: they keep 0.96.
PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        _preset(
            "sketch",
            QT_TRANSLATE_NOOP("Presets", "Sketch"),
            QT_TRANSLATE_NOOP("Presets", "3 min on a CPU"),
            (28, 32),
            **_SKETCH,
        ),
        _preset(
            "small",
            QT_TRANSLATE_NOOP("Presets", "Small"),
            QT_TRANSLATE_NOOP("Presets", "hours on a CPU"),
            (64, 64),
            dim=32,
            dim_mults=(1, 2, 4),
            attn_heads=2,
            attn_dim_head=32,
            beta_schedule="cosine",
            loss_weighting="min_snr",
            min_snr_gamma=5.0,
            steps=20_000,
            batch_size=16,
            learning_rate=5e-4,
            warmup_steps=200,
            decay="cosine",
            ema_decay=0.995,
            checkpoint_every=500,
            sample_every=500,
        ),
        _preset(
            "standard",
            QT_TRANSLATE_NOOP("Presets", "Standard"),
            QT_TRANSLATE_NOOP("Presets", "a day on a GPU"),
            (128, 128),
            beta_schedule="cosine",
            steps=100_000,
            gradient_accumulate_every=2,
        ),
        _preset(
            "large",
            QT_TRANSLATE_NOOP("Presets", "Large"),
            QT_TRANSLATE_NOOP("Presets", "days on a GPU"),
            (256, 256),
            dim=128,
            beta_schedule="cosine",
            steps=400_000,
            batch_size=16,
            gradient_accumulate_every=2,
            loss_weighting="min_snr",
            min_snr_gamma=5.0,
            learning_rate=1e-4,
            warmup_steps=1000,
            ema_decay=0.9995,
            sample_every=2000,
        ),
        _preset(
            "super-resolution",
            QT_TRANSLATE_NOOP("Presets", "Super-resolution"),
            QT_TRANSLATE_NOOP("Presets", "twice the size, 3 min on a CPU"),
            (28, 32),
            **_PAIRED,
            condition="low-resolution",
        ),
        _preset(
            "colouring",
            QT_TRANSLATE_NOOP("Presets", "Colouring"),
            QT_TRANSLATE_NOOP("Presets", "grey to colour, 3 min on a CPU"),
            (28, 32),
            **_PAIRED,
            condition="grey",
        ),
    )
}


def preset(name: str) -> Preset:
    """The preset of that name, in any letter case; ConfigError names those there are."""
    found = PRESETS.get(name.lower())
    if found is None:
        raise ConfigError("config.unknown-preset", name=name, known=", ".join(PRESETS))
    return found


def changed_settings(config: RunConfig, plain: RunConfig | None = None) -> tuple[str, ...]:
    """The names of the settings that differ from `plain` (by default the config's preset), in the sections' order."""
    plain_settings = (preset(config.preset).config if plain is None else plain).settings()
    return tuple(name for name, value in config.settings().items() if value != plain_settings[name])
