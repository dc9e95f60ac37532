"""EMAs of any length, made after the training from two that were tracked in it and stored now and then.

Karras et al. 2023, arXiv 2312.02696, section 3 and appendix C. A power-function EMA at step t weighs the weights of
step τ by p(τ) = (γ+1)·τ^γ / t^(γ+1): it grows with the training. Its length σ_rel is the width of p as a share of t.
The profile of any other length is fitted, by least squares, with the profiles of what is stored; the same sum of the
stored weights is that EMA. Imports no torch until tensors are read or written.

A run keeps its snapshots in `averages/step-XXXXXXXX.safetensors`, in half precision, evenly spaced in steps. Each says
which step it is of and carries a checksum; one that is damaged is left out of the sum.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import CheckpointError, Phrase, phrase_of
from ..inputs import LONGEST_EMA, SHORTEST_EMA
from .atomic import make_folder, remove_file
from .checkpoint_files import AVERAGES, LAST_STEP, read_description, verify

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

FORMAT = "ddpm-studio averages"
VERSION = 1

#: The lengths that are tracked in training, σ_rel; the paper's.
TRACKED = (0.05, 0.10)
#: Snapshots of a run are never larger than this together, whatever their number.
MOST_BYTES = 2_000_000_000
#: Steps between snapshots at first; they are doubled whenever there would be too many.
FIRST_SPACING = 16
#: How far the fitted profile may be from the wished one, as a share of it, for a length to be offered. On the digits
#: the weights of such an average were within 0.5 % of one that was tracked, and its x̂_0 within 0.9 %.
MOST_DEVIATION = 0.03
#: What a coefficient of 1 adds to that by rounding to half precision: 1.25e-4 of the weights, of which a profile that
#: is 0.1 apart was 1 % or less.
ROUNDING = 1e-3
#: How often the folder is listed anew when a training prunes what was listed before it is read.
MOST_LISTINGS = 5

_SNAPSHOT = re.compile(r"step-([0-9]{8,10})\.safetensors")


# --- Profiles ----------------------------------------------------------------------------------------------


class Profile(NamedTuple):
    """Which weights an average holds: those up to `step`, by a power function of this length."""

    step: int
    length: float  #: σ_rel


def gamma_of(length: float) -> float:
    """The exponent γ of the profile whose length is σ_rel = √((γ+1)/(γ+3))/(γ+2). 0 < length < 1/√12, which is γ = 0.

    The real root of γ³ + 7γ² + (16 − σ⁻²)γ + 12 − σ⁻² = 0 (algorithm 2).
    """
    inverse = length**-2.0
    return float(max(np.roots([1.0, 7.0, 16.0 - inverse, 12.0 - inverse]).real))


def decay_at(step: int, gamma: float) -> float:
    """β = (1 − 1/t)^(γ+1), the decay at step t ≥ 1 (eq. 4).

    Unrolled, the weights of step i count by ∫p over (i−1, i]: the profile holds for single steps, not in the limit.
    """
    return float((1.0 - 1.0 / step) ** (gamma + 1.0))


def inner_products(some: Sequence[Profile], others: Sequence[Profile]) -> NDArray[np.float64]:
    """∫ p_a·p_b dτ of each pair, (len(some), len(others)) float64, in closed form (algorithm 3)."""
    t_a, gamma_a = (column[:, None] for column in _columns(some))
    t_b, gamma_b = (column[None, :] for column in _columns(others))
    ratio = (t_a / t_b) ** np.where(t_a < t_b, gamma_b, -gamma_a)
    products: NDArray[np.float64] = (
        (gamma_a + 1) * (gamma_b + 1) * ratio / ((gamma_a + gamma_b + 1) * np.maximum(t_a, t_b))
    )
    return products


def fit(
    stored: Sequence[Profile], wished: Sequence[Profile], rounded: Sequence[bool] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The coefficient of each stored average in each wished one, (stored, wished), and how far the sum's profile is
    from the wished one, as a share of it, (wished,): with what rounding does.

    Least squares over profiles (appendix C.2). stored: each profile once. rounded: which are kept in half precision,
    whose errors large coefficients of both signs would add up (None: none).
    """
    products, towards = inner_products(stored, stored), inner_products(stored, wished)
    own = np.array([inner_products([one], [one])[0, 0] for one in wished])
    noise = np.zeros(len(stored)) if rounded is None else np.where(rounded, ROUNDING**2, 0.0)
    # Profiles of very different steps have very different norms; scaled to 1 the system is solved to more digits.
    scale = 1 / np.sqrt(np.diag(products))
    coefficients = np.empty_like(towards)
    for column, square in enumerate(own):
        # The last term keeps what is nearly the same profile twice from being none; far below what rounding does.
        system = (products + np.diag(noise * square)) * np.outer(scale, scale) + 1e-13 * np.eye(len(stored))
        coefficients[:, column] = scale * np.linalg.solve(system, towards[:, column] * scale)
    apart = own - 2 * (coefficients * towards).sum(0) + (coefficients * (products @ coefficients)).sum(0)
    return coefficients, np.sqrt(np.maximum(apart, 0.0) / own + noise @ coefficients**2)


