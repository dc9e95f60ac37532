"""Asks the network, on a background thread: its map, what a block says at a step, what it costs. Meets torch late."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from core.errors import SamplingError, StudioError
from core.recording import shown
from core.settings import RunConfig

from ...jobs.latest import Underway
from .ablation import Without
from .block_pages import OverT
from .channels import CELL_PX, Maps
from .looking_view import Looks
from .told import Cost, Looked, Measured, Off, Question

if TYPE_CHECKING:
    import torch
    from torch import nn

    from core.diffusion.gaussian_diffusion import GaussianDiffusion
    from core.networks.anatomy import BlockRow
    from core.networks.looking import Look
    from core.networks.unfolding import Operation
    from core.recording import Recording
    from core.runs.weight_statistics import WeightStatistics

    Reader = Callable[[], GaussianDiffusion]
    Inputs = tuple[torch.Tensor, torch.Tensor | None, str | int | None, torch.Tensor | None]

#: Side of the pictures that a U is drawn for while it is not known which ones it will learn from.
STAND_IN_PX = 32
#: Small pictures of channels are made at most this large: twice what is seen of them, for fine screens.
SHOWN_PX = 2 * CELL_PX
#: Timesteps at most that are asked for the curves over t.
MOST_TIMES = 60
MEASURING_S = 2.5

# --- The map ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class NetworkFacts:
    """What is drawn of a network, and said of it.

    operations      of each row, by its module
    symbols, axes   what the signs of their formulas are, and what the numbers of their shapes count, in English
    image_size      (height, width) of a picture; guessed: nobody knows it yet, and this is a stand-in
    """

    rows: tuple[BlockRow, ...]
    operations: Mapping[str, tuple[Operation, ...]]
    symbols: Mapping[str, str]
    axes: Mapping[str, str]
    parameters: int
    image_size: tuple[int, int]
    channels: int
    dim: int
    dim_mults: tuple[int, ...]
    patch_size: int
    feeds_back: bool
    sees: int  #: channels that it sees beside x_t
    timesteps: int
    guessed: bool = False


def network_of(config: RunConfig) -> Iterator[NetworkFacts]:
    """The network that a training with these settings would build: without weights. Raises StudioError."""
    import torch

    from core.networks.build import build_network

    config, guessed = _complete(config)
    with torch.device("meta"):
        network = build_network(config)
    assert config.data.height_and_width is not None
    yield _facts_of(network, config.data.height_and_width, config.diffusion.timesteps, guessed=guessed)


def network_in(reader: Reader) -> Iterator[NetworkFacts]:
    """The network of a model. Raises StudioError."""
    diffusion = reader()
    yield _facts_of(diffusion.model, diffusion.image_size, diffusion.num_timesteps, guessed=False)


def _complete(config: RunConfig) -> tuple[RunConfig, bool]:
    """The settings with nothing of the pictures on auto, and whether that was guessed."""
    changes: dict[str, object] = {}
    if config.data.image_size is None:
        factor = config.model.downsample_factor
        changes["image_size"] = max(factor, STAND_IN_PX // factor * factor)
    if config.data.channels is None:
        changes["channels"] = 3
    if config.data.horizontal_flip is None:
        changes["horizontal_flip"] = False
    return (config.with_settings(changes) if changes else config), bool(changes)


def _facts_of(network: Any, image_size: tuple[int, int], timesteps: int, *, guessed: bool) -> NetworkFacts:  # noqa: ANN401
    from core.networks.anatomy import network_map
    from core.networks.unfolding import AXES, SYMBOLS, unfold

    rows = network_map(network, image_size)
    settings = network.settings
    return NetworkFacts(
        rows=rows,
        operations={row.module: unfold(network, row.module, image_size) for row in rows},
        symbols=SYMBOLS,
        axes=AXES,
        parameters=sum(row.parameters for row in rows),
        image_size=image_size,
        channels=network.channels,
        dim=settings.dim,
        dim_mults=tuple(settings.dim_mults),
        patch_size=settings.patch_size,
        feeds_back=settings.self_condition,
        sees=network.condition_channels,
        timesteps=timesteps,
        guessed=guessed,
    )


@contextmanager
def _enough_memory(device: torch.device, count: int) -> Iterator[None]:
    """Says in a sentence where the memory of the device ends with `count` pictures. Raises SamplingError."""
    from core.device import is_out_of_memory, release_memory

    exhausted = False
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        exhausted = True
    # Outside of the except block: the traceback holds the tensors that must go first.
    if exhausted:
        release_memory(device)
        raise SamplingError("sampling.out-of-memory", device=str(device), count=count)


# --- A look ----------------------------------------------------------------------------------------------


class Asking:
    """Questions to one copy of the model. Hooks are on it meanwhile: one question computes at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def look(self, reader: Reader, question: Question) -> Iterator[Looked | None]:
        """One pass, two where something is off. Raises StudioError."""
        while not self._lock.acquire(timeout=0.05):
            yield None  # where a question that nobody asks any more ends
        try:
            diffusion = reader()
            inputs = _inputs(diffusion, question, question.step)
            if inputs is None:
                return
            with _enough_memory(diffusion.device, 1):
                look = _pass(diffusion, question, inputs, question.off)
                whole = _pass(diffusion, question, inputs, frozenset()) if question.off else None
        finally:
            self._lock.release()
        yield _looked(question, look, whole)

    def over(self, reader: Reader, question: Question) -> Iterator[Underway | OverT | None]:
        """The block at the steps of the recording, or at some of them. Raises StudioError."""
        from core.networks.looking import over_time

        recording = question.recording
        arrived = recording.arrived
        steps = np.unique(np.linspace(0, arrived - 1, min(arrived, MOST_TIMES)).round().astype(int)).tolist()
        found: list[tuple[int, float, float, float]] = []
        yield Underway((None, 0, len(steps)))
        diffusion = reader()
        for step in steps:
            inputs = _inputs(diffusion, question, step)
            if inputs is None:
                return
            x_t, before, label, seen = inputs
            times = (int(recording.t[step]),)
            with self._lock, _enough_memory(diffusion.device, 1):
                (moment,) = over_time(
                    diffusion,
                    x_t,
                    question.module,
                    times,
                    x_self_cond=before,
                    classes=label,
                    condition=seen,
                    off=_offs(question.off),
                )
            brought = moment.scale_shift
            scale, shift = (math.nan,) * 2 if brought is None else (float(np.abs(part).mean()) for part in brought)
            found.append((moment.t, moment.strength, scale, shift))
            yield Underway((_over(found), len(found), len(steps)))
        yield _over(found)


