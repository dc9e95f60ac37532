"""Copies a plot and saves it: its numbers as CSV, in the background, and what is seen as PNG or SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QIODevice, QObject, QPoint, QRect, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from core.errors import StudioError
from core.export import Exported, ExportProgress
from core.runs.atomic import replacing, write_bytes

from ... import numbers
from ...app.asking_where import ask_where
from ...app.messages import error_text
from ...jobs.worker import Failure, Worker
from .plot_view import PlotView
from .run_plot import RunPlot, rows_in_view

if TYPE_CHECKING:
    from ...app.settings import Settings
    from ...project import Project
    from ..narration import Notices
    from .plots_panel import RunPlotPanel

#: How large a plot is drawn for a file, however little room it has in the window.
PICTURE_PX = (960, 420)
#: Rows written between two signs of life.
TOGETHER = 20_000


@dataclass(frozen=True)
class Table:
    """A plot's numbers at each of its steps, (n,) each, with the names of the columns."""

    names: tuple[str, ...]
    steps: NDArray[np.int32]
    columns: tuple[NDArray[np.float64], ...]  #: NaN where there is no number

    def lines(self, first: int, last: int, separator: str) -> str:
        """The rows `first` … `last` - 1; a number that is not there is nothing."""
        columns = [self.steps[first:last].tolist(), *(column[first:last].tolist() for column in self.columns)]
        return "".join(
            separator.join([str(row[0]), *("" if number != number else f"{number:.9g}" for number in row[1:])]) + "\n"
            for row in zip(*columns, strict=True)
        )


def table_of(plot: RunPlot, rows: Sequence[int] | None = None) -> Table:
    """The numbers of a plot as they are now, in the units of its axis: of all steps, or of a stretch of its points.

    pictures, seconds: until that step; between the steps that the window keeps, on a straight line.
    """
    live, curve, row = plot.live, plot.curve, plot.plot
    assert live is not None
    assert curve is not None
    part = slice(None) if rows is None else slice(rows[0], rows[-1] + 1)
    steps = curve.steps[part].copy()
    unit = f"_{row.unit}" if row.unit else ""
    names = ["step", "pictures", "seconds", f"{row.source}{unit}"]
    columns = [live.places.places(axis, steps.astype(np.float64)) for axis in ("pictures", "time")]
    columns.append(curve.raw[part].astype(np.float64) * row.scale)
    if row.smoothed:
        names.append(f"{row.source}{unit}_smoothed")
        columns.append(curve.smooth[part].astype(np.float64) * row.scale)
    for beside, other in plot.beside:
        names.append(f"{beside.source}{unit}")
        column = np.full(len(steps), np.nan)
        place = np.searchsorted(steps, other.steps)
        there = place < len(steps)
        there[there] = steps[place[there]] == other.steps[there]
        column[place[there]] = other.raw[there].astype(np.float64) * row.scale
        columns.append(column)
    return Table(tuple(names), steps, tuple(columns))


def write_csv(path: Path, table: Table) -> Iterator[ExportProgress | Exported]:
    """Write all of it; the file is there whole or not at all. Raises RunError."""
    count = len(table.steps)
    with replacing(path) as file:
        file.write((",".join(table.names) + "\n").encode())
        for first in range(0, count, TOGETHER):
            yield ExportProgress(first, count)
            file.write(table.lines(first, first + TOGETHER, ",").encode())
    yield Exported(path)


@contextmanager
def laid_out(view: PlotView) -> Iterator[PlotView]:
    """The plot once more, off the screen: as large as a file's picture, with the numbers under its x axis."""
    shown, made = view.plot, PlotView(view.plot.plot, first=True)
    made.resize(PICTURE_PX[0], PICTURE_PX[1])
    made.plot.end = shown.end
    made.plot.show_axis(shown.axis)
    made.plot.show_run(shown.live)
    made.grab()  # the axes find their places
    low, high = shown.x_view()
    made.plot.follow_view(low, high, zoomed=shown.is_zoomed())
    made.refresh()
    made.grab()  # and what is what, its own
    try:
        yield made
    finally:
        made.plot.show_run(None)
        made.deleteLater()


