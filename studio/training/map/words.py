"""What the map can show, and the sentence over it, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.errors import QT_TRANSLATE_NOOP
from core.runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA
from core.training import verdict_words
from core.training.verdict import EARLY, RESUMED, Verdict
from core.training.verdict_words import Sentence

from ... import numbers

OWN, SHARE = "own", "share"

#: What the map can show, in order: name → title.
SOURCES: dict[str, str] = {
    TRAIN_EMA: QT_TRANSLATE_NOOP("MapSources", "Training pictures, EMA"),
    TRAIN: QT_TRANSLATE_NOOP("MapSources", "Training pictures"),
    HELD_OUT_EMA: QT_TRANSLATE_NOOP("MapSources", "Held-out pictures, EMA"),
    HELD_OUT: QT_TRANSLATE_NOOP("MapSources", "Held-out pictures"),
    OWN: QT_TRANSLATE_NOOP("MapSources", "The training's own losses"),
    SHARE: QT_TRANSLATE_NOOP("MapSources", "Share of the loss"),
}
#: And what that is, in whole sentences.
TIPS: dict[str, str] = {
    TRAIN_EMA: QT_TRANSLATE_NOOP(
        "MapSources",
        "The same 64 training pictures, t and noise at each look, asked of the averaged weights: the loss relative to "
        "that of the first look.",
    ),
    TRAIN: QT_TRANSLATE_NOOP(
        "MapSources",
        "The same 64 training pictures, t and noise at each look, asked of the weights themselves, which wobble more "
        "than their average.",
    ),
    HELD_OUT_EMA: QT_TRANSLATE_NOOP(
        "MapSources",
        "The same 64 pictures that are never trained on, asked of the averaged weights. Where these rise while the "
        "training pictures fall, pictures are being learnt by heart.",
    ),
    HELD_OUT: QT_TRANSLATE_NOOP(
        "MapSources", "The same 64 pictures that are never trained on, asked of the weights themselves."
    ),
    OWN: QT_TRANSLATE_NOOP(
        "MapSources",
        "The losses of the training's own steps, of other pictures and noise each time, as means over some steps: "
        "noisier than the probe, and there for every run.",
    ),
    SHARE: QT_TRANSLATE_NOOP(
        "MapSources",
        "w(t) × loss(t) as a part of the whole that training makes small, as a multiple of an equal part. It stands "
        "for each t's share of the gradient, which is not measured for each t.",
    ),
}


def source_title(name: str) -> str:
    """A source in the window's language."""
    return QCoreApplication.translate("MapSources", SOURCES[name])


def source_tip(name: str) -> str:
    """What it is."""
    return QCoreApplication.translate("MapSources", TIPS[name])


def sentence(verdict: Verdict, every: int | None = None, total: int | None = None) -> Sentence:
    """The verdict in the window's language. every: steps between two looks of the probe; total: the run's last step."""
    said = verdict_words.sentence(verdict, QCoreApplication.translate, count=numbers.count, figure=numbers.figure)
    if verdict.kind not in (EARLY, RESUMED) or every is None:
        return said
    left = verdict.wanted - verdict.looks
    step = verdict.until_step + left * every
    words = QCoreApplication.translate(
        "MapWords", "{left} more looks of the probe, about until step {step}, to tell a change from its wobble"
    )
    if total is not None and step > total:
        words = QCoreApplication.translate(
            "MapWords", "{left} more looks of the probe are needed, and this run ends before: raise Probe share"
        )
    return said._replace(why=words.format(left=numbers.count(left), step=numbers.count(step)))
