"""Every setting of a run, as frozen dataclasses: what it is called, what it may be, what goes together.

A `RunConfig` has four sections (model, diffusion, data, train). Field names are unique over the sections, so that
`--set dim=32`, the window's form and a run's `config.json` all use the same flat words. `None` in a field that
documents it means *auto* (resolved from the pictures by `presets.resolve`) or *off*.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, get_args, get_type_hints

from .beginning import Beginning
from .catalogue import Table, is_row_name, not_installed
from .errors import ConfigError, Phrase
from .number_text import read_number
from .setting_values import (
    CATALOGUED,
    CHOICES,
    LIMITS,
    LONGEST_TEXT,
    MOST_ENTRIES,
    MOST_TEXT_BYTES,
    coerce,
    expected,
    text_bytes,
)

__all__ = [
    "CHOICES",
    "LIMITS",
    "SETTINGS",
    "DataConfig",
    "DiffusionConfig",
    "ModelConfig",
    "RunConfig",
    "SampleConfig",
    "TrainConfig",
    "legal_sizes",
    "optional",
    "read_value",
    "section_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The U-Net (Ho et al. 2020; the article's and the library's names)."""

    dim: int = 64  #: channels at the first stage; even
    init_dim: int | None = None  #: channels after the first convolution; None: dim
    dim_mults: tuple[int, ...] = (1, 2, 4, 8)  #: channels of each stage as multiples of dim; each but the last halves
    self_condition: bool = False  #: feed the previous x̂_0 back (Chen et al. 2022, arXiv 2208.04202)
    attn_heads: tuple[int, ...] = (4,)  #: of every stage, or one number per stage
    attn_dim_head: tuple[int, ...] = (32,)  #: channels per attention head, likewise
    full_attn: tuple[bool, ...] | None = None  #: per stage; None: full attention at the innermost stage only
    dropout: float = 0.0  #: fraction
    flash_attn: bool = True  #: use torch's fused attention, whichever kernel the device has
    learned_sinusoidal_cond: bool = False  #: embed t at learned frequencies instead of fixed ones
    random_fourier_features: bool = False  #: embed t at random frequencies that stay as drawn
    learned_sinusoidal_dim: int = 16  #: twice the number of learned or random frequencies; even
    sinusoidal_pos_emb_theta: float = 10000.0  #: the slowest fixed frequency is 1/θ

    @property
    def halvings(self) -> int:
        """How often the network halves a side: a picture's side must divide by 2**halvings."""
        return len(self.dim_mults) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionConfig:
    """The forward process and the loss (diffusion.py)."""

    timesteps: int = 1000  #: T, steps of the forward process
    beta_schedule: str = "sigmoid"
    schedule_fn_kwargs: tuple[str, ...] | None = None  #: options of the schedule, such as ("tau=0.7",)
    objective: str = "pred_v"  #: what the network predicts
    min_snr_gamma: float | None = None  #: γ of min-SNR weights (Hang et al. 2023, arXiv 2303.09556); None: off
    offset_noise_strength: float = 0.0  #: 0: off (Guttenberg 2023)
    immiscible: bool = False  #: assign noise to pictures within the batch (Li et al. 2024, arXiv 2406.12303)
    immiscible_candidates: int = 0  #: K: each picture takes the nearest of K noises instead; 0: the assignment
    ddim_sampling_eta: float = 0.0  #: η of DDIM when a sampler is given none
    auto_normalize: bool = True  #: pictures come in [0, 1]; False: the network sees them as they come
    class_dropout: float = 0.1  #: how often a label is left out in training, for guidance (Ho & Salimans 2022)

    def schedule_options(self) -> dict[str, float]:
        """`schedule_fn_kwargs` as names and numbers. ConfigError for what is not NAME=NUMBER."""
        options: dict[str, float] = {}
        for option in self.schedule_fn_kwargs or ():
            name, _, number = option.partition("=")
            try:
                options[name.strip()] = read_number(number, whole=False)
            except ValueError:
                raise ConfigError(
                    "config.bad-value", name="schedule_fn_kwargs", value=option, expected=Phrase("value.such-as-tau")
                ) from None
        return options


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """From a picture file to what the network sees."""

    image_size: int | None = None  #: pixels, the side of a square (or the width); None: from the pictures
    image_height: int | None = None  #: pixels, where it is not the width; None: square
    channels: int | None = None  #: 1 grey, 3 RGB, 4 RGBA; None: from the pictures
    horizontal_flip: bool | None = None  #: mirror at random; None: from the pictures (on for colour)
    crop: str = "centre"  #: what is kept once the shortest side is scaled to image_size; pad and stretch keep all
    background: str = "white"  #: what transparent pixels are laid on, unless channels is 4, and padded pictures
    vertical_flip: bool = False  #: turn upside down at random
    colour_jitter: float = 0.0  #: brightness, contrast and saturation times 1 ± this at random; 0: off
    excluded: tuple[str, ...] | None = None  #: pictures left out: paths below the folder, with / between
    hidden_folders: bool = False  #: pictures in hidden folders and in those of other programs too
    hold_out: float = 0.0  #: fraction of the pictures that is never trained on, to measure the loss on
    labels: str = "off"  #: "folders": the folder a picture lies in, below the chosen one, is its class
    class_names: tuple[str, ...] | None = None  #: the classes in order; None: from the pictures

    @property
    def height_and_width(self) -> tuple[int, int]:
        """Pixels, of what the network sees; only with nothing on auto."""
        assert self.image_size is not None, "settings on auto must be resolved first"
        return self.image_height or self.image_size, self.image_size

    @property
    def num_classes(self) -> int | None:
        """How many classes the network knows; None where it knows none. Only with nothing on auto."""
        return None if self.labels == "off" else len(self.class_names or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """The optimisation: how long, how fast, what is kept."""

    steps: int = 100_000  #: optimizer steps in total; the learning rate's plan depends on it
    batch_size: int = 16  #: pictures per optimizer step and accumulation
    gradient_accumulate_every: int = 1  #: batches per optimizer step
    learning_rate: float = 8e-5  #: peak, of AdamW
    warmup_steps: int = 0  #: linear rise from 0
    decay: str = "constant"  #: cosine falls to a hundredth at the last step
    weight_decay: float = 0.0  #: AdamW's, on matrices and kernels
    adam_betas: tuple[float, ...] = (0.9, 0.99)  #: AdamW's β₁ and β₂: how slowly its averages of the gradient follow
    max_grad_norm: float = 1.0  #: the gradient is scaled down to this norm
    ema_decay: float = 0.995  #: per update, approached by a warm-up
    ema_warmup: str = "updates"  #: how: a row of training.ema.EMA_WARMUPS
    ema_update_every: int = 1  #: steps
    amp: str = "auto"  #: mixed precision: bf16 or fp16 where the device has it; off on a CPU
    checkpoint_every: int = 1000  #: steps
    keep_checkpoints: int = 3  #: the newest this many
    sample_every: int = 1000  #: steps
    held_out_every: int = 500  #: steps from one loss of the held-out pictures to the next, where hold_out is above 0
    sample_count: int = 16  #: pictures in a sample grid
    sample_sampler: str = "ddim"  #: of a sample grid
    sample_steps: int = 25  #: of the sampler of a sample grid
    seed: int = 0  #: everything random follows from it


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleConfig:
    """One request for pictures."""

    sampler: str = "ddim"
    sample_steps: int = 25
    eta: float | None = None  #: None: the diffusion's own
    spacing: str | None = None  #: which timesteps are kept; None: the sampler's own way
    seed: int = 0  #: all noise of picture k is a function of (seed, k)
    offset_noise: bool = True  #: noise as the training's was distributed; False: plain, as denoising-diffusion-pytorch
    count: int = 16
    classes: tuple[int, ...] = ()  #: picture k gets the k-th in turn; empty: no class
    guidance_scale: float = 1.0  #: 1: as the network says; above: more of the class (Ho & Salimans 2022)
    guidance_rescale: float = 0.0  #: 0 … 1, against the washed-out look of much guidance (Lin et al. 2023)
    beginning: Beginning = field(default=Beginning())
    first: int = 0  #: the number of the first picture, where a large request is made in parts


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """All settings of a run. Immutable; `with_settings` makes a changed copy."""

    preset: str = "standard"
    model: ModelConfig = field(default_factory=ModelConfig)
    diffusion: DiffusionConfig = field(default_factory=DiffusionConfig)
    data: DataConfig = field(default_factory=DataConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def setting(self, name: str) -> Any:  # noqa: ANN401 (a setting of any type)
        """The value of a setting by its flat name."""
        return getattr(getattr(self, section_of(name)), name)

    def with_settings(self, changes: Mapping[str, object]) -> RunConfig:
        """A copy with settings changed by flat name; text is read as the field's type (`"1,2,4"`, `"off"`, `"2e-3"`).

        Raises ConfigError for an unknown name (naming the nearest) or a value of the wrong kind or range.
        """
        sections: dict[str, dict[str, object]] = {}
        for name, value in changes.items():
            sections.setdefault(section_of(name), {})[name] = read_value(name, value)
        changed = {section: replace(getattr(self, section), **values) for section, values in sections.items()}
        return replace(self, **changed)

    def settings(self) -> dict[str, Any]:
        """All settings, flat, in the order of the sections."""
        return {name: self.setting(name) for name in SETTINGS}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-able values, by section."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> RunConfig:
        """The inverse of `to_dict`; unknown names and wrong values raise ConfigError.

        A variant that no installed package has is a problem of the settings, and no reason not to read them.
        """
        flat: dict[str, object] = {}
        for section in _SECTIONS:
            values = plain.get(section, {})
            if not isinstance(values, Mapping):
                raise ConfigError("config.bad-value", name=section, value=values, expected=Phrase("value.table"))
            flat.update(values)
        elsewhere = {name: flat.pop(name) for name, table in CATALOGUED.items() if _of_another(flat.get(name), table)}
        config = cls(preset=str(plain.get("preset", "standard"))).with_settings(flat)
        for name, said in elsewhere.items():
            section = SETTINGS[name]
            config = replace(config, **{section: replace(getattr(config, section), **{name: said})})
        return config

    def problems(self) -> tuple[ConfigError, ...]:
        """Everything that keeps this from being trained, most basic first; empty when it can."""
        return tuple(_problems(self))

    def cautions(self) -> tuple[ConfigError, ...]:
        """What can be trained, and yet will hardly learn what is wished; for whoever starts it to say."""
        diffusion = self.diffusion
        # SNR itself is the weight then: 10⁶ at t = 0 of 1000, 10⁻⁹ at the other end.
        spread = diffusion.objective == "pred_x0" and diffusion.beta_schedule == "rectified_flow"
        if not spread or diffusion.min_snr_gamma is not None:
            return ()
        return (
            ConfigError("config.spread-weights", objective=diffusion.objective, beta_schedule=diffusion.beta_schedule),
        )

    def validate(self) -> None:
        """Raise the first of `problems`."""
        for problem in _problems(self):
            raise problem


_SECTIONS: dict[str, type] = {
    "model": ModelConfig,
    "diffusion": DiffusionConfig,
    "data": DataConfig,
    "train": TrainConfig,
}

#: Flat name of every setting → its section.
SETTINGS: dict[str, str] = {f.name: section for section, kind in _SECTIONS.items() for f in fields(kind)}

_TYPES: dict[str, Any] = {name: get_type_hints(_SECTIONS[section])[name] for name, section in SETTINGS.items()}


def section_of(name: str) -> str:
    """The section that a setting lives in; ConfigError when there is no such setting."""
    if name not in SETTINGS:
        near = difflib.get_close_matches(name[:100], SETTINGS, n=3, cutoff=0.5)
        if not near:
            raise ConfigError("config.no-such-setting", name=name, known=", ".join(sorted(SETTINGS)))
        raise ConfigError("config.unknown-setting", name=name, suggestions=", ".join(near))
    return SETTINGS[name]


def optional(name: str) -> bool:
    """Whether a setting may be None (auto, or off)."""
    return type(None) in get_args(_TYPES[name])


def read_value(name: str, value: object, *, group: str = ",", decimal: str = ".") -> object:
    """`value` as the type of the setting `name`, checked against CHOICES and LIMITS.

    group, decimal: the signs of the language in which a number was typed, see `read_number`.
    """
    section_of(name)
    kind = _TYPES[name]
    if optional(name):
        if value is None or (isinstance(value, str) and value.strip().lower() in {"none", "auto", "off"}):
            return None
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    if name in MOST_ENTRIES and isinstance(value, str | list | tuple):
        # Before any of them is looked at: a file may say a million.
        count = value.count(",") + value.count("·") + 1 if isinstance(value, str) else len(value)
        if count > MOST_ENTRIES[name]:
            limit = Phrase("value.at-most-entries", most=MOST_ENTRIES[name])
            raise ConfigError("config.bad-value", name=name, value=Phrase("value.several", count=count), expected=limit)
    try:
        read = coerce(kind, value, group=group, decimal=decimal)
    except (TypeError, ValueError, OverflowError) as error:
        said = error.args[0] if error.args and isinstance(error.args[0], Phrase) else expected(name, kind)
        if value == "":
            raise ConfigError("config.empty-value", name=name, expected=said) from None
        raise ConfigError("config.bad-value", name=name, value=value, expected=said) from None
    texts = read if isinstance(read, tuple) else (read,)
    if isinstance(texts[0], str) and max(map(len, texts)) > LONGEST_TEXT:
        limit = Phrase("value.at-most-characters", most=LONGEST_TEXT)
        raise ConfigError("config.bad-value", name=name, value=value, expected=limit)
    if name in MOST_TEXT_BYTES and isinstance(read, tuple) and text_bytes(read) > MOST_TEXT_BYTES[name]:
        limit = Phrase("value.at-most-bytes", most=MOST_TEXT_BYTES[name])
        raise ConfigError("config.bad-value", name=name, value=Phrase("value.several", count=len(read)), expected=limit)
    if name in CHOICES and read not in CHOICES[name]:
        raise ConfigError("config.bad-value", name=name, value=value, expected=expected(name, kind))
    if name in LIMITS:
        low, high = LIMITS[name]
        if not all(low <= number <= high for number in (read if isinstance(read, tuple) else (read,))):
            raise ConfigError("config.bad-value", name=name, value=value, expected=expected(name, kind))
    return read


def legal_sizes(size: int, halvings: int) -> tuple[int, int]:
    """The nearest picture sizes that divide by 2**halvings: (at or below `size`, at or above it), at least one unit."""
    unit = 2**halvings
    return max(unit, size // unit * unit), max(unit, math.ceil(size / unit) * unit)


def size_problem(name: str, size: int, halvings: int) -> ConfigError:
    """For a picture's side that does not divide by 2**halvings: it names the nearest that do, or the one that does."""
    smaller, larger = legal_sizes(size, halvings)
    one = Phrase("value.one-size", size=smaller)
    sizes = one if smaller == larger else Phrase("value.two-sizes", smaller=smaller, larger=larger)
    return ConfigError("config.size-not-divisible", name=name, size=size, halvings=halvings, sizes=sizes)


def _of_another(said: object, table: Table[Any]) -> bool:
    """Whether a setting names a variant that may be another package's."""
    return is_row_name(said) and said not in table


def _problems(config: RunConfig) -> Iterator[ConfigError]:
    model, diffusion, data, train = config.model, config.diffusion, config.data, config.train
    for name, table in CATALOGUED.items():
        row = table[str(config.setting(name))]
        if not row.installed:
            yield not_installed(row)
    if model.dim % 2:
        yield ConfigError("config.bad-value", name="dim", value=model.dim, expected=Phrase("value.even"))
    if model.learned_sinusoidal_dim % 2:
        yield ConfigError(
            "config.bad-value",
            name="learned_sinusoidal_dim",
            value=model.learned_sinusoidal_dim,
            expected=Phrase("value.even"),
        )
    for name in ("full_attn", "attn_heads", "attn_dim_head"):
        per_stage = getattr(model, name)
        if per_stage is not None and len(per_stage) not in _stages_said(name, model):
            yield ConfigError(
                "config.conflict",
                first=name,
                second="dim_mults",
                reason=Phrase("conflict.stages", one=len(per_stage), other=len(model.dim_mults)),
            )
    for name in ("image_size", "image_height"):
        side = getattr(data, name)
        if side is None or side % 2**model.halvings == 0:
            continue
        yield size_problem(name, side, model.halvings)
    if len(train.adam_betas) != 2:
        yield ConfigError(
            "config.bad-value", name="adam_betas", value=train.adam_betas, expected=Phrase("value.two-betas")
        )
    if diffusion.beta_schedule == "linear" and diffusion.timesteps <= 20:
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="beta_schedule", value="linear"),
            second=Phrase("setting.is", name="timesteps", value=diffusion.timesteps),
            reason=Phrase("conflict.beta-reaches-one", steps=20),
        )
    if train.sample_steps > diffusion.timesteps:
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="sample_steps", value=train.sample_steps),
            second=Phrase("setting.is", name="timesteps", value=diffusion.timesteps),
            reason=Phrase("conflict.more-steps-than-timesteps"),
        )
    if diffusion.immiscible and train.batch_size == 1 and diffusion.immiscible_candidates < 2:
        yield ConfigError(
            "config.conflict",
            first="immiscible",
            second=Phrase("setting.is", name="batch_size", value=1),
            reason=Phrase("conflict.nothing-to-assign", setting="immiscible_candidates"),
        )
    if diffusion.immiscible_candidates == 1:
        yield ConfigError(
            "config.bad-value",
            name="immiscible_candidates",
            value=1,
            expected=Phrase("value.candidates"),
        )
    yield from _class_problems(data)


def _class_problems(data: DataConfig) -> Iterator[ConfigError]:
    if data.labels == "off" or data.class_names is None:
        return
    if len(data.class_names) < 2:
        only = Phrase("conflict.one-class", folder=data.class_names[0], setting="labels") if data.class_names else None
        yield ConfigError(
            "config.conflict",
            first=Phrase("setting.is", name="labels", value=data.labels),
            second=Phrase("conflict.this-folder"),
            reason=only or Phrase("conflict.no-classes", setting="labels"),
        )
    for name, times in Counter(data.class_names).items():
        if times > 1:
            yield ConfigError("config.bad-value", name="class_names", value=name, expected=Phrase("value.named-once"))


def _stages_said(name: str, model: ModelConfig) -> set[int]:
    """How many values a setting of the stages may have: one each, or for numbers also one for all."""
    return {len(model.dim_mults)} if name == "full_attn" else {1, len(model.dim_mults)}
