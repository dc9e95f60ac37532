"""The tabs of the room, a row each. To add one: a package with a panel and a controller, and its row here."""

from __future__ import annotations

from core.errors import QT_TRANSLATE_NOOP

from ..app.tabs import TabRow

#: The translators' context of the tabs' texts.
CONTEXT = "InsideTabs"

#: Name → tab, in their order.
TABS: dict[str, TabRow] = {
    "network": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Network"),
        QT_TRANSLATE_NOOP("InsideTabs", "The U-Net of your run, block by block, at the step of the scrubber"),
        "studio.inside.network.controller:build_tab",
    ),
    "schedules": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Schedules"),
        QT_TRANSLATE_NOOP("InsideTabs", "How the noise grows with t, and how much each t counts"),
        "studio.inside.schedules.controller:build_tab",
    ),
    "tricks": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Tricks"),
        QT_TRANSLATE_NOOP("InsideTabs", "What each trick of training does to a batch, and whether it helps here"),
        "studio.inside.tricks.controller:build_tab",
    ),
    "lesson": TabRow(
        QT_TRANSLATE_NOOP("InsideTabs", "Lesson"),
        QT_TRANSLATE_NOOP("InsideTabs", "How diffusion works, in twenty pages on your own run"),
        "studio.inside.lesson.controller:build_tab",
    ),
}
