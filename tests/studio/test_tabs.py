"""The tabs of a room: what is looked at for the first time is built in strokes that are not felt."""

from __future__ import annotations

import sys

import pytest

from studio.app.window import MainWindow
from tests.clocks import longest_turn_s, processor_s

#: What a stroke may take of the processor: a window that is held for longer is felt.
FELT_S = 0.1


@pytest.mark.long
def test_tabs_when_nobody_looks_are_imported(window: MainWindow, qtbot) -> None:
    rows = [row for keeper in (window.inside, window.training.tabs) for row in keeper._rows.values() if row.build]
    assert len(rows) == 7
    qtbot.waitUntil(lambda: all(not list(row.imports()) for row in rows))
    assert all(row.build.partition(":")[0] in sys.modules for row in rows)
    assert not window.inside.tabs and not window.training.tabs.tabs


@pytest.mark.long
def test_a_tab_when_its_room_is_left_is_built_on_later(window: MainWindow, qtbot) -> None:
    window.inside.show_tab("network")
    window.show_room("inside")
    assert "network" not in window.inside.tabs
    window.show_room("sampler")
    qtbot.wait(100)
    assert "network" not in window.inside.tabs
    window.show_room("inside")
    qtbot.waitUntil(lambda: "network" in window.inside.tabs)
    qtbot.waitUntil(window.inside.tab("network").panel.isVisible)


@pytest.mark.clock
@pytest.mark.parametrize("room", ["inside", "training"])
def test_a_first_look_at_a_tab_is_not_felt(window: MainWindow, room: str, qtbot) -> None:
    keeper = window.inside if room == "inside" else window.training.tabs
    qtbot.waitUntil(lambda: not list(keeper.import_ahead()))
    window.show_room(room)
    for name, row in keeper._rows.items():
        if row.build:
            turns = [processor_s(lambda name=name: keeper.choose(name))]
            turns.append(longest_turn_s(lambda name=name: name in keeper.tabs and not keeper._building.isActive()))
            turns.append(longest_turn_s(lambda: True))
            assert max(turns) < FELT_S, (name, turns)
