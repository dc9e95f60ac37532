"""Files that `torch.save` writes, read without torch's loader: nothing in them is imported, called or trusted.

Such a file is a zip archive of a pickle (what there is) and raw bytes (the numbers of each storage). Everything is
judged from sizes and shapes before a single number is read: a file that lies costs no more memory than its own size.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import torch

from ..errors import CheckpointError, Phrase, phrase_of
from ..reading import is_hollow, open_regular
from ..runs.tensor_header import MAX_DIMENSIONS, MAX_TENSORS
from .pickle_outline import MAX_BYTES, Call, Name, NotAnOutlineError, Persistent, read_outline

# --- The parts of a zip archive that holds them as they are: where each lies, judged before anything of it is read.
# Only what torch.save writes is known: no compression, no encryption, nothing before, between or behind the parts.
# Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3 and 4.5.3.

#: More than any model's archive lists; looked through in a tenth of a second.
MAX_PARTS = 40_000
MAX_DIRECTORY_BYTES = 8 << 20

_END = struct.Struct("<4s4H2IH")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR_64 = struct.Struct("<4sIQI")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_PART_HEADER = struct.Struct("<4s5H3I2H")
_FULL_32, _FULL_16 = 0xFFFFFFFF, 0xFFFF


class NotAnArchiveError(Exception):
    """Why the file is no archive that can be read, as it follows a colon."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file in the archive."""

    size: int  #: bytes
    header_at: int  #: where its own header begins, which its bytes follow


def read_directory(file: BinaryIO, size: int) -> dict[str, Part]:
    """The archive's parts by name. Raises NotAnArchiveError, and OSError of the disk."""
    count, start, end = _find_directory(file, size)
    if count > MAX_PARTS or end - start > MAX_DIRECTORY_BYTES:
        raise NotAnArchiveError(Phrase("file.directory-long"))
    file.seek(start)
    directory = file.read(end - start)
    parts: dict[str, Part] = {}
    at = 0
    try:
        for _ in range(count):
            name, part, at = _read_entry(directory, at)
            if name in parts:
                raise NotAnArchiveError(Phrase("file.same-parts-called", name=name))
            parts[name] = part
    except struct.error:
        raise NotAnArchiveError(Phrase("file.directory-damaged")) from None
    if at != len(directory):
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    _require_apart(parts, start)
    return parts


def start_of(file: BinaryIO, part: Part) -> int:
    """Where the part's bytes begin: behind its own header, which repeats the name with extras of another length.

    Raises NotAnArchiveError, and OSError of the disk.
    """
    file.seek(part.header_at)
    header = file.read(_PART_HEADER.size)
    if len(header) != _PART_HEADER.size or header[:4] != b"PK\x03\x04":
        raise NotAnArchiveError(Phrase("file.cut-off"))
    *_, name_bytes, extra_bytes = _PART_HEADER.unpack(header)
    start: int = part.header_at + _PART_HEADER.size + name_bytes + extra_bytes
    return start


def _find_directory(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """How many parts there are, and where the list of them begins and ends."""
    tail_bytes = min(size, _END.size + _FULL_16)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise NotAnArchiveError(Phrase("file.not-torch-no-zip"))
    _, disk, first_disk, count_here, count, length, start, comment = _END.unpack_from(tail, at)
    end = size - tail_bytes + at
    if len(tail) - at != _END.size + comment or disk or first_disk or count != count_here:
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    locator_at = at - _LOCATOR_64.size
    if locator_at >= 0 and tail[locator_at : locator_at + 4] == b"PK\x06\x07":
        _, _, end, _ = _LOCATOR_64.unpack_from(tail, locator_at)
        if not 0 <= end <= size - _END_64.size:
            raise NotAnArchiveError(Phrase("file.directory-damaged"))
        file.seek(end)
        record = file.read(_END_64.size)
        if len(record) != _END_64.size or record[:4] != b"PK\x06\x06":
            raise NotAnArchiveError(Phrase("file.directory-damaged"))
        *_, count_64, length_64, start_64 = _END_64.unpack(record)
        for small, large, full in (
            (count, count_64, _FULL_16),
            (length, length_64, _FULL_32),
            (start, start_64, _FULL_32),
        ):
            # Programs differ in which of the two they believe.
            if small not in (large, full):
                raise NotAnArchiveError(Phrase("file.two-directories"))
        count, length, start = count_64, length_64, start_64
    if start + length != end:
        raise NotAnArchiveError(Phrase("file.directory-misplaced"))
    return count, start, end


def _read_entry(directory: bytes, at: int) -> tuple[str, Part, int]:
    """A part's name, the part, and where the next entry begins."""
    (sign, _, _, flags, method, _, _, _, packed, size, name_bytes, extra_bytes, comment_bytes, _, _, _, header_at) = (
        _ENTRY.unpack_from(directory, at)
    )
    if sign != b"PK\x01\x02":
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    at += _ENTRY.size
    name = directory[at : at + name_bytes].decode("utf-8", "backslashreplace")
    extra = directory[at + name_bytes : at + name_bytes + extra_bytes]
    wide = _wide_numbers(extra)
    size, packed, header_at = (next(wide, -1) if number == _FULL_32 else number for number in (size, packed, header_at))
    if size < 0 or packed < 0 or header_at < 0:
        raise NotAnArchiveError(Phrase("file.directory-damaged"))
    if method != 0 or packed != size:
        raise NotAnArchiveError(Phrase("file.torchscript" if "/code/" in name else "file.compressed"))
    if flags & 1:
        raise NotAnArchiveError(Phrase("file.encrypted"))
    return name, Part(size, header_at), at + name_bytes + extra_bytes + comment_bytes


def _wide_numbers(extra: bytes) -> Iterator[int]:
    """The 64-bit numbers of an entry, in the order of those that did not fit."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            yield from (number for (number,) in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            return
        at += 4 + length


def _require_apart(parts: dict[str, Part], end: int) -> None:
    """Refuse parts that lie over each other: a small file would hold more than itself."""
    free_from = 0
    for part in sorted(parts.values(), key=lambda part: part.header_at):
        if part.header_at < free_from:
            raise NotAnArchiveError(Phrase("file.parts-overlap"))
        free_from = part.header_at + _PART_HEADER.size + part.size
    if free_from > end:
        raise NotAnArchiveError(Phrase("file.cut-off"))


# --- torch file ------------------------------------------------------------------------------------------

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
        if entry.numel == 0:
            return torch.empty(entry.shape, dtype=getattr(torch, entry.dtype), device="cpu")
        try:
            with open_regular(self.path) as file:
                start = self._data_start(file, f"data/{entry.storage}") + entry.offset * entry.item_bytes
                numbers = _numbers(file, start, entry.dtype, entry.extent)
        except OSError as error:
            raise CheckpointError("storage.not-read", path=self.path, reason=phrase_of(error)) from error
        except (_Refusal, NotAnArchiveError) as error:
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


def _numbers(file: BufferedReader, start: int, dtype: str, count: int) -> torch.Tensor:
    """`count` numbers that lie side by side from byte `start` on. Raises _Refusal where they do not."""
    flat = torch.empty(count, dtype=getattr(torch, dtype), device="cpu")
    numbers = flat.view(torch.uint8).numpy().data
    file.seek(start)
    if file.readinto(numbers) != len(numbers):
        raise _Refusal(Phrase("file.cut-off"))
    # To torch another byte is neither true nor false.
    if dtype == "bool" and any(bytes(numbers).translate(None, b"\0\1")):
        raise _Refusal(Phrase("file.bool-neither"))
    return flat
