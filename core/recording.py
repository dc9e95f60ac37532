"""A recorded denoising: every step of every picture, kept so that any of them is there at once when you scrub.

Plain arrays that a window can show without torch. What a step's pictures are made of is kept as *layers*, float arrays
in the network's range; those that follow from others (ε̂, v̂, the posterior's mean, …) are computed when they are looked
at.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .beginning import StartPicture
from .catalogue import OBJECTIVES
from .diffusion.posterior import posterior_factors
from .errors import SamplingError, phrase_of
from .frames import Frame, SamplingFinished, SamplingStarted, TermFacts

Pictures = NDArray[np.uint8]
Values = NDArray[np.float32]

#: Arrays with a place for each step, and what the names of the layers begin with, in `Recording.parts`.
OF_STEPS = ("t", "t_next", "snr", "alphas_cumprod", "delta_x_0", "x_t_mean", "x_t_std")
OF_LAYERS = "layer."


class Part(Protocol):
    """Numbers of all steps: an array, or the place of one in a file, of which what is asked for is read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As an array's."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """As an array's."""

    def __getitem__(self, where: Any, /) -> Any:  # noqa: ANN401 (as an array's: first indices, or … for all of it)
        """An array."""


#: What a recording may take of memory; a larger one lives in a file that the system maps in and out.
MEMORY_LIMIT_BYTES = 512 * 2**20
#: Layers that would take more than this are kept in half precision: their sums then hold to a thousandth.
EXACT_LIMIT_BYTES = 2**30
#: Of a batch.
ALL = slice(None)


class RecordedTerm(NamedTuple):
    """One addend of a step: coefficient · values, (N, H, W, C); see `core.samplers.Term`."""

    symbol: str
    coefficient: float
    values: Values
    steps_back: int
    where: str


class Recording:
    """All frames of one sampling, in order of arrival. 1000 steps of 64 pictures of 64 px are 1.6 GB without layers.

    Raises SamplingError when there is no room for it on the disk.
    """

    _pixels: Part  #: (2, steps, N, H, W, C) uint8: x_t and x̂_0
    _layers: dict[str, Part]  #: (steps, N, H, W, C) float32 or float16 each
    _spill_folder: Path | None

    def __init__(
        self,
        started: SamplingStarted,
        *,
        spill_folder: Path | None = None,
        memory_limit_bytes: int = MEMORY_LIMIT_BYTES,
        exact_limit_bytes: int = EXACT_LIMIT_BYTES,
    ) -> None:
        self._begin(started)
        shape = (self.steps, self.count, started.height, started.width, started.channels)
        values = int(np.prod(shape, dtype=np.int64))
        self._exact = values * 4 * len(started.layers) <= exact_limit_bytes
        self._spill_folder = spill_folder
        self._spills = values * (2 + len(started.layers) * (4 if self._exact else 2)) > memory_limit_bytes
        try:
            self._pixels = self._room((2, *shape), np.dtype(np.uint8))
            dtype = np.dtype(np.float32 if self._exact else np.float16)
            self._layers = {name: self._room(shape, dtype) for name in started.layers}
        except SamplingError:
            self.close()
            raise

    def _begin(self, started: SamplingStarted) -> None:
        """Everything that is small."""
        self.started = started
        self.steps = started.steps  #: how many frames there will be
        self.count = started.count  #: N, pictures
        self.settings = started.settings  #: what is written into its pictures, but for the model
        self.schedule = started.alphas_cumprod  #: (T,) ᾱ_t
        self.condition = started.condition  #: (N, H, W, c) uint8, what the network saw beside x_t; None: nothing
        self.kept_at: Path | None = None  #: its file, where it is kept (`core.runs.generations`)
        self.arrived = 0  #: how many frames there are
        self.final: Pictures | None = None  #: (N, H, W, C) what the last step made
        self.final_x: Values | None = None  #: the same in the network's range, where there are layers
        self.t = np.zeros(self.steps, np.int64)
        self.t_next = np.full(self.steps, -1, np.int64)
        self.snr = np.zeros(self.steps)
        self.alphas_cumprod = np.zeros(self.steps)
        #: (steps, N) each
        self.delta_x_0, self.x_t_mean, self.x_t_std = (np.zeros((self.steps, self.count), np.float32) for _ in range(3))
        self.term_facts: list[tuple[TermFacts, ...]] = []
        self._files: list[IO[bytes]] = []
        self._pixels = np.empty((2, 0, 0, 0, 0, 0), np.uint8)
        self._layers = {}
        self._spill_folder = None
        self._spills, self._exact = False, True
        self.closed = False  #: nothing can be read any more
        #: (steps, N, H, W, C) what perfect memory says of each x_t, once somebody asked; never written
        self.recalled: NDArray[Any] | None = None

    @classmethod
    def reopened(
        cls, started: SamplingStarted, parts: Mapping[str, Part], term_facts: Sequence[tuple[TermFacts, ...]]
    ) -> Recording:
        """A complete one, of what `parts` told of it; parts may be read from a file only when they are looked at."""
        recording = cls.__new__(cls)
        recording._begin(started)
        for name in OF_STEPS:
            setattr(recording, name, parts[name])
        recording._pixels, recording.final = parts["pixels"], parts["final"][...]
        recording.final_x = parts["final_x"][...] if "final_x" in parts else None
        recording._layers = {
            name.removeprefix(OF_LAYERS): part for name, part in parts.items() if name.startswith(OF_LAYERS)
        }
        recording.term_facts = list(term_facts)
        recording._spills = True
        recording._exact = all(part.dtype == np.float32 for part in recording._layers.values())
        recording.arrived = recording.steps
        return recording

    def parts(self) -> dict[str, Part]:
        """Everything that there is of a complete one in numbers, by name, for `reopened`."""
        assert self.complete and self.final is not None
        parts: dict[str, Part] = {name: getattr(self, name) for name in OF_STEPS}
        parts |= {"schedule": self.schedule, "pixels": self._pixels, "final": self.final}
        if self.final_x is not None:
            parts["final_x"] = self.final_x
        if self.condition is not None:
            parts["condition"] = self.condition
        return parts | {OF_LAYERS + name: layer for name, layer in self._layers.items()}

    def _room(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        if not self._spills:
            return np.empty(shape, dtype)
        file = _scratch_file(self._spill_folder, int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
        self._files.append(file)
        return np.memmap(file, dtype, "r+", shape=shape)

    def room_for_recalled(self) -> NDArray[Any]:
        """An array for `recalled` as the layers are: in memory or in a file. Raises SamplingError."""
        return self._room(self._pixels.shape[1:], np.dtype(np.float32 if self._exact else np.float16))

    @staticmethod
    def _written(part: Part) -> NDArray[Any]:
        assert isinstance(part, np.ndarray), "a reopened recording is complete"
        return part

    @property
    def timesteps(self) -> int:
        """T of the model."""
        return len(self.schedule)

    @property
    def on_disk(self) -> bool:
        """Whether it was too large for memory."""
        return self._spills

    @property
    def exact(self) -> bool:
        """Whether the layers are as the sampler had them; else they are in half precision, for their size."""
        return self._exact

    @property
    def complete(self) -> bool:
        """Whether every frame has come."""
        return self.arrived == self.steps

    @property
    def size_bytes(self) -> int:
        """What its pictures and layers take, in memory or on the disk."""
        return sum(math.prod(part.shape) * part.dtype.itemsize for part in (self._pixels, *self._layers.values()))

    def add(self, frame: Frame) -> None:
        """Keep the next frame."""
        assert frame.index == self.arrived, (frame.index, self.arrived)
        k = frame.index
        pixels = self._written(self._pixels)
        pixels[0, k], pixels[1, k] = frame.x_t, frame.x_0
        self.t[k], self.t_next[k] = frame.t, frame.t_next
        self.snr[k], self.alphas_cumprod[k] = frame.snr, frame.alphas_cumprod
        self.delta_x_0[k], self.x_t_mean[k], self.x_t_std[k] = frame.delta_x_0, frame.x_t_mean, frame.x_t_std
        for name, values in frame.layers.items():
            if name not in self._layers:  # one that only some steps have: noise, a corrected x_t
                made = self._room(self._pixels.shape[1:], np.dtype("f4" if self._exact else "f2"))
                made[:] = 0
                self._layers[name] = made
            self._written(self._layers[name])[k] = values
        self.term_facts.append(frame.terms)
        self.arrived += 1

    def finish(self, finished: SamplingFinished) -> None:
        """Keep what the last step made."""
        self.final, self.final_x = finished.pictures, finished.x

    # --- pictures ------------------------------------------------------------------------------------------

    def x_t(self, index: int) -> Pictures:
        """(N, H, W, C) what went into step `index`."""
        assert 0 <= index < self.arrived
        pictures: Pictures = self._pixels[0, index]
        return pictures

    def x_0(self, index: int) -> Pictures:
        """(N, H, W, C) the clean pictures as predicted at step `index`."""
        assert 0 <= index < self.arrived
        pictures: Pictures = self._pixels[1, index]
        return pictures

    def one_shown(self, name: str, index: int, picture: int) -> Pictures:
        """(H, W, C) one picture of "x_t" or "x_0"; of a kept recording no other is read."""
        assert 0 <= index < self.arrived
        pictures: Pictures = self._pixels[("x_t", "x_0").index(name), index, picture]
        return pictures

    def picture(self, layer: str, index: int) -> Pictures:
        """(N, H, W, C) a row of LAYERS at a step, as it is shown."""
        if layer in ("x_t", "x_0"):
            return self.x_t(index) if layer == "x_t" else self.x_0(index)
        return shown(self.layer(layer, index), self.white_at(layer))

    def white_at(self, layer: str) -> float:
        """Which value of a layer is shown white; a network that predicts the picture says one."""
        if layer in ("output", "conditional", "unconditional", "of_guide"):
            factors = OBJECTIVES[self.started.objective].x_start_factors
            return 1.0 if factors is not None and factors(0.6, 0.8)[0] == 0 else LAYERS["output"].white_at
        return LAYERS[layer].white_at if layer in LAYERS else 1.0

    def class_name(self, picture: int) -> str:
        """The name of the class that a picture was to be of; "" for none."""
        earlier = self.settings.get("fork_of")
        forks = [*(earlier if isinstance(earlier, list) else ()), self.settings]
        turns = [self.settings.get("classes"), *(told.get("fork_classes") for told in forks if isinstance(told, dict))]
        turn = next((each for each in reversed(turns) if isinstance(each, list) and each), [None])
        mine = turn[picture % len(turn)]
        return "" if mine is None else str(mine)

    def class_of(self, picture: int) -> str:
        """What a picture has of its own: its class's name, its condition's, its place in a row; "" for nothing."""
        name = self.class_name(picture)
        words = [name] if name else []
        shown = self.settings.get("condition")
        if isinstance(shown, list) and picture < len(shown):
            words.append(str(shown[picture]))
        for name, symbol in (("mix", "λ"), ("at_t", "t")):
            row = self.settings.get(name)
            if isinstance(row, list) and picture < len(row):
                words.append(f"{symbol} = {row[picture]:.3g}" if name == "mix" else f"{symbol} = {row[picture]}")
        return ", ".join(words)

    def seen(self) -> tuple[StartPicture, ...]:
        """What the network saw beside each picture, to be shown again bit for bit; empty: nothing.

        The files that it came from may be gone or changed by now.
        """
        if self.condition is None:
            return ()
        names, digests = (self.settings.get(name) for name in ("condition", "condition_sha256"))
        told = names if isinstance(names, list) else []
        of_files = digests if isinstance(digests, list) else []
        return tuple(
            StartPicture.of_seen(
                pixels,
                str(told[number]) if number < len(told) else "",
                str(of_files[number]) if number < len(of_files) else "",
            )
            for number, pixels in enumerate(self.condition)
        )

    # --- numbers -------------------------------------------------------------------------------------------

    @property
    def has_layers(self) -> bool:
        """Whether more is known than pictures."""
        return bool(self._layers)

    @property
    def recorded(self) -> tuple[str, ...]:
        """The layers that were recorded themselves."""
        return tuple(self._layers)

    def trajectory(self, name: str) -> NDArray[Any]:
        """(steps so far, N, H, W, C) a recorded layer as it is kept: float32, or float16 where not `exact`."""
        steps: NDArray[Any] = self._layers[name][: self.arrived]
        return steps

    def has(self, layer: str, index: int) -> bool:
        """Whether there is such a layer at a step."""
        if layer in LAYERS and LAYERS[layer].compute is not None:
            there = self.recalled is not None if layer == "from_memory" else layer != "change" or index > 0
            return self.has_layers and there
        if layer == "noise":
            return any(term.symbol == "noise" for term in self.term_facts[index])
        return layer in self._layers

    def layer(self, name: str, index: int, of: slice = ALL) -> Values:
        """(N, H, W, C) float32 in the network's range: one that was recorded, or one that follows from those.

        of: which of the pictures.
        """
        assert 0 <= index < self.arrived
        row = LAYERS.get(name)
        if row is not None and row.compute is not None:
            return row.compute(self, index, of)
        values: Values = np.asarray(self._layers[name][index][of], np.float32)
        return values

    def one(self, name: str, index: int, picture: int) -> Values:
        """(H, W, C) float32 of one picture of "x_t" or "x_0", as `layer`; of the pixels where there are no layers."""
        if name in self._layers:
            values: Values = np.asarray(self._layers[name][index, picture], np.float32)
            return values
        pixels = self._pixels[("x_t", "x_0").index(name), index, picture].astype(np.float32)
        scaled: Values = pixels / np.float32(127.5) - 1
        return scaled

    def signal_and_spread(self, index: int) -> tuple[float, float]:
        """√ᾱ_t and √(1−ᾱ_t) of a step: cos φ and sin φ."""
        alpha = float(self.alphas_cumprod[index])
        return math.sqrt(alpha), math.sqrt(1 - alpha)

    def x_next(self, index: int, of: slice = ALL) -> Values | None:
        """(N, H, W, C) what step `index` made; None where it is not known yet."""
        if "x_next" in self._layers:
            return self.layer("x_next", index, of)
        if self.has_layers and index + 1 < self.arrived:
            return self.layer("x_t", index + 1, of)
        return None if self.final_x is None else self.final_x[of]

    def terms(self, index: int, of: slice = ALL) -> tuple[RecordedTerm, ...]:
        """What the sampler added up in a step, in its order."""
        found = []
        for symbol, coefficient, steps_back, where in self.term_facts[index]:
            values = self.layer(symbol, index - steps_back, of)
            if where == "inside":
                values = np.where(self._inside(index, of), values, np.float32(0))
            found.append(RecordedTerm(symbol, coefficient, values, steps_back, where))
        return tuple(found)

    def _inside(self, index: int, of: slice) -> NDArray[np.bool_]:
        """Where the mask is filled: the known part is exactly 0 there, and nothing that 8 bits can say is elsewhere."""
        known: NDArray[np.bool_] = self.layer("known", index, of) == 0
        return known

    def deviation(self, index: int, of: slice = ALL) -> float | None:
        """How far the terms are from adding up to what came out: the largest difference in the network's range."""
        made = self.x_next(index, of)
        terms = self.terms(index, of)
        if made is None or not terms:
            return None
        total = sum(term.coefficient * term.values.astype(np.float64) for term in terms)
        return float(np.abs(total - made).max())

    def clipped_share(self, index: int, of: slice = ALL) -> NDArray[np.float64]:
        """(N,) which share of the values of x̂_0 lay beyond [-1, 1]."""
        clipped = self.layer("clipped", index, of)
        share: NDArray[np.float64] = (clipped != 0).reshape(len(clipped), -1).mean(1)
        return share

    def close(self) -> None:
        """Give the memory and the files back; nothing can be read after it."""
        self.closed = True  # before anything goes: whoever reads it meanwhile asks why it failed
        self.arrived = 0
        self._pixels, self._layers = np.empty((2, 0, 0, 0, 0, 0), np.uint8), {}
        self.recalled = None
        for file in self._files:
            with contextlib.suppress(OSError):
                file.close()


