"""Twins: two short trainings on the same pictures, timesteps and noise that differ in settings, step by step in turns.

Both take a session's own steps (`take_step`), so that each is bit for bit the run that it would be alone. Nothing is
written: a comparison that ends, or is broken off, leaves nothing behind.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from ..device import autocast, choose_device, is_out_of_memory, release_memory
from ..errors import DeviceError, Phrase, TrainingError
from ..pictures.feed.batches import make_batch
from ..pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from ..presets import resolve
from ..randomness import generator
from ..runs.run import PlanChange
from ..sampling import to_pixels
from ..threads import ThreadChooser, most_threads, using
from .events import Preparing
from .measuring import faster_precision
from .plan import planned_rate
from .probe import fixed_pictures, mixed, spread_over
from .state import SessionState, new_state
from .step import Batches, Feeding, FlightRecord, NotFiniteError, draw_batch, settle, take_step
from .trainer import grid_pairs, grid_steps, reads_late
from .twin_events import (
    A,
    B,
    PairStarted,
    ProbesMeasured,
    TwinEvent,
    TwinSamples,
    TwinsStarted,
    TwinSteps,
    checked_plan,
    differences,
    judged,
    require_comparable,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..pictures.feed.batches import Batch
    from ..pictures.feed.cache_folder import CachePlace
    from ..pictures.folder.scan import Scan
    from ..settings import RunConfig
    from .step import StepResult

#: Steps of a turn: a fraction of a second for the networks that one compares so, so that clocks, caches and whatever
#: else the machine does are the same for both; and what A's batches may take until B has had them.
TURN_STEPS, TURN_BYTES = 5, 256 << 20
#: The probes are looked at after so many steps at least, and so often at most: a look costs about a step.
LOOK_EVERY, MOST_LOOKS = 25, 12
#: Samples are made at every so manieth look, the last one always: so many pictures, in so many steps at most.
SAMPLES_EVERY, SAMPLE_COUNT, SAMPLE_STEPS = 2, 8, 10
#: Probes are spread over so many t, with so many pictures at each.
LEVELS, AT_EACH = 8, 8


def train_twins(
    config: RunConfig,
    change: Mapping[str, Any],
    scan: Scan,
    *,
    steps: int,
    seeds: int = 2,
    device: str = "auto",
    threads: int | None = None,
    cache: CachePlace | None = None,
    stop: threading.Event | None = None,
) -> Iterator[TwinEvent]:
    """Train A, which has `config`, and B, which has `change` in it too, in turns; of each seed one pair after another.

    steps: of each training, the total by which its learning rate falls. seeds: from the config's own on. threads: on a
    CPU both compute each step with the same number of them; None: chosen by A's steps. stop: ends it after the step
    under way. A Verdict comes after each pair; what a config leaves on auto is resolved as a training does.
    Raises ConfigError for what cannot be compared, TrainingError when a number becomes NaN, and what a training raises.
    """
    checked_plan(steps, seeds)
    stop = threading.Event() if stop is None else stop
    a = config.with_settings({"hidden_folders": scan.hidden_folders, "steps": steps})
    a.with_settings({"seed": a.train.seed + seeds - 1})  # refused now, not after the first pairs
    a, b = (resolve(each, scan.facts()) for each in (a, a.with_settings(change)))
    require_comparable(a, b)
    for each in (a, b):
        each.validate()
    chosen = choose_device(device)
    with ExitStack() as opened:
        sets: list[PictureSet] = []
        for data in (a.data, b.data)[: 1 if a.data == b.data else 2]:
            yield Preparing("pictures", 0, len(scan.pictures))
            for item in load_pictures(scan, data, cache=cache):
                if stop.is_set():
                    return
                if isinstance(item, LoadProgress):
                    yield Preparing("pictures", item.done, item.of)
                else:
                    sets.append(opened.enter_context(closing(item)))
        yield Preparing("network")
        # What A computes in, B does too, unless it is what they differ in.
        of_each_wish = (a, b)[: 1 if a.train.amp == b.train.amp else 2]
        precision = {each.train.amp: _precision(each, chosen, threads, stop) for each in of_each_wish}
        a, b = (each.with_settings({"amp": precision[each.train.amp]}) for each in (a, b))
        comparison = _Comparison(a, b, sets, chosen, steps=steps, seeds=seeds, threads=threads, stop=stop)
        try:
            yield from comparison.run()
            return
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        # Out here the traceback, which holds the tensors, is gone.
        release_memory(chosen)
        raise DeviceError("twins.out-of-memory", device=str(chosen))


def _precision(config: RunConfig, device: torch.device, threads: int | None, stop: threading.Event) -> str:
    """What a new run with this config would compute in."""
    if config.train.amp != "auto" or device.type != "cpu":
        return config.train.amp
    faster = faster_precision(config, device, threads=threads, stop=stop)
    return "off" if faster is None else faster.amp


def look_steps(steps: int) -> tuple[int, ...]:
    """After which steps the probes are looked at, rising; the last one always."""
    every = max(LOOK_EVERY, math.ceil(steps / MOST_LOOKS))
    return tuple(range(steps, 0, -every))[::-1]


def sample_steps(steps: int) -> tuple[int, ...]:
    """After which of them samples are made; the last one always."""
    return look_steps(steps)[::-1][::SAMPLES_EVERY][::-1]


# --- one twin --------------------------------------------------------------------------------------------


class _Source(Batches, Protocol):
    """Where a twin takes its batches from."""

    @property
    def waited_s(self) -> float:
        """How long it has waited for them."""


class _Kept:
    """A's batches, each kept until B has had it too: made once, and the same to the last bit."""

    def __init__(self, batches: _Source) -> None:
        self._batches = batches
        self._kept: dict[int, Batch] = {}

    @property
    def waited_s(self) -> float:
        """A waits for them, and B never."""
        return self._batches.waited_s

    def get(self, number: int, stop: threading.Event) -> Batch | None:
        """For A."""
        batch = self._batches.get(number, stop)
        if batch is not None:
            self._kept[number] = batch
        return batch

    def again(self) -> _Source:
        """For B, which comes after A."""
        return _Again(self._kept)


