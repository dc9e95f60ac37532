"""Tensors in a file: safetensors, written as a stream through the atomic module and hashed on the way.

The format (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header with each
tensor's type, shape and place, then the bytes. No code can be stored in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import is_hollow, open_regular
from .atomic import replace_file
from .tensors_header import TYPES, Header, NotAHeaderError, Place, read_header

_TYPES = {getattr(torch, dtype): kind for kind, (dtype, _) in TYPES.items()}


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """Write named tensors; the file's SHA-256 and its size in bytes. One tensor at a time is copied, if at all.

    metadata: notes beside them.

    Raises RunError when it cannot be saved.
    """
    # Widest first, as the library itself writes: then every tensor is aligned.
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name in order:
        tensor = tensors[name]
        start, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": _TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    digest = hashlib.sha256()

    def write(file: BinaryIO) -> None:
        for chunk in (len(text).to_bytes(8, "little"), text):
            digest.update(chunk)
            file.write(chunk)
        for name in order:
            data = _bytes_of(tensors[name])
            digest.update(data)
            file.write(data)

    replace_file(path, write)
    return digest.hexdigest(), 8 + len(text) + end


def read_tensors(path: Path, prefixes: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    """(name, tensor) of each tensor whose name begins with one of `prefixes`; the tensors are the receiver's own.

    Raises CheckpointError when the file is no safetensors file.
    """
    with opened_tensors(path) as (file, header):
        for name, place in header.tensors.items():
            if name.startswith(prefixes):
                yield name, read_numbers(file, place.start, place.dtype, place.shape)


def read_tensor(path: Path, place: Place) -> Tensor:
    """One tensor, the receiver's own. Raises CheckpointError."""
    with _as_checkpoint_errors(path), open_regular(path) as file:
        return read_numbers(file, place.start, place.dtype, place.shape)


@contextmanager
def opened_tensors(path: Path) -> Iterator[tuple[BufferedReader, Header]]:
    """The opened file and its header. Raises CheckpointError, also for what goes wrong inside."""
    with _as_checkpoint_errors(path), open_regular(path) as file:
        if is_hollow(file):
            raise NotAHeaderError(Phrase("file.never-written"))
        yield file, read_header(file)


def read_numbers(file: BufferedReader, start: int, dtype: str, shape: Sequence[int]) -> Tensor:
    """A tensor whose numbers lie side by side from byte `start` on. Raises NotAHeaderError where they do not."""
    flat = torch.empty(prod(shape), dtype=getattr(torch, dtype), device="cpu")
    if flat.numel():
        numbers = _bytes_of(flat)
        file.seek(start)
        if file.readinto(numbers) != len(numbers):
            raise NotAHeaderError(Phrase("file.cut-off"))
        # To torch another byte is neither true nor false.
        if dtype == "bool" and any(bytes(numbers).translate(None, b"\0\1")):
            raise NotAHeaderError(Phrase("file.bool-neither"))
    return flat.reshape(shape)


@contextmanager
def _as_checkpoint_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
    except NotAHeaderError as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=phrase_of(error)) from error


def plain_copy(tensor: Tensor) -> Tensor:
    """`tensor` on the CPU in the standard memory order, alone in its storage; itself where it is that already."""
    plain = tensor.detach().to("cpu")
    alone = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
    ordered = plain.stride() == torch.empty(plain.shape, device="meta").stride()
    return plain if alone and ordered else torch.empty(plain.shape, dtype=plain.dtype, device="cpu").copy_(plain)


def _bytes_of(tensor: Tensor) -> memoryview:
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data
