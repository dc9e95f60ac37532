"""Models from elsewhere: the library's checkpoints, and bare weights. What such a file says, and a model made of it.

The architecture is read off the tensors' shapes, the noise schedule, the objective and min-SNR off the tables. What is
in neither is a setting that may be said, or has a default that is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import torch
from torch import Tensor

from ..catalogue import OBJECTIVES
from ..diffusion.gaussian_diffusion import GaussianDiffusion
from ..diffusion.process import ForwardProcess, objective_named
from ..diffusion.weightings import library_weighting, loss_weights
from ..errors import CheckpointError, ConfigError, Phrase, StudioError, phrase_of
from ..inputs import require_fitting_size
from ..networks.unet import Unet
from ..runs.fitting import TABLES, Shape, in_words, refuse, require_finite, shapes_of
from ..runs.opening import Architecture, LoadedModel, Recognised
from ..runs.overrides import (
    FIXED,
    FREE,
    model_settings,
    network_facts,
    process_settings,
    read_overrides,
    read_setting,
    require_class_names,
)
from ..runs.recognition import recognise_schedule, restated_schedule, rounded
from ..runs.run import Run, is_run
from ..settings import SETTINGS, RunConfig, legal_sizes
from .adam_state import read_adam_state
from .architecture import read_architecture, refuse_other_network
from .weights_file import WeightSet, WeightsFile, read_weights_file

# --- The settings of a model from elsewhere: what its tensors show, what was noted beside them, what a person says.
# What nobody says has a default, and is named as unknown.

#: What tensors never say → what stands for it where nobody does; most of it the library's own defaults.
#: `image_size` is rounded up to what the network takes; small, because a picture of it is made soon.
USE_DEFAULTS: dict[str, Any] = {
    "image_size": 32,
    "auto_normalize": True,
    "ddim_sampling_eta": 0.0,
    "dropout": 0.0,
    "offset_noise_strength": 0.0,
    "immiscible": False,
}
#: What the tables say, where there are any → the library's defaults.
PROCESS_DEFAULTS: dict[str, Any] = {
    "timesteps": 1000,
    "beta_schedule": "sigmoid",
    "schedule_fn_kwargs": {},
    "objective": "pred_v",
    "min_snr_gamma": None,
}
#: Nothing about the model: these choose how it is used.
CHOICE_DEFAULTS: dict[str, Any] = {
    **{name: value for name, value in RunConfig().settings().items() if name in FREE and name not in USE_DEFAULTS},
    "sampling_timesteps": None,
    "flash_attn": False,
}


def settle(
    path: Path,
    architecture: Architecture,
    *,
    seen: Mapping[str, Any],
    likely: Mapping[str, Any],
    noted: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """All settings by name, and those that nobody said.

    seen: what the tables show. likely: what stands for what they leave open, before the defaults. noted: what is said
    beside the tensors. overrides: what a person says, as `read_overrides` judges it.
    Raises ConfigError for an override that is none or contradicts the file, CheckpointError for a note that cannot be.
    """
    defaults = {**USE_DEFAULTS, **PROCESS_DEFAULTS, **_depending_on(architecture), **likely}
    defaults["image_size"] = (legal_sizes(USE_DEFAULTS["image_size"], architecture.downsample_factor)[1],) * 2
    possible = {**CHOICE_DEFAULTS, **defaults}
    if noted.get("class_names") and architecture.num_classes is None:
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.classes-without"))
    try:
        notes = {name: read_setting(name, value) for name, value in noted.items() if name in possible}
        require_class_names(notes.get("class_names"), architecture.num_classes)
        require_fitting_size(notes.get("image_size", defaults["image_size"]), architecture.downsample_factor)
    except ConfigError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error
    facts = _network_facts(architecture) | {name: notes[name] for name in notes if name in FIXED} | dict(seen)
    said = read_overrides(overrides, facts)
    # Where it is open the tensors show that it is one of the two.
    not_learned = said.pop("learned_sinusoidal_cond", None) is False
    if not_learned and not said.setdefault("random_fourier_features", facts.get("random_fourier_features", True)):
        expected = Phrase("value.file-says-frequencies")
        raise ConfigError("config.bad-value", name="learned_sinusoidal_cond", value=False, expected=expected)
    settings = {**possible, **notes, **seen, **{name: said[name] for name in said if name in possible}}
    return settings, tuple(name for name in defaults if name not in {*notes, *seen, *said})


def _network_facts(architecture: Architecture) -> dict[str, Any]:
    """What the shapes say; learned and random frequencies look the same."""
    open_names = (
        ("learned_sinusoidal_dim",)
        if architecture.learned_sinusoidal_dim is None
        else ("learned_sinusoidal_cond", "random_fourier_features")
    )
    facts = network_facts({"random_fourier_features": False, **architecture.unet_arguments()})
    return {name: fact for name, fact in facts.items() if name not in open_names}


def settings_of_run(path: Path) -> dict[str, Any]:
    """What the run.json beside `path` says of its model, by `load_checkpoint`'s names; {} where there is none to read.

    The Trainer writes model-N.pt into a run folder, and such a file has no place for all of it.
    """
    if not is_run(path.parent):
        return {}
    try:
        return model_settings(Run.open(path.parent).config)
    except StudioError:
        return {}


def _depending_on(architecture: Architecture) -> dict[str, Any]:
    """What only some networks have, and no tensor says."""
    defaults: dict[str, Any] = {}
    if architecture.learned_sinusoidal_dim is None:
        defaults["sinusoidal_pos_emb_theta"] = 10000.0
    else:
        defaults["random_fourier_features"] = False
    if architecture.num_classes is not None:
        defaults |= {name: CHOICE_DEFAULTS[name] for name in ("class_dropout", "class_names")}
    return defaults


# --- The tables of a diffusion in a file from elsewhere: whether they are whole and belong together, and what they
# show.
# A table that is missing or contradicts the others is never made up: the model would sample by another schedule.

#: Of a table that was computed from the same β, in units of its own rounding.
_ROUNDINGS = 16


def read_tables(file: WeightsFile) -> dict[str, Tensor]:
    """The tables by name, (T,) each, {} for a network alone. Where there are two sets of weights, both have the same.

    Raises CheckpointError naming the table that is missing, or that does not go with the others.
    """
    if not any(weights.tables for weights in file.sets.values()):
        return {}
    for weights in file.sets.values():
        _require_whole(file.path, weights)
    read = {which: _read(file.path, weights) for which, weights in file.sets.items()}
    tables = read.get("raw") or next(iter(read.values()))
    for other in read.values():
        for name, table in other.items():
            if table.shape != tables[name].shape or not table.double().allclose(tables[name].double(), rtol=1e-5):
                refuse(file.path, Phrase("file.not-same", name=name))
    return tables


def shown_settings(
    file: WeightsFile, tables: Mapping[str, Tensor], said: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that the tables show, and what is likely of those that they leave open.

    said: what somebody calls the schedule and the weights; taken over where the tables agree.
    """
    betas, said = tables["betas"], process_settings(said)
    hint = (said["beta_schedule"], said.get("schedule_fn_kwargs", {})) if said.get("beta_schedule") else None
    schedule = restated_schedule(betas, recognise_schedule(betas, hint), said)
    name, options = schedule or (None, {})
    seen = {"timesteps": len(betas), "beta_schedule": name, "schedule_fn_kwargs": options}
    if "objective" in file.settings:
        return seen, {}
    # The library's own files are of its own objectives; bare weights may be of a row that weighs like one of them.
    further = () if file.training else tuple(row for row in OBJECTIVES if row not in LIBRARY_OBJECTIVES)
    rows = (*further, *LIBRARY_OBJECTIVES) if name == "rectified_flow" else (*LIBRARY_OBJECTIVES, *further)
    fitting = [asdict(weighting) for weighting in recognise_weighting(tables, rows, said)]
    for setting in ("objective", "min_snr_gamma"):
        values = {weighting[setting] for weighting in fitting}
        if len(values) == 1 or (values and setting in said and said[setting] not in values):
            seen[setting] = fitting[0][setting]
    return seen, fitting[0] if fitting else {}


