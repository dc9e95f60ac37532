"""Whether the tensors in a file are those of the network they are said to be of; known before memory is taken."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ..errors import CheckpointError, ConfigError, Phrase, phrase_of

if TYPE_CHECKING:
    from torch import Tensor, nn

Shape = tuple[int, ...]

#: The tables of a GaussianDiffusion: its own buffers, beside its network's.
TABLES = (
    "betas",
    "alphas_cumprod",
    "alphas_cumprod_prev",
    "sqrt_alphas_cumprod",
    "sqrt_one_minus_alphas_cumprod",
    "log_one_minus_alphas_cumprod",
    "sqrt_recip_alphas_cumprod",
    "sqrt_recipm1_alphas_cumprod",
    "posterior_variance",
    "posterior_log_variance_clipped",
    "posterior_mean_coef1",
    "posterior_mean_coef2",
    "loss_weight",
)

#: Types of numbers that weights may have in a file.
FLOATS = ("float32", "float16", "bfloat16", "float64")

#: A network of 40 GB. Beyond it is no mistake of size but a lie.
MOST_PARAMETERS = 10_000_000_000


def in_words(shape: Shape) -> str:
    """A shape as it is read: 8×3×7×7."""
    return "×".join(map(str, shape)) or Phrase("file.a-single-number")


def refuse(path: Path, reason: Phrase) -> NoReturn:
    """Raise the CheckpointError that says why a file of elsewhere cannot be opened."""
    raise CheckpointError("checkpoint.refused", path=path, reason=reason)


def shapes_of(path: Path, make: Callable[[], nn.Module]) -> dict[str, Shape]:
    """The names and shapes of the tensors of the network that `make` makes, on a device that has no memory.

    path: of the file that describes it. Raises CheckpointError for what cannot be made, and for more parameters than
    can be held.
    """
    import torch

    try:
        with torch.device("meta"):
            network = make()
    except (ConfigError, RuntimeError, OverflowError, TypeError, ValueError) as error:
        refuse(path, Phrase("file.architecture-says", reason=phrase_of(error)))
    shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    require_room(path, sum(map(prod, shapes.values())))
    return shapes


def require_room(path: Path, parameters: int) -> None:
    """Raises CheckpointError where a network of so many parameters can never be held."""
    if parameters > MOST_PARAMETERS:
        refuse(path, Phrase("file.too-many-parameters", count=parameters, most=MOST_PARAMETERS))
    needed, there = 4 * parameters, _memory_bytes()
    if there is not None and needed > there:
        refuse(path, Phrase("file.needs-memory", needed=needed / 1e9, there=there / 1e9))


def require_finite(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Raises CheckpointError naming the tensor that holds a NaN or an infinity."""
    from ..diffusion.inputs import first_not_finite

    name = first_not_finite(tensors)
    if name is not None:
        refuse(path, Phrase("file.not-finite", name=name))


def require_moments(path: Path, moments: Mapping[str, Tensor]) -> None:
    """Raises CheckpointError naming the one of Adam's numbers, by "<parameter>.<moment>", that no training leaves."""
    for name, value in moments.items():
        moment = name.rpartition(".")[2]
        if moment == "exp_avg_sq" and bool((value < 0).any()):
            refuse(path, Phrase("file.optimizer-negative", name=name))
        if moment == "step" and not bool((value >= 1).all()):
            refuse(path, Phrase("file.optimizer-steps", name=name, value=value.item()))


def _memory_bytes() -> int | None:
    """The computer's memory; None where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
