"""The words for what a training tells, for the transport and the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from core.errors import Phrase, RunError, StudioError
from core.training.events import (
    CheckpointRefused,
    CheckpointSaved,
    Diverged,
    EditRefused,
    Event,
    HeldOutLoss,
    LearningRateRises,
    MeasuringQuality,
    NotUsed,
    OthersBusy,
    OthersGone,
    PicturesAway,
    PicturesBack,
    PicturesChanged,
    PicturesLost,
    Planned,
    PrecisionChosen,
    Preparing,
    QualityMeasured,
    RolledBack,
    SamplingStep,
    SaveFailed,
    SettingsEdited,
    SettingsNoted,
    Started,
    ThreadsChosen,
)
from core.training.events import Samples as SamplesMade
from core.training.plan import smaller_batch

from .. import numbers
from ..app.messages import phrase_text, reason_text, setting_value, space_title
from ..widgets.plain import set_tip
from .editing import edited_in_words
from .state import TrainingState

if TYPE_CHECKING:
    from core.runs.run import Run, SettingsChange
    from core.settings import RunConfig
    from core.training.following import Told

    from .live_run import LiveRun
    from .panel import TrainingPanel


def headline(state: TrainingState, live: LiveRun | None, plan: str, mend: Remedy | None = None) -> str:
    """What the transport says beside the button where there are no figures to show.

    plan  the run to come
    mend  with what a run that failed goes on when Resume is pressed
    """
    if mend is not None and not state.busy:
        words = QCoreApplication.translate("TrainingController", "The training failed · Resume: {remedy}")
        return words.format(remedy=mend.words)
    match state:
        case TrainingState.NO_PICTURES:
            return QCoreApplication.translate("TrainingController", "Choose pictures first")
        case TrainingState.READY:
            return plan
        case TrainingState.FINISHED if live is not None:
            return outcome_words(live)
        case TrainingState.FAILED:
            return QCoreApplication.translate("TrainingController", "The training failed")
    return ""


def passing_words(event: Event) -> str | None:
    """What is worth a glance, in a few words; where `lasting_words` has more of it, that is for the log. Else None."""
    match event:
        case HeldOutLoss(loss=loss, ema_loss=float() as ema_loss):
            return QCoreApplication.translate("TrainingEvents", "Held out: {loss}, averaged {ema_loss}").format(
                loss=numbers.figure(loss, 4), ema_loss=numbers.figure(ema_loss, 4)
            )
        case Preparing(what="pictures", done=done, of=of):
            return QCoreApplication.translate("TrainingEvents", "Loading pictures: {done} of {of}").format(
                done=numbers.count(done), of=numbers.count(of)
            )
        case Preparing(what="precision"):
            return QCoreApplication.translate("TrainingEvents", "Trying which precision is faster")
        case Preparing():
            return QCoreApplication.translate("TrainingEvents", "Building the network")
        case MeasuringQuality():
            return QCoreApplication.translate("TrainingEvents", "Measuring quality")
        case SamplingStep(done=done, of=of):
            return QCoreApplication.translate("TrainingEvents", "Making samples: {done} of {of}").format(
                done=numbers.count(done), of=numbers.count(of)
            )
    return None


def lasting_words(event: Event) -> str | None:
    """A line for the log; None for what is not worth one."""
    match event:
        case NotUsed():
            return _not_used(event)
        case SettingsNoted(note=note):
            return phrase_text(note)
        case PrecisionChosen():
            return _precision_chosen(event)
        case Started():
            return _started(event)
        case Planned(total=total, seconds_per_step=seconds):
            return QCoreApplication.translate("TrainingEvents", "{total} steps fit, at {time} a step").format(
                total=numbers.count(total), time=numbers.duration(seconds)
            )
        case SamplesMade(step=step):
            return QCoreApplication.translate("TrainingEvents", "Samples at step {step}").format(
                step=numbers.count(step)
            )
        case CheckpointSaved(step=step):
            return QCoreApplication.translate("TrainingEvents", "Checkpoint at step {step} saved").format(
                step=numbers.count(step)
            )
        case CheckpointRefused(path=path, reason=reason):
            return QCoreApplication.translate(
                "TrainingEvents", "{file} is damaged, an older checkpoint is used: {reason}"
            ).format(file=path.name, reason=phrase_text(reason))
        case RolledBack():
            return _rolled_back(event)
        case Diverged(step=step, ratio=ratio):
            return QCoreApplication.translate(
                "TrainingEvents",
                "At step {step} the loss is {ratio} times its lowest and stays there. A lower learning rate may help; "
                "the training goes on",
            ).format(step=numbers.count(step), ratio=numbers.figure(ratio, 2))
        case SaveFailed():
            return _not_saved(event)
        case HeldOutLoss(step=step, loss=loss, ema_loss=float() as ema_loss, seconds=seconds):
            words = QCoreApplication.translate(
                "TrainingEvents",
                "At step {step} the loss of the held-out pictures is {loss}, with the averaged weights {ema_loss} "
                "(measured in {time})",
            )
            return words.format(
                step=numbers.count(step),
                loss=numbers.figure(loss, 4),
                ema_loss=numbers.figure(ema_loss, 4),
                time=numbers.duration(seconds),
            )
        case HeldOutLoss(step=step, loss=loss):
            return QCoreApplication.translate(
                "TrainingEvents", "At step {step} the loss of the held-out pictures is {loss}"
            ).format(step=numbers.count(step), loss=numbers.figure(loss, 4))
        case QualityMeasured(step=step, kid=kid, count=count):
            told = ", ".join(f"{space_title(name)} {numbers.signed(value)}" for name, value in kid.items())
            return QCoreApplication.translate(
                "TrainingEvents", "At step {step} the KID of {count} samples is {told}"
            ).format(step=numbers.count(step), count=numbers.count(count), told=told)
        case PicturesChanged(before=before, now=now):
            return QCoreApplication.translate(
                "TrainingEvents",
                "The pictures have changed since the last checkpoint ({now} now, {before} then). The run goes on with "
                "them, and is not the one that it would have been",
            ).format(now=numbers.count(now), before=numbers.count(before))
        case PicturesLost() | PicturesAway() | PicturesBack():
            return _pictures_missing(event)
        case LearningRateRises(before=before, after=after):
            words = QCoreApplication.translate(
                "TrainingEvents",
                "The learning rate rises again, from {before} to {after}: the loss rises at first",
            )
            return words.format(before=numbers.figure(before), after=numbers.figure(after))
        case SettingsEdited() if event.after:
            return edited_in_words(event)
        case EditRefused(reason=reason):
            words = QCoreApplication.translate("TrainingEvents", "The settings were not changed: {reason}")
            return words.format(reason=phrase_text(reason))
        case ThreadsChosen() if event.threads != event.before:
            return _threads_chosen(event)
        case OthersBusy():
            return others_words(event)
        case OthersGone():
            return QCoreApplication.translate("TrainingEvents", "Other programs no longer slow the training")
    return None


def listed_words(event: Event) -> str:
    """What the list of events says of it: also of what is not worth a line in the log."""
    return _threads_chosen(event) if isinstance(event, ThreadsChosen) else lasting_words(event) or ""


def told_words(told: Told) -> str:
    """As `listed_words` of what a run's numbers tell; the training's own where they keep no more than those."""
    match told.meant:
        case None:
            return told.text
        case Phrase():
            return phrase_text(told.meant)
    return listed_words(told.meant) or told.text


def _not_used(event: NotUsed) -> str:
    words = QCoreApplication.translate("TrainingEvents", "{n} of {of} files are not used: {reasons}")
    reasons = " · ".join(f"{numbers.count(count)} × {reason_text(code)}" for code, count in event.reasons.items())
    return words.format(n=numbers.count(event.count), of=numbers.count(event.of), reasons=reasons)


def others_words(event: OthersBusy) -> str:
    """That other programs slow the training, and by how much."""
    slower = f"{event.slower or 0:.0%}"
    if event.cores is None:
        words = QCoreApplication.translate("TrainingEvents", "{share} slower than before: other programs may be busy")
        return words.format(share=slower)
    if event.slower is None:
        words = QCoreApplication.translate("TrainingEvents", "Other programs use {n} of {of} cores")
        return words.format(n=numbers.figure(event.cores, 2), of=numbers.count(event.of))
    words = QCoreApplication.translate("TrainingEvents", "{share} slower than alone: others use the processor")
    return words.format(share=slower)


def _precision_chosen(event: PrecisionChosen) -> str:
    words = QCoreApplication.translate(
        "TrainingEvents", "Computes in {precision}: a step takes {full} in float32 and {half} in bf16"
    )
    return words.format(
        precision="bf16" if event.amp == "bf16" else "float32",
        full=numbers.duration(event.float32_s),
        half=numbers.duration(event.bf16_s),
    )


def _threads_chosen(event: ThreadsChosen) -> str:
    words = QCoreApplication.translate("TrainingEvents", "Threads: {n}, the fastest now (a step with {times})")
    times = " · ".join(f"{numbers.count(count)}: {numbers.duration(seconds)}" for count, seconds in event.seconds)
    return words.format(n=numbers.count(event.threads), times=times)


def _pictures_missing(event: PicturesLost | PicturesAway | PicturesBack) -> str | None:
    match event:
        case PicturesLost(count=count, of=of, new=(first, *_)):
            words = QCoreApplication.translate(
                "TrainingEvents",
                "{count} of {of} pictures cannot be read any more, such as {name}: {reason}. Others stand in for them",
            )
            return words.format(
                count=numbers.count(count), of=numbers.count(of), name=first.name, reason=reason_text(first.code)
            )
        case PicturesAway(folder=folder, waited_s=0.0):
            return QCoreApplication.translate(
                "TrainingEvents", "{folder} is not there. The training waits and goes on when it is back"
            ).format(folder=folder)
        case PicturesBack(folder=folder):
            return QCoreApplication.translate("TrainingEvents", "{folder} is back; the training goes on").format(
                folder=folder
            )
    return None


def _rolled_back(event: RolledBack) -> str:
    words = QCoreApplication.translate(
        "TrainingEvents",
        "Step {failed}: {reason}. Went back to step {step} and goes on with other pictures ({count} of {of} times)",
    )
    return words.format(
        failed=numbers.count(event.failed_step),
        reason=phrase_text(event.reason),
        step=numbers.count(event.step),
        count=numbers.count(event.count),
        of=numbers.count(event.of),
    )


def _not_saved(event: SaveFailed) -> str:
    step = numbers.count(event.step)
    reason = phrase_text(event.reason)
    match event.what:
        case "checkpoint" if event.last:
            words = QCoreApplication.translate(
                "TrainingEvents",
                "The last checkpoint, of step {step}, could not be saved: {reason}. What was learnt is kept in the "
                "memory and saved as soon as it can be; Stop gives it up",
            )
        case "checkpoint":
            words = QCoreApplication.translate(
                "TrainingEvents",
                "The checkpoint of step {step} could not be saved: {reason}. The training goes on and tries again",
            )
        case "samples":
            words = QCoreApplication.translate(
                "TrainingEvents", "The samples of step {step} could not be saved: {reason}. The training goes on"
            )
        case _:
            words = QCoreApplication.translate(
                "TrainingEvents",
                "From step {step} on the numbers could not be written: {reason}. The training goes on without them",
            )
    return words.format(step=step, reason=reason)


def _started(event: Started) -> str:
    words = (
        QCoreApplication.translate(
            "TrainingEvents", "Resumed at step {step} on {device}: {parameters} parameters, {pictures} pictures"
        )
        if event.resumed
        else QCoreApplication.translate(
            "TrainingEvents", "Started on {device}: {parameters} parameters, {pictures} pictures"
        )
    )
    return words.format(
        step=numbers.count(event.step),
        device=event.device,
        parameters=numbers.count(event.parameters),
        pictures=numbers.count(event.pictures),
    )


def outcome_words(live: LiveRun) -> str:
    """How far a run that has ended has come."""
    step, elapsed_s = live.step, live.elapsed_s
    if not step:
        return QCoreApplication.translate("TrainingController", "Stopped before the first step")
    if not live.complete:
        return QCoreApplication.translate("TrainingController", "Stopped at step {step}, saved").format(
            step=numbers.count(step)
        )
    if not elapsed_s:
        return QCoreApplication.translate("TrainingController", "{steps} steps").format(steps=numbers.count(step))
    return QCoreApplication.translate("TrainingController", "{steps} steps in {time}").format(
        steps=numbers.count(step), time=numbers.duration(elapsed_s)
    )


# --- The room's banner: what went wrong or stumbled, and the one button that does something about it -----


class Notices(QObject):
    """Says one thing at a time. Lives in the GUI thread."""

    def __init__(self, panel: TrainingPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._banner = panel.banner
        self._act: Callable[[], object] | None = None
        self._other_act: Callable[[], object] | None = None
        self._banner.acted.connect(self._acted)
        self._banner.other_acted.connect(self._other_acted)

    def say(
        self,
        text: str,
        *,
        kind: str = "error",
        action: str = "",
        tip: str = "",
        act: Callable[[], object] | None = None,
        details: str = "",
    ) -> None:
        """Show `text`; the button `action` (with its tooltip) does `act` and takes the banner away."""
        self._act, self._other_act = act, None
        self._banner.show_message(text, kind=kind, action=action, details=details)
        set_tip(self._banner.action_button, tip)

    def offer(self, text: str, remedies: Sequence[Remedy], act: Callable[[Remedy], object], details: str = "") -> None:
        """Show what went wrong, with a button for each of the (at most two) remedies, which does `act` with it."""
        self._act, self._other_act = (
            partial(act, remedies[place]) if place < len(remedies) else None for place in range(2)
        )
        words = [*(one.words for one in remedies), "", ""]
        self._banner.show_message(text, action=words[0], other=words[1], details=details)
        for button, one in zip((self._banner.action_button, self._banner.other_button), remedies, strict=False):
            set_tip(button, one.tip)

    def tell(self, event: Event) -> None:
        """What a training has stumbled over, and goes on after."""
        text = lasting_words(event)
        match event:
            case RolledBack(incident=incident):
                self.say(
                    text or "",
                    kind="warning",
                    action=self.tr("Show the record"),
                    tip=self.tr("The last batches before it, with their files, timesteps and losses: {file}").format(
                        file=incident.name
                    ),
                    # The folder alone, where the record could not be written.
                    act=partial(show_folder, incident.parent if incident.suffix else incident),
                )
            case EditRefused():
                self.say(text or "")
            case Diverged() | SaveFailed() | PicturesChanged() | SettingsNoted(warns=True):
                self.say(text or "", kind="warning")

    def clear(self) -> None:
        """Take the banner away."""
        self._act = self._other_act = None
        self._banner.clear()

    @Slot()
    def _acted(self) -> None:
        self._do(self._act)

    @Slot()
    def _other_acted(self) -> None:
        self._do(self._other_act)

    def _do(self, act: Callable[[], object] | None) -> None:
        self.clear()
        if act is not None:
            act()


def show_folder(folder: Path) -> None:
    """Open a folder in the system's own file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