class _Again:
    waited_s = 0.0

    def __init__(self, kept: dict[int, Batch]) -> None:
        self._kept = kept

    def get(self, number: int, stop: threading.Event) -> Batch | None:  # noqa: ARG002
        return self._kept.pop(number)


@dataclass(slots=True, eq=False)
class _Twin:
    """One training: its settings, its state, and where it takes its batches from."""

    name: str
    config: RunConfig
    pictures: PictureSet
    state: SessionState
    batches: _Source
    flight: FlightRecord = field(default_factory=FlightRecord)
    seconds: list[float] = field(
        default_factory=list
    )  #: of a step without waiting for its batch, as the mean of each turn

    def step(self, stop: threading.Event, *, last: bool) -> list[StepResult]:
        """Take the next one: what has come back of it and of the one before. [] where `stop` came first."""
        state, train = self.state, self.config.train
        late = reads_late(state.diffusion.device)
        at = state.step + (state.unread is not None)
        plan = (PlanChange(train.steps, at_step=0),)
        try:
            result = take_step(
                state,
                self.batches,
                self.config,
                rate=planned_rate(train, plan, at),
                stop=stop,
                weights=nullcontext(),
                flight=self.flight,
                late=late,
            )
            results = [] if result is None else [result]
            if last and state.unread is not None:
                results.append(settle(state, nullcontext(), self.flight))
        except NotFiniteError as bad:
            raise TrainingError("twins.not-finite", twin=self.name, step=state.step + 1, reason=bad.what) from None
        return results

    @property
    def begun(self) -> int:
        """Steps that were taken, also where the last one is not read yet."""
        return self.state.step + (self.state.unread is not None)


# --- the comparison --------------------------------------------------------------------------------------


