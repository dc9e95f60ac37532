"""Measures a model: makes samples, and says how far they are from the pictures, in several feature spaces."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..beginning import StartPicture
from ..catalogue import SAMPLERS
from ..errors import CheckpointError, ConfigError, DataError, Phrase
from ..frames import Frame, SamplingFinished
from ..inputs import bad_value, require_one_of, require_whole
from ..pictures.feed.batches import as_tensors, to_device
from ..pictures.feed.pictures import HostBatch, LoadProgress, PictureSet, load_pictures
from ..randomness import numpy_generator
from ..runs.quality_file import QUALITY, WEIGHTS, BitsResult, QualityResult, SpaceResult, save_quality
from ..sampling import sample_frames
from ..settings import SampleConfig
from ..threads import WalkThreads
from .bits import USUAL_DRAWS, Bits, bits_per_dimension
from .measures import (
    REPEATS,
    density_and_coverage,
    frechet_distance,
    frechet_draws,
    frechet_from_draws,
    kid_interval,
)
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
    real, labels, condition = yield from _read(of_first, first, 0, 2 * count)
    floor = (yield from _read(pictures, second, count, 2 * count)).pixels

    spaces: dict[str, Space] = {}
    for name in names:
        # The first half may be held out: the network learns from the other, which is trained on in any case.
        for event in SPACES[name].make(floor, f"{pictures.fingerprint} {count} {uses_held_out}", cache):
            if isinstance(event, Fitting):
                yield QualityProgress("folder", event.done, event.of)
            else:
                spaces[name] = event

    made = yield from _sampled(diffusion, wish, count, labels, condition, threads, together)
    results: dict[str, SpaceResult] = {}
    of = REPEATS * len(spaces)
    for number, (name, space) in enumerate(spaces.items()):
        yield QualityProgress("features", REPEATS * number, of)
        clouds = space(real), space(floor), space(made)
        results[name] = yield from _compared(*clouds, before=REPEATS * number, of=of)

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
    comparing = _compared(real, floor, made, before=0, of=REPEATS)
    while True:
        try:
            next(comparing)
        except StopIteration as end:
            found: SpaceResult = end.value
            return found


def _compared(
    real: NDArray[np.float64], floor: NDArray[np.float64], made: NDArray[np.float64], *, before: int, of: int
) -> Generator[QualityProgress, None, SpaceResult]:
    """As `compared`, with a sign of life after each distance of the bootstrap. before, of: for the progress."""
    middle, spread = real.mean(0), float(np.sqrt(real.var(0).mean()))
    real, floor, made = ((each - middle) / (spread or 1.0) for each in (real, floor, made))
    kid, draws = kid_interval(real, made), []
    for value in frechet_draws(real, made):
        draws.append(value)
        yield QualityProgress("features", before + len(draws), of)
    fd = frechet_from_draws(frechet_distance(real, made), draws)
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
) -> Generator[QualityProgress, None, HostBatch]:
    """These pictures, plain. before, of: for the progress."""
    parts: list[HostBatch] = []
    for start in range(0, len(numbers), _READ_TOGETHER):
        yield QualityProgress("pictures", before + start, of)
        parts.append(pictures.take(numbers[start : start + _READ_TOGETHER], plain=True))
    yield QualityProgress("pictures", before + len(numbers), of)
    # Labels and conditions are there in all parts or in none.
    joined = (None if each[0] is None else np.concatenate(each) for each in zip(*parts, strict=True))
    return HostBatch(*joined)  # type: ignore[arg-type]


def _sampled(
    diffusion: GaussianDiffusion,
    wish: QualityWish,
    count: int,
    labels: NDArray[np.int64] | None,
    condition: NDArray[np.uint8] | None,
    threads: int | None,
    together: int,
) -> Generator[QualityProgress, None, NDArray[np.uint8]]:
    """(count, H, W, C) samples; picture k is a function of (seed, k).

    labels, condition: of the real pictures, so that samples are of the same classes, and the network sees the same.
    """
    steps = steps_of(wish, diffusion.num_timesteps)
    request = SampleConfig(
        sampler=wish.sampler,
        sample_steps=steps,
        seed=wish.seed,
        classes=() if labels is None or diffusion.num_classes is None else tuple(labels.tolist()),
        condition=() if condition is None else tuple(map(StartPicture.of_seen, condition)),
    )
    made, walk, done = [], WalkThreads(diffusion.device, threads), 0
    of = steps * -(-count // together)
    for first in range(0, count, together):
        part = replace(request, first=first, count=min(together, count - first))
        with closing(sample_frames(diffusion, part, in_threads=walk)) as events:
            for event in events:
                match event:
                    case Frame():
                        done += 1
                        yield QualityProgress("samples", min(done, of), of)
                    case SamplingFinished():
                        made.append(event.pictures)
    return np.concatenate(made)


def _bits(
    diffusion: GaussianDiffusion,
    pictures: PictureSet,
    numbers: NDArray[np.int64],
    wish: QualityWish,
    *,
    held_out: bool,
) -> Generator[QualityProgress, None, BitsResult]:
    x, labels, condition = to_device(as_tensors(pictures.take(numbers, plain=True)), "cpu")
    classes = None if diffusion.num_classes is None else labels
    bits: Bits | None = None
    asked = {"draws": USUAL_DRAWS, "seed": wish.seed}
    for event in bits_per_dimension(diffusion, x, **asked, classes=classes, condition=condition):
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
