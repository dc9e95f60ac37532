"""Which pictures of a run's folder its model finds odd: those that it needs the most bits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..device import choose_device, prepare_for_device
from ..pictures.doctor.doctor import DoctorProgress, Finding, finding
from ..pictures.feed.batches import as_tensors, to_device
from ..pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from ..runs.opening import load_model
from ..runs.run import Run
from .bits import Bits, BitsProgress, bits_per_dimension

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.folder.scan import Scan

#: Timesteps for each picture: a picture's own error is then mostly below what odd ones stand out by.
DRAWS = 15
#: Pictures that are looked at; of more so many, evenly over the folder.
MOST_RANKED = 5000
#: Of those that are told: a part, and so many at least and at most.
SHARE, LEAST_TOLD, MOST_TOLD = 0.02, 10, 100
_TOGETHER = 128


def odd_pictures(run_folder: Path, scan: Scan, *, device: str = "auto") -> Iterator[DoctorProgress | Finding]:
    """A Finding "odd" of the pictures with the most bits per dimension, the oddest first, which comes last.

    By the averaged weights of the run's newest good checkpoint, on the pictures that it trains on and those it holds
    out, as its settings prepare them. For a background thread. Raises StudioErrors of what cannot be opened.
    """
    data = Run.open(run_folder).config.data
    chosen = choose_device(device)
    diffusion = prepare_for_device(load_model(run_folder, "ema", {}).diffusion, chosen).eval()
    for loaded in load_pictures(scan, data):
        if isinstance(loaded, LoadProgress):
            yield DoctorProgress(loaded.done, loaded.of)
            continue
        with closing(loaded):
            yield from _ranked(diffusion, loaded, scan.pictures.rows)


def _ranked(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    rows: NDArray[np.integer[Any]],
) -> Iterator[DoctorProgress | Finding]:
    """rows: of the folder's pictures, rising; of two folders some are in no pair, and so not among `pictures`."""
    both = [pictures] + ([] if pictures.held_out is None else [pictures.held_out])
    sets = [(of, np.searchsorted(rows, of.rows)) for of in both]
    count = sum(len(places) for _, places in sets)
    every = max(1, -(-count // MOST_RANKED))
    looked_at = [(of, places, np.arange(0, len(places), every)) for of, places in sets]
    total, done = sum(len(numbers) for *_, numbers in looked_at), 0
    found_at: list[NDArray[np.int64]] = []
    found: list[NDArray[np.float64]] = []
    for of, places, numbers in looked_at:
        for start in range(0, len(numbers), _TOGETHER):
            part = numbers[start : start + _TOGETHER]
            x, labels, condition = to_device(as_tensors(of.take(part, plain=True)), "cpu")
            classes = None if diffusion.num_classes is None else labels
            for event in bits_per_dimension(diffusion, x, draws=DRAWS, classes=classes, condition=condition):
                if isinstance(event, BitsProgress):
                    # Not all of them: what is done and compared is told otherwise.
                    yield DoctorProgress(min(total - 1, done + len(part) * event.done // event.of), total)
                else:
                    assert isinstance(event, Bits)
                    found.append(event.pictures)
            found_at.append(places[part])
            done += len(part)
    yield told(np.concatenate(found_at), np.concatenate(found))


def told(places: NDArray[np.int64], bits: NDArray[np.float64]) -> Finding:
    """The Finding: of `places`, (n,), those with the most `bits`, (n,), in falling order."""
    count = min(len(bits), MOST_TOLD, max(LEAST_TOLD, round(SHARE * len(bits))))
    order = np.argsort(-bits, kind="stable")[:count]
    return finding(
        "odd",
        places[order],
        bits_from=f"{bits[order[-1]]:.2f}",
        bits_to=f"{bits[order[0]]:.2f}",
        bits_usual=f"{float(np.median(bits)):.2f}",
    )
