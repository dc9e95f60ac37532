"""Every setting of a run, as frozen dataclasses: what it is called, what it may be, what goes together.

A `RunConfig` has four sections (model, diffusion, data, train). Field names are unique over the sections, so that
`--set dim=32`, the window's form and a run's `config.json` all use the same flat words. `None` in a field that
documents it means *auto* (resolved from the pictures by `presets.resolve`) or *off*.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, get_args, get_origin, get_type_hints

from .errors import ConfigError

#: Values that a text field may take; the tables with what they mean live in schedules.py, objectives.py, device.py.
CHOICES: dict[str, tuple[str, ...]] = {
    "objective": ("pred_noise", "pred_x0", "pred_v"),
    "beta_schedule": ("linear", "cosine", "sigmoid"),
    "crop": ("centre", "random"),
    "background": ("white", "black", "grey"),
    "decay": ("cosine", "constant"),
    "amp": ("auto", "off", "bf16", "fp16"),
}

#: Inclusive limits of number fields; what is outside cannot work.
LIMITS: dict[str, tuple[float, float]] = {
    "dim": (4, 4096),
    "dim_mults": (1, 64),
    "attn_heads": (1, 256),
    "attn_dim_head": (1, 1024),
    "dropout": (0.0, 0.999),
    "timesteps": (1, 100_000),
    "ddim_sampling_eta": (0.0, 1.0),
    "offset_noise_strength": (0.0, 10.0),
    "min_snr_gamma": (1e-6, 1e6),
    "image_size": (1, 4096),
    "channels": (1, 4),
    "steps": (1, 10**9),
    "batch_size": (1, 65_536),
    "gradient_accumulate_every": (1, 65_536),
    "learning_rate": (1e-12, 100.0),
    "warmup_steps": (0, 10**9),
    "weight_decay": (0.0, 100.0),
    "max_grad_norm": (1e-6, 1e6),
    "ema_decay": (0.0, 0.999999),
    "checkpoint_every": (1, 10**9),
    "keep_checkpoints": (1, 10**6),
    "sample_every": (1, 10**9),
    "sample_count": (1, 256),
    "sample_steps": (1, 100_000),
    "seed": (0, 2**63 - 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The U-Net (Ho et al. 2020; the article's and the library's names)."""

    dim: int = 64  #: channels at the first stage; even
    dim_mults: tuple[int, ...] = (1, 2, 4, 8)  #: channels of each stage as multiples of dim; each but the last halves
    self_condition: bool = False  #: feed the previous x̂_0 back (Chen et al. 2022, arXiv 2208.04202)
    attn_heads: int = 4
    attn_dim_head: int = 32  #: channels per attention head
    full_attn: tuple[bool, ...] | None = None  #: per stage; None: full attention at the innermost stage only
    dropout: float = 0.0  #: fraction
    flash_attn: bool = True  #: use torch's fused attention, whichever kernel the device has

    @property
    def halvings(self) -> int:
        """How often the network halves a side: a picture's side must divide by 2**halvings."""
        return len(self.dim_mults) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionConfig:
    """The forward process and the loss (diffusion.py)."""

    timesteps: int = 1000  #: T, steps of the forward process
    beta_schedule: str = "sigmoid"
    objective: str = "pred_v"  #: what the network predicts
    min_snr_gamma: float | None = None  #: γ of min-SNR weights (Hang et al. 2023, arXiv 2303.09556); None: off
    offset_noise_strength: float = 0.0  #: 0: off (Guttenberg 2023)
    immiscible: bool = False  #: assign noise to pictures within the batch (Li et al. 2024, arXiv 2406.12303)
    ddim_sampling_eta: float = 0.0  #: η of DDIM when a sampler is given none


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """From a picture file to what the network sees."""

    image_size: int | None = None  #: pixels, square; None: from the pictures
    channels: int | None = None  #: 1 grey, 3 RGB, 4 RGBA; None: from the pictures
    horizontal_flip: bool | None = None  #: mirror at random; None: from the pictures (on for colour)
    crop: str = "centre"  #: after the shortest side is scaled to image_size
    background: str = "white"  #: what transparent pixels are laid on, unless channels is 4


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
    max_grad_norm: float = 1.0  #: the gradient is scaled down to this norm
    ema_decay: float = 0.995  #: per step, approached by a warm-up
    amp: str = "auto"  #: mixed precision: bf16 or fp16 where the device has it; off on a CPU
    checkpoint_every: int = 1000  #: steps
    keep_checkpoints: int = 3  #: the newest this many
    sample_every: int = 1000  #: steps
    sample_count: int = 16  #: pictures in a sample grid
    sample_steps: int = 25  #: DDIM steps of a sample grid
    seed: int = 0  #: everything random follows from it


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleConfig:
    """One request for pictures."""

    sampler: str = "ddim"
    sample_steps: int = 25
    eta: float | None = None  #: None: the diffusion's own
    seed: int = 0
    count: int = 16


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
        """The inverse of `to_dict`; unknown names and wrong values raise ConfigError."""
        flat: dict[str, object] = {}
        for section in _SECTIONS:
            values = plain.get(section, {})
            if not isinstance(values, Mapping):
                raise ConfigError("config.bad-value", name=section, value=values, expected="a table of settings")
            flat.update(values)
        preset = plain.get("preset", "standard")
        return cls(preset=str(preset)).with_settings(flat)

    def problems(self) -> tuple[ConfigError, ...]:
        """Everything that keeps this from being trained, most basic first; empty when it can."""
        return tuple(_problems(self))

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


