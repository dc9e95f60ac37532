"""Opens one file per forked child and tells what became of it: the error, the seconds, the memory above an idle one.

A fork server: torch is imported once, so that each opening is measured after import, and a child that dies is no more
than that.
Reads lines of JSON {"how": …, "path": …} from stdin, writes one line of JSON for each.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import torch

import core
from core.cli import inspect
from core.compat.files import read_library_checkpoint, recognise
from core.errors import StudioError
from core.runs.checkpoint import read_checkpoint
from core.runs.checkpoint_files import newest_good
from core.runs.grids import read_grid, read_settings
from core.runs.metrics import MetricsWriter, read_events, read_losses, read_scalar
from core.runs.run import Run
from core.settings import RunConfig
from core.training.events import Started
from core.training.state import new_state
from core.training.trainer import TrainingSession
from studio.app.runs import read_listed
from studio.app.settings import Settings
from studio.sampler.models import ModelChoice, Origin
from studio.sampler.source import ModelSource, look_at
from studio.training.history import read_run

GOLDEN = Path(__file__).parents[1] / "golden" / "model-1.pt"
LIMIT_S = 60
TINY = {"dim": 4, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 4, "image_size": 8, "channels": 1}
#: Above what it has mapped when idle: a regression shall not take the machine with it.
MOST_MORE_BYTES = 3 << 30


def resume(folder: Path) -> None:
    """Go on with a run as far as to the first step, as the window and the command line do."""
    run = Run.open(folder)
    with run.lock():
        pictures = MagicMock(
            shape=(8, 8, 1), held_out=None, data=run.config.data
        )  # none is looked at before the first step
        pictures.__len__.return_value = 1
        session = TrainingSession(run, pictures, device="cpu")
        with closing(session.run()) as events:
            for event in events:
                if isinstance(event, Started):
                    return


def sample_room(path: Path) -> None:
    """What the sampler room does when a model is chosen there."""
    choice = ModelChoice(Origin.FILE, path.name, path)
    for _ in ModelSource().facts(choice, "ema", "cpu", None):
        pass


HOW: dict[str, Any] = {
    "load": core.load_checkpoint,
    "raw": lambda path: core.load_checkpoint(path, "raw"),
    "recognise": recognise,
    "library": read_library_checkpoint,
    "look": look_at,
    "sampler": sample_room,
    "checkpoint": lambda path: read_checkpoint(path, with_optimizer=True),
    "newest": newest_good,
    "inspect": lambda path: inspect.run(argparse.Namespace(path=path, json=True, network=False, hidden=False)),
    "run": Run.open,
    "room": lambda path: read_run(path, 0.9),
    "listed": lambda path: read_listed(path.parent),
    "log": lambda path: Run.open(path).log("a line"),
    "resume": resume,
    "losses": read_losses,
    "numbers": lambda path: (read_scalar(path, "grad_norm"), read_scalar(path, "loss_scale")),
    "events": read_events,
    "metrics": lambda path: MetricsWriter(path).close(),
    "settings": read_settings,
    "grid": lambda path: read_grid(path, (8, 8), 16),
    "remembered": Settings,
}


def status_kb(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise KeyError(name)


#: What no file may bring about, as Python's audit hooks call it.
EXECUTING = {"os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "pickle.find_class"} | {
    *("ctypes.dlopen", "socket.connect", "sqlite3.load_extension", "webbrowser.open", "shutil.rmtree"),
}


def is_executing(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether an audit event is one of those; the helpers that decode a folder's pictures are our own program."""
    return event in EXECUTING and not (event == "subprocess.Popen" and arguments[0] == sys.executable)


def open_one(how: str, path: Path) -> dict[str, Any]:
    idle_kb = status_kb("VmRSS")
    limit = status_kb("VmSize") * 1024 + MOST_MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.alarm(LIMIT_S)
    used_s = sum(os.times()[:4])
    outcome = {"error": None, "words": "", "kind": ""}
    executed: list[str] = []
    sys.addaudithook(lambda event, arguments: executed.append(event) if is_executing(event, arguments) else None)
    try:
        HOW[how](path)
    except StudioError as error:
        outcome = {"error": error.code, "words": str(error), "kind": type(error).__name__}
    except BaseException as error:
        outcome = {"error": "UNTYPED", "words": repr(error)[:2000], "kind": type(error).__name__}
    seconds = sum(os.times()[:4]) - used_s
    signal.alarm(0)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if executed:
        outcome = {"error": "EXECUTED", "words": ", ".join(executed), "kind": ""}
    return {**outcome, "seconds": seconds, "more_bytes": max(0, peak_kb - idle_kb) * 1024}


def main() -> None:
    torch.set_num_threads(1)
    # What a training imports on its way is no part of a file's price.
    new_state(RunConfig().with_settings(TINY), torch.device("cpu"))
    recognise(GOLDEN)
    gc.freeze()  # a child that collects garbage would copy all of it
    nowhere = os.open(os.devnull, os.O_WRONLY)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.dup2(nowhere, 1)  # what is said belongs to nobody
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
