"""What the room looks at: the sampler room's model, its denoising, the step and picture chosen there, the settings.

The sampler room and this one share one cursor: what is chosen in one is chosen in the other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.recording import Recording
from core.settings import RunConfig

if TYPE_CHECKING:
    from core.diffusion.gaussian_diffusion import GaussianDiffusion

    from ..project import Project
    from ..sampler.controller import SamplerController
    from ..sampler.models import ModelChoice, ModelFacts
    from ..sampler.panel import SamplerPanel
    from ..training.controller import TrainingController
    from ..widgets.playback import Playback


class Seen(QObject):
    """Tells when something of it changes. Lives in the GUI thread."""

    model_changed = Signal()  #: another model or other weights, or what is known of them
    wishes_changed = Signal()  #: other settings of the sampler room, with which a denoising can be made or cannot
    choices_changed = Signal()  #: other models can be chosen
    recording_changed = Signal()  #: another denoising, or none; it may have no steps yet
    recording_grew = Signal()  #: more of its steps have arrived
    sampling_changed = Signal()  #: one is being made, or no longer
    step_changed = Signal(int)  #: the step under the cursor, which has arrived
    picture_changed = Signal(int)  #: the selected picture of the batch
    training_changed = Signal()  #: one has begun, or is no longer under way
    settings_changed = Signal()  #: of the open run, or those that are chosen for the next one

    def __init__(
        self,
        project: Project,
        training: TrainingController,
        sampler: SamplerController,
        panel: SamplerPanel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project, self._training, self._sampler, self._panel = project, training, sampler, panel
        self._facts_of = (self.choice, self.weights)
        sampler.model_changed.connect(self._model_told)
        sampler.recording_changed.connect(self.recording_changed)
        sampler.choices_changed.connect(self.choices_changed)
        sampler.sampling_changed.connect(self.sampling_changed)
        panel.settings_changed.connect(self.wishes_changed)
        panel.recording_extended.connect(self.recording_grew)
        panel.step_shown.connect(self.step_changed)
        panel.picture_selected.connect(self.picture_changed)
        training.state_changed.connect(self.training_changed)
        project.config_changed.connect(self.settings_changed)
        project.run_changed.connect(self.settings_changed)
        project.scan_changed.connect(self.settings_changed)

    @Slot()
    def _model_told(self) -> None:
        self._facts_of = (self.choice, self.weights)
        self.model_changed.emit()

    @property
    def config(self) -> RunConfig:
        """The settings of the open run; before there is one, those of the next, with auto resolved where it can be."""
        run = self._project.run
        return self._project.config if run is None else run.config

    @property
    def run_folder(self) -> Path | None:
        """The open run's."""
        return None if self._project.run is None else self._project.run.folder

    @property
    def choice(self) -> ModelChoice | None:
        """The model that the sampler room has chosen; None: there is none yet."""
        return self._sampler.models.chosen

    @property
    def weights(self) -> str:
        """Which of its weights: "ema", "raw", or an EMA of a length."""
        return self._panel.weights_name()

    @property
    def facts(self) -> ModelFacts | None:
        """What reading the model told; None while it is read, or where it cannot be."""
        # Until another one is read, the sampler room has those of the one before.
        return self._panel.controls.facts if self._facts_of == (self.choice, self.weights) else None

    @property
    def recording(self) -> Recording | None:
        """The denoising that is shown."""
        return self._sampler.recording

    @property
    def step(self) -> int:
        """The step under the cursor, counted from 0."""
        return self._panel.shown.step

    @property
    def picture(self) -> int:
        """The selected picture of the batch."""
        return self._panel.shown.picture

    @property
    def choices(self) -> tuple[ModelChoice, ...]:
        """The models that can be chosen."""
        return tuple(self._sampler.models.choices)

    @property
    def playback(self) -> Playback:
        """The cursor: whoever plays or moves it moves that of the sampler room."""
        return self._panel.playback

    @property
    def sampling(self) -> bool:
        """Whether a denoising is being made."""
        return self._sampler.sampling

    @property
    def made_of(self) -> tuple[str, int | None] | None:
        """The name and the step of the model whose pictures are shown; None: it is the one that is chosen."""
        recording, made, choice = self.recording, self._sampler.made_by, self.choice
        if recording is None or choice is None or (made is not None and made.choice == choice):
            return None
        name, step = recording.settings.get("model"), recording.settings.get("model_step")
        name = str(name) if made is None else made.choice.name
        step = step if isinstance(step, int) else None
        chosen_step = choice.step if self.facts is None else self.facts.step
        return None if name == choice.name and step in (None, chosen_step) else (name, step)

    @property
    def why_not_generate(self) -> str:
        """Why no denoising can be made; "" where one can."""
        if self.choice is not None and self.facts is None:
            if self.reading:
                return self.tr("The model is being read.")
            return self.tr("The model cannot be read; the sampler room says why.")
        generate = self._panel.head.generate
        return "" if generate.isEnabled() else generate.toolTip()

    @property
    def reading(self) -> bool:
        """Whether the chosen model is being read."""
        return self._sampler.choosing.reading

    @property
    def training_busy(self) -> bool:
        """Whether a training is under way."""
        return self._training.state.busy

    @property
    def device(self) -> str:
        """That everything is computed on, as it was wished."""
        return self._project.device

    def go(self, step: int) -> None:
        """Put the cursor on a step."""
        self._panel.playback.go(step)

    def select(self, picture: int) -> None:
        """Select a picture of the batch; nothing where there is none of the number."""
        self._panel.select_picture(picture)

    def choose(self, choice: ModelChoice) -> None:
        """Look at another model, as if it were chosen in the sampler room."""
        self._sampler.choosing.choose(choice)

    def choose_weights(self, weights: str) -> None:
        """Look at other weights of it."""
        self._panel.head.choose_weights(weights)

    def open_by_dialog(self) -> None:
        """Ask for a model's file, and look at it."""
        self._sampler.choosing.open_by_dialog()

    def generate(self) -> None:
        """Make a denoising with the settings of the sampler room."""
        self._sampler.generate()

    def wish_training(self) -> None:
        """Go to the training room, where models come from."""
        self._sampler.training_wished.emit()

    def cancel(self) -> None:
        """Stop making it; what has arrived stays."""
        self._sampler.cancel()

    def reader(self, weights: str | None = None, purpose: str = "inside") -> Callable[[], GaussianDiffusion] | None:
        """What reads a copy of the model of its own, for a background thread, and raises StudioError; None: no model.

        weights: others than those that are chosen. purpose: one copy is kept for each. Hooks on the copy touch neither
        the training nor the sampler.
        """
        choice = self.choice
        if choice is None:
            return None
        source, training = self._sampler.source, self._training.snapshot_source()
        return partial(source.copy_for, purpose, choice, weights or self.weights, self._project.device, training)
