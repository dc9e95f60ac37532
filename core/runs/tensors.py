"""Tensors in a file: safetensors, written as a stream through the atomic module and hashed on the way.

The format (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header with each
tensor's type, shape and place, then the bytes. No code can be stored in it. The library reads it, once the header was
judged here; it cannot write it without a copy of every tensor at once (resources/docs/decisions/0005-…).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import is_hollow, open_regular
from .atomic import replace_file
from .tensor_header import TYPES, NotAHeaderError, header_bytes, read_header

# --- tensors ---------------------------------------------------------------------------------------------

_TYPES = {getattr(torch, dtype): kind for kind, (dtype, _) in TYPES.items()}


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """Write named tensors; the file's SHA-256 and its size in bytes. One tensor at a time is copied, if at all.

    metadata: notes beside them.

    Raises RunError when it cannot be saved.
    """
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    described = ((name, _TYPES[tensors[name].dtype], tuple(tensors[name].shape)) for name in order)
    head = header_bytes(described, metadata or {})
    digest = hashlib.sha256(head)
    size = len(head) + sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())

    def write(file: BinaryIO) -> None:
        file.write(head)
        for name in order:
            data = _bytes_of(tensors[name])
            digest.update(data)
            file.write(data)

    replace_file(path, write)
    return digest.hexdigest(), size


class TensorFile:
    """A safetensors file whose header was judged; the library reads the numbers when they are asked for.

    Raises CheckpointError when it is no safetensors file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _as_checkpoint_errors(path), open_regular(path) as file:
            if is_hollow(file):
                raise NotAHeaderError(Phrase("file.never-written"))
            self.header = read_header(file)
        self._file: safe_open | None = None

    def read(self, name: str) -> Tensor:
        """One tensor, contiguous, on the CPU, the receiver's own. Raises CheckpointError."""
        place = self.header.tensors[name]
        with _as_checkpoint_errors(self.path):
            if self._file is None:
                # Not mapped into memory: of a mapped file that is cut off meanwhile the system ends the program.
                self._file = safe_open(self.path, framework="pt", device="cpu", backend="pread")
            tensor: Tensor = self._file.get_tensor(name)  # type: ignore[no-untyped-call]
            if tensor.shape != place.shape or tensor.dtype != getattr(torch, place.dtype):
                raise NotAHeaderError(Phrase("file.cut-off"))  # or another file has taken its place
            # To torch another byte is neither true nor false.
            if place.dtype == "bool" and bool((tensor.view(torch.uint8) > 1).any()):
                raise NotAHeaderError(Phrase("file.bool-neither"))
        return tensor


def read_tensors(path: Path, prefixes: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    """(name, tensor) of each tensor whose name begins with one of `prefixes`; the tensors are the receiver's own.

    Raises CheckpointError when the file is no safetensors file.
    """
    file = TensorFile(path)
    yield from ((name, file.read(name)) for name in file.header.tensors if name.startswith(prefixes))


@contextmanager
def _as_checkpoint_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except (NotAHeaderError, SafetensorError) as error:
        reason = phrase_of(error, "safetensors")
        raise CheckpointError("checkpoint.damaged", path=path, reason=reason) from error


def plain_copy(tensor: Tensor) -> Tensor:
    """`tensor` on the CPU in the standard memory order, alone in its storage; itself where it is that already."""
    plain = tensor.detach().to("cpu")
    alone = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
    ordered = plain.stride() == torch.empty(plain.shape, device="meta").stride()
    return plain if alone and ordered else torch.empty(plain.shape, dtype=plain.dtype, device="cpu").copy_(plain)


def _bytes_of(tensor: Tensor) -> memoryview:
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data
