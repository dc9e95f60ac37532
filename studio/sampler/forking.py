"""Takes what is shown another way: what is held of its tree, whether it can be forked, and what a fork is made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.beginning import Branch
from core.errors import SamplingError, StudioError
from core.recording import Recording

from ..app.messages import error_text
from ..jobs.latest import Latest
from ..jobs.worker import Failure
from .forks import Forks, Made
from .models import ModelChoice, ModelFacts, ModelList, SamplerRequest
from .restoring import branches_of, maker_of, request_of, why_no_maker
from .source import ModelSource, SnapshotSource

if TYPE_CHECKING:
    from ..project import Project
    from .panel import SamplerPanel


class Forking(QObject):
    """Holds the tree; what it wishes to be sampled or shown is done elsewhere, which tells it what came of it."""

    begin_wished = Signal(object, object)  #: the SamplerRequest of what goes another way, and the work that makes it
    show_wished = Signal(object)  #: a Recording that is held
    adopted = Signal()  #: what is shown was reopened, and it is known by now what made it

    def __init__(
        self,
        panel: SamplerPanel,
        project: Project,
        source: ModelSource,
        models: ModelList,
        snapshot: Callable[[], SnapshotSource | None],
        release: Callable[[Recording], None],
        parent: QObject,
    ) -> None:
        """release: closes a recording that is not held any more, where nobody else needs it."""
        super().__init__(parent)
        self._panel, self._project, self._source, self._snapshot = panel, project, source, snapshot
        self._models = models
        self._forks = Forks(release)
        self._recording: Recording | None = None  #: what is shown
        self._sampling = False
        self._under_way: tuple[Made, Branch] | None = None  #: of a sampling that goes another way
        self._reading = Latest("model-of-kept", parent=self)
        self._tried: tuple[ModelChoice, ...] | None = None  #: where the model of a reopened one was looked for
        self._maker: ModelChoice | None = None  #: it, as far as it was found
        self._why_foreign = ""  #: why a reopened one cannot be forked
        self._reading.answered.connect(self._read)
        self._reading.failed.connect(self._not_read)
        panel.fork_wished.connect(self.fork)
        panel.made_wished.connect(self.show_made)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Of all that are held."""
        return self._forks.recordings

    @property
    def reopened(self) -> bool:
        """Whether what is shown comes out of a file: nobody's settings are the last that it was made with."""
        return self._recording is not None and (self._forks.shown is None or self._forks.shown is self._forks.guest)

    @property
    def request(self) -> SamplerRequest | None:
        """What the shown one was made with; None where nothing is shown, or one of which that is not known."""
        return None if self._forks.shown is None else self._forks.shown.request

    @property
    def at(self) -> int | None:
        """The step from which the sampling under way goes another way; None: it is no fork."""
        return None if self._under_way is None else self._under_way[1].at

    # --- wishes --------------------------------------------------------------------------------------------

    @Slot(object)
    def fork(self, branch: Branch) -> None:
        """Take what is shown another way from a step on, with the model that made it; nothing where that cannot be."""
        made = self._forks.at(branch.at)
        if made is None or self._why_not():
            return
        self._under_way = made, branch
        work = partial(self._source.forked, made, branch, self._project.device, self._snapshot())
        self.begin_wished.emit(made.request, work)

    @Slot(object)
    def show_made(self, made: Made) -> None:
        """Go back to the original, or on to one of its forks, at the same step."""
        if not self._sampling and made in self._forks.held:
            self.show_wished.emit(made.recording)
        self._tell()

    # --- what came of it -----------------------------------------------------------------------------------

    def begun(self, recording: Recording, request: SamplerRequest, facts: ModelFacts | None) -> Made:
        """A sampling of `request` has begun: of a fork, or of the first of another tree, whose model's `facts` are."""
        if self._under_way is None:
            assert facts is not None
            made = Made(recording, request, facts)
        else:
            of, branch = self._under_way
            made = Made(recording, request, of.facts, (*of.branches, branch))
        self._forks.add(made)
        return made

    def show(self, recording: Recording | None) -> None:
        """What is shown now. Of one that was reopened the model is read, if it is there."""
        if recording is not self._recording:
            self._reading.forget()
            self._tried = self._forks.guest = None
        self._recording = recording
        self._forks.show(recording)

    def _look_for_maker(self) -> None:
        """Once, and again when there are other models to choose from."""
        recording = self._recording
        if recording is None or self._forks.shown is not None or self._tried == self._models.choices:
            return
        self._tried, self._why_foreign = self._models.choices, ""
        self._maker = maker_of(recording, self._models.choices)
        if self._maker is None:
            self._reading.forget()
            self._why_foreign = why_no_maker(recording)
            return
        weights = str(recording.settings.get("weights", "ema"))
        self._reading.ask(partial(self._source.facts, self._maker, weights, self._project.device, None))

    @Slot(object)
    def _read(self, facts: ModelFacts) -> None:
        recording, maker = self._recording, self._maker
        assert recording is not None and maker is not None
        try:
            request = request_of(recording, maker, facts, self._models.choices)
            made = Made(recording, request, facts, branches_of(recording, facts))
        except StudioError as error:
            self._why_foreign = error_text(error)
        else:
            self._forks.adopt(made)
            self.adopted.emit()
        self._tell()

    @Slot(object)
    def _not_read(self, failure: Failure) -> None:
        self._why_foreign = error_text(failure.error)
        self._tell()

    def over(self, *, begun: bool) -> None:
        """The sampling has ended. A fork without a step of its own leaves the tree, for what it went off from.

        What was painted for it comes back.
        """
        self._sampling = False
        under_way, self._under_way = self._under_way, None
        made = self._forks.shown
        if under_way is None or made is None or (begun and made.recording.arrived > under_way[1].at):
            return
        if begun and under_way[0] in self._forks.held:
            self._forks.drop(made)
            self.show_made(under_way[0])
        self._tell()
        self._panel.fork_bar.come_back(under_way[1].at)

    def tell(self, *, sampling: bool) -> None:
        """Bring the panel up to date, after whatever changed."""
        self._sampling = sampling
        self._look_for_maker()
        self._tell()

    def shutdown(self, timeout_ms: int) -> bool:
        """Read nothing more; True when no thread is left."""
        self._recording = None
        return self._reading.shutdown(timeout_ms)

    def _tell(self) -> None:
        self._panel.set_forks(self._forks, self._why_not())

    def _why_not(self) -> str:
        """Why what is shown cannot be taken another way now; "" where it can."""
        made = self._forks.shown
        if made is None and self._recording is not None:
            return self._why_foreign or self.tr("The model that made these pictures is being read.")
        if made is None or not made.recording.arrived:
            return self.tr("There are no pictures yet: Generate some first.")
        if self._sampling:
            return self.tr("Wait until the pictures under way are made, or cancel them.")
        choice = made.request.choice
        if made.request.beginning.mask is not None:
            return error_text(SamplingError("fork.filled"))
        if not made.recording.has_layers:
            return error_text(SamplingError("fork.no-layers"))
        if choice.path is not None and not choice.path.exists():
            return self.tr("{name}, which made these pictures, is not there any more.").format(name=choice.path.name)
        return ""