def _offs(off: Off) -> list[Any]:
    from core.networks.looking import Off as OffPart

    return [OffPart(part, module) for part, module in sorted(off)]


def _inputs(diffusion: GaussianDiffusion, question: Question, step: int) -> Inputs | None:
    """x_t, x̂_0 of the step before where it is fed back, class and condition, as the sampler gave them to the network.

    None where the denoising was closed meanwhile for another one: nobody waits for the answer then.
    """
    import torch

    recording, picture = question.recording, question.picture

    def tensor(name: str, index: int) -> torch.Tensor:
        values = recording.one(name, index, picture).transpose(2, 0, 1)[None]
        return torch.from_numpy(np.ascontiguousarray(values)).to(diffusion.device)

    feeds_back = bool(getattr(diffusion.model, "self_condition", False)) and step > 0
    name = recording.class_name(picture) if diffusion.num_classes else ""
    try:
        before = tensor("x_0", step - 1) if feeds_back else None
        return tensor("x_t", step), before, _label(diffusion, name), _seen(diffusion, recording, picture)
    except (LookupError, ValueError, StudioError):  # it may have been closed while it is read
        if recording.closed:
            return None
        raise


def _seen(diffusion: GaussianDiffusion, recording: Recording, picture: int) -> torch.Tensor | None:
    """What the network saw beside x_t; None where it sees nothing."""
    from core.sampling import as_condition

    if recording.condition is None or not diffusion.condition_channels:
        return None
    return as_condition(diffusion, recording.condition[picture : picture + 1])


def _label(diffusion: GaussianDiffusion, name: str) -> str | int | None:
    """A class as the model calls it: by its name, or by its number where it has none."""
    if not name:
        return None
    return name if diffusion.class_names is not None or not name.isdecimal() else int(name)


def _pass(diffusion: GaussianDiffusion, question: Question, inputs: Inputs, off: Off) -> Look:
    from core.networks.looking import look

    x_t, before, label, seen = inputs
    t = int(question.recording.t[question.step])
    return look(
        diffusion,
        x_t,
        t,
        module=question.module,
        x_self_cond=before,
        classes=label,
        condition=seen,
        off=_offs(off),
        pixel=question.pixel,
    )


