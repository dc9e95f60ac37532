"""A training in TensorBoard: what goes into its event files while it trains, or from a run's folder afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import RunError
from ..reading import read_regular
from ..runs.event_file import EventWriter, begins_again, first_event, image_event, scalars_event, text_event
from ..runs.grids import grids_in, opened_grid
from ..runs.metrics import (
    COPIES,
    COPY_DISTANCE,
    HELD_OUT,
    HELD_OUT_EMA,
    read_events,
    read_held_out,
    read_losses,
    read_scalar,
)
from ..setting import as_text
from ..settings import GROUPS, SETTINGS

if TYPE_CHECKING:
    from ..runs.run import Run
    from ..settings import RunConfig
    from .events import StepDone

#: The folder of a run's event files.
FOLDER = "tensorboard"
#: Steps that make one point of a curve while it trains; each point is their mean.
EVERY_STEPS = 10
#: Points of a curve that is made of a finished run; TensorBoard itself shows a thousand.
MOST_POINTS = 10_000
#: Of a PNG of a sample grid.
MOST_GRID_BYTES = 32 << 20

#: What core calls a number → its tag. Those before the slash are drawn together.
TAGS = {
    "loss": "loss/training",
    "learning_rate": "training/learning_rate",
    "grad_norm": "training/grad_norm",
    "pictures_per_second": "speed/pictures_per_second",
    "waiting": "speed/waiting",
    "memory": "speed/memory",
    "card_memory": "speed/card_memory",
    "ema_length": "training/ema_length",
    HELD_OUT_EMA: "loss/held_out_ema",
    COPIES: "samples/copies",
    COPY_DISTANCE: "samples/copy_distance",
}
HELD_OUT_TAG, SAMPLES_TAG, SETTINGS_TAG, LOG_TAG = "loss/held_out", "samples", "settings", "events"


class Board:
    """Writes a session's event file. Raises RunError where it cannot be written."""

    def __init__(self, run: Run) -> None:
        self._config = run.config
        self._writer = EventWriter(run.folder / FOLDER)
        self._steps = 0
        self._seen: dict[str, list[float]] = {}

    def begin(self, step: int) -> None:
        """The run goes on from `step`: what the files say of later ones holds no more."""
        self._steps, self._seen = 0, {}
        self._writer.add(begins_again(step + 1, time.time()))
        self._writer.add(text_event(step, SETTINGS_TAG, settings_table(self._config), time.time()))

    def add(self, done: StepDone) -> None:
        """One step."""
        self._steps += 1
        for name, value in done.scalars().items():
            self._seen.setdefault(name, []).append(value)
        if self._steps < EVERY_STEPS and done.step != done.total:
            return
        # Some are measured once a second, and not in each of the steps.
        means = {tag_of(name): sum(values) / len(values) for name, values in self._seen.items()}
        self._steps, self._seen = 0, {}
        self._writer.add(scalars_event(done.step, means, time.time()))

    def held_out(self, step: int, loss: float, ema_loss: float) -> None:
        """The loss of the held-out pictures, also with the averaged weights."""
        self._writer.add(scalars_event(step, {HELD_OUT_TAG: loss, TAGS[HELD_OUT_EMA]: ema_loss}, time.time()))

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Numbers that are measured now and then."""
        self._writer.add(scalars_event(step, {tag_of(name): value for name, value in values.items()}, time.time()))

    def samples(self, step: int, path: Path) -> None:
        """A grid of samples that was just saved."""
        event = grid_event(step, path, time.time())
        if event is not None:
            self._writer.add(event)

    def event(self, step: int, text: str) -> None:
        """Something that happened."""
        self._writer.add(text_event(step, LOG_TAG, text, time.time()))

    def flush(self) -> None:
        """Everything so far is in the file."""
        self._writer.flush()


def tag_of(name: str) -> str:
    """The tag of a number of the steps."""
    return TAGS.get(name, f"training/{name}")


def settings_table(config: RunConfig) -> str:
    """All settings as a table in Markdown."""
    lines = ["| setting | value |", "|---|---|"]
    for group in GROUPS:
        for name, facts in SETTINGS.items():
            if facts.group == group:
                value = as_text(config.setting(name)).replace("|", "\\|").replace("\n", " ")
                lines.append(f"| {name} | {value[:1000]} |")
    return "\n".join(lines)


def grid_event(step: int, path: Path, wall_time: float) -> bytes | None:
    """The event of a sample grid; None for a file that is none."""
    try:
        with opened_grid(path) as image:
            size, channels = (image.height, image.width), len(image.getbands())
        return image_event(step, SAMPLES_TAG, read_regular(path, MOST_GRID_BYTES), size, channels, wall_time)
    except (RunError, OSError, ValueError):
        return None


def events_of(run: Run) -> Iterator[bytes]:
    """The records of an event file of all that a run's folder holds, of at most MOST_POINTS points a curve.

    Raises RunError where its numbers cannot be read. A grid that cannot be read is passed over.
    """
    path = run.metrics_path
    happened = read_events(path)
    began = _moment(run.created, happened)
    steps, losses = read_losses(path)
    seconds = dict(zip(*(part.tolist() for part in _thinned(*read_scalar(path, "seconds"))), strict=True))

    def moment(step: int) -> float:
        return began + float(seconds.get(step, 0.0))

    yield first_event(began)
    yield text_event(0, SETTINGS_TAG, settings_table(run.config), began)
    for name, tag in TAGS.items():
        curve = (steps, losses) if name == "loss" else read_scalar(path, name)
        for step, value in zip(*(part.tolist() for part in _thinned(*curve)), strict=True):
            yield scalars_event(step, {tag: value}, moment(step))
    for step, value in zip(*(part.tolist() for part in read_held_out(path)), strict=True):
        yield scalars_event(step, {HELD_OUT_TAG: value}, moment(step))
    for step, kind, text, at in happened:
        if kind != HELD_OUT:
            yield text_event(step, LOG_TAG, text, at)
    for step, grid in grids_in(run.samples_folder).items():
        event = grid_event(step, grid, moment(step))
        if event is not None:
            yield event


def _moment(created: str, happened: list[tuple[int, str, str, float]]) -> float:
    """When a run began, in seconds since 1970."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(created).timestamp()
    except (ValueError, OverflowError):
        return happened[0][3] if happened else 0.0


def _thinned(steps: NDArray[np.int64], values: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """At most MOST_POINTS of both: means of equal parts, each at its last step."""
    if len(steps) <= MOST_POINTS:
        return steps, values
    edges = np.linspace(0, len(steps), MOST_POINTS + 1).astype(int)
    sums = np.add.reduceat(values, edges[:-1])
    return steps[edges[1:] - 1], sums / np.diff(edges)
