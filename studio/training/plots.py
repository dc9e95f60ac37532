"""The plots over a run's steps, one row each.

A number that `core.training.step.take_step` measures and names is stored with the run and read back by that name; a
row with the same name here draws it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from core.runs.metrics import COPY_DISTANCE


@dataclass(frozen=True, slots=True)
class Plot:
    """One number of every step, and how it is drawn. Its words are translated by `words`."""

    source: str  #: its name in `StepDone.scalars()` and in the run's metrics
    title: str
    tip: str
    hint: str  #: what stands in its place before the first step
    colour: str = "loss"  #: a token of the theme
    log: bool = False  #: in powers of ten; otherwise the axis begins at 0
    smoothed: bool = False  #: a running mean, with the numbers themselves faint behind it
    beside: str = ""  #: another curve of the run, dashed,
    limit: str = ""  #: or a setting of the training, a dashed level,
    beside_title: str = ""  #: and what it is


HELD_OUT = "held_out"

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
        beside=HELD_OUT,
        beside_title=str(QT_TRANSLATE_NOOP("Plots", "held out")),
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
        limit="max_grad_norm",
        beside_title=str(QT_TRANSLATE_NOOP("Plots", "limit")),
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
    ),
)


def words(text: str) -> str:
    """A row's words in the window's language."""
    return QCoreApplication.translate("Plots", text)