_TRUE = {"true", "1", "on", "yes"}
_FALSE = {"false", "0", "off", "no"}


def section_of(name: str) -> str:
    """The section that a setting lives in; ConfigError when there is no such setting."""
    if name not in SETTINGS:
        near = difflib.get_close_matches(name, SETTINGS, n=3, cutoff=0.4) or sorted(SETTINGS)
        raise ConfigError("config.unknown-setting", name=name, suggestions=", ".join(near))
    return SETTINGS[name]


def optional(name: str) -> bool:
    """Whether a setting may be None (auto, or off)."""
    return type(None) in get_args(_TYPES[name])


def read_value(name: str, value: object) -> object:
    """`value` as the type of the setting `name`, checked against CHOICES and LIMITS."""
    section_of(name)
    kind = _TYPES[name]
    if optional(name):
        if value is None or (isinstance(value, str) and value.strip().lower() in {"none", "auto", "off"}):
            return None
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    try:
        read = _coerce(kind, value)
    except (TypeError, ValueError, OverflowError):
        raise ConfigError("config.bad-value", name=name, value=value, expected=_expected(name, kind)) from None
    if name in CHOICES and read not in CHOICES[name]:
        raise ConfigError("config.bad-value", name=name, value=value, expected=_expected(name, kind))
    if name in LIMITS:
        low, high = LIMITS[name]
        if not all(low <= number <= high for number in (read if isinstance(read, tuple) else (read,))):
            raise ConfigError("config.bad-value", name=name, value=value, expected=_expected(name, kind))
    return read


def _coerce(kind: Any, value: object) -> Any:  # noqa: ANN401 (any field type)
    if get_origin(kind) is tuple:
        parts = value.strip("()[] ").replace("·", ",").split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or not [p for p in parts if p != ""]:
            raise ValueError
        return tuple(_coerce(get_args(kind)[0], part) for part in parts if part != "")
    if kind is bool:
        if isinstance(value, bool):
            return value
        if (word := str(value).strip().lower()) not in _TRUE | _FALSE:
            raise ValueError
        return word in _TRUE
    if isinstance(value, bool):
        raise TypeError
    if kind is int:
        number = float(value) if isinstance(value, str) and "e" in value.lower() else value
        if isinstance(number, float):
            if not number.is_integer():
                raise ValueError
            return int(number)
        return int(number.replace("_", "") if isinstance(number, str) else number)  # type: ignore[call-overload]
    if kind is float:
        read = float(value)  # type: ignore[arg-type]
        if not math.isfinite(read):
            raise ValueError
        return read
    return str(value)


def _expected(name: str, kind: Any) -> str:  # noqa: ANN401 (any field type)
    if name in CHOICES:
        return "one of " + ", ".join(CHOICES[name])
    if kind is bool:
        return "true or false"
    words = (
        "whole numbers such as 1,2,4" if get_origin(kind) is tuple else "a whole number" if kind is int else "a number"
    )
    if name in LIMITS:
        low, high = LIMITS[name]
        words += f" from {low:g} to {high:g}"
    return words


def legal_sizes(size: int, halvings: int) -> tuple[int, int]:
    """The nearest picture sizes that divide by 2**halvings: (at or below `size`, at or above it), at least one unit."""
    unit = 2**halvings
    return max(unit, size // unit * unit), max(unit, math.ceil(size / unit) * unit)


def _problems(config: RunConfig) -> Iterator[ConfigError]:
    model, diffusion, data, train = config.model, config.diffusion, config.data, config.train
    if model.dim % 2:
        yield ConfigError("config.bad-value", name="dim", value=model.dim, expected="an even number")
    if model.full_attn is not None and len(model.full_attn) != len(model.dim_mults):
        yield ConfigError(
            "config.conflict",
            first="full_attn",
            second="dim_mults",
            reason=f"one says {len(model.full_attn)} stages, the other {len(model.dim_mults)}",
        )
    if data.image_size is not None and data.image_size % 2**model.halvings:
        smaller, larger = legal_sizes(data.image_size, model.halvings)
        yield ConfigError(
            "config.size-not-divisible",
            size=data.image_size,
            halvings=model.halvings,
            smaller=smaller,
            larger=larger,
        )
    if diffusion.beta_schedule == "linear" and diffusion.timesteps <= 20:
        yield ConfigError(
            "config.conflict",
            first="beta_schedule=linear",
            second=f"timesteps={diffusion.timesteps}",
            reason="its β reaches 1 with 20 steps or fewer; use more steps, or the cosine schedule",
        )
    if train.sample_steps > diffusion.timesteps:
        yield ConfigError(
            "config.conflict",
            first=f"sample_steps={train.sample_steps}",
            second=f"timesteps={diffusion.timesteps}",
            reason="a sampler cannot take more steps than the forward process has",
        )
    if diffusion.immiscible and train.batch_size == 1:
        yield ConfigError(
            "config.conflict",
            first="immiscible",
            second="batch_size=1",
            reason="with one picture there is nothing to assign",
        )
