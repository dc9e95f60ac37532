"""What can open a path as a model, in order; each reader is found when a path of its kind is opened.

This program's own runs and checkpoints are read by core.runs.checkpoint. Files from elsewhere are read by core.compat,
which nothing imports: it is named here, and what it says of a file is the types of this module. Imports no torch.
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError, showable
from ..inputs import as_path, length_of
from ..path_kind import PathKind, kind_of
from ..reading import open_regular
from .checkpoint_files import is_tensors_of_a_run, sha256_of
from .tensor_header import NotAHeaderError, read_header

if TYPE_CHECKING:
    from ..diffusion.gaussian_diffusion import GaussianDiffusion

#: torch.save's files by their usual names.
TORCH_SUFFIXES = (".pt", ".pth", ".ckpt", ".bin")

#: What the network's answers depend on, where a file leaves it open.
NETWORK_ASSUMPTIONS = (
    *("sinusoidal_pos_emb_theta", "random_fourier_features"),
    *("timesteps", "beta_schedule", "schedule_fn_kwargs", "objective"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A U-Net as its tensors show it; the names are those of `core.Unet`'s arguments."""

    dim: int
    init_dim: int
    dim_mults: tuple[int, ...]
    channels: int
    patch_size: int
    self_condition: bool
    attn_heads: tuple[int, ...]  #: per stage
    attn_dim_head: tuple[int, ...]  #: per stage
    full_attn: tuple[bool, ...]  #: per stage
    learned_sinusoidal_dim: int | None  #: of a learned or random time embedding; None: the fixed one
    num_classes: int | None  #: None: the network knows no classes
    augment_dim: int = 0  #: numbers that tell how a picture was augmented; 0: the network is not told

    @property
    def downsample_factor(self) -> int:
        """What the height and width of a picture must divide by."""
        return self.patch_size << (len(self.dim_mults) - 1)

    def unet_arguments(self) -> dict[str, Any]:
        """What `Unet` is called with; a learned time embedding where the tensors leave learned or random open."""
        fixed = self.learned_sinusoidal_dim is None
        return {
            "dim": self.dim,
            "init_dim": self.init_dim,
            "dim_mults": self.dim_mults,
            "channels": self.channels,
            "patch_size": self.patch_size,
            "self_condition": self.self_condition,
            "attn_heads": self.attn_heads,
            "attn_dim_head": self.attn_dim_head,
            "full_attn": self.full_attn,
            "learned_sinusoidal_cond": not fixed,
            "learned_sinusoidal_dim": 16 if fixed else self.learned_sinusoidal_dim,
            "num_classes": self.num_classes,
            "augment_dim": self.augment_dim,
        }


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
    def defaults(self) -> dict[str, Any]:
        """What stands for each of `unknown`."""
        return {name: self.settings[name] if name in self.settings else getattr(self, name) for name in self.unknown}


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """A model, on the CPU, and which one it is."""

    diffusion: GaussianDiffusion
    step: int | None  #: of its training; None: its file does not say
    sha256: str | None = None  #: of the file of its tensors; None: nobody asked
    assumed: Mapping[str, Any] = field(default_factory=dict)  #: what stands for each setting that the file does not say
    path: Path | None = None  #: the checkpoint that a run folder meant; None: nobody asked


# --- The readers -----------------------------------------------------------------------------------------


def is_foreign(path: Path) -> bool:
    """Whether `path` is called like a file of elsewhere: torch.save's, or safetensors that no run describes.

    Of a name without an ending (or with a number, ema_0.9999) the file's beginning tells.
    """
    if path.is_dir():
        return False
    suffix = path.suffix.lower()
    if not suffix or suffix[1:].isdigit():
        return kind_of(path) is PathKind.MODEL
    return suffix in TORCH_SUFFIXES or (suffix == ".safetensors" and not is_tensors_of_a_run(path))


@dataclass(frozen=True, slots=True)
class Reader:
    """One kind of thing that a model is read from.

    opens        whether a path is called like one; of names that do not say, a few bytes are read
    loading      "module:name" of (path, weights, **overrides) → LoadedModel
    recognising  "module:name" of (path, **overrides) → Recognised; empty for this program's own, which say all
    """

    opens: Callable[[Path], bool]
    loading: str
    recognising: str = ""


#: The first that opens a path reads it.
READERS = (
    Reader(is_foreign, loading="core.compat.files:load", recognising="core.compat.files:recognise"),
    Reader(lambda _: True, loading="core.runs.checkpoint:load_own"),
)


