"""Traces batches and asks the network, on background threads; the only part of the tab that meets torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import StudioError
from core.settings import RunConfig

from ...app.messages import error_text
from ...jobs.latest import Underway
from .told import Floats, Gains, Guessed, Measured, NoModel, Pairs, Traced, places_shown

if TYPE_CHECKING:
    import torch

    from core.diffusion.gaussian_diffusion import GaussianDiffusion
    from core.pictures.feed.pictures import PictureSet
    from core.pictures.folder.scan import Scan
    from core.training.traced import StepTensors

Reader = Callable[[], "GaussianDiffusion"]

#: Pictures of a batch that are shown.
MOST_SHOWN = 8
#: Means of noise that the histogram is made of, and numbers that are drawn for them at most.
MEANS, MOST_DRAWN = 3000, 20_000_000
#: Batches that say how often a first guess is fed back.
COINS = 200
#: Bins of a run's metrics; a run without them is measured on so many batches, in fewer bins.
BATCHES, FEW_BINS = 12, 20
#: Measuring ends with the batch in which so many seconds have gone.
MOST_S = 20.0
#: How many t a sweep asks at.
SWEPT = 21


@dataclass(frozen=True, eq=False)
class Question:
    """Which batch is to be traced, and with what.

    config      of the run, or of the next one with nothing on auto
    run_folder  None: no run
    scan        of the pictures; None: the run's folder is scanned
    readers     "raw" and "ema": what reads the model; empty: none, and `no_model` says why
    device      that is chosen
    step        that the model was trained for; the batch of the step after it is traced, `ahead` batches later
    shift       the noise is that of so many batches later than the pictures
    """

    config: RunConfig
    run_folder: Path | None
    scan: Scan | None
    readers: Mapping[str, Reader]
    no_model: NoModel | None
    device: str
    step: int
    ahead: int = 0
    shift: int = 0

    @property
    def pictures_key(self) -> tuple[object, ...]:
        """What decides which pictures are read."""
        return (self.run_folder, None if self.scan is None else id(self.scan), self.config.data)


@dataclass(eq=False)
class _Kept:
    """What further questions are asked of: tensors of the shown pictures, and what reads the models."""

    question: Question
    process: GaussianDiffusion
    x_start: torch.Tensor
    noise: torch.Tensor
    labels: torch.Tensor | None
    augment: torch.Tensor | None
    condition: torch.Tensor | None = None  #: what the network saw beside them
    models: dict[str, GaussianDiffusion] = field(default_factory=dict)
    apart: float | None = None  #: see Guessed; once it was looked at

    def on(
        self, model: GaussianDiffusion, of: slice
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        """Pictures, noise, labels and what the network is told was done to the pictures, on a model's device."""
        labels, augment = (None if each is None else each[of].to(model.device) for each in (self.labels, self.augment))
        return self.x_start[of].to(model.device), self.noise[of].to(model.device), labels, augment

    def beside(self, model: GaussianDiffusion, of: slice) -> torch.Tensor | None:
        """What the network saw beside them, likewise; None: nothing."""
        return None if self.condition is None else self.condition[of].to(model.device)

    def model(self, weights: str) -> GaussianDiffusion:
        """Raises StudioError."""
        if weights not in self.models:
            self.models[weights] = self.question.readers[weights]().eval()
        return self.models[weights]


