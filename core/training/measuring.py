"""What a training will take, from a few real steps of it before it starts: time per step, memory, which precision.

The number of threads is chosen on the way as a training chooses it, and one bad moment of a busy machine is one of many
steps: the median counts, and the spread says how sure it is.
"""

from __future__ import annotations

import contextlib
import json
import math
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..device import autocast, choose_device, is_out_of_memory, release_memory, usual_precision
from ..errors import StudioError
from ..pictures.feed.batches import Batch
from ..pictures.feed.cache_folder import NOWHERE, usual_folder
from ..randomness import generator
from ..reading import read_json
from ..runs.atomic import make_folder, write_json
from ..sampling import held_in
from ..threads import ThreadChooser, most_threads, using
from .events import PrecisionChosen
from .state import SessionState, new_state
from .step import FlightRecord, NotFiniteError, take_step

if TYPE_CHECKING:
    from torch import Tensor

    from ..diffusion.gaussian_diffusion import GaussianDiffusion
    from ..settings import RunConfig

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
    return Batch(torch.rand(shape, generator=draw).to(device), labels)


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
# It depends on the processor and on the network. With AVX512_BF16 a product of large matrices takes half the time in
# bf16, and a small network is slower in it all the same; without, bf16 is slower everywhere.

#: A step of about fewer products is float32 without being measured: there is nothing to gain.
WORTH_MEASURING = 10**9
#: So many turns are enough, and fewer say nothing: beside other programs that fill the cores a step may take minutes.
#: One is of as many pictures as fit into about so many seconds, and all together are over after so many.
ENOUGH_TURNS, LEAST_TURNS, LONGEST_TURN_S, TURNS_S = 9, 3, 0.5, 5.0
#: bf16 is taken where a step takes less than this share of its time in float32, and where three of four turns agree.
WORTH_SHARE = 0.95
#: What was measured is kept in this file of the user's cache folder, for so many networks.
PRECISION_FILE, MOST_KEPT = "precision.json", 200


def precision_in_words(event: PrecisionChosen, *, of_what: str = "a step") -> str:
    """One line of it."""
    taken = "bf16" if event.amp == "bf16" else "float32"
    faster = event.float32_s / event.bf16_s
    unsure = ", but not clearly" if event.amp == "off" and faster > 1 else ""
    return (
        f"computes in {taken}: {of_what} took {event.float32_s * 1000:.3g} ms in float32 and "
        f"{event.bf16_s * 1000:.3g} ms in bf16, which is {faster:.2f} times as fast{unsure}"
    )


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
    key = _situation(threads, asdict(config.model), shape)
    return _known_or(key, threads, lambda: _in_turns(config, device, stop or threading.Event()))


def faster_sampling(diffusion: GaussianDiffusion, count: int, *, threads: int | None = None) -> PrecisionChosen | None:
    """As `faster_precision`, of a call of the network on a CPU with `count` pictures instead of a training's step."""
    if diffusion.device.type != "cpu":
        return None
    threads = threads or most_threads()
    network = sorted((name, *tensor.shape) for name, tensor in diffusion.state_dict().items())
    key = _situation(threads, sha256(json.dumps(network).encode()).hexdigest(), [*diffusion.image_size, count])
    return _known_or(key, threads, lambda: _calls_in_turns(diffusion, count))


def sampling_precision(
    diffusion: GaussianDiffusion, wish: str, count: int, *, threads: int | None = None
) -> tuple[str, PrecisionChosen | None]:
    """The row of PRECISIONS that a sampling of `count` pictures computes in, and what was measured for it, if anything.

    "auto" is bf16 or fp16 on a card, as it has it, and on a CPU the faster of "off" and "bf16"; else it is as wished.
    """
    if wish != "auto":
        return wish, None
    usual = usual_precision(diffusion.device)
    if usual is not None:
        return ("bf16" if usual == torch.bfloat16 else "fp16"), None
    chosen = faster_sampling(diffusion, count, threads=threads)
    return ("off" if chosen is None else chosen.amp), chosen


def _known_or(key: str, threads: int, measure: Callable[[], PrecisionChosen | None]) -> PrecisionChosen | None:
    """What the cache has under `key`; else what is measured with so many threads, which goes there."""
    folder = usual_folder()
    path = None if folder == NOWHERE else folder / PRECISION_FILE
    known = _kept(path)
    if key not in known:
        with using(threads):
            found = measure()
        if found is None:
            return None
        known = dict([*known.items(), (key, found)][-MOST_KEPT:])
        if path is not None:
            with contextlib.suppress(StudioError):  # measured again the next time
                make_folder(path.parent)
                write_json(path, {name: asdict(times) for name, times in known.items()})
    return known[key]


