"""Reads what a run folder holds, in the background: a run when it is opened, other curves and samples when wanted."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from core.errors import Phrase, RunError, TrainingError
from core.runs.checkpoint_files import steps_in
from core.runs.copies_file import Copies, read_copies
from core.runs.grids import read_grid, read_strip
from core.runs.lock import Owner
from core.runs.metrics import (
    HELD_OUT_EMA,
    read_held_out,
    read_losses,
    read_progress,
    read_scalar,
    read_timesteps,
    read_told,
)
from core.runs.run import Run, nearest_beside
from core.training.following import Told, told_of

from ..app.messages import error_text
from ..jobs.requests import Requests
from .curves.kinds import NOT_LISTED, Happened, noted
from .curves.plots import HELD_OUT
from .live_run import Curve, LiveRun
from .narration import told_words

if TYPE_CHECKING:
    from .panel import TrainingPanel


#: Curves that may wait to be read: all that several plots can want at once.
MOST_UNREAD = 32
#: So much of what has happened in a run stands in the log when it is opened; the run folder keeps its own log.
LOG_LINES = 500


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run folder and what it holds."""

    run: Run
    live: LiveRun
    no_curve: RunError | None = None  #: why there is no curve of the loss
    trained_by: Owner | None = None  #: the process that trains it at this moment
    log: tuple[tuple[str, str], ...] = ()  #: when, and in words what has happened in it last
    failure: TrainingError | None = None  #: what ended it, where that was the last thing that happened


def read_run(path: Path, smoothing: float) -> PastRun:
    """Everything that the room shows of a run, without a curve if that is torn. Raises RunError or CheckpointError."""
    run = Run.open(path)
    state, owner = run.state(), run.owner()
    trained_by = owner if owner is not None and owner.alive else None
    live = LiveRun(run.config, smoothing)
    no_curve, told = None, []
    try:
        steps, losses = read_losses(run.metrics_path)
        # What was trained after the newest checkpoint is lost, so it is not shown either; unless it goes on there.
        shown_to = state.step if trained_by is None or not len(steps) else int(steps[-1])
        kept = steps <= shown_to
        live.take_history("loss", steps[kept], losses[kept])
        live.step = shown_to
        live.take_history(HELD_OUT, *read_held_out(run.metrics_path))
        live.take_history(HELD_OUT_EMA, *read_scalar(run.metrics_path, HELD_OUT_EMA))
        live.places.begin_with(read_progress(run.metrics_path))
        live.places.truncate_after(shown_to)
        told = told_in(run)
        live.note(*happened_in(told, shown_to))
        read = {"loss", HELD_OUT, HELD_OUT_EMA}
        live.unread_looks = run.metrics_path
        live.unread = {source: run.metrics_path for source in live.curves if source not in read}
        window, bins = live.timesteps.window, live.timesteps.bins
        live.take_timesteps(read_timesteps(run.metrics_path, until_step=shown_to, window=window, bins=bins))
    except RunError as error:  # the run can go on without it
        no_curve, shown_to = error, state.step
    live.step = shown_to
    live.begins_at, live.total = run.begins_at, state.total
    live.marks = steps_in(run.checkpoints_folder)
    live.failed = [one.step for one in live.happened if one.kind == "rolled-back"]
    for folder, history in ((run.samples_folder, live.samples), (run.strips_folder, live.strips)):
        for file in sorted(folder.glob("*.png")):
            number = re.search(r"(\d+)$", file.stem)
            if number is not None and int(number.group(1)) <= shown_to:
                history.add_file(int(number.group(1)), file)
    return PastRun(
        run,
        live,
        no_curve,
        trained_by,
        log=tuple((_stamp(one.time), _sentence(one.words)) for one in told[-LOG_LINES:] if one.words),
        failure=None if live.complete or trained_by is not None else failure_in(told),
    )


class Past(NamedTuple):
    """Something that a run's numbers tell of besides its steps."""

    told: Told
    words: str  #: in the window's language
    time: float  #: seconds since 1970


def told_in(run: Run) -> list[Past]:
    """All that the run's numbers tell of, oldest first. Raises RunError."""
    return [
        Past(told, told_words(told), time)
        for (step, kind, text, time), data in read_told(run.metrics_path)
        if kind not in NOT_LISTED
        for told in [told_of(run, step, kind, text, data)]
    ]


def happened_in(told: Sequence[Past], until_step: int) -> list[Happened]:
    """What is listed of it, up to `until_step`."""
    return [noted(one.told.step, one.told.kind, one.words) for one in told if one.told.step <= until_step]


def failure_in(told: Sequence[Past]) -> TrainingError | None:
    """What ended the run, unless it has gone on since; None also where its numbers do not say it whole."""
    last = next((one for one in reversed(told) if one.told.kind in ("resumed", "failed")), None)
    meant = None if last is None or last.told.kind != "failed" else last.told.meant
    if not isinstance(meant, Phrase) or meant.code != "training.not-finite":
        return None
    fields: dict[str, Any] = dict(meant.fields)
    try:
        error = TrainingError(meant.code, **fields)
        str(error)
    except (LookupError, TypeError, ValueError):  # anybody may have written it
        return None
    return error


def _stamp(seconds: float) -> str:
    """As the log's own lines have it; of another day with its date."""
    try:
        then = time.localtime(seconds)
    except (OverflowError, ValueError, OSError):
        return "--:--:--"
    today = then[:3] == time.localtime()[:3]
    return time.strftime("%H:%M:%S" if today else "%Y-%m-%d %H:%M:%S", then)


