"""Opens one file per forked child and tells what became of it: the error, the seconds, the memory above an idle one.

A fork server: torch is imported once, so that each opening is measured after import, and a child that dies is no more
than that.
Reads lines of JSON {"how": …, "path": …} from stdin, writes one line of JSON for each.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch

import core
from core.config import RunConfig
from core.errors import StudioError
from core.storage.checkpoint import read_checkpoint
from core.storage.checkpoint_files import newest_good
from core.storage.foreign import read_library_checkpoint, recognise
from core.storage.grids import read_grid, read_settings
from core.storage.metrics import MetricsWriter
from core.storage.metrics_reading import read_events, read_losses
from core.storage.runs import Run

LIMIT_S = 15
#: Above what it has mapped when idle: a regression shall not take the machine with it.
MOST_MORE_BYTES = 3 << 30

HOW: dict[str, Any] = {
    "load": core.load_checkpoint,
    "recognise": recognise,
    "library": read_library_checkpoint,
    "checkpoint": lambda path: read_checkpoint(path, with_optimizer=True),
    "newest": newest_good,
    "run": Run.open,
    "losses": read_losses,
    "events": read_events,
    "metrics": lambda path: MetricsWriter(path).close(),
    "settings": read_settings,
    "grid": lambda path: read_grid(path, (32, 32), 16),
    "config": lambda path: RunConfig.from_dict(json.loads(path.read_text())),
}


def status_kb(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


def open_one(how: str, path: Path) -> dict[str, Any]:
    idle_kb = status_kb("VmRSS")
    limit = status_kb("VmSize") * 1024 + MOST_MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.alarm(LIMIT_S)
    start = time.monotonic()
    outcome = {"error": None, "words": "", "kind": ""}
    try:
        HOW[how](path)
    except StudioError as error:
        outcome = {"error": error.code, "words": str(error), "kind": type(error).__name__}
    except BaseException as error:
        outcome = {"error": "UNTYPED", "words": repr(error)[:2000], "kind": type(error).__name__}
    seconds = time.monotonic() - start
    signal.alarm(0)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**outcome, "seconds": seconds, "more_bytes": max(0, peak_kb - idle_kb) * 1024}


def main() -> None:
    torch.set_num_threads(1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.write(writing, json.dumps(open_one(wish["how"], Path(wish["path"]))).encode())
            os._exit(0)
        os.close(writing)
        told = b""
        while chunk := os.read(reading, 65536):
            told += chunk
        os.close(reading)
        _, ended = os.waitpid(child, 0)
        died = {"error": "DIED", "words": f"status {ended}", "kind": "", "seconds": float(LIMIT_S), "more_bytes": 0}
        print(json.dumps(json.loads(told) if told else died), flush=True)


if __name__ == "__main__":
    main()