# --- Layers: what of a step can be looked at ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of LAYERS.

    symbol    as the window paints it
    white_at  the value that is shown white; minus that is black, 0 a middle grey
    compute   (recording, index, which pictures) → (N, H, W, C) from what was recorded; None: it was recorded itself
    """

    symbol: str
    white_at: float = 1.0
    compute: Callable[[Recording, int, slice], Values] | None = None


def shown(values: Values, white_at: float = 1.0) -> Pictures:
    """(…) uint8 of values in the network's range: -white_at is 0, white_at is 255, what lies beyond is clipped."""
    scaled = np.multiply(values, np.float32(127.5 / white_at), dtype=np.float32)
    scaled += np.float32(127.5)
    np.clip(scaled, 0, 255, out=scaled)
    np.rint(scaled, out=scaled)
    return scaled.astype(np.uint8)


def _pred_noise(recording: Recording, index: int, of: slice) -> Values:
    """ε̂ = (x_t − √ᾱ·x̂_0)/√(1−ᾱ) of the clipped x̂_0, as the samplers go on with it."""
    signal, spread = recording.signal_and_spread(index)
    # Every array of this size costs more than the arithmetic in it: as few as can be.
    noise = np.multiply(recording.layer("x_0", index, of), -signal, dtype=np.float64)
    noise += recording.layer("x_t", index, of)
    noise /= max(spread, 1e-12)
    return noise.astype(np.float32)


