"""Measures what each block of the shown network takes of a training step: on a wish, and small ones when idle."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ...app.messages import error_text
from ...jobs.latest import Latest
from .asking import NetworkFacts, costs_of
from .told import Measured

if TYPE_CHECKING:
    from core.settings import ModelConfig

    from ...jobs.worker import Failure
    from ..seen import Seen
    from .panel import MapPanel
    from .told import Cost

#: Only networks up to so many parameters are measured without being asked, so long after the last question.
MEASURED_UNASKED, IDLE_MS = 3_000_000, 1500


@dataclass(frozen=True)
class _Key:
    """What costs are kept by: they change with these settings alone."""

    model: ModelConfig
    image_size: tuple[int, int]
    channels: int
    batch: int
    device: str


class Costing(QObject):
    """Tells the map what its blocks cost. Lives in the GUI thread."""

    changed = Signal()  #: other costs are known

    def __init__(self, panel: MapPanel, seen: Seen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel, self._seen = panel, seen
        self._facts: NetworkFacts | None = None
        self._known: dict[_Key, Measured] = {}
        self._stop = threading.Event()
        self._measured_for: _Key | None = None
        self._failed_for: _Key | None = None  #: it is not measured again unless somebody wishes it
        self._job = Latest("network-costs", parent=self, fills_cores=True)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        panel.measure_wished.connect(self.measure)
        panel.cancel_wished.connect(self.cancel)
        self._job.progressed.connect(self._progressed)
        self._job.answered.connect(self._answered)
        self._job.failed.connect(self._failed)
        self._idle.timeout.connect(self._measure_unasked)
        seen.training_changed.connect(self._look_again)
        seen.settings_changed.connect(self._look_again)

    @property
    def costs(self) -> Mapping[str, Cost]:
        """By module; empty: not measured."""
        key = self._key()
        known = None if key is None or self._is_other() else self._known.get(key)
        return {} if known is None else known.costs

    def show_network(self, facts: NetworkFacts | None) -> None:
        """Another network is drawn, or none."""
        self._facts = facts
        self._tell()

    def rest(self) -> None:
        """Nobody asks anything now: after a while it may be measured."""
        if not self.costs and not self._job.busy:
            self._idle.start()

    def disturb(self) -> None:
        """Somebody asks the network: nothing is begun now. What is under way goes on, which takes seconds: a press on
        a block would let it start over each time.
        """
        self._idle.stop()

    @Slot()
    def measure(self) -> None:
        """Measure what each block takes of a training step."""
        key = self._key()
        if key is None or self._why_not() or self._job.busy:
            self._tell()
            return
        self._measured_for = key
        self._stop = threading.Event()
        self._job.ask(partial(costs_of, self._seen.config, self._seen.device, self._stop))
        self._panel.set_measuring(0.0, "")

    @Slot()
    def cancel(self) -> None:
        """Stop between two blocks; nothing is kept of it."""
        self._idle.stop()
        self._stop.set()
        self._job.forget()
        self._tell()

    @Slot()
    def _measure_unasked(self) -> None:
        small = self._facts is not None and self._facts.parameters <= MEASURED_UNASKED
        wanted = small and not self.costs and self._key() != self._failed_for
        if wanted and not self._seen.sampling and not self._seen.training_busy:
            self.measure()

    def _key(self) -> _Key | None:
        facts, config = self._facts, self._seen.config
        if facts is None:
            return None
        return _Key(config.model, facts.image_size, facts.channels, config.train.batch_size, self._seen.device)

    def _is_other(self) -> bool:
        """Whether the network that is drawn is not the one that the settings describe, which is measured."""
        facts, model = self._facts, self._seen.config.model
        size = model.dim, tuple(model.dim_mults), model.patch_size
        return facts is not None and size != (facts.dim, facts.dim_mults, facts.patch_size)

    def _why_not(self) -> str:
        if self._facts is None:
            return self.tr("The network is being read.")
        if self._seen.training_busy:
            return self.tr("A training is under way: both would be slower, and the measurement wrong.")
        if self._is_other():
            return self.tr("This model has other settings than the run, and is not measured.")
        return ""

    @Slot(object)
    def _progressed(self, share: float) -> None:
        self._panel.set_measuring(share, "")

    @Slot(object)
    def _answered(self, measured: Measured) -> None:
        if self._measured_for is not None:
            self._known[self._measured_for] = measured
        self._tell()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._failed_for = self._measured_for
        self._panel.set_measuring(None, error_text(failure.error))

    @Slot()
    def _look_again(self) -> None:
        """Other settings have other costs, and beside a training nothing can be measured."""
        if self._job.busy and self._seen.training_busy:
            self.cancel()
        else:
            self._tell()

    def _tell(self) -> None:
        self._panel.set_costs(self.costs)
        if not self._job.busy:
            self._panel.set_measuring(None, self._why_not())
        self.changed.emit()

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop; True when no thread is left."""
        self._idle.stop()
        self._stop.set()
        return self._job.shutdown(timeout_ms)
