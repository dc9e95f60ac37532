"""The numbers of a generation, every step with all its terms, as NPZ or safetensors.

Arrays of S steps and N pictures, in the network's range, float32 as the sampler had them (float16 where a recording was
too large for that):

    x_t, x_0, output   (S, N, H, W, C) what went in, the clipped prediction, what the network said
    noise, pred_noise, x_0_ahead, x_t_corrected, known, x_next, conditional, unconditional
                       the same, where some step has it; 0 in steps that have not
    final              (N, H, W, C) what the last step made
    t, t_next          (S,) timesteps; t_next is -1 at the end
    alphas_cumprod     (S,) ᾱ_t of each step; schedule: (T,) of all timesteps
    pictures           (N, H, W, C) uint8, the result as it is shown
    condition          (N, H, W, c) uint8, what the network saw beside x_t, where it saw something

and two texts in JSON, arrays of one string in NPZ and metadata in safetensors: `settings`, and `terms`: for each step a
list of {symbol, coefficient, steps_back, where}. What came out of step k is

    Σ coefficient · arrays[symbol][k − steps_back]

(`where` "inside": only where arrays["known"][k] is 0), which is x_t of step k + 1, or `x_next` of k where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..runs.atomic import replace_file
from . import Exported, ExportProgress, Generation

Arrays = dict[str, NDArray[Any]]


def write_npz(path: Path, generation: Generation) -> Iterator[ExportProgress | Exported]:
    """Uncompressed: noise does not shrink. Raises RunError."""
    arrays = yield from _arrays(generation)
    texts = {name: np.array([text]) for name, text in _texts(generation).items()}

    def write(file: BinaryIO) -> None:
        np.savez(file, **arrays, **texts)  # type: ignore[arg-type]

    replace_file(path, write)
    yield Exported(path)


def write_safetensors(path: Path, generation: Generation) -> Iterator[ExportProgress | Exported]:
    """As NPZ, for whoever has torch. Raises RunError."""
    import torch

    from ..runs.tensors import write_tensors

    arrays = yield from _arrays(generation)
    write_tensors(path, {name: torch.from_numpy(array) for name, array in arrays.items()}, _texts(generation))
    yield Exported(path)


def _arrays(generation: Generation) -> Generator[ExportProgress, None, Arrays]:
    """Returns them by name; those of a recording on the disk stay there."""
    recording = generation.recording
    made = recording.arrived
    arrays: Arrays = {name: recording.trajectory(name) for name in recording.recorded}
    told = {symbol for terms in recording.term_facts for symbol, *_ in terms}
    for symbol in sorted(told - arrays.keys()):  # follows from others: ε̂
        steps = np.empty_like(arrays["x_t"])
        for index in range(made):
            steps[index] = recording.layer(symbol, index)
            yield ExportProgress(index + 1, made)
        arrays[symbol] = steps
    arrays |= {"t": recording.t[:made], "t_next": recording.t_next[:made], "schedule": recording.schedule}
    arrays["alphas_cumprod"] = recording.alphas_cumprod[:made]
    if recording.condition is not None:
        arrays["condition"] = recording.condition
    if recording.final is not None:
        arrays["pictures"] = recording.final
    if recording.final_x is not None:
        arrays["final"] = recording.final_x
    return arrays


def _texts(generation: Generation) -> dict[str, str]:
    terms = [[fact._asdict() for fact in facts] for facts in generation.recording.term_facts]
    return {"settings": json.dumps(dict(generation.settings), default=str), "terms": json.dumps(terms)}
