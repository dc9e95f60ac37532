"""The network beside denoising-diffusion-pytorch's and beside the machine: passes, steps, sampling.

Both have the same weights and their own defaults, ours as `prepare_for_device` leaves it. The library computes in
float32, ours in float32 and in bf16. Each has a process of its own, the library's as a script has it and ours as the
program sets it, and they take turns.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from core.device import autocast, autocast_dtype
from core.frames import SamplingFinished
from core.networks.blocks import hold_weights_in
from core.networks.build import _one_or_each, build_diffusion
from core.pictures.feed.batches import Batch
from core.sampling import sample_frames
from core.settings import USUAL_SAMPLER, RunConfig, SampleConfig
from core.threads import WalkThreads
from core.training.state import SessionState, new_state
from core.training.step import FlightRecord, take_step
from tests.bench.library import import_library
from tests.bench.turns import Apart, Spent, apart, in_turns

CPU = torch.device("cpu")
#: Row of PRECISIONS → what a table calls it.
PRECISIONS = {"off": "float32", "bf16": "bf16"}
LIBRARY = "library"
#: Numbers on a side of the square matrices whose product says what the machine can do.
SIDES, SIDE = (1024, 2048, 4096), 2048
SAMPLES, CALLS = 64, 20
#: Too small for the weights to change what is measured.
RATE = 1e-5


class Shape(NamedTuple):
    """What a network is measured with."""

    dim: int
    size: int  #: of a picture's side, pixels
    batch: int

    @property
    def config(self) -> RunConfig:
        """The library's own defaults, which are ours."""
        settings = {"dim": self.dim, "image_size": self.size, "channels": 3, "batch_size": self.batch}
        return RunConfig().with_settings(settings)


def library_diffusion(config: RunConfig, *, sampling_timesteps: int | None = None) -> nn.Module:
    """The library's GaussianDiffusion with the settings that it knows. Raises ImportError where it is not installed."""
    library, model = import_library(), config.model
    torch.manual_seed(0)
    unet = library.Unet(
        dim=model.dim,
        dim_mults=model.dim_mults,
        channels=config.data.channels,
        attn_heads=_one_or_each(model.attn_heads),
        attn_dim_head=_one_or_each(model.attn_dim_head),
    )
    diffusion: nn.Module = library.GaussianDiffusion(
        unet, image_size=config.data.image_size, sampling_timesteps=sampling_timesteps
    )
    return diffusion


