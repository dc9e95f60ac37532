"""Follows a run that another process or another machine trains, from its folder alone, as the events it would tell.

Only what is new is read. The numbers of a training are in its database a second after they were measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import Phrase, StudioError
from ..runs.checkpoint_files import LAST_STEP, description_path, steps_in
from ..runs.copies_file import read_copies
from ..runs.grids import grids_in, read_grid, read_strip
from ..runs.lock import Owner
from ..runs.metrics import (
    COPIES,
    COPY_DISTANCE,
    EDIT,
    HELD_OUT,
    HELD_OUT_EMA,
    TimestepRows,
    Timesteps,
    is_loss,
    read_series,
    read_timesteps,
    told_data,
)
from ..runs.metrics_database import STEP_COLUMNS, as_run_errors, open_to_read
from ..runs.probes import COST, SERIES, TIMES
from ..runs.run import RUN_FILE, Run
from ..settings import RunConfig
from .editing import edit_at
from .events import (
    CheckpointSaved,
    CopiesMeasured,
    Event,
    HeldOutLoss,
    Planned,
    ProbeMeasured,
    Samples,
    Started,
    StepDone,
    Strip,
)
from .told_events import from_data

#: Rows that are read at once; of a run that was far ahead the rest comes with the next look.
MOST_ROWS = 100_000
MOST_EVENTS = 10_000
#: Rows of each kind that a probe's looks are read with at once.
MOST_LOOKS = 10_000
#: What is told by an event of its own, though it stands among the numbers of a step.
_OF_EVENTS = (HELD_OUT_EMA, COPIES, COPY_DISTANCE)


class Told(NamedTuple):
    """Something that a training has told besides its steps."""

    step: int
    kind: str
    text: str  #: in the training's English words
    meant: Event | Phrase | None  #: what they say; None: they are all there is


def told_of(run: Run, step: int, kind: str, text: str, data: str | None) -> Told:
    """An event as the run's numbers keep it, with what it means."""
    return Told(step, kind, text, edit_at(run, step) if kind == EDIT else from_data(data))


@dataclass(frozen=True, slots=True)
class Look:
    """What has happened since the look before."""

    events: list[Event] = field(default_factory=list)
    happened: list[Told] = field(default_factory=list)
    config: RunConfig | None = None  #: the run's settings, where they have changed
    timesteps: Timesteps | None = None  #: the losses of the last steps by t; None: no step was taken
    own: TimestepRows | None = None  #: those of the steps that are new, as the training wrote them down; None: none
    owner: Owner | None = None  #: who trains it now; None or not alive: nobody does any more