def _require_whole(path: Path, weights: WeightSet) -> None:
    """Refuse tables that are not those of a GaussianDiffusion, before one is read."""
    refuse_other_network(path, list(weights.tables))
    for name in TABLES:
        if name not in weights.tables:
            refuse(path, Phrase("file.lacks-table", name=name))
    for name in weights.tables:
        if name not in TABLES:
            refuse(path, Phrase("file.unknown-table", name=name))
    lengths = {name: tensor.shape for name, tensor in weights.tables.items()}
    timesteps = lengths["betas"][0] if len(lengths["betas"]) == 1 else 0
    low, high = SETTINGS["timesteps"].limits
    if not low <= timesteps <= high:
        refuse(path, Phrase("file.schedule-steps", timesteps=timesteps, low=low, high=high))
    for name, shape in lengths.items():
        if shape != (timesteps,):
            refuse(path, Phrase("file.table-shape", name=name, shape=in_words(shape), timesteps=timesteps))


def _read(path: Path, weights: WeightSet) -> dict[str, Tensor]:
    tables = {name: tensor.read() for name, tensor in weights.tables.items()}
    require_finite(path, tables)
    betas = tables["betas"]
    if not bool(((betas > 0) & (betas < 1)).all()):
        refuse(path, Phrase("file.betas-range", low=float(betas.min()), high=float(betas.max())))
    odd = _contradiction(tables)
    if odd is not None:
        refuse(path, Phrase("file.table-odd", name=odd))
    return tables


