"""What is told of a block besides this step: how it works at every t, and what its weights are like."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from ... import numbers
from ...app.messages import error_text
from ...jobs.latest import Latest
from ...sampler.models import Origin
from .asking import Asking, Learned, weights_of
from .block_pages import OverT
from .told import Question

if TYPE_CHECKING:
    from pathlib import Path

    from core.networks.anatomy import BlockRow

    from ...jobs.worker import Failure
    from ..seen import Seen
    from .block_panel import BlockPanel


class Pages(QObject):
    """Asks once what belongs to the page that is seen. Lives in the GUI thread."""

    def __init__(self, block: BlockPanel, seen: Seen, asking: Asking, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._block, self._seen, self._asking = block, seen, asking
        self._over_of: object = None  #: what the curves are asked of, or shown of
        self._weights_of: object = None
        self._over = Latest("network-over-t", parent=self, fills_cores=True)
        self._weights = Latest("network-weights", parent=self)
        self._over.progressed.connect(self._over_progressed)
        self._over.answered.connect(self._over_answered)
        self._over.failed.connect(self._over_failed)
        self._weights.answered.connect(self._weights_answered)
        self._weights.failed.connect(self._weights_failed)

    def forget(self) -> None:
        """The model is another one, or nobody looks."""
        self._over.forget()
        self._weights.forget()
        self._over_of = self._weights_of = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._over.busy or self._weights.busy

    def ask(self, row: BlockRow | None, question: Question | None, why_not: str) -> None:
        """Of the block, and of the question that is asked of it at this step; why_not: there is none."""
        page = self._block.pages.current()
        if page == "over":
            self._ask_over(question, why_not)
        elif page == "weights" and row is not None:
            self._ask_weights(row)

    # --- over t --------------------------------------------------------------------------------------------

    def _ask_over(self, question: Question | None, why_not: str) -> None:
        page, seen = self._block.over, self._seen
        reader = seen.reader(purpose="network")
        if question is not None and seen.sampling:
            why_not = self.tr("It is asked when all steps are there.")
        if question is None or reader is None or why_not:
            self._over.forget()
            self._over_of = None
            page.show_over(None, why_not)
            return
        of = question.recording, question.picture, question.module, question.off
        if of != self._over_of:
            self._over_of = of
            page.show_over(None, self.tr("The network is being asked at each step…"))
            self._over.ask(partial(self._asking.over, reader, question))

    @Slot(object)
    def _over_progressed(self, progress: tuple[OverT | None, int, int]) -> None:
        over, done, of = progress
        self._block.over.show_over(over, "", (done, of))

    @Slot(object)
    def _over_answered(self, over: OverT) -> None:
        self._block.over.show_over(over, "")

    @Slot(object)
    def _over_failed(self, failure: Failure) -> None:
        self._block.over.show_over(None, error_text(failure.error))

    # --- weights -------------------------------------------------------------------------------------------

    def _ask_weights(self, row: BlockRow) -> None:
        """Of the checkpoint that is looked at; of a model in training the newest of its run."""
        choice, page = self._seen.choice, self._block.weights
        path: Path | None = None
        if choice is not None:
            path = self._seen.run_folder if choice.origin is Origin.TRAINING else choice.path
        if path is None or not row.parameters:
            self._weights.forget()
            self._weights_of = None
            words = self.tr("There is no checkpoint yet whose weights could be looked at.")
            page.show_statistics(None, {}, words if path is None else self.tr("This block has no weights."))
            return
        of = path, row.module
        if of != self._weights_of:
            self._weights_of = of
            page.show_statistics(None, {}, self.tr("The checkpoint is being read…"))
            self._weights.ask(partial(weights_of, path, row.module))

    @Slot(object)
    def _weights_answered(self, learned: Learned) -> None:
        of = learned.statistics
        words = of.path.name
        if of.step is not None:
            words = self.tr("The checkpoint of step {step}").format(step=numbers.count(of.step))
        if not of.moments:
            words = f"{words}. " + self.tr("It keeps no running means of gradients.")
        self._block.weights.show_statistics(of, learned.titles, words)

    @Slot(object)
    def _weights_failed(self, failure: Failure) -> None:
        self._block.weights.show_statistics(None, {}, error_text(failure.error))

    def shutdown(self, timeout_ms: int) -> bool:
        """Stop; True when no thread is left."""
        ended = [job.shutdown(timeout_ms) for job in (self._over, self._weights)]
        return all(ended)
