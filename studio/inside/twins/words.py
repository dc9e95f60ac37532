"""What twins come to, in the window's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from core.training.twin_events import differences

from ... import numbers
from ...app.messages import setting_title, setting_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.settings import RunConfig
    from core.training.twin_events import PairStarted, TwinsStarted, Verdict


def changes_words(a: RunConfig, b: RunConfig) -> str:
    """The settings in which two differ: "Weighting: min-SNR → None"."""
    change = QCoreApplication.translate("Twins", "{setting}: {before} → {after}")
    return " · ".join(
        change.format(setting=setting_title(name), before=setting_value(name, one), after=setting_value(name, other))
        for name, (one, other) in differences(a, b).items()
    )


def percent(share: float, digits: int = 2) -> str:
    """A share as 4.1 %."""
    return QCoreApplication.translate("Twins", "{n} %").format(n=numbers.figure(100 * share, digits))


def verdict_words(verdict: Verdict) -> str:
    """The sentence that judges. It has a word only where the seeds show one."""
    difference = percent(abs(verdict.difference))
    if verdict.spread is not None:
        difference = QCoreApplication.translate("Twins", "{difference} ± {spread}").format(
            difference=difference, spread=percent(verdict.spread)
        )
    seeds, lower = numbers.count(len(verdict.differences)), verdict.difference < 0
    match verdict.word:
        case "better":
            words = QCoreApplication.translate("Twins", "B is better: its error is {difference} lower")
        case "worse":
            words = QCoreApplication.translate("Twins", "B is worse: its error is {difference} higher")
        case "unknown" if lower:
            words = QCoreApplication.translate(
                "Twins", "No difference that {seeds} seeds can show: B's error is {difference} lower"
            )
        case "unknown":
            words = QCoreApplication.translate(
                "Twins", "No difference that {seeds} seeds can show: B's error is {difference} higher"
            )
        case _ if lower:
            words = QCoreApplication.translate(
                "Twins", "B's error is {difference} lower; one seed does not say whether that is chance"
            )
        case _:
            words = QCoreApplication.translate(
                "Twins", "B's error is {difference} higher; one seed does not say whether that is chance"
            )
    return words.format(difference=difference, seeds=seeds)


def numbers_words(verdict: Verdict, seeds: Sequence[int]) -> str:
    """The errors that it was judged by, of each seed, and what a step of each takes."""
    each = QCoreApplication.translate("Twins", "{a} and {b} (seed {seed})")
    of_seeds = QCoreApplication.translate("Twins", ", ").join(
        each.format(a=numbers.figure(a), b=numbers.figure(b), seed=numbers.count(seed))
        for a, b, seed in zip(verdict.errors_a, verdict.errors_b, seeds, strict=False)
    )
    low, times, high = verdict.times_as_long
    if low <= 1 <= high:
        words = QCoreApplication.translate("Twins", "Error of A and B: {errors}. A step of both takes equally long.")
    else:
        words = QCoreApplication.translate(
            "Twins", "Error of A and B: {errors}. A step of B takes {times} times as long as one of A."
        )
    return words.format(errors=of_seeds, times=numbers.figure(times, 2))


def how_judged() -> str:
    """What the numbers mean, for a tooltip."""
    return QCoreApplication.translate(
        "Twins",
        "The error is the mean square of x̂_0 − x_0 of the averaged weights after the last step, over fixed pictures, "
        "t and noise that are the same for both, never weighted. ± is half of the 90 % interval of the mean "
        "difference, from the spread of the seeds (Student's t): without any difference, a word comes by chance at "
        "most one time in ten. A difference below 0.5 % has no word.",
    )


def shared_words(pair: PairStarted, started: TwinsStarted) -> list[str]:
    """What both had in common, as it was found in their first batch, and what they had not; a sentence each."""
    facts = (
        (pair.pictures, QCoreApplication.translate("Twins", "pictures")),
        (pair.timesteps, "t"),
        (pair.noise, QCoreApplication.translate("Twins", "noise")),
        (pair.weights, QCoreApplication.translate("Twins", "first weights")),
    )
    between = QCoreApplication.translate("Twins", ", ")
    alike = between.join(name for same, name in facts if same)
    other = between.join(name for same, name in facts if not same)
    said = []
    if alike:
        said.append(QCoreApplication.translate("Twins", "The same for both, bit for bit: {what}.").format(what=alike))
    if other:
        settings = between.join(setting_title(name) for name in started.differs)
        words = QCoreApplication.translate(
            "Twins", "Not the same, because the settings compared are other ones ({settings}): {what}."
        )
        said.append(words.format(settings=settings, what=other))
    of = (
        QCoreApplication.translate("Twins", "The error is measured on {n} probes of held-out pictures.")
        if started.held_out
        else QCoreApplication.translate("Twins", "The error is measured on {n} probes of pictures that both train on.")
    )
    return [*said, of.format(n=numbers.count(started.probes))]