def _in_turns(config: RunConfig, device: torch.device, stop: threading.Event) -> PrecisionChosen | None:
    state = new_state(config.with_settings({"amp": "off"}), device)
    height, width = config.data.height_and_width
    weights = sum(parameter.numel() for parameter in state.diffusion.parameters())
    points = height * width // config.model.patch_size**2
    if weights * points * config.train.batch_size < WORTH_MEASURING:
        return None
    whole = config.train.batch_size
    config = config.with_settings({"batch_size": 1, "gradient_accumulate_every": 1})
    dtypes = (None, torch.bfloat16)
    turns: list[tuple[float, float]] = []

    def turn(trial: _Trial) -> tuple[float, float]:
        spent = []
        for state.dtype in dtypes:
            spent.append(sum(_step(state, trial, config, stop)))
        return spent[0], spent[1]

    try:
        single = _Trial(config, device, stop)
        turn(single)  # the very first takes longer than any other
        if max(turn(single)) > LONGEST_TURN_S:
            return None
        pictures = max(1, min(whole, int(LONGEST_TURN_S / max(turn(single)))))
        config = config.with_settings({"batch_size": pictures})
        trial = _Trial(config, device, stop)
        turn(trial)
        until = time.perf_counter() + TURNS_S
        while len(turns) < ENOUGH_TURNS and time.perf_counter() < until:
            turns.append(turn(trial))
    except (_StoppedError, NotFiniteError):
        return None
    except (RuntimeError, MemoryError) as error:
        if is_out_of_memory(error):
            return None  # the training will say so
        raise
    return _judged(turns)


def _calls_in_turns(diffusion: GaussianDiffusion, count: int) -> PrecisionChosen | None:
    height, width = diffusion.image_size
    weights = sum(parameter.numel() for parameter in diffusion.parameters())
    patch = getattr(diffusion.model, "patch_size", 1)
    if weights * (height * width // patch**2) * count < WORTH_MEASURING:
        return None
    models = diffusion, held_in(diffusion, torch.bfloat16)
    draw = generator(0, "measuring-sampling")
    t = diffusion.num_timesteps // 2

    def turn(pictures: int) -> tuple[float, float]:
        x_t = torch.randn(pictures, diffusion.channels, height, width, generator=draw)
        spent = []
        for model, dtype in zip(models, (None, torch.bfloat16), strict=True):
            begun = time.perf_counter()
            with torch.no_grad(), autocast(model.device, dtype):
                model.model_predictions(x_t, torch.full((pictures,), t))
            spent.append(time.perf_counter() - begun)
        return spent[0], spent[1]

    turn(1)  # the very first takes longer than any other
    if max(turn(1)) > LONGEST_TURN_S:
        return None
    pictures = max(1, min(count, int(LONGEST_TURN_S / max(turn(1)))))
    turn(pictures)
    turns: list[tuple[float, float]] = []
    until = time.perf_counter() + TURNS_S
    while len(turns) < ENOUGH_TURNS and time.perf_counter() < until:
        turns.append(turn(pictures))
    return _judged(turns)


def _judged(turns: list[tuple[float, float]]) -> PrecisionChosen | None:
    """Which of both is faster, from their seconds in turns."""
    if len(turns) < LEAST_TURNS:
        return None
    gains = np.quantile([bf16 / float32 for float32, bf16 in turns], [0.5, 0.75])
    float32_s, bf16_s = (statistics.median(column) for column in zip(*turns, strict=True))
    amp = "bf16" if gains[0] < WORTH_SHARE and gains[1] < 1 else "off"
    return PrecisionChosen(amp, float32_s, bf16_s)


def _situation(threads: int, network: object, shape: list[int | None]) -> str:
    """All that decides how long a step or a call takes: processor, torch, threads, network and batch."""
    return json.dumps([_processor(), torch.__version__, threads, network, shape])


def _processor() -> list[str]:
    """What the system says of it; it may be a virtual one, whose name says little."""
    names = ("vendor_id", "cpu family", "model", "model name", "flags", "Features")
    with contextlib.suppress(OSError):
        first, _, _ = Path("/proc/cpuinfo").read_text("utf-8", "replace").partition("\n\n")
        return [line for line in first.splitlines() if line.split("\t")[0].split(":")[0].strip() in names]
    return [platform.machine(), platform.processor()]


def _kept(path: Path | None) -> dict[str, PrecisionChosen]:
    """What the file says, oldest first; nothing where it is damaged, or where anybody else wrote it."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        if path is not None:
            found = {key: PrecisionChosen(**times) for key, times in read_json(path).items()}
            if all(_is_sound(times) for times in found.values()):
                return found
    return {}


def _is_sound(times: PrecisionChosen) -> bool:
    seconds = (times.float32_s, times.bf16_s)
    return times.amp in ("off", "bf16") and all(type(s) is float and math.isfinite(s) and s > 0 for s in seconds)
