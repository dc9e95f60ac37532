"""Files that `torch.save` writes, read without torch's loader: nothing in them is imported, called or trusted.

Such a file is a zip archive of a pickle (what there is) and raw bytes (the numbers of each storage). Everything is
judged from sizes and shapes before a single number is read: a file that lies costs no more memory than its own size.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import is_hollow, open_regular
from .pickle_outline import MAX_BYTES, Call, Name, NotAnOutlineError, Persistent, read_outline
from .tensors_header import MAX_DIMENSIONS, MAX_TENSORS, NotAHeaderError
from .zip_directory import NotAnArchiveError, Part, read_directory, start_of

if TYPE_CHECKING:
    import torch

MAX_DEPTH = 32
#: Values in all, so that a few lists that hold each other many times are not walked for ever.
MAX_VALUES = 200_000

#: Storage class of torch → (name of the dtype, bytes per number).
_STORAGES = {
    "DoubleStorage": ("float64", 8),
    "FloatStorage": ("float32", 4),
    "HalfStorage": ("float16", 2),
    "BFloat16Storage": ("bfloat16", 2),
    "LongStorage": ("int64", 8),
    "IntStorage": ("int32", 4),
    "ShortStorage": ("int16", 2),
    "CharStorage": ("int8", 1),
    "ByteStorage": ("uint8", 1),
    "BoolStorage": ("bool", 1),
}


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """A tensor as the file describes it; its numbers are not read yet."""

    dtype: str  #: torch's name, "float32"
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int  #: of its first number in the storage
    storage: str  #: the storage's key in the archive
    item_bytes: int

    @property
    def numel(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)

    @property
    def extent(self) -> int:
        """How many numbers of the storage lie between its first and its last, both included."""
        return 1 + sum((size - 1) * stride for size, stride in zip(self.shape, self.stride, strict=True))


class TorchFile:
    """An opened file: `content` is what was saved, plain dicts and lists with a TensorEntry for every tensor.

    Raises CheckpointError when it is no such file, is damaged, or holds anything but tensors and plain values.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._size = 0
        self._parts: dict[str, Part] = {}
        self._values = 0
        self._tensors = 0
        self._numbers_bytes = 0
        self._refs: dict[int, TensorEntry] = {}
        self._trail: list[str] = []  #: the names that lead to what is being looked at
        try:
            with open_regular(path) as file:
                if is_hollow(file):
                    raise _Refusal(Phrase("file.never-written"))
                self._size = file.seek(0, 2)
                self._read_directory(file)
                program = self._read_part(file, "data.pkl", MAX_BYTES)
                if "byteorder" in self._parts and self._read_part(file, "byteorder", 16) != sys.byteorder.encode():
                    raise _Refusal(Phrase("file.byte-order"))
            self.content: Any = self._plain(read_outline(program), 0)
        except OSError as error:
            raise CheckpointError("storage.not-read", path=path, reason=phrase_of(error)) from error
        except (_Refusal, NotAnArchiveError, NotAnOutlineError) as error:
            raise CheckpointError("checkpoint.refused", path=path, reason=phrase_of(error)) from error
        finally:
            self._refs.clear()

    def read(self, entry: TensorEntry) -> torch.Tensor:
        """The tensor, contiguous, on the CPU, the receiver's own. Raises CheckpointError."""
        import torch

        from .tensors import read_numbers

        if entry.numel == 0:
            return torch.empty(entry.shape, dtype=getattr(torch, entry.dtype), device="cpu")
        try:
            with open_regular(self.path) as file:
                start = self._data_start(file, f"data/{entry.storage}") + entry.offset * entry.item_bytes
                numbers = read_numbers(file, start, entry.dtype, (entry.extent,))
        except OSError as error:
            raise CheckpointError("storage.not-read", path=self.path, reason=phrase_of(error)) from error
        except (_Refusal, NotAnArchiveError, NotAHeaderError) as error:
            raise CheckpointError("checkpoint.damaged", path=self.path, reason=phrase_of(error)) from error
        view = numbers.as_strided(entry.shape, entry.stride)
        return view if view.is_contiguous() else view.contiguous()

    # --- the archive ---

    def _read_directory(self, file: BufferedReader) -> None:
        if (other := _other_format(file)) is not None:
            raise _Refusal(other)
        parts = read_directory(file, self._size)
        pickles = [name for name in parts if name.split("/")[1:] == ["data.pkl"]]
        if len(pickles) != 1:
            raise _Refusal(Phrase("file.not-torch-no-description"))
        prefix = pickles[0].removesuffix("data.pkl")
        if f"{prefix}constants.pkl" in parts:
            raise _Refusal(Phrase("file.torchscript"))
        self._parts = {name.removeprefix(prefix): part for name, part in parts.items()}
        if len(self._parts) != len(parts):
            raise _Refusal(Phrase("file.same-parts"))

    def _data_start(self, file: BufferedReader, name: str) -> int:
        part = self._parts[name]
        start = start_of(file, part)
        if start + part.size > self._size:
            raise _Refusal(Phrase("file.cut-off"))
        return start

    def _read_part(self, file: BufferedReader, name: str, limit: int) -> bytes:
        size = self._parts[name].size
        if size > limit:
            raise _Refusal(Phrase("file.part-large", name=name, bytes=size))
        file.seek(self._data_start(file, name))
        return file.read(size)

    # --- from the outline to plain values ---

    def _plain(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise _Refusal(Phrase("file.parts-deep"))
        match value:
            case dict():
                return {key: self._named(key, item, depth) for key, item in value.items()}
            case list():
                return [self._plain(item, depth + 1) for item in value]
            case tuple():
                return tuple(self._plain(item, depth + 1) for item in value)
            case None | bool() | int() | float() | str() | bytes():
                return value
            case Call(function=Name(text="collections.OrderedDict"), arguments=()):
                self._plain(value.attributes, depth)  # not kept, but judged
                return self._plain(value.items, depth)
            case Call(function=Name(text="torch._utils._rebuild_tensor_v2"), arguments=arguments):
                self._plain((value.attributes, arguments[4:]), depth + 1)
                if id(value) not in self._refs:
                    self._refs[id(value)] = self._tensor(arguments)
                return self._refs[id(value)]
            case Call(function=Name(text="torch._utils._rebuild_parameter"), arguments=(data, *rest)):
                self._plain((value.attributes, rest), depth + 1)
                return self._plain(data, depth + 1)
            case Call(function=Name(text="torch.Size"), arguments=(size,), attributes=[]):
                return self._plain(size, depth + 1)
            case Call(function=Name(text=text)) if _is_module(value):
                raise _Refusal(Phrase("file.whole-module", place=self._place(), text=text))
            case Call(function=Name(text=text)) | Name(text=text):
                raise _Refusal(Phrase("file.asks-to-run", place=self._place(), text=text))
            case _:
                raise _Refusal(Phrase("file.neither-tensor"))

    def _place(self) -> Phrase:
        return Phrase("file.its-part", name=".".join(self._trail)) if self._trail else Phrase("file.itself")

    def _named(self, key: object, value: Any, depth: int) -> Any:  # noqa: ANN401
        self._trail.append(str(key))
        plain = self._plain(value, depth + 1)
        self._trail.pop()
        return plain

    def _tensor(self, arguments: tuple[Any, ...]) -> TensorEntry:
        name = self._place()
        match arguments:
            case (Persistent(identity=identity), int(offset), size, stride, *_):
                kind, key, numel = _storage(name, identity)
            case _:
                raise _Refusal(Phrase("file.unknown-description", name=name))
        dtype, item_bytes = _STORAGES.get(kind.removeprefix("torch."), ("", 0))
        if not dtype:
            raise _Refusal(Phrase("file.numbers-of-kind", name=name, kind=kind))
        shape, strides = _sizes(name, size), _sizes(name, stride)
        entry = TensorEntry(dtype, shape, strides, offset, key, item_bytes)
        stored = self._parts.get(f"data/{key}")
        if stored is None or stored.size != numel * item_bytes or offset < 0 or len(shape) != len(strides):
            raise _Refusal(Phrase("file.other-numbers", name=name))
        if prod(max(side, 1) for side in shape) >= 2**62:
            raise _Refusal(Phrase("file.shape-large", name=name))
        if entry.numel and offset + entry.extent > numel:
            raise _Refusal(Phrase("file.beyond-numbers", name=name))
        self._tensors += 1
        self._numbers_bytes += max(entry.numel, entry.extent if entry.numel else 0) * item_bytes
        if self._tensors > MAX_TENSORS:
            raise _Refusal(Phrase("file.too-many-tensors", count=MAX_TENSORS))
        # A view that repeats its numbers, or many views of the same ones, would fill the memory from a small file.
        if self._numbers_bytes > 2 * self._size:
            raise _Refusal(Phrase("file.tensors-larger", name=name))
        return entry


#: How torch.save's files began before they were archives: its magic number, pickled; and before that, a tar.
_OLD_FORMAT, _TAR, _TAR_AT = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", b"ustar", 257


def _other_format(file: BufferedReader) -> Phrase | None:
    """What a file is that is no archive, where its beginning tells it."""
    file.seek(0)
    head = file.read(_TAR_AT + len(_TAR))
    if head.startswith(_OLD_FORMAT) or head[_TAR_AT:] == _TAR:
        return Phrase("file.old-format")
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return Phrase("file.bare-pickle")
    if head[8:10] == b'{"' and int.from_bytes(head[:8], "little") < 1 << 32:
        return Phrase("file.is-safetensors")
    return None


def _is_module(call: Call) -> bool:
    """Whether what would be made is a network of torch, with its code."""
    return any(isinstance(state, dict) and "_modules" in state for state in call.attributes)


class _Refusal(Exception):  # noqa: N818 (the reason inside the error that is raised)
    """Why the file is not read."""


def _storage(name: str, identity: Any) -> tuple[str, str, int]:  # noqa: ANN401
    """A storage's class, its key in the archive and how many numbers it holds; `name` is the tensor's, for errors."""
    match identity:
        case ("storage", Name(text=kind), str(key), str(), int(numel)):
            return kind, key, numel
    raise _Refusal(Phrase("file.unknown-description", name=name))


def _sizes(name: str, value: Any) -> tuple[int, ...]:  # noqa: ANN401
    if isinstance(value, Call) and value.function.text == "torch.Size" and len(value.arguments) == 1:
        value = value.arguments[0]
    if not isinstance(value, tuple | list) or len(value) > MAX_DIMENSIONS:
        raise _Refusal(Phrase("file.shape-no-list", name=name))
    if not all(type(size) is int and 0 <= size < 2**48 for size in value):
        raise _Refusal(Phrase("file.shape-no-list", name=name))
    return tuple(value)
