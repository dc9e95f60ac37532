"""Which models can be sampled, what is known of the chosen one, and what is asked of it. Plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from core.beginning import Beginning, StartPicture, visits
from core.errors import StudioError
from core.runs.checkpoint_files import description_path, steps_in
from core.runs.run import CHECKPOINTS
from core.settings import SampleConfig

if TYPE_CHECKING:
    from core.runs.run import Run


#: Whose conditions a model is shown: of the run's pictures those held out, or trained on.
SHOWN_FROM = HELD_OUT, TRAINED_ON = "held_out", "train"
#: With a mask this samples, whatever is chosen.
FILLS_IN_WITH = "repaint"


class Origin(Enum):
    """Where a model comes from."""

    TRAINING = "training"  #: the averaged weights of the training under way
    RUN = "run"  #: a checkpoint of the current run
    FILE = "file"  #: a run folder or checkpoint that was opened by hand


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """One entry of the model list."""

    origin: Origin
    name: str  #: of the run, or of the file
    path: Path | None = None  #: None: in training
    step: int | None = None  #: None: not known before it is read
    said: tuple[tuple[str, Any], ...] = ()  #: settings that the file does not say and a person did
    about: str = field(default="", compare=False)  #: what another program's file is, in a line


def remembered(choice: ModelChoice) -> dict[str, Any]:
    """What the next start needs to choose a model again that was opened by its file; {} for any other."""
    if choice.origin is not Origin.FILE:
        return {}
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in choice.said}
    return {"path": str(choice.path), "name": choice.name, "step": choice.step, "said": said, "about": choice.about}


def from_remembered(plain: Mapping[str, Any]) -> ModelChoice | None:
    """The inverse of `remembered`; None where the file is gone, or anybody else wrote this."""
    match plain:
        case {
            "path": str(path),
            "name": str(name),
            "step": int() | None as step,
            "said": dict(said),
            "about": str(about),
        }:
            if Path(path).exists():
                given = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in said.items())
                return ModelChoice(Origin.FILE, name, Path(path), step, given, about)
    return None


@dataclass(frozen=True, slots=True)
class ForeignFacts:
    """What another program's checkpoint says of itself, and what a person must say for it."""

    path: Path
    is_training: bool  #: a checkpoint of denoising-diffusion-pytorch, not bare weights
    step: int | None
    dim: int
    channels: int  #: 1 grey, 3 RGB, 4 RGBA
    schedule: str  #: a row of core's SCHEDULES; "" for one that is none of them
    objective: str  #: a row of core's OBJECTIVES
    image_size: tuple[int, int]  #: height and width, pixels
    multiple: int  #: a side divides by this
    asks: tuple[str, ...]  #: settings that the file does not say; what stands above is a suggestion
    choices: Mapping[str, tuple[str, ...]]  #: what `beta_schedule` and `objective` may be

    def said(self) -> tuple[tuple[str, Any], ...]:
        """What was asked for, as it stands here."""
        values = {"image_size": self.image_size, "beta_schedule": self.schedule, "objective": self.objective}
        return tuple((name, values[name]) for name in self.asks)


@dataclass(frozen=True, slots=True)
class SamplerInfo:
    """A row of core's SAMPLERS, as far as it is shown."""

    name: str
    title: str
    paper: str
    takes_eta: bool
    adds_noise: bool  #: at each step, so that no timesteps can be fitted
    usual_steps: int  #: of this model: at most its T
    spacing: str  #: the row of SPACINGS that it takes unless told otherwise
    calls_per_step: int  #: how often a step asks the network


