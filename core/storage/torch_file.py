"""Files that `torch.save` writes, read without torch's loader: nothing in them is imported, called or trusted.

Such a file is a zip archive of a pickle (what there is) and raw bytes (the numbers of each storage). Everything is
judged from sizes and shapes before a single number is read: a file that lies costs no more memory than its own size.
Format: https://docs.pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import struct
import sys
import zipfile
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError
from .atomic import words_of
from .pickle_outline import MAX_BYTES, Call, Name, NotAnOutlineError, Persistent, read_outline

if TYPE_CHECKING:
    import torch

#: A directory that lists more is no model's, and takes long only to look at.
MAX_DIRECTORY_BYTES = 32 << 20
MAX_TENSORS = 30_000
MAX_DIMENSIONS = 16
MAX_DEPTH = 32
#: Values in all, so that a few lists that hold each other many times are not walked for ever.
MAX_VALUES = 500_000

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
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._prefix = ""
        self._values = 0
        self._tensors = 0
        self._numbers_bytes = 0
        self._refs: dict[int, TensorEntry] = {}
        try:
            with path.open("rb") as file:
                self._size = file.seek(0, 2)
                self._read_directory(file)
                program = self._member(file, "data.pkl", MAX_BYTES)
                if "byteorder" in self._entries and self._member(file, "byteorder", 16) != sys.byteorder.encode():
                    raise _Refusal("its numbers are in another byte order")
            self.content: Any = self._plain(read_outline(program), 0)
        except OSError as error:
            raise CheckpointError("storage.not-read", path=path, reason=words_of(error)) from error
        except (_Refusal, NotAnOutlineError) as error:
            raise CheckpointError("checkpoint.refused", path=path, reason=str(error)) from error
        finally:
            self._refs.clear()

    def read(self, entry: TensorEntry) -> torch.Tensor:
        """The tensor, contiguous, on the CPU, the receiver's own. Raises CheckpointError."""
        import torch

        dtype = getattr(torch, entry.dtype)
        if entry.numel == 0:
            return torch.empty(entry.shape, dtype=dtype, device="cpu")
        try:
            with self.path.open("rb") as file:
                start = self._data_start(file, self._entries[f"data/{entry.storage}"])
                file.seek(start + entry.offset * entry.item_bytes)
                numbers = bytearray(entry.extent * entry.item_bytes)
                if file.readinto(numbers) != len(numbers):
                    raise _Refusal("it is cut off")
        except OSError as error:
            raise CheckpointError("storage.not-read", path=self.path, reason=words_of(error)) from error
        except _Refusal as error:
            raise CheckpointError("checkpoint.damaged", path=self.path, reason=str(error)) from error
        if dtype == torch.bool and any(numbers.translate(None, b"\0\1")):
            raise CheckpointError("checkpoint.damaged", path=self.path, reason="a truth value is neither 0 nor 1")
        view = torch.frombuffer(numbers, dtype=dtype).as_strided(entry.shape, entry.stride)
        return view if view.is_contiguous() else view.contiguous()

    # --- the archive ---

    def _read_directory(self, file: Any) -> None:  # noqa: ANN401 (an open file)
        _require_small_directory(file, self._size)
        try:
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise _Refusal("it is not a file of torch.save (no zip archive)") from error
        pickles = [info.filename for info in infos if info.filename.split("/")[1:] == ["data.pkl"]]
        if len(pickles) != 1:
            raise _Refusal("it is not a file of torch.save (it has no description of its tensors)")
        self._prefix = pickles[0].removesuffix("data.pkl")
        for info in infos:
            if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
                raise _Refusal("a part of it is compressed, which torch.save never does")
            name = info.filename.removeprefix(self._prefix)
            if name in self._entries:
                raise _Refusal(f"two parts of it are both called {name}")
            self._entries[name] = info
        if sum(info.file_size for info in infos) > self._size:
            raise _Refusal("its parts are larger than itself")

    def _data_start(self, file: Any, info: zipfile.ZipInfo) -> int:  # noqa: ANN401
        """Where a member's bytes begin: behind its own header, which repeats the name with another length of extras."""
        file.seek(info.header_offset)
        header = file.read(30)
        if len(header) != 30 or header[:4] != b"PK\x03\x04":
            raise _Refusal("it is cut off")
        name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
        start: int = info.header_offset + 30 + name_bytes + extra_bytes
        if start + info.file_size > self._size:
            raise _Refusal("it is cut off")
        return start

    def _member(self, file: Any, name: str, limit: int) -> bytes:  # noqa: ANN401
        info = self._entries[name]
        if info.file_size > limit:
            raise _Refusal(f"its part {name} has {info.file_size:,} bytes")
        file.seek(self._data_start(file, info))
        data: bytes = file.read(info.file_size)
        return data

    # --- from the outline to plain values ---

    def _plain(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise _Refusal("its parts are nested too deeply, or too many")
        match value:
            case dict():
                return {key: self._plain(item, depth + 1) for key, item in value.items()}
            case list():
                return [self._plain(item, depth + 1) for item in value]
            case tuple():
                return tuple(self._plain(item, depth + 1) for item in value)
            case None | bool() | int() | float() | str() | bytes():
                return value
            case Call(function=Name(text="collections.OrderedDict"), arguments=()):
                return self._plain(value.items, depth)
            case Call(function=Name(text="torch._utils._rebuild_tensor_v2"), arguments=arguments):
                if id(value) not in self._refs:
                    self._refs[id(value)] = self._tensor(arguments)
                return self._refs[id(value)]
            case Call(function=Name(text="torch._utils._rebuild_parameter"), arguments=(data, *_)):
                return self._plain(data, depth + 1)
            case Call(function=Name(text="torch.Size"), arguments=(size,)):
                return self._plain(size, depth + 1)
            case Call(function=Name(text=text)) | Name(text=text):
                raise _Refusal(f"it asks for {text} to be run, which weights never need")
            case _:
                raise _Refusal("it holds something that is neither a tensor nor a plain value")

    def _tensor(self, arguments: tuple[Any, ...]) -> TensorEntry:
        match arguments:
            case (Persistent(identity=identity), int(offset), size, stride, *_):
                kind, key, numel = _storage(identity)
            case _:
                raise _Refusal("one of its tensors is described in an unknown way")
        dtype, item_bytes = _STORAGES.get(kind.removeprefix("torch."), ("", 0))
        if not dtype:
            raise _Refusal(f"one of its tensors holds numbers of the kind {kind}")
        shape, strides = _sizes(size), _sizes(stride)
        entry = TensorEntry(dtype, shape, strides, offset, key, item_bytes)
        stored = self._entries.get(f"data/{key}")
        if stored is None or stored.file_size != numel * item_bytes or offset < 0 or len(shape) != len(strides):
            raise _Refusal("one of its tensors has other numbers than it says")
        if entry.numel and offset + entry.extent > numel:
            raise _Refusal("one of its tensors reaches beyond its numbers")
        self._tensors += 1
        self._numbers_bytes += max(entry.numel, entry.extent if entry.numel else 0) * item_bytes
        if self._tensors > MAX_TENSORS:
            raise _Refusal(f"it holds more than {MAX_TENSORS:,} tensors")
        # A view that repeats its numbers, or many views of the same ones, would fill the memory from a small file.
        if self._numbers_bytes > 2 * self._size:
            raise _Refusal("its tensors are larger than itself")
        return entry


class _Refusal(Exception):  # noqa: N818 (the reason inside the error that is raised)
    """Why the file is not read."""


def _storage(identity: Any) -> tuple[str, str, int]:  # noqa: ANN401
    """A storage's class, its key in the archive and how many numbers it holds."""
    match identity:
        case ("storage", Name(text=kind), str(key), _, int(numel)):
            return kind, key, numel
    raise _Refusal("one of its tensors is described in an unknown way")


def _sizes(value: Any) -> tuple[int, ...]:  # noqa: ANN401
    if isinstance(value, Call) and value.function.text == "torch.Size" and len(value.arguments) == 1:
        value = value.arguments[0]
    if not isinstance(value, tuple | list) or len(value) > MAX_DIMENSIONS:
        raise _Refusal("the shape of one of its tensors is no list of numbers")
    if not all(type(size) is int and 0 <= size < 2**48 for size in value):
        raise _Refusal("the shape of one of its tensors is no list of numbers")
    return tuple(value)


def _require_small_directory(file: Any, size: int) -> None:  # noqa: ANN401
    """Look at the archive's last record before zipfile reads the directory that it announces."""
    tail_bytes = min(size, 22 + 65_535)
    file.seek(size - tail_bytes)
    tail: bytes = file.read(tail_bytes)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < 22:
        raise _Refusal("it is not a file of torch.save (no zip archive)")
    directory_bytes = struct.unpack("<I", tail[found + 12 : found + 16])[0]
    locator = tail.rfind(b"PK\x06\x06", 0, found)
    if locator >= 0 and found - locator >= 48:
        directory_bytes = struct.unpack("<Q", tail[locator + 40 : locator + 48])[0]
    if directory_bytes > min(size, MAX_DIRECTORY_BYTES):
        raise _Refusal("its list of parts is longer than a model's can be")
    file.seek(0)
