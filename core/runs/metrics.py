"""A run's numbers, in SQLite: the loss of every step, the loss of each part of the schedule, what happened when.

SQLite does its own safe writing. Another process may read while a run writes.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import QT_TRANSLATE_NOOP, Phrase, RunError
from .checkpoint_files import LAST_STEP
from .metrics_database import STEP_COLUMNS, TABLES, as_run_errors, open_to_read, open_to_write

# --- The losses of 1,024 steps side by side, as a run's database keeps them besides its rows: one value with its
# checksum.
# SQLite sees no damage within a value: a page of zeros in its place would be 512 losses of zero.


#: Block b holds the losses of the steps b·1024 + 1 … (b + 1)·1024.
BLOCK_STEPS = 1024
_LOSSES_BYTES = 8 * BLOCK_STEPS
_CHECKSUM_BYTES = 4
BLOCK_BYTES = _LOSSES_BYTES + _CHECKSUM_BYTES


def pack(losses: Sequence[object]) -> bytes | None:
    """BLOCK_STEPS losses, None where one was no number, as bytes; None unless they are so many numbers."""
    if len(losses) != BLOCK_STEPS or not all(is_loss(loss) for loss in losses):
        return None
    return _with_checksum(np.array([np.nan if loss is None else loss for loss in losses], dtype="<f8").tobytes())


def unpack(data: object) -> NDArray[np.float64] | None:
    """(BLOCK_STEPS,) the losses; None where the bytes are not what was packed."""
    if not isinstance(data, bytes) or len(data) != BLOCK_BYTES:
        return None
    losses = _without_checksum(data)
    return None if losses is None else np.frombuffer(losses, "<f8")


def _with_checksum(data: bytes) -> bytes:
    return data + zlib.crc32(data).to_bytes(_CHECKSUM_BYTES, "little")


def _without_checksum(data: bytes) -> memoryview | None:
    """What was given to `_with_checksum`; None where a byte has changed."""
    content = memoryview(data)[:-_CHECKSUM_BYTES]
    return content if zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "little") == data[-_CHECKSUM_BYTES:] else None


def is_loss(value: object) -> bool:
    """Whether a database's value is a loss: it keeps None for what was no number."""
    return value is None or isinstance(value, float)


# --- writing ---------------------------------------------------------------------------------------------

COMMIT_EVERY_S = 1.0

#: The kind of an event whose text is the loss of the held-out pictures.
HELD_OUT = "held-out-loss"
#: The number that stands beside it: the loss of the averaged weights.
HELD_OUT_EMA = "held_out_ema"
#: The share of the samples of a grid that are training pictures.
COPIES = "copies"
#: How far samples are from the training pictures, as a number of the steps at which grids are made.
COPY_DISTANCE = "copy_distance"
#: That of an event which tells of a saved checkpoint.
SAVED = "saved"
#: And of one that tells which settings change at its step, from what to what.
EDIT = "edit"

#: The translators' context of what kinds of events are called.
EVENTS_CONTEXT = "EventKinds"
#: What a kind of event is called, in the window and in a report; one without a title is called as it is stored.
EVENT_TITLES: dict[str, str] = {
    SAVED: QT_TRANSLATE_NOOP("EventKinds", "Checkpoint"),
    "resumed": QT_TRANSLATE_NOOP("EventKinds", "Resumed"),
    EDIT: QT_TRANSLATE_NOOP("EventKinds", "Edited"),
    "edit-refused": QT_TRANSLATE_NOOP("EventKinds", "Not edited"),
    "rolled-back": QT_TRANSLATE_NOOP("EventKinds", "Rolled back"),
    "diverged": QT_TRANSLATE_NOOP("EventKinds", "Loss rises"),
    "failed": QT_TRANSLATE_NOOP("EventKinds", "Failed"),
    "rate-rises": QT_TRANSLATE_NOOP("EventKinds", "Rate rises"),
    "save-failed": QT_TRANSLATE_NOOP("EventKinds", "Not saved"),
    "metrics-moved": QT_TRANSLATE_NOOP("EventKinds", "Numbers moved"),
    "quality": QT_TRANSLATE_NOOP("EventKinds", "Quality"),
    "quality-failed": QT_TRANSLATE_NOOP("EventKinds", "Not measured"),
    "probe-ended": QT_TRANSLATE_NOOP("EventKinds", "Probe ended"),
    "held-out-missing": QT_TRANSLATE_NOOP("EventKinds", "Not measured"),
    "pictures-lost": QT_TRANSLATE_NOOP("EventKinds", "Pictures lost"),
    "pictures-changed": QT_TRANSLATE_NOOP("EventKinds", "Other pictures"),
    "pictures-away": QT_TRANSLATE_NOOP("EventKinds", "Folder gone"),
    "pictures-back": QT_TRANSLATE_NOOP("EventKinds", "Folder back"),
    "cache-full": QT_TRANSLATE_NOOP("EventKinds", "Cache full"),
    "threads": QT_TRANSLATE_NOOP("EventKinds", "Threads"),
    "others-busy": QT_TRANSLATE_NOOP("EventKinds", "Others busy"),
    "others-gone": QT_TRANSLATE_NOOP("EventKinds", "Others gone"),
}

