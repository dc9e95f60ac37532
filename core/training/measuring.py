"""What a training will take, from a few real steps of it before it starts: time per step, memory, which precision.

The number of threads is chosen on the way as a training chooses it, and one bad moment of a busy machine is one of many
steps: the median counts, and the spread says how sure it is.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from .. import precision
from ..device import choose_device, is_out_of_memory, release_memory
from ..pictures.feed.batches import Batch
from ..randomness import generator
from ..threads import ThreadChooser, most_threads, using
from .state import SessionState, new_state
from .step import FlightRecord, NotFiniteError, take_step

if TYPE_CHECKING:
    from torch import Tensor

    from ..settings import RunConfig
    from .events import PrecisionChosen

#: Steps that warm things up and do not count, and how many are enough.
WARMING_STEPS = 1
ENOUGH_STEPS = 12
#: On a CPU a step of more than this is measured with fewer pictures: time and memory grow evenly with them there, and
#: nobody waits minutes for an estimate.
LONGEST_STEP_S = 4.0
#: While it is measured again and again, something is told this often; and it is sure when of so many steps the middle
#: four fifths lie so near to each other, as a share of the median.
ROUND_S = 2.0
SURE_STEPS, SURE_SPREAD = 20, 0.2
#: The last so many steps count.
KEPT_STEPS = 200


@dataclass(frozen=True, slots=True)
class StepCost:
    """Of one optimizer step on a device."""

    device: str
    seconds_per_step: float | None  #: the median; None where not one step was done in time, or the memory did not do
    memory_bytes: int | None  #: at its peak, of the device; a count of tensors where the device does not tell
    steps: int  #: that were measured
    out_of_memory: bool = False
    low_s: float | None = None  #: a tenth of the steps took less; None of fewer than three
    high_s: float | None = None  #: and a tenth more
    threads: int | None = None  #: that they were taken with, on a CPU


def measure_steps(
    config: RunConfig, *, device: str = "auto", seconds: float = 5.0, stop: threading.Event | None = None
) -> StepCost:
    """Take some steps with pictures of noise, and forget them; for about `seconds`, or one step if that takes longer.

    config: legal, with nothing on auto. Touches no run and no picture. For a background thread, while nothing trains in
    this process (both would be slow, and torch's global seed is set); `stop` ends it, also within a batch, where the
    time of one layer is what it takes. Raises ConfigError and DeviceError as a training does.
    """
    return list(_costs(config, device, stop, seconds, most_steps=WARMING_STEPS + ENOUGH_STEPS))[-1]


def measure_repeatedly(
    config: RunConfig, *, device: str = "auto", seconds: float = 60.0, stop: threading.Event | None = None
) -> Iterator[StepCost]:
    """As `measure_steps`, told anew every ROUND_S from all steps so far, until it is sure or `seconds` are over."""
    for cost in _costs(config, device, stop, seconds, most_steps=None):
        yield cost
        if is_sure(cost):
            return


def is_sure(cost: StepCost) -> bool:
    """Whether more steps would say the same."""
    if cost.seconds_per_step is None or cost.low_s is None or cost.high_s is None or cost.steps < SURE_STEPS:
        return False
    return cost.high_s - cost.low_s <= SURE_SPREAD * cost.seconds_per_step


def _costs(
    config: RunConfig, device: str, stop: threading.Event | None, seconds: float, *, most_steps: int | None
) -> Iterator[StepCost]:
    chosen = choose_device(device)
    try:
        yield from _measured(config, chosen, seconds, stop or threading.Event(), most_steps)
        return
    except (_StoppedError, NotFiniteError):
        yield StepCost(str(chosen), None, None, 0)
        return
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # Out here the traceback, which holds the tensors, is gone.
    release_memory(chosen)
    yield StepCost(str(chosen), None, None, 0, out_of_memory=True)


def _measured(
    config: RunConfig, device: torch.device, seconds: float, stop: threading.Event, most_steps: int | None
) -> Iterator[StepCost]:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    faster = faster_precision(config, device, stop=stop) if config.train.amp == "auto" else None
    if faster is not None:
        config = config.with_settings({"amp": faster.amp})
    state, whole, parts = new_state(config, device), config.train.batch_size, config.train.gradient_accumulate_every
    weights = sum(parameter.numel() * parameter.element_size() for parameter in state.diffusion.parameters())
    chooser = ThreadChooser(most_threads() if device.type == "cpu" else 1)
    pictures = whole
    if device.type == "cpu" and whole > 1:
        single, pictures = config.with_settings({"batch_size": 1, "gradient_accumulate_every": 1}), 1
        trial = _Trial(single, device, stop)
        # The very first pass takes longer than any other; and where others are busy, one thread waits for none.
        for count in (chooser.most, chooser.most, 1):
            with using(count):
                one_s, _ = _step(state, trial, single, stop)
            pictures = max(pictures, min(whole, int(LONGEST_STEP_S / (one_s * parts))))
            if pictures == whole:
                break
    config, scale = config.with_settings({"batch_size": pictures}), whole / pictures
    spent: list[tuple[int, float]] = []  #: with how many threads each step was taken, and how long it took
    trial, until = _Trial(config, device, stop), time.perf_counter() + seconds

    def may_go_on() -> bool:
        return time.perf_counter() < until and (most_steps is None or len(spent) < most_steps)

    while not spent or may_go_on():
        told_at, told_steps = time.perf_counter(), len(spent)
        while len(spent) == told_steps or (may_go_on() and time.perf_counter() < told_at + ROUND_S):
            count = chooser.count
            with using(count) if device.type == "cpu" else nullcontext():
                batches_s, rest_s = _step(state, trial, config, stop)
            spent.append((count, batches_s * scale + rest_s))
            chooser.add(spent[-1][1])
        if device.type == "cuda":
            memory = torch.cuda.max_memory_allocated(device)
        else:
            # Weights, gradients, Adam's two moments and the average; and what each picture adds.
            kept_bytes = trial.counted.most_bytes
            memory = 5 * weights + min(kept_bytes, weights) + round(max(0, kept_bytes - weights) * scale)
        counted = [step_s for count, step_s in spent[WARMING_STEPS:] if count == chooser.chosen][-KEPT_STEPS:]
        median, low, high = _typical(counted or [spent[-1][1]])
        threads = chooser.chosen if device.type == "cpu" else None
        yield StepCost(str(device), median, memory, len(spent), low_s=low, high_s=high, threads=threads)


def _step(state: SessionState, trial: _Trial, config: RunConfig, stop: threading.Event) -> tuple[float, float]:
    """A training's own step, at the learning rate 0: the seconds of its batches, and those of what came after them."""
    began = time.perf_counter()
    with trial.counted:
        result = take_step(state, trial, config, rate=0.0, stop=stop, weights=trial, flight=FlightRecord())
    if result is None:
        raise _StoppedError
    parameter = next(state.diffusion.parameters())
    if parameter.device.type != "cpu":
        float(parameter.flatten()[0])  # waits for the device
    return trial.done_at - began, time.perf_counter() - trial.done_at


def _typical(spent: list[float]) -> tuple[float, float | None, float | None]:
    """The median, and between what the middle four fifths lie; of fewer than three steps the shortest alone.

    A bad moment only makes a step longer.
    """
    if len(spent) < 3:
        return min(spent), None, None
    low, high = np.quantile(spent, [0.1, 0.9])
    return statistics.median(spent), float(low), float(high)


def _noise(config: RunConfig, device: torch.device) -> Batch:
    """A batch of the right shape; what is on the pictures costs nothing."""
    height, width = config.data.height_and_width
    assert config.data.channels is not None, "settings on auto must be resolved first"
    draw = generator(config.train.seed, "measuring")
    shape = (config.train.batch_size, config.data.channels, height, width)
    labels = None
    if config.data.num_classes is not None:
        labels = torch.randint(config.data.num_classes, shape[:1], generator=draw).to(device)
    pictures, condition = torch.rand(shape, generator=draw).to(device), None
    if config.data.added_channels:
        seen = (shape[0], config.data.added_channels, height, width)
        condition = torch.rand(seen, generator=draw).to(device)
    return Batch(pictures, labels, condition)


class _Trial(AbstractContextManager[None]):
    """What a step is given in place of a run's pictures and of the lock of its weights: the same noise again and again.

    When the weights are first held, the last batch has gone forward and backward.
    """

    def __init__(self, config: RunConfig, device: torch.device, stop: threading.Event) -> None:
        self.counted = _CountedTensors(stop)
        self.done_at = 0.0
        self._batch = _noise(config, device)

    def get(self, _number: int, stop: threading.Event) -> Batch | None:
        """The noise; None when `stop` came first."""
        self.counted.begin()
        self.done_at = 0.0
        return None if stop.is_set() else self._batch

    def __enter__(self) -> None:
        self.done_at = self.done_at or time.perf_counter()

    def __exit__(self, *_error: object) -> None:
        pass


class _StoppedError(Exception):
    """The wish to stop, from within a batch."""


class _CountedTensors(torch.autograd.graph.saved_tensors_hooks):
    """Counts the memory of what the backward pass will need, each piece once.

    It is asked for every layer, forward and backward, so that here a step of minutes can be stopped.
    """

    def __init__(self, stop: threading.Event) -> None:
        self.most_bytes = 0  #: of the largest batch
        self._stop = stop
        self.begin()
        super().__init__(self._count, self._fetch)

    def begin(self) -> None:
        """What is counted from here on is of another batch."""
        self._bytes = 0
        self._seen: set[int] = set()

    def _look(self) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _fetch(self, tensor: Tensor) -> Tensor:
        self._look()
        return tensor

    def _count(self, tensor: Tensor) -> Tensor:
        self._look()
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._seen:
            self._seen.add(storage.data_ptr())
            self._bytes += storage.nbytes()
            self.most_bytes = max(self.most_bytes, self._bytes)
        return tensor


# --- Which precision a training on a CPU is faster in: its own steps in both, taken in turns -------------


def faster_precision(
    config: RunConfig, device: torch.device, *, threads: int | None = None, stop: threading.Event | None = None
) -> PrecisionChosen | None:
    """Which of float32 and bf16 a training with `config` on this CPU is faster in; from the cache where it is known.

    None where nothing was found out: on other devices, for networks that are too small (or so large that one picture
    takes longer than LONGEST_TURN_S), beside programs that fill the cores, and where `stop` came first.
    Takes some seconds. As `measure_steps`, it is for a background thread while nothing trains in this process.
    """
    if device.type != "cpu":
        return None
    threads = threads or most_threads()
    shape = [*config.data.height_and_width, config.data.channels, config.data.num_classes, config.train.batch_size]
    shape += [config.data.added_channels] if config.data.added_channels else []
    key = precision.situation(threads, asdict(config.model), shape)
    return precision.known_or(key, threads, lambda: _in_turns(config, device, stop or threading.Event()))


def _in_turns(config: RunConfig, device: torch.device, stop: threading.Event) -> PrecisionChosen | None:
    state = new_state(config.with_settings({"amp": "off"}), device)
    height, width = config.data.height_and_width
    weights = sum(parameter.numel() for parameter in state.diffusion.parameters())
    whole = config.train.batch_size
    if not precision.worth_measuring(weights, height * width // config.model.patch_size**2, whole):
        return None
    trials: dict[int, tuple[RunConfig, _Trial]] = {}

    def turn(pictures: int) -> tuple[float, float]:
        if pictures not in trials:
            smaller = config.with_settings({"batch_size": pictures, "gradient_accumulate_every": 1})
            trials[pictures] = smaller, _Trial(smaller, device, stop)
        of_so_many, trial = trials[pictures]
        spent = []
        for state.dtype in (None, torch.bfloat16):
            spent.append(sum(_step(state, trial, of_so_many, stop)))
        return spent[0], spent[1]

    try:
        return precision.compared(turn, whole)
    except (_StoppedError, NotFiniteError):
        return None
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None  # the training will say so
        raise