def _sentence(words: str) -> str:
    """In one line, beginning with a capital."""
    return "".join(filter(str.isprintable, words[:1].upper() + words[1:]))


class History(QObject):
    """Opens runs and fetches old samples. Lives in the GUI thread."""

    opened = Signal(object)  #: a PastRun
    refused = Signal(object)  #: the error

    def __init__(self, panel: TrainingPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel
        self._runs = Requests(_read_run, 1, "open-run", self)
        self._runs.answered.connect(self._run_read)
        self._grids = Requests(_read_grid, 1, "read-samples", self)
        self._grids.answered.connect(self._grid_read)
        self._copies = Requests(_read_copies, 1, "read-nearest", self)
        self._copies.answered.connect(self._copies_read)
        self._curves = Requests(_read_curve, MOST_UNREAD, "read-curve", self)
        self._curves.answered.connect(self._curve_read)
        panel.plots.unread_wished.connect(self._wish_curve)
        panel.samples.grid_wished.connect(self._wish_grid)
        panel.samples.copies_wished.connect(self._wish_copies)
        self._strips = Requests(_read_strip, 1, "read-strips", self)
        self._strips.answered.connect(self._strip_read)
        panel.strip.strip_wished.connect(self._wish_strip)

    def open(self, path: Path, smoothing: float) -> None:
        """Read a run folder; `opened` or `refused` follows."""
        self._runs.forget()
        self._runs.ask((path, smoothing))

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background threads."""
        parts = (self._runs, self._grids, self._copies, self._curves, self._strips)
        ended = [part.shutdown(timeout_ms) for part in parts]
        return all(ended)

    @Slot(str)
    def _wish_curve(self, source: str) -> None:
        live = self._panel.live
        if live is not None:
            curve = live.curves[source].begin_anew()
            self._curves.ask((live, source, live.unread[source], curve, live.known_to(source)))

    @Slot(object, object)
    def _curve_read(self, question: tuple[LiveRun, str, Path, Curve, int], answer: object) -> None:
        live, source, *_ = question
        if live.unread.pop(source, None) is None:  # asked for twice
            return
        if isinstance(answer, Curve):
            live.take_past(source, answer)
        elif isinstance(answer, Exception):
            self._panel.log.add(time.strftime("%H:%M:%S"), error_text(answer))
        if live is self._panel.live:
            self._panel.plots.refresh()

    @Slot(int)
    def _wish_grid(self, step: int) -> None:
        live = self._panel.live
        if live is not None and live.config.data.image_size is not None:
            question = (
                live,
                step,
                live.samples.path(step),
                live.config.data.tile_size,
                live.config.train.sample_count,
            )
            self._grids.ask(question)

    @Slot(object, object)
    def _grid_read(self, question: tuple[LiveRun, int, Path, tuple[int, int], int], answer: object) -> None:
        live, step, path, _, _ = question
        if live is self._panel.live and isinstance(answer, np.ndarray):
            live.samples.add(step, answer, path)
            self._panel.samples.grid_arrived(step)

    @Slot(int)
    def _wish_strip(self, step: int) -> None:
        live = self._panel.live
        if live is not None and live.config.data.image_size is not None:
            self._strips.ask_only([(live, step, live.strips.path(step), live.config.data.height_and_width)])

    @Slot(object, object)
    def _strip_read(self, question: tuple[LiveRun, int, Path, tuple[int, int]], answer: object) -> None:
        live, step, path, _ = question
        if live is self._panel.live and isinstance(answer, tuple):
            name, t, x_t, x_0 = answer
            live.add_strip(step, name, t, x_t, x_0, path)
            self._panel.strip.strip_arrived(step)

    @Slot(int)
    def _wish_copies(self, step: int) -> None:
        live = self._panel.live
        if live is not None and live.config.data.image_size is not None:
            path = nearest_beside(live.samples.path(step))
            self._copies.ask((live, step, path, live.config.data.height_and_width))

    @Slot(object, object)
    def _copies_read(self, question: tuple[LiveRun, int, Path, tuple[int, int]], answer: object) -> None:
        live, step, _, _ = question
        if live is self._panel.live:
            self._panel.samples.copies_arrived(step, answer if isinstance(answer, Copies) else None)

    @Slot(object, object)
    def _run_read(self, _question: object, answer: object) -> None:
        if isinstance(answer, PastRun):
            self.opened.emit(answer)
        else:
            self.refused.emit(answer)


def _read_run(question: tuple[Path, float]) -> PastRun:
    path, smoothing = question
    return read_run(path, smoothing)


def _read_grid(question: tuple[LiveRun, int, Path, tuple[int, int], int]) -> NDArray[np.uint8]:
    _, _, path, size, count = question
    return read_grid(path, size, count)


def _read_strip(
    question: tuple[LiveRun, int, Path, tuple[int, int]],
) -> tuple[str, NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint8]]:
    _, _, path, size = question
    return read_strip(path, size)


def _read_copies(question: tuple[LiveRun, int, Path, tuple[int, int]]) -> Copies | None:
    """None where nothing was measured: of an older run, and while the grid of a step is the newest thing there is."""
    _, _, path, size = question
    return read_copies(path, size) if path.exists() else None


def _read_curve(question: tuple[LiveRun, str, Path, Curve, int]) -> Curve:
    """The curve of the question, filled; here, because that takes the window too long."""
    _, source, path, curve, until_step = question
    steps, values = read_scalar(path, source)
    kept = steps <= until_step
    curve.extend(steps[kept], values[kept])
    while curve.smooth_more():
        pass
    return curve
