"""What a training session tells, one frozen event at a time.

Arrays in an event belong to whoever receives it: the session never touches them again.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError, Phrase
from ..pictures.folder.reasons import Lost
from ..settings import LIVE, read_value

#: The settings that say how much each timestep counts in the loss.
WEIGHING = ("loss_weighting", "loss_weighting_kwargs", "min_snr_gamma")


@dataclass(frozen=True, slots=True)
class Preparing:
    """Something that takes a while before the first step; `done` of `of` (0 of 0: unknown)."""

    what: str  #: "pictures", "precision", "network"
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class NotUsed:
    """Files of the folder that claim to be pictures, and are not trained on. Comes before anything else."""

    folder: Path
    count: int  #: files, and folders that were not looked into
    of: int  #: those and the pictures together
    reasons: dict[str, int]  #: code of core.pictures.folder.reasons.REASONS → how many, most first


@dataclass(frozen=True, slots=True)
class SettingsNoted:
    """A setting that does nothing, or more than is wanted, on the pictures at hand; before the first step."""

    note: Phrase
    warns: bool = True  #: False: good to know, and no more


@dataclass(frozen=True, slots=True)
class PrecisionChosen:
    """Steps were taken in float32 and in bf16 in turns, or had been here before; the run has the faster."""

    amp: str  #: "off" or "bf16"
    float32_s: float  #: of a step, as medians
    bf16_s: float


@dataclass(frozen=True, slots=True)
class Started:
    """The network stands on its device and training begins (or goes on) after `step`."""

    step: int
    total: int | None  #: None: to be fixed after measuring (see Planned)
    device: str
    parameters: int
    pictures: int
    resumed: bool
    classes: int | None = None  #: that the network knows; None: it knows none


@dataclass(frozen=True, slots=True)
class Planned:
    """The total number of steps that fits the wished time was measured and is now fixed."""

    step: int
    total: int
    seconds_per_step: float


@dataclass(frozen=True, slots=True)
class StepDone:
    """One optimizer step has ended."""

    step: int  #: steps done, so the first event says 1
    total: int | None
    loss: float  #: weighted mean, as optimised
    learning_rate: float
    grad_norm: float  #: before clipping
    pictures_per_second: float
    elapsed_s: float  #: training time of this run so far, over all its sessions
    pictures: int  #: in this step
    timesteps: NDArray[np.int64]  #: (pictures,) t of each picture
    losses: NDArray[np.float32]  #: (pictures,) unweighted loss of each picture
    more: Mapping[str, float] = field(default_factory=dict)  #: what else was measured, by its name in the metrics

    def scalars(self) -> dict[str, float]:
        """Every number of the step that makes a curve, by its name in the run's metrics."""
        return {
            "loss": self.loss,
            "learning_rate": self.learning_rate,
            "grad_norm": self.grad_norm,
            "pictures_per_second": self.pictures_per_second,
            **self.more,
        }


@dataclass(frozen=True, slots=True)
class SamplingStep:
    """A sample grid is being made: `done` of `of` sampler steps."""

    step: int
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class Samples:
    """A grid of samples from the EMA weights."""

    step: int
    images: NDArray[np.uint8]  #: (N, H, W, C)
    path: Path


@dataclass(frozen=True, slots=True)
class Strip:
    """One picture at eight noise levels, and what the EMA weights take it to be from each."""

    step: int
    name: str  #: of the picture's file
    t: NDArray[np.int64]  #: (8,) ascending
    x_t: NDArray[np.uint8]  #: (8, H, W, C) with its noise
    x_0: NDArray[np.uint8]  #: (8, H, W, C) as predicted from each
    path: Path  #: where it is kept