class TrickSource:
    """Every method is for a background thread, but `close`. The pictures that were read last stay open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: tuple[tuple[object, ...], Scan | None, PictureSet] | None = None

    def close(self) -> None:
        """Let go of the pictures. When no thread is left."""
        if self._open is not None:
            self._open[2].close()
            self._open = None

    def traced(self, question: Question) -> Iterator[Underway | Traced | None]:
        """The batch that is asked for. Raises StudioError."""
        from core.device import choose_device
        from core.training.traced import first_batch_after, trace_batches, without_network

        while not self._lock.acquire(timeout=0.1):
            yield None  # where a question that nobody asks any more ends
        try:
            pictures = yield from self._pictures(question)
            config = question.config
            # Noise is drawn where the model is trained, and a card draws others than a CPU.
            process = without_network(config).to(choose_device(question.device))
            batch = first_batch_after(config, question.step, _data_shift(question)) + question.ahead
            step = next(
                trace_batches(config, pictures, process, [batch], drawn_by=lambda number: number + question.shift)
            )
            yield _told(question, process, step, _measured(question))
        finally:
            self._lock.release()

    def guessed(self, traced: Traced, picture: int, t: int) -> Iterator[Guessed]:
        """What the network says of one of the shown pictures at t. Raises StudioError."""
        from core.training.traced import guess_at

        kept = traced.kept
        assert isinstance(kept, _Kept)
        one = slice(picture, picture + 1)
        normalised = traced.config.diffusion.auto_normalize
        raw = kept.model("raw")
        guess = guess_at(raw, *kept.on(raw, one), t, condition=kept.beside(raw, one))
        averaged, why_not = None, ""
        try:
            ema = kept.model("ema")
        except StudioError as error:
            why_not = error_text(error)
        else:
            by_ema = guess_at(ema, *kept.on(ema, one), t, again=False, condition=kept.beside(ema, one))
            averaged = _shown(by_ema.x_0, normalised)[0]
            if kept.apart is None:
                kept.apart = _apart(raw, ema)
        yield Guessed(
            t,
            picture,
            _values(guess.x_t)[0],
            _shown(guess.x_0, normalised)[0],
            None if guess.x_0_again is None else _shown(guess.x_0_again, normalised)[0],
            averaged,
            why_not,
            kept.apart or 0.0,
        )

    def gains(self, traced: Traced) -> Iterator[Underway | Gains]:
        """What self-conditioning gains over t, for a model that has it. Raises StudioError."""
        from core.training.traced import fed_back_errors

        kept = traced.kept
        assert isinstance(kept, _Kept)
        raw = kept.model("raw")
        timesteps = np.unique(np.linspace(0, traced.timesteps - 1, SWEPT).round().astype(np.int64))
        errors = []
        all_of = slice(None)
        gained = fed_back_errors(raw, *kept.on(raw, all_of), timesteps.tolist(), condition=kept.beside(raw, all_of))
        for each in gained:
            errors.append(each)
            columns = (np.array(column, np.float64) for column in zip(*errors, strict=True))
            t, without, with_it = columns
            so_far = Gains(t.astype(np.int64), without, with_it, len(timesteps))
            yield so_far if so_far.complete else Underway(so_far)

    def losses(self, traced: Traced) -> Iterator[Underway | Measured | None]:
        """The loss over t, measured on batches from the traced one on, where no metrics say it. Raises StudioError."""
        from core.training.timesteps import TimestepLoss
        from core.training.traced import trace_batches

        kept = traced.kept
        assert isinstance(kept, _Kept)
        question, raw = kept.question, kept.model("raw")
        while not self._lock.acquire(timeout=0.1):
            yield None
        try:
            pictures = yield from self._pictures(question)
            loss, began = TimestepLoss(traced.timesteps, bins=FEW_BINS), time.monotonic()
            numbers = range(traced.batch, traced.batch + BATCHES)
            dtype = _precision(question.config, raw)
            for step in trace_batches(question.config, pictures, raw, numbers, dtype=dtype, dropout=False):
                assert step.raw is not None
                loss.add(step.t.numpy(), step.raw.float().cpu().numpy())
                if time.monotonic() - began > MOST_S:
                    break
                yield None
            yield Measured(loss.means(), loss.steps, by_metrics=False)
        finally:
            self._lock.release()

    # --- reading -------------------------------------------------------------------------------------------

    def _pictures(self, question: Question) -> Generator[Underway | None, None, PictureSet]:
        """Those of the question; those that were read last are not read again."""
        from core.pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
        from core.pictures.folder.scan import ScanDone, scan
        from core.runs.run import Run

        if self._open is not None and self._open[0] == question.pictures_key:
            return self._open[2]
        self.close()
        found, data = question.scan, question.config.data
        if found is None:
            assert question.run_folder is not None
            for item in scan(Run.open(question.run_folder).source_folder, hidden=data.hidden_folders):
                if isinstance(item, ScanDone):
                    found = item.scan
                else:
                    yield Underway(LoadProgress(0, 0, 0))
        assert found is not None
        for loaded in load_pictures(found, data):
            if isinstance(loaded, PictureSet):
                self._open = question.pictures_key, question.scan, loaded
            else:
                yield Underway(loaded)
        assert self._open is not None
        return self._open[2]


def _data_shift(question: Question) -> int:
    """By how many batches a run's data has moved on after a roll-back, as its checkpoint says."""
    from core.runs.checkpoint_files import description_path, read_description
    from core.runs.run import Run

    if question.run_folder is None or not question.step:
        return 0
    with suppress(StudioError):
        folder = Run.open(question.run_folder).checkpoints_folder
        shift = read_description(description_path(folder, question.step)).extra.get("data_shift", 0)
        return shift if isinstance(shift, int) and shift > 0 else 0
    return 0


def _precision(config: RunConfig, model: GaussianDiffusion) -> torch.dtype | None:
    """Of the run's training where this device computes in it."""
    from core.device import autocast_dtype

    with suppress(StudioError):
        return autocast_dtype(model.device, config.train.amp)
    return None


def _measured(question: Question) -> Measured | None:
    """The loss over t of the run's last steps, as its metrics have it; None where they have none."""
    from core.runs.metrics import read_timesteps
    from core.runs.run import Run
    from core.training.timesteps import TimestepLoss

    if question.run_folder is None or not question.step:
        return None
    loss = TimestepLoss(question.config.diffusion.timesteps)
    with suppress(StudioError):
        path = Run.open(question.run_folder).metrics_path
        read = read_timesteps(path, until_step=question.step, window=loss.window, bins=loss.bins)
        loss.add_measured(*read)
        if np.isfinite(loss.means()).any():
            return Measured(loss.means(), read.steps, by_metrics=True)
    return None


# --- From tensors to what is shown -------------------------------------------------------------------------


