"""Events as lines: for a person, or as JSON for a program."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import sys
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import showable
from ..inputs import size_in_words

if TYPE_CHECKING:
    from ..training.events import CopiesMeasured, Event, StepDone

#: Steps from one line of progress to the next.
PROGRESS_EVERY_STEPS = 50


def event_name(event: object) -> str:
    """`StepDone` → "step_done"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def as_json(event: Any) -> str:  # noqa: ANN401 (any frozen event)
    """One line of JSON: the event's name and its fields; arrays only where they have names, by their mean."""
    plain: dict[str, object] = {"event": event_name(event)}
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    # What a step measured besides stands among its other numbers.
    values |= values.pop("more", {})
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            continue
        if isinstance(value, float) and not math.isfinite(value):
            value = None  # JSON has no NaN
        if isinstance(value, Mapping):  # losses by kind, say
            means = {key: float(np.mean(each)) for key, each in value.items() if isinstance(each, np.ndarray)}
            value = {**value, **{key: mean if math.isfinite(mean) else None for key, mean in means.items()}}
        plain[name] = str(value) if isinstance(value, Path) else value
    return json.dumps(plain, ensure_ascii=False)


def as_words(event: Event) -> str | None:
    """What a person reads; None for what would only scroll."""
    from ..pictures.folder.notes import not_used_notes
    from ..precision import precision_in_words
    from ..training import events
    from ..training.editing import edit_in_words
    from ..training.step_threads import choice_in_words, others_in_words

    match event:
        case events.PrecisionChosen():
            return precision_in_words(event)
        case events.NotUsed(folder=folder, reasons=reasons):
            return f"{'; '.join(not_used_notes(reasons))} (inspect {folder} names each)"
        case events.Preparing(what=what, done=done, of=of):
            return f"preparing {what}: {done} of {of}" if of and done == of else None
        case events.SettingsNoted(note=note) if note.code == "note.unpaired":
            return str(note)  # the others were told before the training began
        case events.Started(step=step, total=total, device=device, parameters=parameters, classes=classes):
            plan = f"{total:,} steps" if total is not None else "as many steps as fit"
            start = f", from step {step:,}" if step else ""
            pictures = f"{event.pictures:,} pictures" + (f" of {classes} classes" if classes else "")
            return f"training on {device}: {pictures}, {parameters:,} parameters, {plan}{start}"
        case events.Planned(total=total, seconds_per_step=seconds):
            return f"measured {seconds:.3g} s a step: {total:,} steps fit"
        case events.StepDone(step=step) if step % PROGRESS_EVERY_STEPS == 0 or step == event.total:
            return _progress(event)
        case events.CheckpointSaved(step=step, path=path):
            return f"step {step:,}: checkpoint {path.name}"
        case events.Samples(path=path):
            return f"step {event.step:,}: samples {path}"
        case events.CopiesMeasured():
            return f"step {event.step:,}: {_copies(event)}"
        case events.CheckpointRefused(path=path, reason=reason):
            return f"passed over {path.name}: {reason}"
        case events.SaveFailed(step=step, what=what, reason=reason):
            then = "trying again until it can be" if event.last else "the training goes on"
            return f"step {step:,}: could not save the {what} ({reason}); {then}"
        case events.RolledBack(step=step, reason=reason, failed_step=failed, incident=incident):
            return f"step {failed:,}: {reason}; back to step {step:,}, and on with other data (see {incident})"
        case events.Diverged(step=step, ratio=ratio):
            return f"step {step:,}: the loss is {ratio:.3g} times the lowest it has reached"
        case events.HeldOutLoss(step=step, loss=loss, ema_loss=ema_loss, pictures=count):
            averaged = "" if ema_loss is None else f", {ema_loss:.4f} with the averaged weights"
            return f"step {step:,}: loss {loss:.4f} of the {count:,} held-out pictures{averaged}"
        case events.QualityMeasured(step=step, kid=kid, count=count):
            told = ", ".join(f"{name} {value:.4g}" for name, value in kid.items())
            return f"step {step:,}: KID of {count:,} samples: {told}"
        case events.PicturesLost(step=step, count=count, of=of, new=new):
            why = f"{new[0].name}: {new[0].reason}" if new else ""
            return f"step {step:,}: {count:,} of {of:,} pictures cannot be read ({why}); others stand in for them"
        case events.PicturesChanged(before=before, now=now):
            return f"the pictures are not those of before ({now:,} now, {before:,} then); the run goes on with them"
        case events.PicturesAway(step=step, folder=folder, waited_s=waited_s) if not waited_s:
            return f"step {step:,}: {folder} is not there; the training goes on when it is back"
        case events.PicturesBack(step=step, folder=folder):
            return f"step {step:,}: {folder} is back"
        case events.LearningRateRises(step=step, before=before, after=after):
            low = f"--set learning_rate={before:.3g} --set decay=constant"
            return (
                f"step {step:,}: the learning rate rises again, from {before:.3g} to {after:.3g}, and the loss with it "
                f"at first; {low} goes on at the low rate"
            )
        case events.SettingsEdited(step=step, before=before, after=after) if after:
            return f"step {step:,}: from here on {edit_in_words(before, after)}"
        case events.EditRefused(step=step, reason=reason):
            return f"step {step:,}: settings were not changed: {reason}"
        case events.ThreadsChosen(step=step, threads=threads, before=before) if threads != before:
            return f"step {step:,}: {choice_in_words(event)}"
        case events.OthersBusy(step=step):
            return f"step {step:,}: {others_in_words(event)}"
        case events.OthersGone(step=step):
            return f"step {step:,}: other programs no longer slow the training"
        case events.Finished(step=step, stopped=stopped, elapsed_s=elapsed):
            return f"{'stopped' if stopped else 'done'} after {step:,} steps in {elapsed:.0f} s; everything is saved"
    return None


