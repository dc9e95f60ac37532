"""What each block of the U-Net costs in a training step: its share of the time, and of the memory.

One batch of noise goes forward and back again and again, and hooks look at the clock. What is counted:

time     of a row, from when its module is called to when it returns; and on the way back from when the gradient of its
         output is there to when that of the row before it is, since autograd goes back in the reverse order. What the
         U-Net does between its blocks (concatenations, residuals of attentions) counts for a row on the way back only.
         The optimizer, the EMA, the loss's own arithmetic and the pictures are not in it
memory   the bytes that autograd keeps for the way back, each piece once: a row's are those that it is the first to
         keep, among them its input where a convolution needs it again. Weights are not in it: they are there anyway

Shares are parts of the whole pass, so that they sum to a little less than 1: the rest is between the blocks.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..errors import ConfigError
from ..inputs import height_and_width, require_whole
from ..randomness import generator
from .anatomy import as_unet, network_map


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A row of `network_map`: its cost, and what part of the whole that is."""

    module: str
    forward_s: float
    backward_s: float
    kept_bytes: int  #: for the way back
    time: float  #: 0 … 1, of both ways
    memory: float  #: 0 … 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Medians of all rounds so far."""

    rounds: int
    seconds: float  #: forward and back, of the whole network: the sum of the medians
    kept_bytes: int
    rows: tuple[Share, ...]  #: in the order of `network_map`


def measure_shares(
    unet: nn.Module,
    image_size: int | tuple[int, int],
    batch: int,
    *,
    seconds: float = 5.0,
    stop: threading.Event | None = None,
) -> Iterator[Shares]:
    """Goes forward and back until `seconds` are over, and tells the shares after each round; one round at least.

    image_size: in pixels, one number or (height, width); batch: pictures of noise, on the device of the network. The
    first round warms things up and is not counted, unless it takes all the time. Gradients are thrown away: no `.grad`
    is touched. A network of which nothing learns, such as an average, is measured as if all of it did. Gradient
    checkpointing is off meanwhile, since it would do each block twice. `stop` ends it between two blocks, without
    another answer. On a GPU each block is waited for, which makes a step longer and leaves the shares.
    Raises ConfigError as `network_map`, and for a batch below 1; torch's own error where the memory does not do.
    """
    unet = as_unet(unet)
    require_whole("batch_size", batch, 1, kind=ConfigError)
    height, width = height_and_width(image_size)
    modules = tuple(row.module for row in network_map(unet, (height, width)))
    device = next(unet.parameters()).device
    # Not of torch's global generator, of which a training in the same process draws its dropout.
    x = torch.randn((batch, unet.channels, height, width), generator=generator(0, "measuring-shares")).to(device)
    rounds: list[_Round] = []
    until, is_warm = time.perf_counter() + seconds, False
    while not rounds or time.perf_counter() < until:
        done = _Round(modules, device, stop or threading.Event())
        checkpoints, unet.gradient_checkpointing = unet.gradient_checkpointing, False
        try:
            done.measure(unet, x)
        except _StoppedError:
            return
        finally:
            unet.gradient_checkpointing = checkpoints
        if is_warm or time.perf_counter() >= until:
            rounds.append(done)
            yield _medians(modules, rounds)
        is_warm = True


class _StoppedError(Exception):
    """The wish to stop, from within a round."""


class _Round:
    """One pass forward and back, with what each row took of it."""

    def __init__(self, modules: tuple[str, ...], device: torch.device, stop: threading.Event) -> None:
        self.between_s = 0.0  #: what no row took
        self.kept_bytes = 0
        self.forward_s = dict.fromkeys(modules, 0.0)
        self.backward_s = dict.fromkeys(modules, 0.0)
        self.kept = dict.fromkeys(modules, 0)
        self._modules = modules
        self._device = device
        self._stop = stop
        self._now_in = ""  #: the row that computes
        self._since = 0.0
        self._seen: set[int] = set()
        self._marks: list[tuple[float, str]] = []  #: when the way back came to a row

    def measure(self, network: nn.Module, x: Tensor) -> None:
        """Once forward and back; raises _StoppedError between two rows."""
        self._seen = {parameter.untyped_storage().data_ptr() for parameter in network.parameters()}
        t = torch.full((len(x),), 0.5, device=x.device)
        with ExitStack() as hooks, torch.enable_grad():
            learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
            if not learned:
                learned = list(network.requires_grad_().parameters())
                hooks.callback(network.requires_grad_, False)
            for module in self._modules:
                block = network.get_submodule(module)
                hooks.callback(block.register_forward_pre_hook(self._entering(module)).remove)
                hooks.callback(block.register_forward_hook(self._leaving(module)).remove)
            began = _clock(self._device)
            with torch.autograd.graph.saved_tensors_hooks(self._keep, lambda tensor: tensor):
                output = network(x, t)
            forward_s = _clock(self._device) - began
            # The loss's gradient is there before the clock runs: its arithmetic is no block's.
            gradient = torch.ones_like(output)
            began = _clock(self._device)
            torch.autograd.grad(output, learned, gradient, allow_unused=True)
            ended = _clock(self._device)
        for (reached, module), (left, _) in zip(self._marks, [*self._marks[1:], (ended, "")], strict=True):
            self.backward_s[module] += left - reached
        rows_s = sum(self.forward_s.values()) + sum(self.backward_s.values())
        self.between_s = forward_s + ended - began - rows_s

    def _entering(self, module: str) -> Callable[..., None]:
        def enter(_block: nn.Module, _inputs: object) -> None:
            self._look()
            self._now_in, self._since = module, _clock(self._device)

        return enter

    def _leaving(self, module: str) -> Callable[..., None]:
        def leave(_block: nn.Module, _inputs: object, output: Tensor) -> None:
            self.forward_s[module] += _clock(self._device) - self._since
            self._now_in = ""
            if output.requires_grad:
                output.register_hook(lambda _gradient: self._reach(module))  # type: ignore[no-untyped-call]

        return leave

    def _reach(self, module: str) -> None:
        self._look()
        self._marks.append((_clock(self._device), module))

    def _look(self) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _keep(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._seen:
            self._seen.add(storage.data_ptr())
            self.kept_bytes += storage.nbytes()
            if self._now_in:
                self.kept[self._now_in] += storage.nbytes()
        return tensor


def _clock(device: torch.device) -> float:
    """Seconds, when all that was asked of the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter()


def _medians(modules: tuple[str, ...], rounds: list[_Round]) -> Shares:
    forward_s = {module: statistics.median(one.forward_s[module] for one in rounds) for module in modules}
    backward_s = {module: statistics.median(one.backward_s[module] for one in rounds) for module in modules}
    between_s = statistics.median(one.between_s for one in rounds)
    # Of the sum of medians, not of a round: on a busy machine each round has its own bad moments.
    whole_s = sum(forward_s.values()) + sum(backward_s.values()) + between_s
    kept, kept_bytes = rounds[-1].kept, rounds[-1].kept_bytes  # the same in every round
    rows = tuple(
        Share(
            module=module,
            forward_s=forward_s[module],
            backward_s=backward_s[module],
            kept_bytes=kept[module],
            time=(forward_s[module] + backward_s[module]) / whole_s,
            memory=kept[module] / kept_bytes,
        )
        for module in modules
    )
    return Shares(rounds=len(rounds), seconds=whole_s, kept_bytes=kept_bytes, rows=rows)