class Follower:
    """Looks at a run's folder again and again. For one thread at a time.

    step                        up to which its numbers are known already
    checkpoints, grids, strips  the steps of those that are known
    bins, window                of the losses by t that are wanted
    """

    def __init__(
        self,
        run: Run,
        step: int,
        *,
        checkpoints: Iterable[int],
        grids: Iterable[int],
        strips: Iterable[int],
        bins: int,
        window: int,
    ) -> None:
        self._folder, self._step, self._bins, self._window = run.folder, step, bins, window
        self._config, self._total = run.config, run.planned_total
        self._checkpoints, self._grids, self._strips = set(checkpoints), set(grids), set(strips)
        #: where the copies were measured: of the grids that are known it may have been known as well
        self._copies = set(grids_in(run.nearest_folder)) & self._grids
        #: the last step with a look of the probe that is known, and with losses by t. What was measured at a step is
        #: written after the step itself, so that of the last one it may be still to come.
        self._probed, self._own = step - 1, step - 1
        self._stamps: object = None
        #: id and time; an id comes again where the training went back over the last ones. None before the first look
        self._last_event: tuple[int, float] | None = None

    def look(self) -> Look:
        """What is new. Raises RunError where the run cannot be read any more."""
        run = Run.open(self._folder)
        owner, stamps = run.owner(), _stamps(run)
        if stamps == self._stamps:
            return Look(owner=owner)
        before, events = self._step, list[Event]()
        if run.planned_total != self._total and run.planned_total is not None:
            self._total = run.planned_total
            events.append(Planned(self._step, self._total, seconds_per_step=0.0))
        changed = run.config if run.config != self._config else None
        self._config = run.config
        happened: list[Told] = []
        rows: list[TimestepRows] = []
        events += self._numbers(run, happened, rows)
        events += self._looks_of_probe(run.metrics_path)
        events += self._files(run)
        timesteps = None
        if self._step != before:
            with suppress(StudioError):
                timesteps = read_timesteps(
                    run.metrics_path, until_step=self._step, window=self._window, bins=self._bins
                )
        self._stamps = stamps
        return Look(events, happened, changed, timesteps, rows[0] if rows else None, owner)

    def _numbers(self, run: Run, happened: list[Told], rows: list[TimestepRows]) -> Iterator[Event]:
        path = run.metrics_path
        with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
            database.execute("BEGIN")  # one moment of a database that is being written
            if self._last_event is None:
                known = database.execute("SELECT max(id), max(time) FROM events WHERE step <= ?", (self._step,))
                number, moment = known.fetchone()
                self._last_event = (
                    (number, moment) if isinstance(number, int) and isinstance(moment, float) else (0, 0.0)
                )
            told = database.execute(
                "SELECT id, step, kind, text, time FROM events WHERE id > ? OR time > ? ORDER BY id LIMIT ?",
                (*self._last_event, MOST_EVENTS),
            ).fetchall()
            data = told_data(database, told[0][0]) if told else {}
            newest = database.execute("SELECT max(step) FROM steps WHERE step <= ?", (LAST_STEP,)).fetchone()[0]
            back = [step for _, step, kind, *_ in told if kind in ("resumed", "rolled-back") and type(step) is int]
            if not isinstance(newest, int) or newest < self._step:
                back.append(newest if isinstance(newest, int) else 0)
            if back and min(back) < self._step:
                self._step = min(back)
                self._probed, self._own = min(self._probed, self._step - 1), min(self._own, self._step)
                self._go_back(self._step)
                yield Started(self._step, self._total, device="", parameters=0, pictures=0, resumed=True)
            yield from self._steps(database)
            rows += self._losses_by_t(database)
            for number, step, kind, text, moment in told:
                if isinstance(moment, float):
                    self._last_event = number, moment
                if type(step) is not int or not 0 <= step <= LAST_STEP:
                    continue
                if kind == HELD_OUT:
                    with suppress(TypeError, ValueError):
                        yield HeldOutLoss(step, float(text), pictures=0, ema_loss=_scalar(database, step, HELD_OUT_EMA))
                else:
                    meant = data.get((number, step, moment))
                    happened.append(told_of(run, step, str(kind), str(text), meant))

    def _go_back(self, step: int) -> None:
        """What was made after `step` is made anew."""
        for known in (self._grids, self._strips, self._copies):
            known.difference_update([later for later in known if later > step])

    def _losses_by_t(self, database: sqlite3.Connection) -> Iterator[TimestepRows]:
        """One of all that is new; none where nothing is."""
        found = database.execute(
            "SELECT step, bin, loss_sum, count FROM timesteps WHERE step > ? AND step <= ? ORDER BY step LIMIT ?",
            (self._own, LAST_STEP, MOST_ROWS),
        )
        sums: dict[int, NDArray[np.float64]] = {}
        counts: dict[int, NDArray[np.int64]] = {}
        for step, place, loss_sum, count in found:
            if (type(step), type(place), type(loss_sum), type(count)) != (int, int, float, int):
                continue
            if 0 <= place < self._bins and 0 < count <= 10**9 and abs(loss_sum) < 1e300:
                sums.setdefault(step, np.zeros(self._bins))[place] = loss_sum
                counts.setdefault(step, np.zeros(self._bins, np.int64))[place] = count
        if sums:
            self._own = max(sums)
            yield TimestepRows(np.array(list(sums)), np.stack(list(sums.values())), np.stack(list(counts.values())))

    def _looks_of_probe(self, path: Path) -> Iterator[Event]:
        steps, costs = read_series(path, COST, after_step=self._probed)  # written last of a look
        if not len(steps) or costs.shape[1] != 3:
            return
        kinds = {kind: read_series(path, name, after_step=self._probed) for kind, name in SERIES.items()}
        _, times = read_series(path, TIMES)
        if not len(times):
            return
        t = times[-1].astype(np.int64)
        found = {
            kind: dict(zip(at.tolist(), losses, strict=True))
            for kind, (at, losses) in kinds.items()
            if losses.shape[1] == len(t)
        }
        for step, (seconds, share, every) in zip(steps.tolist()[:MOST_LOOKS], costs, strict=False):
            self._probed = step
            losses = {kind: looks[step] for kind, looks in found.items() if step in looks}
            if losses and np.isfinite((seconds, share, every)).all():
                yield ProbeMeasured(step, t, losses, float(seconds), share=float(share), every=int(every))

    def _steps(self, database: sqlite3.Connection) -> Iterator[StepDone]:
        columns = ", ".join(STEP_COLUMNS)
        rows = database.execute(
            f"SELECT step, {columns} FROM steps WHERE step > ? AND step <= ? ORDER BY step LIMIT ?",  # noqa: S608
            (self._step, LAST_STEP, MOST_ROWS),
        ).fetchall()
        if not rows:
            return
        more: dict[int, dict[str, float]] = {}
        with suppress(sqlite3.OperationalError):  # the database is of before there were any
            for step, name, value in database.execute(
                "SELECT step, name, value FROM scalars WHERE step > ? AND step <= ?", (self._step, rows[-1][0])
            ):
                if isinstance(value, float) and name not in _OF_EVENTS:
                    more.setdefault(step, {})[str(name)] = value
        train = self._config.train
        for step, *said in rows:
            if type(step) is not int:
                continue
            loss, rate, norm, speed, seconds = (value if isinstance(value, float) else np.nan for value in said)
            self._step = step
            yield StepDone(
                step=step,
                total=self._total,
                loss=loss,
                learning_rate=rate,
                grad_norm=norm,
                pictures_per_second=speed,
                elapsed_s=seconds if np.isfinite(seconds) else 0.0,
                pictures=train.batch_size * train.gradient_accumulate_every,
                timesteps=np.empty(0, np.int64),
                losses=np.empty(0, np.float32),
                more=more.get(step, {}),
            )

    def _files(self, run: Run) -> Iterator[Event]:
        steps = set(_steps_in(run))
        for step in sorted(steps - self._checkpoints):
            yield CheckpointSaved(step, description_path(run.checkpoints_folder, step))
        self._checkpoints = steps
        size, count = run.config.data, run.config.train.sample_count
        if size.image_size is None:
            return
        for step, path in self._new(run.samples_folder, self._grids):
            with suppress(StudioError):
                yield Samples(step, read_grid(path, size.tile_size, count), path)
        for step, path in self._new(run.strips_folder, self._strips):
            with suppress(StudioError):
                name, t, x_t, x_0 = read_strip(path, size.height_and_width)
                yield Strip(step, name, t, x_t, x_0, path)
        for step, path in self._new(run.nearest_folder, self._copies):
            with suppress(StudioError):
                copies = read_copies(path, size.height_and_width)
                yield CopiesMeasured(
                    step=step,
                    copies=int(copies.are_copies.sum()),
                    of=len(copies.names),
                    relative=copies.relative,
                    held_out=copies.held_out,
                    looked_at=copies.looked_at,
                    pictures=copies.pictures,
                    seconds=np.nan,
                    path=path,
                )

    @staticmethod
    def _new(folder: Path, known: set[int]) -> Iterator[tuple[int, Path]]:
        """The pictures of steps that are not known, which are from now on."""
        found = grids_in(folder)
        new = sorted(found.keys() - known)
        known.clear()
        known.update(found)
        for step in new:
            yield step, found[step]


def _scalar(database: sqlite3.Connection, step: int, name: str) -> float | None:
    """A number that was measured at a step; None where there is none."""
    with suppress(sqlite3.OperationalError):  # the database is of before there were any
        row = database.execute("SELECT value FROM scalars WHERE step = ? AND name = ?", (step, name)).fetchone()
        return row[0] if row is not None and is_loss(row[0]) else None
    return None


def _steps_in(run: Run) -> list[int]:
    try:
        return steps_in(run.checkpoints_folder)
    except StudioError:
        return []


def _stamps(run: Run) -> tuple[object, ...]:
    """Changes with everything that a look reads."""
    metrics = run.metrics_path
    watched = (
        run.folder / RUN_FILE,
        run.checkpoints_folder,
        run.samples_folder,
        run.strips_folder,
        run.nearest_folder,
        metrics,
        metrics.with_name(f"{metrics.name}-wal"),
    )
    stamps: list[object] = []
    for path in watched:
        try:
            found = path.stat()
            stamps.append((found.st_mtime_ns, found.st_size))
        except OSError:
            stamps.append(None)
    return tuple(stamps)
