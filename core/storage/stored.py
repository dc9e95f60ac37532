"""Tensors as they lie in a file of elsewhere: what each is, and how to get it. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .architecture import Shape

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file: what it is, and how to get it."""

    dtype: str  #: torch's name, "float32"
    shape: Shape
    read: Callable[[], Tensor]  #: contiguous, on the CPU, the receiver's own
    place: object  #: where in the file; equal for two that are the same numbers


@dataclass(frozen=True, slots=True)
class WeightSet:
    """One set of weights by GaussianDiffusion's names: `model.…` and, where the file has them, the tables."""

    network: Mapping[str, StoredTensor]  #: by the Unet's own names
    tables: Mapping[str, StoredTensor]  #: empty: the file is of a network alone

    def tensors(self) -> Iterator[tuple[str, StoredTensor]]:
        """All of it, named as in GaussianDiffusion.state_dict()."""
        yield from self.tables.items()
        yield from ((f"model.{name}", tensor) for name, tensor in self.network.items())