@dataclass(frozen=True, slots=True)
class SpacingInfo:
    """A row of core's SPACINGS, as far as it is shown."""

    name: str
    title: str
    paper: str


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What reading a model told."""

    timesteps: int  #: T
    image_size: tuple[int, int]  #: height and width, pixels
    channels: int
    eta: float  #: DDIM's, unless another is asked for
    offset_noise_strength: float  #: of the noise that it was trained with; 0: none
    step: int | None  #: of the training; None where the file does not say
    sha256: str | None  #: of the file of its tensors; None: in training
    samplers: tuple[SamplerInfo, ...]
    spacings: tuple[SpacingInfo, ...]
    classes: tuple[str, ...]  #: empty: it was trained without
    fitted: Mapping[tuple[str, int], tuple[int, ...]]  #: timesteps by sampler and number of steps
    ema_lengths: tuple[float, float] | None = None  #: σ_rel, the shortest and the longest that its run can make
    condition: str = ""  #: the row of CONDITIONS that it sees beside x_t; "": nothing
    condition_channels: int = 0  #: channels of that; 0: nothing
    condition_factor: int = 2  #: how many times smaller a picture of low resolution is
    shown: tuple[str, ...] = ()  #: whose conditions can be shown to it, see `SHOWN_FROM`, beside files
    why_no_fits: str = ""  #: what is wrong with the file of fitted timesteps, in the window's language


@dataclass(frozen=True, slots=True)
class SamplerRequest:
    """Everything that decides which pictures come."""

    choice: ModelChoice
    weights: str  #: "ema", "raw", or an EMA of a length, "ema-0.08"
    sampler: str
    steps: int
    eta: float | None  #: None where the sampler has none
    seed: int
    count: int
    calls_per_step: int = 1  #: of the sampler
    spacing: str | None = None  #: a row of SPACINGS; None: the sampler's own
    times: tuple[int, ...] | None = None  #: those that were fitted to the model, instead of a spacing's
    offset_noise: bool = True  #: noise as the training's was distributed
    classes: tuple[int, ...] = ()  #: picture k takes the k-th in turn; empty: no class
    guidance_scale: float = 1.0
    guidance_rescale: float = 0.0
    guide: ModelChoice | None = None  #: a worse model that the pictures go away from, with the same weights
    guide_scale: float = 1.0  #: 1 without a guide
    beginning: Beginning = field(default=Beginning())
    precision: str = "off"  #: a row of PRECISIONS
    condition: tuple[StartPicture, ...] = ()  #: files that a conditional model is shown, in turn
    condition_from: str = ""  #: instead of those: of the run's own pictures, see `SHOWN_FROM`

    def config(self) -> SampleConfig:
        """What core is asked for."""
        return SampleConfig(
            sampler=self.sampler,
            sample_steps=self.steps,
            eta=self.eta,
            spacing=self.spacing,
            times=self.times,
            seed=self.seed,
            offset_noise=self.offset_noise,
            count=self.count,
            classes=self.classes,
            guidance_scale=self.guidance_scale,
            guidance_rescale=self.guidance_rescale,
            guide_scale=self.guide_scale,
            beginning=self.beginning,
            precision=self.precision,
            condition=self.condition,
        )

    @property
    def frames(self) -> int:
        """How many steps come: inside a mask each stretch is gone through several times."""
        return self.steps if self.beginning.mask is None else sum(1 for _ in visits(self.steps))

    @property
    def network_calls(self) -> int:
        """How many pictures' worth of the network one picture takes; guidance asks once more, and so does a guide."""
        guided = bool(self.classes) and self.guidance_scale != 1
        return self.frames * self.calls_per_step * (1 + guided + (self.guide_scale != 1))


class Shown(NamedTuple):
    """What is looked at."""

    step: int
    picture: int


# --- The list of models to sample: the training under way, the current run's checkpoints, files opened by hand ---


