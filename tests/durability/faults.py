"""A disk that fails: the n-th file operation, every one after it, or those on some paths only."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

#: What changes a disk, by name in `os`.
OPERATIONS = ("open", "fsync", "replace", "rename", "unlink", "remove", "mkdir", "rmdir", "truncate", "ftruncate")


class FaultyDisk:
    """Calls `before(name, path)` before each operation that opens for writing or changes the disk; it may raise."""

    def __init__(self, before: Callable[[str, str], None]) -> None:
        self._before = before
        self._names: dict[int, str] = {}
        self._busy = False

    def operation(self, name: str, target: object) -> None:
        path = self._names.get(target, "") if isinstance(target, int) else os.fspath(str(target))
        self._before(name, path)

    @contextmanager
    def mounted(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        disk, plain_open = self, io.open

        class File(io.FileIO):
            def write(self, data: Any) -> int:
                disk.operation("write", self.name)
                return super().write(data) or 0

        def opened(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if not set(mode) & set("wxa+") or "b" not in mode:
                return plain_open(path, mode, *arguments, **options)
            disk.operation("open", path)
            file = File(path, mode)
            disk._names[file.fileno()] = str(path)
            return io.BufferedRandom(file) if "+" in mode else io.BufferedWriter(file)

        def counted(name: str, function: Any) -> Any:
            def call(target: Any, *arguments: Any, **options: Any) -> Any:
                disk.operation(name, target)
                result = function(target, *arguments, **options)
                if name == "open":
                    disk._names[result] = str(target)
                return result

            return call

        with monkeypatch.context() as patch:
            patch.setattr(io, "open", opened)
            for name in OPERATIONS:
                patch.setattr(os, name, counted(name, getattr(os, name)))
            yield


def failing(number: int) -> OSError:
    return OSError(number, os.strerror(number))


class NthFails:
    """Counts operations; the n-th fails, or all from the n-th on."""

    def __init__(self, n: int | None = None, error: int = 0, *, for_good: bool = False) -> None:
        self.count, self._n, self._error, self._for_good = 0, n, error, for_good
        self.failed = ""  #: the operation that was the n-th

    def __call__(self, name: str, _path: str) -> None:
        self.count += 1
        if self.count == self._n:
            self.failed = name
        if self._n is not None and (self.count == self._n or (self._for_good and self.count > self._n)):
            raise failing(self._error)


def content_of(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
