"""The sentence over the map: what the probe says, why, and what may help."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from core.errors import QT_TRANSLATE_NOOP
from core.runs.probes import HELD_OUT, HELD_OUT_EMA, TRAIN, TRAIN_EMA
from core.training.verdict import DIVERGING, EARLY, FLAT, IMPROVING, RESUMED, SLOW, WORSE, Verdict

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


class Sentence(NamedTuple):
    """What stands over the map."""

    says: str
    why: str
    advice: str = ""  #: what may help, in the tooltip


def source_title(name: str) -> str:
    """A source in the window's language."""
    return QCoreApplication.translate("MapSources", SOURCES[name])


def source_tip(name: str) -> str:
    """What it is."""
    return QCoreApplication.translate("MapSources", TIPS[name])


def sentence(verdict: Verdict, every: int | None = None, total: int | None = None) -> Sentence:
    """The verdict in words. every: steps between two looks of the probe; total: the run's last step."""
    between = QCoreApplication.translate("MapWords", "t {low} to {high}").format(
        low=numbers.count(verdict.t_from), high=numbers.count(verdict.t_to)
    )
    since = numbers.count(verdict.since_step)
    change = f"{numbers.figure(abs(verdict.change) * 100, 2)} %"
    gap = _gap(verdict)
    match verdict.kind:
        case kind if kind in (EARLY, RESUMED):
            why = _more_looks(verdict, every, total)
            if kind == EARLY:
                return Sentence(QCoreApplication.translate("MapWords", "Too early to say"), why)
            says = QCoreApplication.translate("MapWords", "Resumed at step {step}: too early to say")
            return Sentence(says.format(step=since), why)
        case kind if kind == IMPROVING:
            why = QCoreApplication.translate("MapWords", "{of} {change} lower than at step {step}").format(
                of=_pictures(verdict.of), change=change, step=since
            )
            return Sentence(
                QCoreApplication.translate("MapWords", "Still improving at {between}").format(between=between),
                _joined(why, gap),
            )
        case kind if kind == SLOW:
            each = f"{numbers.figure(abs(verdict.per_1000) * 100, 2)} %"
            return Sentence(
                QCoreApplication.translate("MapWords", "Learning slowly at all t: {change} in 1,000 steps").format(
                    change=each
                ),
                QCoreApplication.translate(
                    "MapWords", "in a straight line, where a loss that learns well falls fast at first"
                ),
                QCoreApplication.translate(
                    "MapWords", "The learning rate may be too small: try one three times as high in the next run."
                ),
            )
        case kind if kind == FLAT:
            why = QCoreApplication.translate("MapWords", "no change beyond the wobble of the probe")
            return Sentence(
                QCoreApplication.translate("MapWords", "Flat since step {step}").format(step=since),
                _joined(why, gap),
                QCoreApplication.translate(
                    "MapWords",
                    "More steps at this learning rate will change little. What can help: let the rate fall to its end, "
                    "a larger network, or more pictures.",
                ),
            )
        case kind if kind == WORSE:
            return Sentence(
                QCoreApplication.translate(
                    "MapWords", "Held-out pictures get worse at {between} while training ones improve"
                ).format(between=between),
                _joined(
                    QCoreApplication.translate("MapWords", "{change} higher than at step {step}").format(
                        change=change, step=since
                    ),
                    gap,
                ),
                QCoreApplication.translate(
                    "MapWords",
                    "The network begins to learn these pictures by heart at those t. What can help: more pictures, "
                    "flips and other augmentation, dropout, a smaller network, or the checkpoint of that step.",
                ),
            )
    assert verdict.kind == DIVERGING
    words = QCoreApplication.translate("MapWords", "the loss is no number any more")
    if verdict.change < 1e6:
        words = QCoreApplication.translate(
            "MapWords", "training pictures stand at {times} times their best loss"
        ).format(times=numbers.figure(1 + verdict.change))
    return Sentence(
        QCoreApplication.translate("MapWords", "Diverging since step {step}").format(step=since),
        words,
        QCoreApplication.translate(
            "MapWords", "Go back to a checkpoint of before and lower the learning rate, or the gradient limit."
        ),
    )


def _more_looks(verdict: Verdict, every: int | None, total: int | None) -> str:
    """How long it will be until something can be said."""
    left = verdict.wanted - verdict.looks
    words = QCoreApplication.translate(
        "MapWords", "{left} more looks of the probe until a change can be told from its wobble"
    )
    step = verdict.until_step + left * (every or 0)
    if every is not None and total is not None and step > total:
        words = QCoreApplication.translate(
            "MapWords", "{left} more looks of the probe are needed, and this run ends before: raise Probe share"
        )
    elif every is not None:
        words = QCoreApplication.translate(
            "MapWords", "{left} more looks of the probe, about until step {step}, to tell a change from its wobble"
        )
    return words.format(left=numbers.count(left), step=numbers.count(step))


def _pictures(kind: str) -> str:
    held_out = QCoreApplication.translate("MapWords", "held-out pictures")
    return held_out if kind == HELD_OUT_EMA else QCoreApplication.translate("MapWords", "training pictures")


def _gap(verdict: Verdict) -> str:
    """How far the held-out loss stands over the other."""
    gap = verdict.gap
    if gap is None or not abs(gap) < 100:
        return ""
    words = QCoreApplication.translate("MapWords", "held-out {gap} % above training")
    if gap < 0:
        words = QCoreApplication.translate("MapWords", "held-out {gap} % below training")
    return words.format(gap=numbers.figure(abs(gap) * 100, 2))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
