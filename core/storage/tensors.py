"""Tensors in a file: safetensors, written as a stream through the atomic module and hashed on the way.

The format (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header with each
tensor's type, shape and place, then the bytes. No code can be stored in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import safetensors
import torch
from torch import Tensor

from ..errors import CheckpointError
from .atomic import replace_file

_TYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


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
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 (not a mapping)
                if name.startswith(prefixes):
                    yield name, file.get_tensor(name).clone()
    except (safetensors.SafetensorError, OSError) as error:
        raise CheckpointError("checkpoint.damaged", path=path, reason=str(error)) from error


def plain_copy(tensor: Tensor) -> Tensor:
    """`tensor` on the CPU in the standard memory order, alone in its storage; itself where it is that already."""
    plain = tensor.detach().to("cpu")
    alone = plain.untyped_storage().nbytes() == plain.numel() * plain.element_size()
    ordered = plain.stride() == torch.empty(plain.shape, device="meta").stride()
    return plain if alone and ordered else torch.empty(plain.shape, dtype=plain.dtype, device="cpu").copy_(plain)


def _bytes_of(tensor: Tensor) -> memoryview:
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy().data
