"""The noise schedules as the room offers them; core's own table has the same rows and costs the window torch."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication


class ScheduleRow(NamedTuple):
    """How a schedule is called and explained. Both are for the translators."""

    title: str
    tip: str


#: Key in `core.schedules.SCHEDULES` → its row; the tip names the paper that core's row names.
SCHEDULE_ROWS: dict[str, ScheduleRow] = {
    "linear": ScheduleRow(
        str(QT_TRANSLATE_NOOP("Schedules", "Linear")),
        str(
            QT_TRANSLATE_NOOP(
                "Schedules",
                "β rises evenly: small pictures are little but noise long before the end (Ho et al. 2020, arXiv "
                "2006.11239)",
            )
        ),
    ),
    "cosine": ScheduleRow(
        str(QT_TRANSLATE_NOOP("Schedules", "Cosine")),
        str(
            QT_TRANSLATE_NOOP(
                "Schedules",
                "Noise comes slowly at both ends, as small pictures need (Nichol & Dhariwal 2021, arXiv 2102.09672)",
            )
        ),
    ),
    "sigmoid": ScheduleRow(
        str(QT_TRANSLATE_NOOP("Schedules", "Sigmoid")),
        str(
            QT_TRANSLATE_NOOP(
                "Schedules",
                "Like cosine, with ends that can be bent; the library's default (Jabri et al. 2022, arXiv 2212.11972)",
            )
        ),
    ),
    "rectified_flow": ScheduleRow(
        str(QT_TRANSLATE_NOOP("Schedules", "Rectified flow")),
        str(
            QT_TRANSLATE_NOOP(
                "Schedules",
                "A straight path from picture to noise; belongs to Predicts: Flow (Liu et al. 2022, arXiv 2209.03003)",
            )
        ),
    ),
}


def schedule_title(name: str) -> str:
    """What a schedule is called in the window's language."""
    return QCoreApplication.translate("Schedules", SCHEDULE_ROWS[name].title)


def schedule_tip(name: str) -> str:
    """A schedule in one sentence, with its paper."""
    return QCoreApplication.translate("Schedules", SCHEDULE_ROWS[name].tip)
