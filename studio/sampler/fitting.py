"""Fits timesteps to the chosen model in the background, and tells the panel how far it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from ..jobs.latest import Latest
from .models import SamplerRequest
from .source import ModelSource, SnapshotSource

if TYPE_CHECKING:
    from ..project import Project
    from .panel import SamplerPanel


class Fitting(QObject):
    """One fit at a time, for the sampler and the number of steps that are chosen as it begins."""

    fitted = Signal()  #: there are timesteps that the model had not before
    failed = Signal(object)  #: a Failure

    def __init__(
        self,
        panel: SamplerPanel,
        project: Project,
        source: ModelSource,
        snapshot: Callable[[], SnapshotSource | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panel, self._project, self._source, self._snapshot = panel, project, source, snapshot
        self._request: SamplerRequest | None = None  #: what is fitted, or was the last time
        self._fit = Latest("fit-steps", self, fills_cores=True)
        self._fit.progressed.connect(self._progressed)
        self._fit.answered.connect(self._answered)
        self._fit.failed.connect(self._failed)
        panel.fit_wished.connect(self.begin)
        panel.fit_cancel_wished.connect(self.cancel)

    @property
    def busy(self) -> bool:
        """Whether timesteps are being fitted."""
        return self._fit.busy

    @Slot()
    def begin(self) -> None:
        """Fit timesteps to the chosen model, sampler and number of steps; nothing while some are being fitted."""
        request = self._panel.request()
        if request is None or self.busy:
            return
        self._panel.banner.clear()
        self._request = request
        self._fit.ask(partial(self._source.fitted, request, self._project.device, self._snapshot()))
        self._panel.set_fitting(0.0)

    @Slot()
    def cancel(self) -> None:
        """Stop after the call of the network under way; nothing is kept of it."""
        self._fit.forget()
        self._panel.set_fitting(None)

    @Slot(object)
    def _progressed(self, share: float) -> None:
        self._panel.set_fitting(share)

    @Slot(object)
    def _answered(self) -> None:
        self._panel.set_fitting(None)
        # Another model may have been chosen meanwhile: what is shown is read anew.
        self.fitted.emit()
        assert self._request is not None
        self._panel.banner.show_fitted(self._request)

    @Slot(object)
    def _failed(self, failure: object) -> None:
        self._panel.set_fitting(None)
        self.failed.emit(failure)

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop and wait; True when no thread is left."""
        return self._fit.shutdown(timeout_ms)