class _Comparison:
    def __init__(
        self,
        a: RunConfig,
        b: RunConfig,
        sets: list[PictureSet],
        device: torch.device,
        *,
        steps: int,
        seeds: int,
        threads: int | None,
        stop: threading.Event,
    ) -> None:
        self._configs = {A: a, B: b}
        self._sets = {A: sets[0], B: sets[-1]}
        self._device, self._steps, self._seeds, self._stop = device, steps, seeds, stop
        on_cpu = device.type == "cpu"
        self._chooser = ThreadChooser((threads or most_threads()) if on_cpu else 1, begin=threads)
        self._fixed = threads
        self._counts: list[int] = []  #: the threads of each step of this pair, as A took it
        self._done, self._began = 0, time.monotonic()

    def run(self) -> Iterator[TwinEvent]:
        errors: dict[str, list[float]] = {A: [], B: []}
        times_as_long: list[float] = []
        probes: _Probes | None = None
        for pair in range(self._seeds):
            seed = self._configs[A].train.seed + pair
            configs = {name: config.with_settings({"seed": seed}) for name, config in self._configs.items()}
            with ExitStack() as opened:
                twins = self._twins(configs, opened)
                if probes is None:
                    probes = _Probes(self._sets, self._configs[A], twins[A].state.diffusion)
                    yield self._started(probes)
                shared = _shared(pair, seed, twins[A], twins[B])
                yield shared
                last: ProbesMeasured | None = None
                for event in self._pair(pair, twins, probes, same_t=shared.timesteps):
                    if isinstance(event, ProbesMeasured) and event.step == self._steps:
                        errors[event.twin].append(event.error)
                        last = event
                    yield event
                if last is None or last.twin != B:  # stopped
                    return
                spent = zip(twins[A].seconds, twins[B].seconds, strict=True)
                times_as_long += [theirs / max(ours, 1e-9) for ours, theirs in spent]
            del twins  # the next pair has networks of its own
            release_memory(self._device)
            yield judged(errors[A], errors[B], times_as_long)

    def _started(self, probes: _Probes) -> TwinsStarted:
        pictures = self._sets[A]
        return TwinsStarted(
            steps=self._steps,
            seeds=self._seeds,
            device=str(self._device),
            pictures=len(pictures),
            held_out=pictures.held_out is not None,
            probes=len(probes.images),
            levels=tuple(probes.levels),
            differs=tuple(differences(*self._configs.values())),
            looks=look_steps(self._steps),
            samples=sample_steps(self._steps),
        )

    def _twins(self, configs: Mapping[str, RunConfig], opened: ExitStack) -> dict[str, _Twin]:
        """Two networks and their feeding, which ends with `opened`."""
        a, b = configs.values()
        feeding = opened.enter_context(closing(Feeding(self._sets[A], a, self._device)))
        alike = self._sets[A] is self._sets[B] and _order(a) == _order(b)
        batches: dict[str, _Source] = {A: (kept := _Kept(feeding)), B: kept.again()}
        if not alike:
            batches = {A: feeding, B: opened.enter_context(closing(Feeding(self._sets[B], b, self._device)))}
        return {
            name: _Twin(name, config, self._sets[name], new_state(config, self._device), batches[name])
            for name, config in configs.items()
        }

    def _pair(self, pair: int, twins: dict[str, _Twin], probes: _Probes, *, same_t: bool) -> Iterator[TwinEvent]:
        self._counts.clear()
        looks = look_steps(self._steps)
        turn = self._turn_steps()
        step = 0
        while step < self._steps:
            look = next(at for at in looks if at > step)
            until = min(step + turn, look)
            drawn: dict[str, list[NDArray[np.int64]]] = {A: [], B: []}
            for name, twin in twins.items():
                results = self._turn(twin, until)
                if results is None:
                    return
                drawn[name] = [result.timesteps for result in results]
                losses = tuple(result.loss for result in results)
                self._done += len(results)
                yield TwinSteps(
                    pair=pair,
                    twin=name,
                    step=until,
                    losses=losses,
                    done=self._done,
                    of=2 * self._seeds * self._steps,
                    elapsed_s=time.monotonic() - self._began,
                )
            same = all(map(np.array_equal, drawn[A], drawn[B]))
            assert same or not same_t, f"A and B were to be asked at the same t, and were not, up to step {until}"
            step = until
            if step == look:
                yield from self._look(pair, step, twins, probes, with_samples=step in sample_steps(self._steps))

    def _turn_steps(self) -> int:
        """Steps of a turn, within the memory that A's batches may take until B has had them."""
        height, width, channels = self._sets[A].shape
        train = self._configs[A].train
        step_bytes = 4 * height * width * channels * train.batch_size * train.gradient_accumulate_every
        return max(1, min(TURN_STEPS, TURN_BYTES // step_bytes))

    def _turn(self, twin: _Twin, until: int) -> list[StepResult] | None:
        """The steps of a twin up to `until`; None where a stop came first."""
        results: list[StepResult] = []
        steps, turn_began, waited_s = until - twin.begun, time.monotonic(), twin.batches.waited_s
        while twin.begun < until:
            at, began = twin.begun, time.monotonic()
            with self._computing(twin, at):
                results += twin.step(self._stop, last=at + 1 == until)
            if twin.begun == at or self._stop.is_set():
                return None
            if twin.name == A and self._fixed is None and self._device.type == "cpu":
                self._chooser.add(time.monotonic() - began)
        # Pictures that come slowly are no cost of A's settings, and B finds its batches ready.
        waited_s = twin.batches.waited_s - waited_s
        twin.seconds.append(max(0.0, time.monotonic() - turn_began - waited_s) / steps)
        return results

    def _computing(self, twin: _Twin | None, at: int) -> Any:  # noqa: ANN401 (a context)
        """Compute with the threads of that step inside: B with those of A, since they decide the last bits of sums."""
        if self._device.type != "cpu":
            return nullcontext()
        if twin is None:
            return using(self._fixed or self._chooser.chosen)
        if twin.name == A:
            self._counts.append(self._fixed or self._chooser.count)
        return using(self._counts[at])

    def _look(
        self, pair: int, step: int, twins: dict[str, _Twin], probes: _Probes, *, with_samples: bool
    ) -> Iterator[TwinEvent]:
        for name, twin in twins.items():
            with self._computing(None, step):
                errors = probes.errors(twin, self._stop)
            if errors is None:
                return
            if not np.isfinite(errors).all():
                reason = Phrase("training.answer-became", value=float("nan"))
                raise TrainingError("twins.not-finite", twin=name, step=step, reason=reason)
            yield ProbesMeasured(pair, name, step, float(errors.mean()), tuple(map(float, errors)))
        for name, twin in twins.items() if with_samples else ():
            with self._computing(None, step):
                images = _samples(twin, self._stop)
            if images is None:
                return
            yield TwinSamples(pair, name, step, images)


def _order(config: RunConfig) -> tuple[int, int]:
    """What decides, beside the seed, which pictures a step sees."""
    return config.train.batch_size, config.train.gradient_accumulate_every


def _times(config: RunConfig) -> tuple[str, int]:
    """What decides, beside the seed and the order, which t a step has; a batch of one may agree by chance."""
    return config.train.timestep_draw, config.diffusion.timesteps


def _shared(pair: int, seed: int, a: _Twin, b: _Twin) -> PairStarted:
    """What both have in common: looked at in their first batch and weights, which nothing has changed yet."""
    drawn = []
    for twin in (a, b):
        diffusion, batch_size = twin.state.diffusion, twin.config.train.batch_size
        pictures = make_batch(
            twin.pictures, seed=seed, batch_index=0, batch_size=batch_size, device=diffusion.device
        ).pictures
        draw = draw_batch(diffusion, diffusion.normalize(pictures), None, twin.config, 0)
        drawn.append((pictures, draw.t, draw.noise.assigned))
    (pictures_a, t_a, noise_a), (pictures_b, t_b, noise_b) = drawn
    accumulated = _order(a.config) == _order(b.config)
    return PairStarted(
        pair=pair,
        seed=seed,
        pictures=accumulated and torch.equal(pictures_a, pictures_b),
        timesteps=accumulated and _times(a.config) == _times(b.config) and torch.equal(t_a, t_b),
        noise=accumulated and torch.equal(noise_a, noise_b),
        weights=_same_weights(a.state.diffusion, b.state.diffusion),
    )


def _same_weights(a: GaussianDiffusion, b: GaussianDiffusion) -> bool:
    ours, theirs = dict(a.named_parameters()), dict(b.named_parameters())
    if ours.keys() != theirs.keys():
        return False
    return all(ours[name].shape == theirs[name].shape and torch.equal(ours[name], theirs[name]) for name in ours)


def _samples(twin: _Twin, stop: threading.Event) -> NDArray[np.uint8] | None:
    """Pictures from the averaged weights, always of the same x_T; None where `stop` came first."""
    train, model = twin.config.train, twin.state.ema.module
    few = replace(train, sample_count=SAMPLE_COUNT, sample_steps=min(SAMPLE_STEPS, train.sample_steps))
    with closing(grid_steps(model, few, grid_pairs(twin.pictures, SAMPLE_COUNT))) as steps:
        for step in steps:
            x = step.x_next
            if stop.is_set():
                return None
    return to_pixels(x, normalized=model.auto_normalize)


class _Probes:
    """Fixed pictures, t and noise, of which x̂_0 is asked: comparable whatever is predicted, and however weighted.

    They are of the held-out pictures where there are some. Two schedules have other noise at the same t: then B is
    asked at the t whose signal-to-noise ratio is nearest to A's.
    """

    def __init__(self, sets: Mapping[str, PictureSet], config: RunConfig, diffusion: GaussianDiffusion) -> None:
        """sets: the same pictures as A and as B reads them. diffusion: A's, whose t they are at."""
        self._schedule = diffusion.alphas_cumprod.cpu()
        sources = {name: pictures.held_out or pictures for name, pictures in sets.items()}
        count = LEVELS * AT_EACH
        chosen = mixed(spread_over(count, len(sources[A])), LEVELS)
        cpu = torch.device("cpu")
        self._given = {name: fixed_pictures(source, chosen, cpu) for name, source in sources.items()}
        self.images = self._given[A].pictures
        draw = generator(config.train.seed, "twins' probes")
        self._noise = torch.randn(self.images.shape, generator=draw)
        self.levels = [int((level + 0.5) * diffusion.num_timesteps / LEVELS) for level in range(LEVELS)]
        self._t = torch.tensor(self.levels).repeat_interleave(AT_EACH)

    @torch.no_grad()
    def errors(self, twin: _Twin, stop: threading.Event) -> NDArray[np.float64] | None:
        """(LEVELS,) mean squares of x̂_0 − x_0, of pixels from -1 to 1, clipped as samplers do. None after `stop`.

        A network with self-conditioning is given its own first guess, as in training.
        """
        diffusion, device = twin.state.ema.module, twin.state.diffusion.device
        t = self._times(diffusion)
        _, labels, shown = self._given[twin.name]
        errors: list[Tensor] = []
        at_once = min(len(t), twin.config.train.batch_size)
        for start in range(0, len(t), at_once):
            if stop.is_set():
                return None
            part = slice(start, start + at_once)
            images, noise = self.images[part].to(device), self._noise[part].to(device)
            times, classes = t[part].to(device), None if labels is None else labels[part].to(device)
            x_t = diffusion.q_sample(diffusion.normalize(images), times, noise)
            beside = None if shown is None else diffusion.normalize(shown[part].to(device))
            guess = None
            with autocast(device, twin.state.dtype):
                if diffusion.self_condition:
                    guess = diffusion.model_predictions(x_t, times, classes=classes, condition=beside).pred_x_start
                x_start = diffusion.model_predictions(x_t, times, guess, classes=classes, condition=beside).pred_x_start
            seen = diffusion.unnormalize(x_start.float()).clamp(0, 1)
            errors.append((2 * (seen - images)).square().flatten(1).mean(dim=1).double().cpu())
        return torch.cat(errors).reshape(LEVELS, AT_EACH).mean(dim=1).numpy()

    def _times(self, diffusion: GaussianDiffusion) -> Tensor:
        """(probes,) the t of a model at which its noise is that of the probes."""
        schedule = diffusion.alphas_cumprod.cpu()
        if torch.equal(schedule, self._schedule):
            return self._t
        ours, theirs = (torch.logit(each.double(), eps=1e-12) for each in (self._schedule, schedule))
        return (ours[self._t][:, None] - theirs[None, :]).abs().argmin(dim=1)
