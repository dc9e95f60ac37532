"""Perfect memory, the best possible denoiser of the training pictures, and the training pictures nearest to a sample.

The network that minimises the loss of training, however large, answers E[x_0 | x_t] over the training pictures, and
sampling with it ends at one of them. Where a trained network departs from that, it makes something new (Kamb & Ganguli
2024, arXiv 2412.20292); where one picture takes all the weight, a perfect memory's trajectory has collapsed onto it
(Biroli et al. 2024, arXiv 2402.18491).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .diffusion.inputs import as_timesteps, is_floats, require_batch, require_finite
from .diffusion.process import ReverseProcess
from .errors import ConfigError, Phrase
from .inputs import bad_value, require_whole
from .memory import Memory, Neighbours, Recollection
from .pictures.feed.pictures import LoadProgress

#: Pictures that are made float64 together.
_TOGETHER = 1024
#: Of a memory, bytes that are multiplied between two signs of life.
_BLOCK_BYTES = 32 << 20
#: What the weights of all entries may take, for the steps that are looked at together.
_WEIGHTS_BYTES = 256 << 20
#: Steps looked at together; products of more columns are no faster per column.
_MOST_STEPS = 256
#: Weights below this part of what an even share would be add nothing that float32 can show.
_NEGLIGIBLE = 1e-8
#: So many weighing pictures are multiplied in float64, one step at a time; more in int8, all steps together.
_FEW = 1024
#: Of these so many are made float64 at a time: at 64 px 13 MB, as larger blocks are given back to the system each time.
_AT_A_TIME = 128
#: Products of bytes are faster by a quarter for multiples of this many columns.
_COLUMNS = 16
#: Products of bytes that an int32 holds the sum of, whatever they are.
_MOST_SUMMED = 1 << 16
#: Training pictures whose own nearest are looked for.
OWN = 1000


@torch.no_grad()
def perfect_memory(diffusion: ReverseProcess, pictures: Tensor, x_t: Tensor, t: Tensor | int) -> tuple[Tensor, Tensor]:
    """E[x_0 | x_t] over the training pictures, (B, C, H, W) in normalised space, and their weights, (B, N).

    pictures  (N, C, H, W) floats in [0, 1], each as likely as the others; x_i are these in normalised space
    x_t       (B, C, H, W) floats in normalised space, as `Step.x_t`, on the model's device
    t         the timestep of all, or (B,) of each: 0 … T-1

    The weights are softmax_i(−‖x_t − √ᾱ_t·x_i‖²/(2(1−ᾱ_t))): what Bayes' rule says of N pictures under
    q(x_t | x_0) (Biroli et al. 2024, arXiv 2402.18491; Kamb & Ganguli 2024, arXiv 2412.20292, eq. 3).

    Computed in float64, without ‖x_t‖², which is the same for all: at 1−ᾱ = 1e-4 the exponents of 64 px in colour are
    right to 1e-7, and at ᾱ near 0 the weights are even. The answer has x_t's type, or float32 if that is wider.
    For many questions about many pictures see `recall`. Raises ConfigError for anything else.
    """
    _require_diffusion(diffusion)
    require_batch("x_t", x_t, None, diffusion.betas)
    require_finite("x_t", x_t)
    if isinstance(t, Tensor):
        times = as_timesteps("t", t, len(x_t), diffusion.num_timesteps, diffusion.device)
    else:
        require_whole("t", t, 0, diffusion.num_timesteps - 1, ConfigError)
        times = torch.full((len(x_t),), t, device=diffusion.device)
    _require_pictures("pictures", pictures, x_t.shape[1:])
    # Some accelerators have no float64.
    device = torch.device("cpu") if x_t.device.type == "mps" else x_t.device
    signal = diffusion.sqrt_alphas_cumprod[times].to(device).double()[:, None]
    spread = diffusion.sqrt_one_minus_alphas_cumprod[times].to(device).double()[:, None]
    asked = x_t.to(device).double().flatten(1)

    def blocks() -> Iterator[tuple[slice, Tensor]]:
        for start in range(0, len(pictures), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            yield part, diffusion.normalize(pictures[part].to(device).double()).flatten(1)

    exponents = torch.empty(len(x_t), len(pictures), dtype=torch.float64, device=device)
    for part, x_i in blocks():
        exponents[:, part] = (asked @ x_i.T - 0.5 * signal * x_i.square().sum(1)) * (signal / spread.square())
    weights = exponents.softmax(1)
    x_0 = torch.zeros_like(asked)
    for part, x_i in blocks():
        x_0 += weights[:, part] @ x_i
    answer = torch.promote_types(x_t.dtype, torch.float32)
    return x_0.reshape(x_t.shape).to(x_t.device, answer), weights.to(x_t.device, answer)


def recall(
    diffusion: ReverseProcess,
    memory: Memory,
    x_t: Tensor | NDArray[np.floating],
    t: Tensor | NDArray[np.integer],
    *,
    x_0: Tensor | NDArray[np.floating] | None = None,
    strongest: int = 8,
) -> Iterator[LoadProgress | Recollection]:
    """As `perfect_memory`, for a whole trajectory or several over a Memory; the Recollection comes last.

    x_t        (S, C, H, W) in normalised space, or (B, S, C, H, W) of B trajectories with the same timesteps
    t          (S,) whole numbers of 0 … T-1
    x_0        what the network predicted, shaped as x_t: how far it is from perfect memory is told too
    strongest  k: how many pictures are named at each step, at most all

    The memory is read once for up to 256 steps: each takes a quarter of what it would alone, or less. Pixels are
    whole numbers, and x_t is taken as whole numbers of 24 bits, as many as float32 has; so every product is exact.
    The first 8 of these bits meet all pictures. Where they show that at most _FEW pictures can weigh in, whatever the
    other 16 are, only those pictures meet all 24.
    LoadProgress counts passes over parts of the memory, and comes every 0.1 s or so. Raises ConfigError.
    """
    _require_diffusion(diffusion)
    asked = _as_steps("x_t", x_t, memory.shape)
    require_whole("strongest", strongest, 1, None, ConfigError)
    times = as_timesteps("t", _as_tensor(t), asked.shape[-4], diffusion.num_timesteps, torch.device("cpu"))
    network = None if x_0 is None else _as_steps("x_0", x_0, memory.shape)
    if network is not None and network.shape != asked.shape:
        raise bad_value("x_0", network, Phrase("value.floats-like", first="x_t", shape=tuple(asked.shape)))
    return _recall(diffusion, memory, asked, times, network, min(strongest, len(memory)))


def _recall(
    diffusion: ReverseProcess, memory: Memory, asked: Tensor, times: Tensor, network: Tensor | None, k: int
) -> Iterator[LoadProgress | Recollection]:
    lead = asked.shape[:-3]
    queries = asked.reshape(-1, *memory.shape)
    all_times = times.expand(lead).reshape(-1)
    # Normalised is scale·pixel + shift, pixel being what the memory keeps.
    zero, one = diffusion.normalize(torch.tensor([128 / 255, 129 / 255], dtype=torch.float64)).tolist()
    scale, shift = one - zero, zero
    signal = diffusion.sqrt_alphas_cumprod.cpu().double()[all_times]
    spread = diffusion.sqrt_one_minus_alphas_cumprod.cpu().double()[all_times]
    squares = torch.from_numpy(scale**2 * memory.squares + 2 * scale * shift * memory.sums)
    rows = _Rows(memory)
    entries = len(memory) * len(memory.flips)
    together = max(1, min(_MOST_STEPS // len(memory.flips), _WEIGHTS_BYTES // (8 * entries)))
    starts = range(0, len(queries), together)
    # The lower bits and the sum over all pictures are counted too; both are left out where few pictures weigh.
    done, of = 0, 3 * rows.blocks * len(starts)
    answers: list[tuple[Tensor, ...]] = []
    for start in starts:
        part = slice(start, start + together)
        # What is turned is the question: a mirrored picture's product with it is the picture's with it mirrored.
        values = torch.stack([_flipped(queries[part], axes).flatten(1).double() for axes in memory.flips], 1)
        factor = (signal[part] / spread[part].square())[:, None, None]
        constants = factor * (0.5 * signal[part][:, None, None] * squares)
        exponents = torch.empty(*values.shape[:2], len(memory), dtype=torch.float64)
        for passed in rows.exponents(values, factor * scale, constants, exponents):
            done += passed
            yield LoadProgress(done, of, 0)
        del values, constants
        weights = exponents.flatten(1).softmax(1).reshape(exponents.shape)
        del exponents
        total = torch.zeros(weights.shape[0] * weights.shape[1], memory.pixels.shape[1], dtype=torch.float64)
        for sums in rows.weighted(weights.flatten(0, 1), total):
            done += sums
            yield LoadProgress(done, of, 0)
        by_turn = total.reshape(*weights.shape[:2], *memory.shape)
        mean = sum(_flipped(by_turn[:, turned], axes) for turned, axes in enumerate(memory.flips))
        of_pictures = weights.sum(1)
        strongest = of_pictures.topk(k, dim=1)
        turned_most = weights.argmax(1).gather(1, strongest.indices)
        effective = 1 / of_pictures.square().sum(1)
        answers.append(((scale * mean + shift).float(), strongest.indices, strongest.values, turned_most, effective))
    found, places, shares, turns, counts = (torch.cat(each) for each in zip(*answers, strict=True))
    apart = None if network is None else (network.reshape(found.shape) - found).square().mean((1, 2, 3)).sqrt()
    yield Recollection(
        t=times.numpy(),
        x_0=found.reshape(asked.shape).numpy(),
        places=places.reshape(*lead, k).numpy(),
        weights=shares.float().reshape(*lead, k).numpy(),
        turned=turns.reshape(*lead, k).numpy(),
        effective=counts.float().reshape(lead).numpy(),
        distance=None if apart is None else apart.float().reshape(lead).numpy(),
    )


def nearest(
    memory: Memory,
    samples: Tensor | NDArray[np.floating],
    *,
    count: int = 4,
    own: NDArray[np.float64] | None = None,
) -> Iterator[LoadProgress | Neighbours]:
    """The training pictures nearest to finished samples, and how near those are to each other; Neighbours come last.

    samples  (M, C, H, W) in [0, 1]
    count    k: the nearest so many of each, at least 2 where there are 2: the word for a sample needs the second
    own      Neighbours.own of an earlier answer over the same memory, which need not be looked for again

    `own` is of OWN training pictures, the same ones each time. Distances are right to 1e-6, 0 for a copy of all pixels.
    Raises ConfigError.
    """
    samples = _as_tensor(samples)
    _require_pictures("samples", samples, memory.shape)
    require_whole("count", count, 1, None, ConfigError)
    return _nearest(memory, samples.cpu(), min(max(count, 2), len(memory)), own)


def _nearest(
    memory: Memory, samples: Tensor, k: int, own: NDArray[np.float64] | None
) -> Iterator[LoadProgress | Neighbours]:
    rows = _Rows(memory)
    chosen = np.empty(0, np.int64)
    if own is None and len(memory) > 1:
        chosen = np.random.default_rng(0).permutation(len(memory))[:OWN]
    together = max(1, min(_MOST_STEPS, _WEIGHTS_BYTES // (8 * len(memory))))
    starts = range(0, len(samples), together)
    own_starts = range(0, len(chosen), together)
    done, of = 0, rows.blocks * len(memory.flips) * (len(starts) + len(own_starts))
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for start in starts:
        # In steps of a pixel's 8 bits, as the memory has them.
        asked = samples[start : start + together].double() * 255 - 128
        squared = torch.full((len(asked), len(memory)), torch.inf, dtype=torch.float64)
        turned = torch.zeros(squared.shape, dtype=torch.int8)
        for block, way, distances in rows.squared_distances(asked, digits=3):
            nearer = distances < squared[:, block]
            turned[:, block][nearer] = way
            squared[:, block] = torch.minimum(squared[:, block], distances)
            done += 1
            yield LoadProgress(done, of, 0)
        least = squared.topk(k, dim=1, largest=False)
        found.append((least.indices, turned.gather(1, least.indices).long(), least.values))
    own_squared = np.full(len(chosen), np.inf)
    for start in own_starts:
        part = slice(start, start + together)
        asked = torch.from_numpy(memory.pixels[chosen[part]]).reshape(-1, *memory.shape).double()
        itself = torch.from_numpy(chosen[part])
        for block, _, distances in rows.squared_distances(asked, digits=1):
            there = (itself >= block.start) & (itself < block.stop)
            distances[there, itself[there] - block.start] = torch.inf
            own_squared[part] = np.minimum(own_squared[part], distances.min(1).values.numpy())
            done += 1
            yield LoadProgress(done, of, 0)
    places, turns, squares = (torch.cat(each) for each in zip(*found, strict=True))
    # RMS in normalised space, where 255 steps are 2.
    unit = 2 / 255 / memory.pixels.shape[1] ** 0.5
    yield Neighbours(
        places=places.numpy(),
        turned=turns.numpy(),
        distances=unit * squares.sqrt().numpy(),
        own=np.sort(unit * np.sqrt(own_squared)) if own is None else own,
    )


# --- Products with all pictures of a memory ----------------------------------------------------------------


class _Rows:
    """A memory's pixels, multiplied a block at a time.

    Whole numbers of 8 bits are multiplied exactly, four at once per lane where the processor can; other numbers are
    taken as two or three of these, as a number is written in digits of base 256.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._pixels = torch.from_numpy(memory.pixels)
        size = max(64, _BLOCK_BYTES // memory.pixels.shape[1])
        self._slices = [slice(at, min(at + size, len(memory))) for at in range(0, len(memory), size)]

    @property
    def blocks(self) -> int:
        """How many signs of life a pass gives."""
        return len(self._slices)

    def exponents(
        self, values: Tensor, slopes: Tensor, constants: Tensor, exponents: Tensor
    ) -> Generator[int, None, None]:
        """Put slope·⟨values, picture⟩ − constant into exponents, (S, turns, N) float64; yields blocks done.

        values     (S, turns, C·H·W) float64
        slopes     (S, 1, 1), constants (S, 1, N)

        Right to the 24 bits of the values wherever the softmax is not below _NEGLIGIBLE/N.
        """
        steps, turns, _ = values.shape
        unit, written = _in_digits(values.flatten(0, 1), 3)
        unit, written = unit.reshape(steps, turns, 1), written.reshape(3, *values.shape)
        high, low = written[0], written[1:]
        for block, products in self._dots(high.flatten(0, 1), 1):
            exponents[..., block] = products.reshape(steps, turns, -1) * (unit * 256**2)
            yield 1
        exponents.mul_(slopes).sub_(constants)
        # What the lower digits can still change, by Cauchy and Schwarz.
        left_out = (values - high * (unit * 256**2)).norm(dim=2).amax(1)
        change = (slopes.flatten() * left_out * float(np.sqrt(self._memory.squares.max()))).tolist()
        beyond_doubt = math.log(exponents.shape[2] / _NEGLIGIBLE)
        unsure = []
        for step, most in enumerate(change):
            one = exponents[step]
            may_weigh = one >= one.max() - (2 * most + beyond_doubt)
            if int(may_weigh.sum()) > _FEW:
                unsure.append(step)
                continue
            for turned in range(turns):
                places = may_weigh[turned].nonzero().flatten()
                for some in _split(places):
                    products = self._pixels[some].double() @ values[step, turned]
                    one[turned, some] = products * slopes[step, 0] - constants[step, 0, some]
        if not unsure:
            yield self.blocks
            return
        for block, products in self._dots(low[:, unsure].flatten(0, 2), 2):
            exponents[unsure, :, block] += products.reshape(len(unsure), turns, -1) * (unit * slopes)[unsure]
            yield 1

    def _dots(self, written: Tensor, digits: int) -> Iterator[tuple[slice, Tensor]]:
        """(R, n) whole float64 products of each block of n pictures with (digits·R, C·H·W), as of _in_digits."""
        for block in self._slices:
            yield block, _joined(_product(self._pixels[block], written.T), digits).T

    def squared_distances(self, asked: Tensor, digits: int) -> Iterator[tuple[slice, int, Tensor]]:
        """(block, place in flips, (R, n)): ‖asked − picture‖² of (R, C, H, W), with all pictures turned each way."""
        squares = torch.from_numpy(self._memory.squares)
        for way, axes in enumerate(self._memory.flips):
            values = _flipped(asked, axes).flatten(1)
            # As it is multiplied, so that a copy is at 0.
            scale, written = _in_digits(values, digits)
            own = (_joined(written.double().reshape(digits, *values.shape), 0) * scale).square().sum(1, keepdim=True)
            for block in self._slices:
                products = _joined(_product(self._pixels[block], written.T), digits).T * scale
                yield block, way, (own - 2 * products + squares[block]).clamp_(min=0)

    def weighted(self, weights: Tensor, total: Tensor) -> Generator[int, None, None]:
        """Add to total, (R, C·H·W), what the pictures give by their weights, (R, N); yields blocks done."""
        weighs = weights > _NEGLIGIBLE / weights.shape[1]
        few = weighs.sum(1) <= _FEW
        for row in few.nonzero().flatten().tolist():
            for places in _split(weighs[row].nonzero().flatten()):
                total[row] += weights[row, places] @ self._pixels[places].double()
        many = (~few).nonzero().flatten()
        if not len(many):
            yield self.blocks
            return
        scale, written = _in_digits(weights[many], 3)
        sums = torch.zeros(len(many), total.shape[1], dtype=torch.float64)
        for block in self._slices:
            products = _product(written[:, block], self._pixels[block]).reshape(3, len(many), -1)
            for power, product in zip((256**2, 256, 1), products, strict=True):
                sums.add_(product, alpha=power)
            yield 1
        total[many] += sums.mul_(scale)


def _split(places: Tensor) -> Iterator[Tensor]:
    for start in range(0, len(places), _AT_A_TIME):
        yield places[start : start + _AT_A_TIME]


def _flipped(pictures: Tensor, axes: tuple[int, ...]) -> Tensor:
    """(B, C, H, W), each along these axes of (C, H, W)."""
    return pictures.flip([axis + 1 for axis in axes])


def _in_digits(values: Tensor, digits: int) -> tuple[Tensor, Tensor]:
    """scale (R, 1), and (digits·R, K) int8, so that the values, (R, K) float64, are scale·Σ 256^d·digit_d.

    The first R rows are the highest digit. With 3 digits values are rounded to 2⁻²³ of each row's greatest; with 1 they
    are whole numbers of 8 bits as they are.
    """
    if digits == 1:
        return torch.ones(len(values), 1, dtype=torch.float64), values.to(torch.int8)
    most = 127 * 256 ** (digits - 1)
    scale = values.abs().amax(1, keepdim=True).clamp_(min=torch.finfo(torch.float64).tiny) / most
    rest = (values / scale).round_().to(torch.int32)
    written = []
    for _ in range(digits - 1):
        low = (rest + 128) % 256 - 128
        written.append(low.to(torch.int8))
        rest = (rest - low) // 256
    return scale, torch.cat([rest.to(torch.int8), *reversed(written)])


def _joined(products: Tensor, digits: int) -> Tensor:
    """Σ 256^d·part_d in float64, of (n, digits·R) as of _in_digits; digits 0: of (digits, R, …)."""
    parts = products.unbind(0) if digits == 0 else products.chunk(digits, dim=1)
    joined = parts[0].double()
    for part in parts[1:]:
        joined = joined.mul_(256).add_(part)
    return joined


def _product(one: Tensor, two: Tensor) -> Tensor:
    """one @ two of int8, exact: (n, K) @ (K, m) → (n, m), int32 or float64."""
    if not _multiplies_bytes():
        return one.double() @ two.double()
    columns = two.shape[1]
    if 1 < columns < one.shape[0] and columns % _COLUMNS:
        two = torch.nn.functional.pad(two, (0, -columns % _COLUMNS))
    if one.shape[1] <= _MOST_SUMMED:
        return torch._int_mm(one, two)[:, :columns]
    parts = (slice(at, at + _MOST_SUMMED) for at in range(0, one.shape[1], _MOST_SUMMED))
    return torch.stack([torch._int_mm(one[:, part], two[part]).double() for part in parts]).sum(0)[:, :columns]


@cache
def _multiplies_bytes() -> bool:
    """Whether this torch multiplies bytes, and this processor without cutting sums off at 16 bits, as older ones do."""
    extremes = torch.full((32, 64), -128, dtype=torch.int8)
    try:
        return bool((torch._int_mm(extremes, extremes.T) == 64 * 128 * 128).all())
    except (AttributeError, RuntimeError):
        return False


# --- What is asked, judged -----------------------------------------------------------------------------------


def _require_diffusion(diffusion: object) -> None:
    if not isinstance(diffusion, ReverseProcess):
        raise bad_value("diffusion", diffusion, Phrase("value.gaussian-diffusion"))


def _as_tensor(x: Tensor | NDArray[Any]) -> Tensor:
    # A copy, because torch warns of arrays that cannot be written to, as a recording's are.
    return torch.from_numpy(np.array(x)) if isinstance(x, np.ndarray) else x


def _require_pictures(name: str, pictures: object, shape: tuple[int, ...] | torch.Size) -> None:
    channels, height, width = shape
    wanted = Phrase("value.pictures-in-0-1", channels=channels, height=height, width=width)
    if not is_floats(pictures) or pictures.shape[1:] != torch.Size(shape) or not len(pictures):
        raise bad_value(name, pictures, wanted)
    low, high = (float(end) for end in pictures.aminmax())
    if not (low >= 0 and high <= 1):  # NaN is neither
        raise bad_value(name, pictures, wanted)


def _as_steps(name: str, x: Tensor | NDArray[np.floating], shape: tuple[int, int, int]) -> Tensor:
    """(…, C, H, W) on the CPU."""
    asked = _as_tensor(x)
    if not is_floats(asked) or asked.ndim not in (4, 5) or asked.shape[-3:] != torch.Size(shape) or not asked.numel():
        channels, height, width = shape
        raise bad_value(name, x, Phrase("value.steps-of-pictures", channels=channels, height=height, width=width))
    require_finite(name, asked)
    return asked.detach().cpu()