def _looked(question: Question, look: Look, whole: Look | None) -> Looked:
    x_0 = look.x_start.transpose(1, 2, 0)
    without = None
    if whole is not None:
        all_on = whole.x_start.transpose(1, 2, 0)
        without = Without(shown(all_on), shown(x_0), x_0 - all_on)
    brought = look.scale_shift.get(question.module)
    return Looked(
        question=question,
        t=look.t,
        maps=maps_of(look.activations, look.strengths),
        carried={module: _grey(cut.picture) for module, cut in look.shortcuts.items()},
        strengths={module: (cut.strength, cut.strength_below) for module, cut in look.shortcuts.items()},
        scale_shift=None if brought is None else (brought.scale, brought.shift),
        looks=_looks(look, question.pixel),
        x_0=shown(x_0),
        without=without,
    )


def _looks(look: Look, pixel: tuple[int, int] | None) -> Looks | None:
    weights = look.attention
    if weights is None or pixel is None:
        return None
    # Those of a linear attention add up to dim_head^−½; shares are what both have in common.
    total: NDArray[np.float32] = weights.memory.sum(1) + weights.points.sum((1, 2))
    return Looks(pixel, weights.points / total[:, None, None], weights.memory.sum(1) / total)


def maps_of(activations: NDArray[np.float32], strengths: NDArray[np.float32]) -> Maps:
    """(C, H, W) as pictures, each from its 1st to its 99th percentile, the strongest first."""
    channels = len(activations)
    order = np.argsort(-strengths, kind="stable")
    low, high = np.percentile(activations.reshape(channels, -1), (1, 99), axis=1).astype(np.float32)
    small = _smaller(activations)
    span = np.maximum(high - low, 1e-12)[:, None, None]
    scaled = (small - low[:, None, None]) * (255 / span) + 0.5
    pictures = np.clip(scaled, 0, 255).astype(np.uint8)[order]
    return Maps(activations, strengths, order, pictures, low, high)


def _smaller(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """(C, H, W) without more pixels than are seen: the mean of each square of as many as that takes."""
    _, height, width = maps.shape
    factor = max(1, math.ceil(max(height, width) / SHOWN_PX))
    while factor > 1 and (height % factor or width % factor):
        factor -= 1
    if factor == 1:
        return maps
    squares = maps.reshape(len(maps), height // factor, factor, width // factor, factor)
    means: NDArray[np.float32] = squares.mean((2, 4))
    return means


def _grey(picture: NDArray[np.float32]) -> NDArray[np.uint8]:
    low, high = np.percentile(picture, (1, 99))
    scaled: NDArray[np.float32] = (picture - low) * (255 / max(high - low, 1e-12)) + 0.5
    return np.clip(scaled, 0, 255).astype(np.uint8)


def _over(found: list[tuple[int, float, float, float]]) -> OverT:
    rows = sorted(found)
    t, strength, scale, shift = (np.array([row[place] for row in rows]) for place in range(4))
    timed = bool(rows) and bool(np.isfinite(scale).all())
    none = np.empty(0, np.float32)
    return OverT(
        t.astype(np.int64),
        strength.astype(np.float32),
        scale.astype(np.float32) if timed else none,
        shift.astype(np.float32) if timed else none,
    )


# --- What blocks cost ------------------------------------------------------------------------------------


def costs_of(config: RunConfig, device: str, stop: threading.Event) -> Iterator[Underway | Measured | None]:
    """Measure a training step of a network with these settings. Raises StudioError, also where the memory ends."""
    import time

    import torch

    from core.device import choose_device, prepare_for_device
    from core.networks.build import build_diffusion
    from core.networks.shares import measure_shares

    config, _ = _complete(config)
    target = choose_device(device)
    with torch.random.fork_rng(devices=()):
        network = cast("nn.Module", prepare_for_device(build_diffusion(config), target).model)
    assert config.data.height_and_width is not None
    began, last = time.monotonic(), None
    batch = config.train.batch_size
    with _enough_memory(target, batch):
        for shares in measure_shares(network, config.data.height_and_width, batch, seconds=MEASURING_S, stop=stop):
            costs = {
                row.module: Cost(row.time, row.forward_s + row.backward_s, row.memory, row.kept_bytes)
                for row in shares.rows
            }
            last = Measured(costs, shares.seconds, batch)
            yield Underway(min(1.0, (time.monotonic() - began) / MEASURING_S))
    yield last


# --- Weights ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Learned:
    """The numbers of a block in a checkpoint; titles: of the sets, in English."""

    statistics: WeightStatistics
    titles: Mapping[str, str]


def weights_of(path: Path, module: str) -> Iterator[Learned]:
    """Read them. Raises StudioError."""
    from core.runs.weight_statistics import MOMENTS, WEIGHTS, weight_statistics

    yield Learned(weight_statistics(path, module), {**WEIGHTS, **MOMENTS})
