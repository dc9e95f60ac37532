"""The plots over a run's steps, one row each.

A number that `core.training.step.take_step` measures and names is stored with the run and read back by that name; a
row with the same name here draws it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.runs.metrics import COPY_DISTANCE, HELD_OUT_EMA


@dataclass(frozen=True, slots=True)
class Beside:
    """A dashed line beside a plot's own curve: another curve of the run, or a setting of the training, a level."""

    title: str
    source: str = ""  #: as of `Plot`,
    setting: str = ""  #: or the setting's name
    colour: str = "text"  #: a token of the theme


@dataclass(frozen=True, slots=True)
class Plot:
    """One number of the steps, and how it is drawn. Its words are translated by `words`."""

    source: str  #: its name in `StepDone.scalars()` and in the run's metrics
    title: str
    tip: str
    hint: str  #: what stands in its place before the first step
    colour: str = "loss"  #: a token of the theme
    log: bool = False  #: in powers of ten; otherwise the axis begins at 0
    smoothed: bool = False  #: a running mean, with the numbers themselves faint behind it
    beside: tuple[Beside, ...] = ()
    scale: float = 1.0  #: what the numbers are multiplied by, to be in
    unit: str = ""  #: this unit
    every_step: bool = True  #: otherwise it is measured now and then


HELD_OUT = "held_out"

_AVERAGED = str(QT_TRANSLATE_NOOP("Plots", "averaged weights"))

#: The first one is shown at first.
PLOTS: tuple[Plot, ...] = (
    Plot(
        "loss",
        str(QT_TRANSLATE_NOOP("Plots", "Loss")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "The weighted squared error of the prediction, on a logarithmic axis (Ho et al. 2020, eq. 14). "
                "The dashed line is the loss of the pictures that are held out: where it rises while the other falls, "
                "pictures are being learnt by heart.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the loss of every step will appear: the lower, the better the guess.")),
        log=True,
        smoothed=True,
        beside=(Beside(str(QT_TRANSLATE_NOOP("Plots", "held out")), HELD_OUT),),
    ),
    Plot(
        HELD_OUT,
        str(QT_TRANSLATE_NOOP("Plots", "Held-out loss")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "The loss of the pictures that are held out, always of the same timesteps and noise: with the weights "
                "as they are, and dashed with the averaged ones, which the samples are made with. Averaging takes off "
                "the jitter of single steps; while the network still learns fast, it lags behind.",
            )
        ),
        str(
            QT_TRANSLATE_NOOP(
                "Plots", "Here the loss of the held-out pictures will appear, where the settings hold some out."
            )
        ),
        colour="validation",
        log=True,
        beside=(Beside(_AVERAGED, HELD_OUT_EMA, colour="weight"),),
        every_step=False,
    ),
    Plot(
        "grad_norm",
        str(QT_TRANSLATE_NOOP("Plots", "Gradient norm")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "The norm of the gradient before it is limited. Above the dashed line, the limit of the settings, an "
                "update is scaled down to it; one that rises for long, or jumps, tells of a learning rate that is too "
                "high.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the norm of every step's gradient will appear.")),
        colour="validation",
        log=True,
        smoothed=True,
        beside=(Beside(str(QT_TRANSLATE_NOOP("Plots", "limit")), setting="max_grad_norm"),),
    ),
    Plot(
        "learning_rate",
        str(QT_TRANSLATE_NOOP("Plots", "Learning rate")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "How far an update may go: it rises in the warm-up, and then falls or stays, as the settings say.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the learning rate of every step will appear.")),
        colour="weight",
    ),
    Plot(
        "ema_length",
        str(QT_TRANSLATE_NOOP("Plots", "EMA length")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "How many steps the averaged weights are behind: the mean age of what they hold. It grows in the "
                "warm-up of the average until it stays at about decay / (1 − decay).",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the length of the average will appear, in steps.")),
        colour="fourth",
        unit=str(QT_TRANSLATE_NOOP("Plots", "steps")),
        every_step=False,
    ),
    Plot(
        "pictures_per_second",
        str(QT_TRANSLATE_NOOP("Plots", "Pictures per second")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "How many pictures each step was trained on in a second. It falls where other programs use the "
                "processor, and where pictures come too slowly.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the speed of every step will appear.")),
        colour="validation",
        smoothed=True,
    ),
    Plot(
        "waiting",
        str(QT_TRANSLATE_NOOP("Plots", "Waiting for pictures")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "The share of the time in which the training waited for pictures, once a second. Where it is more than "
                "a few percent, a faster disk or a larger cache makes the training faster; else only the network "
                "counts.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the share of time spent waiting for pictures will appear.")),
        colour="fourth",
        scale=100.0,
        unit="%",
        every_step=False,
    ),
    Plot(
        "memory",
        str(QT_TRANSLATE_NOOP("Plots", "Memory")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "What this program has in the machine's memory, once a second, with the window and its pictures (not "
                "told on Windows and macOS). The dashed line is the most that was taken on a graphics card.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here the memory that the training takes will appear, in GB.")),
        colour="weight",
        beside=(Beside(str(QT_TRANSLATE_NOOP("Plots", "card, most")), "card_memory"),),
        scale=1e-9,
        unit="GB",
        every_step=False,
    ),
    Plot(
        COPY_DISTANCE,
        str(QT_TRANSLATE_NOOP("Plots", "Distance of samples")),
        str(
            QT_TRANSLATE_NOOP(
                "Plots",
                "How far the samples are from their nearest training pictures, as a multiple of how far held-out "
                "pictures are, or, where none are held out, training pictures from each other. Near 1 they are new; "
                "towards 0 they are copies.",
            )
        ),
        str(QT_TRANSLATE_NOOP("Plots", "Here it will appear with every grid of samples, once there are two.")),
        colour="weight",
        every_step=False,
    ),
)

#: By name; where a curve is beside others alone, it has no row.
BY_SOURCE = {plot.source: plot for plot in PLOTS}


def words(text: str) -> str:
    """A row's words in the window's language."""
    return QCoreApplication.translate("Plots", text)


def titled(plot: Plot) -> str:
    """A plot's title with its unit: Memory (GB)."""
    if not plot.unit:
        return words(plot.title)
    return words(str(QT_TRANSLATE_NOOP("Plots", "{title} ({unit})"))).format(
        title=words(plot.title), unit=words(plot.unit)
    )