def _contradiction(tables: Mapping[str, Tensor]) -> str | None:
    """The first table that is not what follows from β within the rounding of both; None where all are.

    The loss weights follow from settings, too: `shown_settings` looks at them.
    """
    betas = tables["betas"]
    # Whatever they are kept as, they are computed in float32, by that library and here.
    kind = max(map(torch.finfo, (betas.dtype, torch.float32)), key=lambda kind: kind.eps)
    beta = betas.double()
    rounding = kind.eps * beta + kind.tiny * kind.eps
    # How far log ᾱ may be off, relative for ᾱ itself; and then 1 − ᾱ and the β that stand beside it.
    of_signal = (rounding / (1 - beta)).cumsum(0)
    signal = (1 - beta).cumprod(0)
    of_noise = of_signal / (1 - signal)
    off = of_signal + of_noise + of_noise.roll(1) + rounding / beta
    off[0] = of_signal[0] + of_noise[0] + (rounding / beta)[0]
    with torch.device("cpu"):
        expected = dict(ForwardProcess(beta).double().named_buffers())
    for name, table in expected.items():
        own = max(map(torch.finfo, (tables[name].dtype, torch.float32)), key=lambda kind: kind.eps)
        scale = table.abs() + 1 if "log" in name else table.abs()
        allowed = _ROUNDINGS * (off + own.eps) * scale + own.tiny
        if not bool(((tables[name].double() - table).abs() <= allowed).all()):
            return name
    return None


# --- The objective and min-SNR's γ, which a file does not name: each candidate's loss weights are computed anew and
# compared with those that are there.

#: The objectives that the library has, the usual one first. Weights of another row of OBJECTIVES look like one of them.
LIBRARY_OBJECTIVES = ("pred_v", "pred_noise", "pred_x0")


@dataclass(frozen=True, slots=True)
class LossWeighting:
    """An objective and the γ of its min-SNR weights (None: off)."""

    objective: str
    min_snr_gamma: float | None