def recognise(path: Path, **overrides: Any) -> Recognised | None:  # noqa: ANN401 (a setting of any type)
    """What the file at `path` is, without making a model of it; None for a run or a checkpoint of this program.

    overrides: as `load_checkpoint` takes them. Raises CheckpointError naming what cannot be opened and why, ConfigError
    for an override.
    """
    reader = _reader_of(path)
    found: Recognised | None = _implementation(reader.recognising)(path, **overrides) if reader.recognising else None
    return found


def load_checkpoint(
    path: Path | str,
    weights: str = "ema",
    **overrides: Any,  # noqa: ANN401 (a setting of any type)
) -> GaussianDiffusion:
    """The model of a run folder (its newest good checkpoint) or of one checkpoint file, on the CPU, for sampling.

    A file may also be denoising-diffusion-pytorch's model-*.pt, or a bare state_dict in safetensors or by torch.save:
    then the model is what its tensors show. Nothing in a file is executed. What such a file does not say has a default
    (`Recognised.unknown`), unless it lies in a run folder whose run.json fits it and says it.
    weights: "ema", the averaged ones, "raw", or "ema-0.08": a power-function EMA of that length σ_rel, 0.01 … 0.25,
    which is made of what the run has stored of others (`averages.lengths_at` says which can be).
    overrides: how the model is used, the names of `overrides.FREE`; image_size in pixels, one number for a square or
    (height, width). Of `overrides.FIXED`, which the weights were trained for, what the file leaves open; what it says
    may be repeated, not contradicted.
    Warns of what the file leaves open and the network's answers depend on, with what is assumed (NETWORK_ASSUMPTIONS).
    Raises CheckpointError when there is none that can be used, ConfigError for an override that would not fit.
    """
    loaded = load_with_assumptions(path, weights, **overrides)
    telling = {name: value for name, value in loaded.assumed.items() if name in NETWORK_ASSUMPTIONS}
    if telling:
        words = ", ".join(f"{name}={value!r}" for name, value in telling.items())
        warnings.warn(
            f"{showable(Path(path).name)} does not say this, and it is assumed: {words}. Where it was trained with "
            f"another value, say it: load_checkpoint(…, {next(iter(telling))}=…).",
            UserWarning,
            stacklevel=2,
        )
    return loaded.diffusion


def load_with_assumptions(
    path: Path | str,
    weights: str = "ema",
    **overrides: Any,  # noqa: ANN401
) -> LoadedModel:
    """As `load_checkpoint` without the warning, with what stands for each setting that the file does not say."""
    path = as_path("path", path)
    reader = _reader_of(path)
    if length_of(weights) is not None and reader.recognising:
        raise CheckpointError("averages.none", path=path)
    loaded: LoadedModel = _implementation(reader.loading)(path, weights, **overrides)
    return loaded


def load_model(path: Path, weights: str, overrides: Mapping[str, Any]) -> LoadedModel:
    """As `load_with_assumptions`, with its path and the SHA-256 that tells it from any other model. Raises the same."""
    loaded = load_with_assumptions(path, weights, **overrides)
    loaded = loaded if loaded.path is not None else replace(loaded, path=path)
    return loaded if loaded.sha256 is not None else replace(loaded, sha256=sha256_of(path))


def _reader_of(path: Path) -> Reader:
    """Raises CheckpointError for pictures with all of their steps, which are as easily taken for a model."""
    recorded = _recording_kind(path)
    if recorded:
        raise CheckpointError(recorded, path=path)
    return next(reader for reader in READERS if reader.opens(path))


def _implementation(where: str) -> Any:  # noqa: ANN401 (a function of Reader's kinds)
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)


def _recording_kind(path: Path) -> str:
    """The code of what to say of a file that holds a denoising, kept or exported by this program; "" for any other."""
    from .generations import FORMAT

    suffix = path.suffix.lower()
    try:
        if suffix == ".npz":
            with open_regular(path) as file, zipfile.ZipFile(file) as parts:
                said = {name.removesuffix(".npy") for name in parts.namelist()}
        elif suffix == ".safetensors":
            with open_regular(path) as file:
                notes = read_header(file).metadata
            if notes.get("format") == FORMAT:
                return "checkpoint.is-kept"
            said = set(notes)
        else:
            return ""
    except (
        OSError,
        ValueError,
        zipfile.BadZipFile,
        NotAHeaderError,
    ):  # what is wrong with it is told by whoever reads it
        return ""
    return "checkpoint.is-exported" if {"settings", "terms"} <= said else ""