#: Rows of each table that wait for a disk that takes none; beyond that the oldest are given up.
MOST_WAITING = 200_000


class MetricsWriter:
    """Writes a run's metrics, a batch at most once a second. For the thread that made it only; close it.

    A database that is torn is moved aside as `….broken-N`, and what can be read of it is kept.
    Raises RunError when it cannot be written, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._steps: list[tuple[float, ...]] = []
        self._scalars: list[tuple[int, str, float]] = []
        self._timesteps: list[tuple[float, ...]] = []
        self._events: list[tuple[int, str, str, float, str | None]] = []
        self._series: list[tuple[int, str, bytes]] = []
        self._committed_at = time.monotonic()
        with as_run_errors(path):
            #: `moved_aside` is the broken database, where there was one
            self._database, self.moved_aside = open_to_write(path)
            with self._database:
                # Those of an earlier version had no checksum.
                self._database.execute("DELETE FROM loss_blocks WHERE length(losses) != ?", (BLOCK_BYTES,))
                self._pack()

    def add(
        self,
        step: int,
        loss: float,
        learning_rate: float,
        grad_norm: float,
        pictures_per_second: float,
        seconds: float,
        **more: float,
    ) -> None:
        """Add one optimizer step; `seconds` is the training time so far. A step added again replaces the first.

        more: whatever else was measured in it; `read_scalar` finds each by its name.
        """
        self._steps.append((step, loss, learning_rate, grad_norm, pictures_per_second, seconds))
        self._scalars += [(step, name, value) for name, value in more.items()]
        self._flush_in_time()

    def add_scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Add what is measured now and then, not in every step; `read_scalar` finds each by its name."""
        self._scalars += [(step, name, value) for name, value in values.items()]
        self._flush_in_time()

    def add_timesteps(self, step: int, sums: NDArray[np.float64], counts: NDArray[np.int64]) -> None:
        """Add the summed loss and the number of pictures of each bin of timesteps since the last call."""
        bins = np.flatnonzero(counts)
        self._timesteps += [(step, int(b), float(sums[b]), int(counts[b])) for b in bins]
        self._flush_in_time()

    def add_event(self, step: int, kind: str, text: str, data: str | None = None) -> None:
        """Add something that happened, with the time of day.

        data: what the text is made of, as JSON (`core.training.told_events`); None: the text is all there is.
        """
        self._events.append((step, kind, text, time.time(), data))
        self._flush_in_time()

    def add_series(self, step: int, name: str, values: NDArray[np.number]) -> None:
        """Add (k,) numbers that were measured together at a step, kept as float32; `read_series` finds them by name.

        Of one name k is to stay the same. What is added again replaces the first.
        """
        self._series.append((step, name, _with_checksum(np.asarray(values, dtype="<f4").tobytes())))
        self._flush_in_time()

    def truncate_after(self, step: int) -> None:
        """Forget everything after `step`: the run goes on from there."""
        self.flush()
        with as_run_errors(self._path), self._database as database:
            for table in TABLES:
                database.execute(f"DELETE FROM {table} WHERE step > ?", (step,))  # noqa: S608 (our own names)
            database.execute("DELETE FROM loss_blocks WHERE block >= ?", (step // BLOCK_STEPS,))

    def flush(self) -> None:
        """Commit what was added. What could not be is kept for the next time. Raises RunError."""
        self._committed_at = time.monotonic()
        if not (self._steps or self._scalars or self._timesteps or self._events or self._series):
            return
        for waiting in (self._steps, self._scalars, self._timesteps, self._events, self._series):
            del waiting[:-MOST_WAITING]
        with as_run_errors(self._path), self._database as database:
            database.executemany("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?)", self._steps)
            database.executemany("INSERT OR REPLACE INTO scalars VALUES (?, ?, ?)", self._scalars)
            database.executemany("INSERT OR REPLACE INTO timesteps VALUES (?, ?, ?, ?)", self._timesteps)
            for step, kind, text, moment, data in self._events:
                event = (step, kind, text, moment)
                number = database.execute("INSERT INTO events (step, kind, text, time) VALUES (?, ?, ?, ?)", event)
                if data is not None:
                    told = (number.lastrowid, step, moment, data)
                    database.execute("INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)", told)
            database.executemany("INSERT OR REPLACE INTO series VALUES (?, ?, ?)", self._series)
            if self._steps:
                self._pack()
        self._series.clear()
        self._steps.clear()
        self._scalars.clear()
        self._timesteps.clear()
        self._events.clear()

    def close(self) -> None:
        """Commit and close."""
        try:
            self.flush()
        finally:
            self._database.close()

    def _pack(self) -> None:
        """Keep the losses of each full block side by side too: millions of rows one by one would take a minute."""
        # Whatever steps and blocks a stranger's database has, only those that are full are gone through.
        most = LAST_STEP // BLOCK_STEPS
        packed = self._database.execute("SELECT max(block) FROM loss_blocks WHERE block < ?", (most,)).fetchone()[0]
        first = max(0, 0 if packed is None else packed + 1)
        full = self._database.execute(
            "SELECT (step - 1) / ?1 FROM steps WHERE step > ?2 AND step <= ?3 GROUP BY 1 HAVING count(*) = ?1",
            (BLOCK_STEPS, first * BLOCK_STEPS, LAST_STEP),
        ).fetchall()
        for (block,) in full:
            rows = self._database.execute(
                "SELECT loss FROM steps WHERE step > ? AND step <= ? ORDER BY step",
                (block * BLOCK_STEPS, (block + 1) * BLOCK_STEPS),
            ).fetchall()
            packed_losses = pack([row[0] for row in rows])
            if packed_losses is not None:  # a block with a gap is read row by row
                self._database.execute("INSERT OR REPLACE INTO loss_blocks VALUES (?, ?)", (block, packed_losses))

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._committed_at >= COMMIT_EVERY_S:
            self.flush()


# --- Reads a run's numbers, also while another process writes them: all losses of 10^7 steps in less than two
# seconds.


CHUNK_ROWS = 10_000
MOST_EVENTS = 100_000
#: Characters of what the text of an event is made of; a picture's name and an error's reason take a few hundred.
MOST_DATA = 20_000


class Timesteps(NamedTuple):
    """How well each part of the schedule was learnt over the last steps."""

    sums: NDArray[np.float64]  #: (bins,) summed unweighted loss
    counts: NDArray[np.int64]  #: (bins,) pictures
    steps: int  #: that both are of; 0 where there are none


class TimestepRows(NamedTuple):
    """How well each part of the schedule was learnt, over stretches of a run."""

    steps: NDArray[np.int64]  #: (n,) rising: the last step of each stretch
    sums: NDArray[np.float64]  #: (n, bins) summed unweighted loss
    counts: NDArray[np.int64]  #: (n, bins) pictures

    @classmethod
    def none(cls, bins: int) -> TimestepRows:
        """No stretch yet."""
        return cls(np.empty(0, np.int64), np.empty((0, bins)), np.empty((0, bins), np.int64))

    def joined(self, later: TimestepRows) -> TimestepRows:
        """These and then those."""
        return TimestepRows(
            np.concatenate((self.steps, later.steps)),
            np.concatenate((self.sums, later.sums)),
            np.concatenate((self.counts, later.counts)),
        )

    def cut(self, kept: NDArray[np.bool_]) -> TimestepRows:
        """Those of them."""
        return TimestepRows(self.steps[kept], self.sums[kept], self.counts[kept])

    def halved(self) -> TimestepRows:
        """Every two stretches as one."""
        pairs = np.arange(0, len(self.steps), 2)
        last = np.minimum(pairs + 1, len(self.steps) - 1)
        return TimestepRows(self.steps[last], np.add.reduceat(self.sums, pairs), np.add.reduceat(self.counts, pairs))

    def means(self) -> NDArray[np.float64]:
        """(n, bins) mean unweighted loss; NaN where nothing was measured."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.counts > 0, self.sums / self.counts, np.nan)


def read_losses(path: Path, *, after_step: int = 0) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the steps after `after_step`, in order; NaN where a loss was no number.

    Raises RunError when there are none to be read.
    """
    steps: list[NDArray[np.int64]] = []
    losses: list[NDArray[np.float64]] = []

    def take_rows(after: int, until: int) -> None:
        # The last column too: only then SQLite holds a row against its own description.
        rows = database.execute(
            "SELECT step, loss, seconds FROM steps WHERE step > ? AND step <= ? ORDER BY step", (after, until)
        )
        for chunk_steps, chunk_losses in _numbers(rows, after):
            steps.append(chunk_steps)
            losses.append(chunk_losses)

    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        database.execute("BEGIN")  # one moment of a database that is being written
        done = after_step
        try:
            for block, packed in _blocks(database, -(-after_step // BLOCK_STEPS)):
                before = block * BLOCK_STEPS
                if done < before:
                    take_rows(done, before)
                done = before + BLOCK_STEPS
                steps.append(np.arange(before + 1, done + 1))
                losses.append(packed)
            take_rows(done, LAST_STEP)
        except (TypeError, ValueError, OverflowError) as error:
            raise sqlite3.DatabaseError(Phrase("file.loss-no-number")) from error
    if not steps:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    return np.concatenate(steps), np.concatenate(losses)


def read_scalar(path: Path, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, values), each (n,), of one number of the steps, in order; NaN where it was none. Raises RunError.

    name: a column of the table of steps, or what `MetricsWriter.add` was given besides. A name that was never written
    has no steps.
    """
    given: tuple[object, ...] = (LAST_STEP,)
    if name in STEP_COLUMNS:
        query = f"SELECT step, {name}, seconds FROM steps WHERE step > 0 AND step <= ? ORDER BY step"  # noqa: S608 (our own names)
    else:
        query = "SELECT step, value FROM scalars WHERE step > 0 AND step <= ? AND name = ? ORDER BY step"
        given = (LAST_STEP, name)
    chunks = [(np.empty(0, np.int64), np.empty(0, np.float64))]
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        try:
            chunks += _numbers(database.execute(query, given), 0)
        except sqlite3.OperationalError as error:
            if "no such table: scalars" not in str(error):  # the database is of before there were any
                raise
        except (TypeError, ValueError, OverflowError) as error:
            raise sqlite3.DatabaseError(Phrase("file.loss-no-number")) from error
    steps, values = zip(*chunks, strict=True)
    return np.concatenate(steps), np.concatenate(values)


def read_series(path: Path, name: str, *, after_step: int = -1) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(steps (n,), values (n, k)) of what `MetricsWriter.add_series` was given under a name, in order. Raises RunError.

    after_step: of the steps after it alone; there may be a step 0. k is that of the last one; those that are damaged,
    or of another k, are left out. A name that was never written has (0,) steps and (0, 0) values.
    """
    steps: list[int] = []
    values: list[NDArray[np.float32]] = []
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        try:
            rows = database.execute(
                "SELECT step, data FROM series WHERE step > ? AND step <= ? AND name = ? ORDER BY step",
                (after_step, LAST_STEP, name),
            )
            for step, data in rows:
                if not isinstance(step, int) or step <= (steps[-1] if steps else after_step):
                    raise sqlite3.DatabaseError(Phrase("file.steps-unordered"))
                numbers = _without_checksum(data) if isinstance(data, bytes) else None
                if numbers and len(numbers) % 4 == 0:
                    steps.append(step)
                    values.append(np.frombuffer(numbers, "<f4"))
        except sqlite3.OperationalError as error:
            if "no such table: series" not in str(error):  # the database is of before there were any
                raise
    if not steps:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    kept = [place for place, each in enumerate(values) if len(each) == len(values[-1])]
    return np.array([steps[place] for place in kept], np.int64), np.stack([values[place] for place in kept])


class Progress(NamedTuple):
    """How far a run was at some of its steps; (n,) each, rising."""

    steps: NDArray[np.int64]
    seconds: NDArray[np.float64]  #: of training until then
    pictures: NDArray[np.float64]  #: trained on until then, each as often as it came


#: Steps that `read_progress` looks at, at most about.
PROGRESS_STEPS = 20_000


def read_progress(path: Path) -> Progress:
    """The training time and the pictures seen at every k-th step, about PROGRESS_STEPS of them. Raises RunError.

    Between two of them each step is taken to have had as many pictures as the second.
    """
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        last = database.execute("SELECT max(step) FROM steps WHERE step <= ?", (LAST_STEP,)).fetchone()[0]
        if not isinstance(last, int) or last < 1:
            return Progress(np.empty(0, np.int64), np.empty(0), np.empty(0))
        stride = -(-last // PROGRESS_STEPS)
        rows = database.execute(
            "WITH RECURSIVE at(step) AS (SELECT 1 UNION ALL SELECT step + ?1 FROM at WHERE step + ?1 <= ?2) "
            "SELECT here.step, here.seconds, here.pictures_per_second, before.seconds FROM at "
            "JOIN steps AS here ON here.step = at.step LEFT JOIN steps AS before ON before.step = at.step - 1 "
            "ORDER BY here.step",
            (stride, last),
        ).fetchall()
    told = [row for row in rows if all(type(number) is float and np.isfinite(number) for number in row[1:3])]
    steps = np.array([row[0] for row in told], np.int64)
    if not len(steps):
        return Progress(steps, np.empty(0), np.empty(0))
    seconds = np.array([row[1] for row in told], np.float64)
    before = [0.0 if row[0] == 1 else row[3] if type(row[3]) is float else np.nan for row in told]
    took = seconds - np.array(before, np.float64)
    each = np.rint(took * np.array([row[2] for row in told], np.float64))
    known = np.isfinite(each) & (each >= 0)
    if not known.any():
        return Progress(steps[:0], seconds[:0], seconds[:0])
    steps, seconds, each = steps[known], seconds[known], each[known]
    return Progress(steps, np.maximum.accumulate(seconds), np.cumsum(each * np.diff(steps, prepend=0)))


def read_timesteps(path: Path, *, until_step: int, window: int, bins: int) -> Timesteps:
    """The losses of each of `bins` equal parts of 0 … T - 1, summed over about the last `window` steps to `until_step`.

    Some more steps are in it where a row is of steps on both sides of the window's start. Only the window is read,
    however long the run. Raises RunError when it cannot be.
    """
    sums, counts, last = np.zeros(bins), np.zeros(bins, np.int64), 0
    start = until_step - window
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        rows = database.execute(
            "SELECT step, bin, loss_sum, count FROM timesteps WHERE step > ? AND step <= ? ORDER BY step, bin LIMIT ?",
            (start, until_step, window * bins),
        )
        for step, place, loss_sum, count in rows:
            if (type(step), type(place), type(count)) != (int, int, int) or not 0 <= place < bins or count < 1:
                raise sqlite3.DatabaseError(Phrase("file.losses-wrong"))
            last = step
            # Infinite, or none as SQLite has no NaN: nothing that a mean could be taken of.
            if isinstance(loss_sum, float) and np.isfinite(loss_sum):
                sums[place] += loss_sum
                counts[place] += count
        before = database.execute("SELECT max(step) FROM timesteps WHERE step <= ?", (start,)).fetchone()[0]
    return Timesteps(sums, counts, last - (before if isinstance(before, int) else 0) if last else 0)


def read_timestep_rows(path: Path, *, until_step: int, bins: int, most: int = 1024) -> TimestepRows:
    """The losses of each of `bins` equal parts of 0 … T - 1 over the whole run, in at most `most` stretches.

    Raises RunError when they cannot be read.
    """
    until_step = min(max(1, until_step), LAST_STEP)
    last = np.zeros(most + 1, np.int64)
    sums, counts = np.zeros((most + 1, bins)), np.zeros((most + 1, bins), np.int64)
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        # SQLite adds up: a run of 10^7 steps has 10^7 rows. What is infinite, or none, is nothing to take a mean of.
        rows = database.execute(
            "SELECT step * ?1 / ?2 AS stretch, bin, max(step), sum(loss_sum), sum(count) FROM timesteps "
            "WHERE step > 0 AND step <= ?2 AND typeof(loss_sum) = 'real' AND abs(loss_sum) < 1e300 "
            "AND typeof(count) = 'integer' AND count BETWEEN 1 AND 1000000000 GROUP BY 1, 2",
            (most, until_step),
        )
        for stretch, place, step, loss_sum, count in rows:
            if (type(stretch), type(place)) != (int, int) or not 0 <= place < bins or not 0 <= stretch <= most:
                raise sqlite3.DatabaseError(Phrase("file.losses-wrong"))
            last[stretch] = max(last[stretch], step)
            sums[stretch, place], counts[stretch, place] = loss_sum, count
    return TimestepRows(last, sums, counts).cut(last > 0)


def read_events(path: Path) -> list[tuple[int, str, str, float]]:
    """(step, kind, text, seconds since 1970) of what happened, in order; the last MOST_EVENTS. Raises RunError."""
    return [event for event, _ in read_told(path)]


def read_told(path: Path) -> list[tuple[tuple[int, str, str, float], str | None]]:
    """As `read_events`, each with the data that `MetricsWriter.add_event` was given. Raises RunError."""
    with as_run_errors(path, "storage.not-read"), closing(open_to_read(path)) as database:
        database.execute("BEGIN")  # one moment of a database that is being written
        rows = database.execute(
            "SELECT step, kind, text, time, id FROM events ORDER BY id DESC LIMIT ?", (MOST_EVENTS,)
        ).fetchall()[::-1]
        data = told_data(database, rows[0][-1]) if rows else {}
    return [
        (row[:4], data.get((row[4], row[0], row[3])))
        for row in rows
        if tuple(map(type, row[:4])) == (int, str, str, float)
    ]


def told_data(database: sqlite3.Connection, first_id: int) -> dict[tuple[int, int, float], str]:
    """The data of the events from that id on, by their id, step and time."""
    try:
        rows = database.execute(
            "SELECT id, step, time, data FROM told WHERE id >= ? AND typeof(data) = 'text' AND length(data) <= ? "
            "ORDER BY id DESC LIMIT ?",
            (first_id, MOST_DATA, MOST_EVENTS),
        )
    except sqlite3.OperationalError as error:
        if "no such table: told" not in str(error):  # the database is of before there were any
            raise
        return {}
    return {(number, step, moment): data for number, step, moment, data in rows}


def last_saved_step(path: Path) -> int:
    """The last step that a checkpoint was saved of, as far as the numbers say; 0: of none, or they cannot be read."""
    try:
        return max((step for step, kind, _, _ in read_events(path) if kind == SAVED), default=0)
    except RunError:
        return 0


def read_held_out(path: Path) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(steps, losses), each (n,), of the held-out pictures, in order. Raises RunError."""
    found: dict[int, float] = {}
    for step, kind, text, _ in read_events(path):
        if kind == HELD_OUT:
            with suppress(ValueError):
                found[step] = float(text)
    return np.array(sorted(found), np.int64), np.array([found[step] for step in sorted(found)], np.float64)


def _numbers(rows: sqlite3.Cursor, after: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """(steps, numbers) of rows that begin with both, by the chunk; NaN for what SQLite has no number for.

    Raises sqlite3.DatabaseError unless the steps rise from `after`; TypeError, ValueError or OverflowError where one
    is no whole number.
    """
    while chunk := rows.fetchmany(CHUNK_ROWS):
        steps = np.fromiter((row[0] for row in chunk), np.int64, len(chunk))
        # In a torn database pages come twice.
        if steps[0] <= after or (np.diff(steps) <= 0).any():
            raise sqlite3.DatabaseError(Phrase("file.steps-unordered"))
        after = int(steps[-1])
        kept = np.fromiter((is_loss(row[1]) for row in chunk), np.bool_, len(chunk))
        # SQLite has no NaN: it keeps NULL instead.
        values = (np.nan if row[1] is None else row[1] for row in chunk if is_loss(row[1]))
        yield steps[kept], np.fromiter(values, np.float64, int(kept.sum()))


def _blocks(database: sqlite3.Connection, first: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """(block, its losses), in order; none from a database of before there were blocks."""
    try:
        rows = database.execute(
            "SELECT block, losses FROM loss_blocks WHERE block >= ? AND block < ? ORDER BY block",
            (first, LAST_STEP // BLOCK_STEPS),
        )
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return
    for block, data in rows:
        if block < first:
            raise sqlite3.DatabaseError(Phrase("file.steps-unordered"))
        first = block + 1
        losses = unpack(data)
        if losses is not None:  # of a damaged one the rows are read
            yield block, losses