def _told(
    question: Question,
    process: GaussianDiffusion,
    step: StepTensors,
    losses: Measured | None,
) -> Traced:
    import torch

    from core.diffusion.noise import assign_noise
    from core.diffusion.process import objective_named, signal_to_noise_ratio
    from core.diffusion.schedules import betas_of
    from core.diffusion.weightings import loss_weights
    from core.training.state import mean_lag
    from core.training.step import feeds_back
    from core.training.traced import noise_differences, offset_draws, pairing_of

    config, diffusion, train = question.config, question.config.diffusion, question.config.train
    # What a run without the trick did not do is shown as it would have done it, by the same function.
    assigned = step.assigned if diffusion.immiscible else assign_noise(step.x_start, step.with_offset)
    paired = pairing_of(step.x_start, step.with_offset, assigned)
    order = paired.order.numpy()
    places = places_shown(order, MOST_SHOWN)
    among = {int(place): k for k, place in enumerate(places)}
    shown = torch.from_numpy(places).to(step.x_start.device)
    device = step.noise.device
    drawn, offsets = (each.cpu() for each in offset_draws(config, step.x_start.shape, step.drawn, device))
    means, means_offsets = _means(config, tuple(step.x_start.shape), step.drawn, device)
    # As the model's own table is made: in float64 from the schedule.
    objective, snr = objective_named(diffusion.objective), signal_to_noise_ratio(betas_of(diffusion))
    table = loss_weights(diffusion.objective, snr, diffusion.loss_weighting, diffusion.weighting_options())
    added = (step.with_offset - step.noise).flatten(2)
    differences = noise_differences(process, step)
    normalised = diffusion.auto_normalize
    accumulate = train.gradient_accumulate_every
    return Traced(
        config=config,
        of_run=question.run_folder is not None,
        step=question.step + 1 + question.ahead // accumulate,
        batch=step.batch,
        drawn=step.drawn,
        size=len(step.x_start),
        places=places,
        pictures=_shown(step.x_start[shown], normalised),
        noise=_values(step.with_offset[shown]),
        offsets=offsets.numpy()[places],
        drawn_noise=_values(drawn[torch.from_numpy(places)]),
        t=step.t.numpy()[places],
        pairs=Pairs(
            np.array([among.get(int(order[place]), -1) for place in places], np.int64),
            paired.before.numpy(),
            paired.after.numpy(),
            int((order == np.arange(len(order))).sum()),
        ),
        means=means,
        means_offsets=means_offsets,
        x_t_difference=differences.x_t,
        target_difference=differences.target,
        offset_spread=float((added.amax(2) - added.amin(2)).max()),
        weight_difference=float((step.weight.cpu().double() - table.float()[step.t].double()).abs().max()),
        coin=step.coin,
        fed_back=sum(feeds_back(train.seed, step.drawn + number) for number in range(COINS)),
        of_batches=COINS,
        alphas_cumprod=process.alphas_cumprod.double().cpu().numpy(),
        snr=snr.numpy(),
        output_error=objective.output_error(snr).numpy(),
        plain_weight=objective.plain_weight(snr).numpy(),
        losses=losses,
        lag=mean_lag(train, question.step),
        no_model=question.no_model,
        kept=_Kept(
            question,
            process,
            step.x_start[shown].cpu(),
            assigned[shown].cpu() if diffusion.immiscible else step.with_offset[shown].cpu(),
            None if step.labels is None else step.labels[shown].cpu(),
            None if step.augment is None else step.augment[shown].cpu(),
            None if step.condition is None else step.condition[shown].cpu(),
        ),
    )


def _means(
    config: RunConfig, shape: tuple[int, ...], first: int, device: torch.device
) -> tuple[NDArray[Any], NDArray[Any]]:
    """(N, C) the means of the noise of this batch and those after it, and what an offset of strength 1 adds to them."""
    from core.training.traced import offset_draws

    batches = max(1, min(MEANS // max(1, shape[0] * shape[1]), MOST_DRAWN // int(np.prod(shape))))
    means, added = [], []
    for number in range(first, first + batches):
        noise, offsets = offset_draws(config, shape, number, device)
        means.append(noise.mean((2, 3)).cpu().double().numpy())
        added.append(offsets.cpu().double().numpy())
    return np.concatenate(means), np.concatenate(added)


def _apart(raw: GaussianDiffusion, ema: GaussianDiffusion) -> float:
    """How far the averaged weights are from the others, as a share of these."""
    import torch

    pairs = [(a.detach(), b.detach().to(a.device)) for a, b in zip(raw.parameters(), ema.parameters(), strict=True)]
    difference = torch.stack([(a - b).double().square().sum() for a, b in pairs]).sum()
    whole = torch.stack([a.double().square().sum() for a, _ in pairs]).sum()
    return float((difference / whole.clamp(min=1e-300)).sqrt())


def _values(x: torch.Tensor) -> Floats:
    """(S, H, W, C) of (S, C, H, W)."""
    return np.ascontiguousarray(x.detach().permute(0, 2, 3, 1).float().cpu().numpy())


def _shown(x: torch.Tensor, normalised: bool) -> Floats:
    """Likewise, pictures in -1 … 1 whatever the network's range."""
    values = _values(x)
    return values if normalised else values * 2 - 1
