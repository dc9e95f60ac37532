"""Tensors in a file: safetensors, written as a stream through the atomic module and hashed on the way.

The format (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header with each
tensor's type, shape and place, then the bytes. No code can be stored in it. The library reads it, once the header was
judged here; it cannot write it without a copy of every tensor at once (resources/docs/decisions/0005-…).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import MAX_JSON_BYTES, is_hollow, open_regular, parse_json
from .atomic import replace_file

# --- The header of a safetensors file: which tensors there are and where, judged before a number of them is read.
# Format: https://github.com/huggingface/safetensors#format.

MAX_TENSORS = 15_000
MAX_DIMENSIONS = 16
#: A tensor's name; this program's have at most sixty characters.
MAX_NAME = 500

#: The format's name of a type → torch's, and bytes per number.
TYPES: dict[str, tuple[str, int]] = {
    "F64": ("float64", 8),
    "F32": ("float32", 4),
    "F16": ("float16", 2),
    "BF16": ("bfloat16", 2),
    "I64": ("int64", 8),
    "I32": ("int32", 4),
    "I16": ("int16", 2),
    "I8": ("int8", 1),
    "U8": ("uint8", 1),
    "BOOL": ("bool", 1),
}


class NotAHeaderError(Exception):
    """Why the file is none of safetensors, as it follows a colon."""


@dataclass(frozen=True, slots=True)
class Place:
    """A tensor as the header describes it."""

    dtype: str  #: torch's name, "float32"
    shape: tuple[int, ...]
    start: int  #: bytes from the beginning of the file
    bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a safetensors file holds."""

    tensors: Mapping[str, Place]  #: in the order of their bytes
    metadata: Mapping[str, str]


def read_header(file: BinaryIO) -> Header:
    """The header of an opened file; everything in it agrees with the file's size then.

    Raises NotAHeaderError, and OSError of the disk.
    """
    size = file.seek(0, 2)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > size - 8:
        raise NotAHeaderError(Phrase("file.not-safetensors-or-cut"))
    if length > MAX_JSON_BYTES:
        raise NotAHeaderError(Phrase("file.header-bytes", bytes=length))
    text = file.read(length)
    try:
        plain = parse_json(text, _without_twins) if text.startswith(b"{") else None
    except (ValueError, RecursionError) as error:
        raise NotAHeaderError(Phrase("file.header-unreadable", reason=phrase_of(error, "json"))) from None
    if not isinstance(plain, dict):
        raise NotAHeaderError(Phrase("file.not-safetensors"))
    metadata = plain.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(note, str) for note in metadata.values()):
        raise NotAHeaderError(Phrase("file.notes-no-text"))
    if len(plain) > MAX_TENSORS:
        raise NotAHeaderError(Phrase("file.tensor-count", count=len(plain)))
    places = {name: _place(name, entry, 8 + length) for name, entry in plain.items()}
    ordered = dict(sorted(places.items(), key=lambda item: (item[1].start, item[1].bytes)))
    free_from = 8 + length
    for name, place in ordered.items():
        if place.start != free_from:
            raise NotAHeaderError(Phrase("file.tensor-misplaced", name=name))
        free_from += place.bytes
    if free_from != size:
        raise NotAHeaderError(Phrase("file.tensors-end", end=free_from, bytes=size))
    return Header(ordered, metadata)


def _place(name: str, entry: object, data_at: int) -> Place:
    if len(name) > MAX_NAME:
        raise NotAHeaderError(Phrase("file.long-name", count=len(name)))
    match entry:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [start, end], **rest} if not rest:
            pass
        case _:
            raise NotAHeaderError(Phrase("file.its-unknown-description", name=name))
    if kind not in TYPES:
        raise NotAHeaderError(Phrase("file.its-numbers-of-kind", name=name, kind=kind))
    if len(shape) > MAX_DIMENSIONS or not all(_is_size(number) for number in (*shape, start, end)):
        raise NotAHeaderError(Phrase("file.shape-or-place", name=name))
    dtype, item_bytes = TYPES[kind]
    if end - start != prod(shape) * item_bytes:
        raise NotAHeaderError(Phrase("file.its-other-numbers", name=name))
    return Place(dtype, tuple(shape), data_at + start, end - start)


def _is_size(number: object) -> bool:
    return type(number) is int and 0 <= number < 2**48


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(Phrase("file.entries-same"))
    return made


# --- tensors ---------------------------------------------------------------------------------------------

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