def _pred_v(recording: Recording, index: int, of: slice) -> Values:
    """v̂ = √ᾱ·ε̂ − √(1−ᾱ)·x̂_0 (Salimans & Ho 2022, arXiv 2202.00512), the tangent at the angle φ."""
    signal, spread = recording.signal_and_spread(index)
    v = _pred_noise(recording, index, of)
    v *= np.float32(signal)
    v -= np.float32(spread) * recording.layer("x_0", index, of)
    return v


def _posterior_mean(recording: Recording, index: int, of: slice) -> Values:
    """The mean of q(x_next | x_t, x̂_0): what DDPM's step would be without its noise."""
    following = int(recording.t_next[index])
    alpha_next = 1.0 if following < 0 else float(recording.schedule[following])
    of_x_0, of_x_t, _ = posterior_factors(float(recording.alphas_cumprod[index]), alpha_next)
    x_0, x_t = recording.layer("x_0", index, of), recording.layer("x_t", index, of)
    mean: Values = np.float32(of_x_0) * x_0
    mean += np.float32(of_x_t) * x_t
    return mean


def _change(recording: Recording, index: int, of: slice) -> Values:
    """x̂_0 less that of the step before; 0 at the first."""
    x_0 = recording.layer("x_0", index, of)
    change: Values = x_0 - recording.layer("x_0", index - 1, of) if index else np.zeros_like(x_0)
    return change


