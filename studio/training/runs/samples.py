"""The samples of the selected runs beside each other, each with a slider through its training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from core.runs.listing import ListedFacts

from ... import numbers
from ...widgets.badge import Badge
from ...widgets.elided import ElidedLabel
from ...widgets.middle import InTheMiddle
from ...widgets.panel import Panel, caption
from ..live_run import SampleHistory
from ..samples_view import SamplesPanel

#: A grid is looked at in no less.
LEAST_PX = 200


class SamplesOfRun(SamplesPanel):
    """One run's."""

    def __init__(self, facts: ListedFacts, letter: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = facts
        self.setMinimumHeight(LEAST_PX)
        if letter:
            self.lead.addWidget(Badge(letter))
            self.title.hide()
        self.name = caption(facts.name)
        self.lead.addWidget(self.name)
        if not letter:
            self.set_title(facts.name)
            self.name.hide()
        self.grid.set_placeholder(self.tr("Looking for samples…"))

    def show_grids(self, grids: dict[int, Path]) -> None:
        """Those that are on the disk; pictures come when they are asked for."""
        if self.history is not None:
            if list(grids) != self.history.steps and set(grids) >= set(self.history.steps):
                for step, path in grids.items():
                    self.history.add_file(step, path)
                self.grid_added()
            if list(grids) == self.history.steps:
                return
        history = SampleHistory()
        history.paired = self.facts.config is not None and self.facts.config.data.condition != "none"
        for step, path in grids.items():
            history.add_file(step, path)
        self.show_history(history)
        if not grids:
            self.grid.set_placeholder(self.tr("No samples yet"))

    def put(self, step: int, images: NDArray[np.uint8]) -> None:
        """A grid was read."""
        if self.history is not None and step in self.history.steps:
            self.history.add(step, images, self.history.path(step))
            self.grid_arrived(step)


class SamplesSide(QWidget):
    """At the right of the room."""

    grids_wished = Signal(object)  #: the folder of a run
    grid_wished = Signal(object, int)  #: the ListedFacts of a run, and the step of a grid

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Samples of the selected runs"))
        self._shown: dict[Path, SamplesOfRun] = {}
        self._letters: tuple[str, ...] = ()
        self.note = ElidedLabel()
        self.note.setProperty("caption", True)
        self.note.setObjectName("same_noise")
        self._column = QVBoxLayout()
        self._column.setSpacing(16)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._empty = Panel()
        self._empty.set_head_visible(False)
        words = InTheMiddle()
        words.setProperty("caption", True)
        words.setText(self.tr("The samples of the runs that you select are shown here."))
        self._empty.body.addWidget(words, 1)
        self._column.addWidget(self._empty, 1)
        inner = QWidget()
        inner.setLayout(self._column)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self.note)
        self.show_runs((), {})

    @property
    def panels(self) -> dict[Path, SamplesOfRun]:
        """Folder → what shows its samples."""
        return dict(self._shown)

    def show_runs(self, runs: Sequence[ListedFacts], letters: dict[Path, str]) -> None:
        """Those that are selected, one to six."""
        wished = tuple(letters.get(run.folder, "") for run in runs)
        if [run.folder for run in runs] != list(self._shown) or wished != self._letters:
            for panel in self._shown.values():
                self._column.removeWidget(panel)
                panel.hide()
                panel.deleteLater()
            self._shown, self._letters = {}, wished
            for run, letter in zip(runs, wished, strict=True):
                panel = SamplesOfRun(run, letter)
                panel.grid_wished.connect(self._wish)
                self._shown[run.folder] = panel
                self._column.addWidget(panel, 1)
        self._empty.setVisible(not runs)
        for run in runs:
            self._shown[run.folder].facts = run
            self.grids_wished.emit(run.folder)
        self.note.setText(_noise_words(runs))
        self.note.setVisible(bool(self.note.text()))

    def put_grids(self, folder: Path, grids: dict[int, Path]) -> None:
        """What a run has was looked up."""
        if folder in self._shown:
            self._shown[folder].show_grids(grids)

    def put(self, folder: Path, step: int, images: NDArray[np.uint8]) -> None:
        """A grid was read."""
        if folder in self._shown:
            self._shown[folder].put(step, images)

    @Slot(int)
    def _wish(self, step: int) -> None:
        panel = self.sender()
        if isinstance(panel, SamplesOfRun):
            self.grid_wished.emit(panel.facts, step)


def _noise_words(runs: Sequence[ListedFacts]) -> str:
    """Whether the pictures of several runs began at the same noise."""
    configs = [run.config for run in runs if run.config is not None]
    if len(configs) < 2:
        return ""
    seeds = list(dict.fromkeys(config.train.seed for config in configs))
    if len({config.noise_kind for config in configs}) > 1:
        return QCoreApplication.translate(
            "SamplesSide", "Their pictures differ in size, colours or offset noise, so each has an x_T of its own."
        )
    if len(seeds) > 1:
        words = QCoreApplication.translate(
            "SamplesSide", "Their seeds differ ({seeds}), so their pictures begin at other x_T."
        )
        return words.format(seeds=", ".join(numbers.count(seed) for seed in seeds))
    return QCoreApplication.translate("SamplesSide", "Picture by picture they begin at the same x_T.")
