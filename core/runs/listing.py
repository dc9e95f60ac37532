"""The runs of a folder as a table shows them: what each is, how far it came, what it takes, and which began at which.

Nothing is opened that did not change since it was last looked at: a thousand runs are read once. No torch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Any

from ..errors import StudioError
from ..reading import is_folder, open_regular
from ..settings import RunConfig
from .checkpoint_files import LAST_STEP, description_path, read_description, steps_in
from .grids import grids_in
from .lock import Owner, owner_of
from .metrics import HELD_OUT
from .metrics_database import as_run_errors, open_to_read
from .quality_file import QUALITY, QualityResult, harshest, read_quality
from .run import CHECKPOINTS, METRICS, RUN_FILE, SAMPLES, Parent, Run, is_run
from .run_notes import NOTES, RunNotes, read_notes
from .tensor_header import NotAHeaderError, read_header

#: Files of a run's folder that are counted for its size; a folder of a million files is nobody's run.
MOST_FILES = 20_000
#: Runs made in the same second that are tried as the parent of a branch, where none of them has its name.
MOST_ALIKE = 16
#: Events that are looked at for what happened to a run.
MOST_EVENTS = 100_000

#: Everything that is read of a run changes with one of these. Not the folder itself: whoever reads a database leaves
#: marks beside it.
_WATCHED = (RUN_FILE, CHECKPOINTS, SAMPLES, METRICS, f"{METRICS}-wal", NOTES, QUALITY)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run is and who has it, which is asked anew each time."""

    step: int
    total: int | None  #: None: not planned yet
    owner: Owner | None  #: who trains it, or died while doing so
    pictures_there: bool

    @property
    def trained(self) -> bool:
        """Whether a process trains it now."""
        return self.owner is not None and self.owner.alive

    @property
    def unfinished(self) -> bool:
        """Whether it has not come to the end of its plan, whether or not it can go on."""
        return self.total is None or self.step < self.total

    @property
    def left(self) -> bool:
        """Whether there are steps left.

        One that was stopped before its first step has nothing to go on from; one that died there was meant to go on.
        """
        return self.unfinished and (self.step > 0 or self.owner is not None)

    @property
    def died(self) -> bool:
        """Whether the program that trained it ended without saying so, with steps left."""
        return self.owner is not None and not self.owner.alive and self.left


def standing_of(run: Run) -> Standing:
    """Where a run stands. Raises CheckpointError when its checkpoints cannot be listed."""
    state = run.state()
    return Standing(state.step, state.total, run.owner(), is_folder(run.source_folder))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run's numbers come to."""

    seconds: float | None = None  #: training time of all its sessions; None: it has taken no step
    steps: int = 0  #: that these seconds were taken for
    held_out: float | None = None  #: the lowest loss of the held-out pictures
    resumed: int = 0
    rolled_back: int = 0
    failed_at: int | None = None  #: the step at which it failed for good, if that was the last thing that happened

    @property
    def seconds_per_step(self) -> float | None:
        """None before the first step."""
        return None if self.seconds is None or not self.steps else self.seconds / self.steps


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """A run as a table shows it."""

    folder: Path
    active: float  #: seconds since 1970 when it was last written to
    problem: StudioError | None = None  #: why it cannot be opened; then only its name and its size are known
    created: str = ""
    config: RunConfig | None = None
    standing: Standing | None = None
    source_folder: Path | None = None
    measured: Measured = field(default_factory=Measured)
    quality: QualityResult | None = None  #: the newest measurement of its averaged weights
    bytes: int = 0  #: on the disk
    notes: RunNotes = field(default_factory=RunNotes)
    parent: Parent | None = None
    grid: Path | None = None  #: the last grid of samples
    measured_settings: tuple[str, ...] = ()  #: those that nobody chose: `Run.measured`

    @property
    def name(self) -> str:
        """Of the folder."""
        return self.folder.name

    @property
    def kid(self) -> float | None:
        """KID of the newest measurement, in the harshest of its feature spaces; None where nothing was measured."""
        name = self.kid_space
        return None if self.quality is None or name is None else self.quality.spaces[name].kid

    @property
    def kid_space(self) -> str | None:
        """The feature space of `kid`."""
        return None if self.quality is None else harshest(self.quality)


