"""What the frozen probe says of a run, in the words that stand over the window's map (context MapWords)."""

from __future__ import annotations

from ..runs.probes import HELD_OUT_EMA
from ..training.verdict import DIVERGING, EARLY, FLAT, IMPROVING, RESUMED, SLOW, WORSE, Verdict
from ..translations import Translate
from .charts import figure


def verdict_words(verdict: Verdict, translate: Translate) -> str:
    """The sentence and its reason; "" where it is too early to say anything."""
    says = {
        EARLY: "",
        RESUMED: "",
        IMPROVING: translate("MapWords", "Still improving at {between}"),
        SLOW: translate("MapWords", "Learning slowly at all t: {change} in 1,000 steps"),
        FLAT: translate("MapWords", "Flat since step {step}"),
        WORSE: translate("MapWords", "Held-out pictures get worse at {between} while training ones improve"),
        DIVERGING: translate("MapWords", "Diverging since step {step}"),
    }[verdict.kind]
    held_out, training = translate("MapWords", "held-out pictures"), translate("MapWords", "training pictures")
    why = {
        IMPROVING: translate("MapWords", "{of} {change} lower than at step {step}"),
        SLOW: translate("MapWords", "in a straight line, where a loss that learns well falls fast at first"),
        FLAT: translate("MapWords", "no change beyond the wobble of the probe"),
        WORSE: translate("MapWords", "{change} higher than at step {step}"),
        DIVERGING: translate("MapWords", "training pictures stand at {times} times their best loss")
        if verdict.change < 1e6
        else translate("MapWords", "the loss is no number any more"),
    }.get(verdict.kind, "")
    fields = {
        "between": translate("MapWords", "t {low} to {high}").format(
            low=f"{verdict.t_from:,}", high=f"{verdict.t_to:,}"
        ),
        "step": f"{verdict.since_step:,}",
        "of": held_out if verdict.of == HELD_OUT_EMA else training,
        "times": figure(1 + verdict.change),
    }
    share = verdict.per_1000 if verdict.kind == SLOW else verdict.change
    change = f"{figure(abs(share) * 100, 2)} %"
    return " · ".join(part.format(change=change, **fields) for part in (says, why) if part)
