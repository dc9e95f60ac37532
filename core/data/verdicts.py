"""Keeps what judging found, so that a folder that was opened before is known at once.

One file per scanned folder: a verdict counts for a path, a size, a time of writing and an inode, and for the version of
the rules and of Pillow that made it. A file that is damaged, or not what was written here, is thrown away; nothing but
the facts of pictures is ever taken from it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import PIL
from numpy.typing import NDArray

from ..reading import read_regular
from .cache_folder import CachePlace
from .file_table import CODES
from .picture_files import FACTS, FLEETING, FORMATS, PASSED_OVER, UNJUDGED, Verdicts

#: Counts up whenever a file is judged otherwise than before.
RULES = 1
QUOTA_BYTES = 256 << 20
#: A folder's file: far more than ten million verdicts.
MOST_BYTES = 1 << 30
_MAGIC = b"ddpm-studio verdicts 1\n"
_DIGEST_BYTES = 16
_FOLDER, _SUFFIX = "verdicts", ".bin"
#: Paths looked at between two looks at whether to stop.
_TOGETHER = 2048

#: By key, ascending.
_RECORD = np.dtype([("key", "<u8"), ("size", "<i8"), ("mtime_ns", "<i8"), ("inode", "<u8"), ("facts", FACTS)])


@dataclass
class VerdictCache:
    """The verdicts of one folder's files, between two scans of it. folder: where they are kept; None: the usual."""

    folder: Path | None = None
    quota_bytes: int = QUOTA_BYTES
    _header: ClassVar[dict[str, Any]] = {
        "rules": RULES,
        "pillow": PIL.__version__,
        "codes": list(CODES),
        "formats": list(FORMATS),
    }

    def __post_init__(self) -> None:
        if self.folder is None:
            place = CachePlace.usual()
            self.folder, self.quota_bytes = place.folder / _FOLDER, min(place.quota_bytes, self.quota_bytes)
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)  # those that verdicts are kept of, by key
        self._keys: NDArray[np.uint64] = np.zeros(0, np.uint64)

    def recall(self, verdicts: Verdicts) -> Iterator[None]:
        """Set what is known already of the files that are not judged yet, a part at a time."""
        table = verdicts.table
        rows = np.flatnonzero(verdicts.facts["code"] == UNJUDGED)
        keys = np.empty(len(rows), np.uint64)
        for begin in range(0, len(rows), _TOGETHER):
            part = rows[begin : begin + _TOGETHER]
            keys[begin : begin + len(part)] = [table.key(int(row)) for row in part]
            yield
        order = np.argsort(keys)
        self._rows, self._keys = rows[order], keys[order]
        kept = self._read(table.root)
        if kept is None or not len(rows):
            return
        records, modes = kept
        yield
        places = np.minimum(np.searchsorted(records["key"], self._keys), len(records) - 1)
        columns, found = table.columns, records[places]
        same = (
            (found["key"] == self._keys)
            & (found["size"] == columns["size"][self._rows])
            & (found["mtime_ns"] == columns["mtime_ns"][self._rows])
            & (found["inode"] == columns["inode"][self._rows])
        )
        facts = found["facts"][same]
        numbers = np.array([verdicts.mode_number(mode) for mode in modes] or [0], np.uint8)
        facts["mode"] = numbers[facts["mode"]]
        verdicts.facts[self._rows[same]] = facts

    def keep(self, verdicts: Verdicts) -> None:
        """Write down what is known by now. What cannot be written is judged again next time."""
        facts = verdicts.facts[self._rows]
        known = (facts["code"] != UNJUDGED) & (facts["bits"] & FLEETING == 0)
        rows, columns = self._rows[known], verdicts.table.columns
        records = np.empty(len(rows), _RECORD)
        records["key"], records["facts"] = self._keys[known], facts[known]
        records["size"], records["mtime_ns"] = columns["size"][rows], columns["mtime_ns"][rows]
        records["inode"] = columns["inode"][rows]
        header = json.dumps(self._header | {"modes": verdicts.modes}).encode("ascii")
        self._write(verdicts.table.root, len(header).to_bytes(4, "little") + header, records)

    def _file(self, root: Path) -> Path:
        assert self.folder is not None
        name = blake2b(os.fsencode(os.path.realpath(root)), digest_size=16).hexdigest()
        return self.folder / f"{name}{_SUFFIX}"

    def _read(self, root: Path) -> tuple[NDArray[Any], list[str]] | None:
        """The records and the names of their modes; None where there are none that can be used."""
        path = self._file(root)
        try:
            data = read_regular(path, MOST_BYTES)
            kept = _parsed(data, self._header)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used now: others are given up first
        return kept

    def _write(self, root: Path, header: bytes, records: NDArray[Any]) -> None:
        length = len(_MAGIC) + _DIGEST_BYTES + len(header) + records.nbytes
        if length > min(self.quota_bytes, MOST_BYTES):
            return
        path = self._file(root)
        temp = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        digest = blake2b(header, digest_size=_DIGEST_BYTES)
        digest.update(records.view(np.uint8).data)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._make_room(path, length)
            # Not synced: a file torn by a power cut is found by its digest, and costs nothing but time.
            with temp.open("wb") as file:
                file.write(_MAGIC + digest.digest() + header)
                file.write(records.view(np.uint8).data)
            temp.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temp.unlink()

    def _make_room(self, path: Path, needed_bytes: int) -> None:
        """Give up the files that were used longest ago, and what was left by whoever was killed while writing."""
        others = [(other.stat(), other) for other in path.parent.iterdir() if other != path]
        taken = sum(status.st_size for status, _ in others)
        for status, other in sorted(others, key=lambda one: one[0].st_mtime):
            if taken + needed_bytes <= self.quota_bytes:
                break
            other.unlink(missing_ok=True)
            taken -= status.st_size


def _parsed(data: bytes, expected: dict[str, Any]) -> tuple[NDArray[Any], list[str]]:
    """Raises ValueError, KeyError or TypeError for anything but what `keep` wrote by the same rules."""
    begin = len(_MAGIC) + _DIGEST_BYTES
    body = memoryview(data)[begin:]
    if data[:begin] != _MAGIC + blake2b(body, digest_size=_DIGEST_BYTES).digest():
        raise ValueError("damaged")
    length = int.from_bytes(body[:4], "little")
    header = json.loads(bytes(body[4 : 4 + length]))
    modes = header.pop("modes")
    if header != expected or len(modes) > UNJUDGED or not all(isinstance(mode, str) for mode in modes):
        raise ValueError("by other rules")
    records = np.frombuffer(body[4 + length :], _RECORD)
    facts = records["facts"]
    legal = (facts["code"] < len(CODES)) | (facts["code"] == PASSED_OVER)
    pictures = facts[facts["code"] == 0]
    legal_facts = (pictures["mode"] < len(modes)) & (pictures["format"] < len(FORMATS)) & (pictures["width"] > 0)
    if not len(records) or not legal.all() or not (legal_facts & (pictures["height"] > 0)).all():
        raise ValueError("impossible")
    return records, modes
