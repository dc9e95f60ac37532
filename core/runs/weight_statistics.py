"""What the numbers of a block are like in a checkpoint: its weights, raw and averaged, and what is known of gradients.

A checkpoint keeps no gradients. What its optimizer keeps of them are running means (MOMENTS), each named as what it is.
Nothing in a file is executed, and of this program's own checkpoints only the tensors asked for are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import QT_TRANSLATE_NOOP, Phrase
from ..inputs import as_path, bad_value, some_of
from .checkpoint import require_own_model, with_checkpoint
from .checkpoint_files import read_description, verify
from .fitting import require_finite
from .opening import is_foreign, load_with_assumptions, recognise
from .tensors import TensorFile

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

#: The translators' context of the titles here.
CONTEXT = "WeightStatistics"
#: Bins of a histogram; odd, so that 0 is in the middle of one.
BINS = 41

#: Sets of numbers: the name of each → what it is, in words.
WEIGHTS = {
    "raw": QT_TRANSLATE_NOOP("WeightStatistics", "Weights"),
    "ema": QT_TRANSLATE_NOOP("WeightStatistics", "Averaged weights (EMA)"),
}
MOMENTS = {
    "exp_avg": QT_TRANSLATE_NOOP("WeightStatistics", "Adam's running mean of the gradient (exp_avg)"),
    "momentum_buffer": QT_TRANSLATE_NOOP("WeightStatistics", "Muon's running mean of the gradient (momentum)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What a set of numbers is like.

    name    of WEIGHTS or MOMENTS
    norm    the root of the sum of squares
    counts  (BINS,) how many numbers are in each bin
    edges   (BINS + 1,) of the bins, evenly from −m to m, the largest magnitude; from −1 to 1 where all are 0
    """

    name: str
    count: int
    mean: float
    std: float
    least: float
    greatest: float
    norm: float
    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightStatistics:
    """Of a block's parameters at one step.

    weights  "raw" and "ema", as far as the checkpoint has them
    moments  of MOMENTS, as far as it knows them; Muon's for kernels, Adam's for the rest, so that a block may have both
    """

    path: Path  #: of the checkpoint
    module: str
    step: int | None  #: of the training; None: the file does not say
    weights: tuple[Numbers, ...]
    moments: tuple[Numbers, ...]


def weight_statistics(path: Path | str, module: str) -> WeightStatistics:
    """What the numbers of a block are like in a run's newest good checkpoint, in one checkpoint, or in another file.

    path: as `load_checkpoint` takes it. module: a module of the network by its name in `named_modules()`, or a
    parameter by its own; all parameters in it count together.
    Raises CheckpointError for what cannot be opened or holds a NaN, ConfigError for a name under which there are none.
    """
    path = as_path("path", path)
    if is_foreign(path):
        return _of_foreign(path, module)
    return with_checkpoint(path, lambda found: _of_own(found, module, is_verified=found != path))


def _of_own(path: Path, module: str, *, is_verified: bool) -> WeightStatistics:
    """is_verified: whether all of the file was held against its SHA-256 just now."""
    description = read_description(path) if is_verified else verify(path)
    require_own_model(path, description)
    file = TensorFile(path.parent / description.tensors)
    sections = {"raw": "model.model.", "ema": "ema.model."}
    raw = sections["raw"]
    _require_some(module, [name.removeprefix(raw) for name in file.header.tensors if name.startswith(raw)])

    def read(name: str, prefix: str, moment: str = "") -> Numbers | None:
        ending = f".{moment}" if moment else ""
        wanted = {
            entry: file.read(entry)
            for entry in sorted(file.header.tensors)
            if entry.startswith(prefix)
            and entry.endswith(ending)
            and _is_in(module, entry.removeprefix(prefix).removesuffix(ending))
        }
        require_finite(path, wanted)
        return _numbers(name, wanted)

    return WeightStatistics(
        path=path,
        module=module,
        step=description.step,
        weights=_there(read(name, prefix) for name, prefix in sections.items()),
        moments=_there(read(moment, "optimizer.model.", moment) for moment in MOMENTS),
    )


def _of_foreign(path: Path, module: str) -> WeightStatistics:
    found = recognise(path)
    assert found is not None
    weights = []
    for name in WEIGHTS:
        if name in found.weights:
            diffusion = load_with_assumptions(path, name).diffusion
            parameters = {
                key.removeprefix("model."): one for key, one in diffusion.named_parameters() if key.startswith("model.")
            }
            _require_some(module, list(parameters))
            weights.append(_numbers(name, {key: one for key, one in parameters.items() if _is_in(module, key)}))
    return WeightStatistics(path=path, module=module, step=found.step, weights=_there(weights), moments=())


def _is_in(module: str, parameter: str) -> bool:
    return parameter == module or parameter.startswith(f"{module}.")


def _require_some(module: str, parameters: Sequence[str]) -> None:
    if not any(_is_in(module, parameter) for parameter in parameters):
        raise bad_value("module", module, Phrase("value.one-of", known=some_of(module, parameters)))


def _there(found: Iterable[Numbers | None]) -> tuple[Numbers, ...]:
    return tuple(numbers for numbers in found if numbers is not None)


def _numbers(name: str, tensors: Mapping[str, Tensor]) -> Numbers | None:
    """None where there are no tensors."""
    if not tensors:
        return None
    values = np.concatenate([tensor.detach().double().flatten().numpy() for tensor in tensors.values()])
    most = float(np.abs(values).max()) or 1.0
    counts, edges = np.histogram(values, bins=BINS, range=(-most, most))
    for array in (counts, edges):
        array.setflags(write=False)
    return Numbers(
        name=name,
        count=values.size,
        mean=float(values.mean()),
        std=float(values.std()),
        least=float(values.min()),
        greatest=float(values.max()),
        norm=float(np.linalg.norm(values)),
        counts=counts,
        edges=edges,
    )
