"""The header of a safetensors file: which tensors there are and where, judged before a number of them is read.

The format (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header with each
tensor's type, shape and place, then the bytes. No code can be stored in it. Imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

from ..errors import Phrase, phrase_of
from ..reading import MAX_JSON_BYTES, parse_json

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


def header_bytes(tensors: Iterable[tuple[str, str, tuple[int, ...]]], metadata: Mapping[str, str]) -> bytes:
    """What a file of these tensors begins with: (name, a row of TYPES, shape) each, in the order of their bytes.

    Widest numbers first, as the library itself writes: then every tensor is aligned.
    """
    header: dict[str, object] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name, kind, shape in tensors:
        start, end = end, end + prod(shape) * TYPES[kind][1]
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