def _columns(profiles: Sequence[Profile]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    steps = np.array([profile.step for profile in profiles], dtype=np.float64)
    gammas = {length: gamma_of(length) for length in {profile.length for profile in profiles}}
    return steps, np.array([gammas[profile.length] for profile in profiles], dtype=np.float64)


# --- Which steps are kept ----------------------------------------------------------------------------------


def most_snapshots(wished: int, parameters: int) -> int:
    """How many snapshots of so many parameters are kept where `wished` are asked for: no more than MOST_BYTES hold."""
    return max(1, min(wished, MOST_BYTES // (2 * len(TRACKED) * max(1, parameters))))


def spacing(step: int, most: int) -> int:
    """Steps between the snapshots of a run that is at `step`, of which there are at most `most`.

    A function of the step alone, so that a run that was stopped or killed keeps the same ones as one that was not.
    """
    every = FIRST_SPACING
    while step // every > most:
        every *= 2
    return every


def snapshot_path(folder: Path, step: int) -> Path:
    """Where the snapshot of a step is, in a run's folder of averages."""
    return folder / f"step-{step:08d}.safetensors"


def snapshots_in(folder: Path) -> list[int]:
    """The steps that have a snapshot by name, oldest first; none where there is no such folder.

    Raises CheckpointError when the folder cannot be read.
    """
    try:
        found = [match for path in folder.iterdir() if (match := _SNAPSHOT.fullmatch(path.name))]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise CheckpointError("storage.not-read", path=folder, reason=phrase_of(error)) from error
    return sorted(step for match in found if (step := int(match[1])) <= LAST_STEP)


def save_snapshot(folder: Path, step: int, averages: Mapping[str, Tensor], *, most: int) -> None:
    """Write the snapshot of `step`, then remove those that are no longer kept. With the run's lock held.

    averages: by "LENGTH.parameter". Raises RunError, CheckpointError; a snapshot is there whole or not at all.
    """
    from .tensors import write_tensors

    make_folder(folder)
    halves = {name: _halved(tensor) for name, tensor in averages.items()}
    notes = {"format": FORMAT, "version": str(VERSION), "step": str(step), "checksum": _checksum(step, halves)}
    write_tensors(snapshot_path(folder, step), halves, notes)
    every = spacing(step, most)
    for other in snapshots_in(folder):
        if other < step and other % every:
            remove_file(snapshot_path(folder, other))


def forget_after(folder: Path, step: int) -> None:
    """The run goes on from `step`: remove the snapshots of later ones. Raises RunError, CheckpointError."""
    for other in snapshots_in(folder):
        if other > step:
            remove_file(snapshot_path(folder, other))


def _halved(tensor: Tensor) -> Tensor:
    """On the CPU in half precision; in its own where a number is too large for that."""
    half = tensor.detach().to("cpu").half()
    return half if bool(half.isfinite().all()) else tensor.detach().to("cpu")


def _checksum(step: int, tensors: Mapping[str, Tensor]) -> str:
    import torch

    digest = hashlib.sha256(str(step).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def read_snapshot(path: Path, step: int) -> dict[str, Tensor]:
    """What `save_snapshot` wrote. Raises CheckpointError where it is anything else."""
    from .tensors import TensorFile

    file = TensorFile(path)
    notes = file.header.metadata
    if notes.get("format") != FORMAT:
        raise CheckpointError("checkpoint.unknown", path=path)
    tensors = {name: file.read(name) for name in file.header.tensors}
    if notes.get("checksum") != _checksum(step, tensors):
        raise CheckpointError("checkpoint.damaged", path=path, reason=Phrase("file.not-as-written"))
    return tensors


# --- What can be had, and the EMA itself -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lengths:
    """The EMA lengths that can be made at a checkpoint."""

    shortest: float  #: σ_rel
    longest: float
    snapshots: int  #: that they are made of, beside the checkpoint's own averages


def lengths_at(checkpoint: Path) -> Lengths | None:
    """Which EMA lengths can be made at a checkpoint (its JSON or its tensors); None where its run tracked none.

    By the files' names alone: what is damaged is found when it is read. Raises CheckpointError. Imports no torch.
    """
    description = read_description(checkpoint)
    if not _tracks(description.config):
        return None
    steps = [step for step in snapshots_in(_folder_of(checkpoint)) if step < description.step]
    rounded = [*[True] * (len(TRACKED) * len(steps)), *[False] * len(TRACKED)]
    return _reachable(_profiles([*steps, description.step]), rounded, description.step)


def averaged(checkpoint: Path, length: float, step: int | None = None) -> dict[str, Tensor]:
    """The parameters of the EMA of this length, by the names of GaussianDiffusion's: float32, on the CPU.

    checkpoint: its JSON or its tensors, in a run's folder. length: σ_rel. step: of which training step; one that has a
    snapshot, None for the checkpoint's own. Raises CheckpointError where the run has tracked none, where they do not
    reach that length, and for a step that there is none of.
    """
    description = verify(checkpoint)
    folder = _folder_of(checkpoint)
    at = description.step if step is None else step
    if not _tracks(description.config):
        raise CheckpointError("averages.none", path=checkpoint)
    own = checkpoint.parent / description.tensors if at == description.step else None
    for _ in range(MOST_LISTINGS):
        sources = list(_sources(folder, at, own))
        if not sources or sources[-1].step != at:
            raise CheckpointError("averages.no-step", path=folder, step=at)
        profiles = _profiles([source.step for source in sources])
        rounded = [not source.prefix for source in sources for _ in TRACKED]
        coefficients, deviations = fit(profiles, [Profile(at, length)], rounded)
        if deviations[0] > MOST_DEVIATION:
            reach = _reachable(profiles, rounded, at)
            raise CheckpointError(
                "averages.out-of-reach", path=checkpoint, length=length, shortest=reach.shortest, longest=reach.longest
            )
        try:
            return _summed(sources, dict(zip(profiles, coefficients[:, 0], strict=True)))
        except CheckpointError as error:
            if error.code != "storage.not-read":  # pruned meanwhile
                raise
    raise CheckpointError("averages.no-step", path=folder, step=at)


class _Source(NamedTuple):
    """A file that has the averages of a step."""

    step: int
    path: Path
    prefix: str  #: of its tensors' names; "" in a snapshot

    def read(self) -> dict[str, Tensor]:
        """By "LENGTH.parameter". Raises CheckpointError."""
        from .tensors import read_tensors

        if not self.prefix:
            return read_snapshot(self.path, self.step)
        return {name.removeprefix(self.prefix): tensor for name, tensor in read_tensors(self.path, (self.prefix,))}


def _sources(folder: Path, at: int, own: Path | None) -> Iterator[_Source]:
    """What is whole, oldest first, up to the step `at`; own: a checkpoint's tensors of that step, which stand before a
    snapshot's since they are in full precision."""
    for step in snapshots_in(folder):
        if step > at or (step == at and own is not None):
            break
        source = _Source(step, snapshot_path(folder, step), "")
        try:
            source.read()
        except CheckpointError:
            continue
        yield source
    if own is not None:
        yield _Source(at, own, f"{AVERAGES}.")


def _summed(sources: Sequence[_Source], coefficients: Mapping[Profile, float]) -> dict[str, Tensor]:
    import torch

    sums: dict[str, Tensor] = {}
    for source in sources:
        found = source.read()
        for length in TRACKED:
            prefix = f"{length:g}."
            for name in (name for name in found if name.startswith(prefix)):
                part = found[name].double() * coefficients[Profile(source.step, length)]
                parameter = name.removeprefix(prefix)
                if parameter in sums and sums[parameter].shape != part.shape:
                    raise CheckpointError("checkpoint.damaged", path=source.path, reason=Phrase("file.not-as-written"))
                sums[parameter] = sums[parameter] + part if parameter in sums else part
    return {name: tensor.to(torch.float32) for name, tensor in sums.items()}


def _profiles(steps: Sequence[int]) -> list[Profile]:
    return [Profile(step, length) for step in steps for length in TRACKED]


def _reachable(profiles: Sequence[Profile], rounded: Sequence[bool], step: int) -> Lengths:
    """The range around the tracked lengths in which the fitted profile is near enough."""
    lengths = sorted({*(round(float(x), 3) for x in np.geomspace(SHORTEST_EMA, LONGEST_EMA, 80)), *TRACKED})
    near = fit(profiles, [Profile(step, length) for length in lengths], rounded)[1] <= MOST_DEVIATION
    first = last = lengths.index(TRACKED[0])
    while first > 0 and near[first - 1]:
        first -= 1
    while last + 1 < len(lengths) and near[last + 1]:
        last += 1
    return Lengths(lengths[first], lengths[last], sum(rounded) // len(TRACKED))


def _tracks(config: Mapping[str, object]) -> bool:
    """Whether a run of these settings, as `RunConfig.to_dict` tells them, tracks averages."""
    train = config.get("train")
    return isinstance(train, Mapping) and bool(train.get("ema_snapshots"))


def _folder_of(checkpoint: Path) -> Path:
    return checkpoint.parent.parent / AVERAGES