@dataclass(frozen=True, slots=True)
class CopiesMeasured:
    """How near the samples of this step are to the training pictures; see `core.runs.copies_file.Copies`."""

    step: int
    copies: int  #: samples that are copies
    of: int
    relative: float  #: how far samples are, as a multiple of how far pictures are that nobody copied; NaN: not known
    held_out: bool  #: whether those are held-out pictures; else training pictures, from the others
    looked_at: int  #: training pictures
    pictures: int  #: all of them
    seconds: float  #: that it took
    path: Path  #: the nearest pictures, with each sample's numbers


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A checkpoint of `step` is safely on disk."""

    step: int
    path: Path


@dataclass(frozen=True, slots=True)
class CheckpointRefused:
    """A damaged checkpoint was passed over for an older one."""

    path: Path
    reason: Phrase


@dataclass(frozen=True, slots=True)
class SaveFailed:
    """Something could not be saved; the training goes on, and a checkpoint is tried again soon.

    The last one of a training that has come to its end is tried until it is saved or the training is stopped.
    """

    step: int
    what: str  #: "checkpoint", "samples", "metrics"
    reason: Phrase
    last: bool = False  #: nothing is left to do but to save it


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A number was NaN or infinite: the training went back to its last good checkpoint and goes on with other data."""

    step: int  #: that is gone on from
    failed_step: int
    reason: Phrase  #: which number
    count: int  #: how often this has happened since a checkpoint was last saved beyond the failed step
    of: int  #: at this many the training stops instead
    incident: Path  #: the flight record


@dataclass(frozen=True, slots=True)
class Diverged:
    """The loss has left the level it had reached, `ratio` times the lowest; nothing is done about it."""

    step: int
    ratio: float


@dataclass(frozen=True, slots=True)
class HeldOutLoss:
    """The loss of the pictures that are not trained on: always the same ones, timesteps and noise."""

    step: int
    loss: float  #: weighted mean, as in StepDone
    pictures: int  #: that are held out
    ema_loss: float | None = None  #: of the averaged weights, with the same timesteps and noise
    seconds: float = field(default=0.0, compare=False)  #: that both took


@dataclass(frozen=True, slots=True, eq=False)
class ProbeMeasured:
    """The frozen probe was asked: always the same pictures, t and noise (`core.training.probe`)."""

    step: int
    t: NDArray[np.int64]  #: (questions,) rising, over 0 … T - 1
    losses: Mapping[str, NDArray[np.float32]]  #: by kind, see core.runs.probes.KINDS: (questions,) unweighted
    seconds: float  #: that it took
    share: float  #: 0 … 1: what all looks of this session have taken of its time so far
    every: int  #: steps since the one before; 0: the first of this session


@dataclass(frozen=True, slots=True)
class MeasuringQuality:
    """Samples are being made and compared with the pictures: `done` of `of` of a part."""

    step: int
    part: str  #: of core.quality.wish.QualityProgress
    done: int
    of: int


@dataclass(frozen=True, slots=True)
class QualityMeasured:
    """How far the samples of a checkpoint are from the pictures; the whole of it is kept in the run's folder."""

    step: int
    kid: Mapping[str, float]  #: by feature space (core.quality.spaces); about 0 where samples are like pictures
    count: int  #: samples, and as many pictures
    path: Path


@dataclass(frozen=True, slots=True)
class PicturesLost:
    """Pictures that can no longer be read were met; the training goes on, and others stand in for them."""

    step: int
    count: int  #: so far, in this session
    of: int  #: pictures that are trained on
    new: tuple[Lost, ...]  #: the first of those met since this was last told


@dataclass(frozen=True, slots=True)
class PicturesChanged:
    """The run goes on with other pictures than those that its checkpoint was trained on."""

    step: int
    before: int  #: how many there were
    now: int


@dataclass(frozen=True, slots=True)
class PicturesAway:
    """The pictures' folder itself is gone: the training waits until it is back. Comes again while it waits."""

    step: int
    folder: Path
    waited_s: float


@dataclass(frozen=True, slots=True)
class PicturesBack:
    """The folder is back, and the training goes on."""

    step: int
    folder: Path