class ModelList:
    """Keeps the choice of the person; where there is none, the training under way comes before its checkpoints."""

    def __init__(self) -> None:
        self.choices: tuple[ModelChoice, ...] = ()
        self.chosen: ModelChoice | None = None
        self._by_hand = False
        self._opened: list[ModelChoice] = []
        self._read: set[ModelChoice] = set()  #: files that could be read since they were opened
        self._good: tuple[ModelChoice, bool] | None = None  #: the last that could be read, and whether it was by hand

    def update(self, run: Run | None, *, in_training: bool) -> ModelChoice | None:
        """Another run, state of training or checkpoint. The person's choice where its file is there no more."""
        of_run: list[ModelChoice] = []
        if run is not None:
            name = run.folder.name
            if in_training:
                of_run.append(ModelChoice(Origin.TRAINING, name))
            of_run += _checkpoints(run.folder)
        self.choices = (*of_run, *self._opened)
        before = self.chosen if self._by_hand else None
        if before is None or before not in self.choices:
            self._by_hand = False
            self.chosen = self.choices[0] if self.choices else None
            if before is not None and before.path is not None and not before.path.exists():
                return before
        return None

    def choose(self, choice: ModelChoice) -> None:
        """The person's choice; it stays while it is there."""
        self.chosen, self._by_hand = choice, True

    def open(self, path: Path) -> None:
        """Add a run folder or file and choose it."""
        if path.name == "run.json":  # a file dialog cannot pick a folder
            path = path.parent
        of_run = next((choice for choice in self.choices if choice.origin is Origin.RUN and choice.path == path), None)
        if of_run is not None:
            self.choose(of_run)
            return
        if path.is_file() and path.parent.name == CHECKPOINTS:
            choice = ModelChoice(Origin.FILE, path.parent.parent.name, path, _step_in(path))
        else:
            choice = ModelChoice(Origin.FILE, path.name, path)
        self._add(choice)

    def reopen(self, choice: ModelChoice) -> None:
        """Add what was opened at another start, and choose it."""
        self._add(choice)

    def was_read(self) -> ModelChoice | None:
        """What is chosen is a model; it is given back where a person has chosen it."""
        if self.chosen is None:
            return None
        self._good = self.chosen, self._by_hand
        if self.chosen.origin is Origin.FILE:
            self._read.add(self.chosen)
        return self.chosen if self._by_hand else None

    @property
    def on_trial(self) -> bool:
        """Whether a file is chosen that nobody could read yet."""
        return self.chosen is not None and self.chosen.origin is Origin.FILE and self.chosen not in self._read

    def refuse(self) -> None:
        """The file on trial is no model: it is let go, for what was chosen before it."""
        refused = self.chosen
        self._opened = [choice for choice in self._opened if choice != refused]
        self.choices = tuple(choice for choice in self.choices if choice != refused)
        before, by_hand = self._good or (None, False)
        if before in self.choices:
            self.chosen, self._by_hand = before, by_hand
        else:
            self.chosen, self._by_hand = (self.choices[0] if self.choices else None), False

    def open_foreign(self, facts: ForeignFacts, about: str) -> None:
        """Add another program's file and choose it, in the place of what was said of it before."""
        path = facts.path
        self._opened = [choice for choice in self._opened if choice.path != path]
        self._add(ModelChoice(Origin.FILE, path.name, path, facts.step, facts.said(), about))

    def _add(self, choice: ModelChoice) -> None:
        if choice not in self._opened:
            self._opened.insert(0, choice)
            self.choices = (*(c for c in self.choices if c.origin is not Origin.FILE), *self._opened)
        self.choose(choice)


def all_of_run(chosen: ModelChoice | None, choices: Sequence[ModelChoice]) -> tuple[ModelChoice, ...]:
    """All checkpoints of the chosen model's run, oldest first, and last the model in training where it is chosen."""
    if chosen is None:
        return ()
    of_run = [choice for choice in choices if choice.origin is Origin.RUN]
    if chosen.origin is Origin.FILE:
        assert chosen.path is not None
        folder = chosen.path if chosen.path.is_dir() else chosen.path.parent.parent
        of_run = _checkpoints(folder) if chosen.path.is_dir() or chosen.path.parent.name == CHECKPOINTS else []
    in_training = (chosen,) if chosen.origin is Origin.TRAINING else ()
    return (*reversed(of_run), *in_training)


def earlier_than(chosen: ModelChoice | None, choices: Sequence[ModelChoice]) -> tuple[ModelChoice, ...]:
    """The checkpoints of the chosen model's run that were saved before it, newest first; lists the folder of a file."""
    if chosen is None:
        return ()
    of_run = [choice for choice in choices if choice.origin is Origin.RUN]
    if chosen.origin is Origin.FILE:
        assert chosen.path is not None
        if chosen.path.is_dir():  # its newest checkpoint is what is sampled
            return tuple(_checkpoints(chosen.path)[1:])
        of_run = _checkpoints(chosen.path.parent.parent) if chosen.path.parent.name == CHECKPOINTS else []
        if chosen.step is None:
            return ()
    elif chosen.step is None:  # in training
        return tuple(of_run)
    return tuple(choice for choice in of_run if choice.step is not None and choice.step < chosen.step)


def step_of(choice: ModelChoice) -> int | None:
    """The step of its training: of a run folder that of its newest checkpoint, for which the folder is listed."""
    if choice.step is not None or choice.path is None or not choice.path.is_dir():
        return choice.step
    return next((checkpoint.step for checkpoint in _checkpoints(choice.path)), None)


def _checkpoints(run: Path) -> list[ModelChoice]:
    """A run folder's checkpoints by name, newest first; none where the folder cannot be read."""
    folder = run / CHECKPOINTS
    try:
        steps = steps_in(folder)
    except StudioError:
        return []
    return [ModelChoice(Origin.RUN, run.name, description_path(folder, step), step) for step in reversed(steps)]


def described(checkpoint: Path) -> Path:
    """The JSON that names a checkpoint, of it or of its tensors."""
    return checkpoint.with_name(f"{checkpoint.name.partition('.')[0]}.json")


def _step_in(checkpoint: Path) -> int | None:
    """The step in a checkpoint's name."""
    found = re.search(r"step-(\d+)", checkpoint.name)
    return int(found[1]) if found else None