def library_step(diffusion: nn.Module, pictures: Tensor) -> Callable[[], object]:
    """What the library's Trainer does for a step, less its average, which it moves every ten steps."""
    optimizer = torch.optim.Adam(diffusion.parameters(), lr=RATE, betas=(0.9, 0.99))

    def call() -> object:
        diffusion.train()
        loss = diffusion(pictures)
        number = loss.item()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(diffusion.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return number

    return call


class Held:
    """The batches of a step that is only measured: the same noise again and again, in memory."""

    def __init__(self, config: RunConfig) -> None:
        data = config.data
        pictures = torch.rand(config.train.batch_size, data.channels or 3, *data.height_and_width)
        classes = data.num_classes
        labels = None if classes is None else torch.randint(classes, (len(pictures),))
        self.batch = Batch(pictures, labels)

    def get(self, _number: int, _stop: threading.Event) -> Batch:
        """That batch."""
        return self.batch


def own_step(config: RunConfig, state: SessionState | None = None) -> Callable[[], object]:
    """The step that a session takes, with all its checks and the average of the weights."""
    state, held = state or new_state(config, CPU), Held(config)

    def call() -> object:
        return take_step(
            state,
            held,
            config,
            rate=RATE,
            stop=threading.Event(),
            weights=nullcontext(),
            flight=FlightRecord(),
        )

    return call


def own_state(config: RunConfig, theirs: nn.Module) -> SessionState:
    """A session's state with the library's weights."""
    diffusion = build_diffusion(config)
    diffusion.load_state_dict(theirs.state_dict(), strict=True)
    return new_state(config, CPU, diffusion)


def steps(shape: Shape) -> dict[str, Callable[[], object]]:
    """Name → a training step, all from the same weights."""
    theirs = library_diffusion(shape.config)
    calls = {}
    for amp, name in PRECISIONS.items():
        config = shape.config.with_settings({"amp": amp})
        calls[name] = own_step(config, own_state(config, theirs))
    return {LIBRARY: library_step(theirs, Held(shape.config).batch.pictures), **calls}


def forward(network: nn.Module, pictures: Tensor, dtype: torch.dtype | None = None) -> Callable[[], object]:
    """One call of the network."""
    t = torch.arange(len(pictures))

    @torch.no_grad()
    def call() -> object:
        with autocast(CPU, dtype):
            return network(pictures, t)

    return call


def forwards(shape: Shape) -> dict[str, Callable[[], object]]:
    """Name → a call of the network, all with the same weights and pictures."""
    theirs = library_diffusion(shape.config)
    ours = own_state(shape.config, theirs).diffusion
    narrow = copy.deepcopy(ours)  # as sampling makes it
    hold_weights_in(narrow, torch.bfloat16)
    pictures = torch.rand(shape.batch, 3, shape.size, shape.size)
    laid_out = pictures.to(memory_format=torch.channels_last)
    calls = {
        name: forward((ours if amp == "off" else narrow).model, laid_out, autocast_dtype(CPU, amp))
        for amp, name in PRECISIONS.items()
    }
    return {LIBRARY: forward(theirs.model, pictures), **calls}


# --- The machine's own limit -----------------------------------------------------------------------------


def product(side: int, dtype: torch.dtype) -> Callable[[], object]:
    """The product of two square matrices: 2·side³ floating-point operations."""
    one, other = (torch.rand(side, side).to(dtype) for _ in range(2))
    return lambda: one @ other


def products(side: int) -> dict[str, Callable[[], object]]:
    """Precision → the product of two matrices in it."""
    return {"float32": product(side, torch.float32), "bf16": product(side, torch.bfloat16)}


def operations(call: Callable[[], object]) -> int:
    """Floating-point operations of one call, of its products and convolutions; a multiply and an add are two."""
    if isinstance(call, Apart):
        return call.do(operations)
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops()


def limit_table(seconds: float, *, sides: tuple[int, ...] = SIDES, least: int = 5) -> Iterator[str]:
    """What the machine reaches in each precision."""
    yield "| product of two matrices | float32, GFLOP/s | bf16, GFLOP/s | bf16 is times as fast | rounds |"
    yield "|---|---|---|---|---|"
    for side in sides:
        spent = in_turns(products(side), seconds / len(sides), least=least)
        speeds = [2e-9 * side**3 / spent[name].seconds for name in ("float32", "bf16")]
        cells = f"{speeds[0]:.0f} | {speeds[1]:.0f} | {speeds[1] / speeds[0]:.2f} | {len(spent['bf16'].clock)}"
        yield f"| {side} × {side} | {cells} |"


def network_table(
    calls_of: Callable[[Shape], Mapping[str, Callable[[], object]]],
    shapes: list[Shape],
    seconds: float,
    *,
    side: int = SIDE,
    least: int = 5,
    own_process: bool = True,
) -> Iterator[str]:
    """What the calls of each shape take, beside the library's and beside a large product in the same turns.

    own_process: whether ours are made in a process of their own.
    """
    yield (
        "| dim | threads | network | ms | times as fast | of processor time | GFLOP | GFLOP/s | of the limit | rounds |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for shape in shapes:
        calls = dict(calls_of(shape))
        with apart(calls_of, shape) if own_process else nullcontext({}) as elsewhere:
            calls |= {name: call for name, call in elsewhere.items() if name != LIBRARY}
            counts = {name: operations(calls[name]) for name in (LIBRARY, "float32")}
            limits = {f"{name} product": call for name, call in products(side).items()}
            spent = in_turns({**calls, **limits}, seconds / len(shapes), least=least)
        for name in calls:
            yield _network_line(shape, name, spent, counts.get(name, counts["float32"]), side)


def _network_line(shape: Shape, name: str, spent: Mapping[str, Spent], count: int, side: int) -> str:
    precision = "float32" if name == LIBRARY else name
    speed = count / spent[name].seconds
    share = speed / (2 * side**3 / spent[f"{precision} product"].seconds)
    title = f"{LIBRARY}, float32" if name == LIBRARY else name
    return (
        f"| {shape.dim} | {torch.get_num_threads()} | {title} | {spent[name].seconds * 1000:.0f} | "
        f"{spent[name].times_as_fast_as(spent[LIBRARY])} | {count / 1e9:.1f} | {speed / 1e9:.0f} | {share:.0%} | "
        f"{len(spent[name].clock)} |"
    )


# --- Sampling --------------------------------------------------------------------------------------------


def sampling(shape: Shape, count: int = SAMPLES, calls: int = CALLS) -> dict[str, Callable[[], object]]:
    """Name → sampling `count` pictures with `calls` calls of the network, all with the same weights."""
    theirs = library_diffusion(shape.config, sampling_timesteps=calls).eval()
    ours = own_state(shape.config, theirs).diffusion.eval()
    threads = WalkThreads(CPU, torch.get_num_threads())

    def draw(sampler: str, amp: str) -> Callable[[], object]:
        # As the window and the command line sample: with the frames of every step.
        request = SampleConfig(sampler=sampler, sample_steps=calls, count=count, precision=amp)

        def call() -> object:
            *_, last = sample_frames(ours, request, in_threads=threads)
            assert isinstance(last, SamplingFinished)
            return last

        return call

    found: dict[str, Callable[[], object]] = {f"{LIBRARY}, ddim, float32": lambda: theirs.sample(batch_size=count)}
    for sampler in dict.fromkeys(("ddim", USUAL_SAMPLER)):
        found |= {f"{sampler}, {name}": draw(sampler, amp) for amp, name in PRECISIONS.items()}
    return found


def sampling_table(
    shape: Shape, seconds: float, *, count: int = SAMPLES, calls: int = CALLS, least: int = 2, own_process: bool = True
) -> Iterator[str]:
    """What sampling takes beside the library's DDIM."""
    yield "| sampler | s | pictures/s | times as fast | of processor time | rounds |"
    yield "|---|---|---|---|---|---|"
    to_draw = sampling(shape, count, calls)
    with apart(sampling, shape, count, calls) if own_process else nullcontext({}) as elsewhere:
        to_draw |= {name: call for name, call in elsewhere.items() if not name.startswith(LIBRARY)}
        # A round takes a minute: the first call of twenty warms up enough.
        spent = in_turns(to_draw, seconds, least=least, warm=False)
    theirs = next(iter(spent.values()))
    for name, each in spent.items():
        cells = f"{each.seconds:.2f} | {count / each.seconds:.2f} | {each.times_as_fast_as(theirs)}"
        yield f"| {name} | {cells} | {len(each.clock)} |"