def recognise_weighting(
    tables: Mapping[str, Tensor],
    objectives: Sequence[str] = LIBRARY_OBJECTIVES,
    said: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[LossWeighting, ...]:
    """The objectives, each with its γ, whose loss weights these are; the likeliest first, none where none fits.

    tables: the (T,) buffers of a GaussianDiffusion by name. objectives: the rows that it may be. said: `objective`,
    `min_snr_gamma` or both, as somebody has it; where that fits, it alone.
    More than one fits where T is very small, where γ lies below every SNR, and of rows that weigh alike.
    """
    snr, tolerance = _snr_of(tables)
    weight = tables["loss_weight"].double().cpu()
    found: list[LossWeighting] = []
    for objective in objectives:
        clipped_snr = weight * objective_named(objective).output_error(snr)
        clipped = clipped_snr < snr * (1 - tolerance)
        gammas: list[float | None] = [None]
        if bool(clipped.any()):
            gammas.append(_shortest(float(clipped_snr[clipped].median()), tolerance))
        low, high = SETTINGS["min_snr_gamma"].limits
        legal = (gamma for gamma in gammas if gamma is None or low <= gamma <= high)
        fitting_ones = (LossWeighting(objective, gamma) for gamma in legal)
        found += [weighting for weighting in fitting_ones if _weighs(tables, weighting)][:1]
    found.sort(key=lambda weighting: weighting.min_snr_gamma is not None)
    fitting = found
    if "min_snr_gamma" in said:
        wished = (LossWeighting(objective, said["min_snr_gamma"]) for objective in objectives)
        fitting = [weighting for weighting in wished if _weighs(tables, weighting)]
    if "objective" in said:
        fitting = [weighting for weighting in fitting if weighting.objective == said["objective"]]
    return tuple(fitting or found)


def _weighs(tables: Mapping[str, Tensor], weighting: LossWeighting) -> bool:
    """Whether the loss weights are that objective's with that γ."""
    snr, tolerance = _snr_of(tables)
    expected = loss_weights(weighting.objective, snr, *library_weighting(weighting.min_snr_gamma))
    return bool(((tables["loss_weight"].double().cpu() - expected).abs() <= 2 * tolerance * expected).all())


def _snr_of(tables: Mapping[str, Tensor]) -> tuple[Tensor, float]:
    """SNR, (T,), and how exactly the tables say it, relative."""
    # Both roots are exact to float32 at either end of the schedule; 1 − ᾱ taken from ᾱ is not.
    signal, noise = (tables[name].double().cpu() for name in ("sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod"))
    eps = max(torch.finfo(tables[name].dtype).eps for name in ("loss_weight", "sqrt_alphas_cumprod"))
    return (signal / noise).square(), 16 * eps


def _shortest(number: float, tolerance: float) -> float:
    """The number of fewest digits that is as near as that, relative."""
    for digits in range(1, 9):
        if abs(rounded(number, digits) - number) <= tolerance * abs(number):
            return rounded(number, digits)
    return number


# --- a whole file ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LibraryCheckpoint:
    """A file of elsewhere, opened whole: everything on the CPU and the receiver's own."""

    diffusion: GaussianDiffusion  #: with the raw weights
    ema: GaussianDiffusion  #: with the averaged ones; those of `diffusion` where the file has one set
    optimizer: Mapping[str, Any]  #: Adam's state_dict, parameters counted in the model's order; empty: there is none
    step: int  #: optimizer steps done, 0 where the file does not say
    averaging: Mapping[str, Tensor]  #: the average's own counters, `initted` and `step`; empty: there are none
    recognised: Recognised

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the file does not say, and a default stands for."""
        return self.recognised.unknown


def recognise(path: Path | str, **overrides: Any) -> Recognised:  # noqa: ANN401 (a setting of any type)
    """What the file at `path` is, without making a model of it. overrides: as `load` takes them.

    Reads names, shapes and tables, not weights. Raises CheckpointError naming what cannot be opened and why,
    ConfigError for an override.
    """
    return _recognise(read_weights_file(Path(path)), overrides)


def load(path: Path, weights: Literal["ema", "raw"] = "ema", **overrides: Any) -> LoadedModel:  # noqa: ANN401
    """The model in the file at `path`, on the CPU, its tables the file's to the last bit.

    weights: which of two sets; a file with one set has but that. overrides: as `load_checkpoint` takes them.
    Raises CheckpointError, ConfigError.
    """
    file = read_weights_file(path)
    recognised = _recognise(file, overrides)
    return LoadedModel(_build(recognised, file.weights(weights)), recognised.step, assumed=recognised.defaults)


def read_library_checkpoint(path: Path | str, **overrides: Any) -> LibraryCheckpoint:  # noqa: ANN401
    """As `load`, with both sets of weights and what a training needs to go on. Raises CheckpointError."""
    file = read_weights_file(Path(path))
    recognised = _recognise(file, overrides)
    raw = _build(recognised, file.weights("raw"))
    return LibraryCheckpoint(
        diffusion=raw,
        ema=_build(recognised, file.weights("ema")),
        optimizer=read_adam_state(file.path, file.optimizer, raw),
        step=file.step or 0,
        averaging={name: counter.read() for name, counter in file.averaging.items()},
        recognised=recognised,
    )


def _recognise(file: WeightsFile, overrides: Mapping[str, Any]) -> Recognised:
    chosen = file.weights("raw")
    shapes = {name: tensor.shape for name, tensor in chosen.network.items()}
    architecture = read_architecture(file.path, shapes)
    expected = shapes_of(file.path, partial(_unet, architecture))
    for weights in file.sets.values():
        _require_shapes(file.path, expected, weights)
    tables = read_tables(file)
    noted = dict(file.settings)
    if run := settings_of_run(file.path):
        with suppress(ConfigError, CheckpointError):
            # Only of that run where all that the file says itself agrees.
            _settle(file, architecture, tables, noted, run)
            noted = {**run, **noted}
    settings, unknown = _settle(file, architecture, tables, noted, overrides)
    if file.training:
        kind = "checkpoint of denoising-diffusion-pytorch"
    else:
        kind = "weights of a diffusion" if chosen.tables else "weights of a network alone"
    return Recognised(
        path=file.path,
        kind=kind,
        step=file.step,
        version=file.version,
        weights=tuple(name for name in ("ema", "raw") if name in file.sets),
        architecture=architecture,
        parameters=sum(map(prod, shapes.values())),
        **{name: settings.pop(name) for name in ("image_size", *PROCESS_DEFAULTS)},
        settings=settings,
        unknown=unknown,
        unused=file.unused,
    )


def _settle(
    file: WeightsFile,
    architecture: Architecture,
    tables: Mapping[str, Tensor],
    noted: Mapping[str, Any],
    overrides: Mapping[str, Any],
) -> tuple[dict[str, Any], tuple[str, ...]]:
    seen, likely = shown_settings(file, tables, {**noted, **overrides}) if tables else ({}, {})
    return settle(file.path, architecture, seen=seen, likely=likely, noted=noted, overrides=overrides)


def _require_shapes(path: Path, expected: Mapping[str, Shape], weights: WeightSet) -> None:
    """Refuse a set of weights whose names and shapes are others, before memory is taken for it."""
    found = {name: tensor.shape for name, tensor in weights.network.items()}
    refuse_other_network(path, list(found))
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            refuse(path, Phrase("file.other-lacks", name=name))
        if name not in expected:
            refuse(path, Phrase("file.other-unknown", name=name))
        if found[name] != expected[name]:
            shapes = Phrase("file.instead-of", got=in_words(found[name]), wanted=in_words(expected[name]))
            refuse(path, Phrase("file.other-shape", name=name, what=shapes))


def _unet(architecture: Architecture, **settings: Any) -> Unet:  # noqa: ANN401
    arguments = architecture.unet_arguments()
    # The tensors leave learned or random open.
    arguments["learned_sinusoidal_cond"] &= not settings.get("random_fourier_features", False)
    return Unet(**arguments, **settings)


def _build(recognised: Recognised, weights: WeightSet) -> GaussianDiffusion:
    settings = dict(recognised.settings)
    network = {name: settings.pop(name) for name in ("dropout", "flash_attn")}
    network |= {
        name: settings.pop(name) for name in ("sinusoidal_pos_emb_theta", "random_fourier_features") if name in settings
    }
    own_schedule = recognised.beta_schedule is None
    with torch.device("cpu"):
        diffusion = GaussianDiffusion(
            _unet(recognised.architecture, **network),
            image_size=recognised.image_size,
            timesteps=recognised.timesteps,
            objective=recognised.objective,
            beta_schedule=recognised.beta_schedule or "",
            schedule_fn_kwargs=recognised.schedule_fn_kwargs,
            min_snr_loss_weight=recognised.min_snr_gamma is not None,
            min_snr_gamma=5 if recognised.min_snr_gamma is None else recognised.min_snr_gamma,
            betas=weights.tables["betas"].read().double() if own_schedule else None,
            **settings,
        )
    state = diffusion.state_dict()
    for name, stored in weights.tensors():
        # One at a time: of a large model there is never more than one whole copy.
        state[name].copy_(stored.read())
    require_finite(recognised.path, state)
    return diffusion.eval()
