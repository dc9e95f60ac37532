"""A row of checkpoints × one x_T: training time downwards, denoising time to the right, as one picture.

Every checkpoint denoises the same x_T with the same settings; what the rows differ in is what the training did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .errors import SamplingError, StudioError
from .frames import Frame, SamplingStarted
from .recording import Pictures
from .runs.grids import GAP_PX, save_picture
from .settings import SampleConfig

#: Checkpoints of a run that are shown: of more, evenly chosen ones.
MOST_ROWS = 8
#: Denoising steps that are kept of a row: of more, evenly chosen ones.
MOST_COLUMNS = 50
#: What all kept pictures may take: of large ones fewer steps are kept.
LIMIT_BYTES = 128 * 2**20

T = TypeVar("T")


def evenly(items: Sequence[T], most: int) -> tuple[T, ...]:
    """At most so many of the items, evenly chosen by their place, the last one always and of several the first."""
    if len(items) <= most:
        return tuple(items)
    if most < 2:
        return tuple(items[-1:])
    return tuple(items[round(place)] for place in np.linspace(0, len(items) - 1, most))


def for_picture(request: SampleConfig, picture: int) -> SampleConfig:
    """The request for one of its pictures alone: the same x_T, class and strength."""
    turn, shown = request.classes, request.condition
    return replace(
        request,
        first=picture,
        count=1,
        classes=(turn[picture % len(turn)],) if turn else (),
        condition=(shown[picture % len(shown)],) if shown else (),
    )


# --- what a row tells ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class RowStarted:
    """A row's model is read, and its first step begins."""

    row: int
    started: SamplingStarted


@dataclass(frozen=True, slots=True, eq=False)
class RowStep:
    """One step of a row is done: the frame of one picture."""

    row: int
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class RowFailed:
    """A row has ended early; the next one begins."""

    row: int
    error: StudioError


GridEvent = RowStarted | RowStep | RowFailed


def sample_rows(rows: Iterable[Callable[[], Iterable[object]]]) -> Iterator[GridEvent | None]:
    """One row after the other, so that one model at a time is in memory.

    rows: each starts the events of `core.sampling.sample_frames` for one picture, and may read its model first; a
    StudioError that it raises ends the row alone. So does another kind of picture than that of the rows before. A None
    of a row that still looks for its pictures comes through, so that it can be stopped there.
    """
    first: SamplingStarted | None = None
    for number, begin in enumerate(rows):
        try:
            for event in begin():
                if isinstance(event, SamplingStarted):
                    first = first or event
                    _require_alike(event, first)
                    yield RowStarted(number, event)
                elif isinstance(event, Frame):
                    yield RowStep(number, event)
                elif event is None:
                    yield None
        except StudioError as error:
            yield RowFailed(number, error)


def _require_alike(started: SamplingStarted, first: SamplingStarted) -> None:
    """Raises SamplingError for pictures or steps that do not go into the grid of the first."""
    (here, there) = ((one.height, one.width, one.channels, one.steps) for one in (started, first))
    if here != there:
        sizes = (f"{high} × {wide} × {channels}, {steps}" for high, wide, channels, steps in (here, there))
        raise SamplingError("checkpoints.other-pictures", here=next(sizes), there=next(sizes))


# --- what is kept of them --------------------------------------------------------------------------------