def unclipped_x_0(recording: Recording, index: int, of: slice = ALL) -> Values:
    """x̂_0 as the network's output says it, before it was clipped; as it is where the objective does not tell how."""
    factors = OBJECTIVES[recording.started.objective].x_start_factors
    if factors is None:
        return recording.layer("x_0", index, of)
    of_x_t, of_output = factors(*recording.signal_and_spread(index))
    raw = np.multiply(recording.layer("x_t", index, of), of_x_t, dtype=np.float64)
    raw += np.multiply(recording.layer("output", index, of), of_output, dtype=np.float64)
    return raw.astype(np.float32)


def _clipped(recording: Recording, index: int, of: slice) -> Values:
    """1 where x̂_0 was above 1, -1 where it was below -1, else 0; a rounding's breadth beyond does not count."""
    raw, most = unclipped_x_0(recording, index, of), np.float32(1 + 1e-5)
    clipped: Values = np.subtract(raw > most, raw < -most, dtype=np.float32)
    return clipped


def _from_memory(recording: Recording, index: int, of: slice) -> Values:
    """|x̂_0 − E[x_0 | x_t]|: how far the network is from the best denoiser of its training pictures."""
    assert recording.recalled is not None, "has() says whether there is such a layer"
    apart: Values = recording.layer("x_0", index, of) - recording.recalled[index, of]
    np.abs(apart, out=apart)
    return apart