# --- What can be done when a training has failed: the words of the banner's button, and the settings to go on with.


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: what it says, its tooltip, and with which other settings the run then goes on (None: as before)."""

    words: str
    tip: str
    changes: Mapping[str, float] | None = None


def of_open_run(error: BaseException, run: Run | None) -> BaseException:
    """The failure as `run`, which was open, has it: where its folder is no run, there is none in it any more."""
    if run is not None and isinstance(error, StudioError) and error.code == "run.not-a-run":
        return RunError("run.moved", path=run.folder)
    return error


def is_fault_of_program(error: BaseException) -> bool:
    """Whether a part of the program was handed an array that it refuses: nobody chooses arrays in a window."""
    fields = error.fields.values() if isinstance(error, StudioError) else ()
    return any(isinstance(value, Phrase) and value.code == "value.array" for value in fields)


def remedies(
    error: BaseException, config: RunConfig, resume_step: int | None, changes_of_run: Sequence[SettingsChange] = ()
) -> tuple[Remedy, ...]:
    """What to go on with after this error, the best first; () where nothing would help.

    resume_step     where the run could go on from as it is; None: nowhere
    changes_of_run  what was changed on the way, oldest first
    """
    code = error.code if isinstance(error, StudioError) else ""
    if code == "device.out-of-memory":
        changes = smaller_batch(config)
        if changes is None:
            return ()
        size, times = changes["batch_size"], changes["gradient_accumulate_every"]
        tip = QCoreApplication.translate(
            "Remedies", "Go on with {size} pictures at a time, {times} times a step: each step sees as many as before"
        )
        smaller = QCoreApplication.translate("Remedies", "Try a batch of {size}").format(size=numbers.count(size))
        return (Remedy(smaller, tip.format(size=numbers.count(size), times=numbers.count(times)), changes),)
    if code == "training.not-finite":
        return _lower_rates(config.train.learning_rate, changes_of_run)
    if resume_step is not None:
        words = QCoreApplication.translate("Remedies", "Resume at step {step}")
        tip = QCoreApplication.translate("Remedies", "Go on from the last checkpoint, with the same settings")
        return (Remedy(words.format(step=numbers.count(resume_step)), tip),)
    return ()


def _lower_rates(rate: float, changes_of_run: Sequence[SettingsChange]) -> tuple[Remedy, ...]:
    """Back to what the learning rate was before it was raised, where it was, and half of what it is."""
    earlier = (change.before.get("learning_rate") for change in reversed(changes_of_run))
    # An edit that lowered it, as halving after another failure does, is none to take back.
    before = next((value for value in earlier if isinstance(value, float) and value < rate), None)
    words = {rate / 2: QCoreApplication.translate("Remedies", "Halve the learning rate")}
    if before is not None:
        back = QCoreApplication.translate("Remedies", "Back to a learning rate of {rate}")
        words = {before: back.format(rate=setting_value("learning_rate", before)), **words}
    tip = QCoreApplication.translate("Remedies", "Go on from the last good checkpoint with a learning rate of {rate}")
    return tuple(
        Remedy(said, tip.format(rate=setting_value("learning_rate", lower)), {"learning_rate": lower})
        for lower, said in words.items()
    )
