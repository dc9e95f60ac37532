"""What happens in a training besides its steps, a row each: its title, and how its mark is drawn in the plots.

The names are those that a training's recorder stores; an event of a kind without a row is listed and has no mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.runs.metrics import EDIT, HELD_OUT, SAVED
from core.training.events import (
    CheckpointSaved,
    Diverged,
    Event,
    LearningRateRises,
    OthersBusy,
    OthersGone,
    PicturesAway,
    PicturesBack,
    PicturesChanged,
    PicturesLost,
    RolledBack,
    SaveFailed,
    SettingsEdited,
    Started,
    ThreadsChosen,
)

DOTS, DASHES, DOT_DASH = (1.0, 4.0), (7.0, 4.0), (7.0, 3.0, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `colour` ("": no mark) is a token of the theme, `dash` the lengths of lines and gaps in px."""

    title: str
    colour: str = ""
    dash: tuple[float, ...] = DOTS
    plain: bool = False  #: the title says it all


#: Those with a mark have a colour each.
KINDS: dict[str, Kind] = {
    SAVED: Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Checkpoint")), "edge", plain=True),
    "resumed": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Resumed")), "accent", DOT_DASH, plain=True),
    "edit": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Edited")), "fourth", DASHES),
    "rolled-back": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Rolled back")), "error", DASHES),
    "diverged": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Loss rises")), "validation", DOT_DASH),
    "rate-rises": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Rate rises")), "weight", DOT_DASH),
    "save-failed": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Not saved"))),
    "pictures-lost": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Pictures lost"))),
    "pictures-changed": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Other pictures"))),
    "pictures-away": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Folder gone"))),
    "pictures-back": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Folder back")), plain=True),
    "threads": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Threads"))),
    "others-busy": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Others busy"))),
    "others-gone": Kind(str(QT_TRANSLATE_NOOP("EventKinds", "Others gone")), plain=True),
}

#: What the window is told while it trains → the kind that is stored of it.
KIND_OF: dict[type[Event], str] = {
    CheckpointSaved: SAVED,
    SettingsEdited: EDIT,
    RolledBack: "rolled-back",
    Diverged: "diverged",
    LearningRateRises: "rate-rises",
    SaveFailed: "save-failed",
    PicturesLost: "pictures-lost",
    PicturesChanged: "pictures-changed",
    PicturesBack: "pictures-back",
    ThreadsChosen: "threads",
    OthersBusy: "others-busy",
    OthersGone: "others-gone",
}

#: What is stored among the events, and is a curve.
NOT_LISTED = frozenset({HELD_OUT})


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that has happened; `text` in plain words, "" where the title of its kind says it all."""

    step: int
    kind: str
    text: str = ""


def noted(step: int, kind: str, text: str) -> Happened:
    """What is listed of something that has happened: no text where the title of its kind says as much.

    The run's own numbers tell of it in half a sentence, which begins with a capital here.
    """
    return Happened(step, kind, "" if kind in KINDS and KINDS[kind].plain else text[:1].upper() + text[1:])


def kind_of(event: Event) -> str | None:
    """The kind of what a training has told; None for what is not listed."""
    match event:
        case Started(resumed=True):
            return "resumed"
        case PicturesAway(waited_s=0.0):  # it comes again while the training waits
            return "pictures-away"
    return KIND_OF.get(type(event))


def step_of(event: Event) -> int:
    """Where its mark stands: of a roll-back at the step that failed."""
    return event.failed_step if isinstance(event, RolledBack) else int(getattr(event, "step", 0))


def title_of(kind: str) -> str:
    """What a kind is called, in the window's language; its stored name where it has no row."""
    return QCoreApplication.translate("EventKinds", KINDS[kind].title) if kind in KINDS else kind
