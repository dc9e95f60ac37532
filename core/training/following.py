"""Follows a run that another process or another machine trains, from its folder alone, as the events it would tell.

Only what is new is read. The numbers of a training are in its database a second after they were measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import StudioError
from ..runs.checkpoint_files import LAST_STEP, description_path, steps_in
from ..runs.copies_file import read_copies
from ..runs.grids import grids_in, read_grid
from ..runs.lock import Owner
from ..runs.metrics import COPIES, COPY_DISTANCE, HELD_OUT, HELD_OUT_EMA, Timesteps, read_series, read_timesteps
from ..runs.metrics_database import STEP_COLUMNS, as_run_errors, open_to_read
from ..runs.probes import COST, KINDS, read_probe
from ..runs.run import RUN_FILE, Run
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
)

#: Rows that are read at once; of a run that was far ahead the rest comes with the next look.
MOST_ROWS = 100_000
MOST_EVENTS = 10_000
#: Numbers that are measured after their step, and told as events of their own.
NOW_AND_THEN = {HELD_OUT_EMA, COPIES, COPY_DISTANCE}


@dataclass(frozen=True, slots=True)
class Look:
    """What has happened since the look before."""

    events: list[Event] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  #: what the training itself wrote down, in English
    timesteps: Timesteps | None = None  #: the losses of the last steps by t; None: no step was taken
    owner: Owner | None = None  #: who trains it now; None or not alive: nobody does any more


class Follower:
    """Looks at a run's folder again and again. For one thread at a time.

    step                  up to which its numbers are known already
    checkpoints, grids    the steps of those that are known
    bins, window          of the losses by t that are wanted
    """

    def __init__(
        self, run: Run, step: int, *, checkpoints: Iterable[int], grids: Iterable[int], bins: int, window: int
    ) -> None:
        self._folder, self._step, self._bins, self._window = run.folder, step, bins, window
        self._config, self._total = run.config, run.planned_total
        self._checkpoints, self._grids = set(checkpoints), set(grids)
        self._probed = step  #: the last look of the probe that is known
        self._nearest = set(self._grids)  #: grids whose distances to the pictures are known
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
        self._config = run.config
        lines: list[str] = []
        events += self._numbers(run.metrics_path, lines)
        events += self._looks(run.metrics_path)
        events += self._files(run)
        timesteps = None
        if self._step != before:
            with suppress(StudioError):
                timesteps = read_timesteps(
                    run.metrics_path, until_step=self._step, window=self._window, bins=self._bins
                )
        self._stamps = stamps
        return Look(events, lines, timesteps, owner)

    def _numbers(self, path: Path, lines: list[str]) -> Iterator[Event]:
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
            newest = database.execute("SELECT max(step) FROM steps WHERE step <= ?", (LAST_STEP,)).fetchone()[0]
            back = [step for _, step, kind, *_ in told if kind in ("resumed", "rolled-back") and type(step) is int]
            if not isinstance(newest, int) or newest < self._step:
                back.append(newest if isinstance(newest, int) else 0)
            if back and min(back) < self._step:
                self._step = min(back)
                self._probed = min(self._probed, self._step)
                yield Started(self._step, self._total, device="", parameters=0, pictures=0, resumed=True)
            yield from self._steps(database)
            for number, step, kind, text, moment in told:
                if isinstance(moment, float):
                    self._last_event = number, moment
                if kind == HELD_OUT:
                    with suppress(TypeError, ValueError):
                        yield HeldOutLoss(int(step), float(text), pictures=0, ema_loss=_scalar(database, step))
                else:
                    lines.append(str(text))

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
                if isinstance(value, float) and name not in NOW_AND_THEN:
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

    def _looks(self, path: Path) -> Iterator[ProbeMeasured]:
        """What the frozen probe was answered."""
        probes = {kind: read_probe(path, kind, after_step=self._probed) for kind in KINDS}
        at, costs = read_series(path, COST, after_step=self._probed)
        cost_of = dict(zip(at.tolist(), costs.tolist(), strict=True)) if costs.shape[1] == 3 else {}
        for step in sorted({step for probe in probes.values() for step in probe.steps.tolist()}):
            places = {kind: np.flatnonzero(probe.steps == step) for kind, probe in probes.items()}
            losses = {kind: probes[kind].losses[place[0]] for kind, place in places.items() if len(place)}
            seconds, share, every = cost_of.get(step, (0.0, 0.0, 0.0))
            self._probed, t = step, probes[next(iter(losses))].t
            yield ProbeMeasured(step, t, losses, seconds=seconds, share=share, every=int(np.nan_to_num(every)))

    def _files(self, run: Run) -> Iterator[Event]:
        steps = set(_steps_in(run))
        for step in sorted(steps - self._checkpoints):
            yield CheckpointSaved(step, description_path(run.checkpoints_folder, step))
        self._checkpoints = steps
        grids = grids_in(run.samples_folder)
        data, train = run.config.data, run.config.train
        for step in sorted(grids.keys() - self._grids):
            if data.image_size is not None:
                with suppress(StudioError):
                    images = read_grid(grids[step], data.tile_size, train.sample_count)
                    yield Samples(step, images, grids[step])
        self._grids = set(grids)
        nearest = grids_in(run.nearest_folder)
        for step in sorted(nearest.keys() - self._nearest):
            with suppress(StudioError):
                found = read_copies(nearest[step], data.height_and_width)
                yield CopiesMeasured(
                    step=step,
                    copies=int(found.are_copies.sum()),
                    of=len(found.names),
                    relative=found.relative,
                    held_out=found.held_out,
                    looked_at=found.looked_at,
                    pictures=found.pictures,
                    seconds=0.0,
                    path=nearest[step],
                )
        self._nearest = set(nearest)


def _scalar(database: sqlite3.Connection, step: int) -> float | None:
    """The held-out loss of the averaged weights at a step; None where it was not measured."""
    with suppress(sqlite3.OperationalError):  # the database is of before there were any
        row = database.execute("SELECT value FROM scalars WHERE step = ? AND name = ?", (step, HELD_OUT_EMA)).fetchone()
        return row[0] if row is not None and isinstance(row[0], float) else None
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