@dataclass(frozen=True, slots=True)
class LearningRateRises:
    """The plan became longer: the learning rate, which had fallen, rises again, and the loss with it at first."""

    step: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class SettingsEdited:
    """From the next step on the run trains with other settings; it is recorded in the run already.

    Comes again where the run goes on from before `step`, when it is there anew. Empty where what was wished for is so
    already.
    """

    step: int  #: steps that were taken with the settings before
    before: Mapping[str, object]  #: of each setting that changed, by flat name
    after: Mapping[str, object]

    @property
    def reweighs(self) -> bool:
        """Whether the loss means something else from now on."""
        return not self.after.keys().isdisjoint(WEIGHING)


@dataclass(frozen=True, slots=True)
class EditRefused:
    """Settings were wished for that the run cannot train with, or that could not be recorded: nothing has changed."""

    step: int
    settings: Mapping[str, object]
    reason: Phrase


@dataclass(frozen=True, slots=True)
class ThreadsChosen:
    """Steps were taken with several numbers of threads in turn, and the training goes on with the fastest."""

    step: int  #: the last of them
    threads: int
    before: int  #: with how many it trained until then
    seconds: tuple[tuple[int, float], ...]  #: each number, and the median time of a step with it


@dataclass(frozen=True, slots=True)
class OthersBusy:
    """Other programs have begun to use the processor and slow the training."""

    step: int
    cores: float | None  #: that they use; None where the system does not tell: then they are only likely
    of: int  #: cores there are
    slower: float | None  #: 0 … 1, of the speed alone; None where that was never seen


@dataclass(frozen=True, slots=True)
class OthersChanged:
    """The other programs slow the training by much more now, or by much less: for the figure of now, kept nowhere."""

    now: OthersBusy


@dataclass(frozen=True, slots=True)
class OthersGone:
    """Other programs no longer slow the training."""

    step: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The session has ended and everything is saved."""

    step: int
    total: int | None
    stopped: bool  #: by wish, before the total
    elapsed_s: float


Event = (
    Preparing
    | NotUsed
    | Started
    | SettingsNoted
    | PrecisionChosen
    | Planned
    | StepDone
    | SamplingStep
    | Samples
    | Strip
    | CopiesMeasured
    | CheckpointSaved
    | CheckpointRefused
    | SaveFailed
    | RolledBack
    | Diverged
    | HeldOutLoss
    | ProbeMeasured
    | MeasuringQuality
    | QualityMeasured
    | PicturesLost
    | PicturesChanged
    | PicturesAway
    | PicturesBack
    | LearningRateRises
    | SettingsEdited
    | EditRefused
    | ThreadsChosen
    | OthersBusy
    | OthersChanged
    | OthersGone
    | Finished
)


class Wishes:
    """What is asked of a training while it runs; each may be set from any thread, and the session looks at it.

    stop     end soon: after the current step everything is saved and `Finished` comes
    save     save after the current step
    pin      keep the next checkpoint that is saved for ever
    samples  make a sample grid after the current step
    spared   checkpoints that are in use, by the paths of their JSON: none of them is pruned
    edit     train with other settings from the next step on
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.save = threading.Event()
        self.pin = threading.Event()
        self.samples = threading.Event()
        self.spared: frozenset[Path] = frozenset()
        self._edits: dict[str, object] = {}
        self._lock = threading.Lock()

    def edit(self, changes: Mapping[str, object]) -> None:
        """Train with these settings from the next step on: names of LIVE, values as `--set` takes them.

        `SettingsEdited` follows, or `EditRefused` where they do not go with the run's other settings. Of a setting that
        is wished for twice before the step the last value counts. Raises ConfigError for another setting, and for a
        value of the wrong kind or range; nothing is wished then.
        """
        for name in changes:
            if name not in LIVE:
                raise ConfigError("config.not-live", name=name, known=", ".join(LIVE))
        read = {name: read_value(name, value) for name, value in changes.items()}
        with self._lock:
            self._edits |= read

    @property
    def edited(self) -> bool:
        """Whether settings are wished for that were not taken yet."""
        with self._lock:
            return bool(self._edits)

    def take_edits(self) -> dict[str, object]:
        """What was wished for since this was last asked, by flat name."""
        with self._lock:
            taken, self._edits = self._edits, {}
        return taken