def _progress(event: StepDone) -> str:
    total = f" of {event.total:,}" if event.total is not None else ""
    return f"step {event.step:,}{total}: loss {event.loss:.4f}, {event.elapsed_s:.0f} s"


def _copies(event: CopiesMeasured) -> str:
    words = f"{event.copies} of {event.of} samples are copies of training pictures"
    if math.isfinite(event.relative):
        usual = "held-out pictures" if event.held_out else "training pictures from each other"
        words += f"; they are {event.relative:.2f} times as far from them as {usual}"
    if event.looked_at < event.pictures:
        words += f" ({event.looked_at:,} of {event.pictures:,} pictures looked at)"
    return words


def warn_of_defaults(path: Path, overrides: Mapping[str, Any], *, for_what: Container[str]) -> None:
    """Say on stderr what the file at `path` leaves open of `for_what`, and what stands for it; of a run nothing."""
    from ..runs.opening import recognise

    found = recognise(path, **overrides)
    assumed = {name: value for name, value in found.defaults.items() if name in for_what} if found else {}
    if assumed:
        warn(f"{showable(path.name)} does not say {defaults_in_words(assumed)}")


def warn_of_frames(*paths: Path | None) -> None:
    """Say on stderr which picture files hold more than the one picture that is read of each."""
    from ..pictures.decode.decoding import has_more_frames

    for path in paths:
        if path is not None and has_more_frames(path):
            warn(f"{showable(path.name)} holds more than one picture: its first is taken")


def defaults_in_words(defaults: Mapping[str, Any]) -> str:
    """Settings that a file does not say, each with what stands for it; "nothing" where there are none."""
    words = (f"{name} (taken as {_in_words(name, value)})" for name, value in defaults.items())
    return ", ".join(words) or "nothing"


def _in_words(name: str, value: object) -> str:
    if name == "image_size" and isinstance(value, tuple):
        return f"{size_in_words(value)} px"
    return "off" if value is None else showable(str(value))


def say(line: str) -> None:
    """Print a line at once, even into a pipe."""
    print(line, flush=True)


def warn(line: str) -> None:
    """Print a line to stderr at once, if that can be written: no warning is worth a training."""
    with contextlib.suppress(OSError):
        print(line, file=sys.stderr, flush=True)


# --- Standard output that may fail: a terminal that is gone, a full disk under it, a reader that has left ---


class Output:
    """Says lines for as long as it can be; what fails is told to `failed` until that returns True."""

    def __init__(self, failed: Callable[[OSError], bool]) -> None:
        self._failed = failed
        self._told = False
        self.lost = False  #: whether the last line could not be written
        self.reader_gone = False  #: whoever read it from a pipe has left

    def say(self, line: str) -> None:
        """Print a line; a disk may have room again by the next one."""
        try:
            say(line)
            self.lost = False
        except OSError as error:
            self.lost, self.reader_gone = True, isinstance(error, BrokenPipeError)
            if not self._told:
                self._told = self._failed(error)


@contextmanager
def output(failed: Callable[[OSError], bool]) -> Iterator[Output]:
    """An Output; what it could not write does not come up again at the end of the program."""
    made = Output(failed)
    try:
        yield made
    finally:
        if made.lost:
            discard()


def discard() -> None:
    """Whatever is still to be written to standard output, also by Python at its exit, goes nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
