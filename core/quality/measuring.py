"""Measures a model: makes samples, and says how far they are from the pictures, in several feature spaces."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..catalogue import SAMPLERS
from ..errors import CheckpointError, ConfigError, DataError, Phrase
from ..frames import Frame, SamplingFinished
from ..inputs import bad_value, require_one_of, require_whole
from ..pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from ..randomness import numpy_generator
from ..runs.quality_file import QUALITY, WEIGHTS, BitsResult, QualityResult, SpaceResult, save_quality
from ..sampling import sample_frames
from ..settings import SampleConfig
from ..threads import WalkThreads
from .bits import USUAL_DRAWS, Bits, bits_per_dimension
from .measures import density_and_coverage, frechet_distance, frechet_interval, kid_interval
from .spaces import SPACES, Fitting, Space, checked_spaces
from .wish import LEAST, MOST, QualityProgress, QualityWish

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..diffusion.gaussian_diffusion import GaussianDiffusion

#: Pictures whose bits per dimension are measured.
BITS_PICTURES = 256
#: Samples made at a time.
TOGETHER = 64
#: Pictures read between two signs of life.
_READ_TOGETHER = 256


def measure_quality(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    wish: QualityWish,
    *,
    step: int,
    cache: Path | None = None,
    threads: int | None = None,
    together: int = TOGETHER,
) -> Iterator[QualityProgress | QualityResult]:
    """Measure `diffusion`, the model with the wished weights; the QualityResult comes last. Close it to break off.

    pictures: those of the training; held-out ones are compared with where there are as many as samples are wished.
    The real pictures lie in two halves without one in common, always the same ones: samples are compared with the
    first, and so is the second, which is the floor. They are seen plain, without what augments them.
    step: of the training. cache: a folder for the network that is trained on the pictures. threads: so many on a CPU.
    together: samples that are made at a time.
    Nothing of torch's global generators is used up. Raises ConfigError, DataError, SamplingError.
    """
    began = time.perf_counter()
    names = checked_wish(wish, diffusion.num_timesteps)
    held_out = pictures.held_out
    uses_held_out = held_out is not None and len(held_out) >= wish.count and len(pictures) >= wish.count
    count = wish.count if uses_held_out else min(wish.count, len(pictures) // 2)
    if count < LEAST:
        raise DataError("quality.too-few", count=len(pictures), least=2 * LEAST)
    order = numpy_generator(0, "quality halves").permutation(len(pictures))
    first, second = order[:count], order[count : 2 * count]
    of_first = pictures
    if uses_held_out:
        assert held_out is not None
        of_first, second = held_out, order[:count]
        first = numpy_generator(0, "quality halves").permutation(len(held_out))[:count]
    real, labels = yield from _read(of_first, first, 0, 2 * count)
    floor, _ = yield from _read(pictures, second, count, 2 * count)

    spaces: dict[str, Space] = {}
    for name in names:
        # The first half may be held out: the network learns from the other, which is trained on in any case.
        for event in SPACES[name].make(floor, f"{pictures.fingerprint} {count} {uses_held_out}", cache):
            if isinstance(event, Fitting):
                yield QualityProgress("folder", event.done, event.of)
            else:
                spaces[name] = event

    made = yield from _sampled(diffusion, wish, count, labels, threads, together)
    results: dict[str, SpaceResult] = {}
    for number, (name, space) in enumerate(spaces.items()):
        yield QualityProgress("features", number, len(spaces))
        results[name] = compared(space(real), space(floor), space(made))
    yield QualityProgress("features", len(spaces), len(spaces))

    bits = None
    if wish.bits:
        few = first[: min(count, BITS_PICTURES)]
        bits = yield from _bits(diffusion, of_first, few, wish, held_out=uses_held_out)
    yield QualityResult(
        step=step,
        weights=wish.weights,
        count=count,
        sampler=wish.sampler,
        sampler_steps=steps_of(wish, diffusion.num_timesteps),
        seed=wish.seed,
        spaces=results,
        held_out=uses_held_out,
        bits=bits,
        seconds=time.perf_counter() - began,
    )


def checked_wish(wish: QualityWish, timesteps: int) -> tuple[str, ...]:
    """The spaces that are meant. Raises ConfigError for a wish that cannot be carried out."""
    if isinstance(wish.count, bool) or not isinstance(wish.count, int) or not LEAST <= wish.count <= MOST:
        raise bad_value("count", wish.count, Phrase("value.whole-from-to", low=LEAST, high=MOST))
    require_one_of("sampler", wish.sampler, SAMPLERS, ConfigError)
    require_one_of("weights", wish.weights, WEIGHTS, ConfigError)
    require_whole("seed", wish.seed, 0, 2**63 - 1, ConfigError)
    if wish.steps is not None:
        require_whole("steps", wish.steps, 1, timesteps, ConfigError)
    return checked_spaces(wish.spaces)


def steps_of(wish: QualityWish, timesteps: int) -> int:
    """How many steps the sampler takes."""
    usual = SAMPLERS[wish.sampler].usual_steps or timesteps
    return min(usual, timesteps) if wish.steps is None else wish.steps


def compared(real: NDArray[np.float64], floor: NDArray[np.float64], made: NDArray[np.float64]) -> SpaceResult:
    """What samples, (N, D), are to real pictures, (N, D), beside what other real pictures, (N, D), are to them.

    All are moved and scaled alike, so that the real ones have a mean of 0 and a variance of 1 in the mean over D: the
    distances of different spaces are then of like size.
    """
    middle, spread = real.mean(0), float(np.sqrt(real.var(0).mean()))
    real, floor, made = ((each - middle) / (spread or 1.0) for each in (real, floor, made))
    kid, fd = kid_interval(real, made), frechet_interval(real, made)
    density, coverage = density_and_coverage(real, made)
    floor_kid = kid_interval(real, floor)
    return SpaceResult(
        kid=kid.value,
        kid_low=kid.low,
        kid_high=kid.high,
        fd=fd.value,
        fd_low=fd.low,
        fd_high=fd.high,
        density=density,
        coverage=coverage,
        floor_kid=floor_kid.value,
        floor_fd=frechet_distance(real, floor),
        floor_coverage=density_and_coverage(real, floor)[1],
        floor_kid_low=floor_kid.low,
        floor_kid_high=floor_kid.high,
    )


def _read(
    pictures: PictureSet, numbers: NDArray[np.int64], before: int, of: int
) -> Generator[QualityProgress, None, tuple[NDArray[np.uint8], NDArray[np.int64] | None]]:
    """(B, H, W, C) of these pictures, plain, and their labels. before, of: for the progress."""
    parts, labels = [], []
    for start in range(0, len(numbers), _READ_TOGETHER):
        yield QualityProgress("pictures", before + start, of)
        pixels, classes = pictures.take(numbers[start : start + _READ_TOGETHER], plain=True)
        parts.append(pixels)
        labels.append(classes)
    yield QualityProgress("pictures", before + len(numbers), of)
    known = [each for each in labels if each is not None]
    return np.concatenate(parts), np.concatenate(known) if known else None


def _sampled(
    diffusion: GaussianDiffusion,
    wish: QualityWish,
    count: int,
    labels: NDArray[np.int64] | None,
    threads: int | None,
    together: int,
) -> Generator[QualityProgress, None, NDArray[np.uint8]]:
    """(count, H, W, C) samples, of the classes that the real pictures are of; picture k is a function of (seed, k)."""
    steps, walk, done = steps_of(wish, diffusion.num_timesteps), WalkThreads(diffusion.device, threads), 0
    made, of = [], steps * -(-count // together)
    classes = () if labels is None or diffusion.num_classes is None else tuple(labels.tolist())
    for first in range(0, count, together):
        request = SampleConfig(
            sampler=wish.sampler,
            sample_steps=steps,
            seed=wish.seed,
            count=min(together, count - first),
            first=first,
            classes=classes,
        )
        with closing(sample_frames(diffusion, request, in_threads=walk)) as events:  # type: ignore[type-var]
            for event in events:
                if isinstance(event, SamplingFinished):
                    made.append(event.pictures)
                elif isinstance(event, Frame):
                    done += 1
                    yield QualityProgress("samples", min(done, of), of)
    return np.concatenate(made)


def _bits(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    numbers: NDArray[np.int64],
    wish: QualityWish,
    *,
    held_out: bool,
) -> Generator[QualityProgress, None, BitsResult]:
    pixels, labels = pictures.take(numbers, plain=True)
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    classes = None if labels is None or diffusion.num_classes is None else torch.from_numpy(labels)
    bits: Bits | None = None
    for event in bits_per_dimension(diffusion, x, draws=USUAL_DRAWS, seed=wish.seed, classes=classes):
        if isinstance(event, Bits):
            bits = event
        else:
            yield QualityProgress("bits", event.done, event.of)
    assert bits is not None
    return BitsResult(
        total=bits.total,
        error=bits.error,
        prior=bits.prior,
        decoder=bits.decoder,
        pictures=len(numbers),
        held_out=held_out,
    )


# --- a run ---------------------------------------------------------------------------------------------------


def run_of(path: Path) -> Path:
    """The folder of the run that `path` is, or that it is a checkpoint of. Raises CheckpointError for any other."""
    from ..runs.run import CHECKPOINTS, is_run

    if path.is_dir():
        return path
    if path.parent.name == CHECKPOINTS and is_run(path.parent.parent):
        return path.parent.parent
    raise CheckpointError("quality.no-run", path=path)


def measure_run(
    path: Path,
    wish: QualityWish,
    *,
    pictures: Path | None = None,
    device: str = "auto",
    threads: int | None = None,
) -> Iterator[QualityProgress | QualityResult]:
    """As `measure_quality`, of a run folder (its newest good checkpoint) or one checkpoint; the result is kept there.

    pictures: where the run's pictures are now; None: where they were. Raises StudioErrors of what cannot be opened.
    """
    from ..device import choose_device, prepare_for_device
    from ..pictures.folder.scan import ScanDone, scan
    from ..runs.opening import load_model
    from ..runs.run import Run

    chosen = choose_device(device)
    folder = run_of(path)
    run = Run.open(folder)
    checked_wish(wish, run.config.diffusion.timesteps)
    loaded = load_model(path, wish.weights, {})
    diffusion = prepare_for_device(loaded.diffusion, chosen).eval()
    data = run.config.data
    for item in scan(run.source_folder if pictures is None else pictures, hidden=data.hidden_folders):
        if not isinstance(item, ScanDone):
            yield QualityProgress("pictures", 0, 0)
            continue
        for found in load_pictures(item.scan, data):
            if isinstance(found, LoadProgress):
                yield QualityProgress("pictures", found.done, found.of)
                continue
            with closing(found):
                for event in measure_quality(
                    diffusion, found, wish, step=loaded.step or 0, cache=folder / QUALITY, threads=threads
                ):
                    if isinstance(event, QualityResult):
                        save_quality(folder, event)
                    yield event
