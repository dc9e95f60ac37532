"""Fixture `opened`: opens a file in a child process and tells the error, the seconds and the memory it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import core
from tests.hostile.made import make_run

ROOT = Path(core.__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    error: str | None  #: the code of the typed error; None: it opened; UNTYPED or DIED
    words: str
    kind: str
    seconds: float  #: of processor time
    more_bytes: int  #: memory above the idle process, at its peak


Opener = Callable[[str, Path], Outcome]


@pytest.fixture(scope="session")
def opened() -> Iterator[Opener]:
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("opener.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )
    assert server.stdin is not None and server.stdout is not None
    assert json.loads(server.stdout.readline()) == {"ready": True}

    def open_file(how: str, path: Path) -> Outcome:
        server.stdin.write(json.dumps({"how": how, "path": str(path)}) + "\n")
        server.stdin.flush()
        return Outcome(**json.loads(server.stdout.readline()))

    yield open_file
    server.stdin.close()  # it ends when nothing more can come
    server.wait(timeout=30)
    server.stdout.close()


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An honest run; whoever changes it copies it first."""
    return make_run(tmp_path_factory.mktemp("honest") / "run")
