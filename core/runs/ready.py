"""The models that come with the program: runs that were trained beforehand, copied to where a person's runs are.

They are read-only where they lie. The copy is a run like any other: it is sampled, looked into and trained further.
Imports no torch. `python -m tests.bench.ready_models` trains them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ..errors import RunError
from . import lock
from .atomic import make_folder, write_bytes
from .run import RUN_FILE, Run, is_own_folder, is_run

#: Names that are tried where the first ones are taken.
MOST_NAMES = 100
#: What their run.json says of where their pictures are; the copy says where the person's are.
SOURCE = "sample set"


@dataclass(frozen=True, slots=True)
class ReadyModel:
    """One of them."""

    sample_set: str  #: what it was trained on, a row of resources.samples
    folder: str  #: its name, and its copy's


READY: dict[str, ReadyModel] = {
    "faces": ReadyModel("faces", "faces-ready"),
    "digits": ReadyModel("digits", "digits-ready"),
}


def folder_of(name: str) -> Path:
    """Where the model lies in the program."""
    return Path(str(files("resources"))) / "ready" / READY[name].folder


def take(name: str, runs_folder: Path, pictures: Path, *, ready: Path | None = None) -> Path:
    """The person's copy of a model among their runs, made where there is none yet; its folder.

    A copy that is there is never written to, however far it was trained. One that was cut off is no run, since run.json
    is written last: it is made whole. pictures: where the sample set is unpacked. ready: another run in place of the
    program's own. Raises RunError, OSError.
    """
    source = folder_of(name) if ready is None else ready
    make_folder(runs_folder)
    folder = next(_free_or_ours(runs_folder, READY[name].folder))
    if is_run(folder):
        return folder
    run = Run.open(source)
    make_folder(folder)
    with lock.hold(folder):
        if not is_run(folder):  # again, now that nobody else can be making it
            for path in sorted(source.rglob("*")):
                if path.is_file() and path.name != RUN_FILE:
                    place = folder / path.relative_to(source)
                    make_folder(place.parent)
                    write_bytes(place, path.read_bytes())
            run.copy_record(folder, source_folder=pictures)
    return folder


def _free_or_ours(runs_folder: Path, name: str) -> Iterator[Path]:
    """The folders that may be the copy: not those in which somebody keeps other things. Raises RunError after them."""
    folders = [runs_folder / (name if number == 1 else f"{name}-{number}") for number in range(1, MOST_NAMES + 1)]
    yield from (folder for folder in folders if is_run(folder) or is_own_folder(folder))
    raise RunError("run.not-empty", path=folders[-1])
