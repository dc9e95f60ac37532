"""The tabs of the room, a row each. To add one: a package with a panel and a controller, and its row here.

A tab's controller is built of the Shell and the room's own controller. Beside what every tab has, it has
`side: QWidget | None`, which takes the place of all that stands at the right of the page, and `under: QWidget | None`,
which takes the log's place under the samples.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from core.errors import QT_TRANSLATE_NOOP

from ..app.tabs import Tab, TabRow

#: The translators' context of the tabs' texts.
CONTEXT = "TrainingTabs"


class TrainingTab(Tab, Protocol):
    """What the controller of a tab of this room must be able to do."""

    side: QWidget | None
    under: QWidget | None


#: Name → tab, in their order. The first is the room's own.
TABS: dict[str, TabRow] = {
    "curves": TabRow(
        QT_TRANSLATE_NOOP("TrainingTabs", "Curves"),
        QT_TRANSLATE_NOOP("TrainingTabs", "Every number of the run over its steps, and the loss of every timestep"),
        "",
    ),
    "map": TabRow(
        QT_TRANSLATE_NOOP("TrainingTabs", "Map"),
        QT_TRANSLATE_NOOP("TrainingTabs", "The loss over steps and t, and whether it is still learning"),
        "studio.training.map.controller:build_tab",
    ),
    "quality": TabRow(
        QT_TRANSLATE_NOOP("TrainingTabs", "Quality"),
        QT_TRANSLATE_NOOP("TrainingTabs", "How far the samples are from the pictures, measured at checkpoints"),
        "studio.training.quality.controller:build_tab",
    ),
    "runs": TabRow(
        QT_TRANSLATE_NOOP("TrainingTabs", "Runs"),
        QT_TRANSLATE_NOOP("TrainingTabs", "All your runs: what they came to, what differs between them, and branches"),
        "studio.training.runs.controller:build_tab",
    ),
}

#: Tabs that are not about the settings of the next run: the form makes room for them.
WITHOUT_FORM = frozenset({"runs"})