class Lister:
    """Reads folders of runs, and remembers each run until something of it changes. For one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[object, ...], ListedFacts]] = {}

    def read(self, parent: Path) -> Iterator[ListedFacts]:
        """Every run in a folder, those that cannot be opened too, the last active first."""
        there: set[Path] = set()
        for _, folder in run_folders(parent):
            there.add(folder)
            yield self.read_one(folder)
        for gone in self._known.keys() - there:
            if gone.parent == parent:
                del self._known[gone]

    def read_one(self, folder: Path) -> ListedFacts:
        """One run."""
        stamp = _stamp(folder)
        known = self._known.get(folder)
        if known is None or known[0] != stamp:
            known = stamp, read_facts(folder)
            self._known[folder] = known
        facts = known[1]
        if facts.standing is None:
            return facts
        # A lock is taken and given back without a change to any file's time.
        there = facts.source_folder is not None and is_folder(facts.source_folder)
        return replace(facts, standing=replace(facts.standing, owner=owner_of(folder), pictures_there=there))


def run_folders(parent: Path) -> list[tuple[float, Path]]:
    """(when it was last written to, folder) of all runs in a folder, the last active first; nothing is opened."""
    found = []
    with suppress(OSError):
        for folder in Path(parent).iterdir():
            with suppress(OSError):
                if is_run(folder):
                    found.append((_active(folder), folder))
    return sorted(found, key=lambda one: (-one[0], one[1].name))


def read_facts(folder: Path) -> ListedFacts:
    """Everything that a table says of one run. Never raises: what cannot be read is not known."""
    facts = ListedFacts(folder, active=_active(folder), bytes=size_on_disk(folder), notes=read_notes(folder))
    try:
        run = Run.open(folder)
        standing = standing_of(run)
    except StudioError as error:
        error.__traceback__ = None
        return replace(facts, problem=error)
    return replace(
        facts,
        created=run.created,
        config=run.config,
        standing=standing,
        source_folder=run.source_folder,
        measured=read_measured(run.metrics_path, first_step=run.begins_at),
        quality=next((one for one in reversed(read_quality(folder)) if one.weights == "ema"), None),
        parent=run.parent,
        grid=next(reversed(grids_in(run.samples_folder).values()), None),
        measured_settings=run.measured,
    )


def read_measured(path: Path, *, first_step: int = 0) -> Measured:
    """What a run's database of numbers comes to; nothing where it cannot be read.

    first_step: the step that a branch began at.
    """
    seconds: float | None = None
    held_out, resumed, rolled_back, failed_at, last = [], 0, 0, None, 0
    kinds = (HELD_OUT, "resumed", "rolled-back", "failed")
    with suppress(StudioError), as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        row = database.execute(
            "SELECT step, seconds FROM steps WHERE step <= ? ORDER BY step DESC LIMIT 1", (LAST_STEP,)
        ).fetchone()
        if row is not None and type(row[0]) is int and isinstance(row[1], float):
            last, seconds = row
        marks = ", ".join("?" * len(kinds))
        rows = database.execute(
            f"SELECT step, kind, text FROM events WHERE kind IN ({marks}) ORDER BY id DESC LIMIT ?",  # noqa: S608
            (*kinds, MOST_EVENTS),
        )
        for step, kind, text in reversed(rows.fetchall()):
            match kind:
                case "resumed":
                    # The first session of a branch begins at a checkpoint too.
                    resumed += 0 if step == first_step else 1
                    failed_at = None
                case "rolled-back":
                    rolled_back += 1
                case "failed" if type(step) is int:
                    failed_at = step
                case _:
                    with suppress(TypeError, ValueError):
                        held_out.append(float(text))
    finite = [loss for loss in held_out if loss == loss and abs(loss) != float("inf")]
    return Measured(
        seconds=seconds,
        steps=max(0, last - first_step),
        held_out=min(finite, default=None),
        resumed=resumed,
        rolled_back=rolled_back,
        failed_at=failed_at,
    )


def size_on_disk(folder: Path) -> int:
    """The bytes of all files of a folder, without following links, and without the index of a log of SQLite's."""
    total, waiting, left = 0, [folder], MOST_FILES
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                left -= 1
                if left < 0:
                    return total
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.name.endswith("-shm"):
                        total += entry.stat(follow_symlinks=False).st_size
    return total