#: Noise is shown at half contrast: most of a standard normal lies within ±2.
LAYERS: Mapping[str, Layer] = {
    "x_t": Layer("x_t"),
    "x_0": Layer("x_0_hat"),
    "pred_noise": Layer("eps_hat", 2.0, _pred_noise),
    "pred_v": Layer("v_hat", 2.0, _pred_v),
    "output": Layer("output", 2.0),
    "posterior_mean": Layer("mu", 1.0, _posterior_mean),
    "noise": Layer("z", 2.0),
    "change": Layer("change", 0.25, _change),
    "clipped": Layer("clipped", 1.0, _clipped),
    "from_memory": Layer("from_memory", 0.5, _from_memory),
}


def _scratch_file(folder: Path | None, size_bytes: int) -> IO[bytes]:
    """A file without a name (where the system has such), so that it goes with the process however that ends."""
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder, prefix="recording-")  # noqa: SIM115 (lives as long as the recording)
    except OSError as error:
        raise SamplingError("sampling.no-room", gigabytes=f"{size_bytes / 1e9:.1f}", reason=phrase_of(error)) from error
    try:
        # The room is taken at once: a full disk later would end the process with a bus error, not an exception.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size_bytes)
        else:
            file.truncate(size_bytes)
    except OSError as error:
        file.close()
        raise SamplingError("sampling.no-room", gigabytes=f"{size_bytes / 1e9:.1f}", reason=phrase_of(error)) from error
    return file
