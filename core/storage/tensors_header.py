"""The header of a safetensors file: which tensors there are and where, judged before a number of them is read.

Format: https://github.com/huggingface/safetensors#format. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

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
        raise NotAHeaderError("it is cut off, or not a safetensors file")
    if length > MAX_JSON_BYTES:
        raise NotAHeaderError(f"its header has {length:,} bytes")
    text = file.read(length)
    try:
        plain = parse_json(text, _without_twins) if text.startswith(b"{") else None
    except (ValueError, RecursionError) as error:
        raise NotAHeaderError(f"its header cannot be read ({error})") from None
    if not isinstance(plain, dict):
        raise NotAHeaderError("it is not a safetensors file")
    metadata = plain.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(note, str) for note in metadata.values()):
        raise NotAHeaderError("its notes are not text")
    if len(plain) > MAX_TENSORS:
        raise NotAHeaderError(f"it holds {len(plain):,} tensors")
    places = {name: _place(name, entry, 8 + length) for name, entry in plain.items()}
    ordered = dict(sorted(places.items(), key=lambda item: (item[1].start, item[1].bytes)))
    free_from = 8 + length
    for name, place in ordered.items():
        if place.start != free_from:
            raise NotAHeaderError(f"the place of its {name} is not right behind the tensor before it")
        free_from += place.bytes
    if free_from != size:
        raise NotAHeaderError(f"its tensors end at byte {free_from:,}, it has {size:,}")
    return Header(ordered, metadata)


def _place(name: str, entry: object, data_at: int) -> Place:
    if len(name) > MAX_NAME:
        raise NotAHeaderError(f"the name of one of its tensors has {len(name):,} characters")
    match entry:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [start, end], **rest} if not rest:
            pass
        case _:
            raise NotAHeaderError(f"its {name} is described in an unknown way")
    if kind not in TYPES:
        raise NotAHeaderError(f"its {name} holds numbers of the kind {kind}")
    if len(shape) > MAX_DIMENSIONS or not all(_is_size(number) for number in (*shape, start, end)):
        raise NotAHeaderError(f"the shape or place of its {name} is no list of numbers")
    dtype, item_bytes = TYPES[kind]
    if end - start != prod(shape) * item_bytes:
        raise NotAHeaderError(f"its {name} has other numbers than it says")
    return Place(dtype, tuple(shape), data_at + start, end - start)


def _is_size(number: object) -> bool:
    return type(number) is int and 0 <= number < 2**48


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("two entries of it have the same name")
    return made
