"""The row over a run: what it trains with, the changed parts readable in the smallest window."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from core.presets import preset
from studio.training.panel import SummaryRow


def test_changed_sections_are_read_whole_in_a_narrow_window(qtbot: QtBot) -> None:
    row = SummaryRow()
    qtbot.addWidget(row)
    config = preset("sketch").config.with_settings({"dim": 128, "dim_mults": (1, 2, 4, 8), "batch_size": 4096})
    row.show_config(config, ("dim", "dim_mults", "batch_size"))
    row.resize(760, row.height())
    row.show()
    for section in ("network", "training"):
        label = row.items[section].value
        assert label.shown_text() == label.text()
