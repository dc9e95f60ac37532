"""The tables of a diffusion in a file from elsewhere: whether they are whole and belong together, and what they show.

A table that is missing or contradicts the others is never made up: the model would sample by another schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Phrase
from ..setting_values import CHOICES, LIMITS
from .architecture import in_words, refuse, refuse_other_network
from .fitting import TABLES, require_finite
from .overrides import process_settings
from .stored import WeightSet
from .weights_file import WeightsFile

if TYPE_CHECKING:
    from torch import Tensor

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
    from .recognition import LIBRARY_OBJECTIVES, recognise_schedule, recognise_weighting, restated_schedule

    betas, said = tables["betas"], process_settings(said)
    hint = (said["beta_schedule"], said.get("schedule_fn_kwargs", {})) if said.get("beta_schedule") else None
    schedule = restated_schedule(betas, recognise_schedule(betas, hint), said)
    name, options = schedule or (None, {})
    seen = {"timesteps": len(betas), "beta_schedule": name, "schedule_fn_kwargs": options}
    if "objective" in file.settings:
        return seen, {}
    # The library's own files are of its own objectives; bare weights may be of a row that weighs like one of them.
    further = () if file.training else tuple(row for row in CHOICES["objective"] if row not in LIBRARY_OBJECTIVES)
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
    low, high = LIMITS["timesteps"]
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
    import torch

    from ..process import ForwardProcess

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