class CheckpointGrid:
    """The pictures of at most MOST_ROWS rows, as far as they have come, within LIMIT_BYTES.

    model    what is written of the models, beside their steps
    picture_number  of the one whose x_T it is
    labels   the training step of each row; None where it is not known
    columns  the kept steps, rising, and `t` the timestep of each; empty before the first row has begun
    arrived  how many steps of each row have come; failed: why a row ended early
    """

    def __init__(
        self, labels: Sequence[int | None], picture: int = 0, model: Mapping[str, object] | None = None
    ) -> None:
        self.labels: list[int | None] = list(labels)
        self.model = dict(model or {})
        self.picture_number = picture
        self.steps = 0  #: of each row
        self.columns: tuple[int, ...] = ()
        self.t: NDArray[np.int64] = np.zeros(0, np.int64)
        self.arrived = [0] * len(labels)
        self.failed: dict[int, StudioError] = {}
        self.settings: dict[str, object] = {}  #: of the last row that began, but for its model
        self.timesteps = 1  #: T
        self._pixels: NDArray[np.uint8] = np.zeros((2, len(labels), 0, 0, 0, 0), np.uint8)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.labels)

    @property
    def size_bytes(self) -> int:
        """What the pictures take."""
        return self._pixels.nbytes

    @property
    def complete(self) -> bool:
        """Whether every row has come to its end, whichever."""
        return all(row in self.failed or (self.steps and done == self.steps) for row, done in enumerate(self.arrived))

    def add(self, event: GridEvent | None) -> None:
        """Keep what a row tells; None: nothing yet.

        A row of other pictures than the first one's has nothing to be compared with.
        """
        match event:
            case RowStarted():
                self._start(event.started)
            case RowStep():
                self._keep(event.row, event.frame)
            case RowFailed():
                self.failed[event.row] = event.error

    def _start(self, started: SamplingStarted) -> None:
        self.settings = dict(started.settings)
        if self.columns:
            return
        self.steps, self.timesteps = started.steps, len(started.alphas_cumprod)
        shape = (started.height, started.width, started.channels)
        room = LIMIT_BYTES // (2 * self.rows * int(np.prod(shape)))
        self.columns = evenly(range(self.steps), max(1, min(MOST_COLUMNS, room)))
        self.t = np.full(len(self.columns), -1, np.int64)
        self._pixels = np.zeros((2, self.rows, len(self.columns), *shape), np.uint8)

    def _keep(self, row: int, frame: Frame) -> None:
        self.arrived[row] = frame.index + 1
        if frame.index in self.columns:
            column = self.columns.index(frame.index)
            self.t[column] = frame.t
            self._pixels[0, row, column], self._pixels[1, row, column] = frame.x_t[0], frame.x_0[0]

    def has(self, row: int, column: int) -> bool:
        """Whether the picture is there."""
        return column < len(self.columns) and self.columns[column] < self.arrived[row]

    def picture(self, layer: str, row: int, column: int) -> Pictures:
        """(H, W, C) "x_t" or "x_0" of a row at a column, which has come."""
        assert self.has(row, column)
        pixels: Pictures = self._pixels[("x_t", "x_0").index(layer), row, column]
        return pixels

    # --- as one picture ------------------------------------------------------------------------------------

    def sheet(self, layer: str) -> Pictures:
        """(H', W', 3) all of it on white: training steps at the left, t above; what is missing is an outline.

        Pictures are enlarged by whole numbers to at least CELL_PX.
        """
        assert self.columns, "no row has begun"
        _, rows, columns, height, width, channels = self._pixels.shape
        factor = max(1, -(-CELL_PX // min(height, width)))
        wide, high = width * factor, height * factor
        font = ImageFont.load_default(LABEL_PX)
        labels = ["" if step is None else f"step {step:,}" for step in self.labels]
        left = max((int(font.getlength(label)) for label in labels), default=0) + 2 * MARGIN_PX
        top = LABEL_PX + 2 * MARGIN_PX
        size = left + columns * (wide + GAP_PX) + MARGIN_PX, top + rows * (high + GAP_PX) + MARGIN_PX
        sheet = Image.new("RGB", size, "white")
        draw = ImageDraw.Draw(sheet)
        for column, t in enumerate(self.t.tolist()):
            if t < 0:
                continue
            place = left + column * (wide + GAP_PX) + wide / 2, top - MARGIN_PX
            draw.text(place, f"t {t:,}" if column == 0 else f"{t:,}", INK, font, anchor="ms")
        for row, label in enumerate(labels):
            y = top + row * (high + GAP_PX)
            draw.text((left - MARGIN_PX, y + high / 2), label, INK, font, anchor="rm")
            for column in range(columns):
                x = left + column * (wide + GAP_PX)
                if not self.has(row, column):
                    draw.rectangle((x, y, x + wide - 1, y + high - 1), outline=FRAME)
                    continue
                pixels = self.picture(layer, row, column)
                cell = Image.fromarray(pixels[..., 0] if channels == 1 else pixels).resize(
                    (wide, high), Image.Resampling.NEAREST
                )
                # What is transparent lies on the sheet's white.
                sheet.paste(cell, (x, y), cell if channels == 4 else None)
        return np.asarray(sheet)

    def told(self, layer: str) -> dict[str, object]:
        """What is written into the sheet: the settings of all rows, and which rows there are."""
        failed = {str(self.labels[row]): str(error) for row, error in sorted(self.failed.items())}
        more: Mapping[str, object] = {"failed": failed} if failed else {}
        picture = {"count": self.picture_number + 1, "picture": self.picture_number}
        rows = {"shows": layer, "checkpoints": self.labels, "columns_t": self.t.tolist()}
        return {**self.model, **self.settings, **picture, **rows, **more}

    def save(self, path: Path, layer: str) -> None:
        """Write it as PNG, with what made it inside. Raises RunError."""
        save_picture(path, self.sheet(layer), settings=self.told(layer))


#: The sheet: the least side of a picture, its letters, round them, and their colours.
CELL_PX, LABEL_PX, MARGIN_PX = 48, 12, 8
INK, FRAME = "#1a1e26", "#d6dae3"
