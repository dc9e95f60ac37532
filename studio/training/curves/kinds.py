"""What happens in a training besides its steps: how its mark is drawn in the plots, and what is listed of it.

The names are those that a training's recorder stores, and `core.runs.metrics.EVENT_TITLES` says what each is called; an
event of a kind without a row is listed and has no mark.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from core.runs.metrics import EDIT, EVENT_TITLES, EVENTS_CONTEXT, HELD_OUT, SAVED
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
    """How a kind is shown. `colour` ("": no mark) is a token of the theme, `dash` lengths of lines and gaps in px."""

    colour: str = ""
    dash: tuple[float, ...] = DOTS
    plain: bool = False  #: the title says it all


#: Those that are shown otherwise than in words, which have a title alone. Those with a mark have a colour each.
KINDS: dict[str, Kind] = {
    SAVED: Kind("edge", plain=True),
    "resumed": Kind("accent", DOT_DASH, plain=True),
    "edit": Kind("fourth", DASHES),
    "rolled-back": Kind("error", DASHES),
    "diverged": Kind("validation", DOT_DASH),
    "rate-rises": Kind("weight", DOT_DASH),
    "pictures-back": Kind(plain=True),
    "others-gone": Kind(plain=True),
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
    """What is listed of something that has happened: no text where the title of its kind says as much."""
    return Happened(step, kind, "" if kind in KINDS and KINDS[kind].plain else text)


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
    """What a kind is called, in the window's language; its stored name where it has none."""
    return QCoreApplication.translate(EVENTS_CONTEXT, EVENT_TITLES[kind]) if kind in EVENT_TITLES else kind
