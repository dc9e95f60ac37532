"""What the frozen probe says of a run, in words: what it is, why, and what may help."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..errors import QT_TRANSLATE_NOOP
from ..runs.probes import HELD_OUT_EMA
from ..translations import Translate
from .verdict import DIVERGING, EARLY, FLAT, IMPROVING, RESUMED, SLOW, WORSE, Verdict

#: The translators' context.
CONTEXT = "MapWords"
#: So many times the best loss is no number any more.
_NO_NUMBER = 1e6
#: A held-out loss so many times that of training pictures is no gap that a sentence should speak of.
_NO_GAP = 100


class Sentence(NamedTuple):
    """A verdict in words, without a full stop."""

    says: str
    why: str
    advice: str = ""  #: what may help, in whole sentences

    def __str__(self) -> str:
        return " · ".join(part for part in (self.says, self.why) if part)


#: A kind of verdict → what is said of it, why, and what may help.
_SENTENCES: dict[str, Sentence] = {
    EARLY: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Too early to say"),
        QT_TRANSLATE_NOOP("MapWords", "{left} more looks of the probe until a change can be told from its wobble"),
    ),
    RESUMED: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Resumed at step {step}: too early to say"),
        QT_TRANSLATE_NOOP("MapWords", "{left} more looks of the probe until a change can be told from its wobble"),
    ),
    IMPROVING: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Still improving at {between}"),
        QT_TRANSLATE_NOOP("MapWords", "{of} {change} lower than at step {step}"),
    ),
    SLOW: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Learning slowly at all t: {change} in 1,000 steps"),
        QT_TRANSLATE_NOOP("MapWords", "in a straight line, where a loss that learns well falls fast at first"),
        QT_TRANSLATE_NOOP(
            "MapWords", "The learning rate may be too small: try one three times as high in the next run."
        ),
    ),
    FLAT: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Flat since step {step}"),
        QT_TRANSLATE_NOOP("MapWords", "no change beyond the wobble of the probe"),
        QT_TRANSLATE_NOOP(
            "MapWords",
            "More steps at this learning rate will change little. What can help: let the rate fall to its end, "
            "a larger network, or more pictures.",
        ),
    ),
    WORSE: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Held-out pictures get worse at {between} while training ones improve"),
        QT_TRANSLATE_NOOP("MapWords", "{change} higher than at step {step}"),
        QT_TRANSLATE_NOOP(
            "MapWords",
            "The network begins to learn these pictures by heart at those t. What can help: more pictures, "
            "flips and other augmentation, dropout, a smaller network, or the checkpoint of that step.",
        ),
    ),
    DIVERGING: Sentence(
        QT_TRANSLATE_NOOP("MapWords", "Diverging since step {step}"),
        QT_TRANSLATE_NOOP("MapWords", "training pictures stand at {times} times their best loss"),
        QT_TRANSLATE_NOOP(
            "MapWords", "Go back to a checkpoint of before and lower the learning rate, or the gradient limit."
        ),
    ),
}
#: Where the loss is none: in place of the reason.
_LOSS_IS_NONE = QT_TRANSLATE_NOOP("MapWords", "the loss is no number any more")
_BETWEEN = QT_TRANSLATE_NOOP("MapWords", "t {low} to {high}")
_HELD_OUT = QT_TRANSLATE_NOOP("MapWords", "held-out pictures")
_TRAINING = QT_TRANSLATE_NOOP("MapWords", "training pictures")
_ABOVE = QT_TRANSLATE_NOOP("MapWords", "held-out {gap} % above training")
_BELOW = QT_TRANSLATE_NOOP("MapWords", "held-out {gap} % below training")
#: The kinds whose reason also says how far the held-out loss stands from the other.
_WITH_GAP = {IMPROVING, FLAT, WORSE}


def sentence(
    verdict: Verdict, translate: Translate, *, count: Callable[[int], str], figure: Callable[[float, int], str]
) -> Sentence:
    """The verdict in a language.

    count, figure: write a whole number, and a measured one with so many digits, as whoever shows the sentence does.
    """

    def percent(share: float) -> str:
        return f"{figure(abs(share) * 100, 2)} %"

    plain = _SENTENCES[verdict.kind]
    why = _LOSS_IS_NONE if verdict.kind == DIVERGING and not verdict.change < _NO_NUMBER else plain.why
    fields = {
        "between": translate(CONTEXT, _BETWEEN).format(low=count(verdict.t_from), high=count(verdict.t_to)),
        "step": count(verdict.since_step),
        "left": count(verdict.wanted - verdict.looks),
        "of": translate(CONTEXT, _HELD_OUT if verdict.of == HELD_OUT_EMA else _TRAINING),
        "change": percent(verdict.per_1000 if verdict.kind == SLOW else verdict.change),
        "times": figure(1 + verdict.change, 3),
    }
    reason, gap = translate(CONTEXT, why).format(**fields), verdict.gap
    if verdict.kind in _WITH_GAP and gap is not None and abs(gap) < _NO_GAP:
        words = translate(CONTEXT, _BELOW if gap < 0 else _ABOVE).format(gap=figure(abs(gap) * 100, 2))
        reason = f"{reason} · {words}"
    advice = translate(CONTEXT, plain.advice) if plain.advice else ""
    return Sentence(translate(CONTEXT, plain.says).format(**fields), reason, advice)
