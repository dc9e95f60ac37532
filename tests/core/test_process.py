"""What a program sets for its own process, and leaves alone where somebody else has set it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest

from core.process import keep_freed_memory, wait_briefly

#: Frees 96 MiB in small parts and takes them again, as a training's step does, and counts the pages the system clears.
STEPS = """
import ctypes, json, resource
from core.process import give_back_freed_memory, prepare_process
prepare_process() if {prepared} else None
def step():
    parts = [bytearray(b"x") * 2**20 for _ in range(96)]
    while parts:
        parts.pop()
def cleared(work):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
for _ in range(3):
    step()
again = cleared(step)
give_back_freed_memory()
print(json.dumps([again, cleared(step)]))
"""
PAGES = 96 * 2**20 // 4096


def pages(*, prepared: bool) -> list[int]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    words = [sys.executable, "-c", STEPS.format(prepared=prepared)]
    said = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    found: list[int] = json.loads(said.stdout)
    return found


def test_wait_briefly_when_the_environment_is_set_keeps_it() -> None:
    environment: dict[str, str] = {}
    wait_briefly(environment)
    assert environment == {"GOMP_SPINCOUNT": "20000"}
    for said in ({"GOMP_SPINCOUNT": "7"}, {"OMP_WAIT_POLICY": "ACTIVE"}):
        environment = dict(said)
        wait_briefly(environment)
        assert environment == said


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed")
def test_freed_memory_when_the_process_is_prepared_is_there_for_the_next_step() -> None:
    usual, _ = pages(prepared=False)
    kept, given_back = pages(prepared=True)
    assert usual > PAGES / 4, "otherwise there is nothing to gain"
    assert kept < usual / 10
    assert given_back > PAGES / 2, "what was given back is taken from the system again"


def test_freed_memory_when_the_environment_says_otherwise_is_left_to_it() -> None:
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES"):
        assert not keep_freed_memory({name: "1"})