def differing(runs: Sequence[ListedFacts]) -> dict[str, tuple[Any, ...]]:
    """The settings in which runs differ, in the order of the form: name → the value of each."""
    configs = [run.config.settings() for run in runs if run.config is not None]
    if len(configs) < len(runs) or not configs:
        return {}
    columns = {name: tuple(config.get(name) for config in configs) for name in configs[0]}
    return {name: values for name, values in columns.items() if any(value != values[0] for value in values)}


def parents(runs: Sequence[ListedFacts]) -> Mapping[Path, Path]:
    """Folder of a branch → folder of the run that it began at, for those of which both are there.

    A parent is known by when it was made, also where its folder was renamed since; of several, by its name.
    """
    made: dict[str, list[Path]] = {}
    named: dict[tuple[str, str], Path] = {}
    for run in runs:
        made.setdefault(run.created, []).append(run.folder)
        named.setdefault((run.created, run.name), run.folder)
    found: dict[Path, Path] = {}
    tops: dict[Path, Path] = {}  # shortcuts upwards, so that a line of a thousand branches is not walked for each
    for run in runs:
        if run.parent is None or not run.parent.created:
            continue
        by_name = named.get((run.parent.created, run.parent.name))
        for candidate in (*([] if by_name is None else [by_name]), *made.get(run.parent.created, ())[:MOST_ALIKE]):
            # Anybody may have written that two began at each other: what is known has no circle.
            if _top(candidate, tops) != run.folder:
                found[run.folder] = tops[run.folder] = candidate
                break
    return found


def _top(folder: Path, tops: dict[Path, Path]) -> Path:
    """The first run of the line that a run is in."""
    way = []
    while folder in tops:
        way.append(folder)
        folder = tops[folder]
    for below in way:
        tops[below] = folder
    return folder


def _active(folder: Path) -> float:
    times = [0.0]
    for name in (RUN_FILE, CHECKPOINTS, METRICS):
        with suppress(OSError):
            times.append((folder / name).stat().st_mtime)
    return max(times)


def _stamp(folder: Path) -> tuple[object, ...]:
    """Changes with everything that is read of a run, but for its lock."""
    stamps: list[object] = []
    for name in _WATCHED:
        try:
            found = (folder / name).stat()
            # An empty log of SQLite's is no more than such a mark.
            stamps.append((found.st_mtime_ns, found.st_size) if found.st_size else None)
        except OSError:
            stamps.append(None)
    return tuple(stamps)


def count_parameters(run_folder: Path) -> int | None:
    """How many numbers the network learns, by the newest checkpoint's header: none is built for it.

    None where there is no checkpoint that can be read. Judging a header takes 8 ms: not for every row of a table.
    """
    folder = run_folder / CHECKPOINTS
    try:
        newest = steps_in(folder)[-1:]
        if not newest:
            return None
        with open_regular(folder / read_description(description_path(folder, newest[0])).tensors) as file:
            tensors = read_header(file).tensors
    except (StudioError, OSError, NotAHeaderError):
        return None
    return sum(prod(place.shape) for name, place in tensors.items() if name.startswith("model.model."))