def picture_of(view: PlotView) -> QImage:
    """What is seen of a plot, with its title, at the resolution of its screen."""
    dpr = view.devicePixelRatioF()
    with laid_out(view) as made:
        image = QImage(made.plot.picture_size() * dpr, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(dpr)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        made.draw_into(painter)
        painter.end()
    return image


def png_of(view: PlotView) -> bytes:
    """The picture as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture_of(view).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def svg_of(view: PlotView) -> bytes:
    """The drawing as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator()
    drawing.setOutputDevice(buffer)
    drawing.setResolution(96)  # of a pixel as browsers have it
    drawing.setTitle(view.plot.accessibleName())
    with laid_out(view) as made:
        drawing.setSize(made.plot.picture_size())
        drawing.setViewBox(QRect(QPoint(0, 0), made.plot.picture_size()))
        painter = QPainter(drawing)
        made.draw_into(painter)
        painter.end()
    return bytes(buffer.data().data())


class PlotSaver(QObject):
    """Does what the menu of a plot says. One file at a time; a second is refused while the first is written."""

    def __init__(
        self, panel: RunPlotPanel, project: Project, settings: Settings, notices: Notices, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel, self._project, self._settings, self._notices = panel, project, settings, notices
        self._worker: Worker | None = None
        panel.save_wished.connect(self._save)
        panel.copy_wished.connect(self._copy)
        panel.cancel_wished.connect(self.cancel)

    @Slot(str, object)
    def _copy(self, what: str, view: PlotView) -> None:
        clipboard = QGuiApplication.clipboard()
        if what == "picture":
            clipboard.setImage(picture_of(view))
            self._panel.show_saving(self.tr("Picture copied"), running=False)
            return
        rows = rows_in_view(view.plot)
        if not rows:
            return
        table = table_of(view.plot, rows)
        clipboard.setText("\t".join(table.names) + "\n" + table.lines(0, len(rows), "\t"))
        self._panel.show_saving(self.tr("{n} rows copied").format(n=numbers.count(len(rows))), running=False)

    @Slot(str, object)
    def _save(self, suffix: str, view: PlotView) -> None:
        if self._worker is not None:
            self._notices.say(self.tr("Another plot is being saved: wait for it, or cancel it."), kind="info")
            return
        titles = {"csv": self.tr("Save the numbers"), "png": self.tr("Save the picture"), "svg": self.tr("Save as SVG")}
        run = self._project.run
        name = view.plot.plot.source if run is None else f"{run.folder.name}-{view.plot.plot.source}"
        path = ask_where(self._panel, self._settings, f"{name}.{suffix}", titles[suffix])
        if path is not None:
            self.save(path, suffix, view)

    def save(self, path: Path, suffix: str, view: PlotView) -> None:
        """Write a plot to `path` as "csv", "png" or "svg"."""
        if suffix == "csv":
            self._start(partial(write_csv, path, table_of(view.plot)))
            return
        try:
            write_bytes(path, png_of(view) if suffix == "png" else svg_of(view))
        except StudioError as error:
            self._notices.say(error_text(error))
        else:
            self._said_saved(path)

    def _start(self, work: Callable[[], Iterator[object]]) -> None:
        self._worker = Worker(work, parent=self, name="save-plot")
        self._worker.events.connect(self._events)
        self._worker.ended.connect(self._ended)
        self._worker.start()

    @Slot()
    def cancel(self) -> None:
        """Stop writing; the file is as it was before."""
        if self._worker is not None:
            self._worker.stop()

    @Slot(list)
    def _events(self, events: list[object]) -> None:
        match events[-1]:
            case ExportProgress(done=done, of=of):
                words = self.tr("Saving: {share}").format(share=f"{done / max(1, of):.0%}")
                self._panel.show_saving(words, running=True)
            case Exported(path=path):
                self._said_saved(path)

    def _said_saved(self, path: Path) -> None:
        self._panel.show_saving(self.tr("Saved {name}").format(name=path.name), running=False)

    @Slot(object)
    def _ended(self, failure: Failure | None) -> None:
        worker = cast("Worker", self._worker)
        worker.deleteLater()
        self._worker = None
        if failure is not None:
            self._notices.say(error_text(failure.error), details=failure.details)
        if failure is not None or self._panel.cancel.isVisibleTo(self._panel):
            self._panel.show_saving("", running=False)  # it was cancelled, or could not be written

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._worker is None or self._worker.shutdown(timeout_ms)
