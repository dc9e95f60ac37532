"""Keeps what was found out about a folder's files, so that it is known at once the next time.

One file per folder and kind of facts: they count for a path, a size, a time of writing and an inode, and for the rules
that made them. A file that is damaged, or not what was written here, is thrown away; nothing but facts is ever taken
from it, and what cannot be written is found out again.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...reading import read_regular
from ..feed.cache_folder import CachePlace
from .file_table import FileTable

QUOTA_BYTES = 256 << 20
#: A folder's file: far more than for ten million pictures.
MOST_BYTES = 2 << 30
MAGIC = b"ddpm-studio facts 1\n"
DIGEST_BYTES = 16
#: Paths looked at between two looks at whether to stop.
_TOGETHER = 2048
#: Facts handed over at a time.
_PART = 1 << 16
_SUFFIX = ".bin"
#: What is written here: the digest of a folder's path, whole or not written to its end.
_NAME = re.compile(r"[0-9a-f]{32}(\.bin|\.[0-9a-f]{8}\.tmp)")


@dataclass
class KeptFacts:
    """The facts of one folder's files, between two looks at it. folder: where they are kept; None: the usual.

    A kind of facts is a class of its own, which names its folder, its record and the rules that it was made by.
    """

    folder: Path | None = None
    quota_bytes: int = QUOTA_BYTES
    _name: ClassVar[str]
    _facts: ClassVar[np.dtype[Any]]
    #: Facts that other rules made are not believed.
    _header: ClassVar[dict[str, Any]]
    #: Rows that facts are kept of, by key, and those keys.
    _rows: NDArray[np.int64] = field(init=False, repr=False)
    _keys: NDArray[np.uint64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.folder is None:
            place = CachePlace.usual()
            self.folder, self.quota_bytes = place.folder / self._name, min(place.quota_bytes, self.quota_bytes)
        self._rows, self._keys = np.zeros(0, np.int64), np.zeros(0, np.uint64)

    def _check(self, facts: NDArray[Any], more: Mapping[str, Any]) -> None:
        """Raises ValueError, KeyError or TypeError for facts that cannot be, or `more` that was not written here."""
        raise NotImplementedError

    def _recalled(
        self, table: FileTable, rows: NDArray[np.int64]
    ) -> Generator[tuple[NDArray[np.int64], NDArray[Any], Mapping[str, Any]] | None, None, None]:
        """(some of `rows`, their facts, what was written beside) as far as they are known; None now and then."""
        keys = np.empty(len(rows), np.uint64)
        for begin in range(0, len(rows), _TOGETHER):
            part = rows[begin : begin + _TOGETHER]
            keys[begin : begin + len(part)] = [table.key(int(row)) for row in part]
            yield None
        order = np.argsort(keys)
        self._rows, self._keys = rows[order], keys[order]
        kept = self._read(table.root)
        if kept is None:
            return
        records, more = kept
        yield None
        record_keys, columns = np.ascontiguousarray(records["key"]), table.columns
        for begin in range(0, len(rows), _PART):
            rows_here, keys_here = self._rows[begin : begin + _PART], self._keys[begin : begin + _PART]
            places = np.minimum(np.searchsorted(record_keys, keys_here), len(records) - 1)
            found = records[places]
            same = found["key"] == keys_here
            for name in ("size", "mtime_ns", "inode"):
                same &= found[name] == columns[name][rows_here]
            yield rows_here[same], found["facts"][same], more

    def _keeping(
        self, table: FileTable, rows: NDArray[np.int64], facts: NDArray[Any], at: NDArray[np.int64], **more: object
    ) -> Iterator[None]:
        """Write down, a part at a time, the facts of those of `rows`, ascending, that were asked for.

        at: (n,) where the facts of each of `rows` stand in `facts`. Closed early, it leaves what was there before.
        """
        header = json.dumps(self._header | more).encode("ascii")

        def parts() -> Iterator[NDArray[Any]]:
            for begin in range(0, len(self._rows) if len(rows) else 0, _PART):
                asked = self._rows[begin : begin + _PART]
                places = np.minimum(np.searchsorted(rows, asked), len(rows) - 1)
                known = rows[places] == asked
                records = np.empty(int(known.sum()), self._record())
                records["key"], records["facts"] = self._keys[begin : begin + _PART][known], facts[at[places[known]]]
                for name in ("size", "mtime_ns", "inode"):
                    records[name] = table.columns[name][asked[known]]
                yield records

        most = len(rows) * self._record().itemsize
        yield from self._write(table.root, len(header).to_bytes(4, "little") + header, parts(), most)

    def _record(self) -> np.dtype[Any]:
        """By key, ascending."""
        return np.dtype(
            [("key", "<u8"), ("size", "<i8"), ("mtime_ns", "<i8"), ("inode", "<u8"), ("facts", self._facts)]
        )

    def _file(self, root: Path) -> Path:
        assert self.folder is not None
        name = blake2b(os.fsencode(os.path.realpath(root)), digest_size=16).hexdigest()
        return self.folder / f"{name}{_SUFFIX}"

    def _read(self, root: Path) -> tuple[NDArray[Any], Mapping[str, Any]] | None:
        """The records and what was written beside them; None where there are none that can be used."""
        path = self._file(root)
        try:
            data = read_regular(path, MOST_BYTES)
            kept = self._parsed(data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used now: others are given up first
        return kept

    def _parsed(self, data: bytes) -> tuple[NDArray[Any], Mapping[str, Any]]:
        """Raises ValueError, KeyError or TypeError for anything but what `_write` wrote by the same rules."""
        begin = len(MAGIC) + DIGEST_BYTES
        body = memoryview(data)[begin:]
        if data[:begin] != MAGIC + blake2b(body, digest_size=DIGEST_BYTES).digest():
            raise ValueError("damaged")
        length = int.from_bytes(body[:4], "little")
        header = json.loads(bytes(body[4 : 4 + length]))
        if any(header.pop(name) != said for name, said in self._header.items()):
            raise ValueError("by other rules")
        records = np.frombuffer(body[4 + length :], self._record())
        if not len(records):
            raise ValueError("nothing in it")
        self._check(records["facts"], header)
        return records, header

    def _write(self, root: Path, header: bytes, parts: Iterator[NDArray[Any]], most_bytes: int) -> Iterator[None]:
        length = len(MAGIC) + DIGEST_BYTES + len(header) + most_bytes
        if length > min(self.quota_bytes, MOST_BYTES):
            return
        path = self._file(root)
        temp = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        digest = blake2b(header, digest_size=DIGEST_BYTES)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._make_room(path, length)
            # Not synced: a file torn by a power cut is found by its digest, and costs nothing but time.
            with temp.open("wb") as file:
                file.write(MAGIC + bytes(DIGEST_BYTES) + header)
                for records in parts:
                    data = records.view(np.uint8).data
                    digest.update(data)
                    file.write(data)
                    yield
                file.seek(len(MAGIC))
                file.write(digest.digest())
            temp.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temp.unlink()
        except GeneratorExit:
            with contextlib.suppress(OSError):
                temp.unlink()
            raise

    def _make_room(self, path: Path, needed_bytes: int) -> None:
        """Give up the files that were used longest ago, and what was left by whoever was killed while writing."""
        # Where it is may be chosen, and somebody's own files may lie there.
        ours = (other for other in path.parent.iterdir() if other != path and _NAME.fullmatch(other.name))
        others = [(other.lstat(), other) for other in ours]
        taken = sum(status.st_size for status, _ in others)
        for status, other in sorted(others, key=lambda one: one[0].st_mtime):
            if taken + needed_bytes <= self.quota_bytes:
                break
            other.unlink(missing_ok=True)
            taken -= status.st_size
