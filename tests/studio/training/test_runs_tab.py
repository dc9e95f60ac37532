"""The tab Runs, over real run folders: listed, searched, compared, renamed, put away and had back, branched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QWidget

from core.presets import preset
from core.runs.grids import save_grid
from core.runs.listing import ListedFacts, read_facts
from core.runs.metrics import HELD_OUT, MetricsWriter
from core.runs.quality_file import QualityResult, SpaceResult, save_quality
from core.runs.run import Parent, Run
from core.runs.run_notes import RunNotes, read_notes, write_notes
from studio.app.runs import read_listed
from studio.numbers import count
from studio.project import Undoable
from studio.training.runs.controller import RunsTab
from studio.training.runs.model import MOST_DEPTH, Column, Here, RunModel, in_tree, state_of
from studio.training.runs.overlay import TIME
from studio.training.runs.panel import RunsPanel
from studio.training.runs.samples import SamplesSide
from studio.widgets.elided import ElidedLabel

from .conftest import Room

SMALL = {"dim": 8, "dim_mults": "1,2", "attn_heads": 1, "attn_dim_head": 8, "image_size": 8, "channels": 3, "steps": 20}


def make_run(folder: Path, *, parent: Parent | None = None, seconds: float = 1.0, **changes: object) -> Run:
    config = preset("sketch").config.with_settings({**SMALL, **changes})
    run = Run.create(folder, config, source_folder=folder.parent, device="cpu", planned_total=20, parent=parent)
    with closing(MetricsWriter(run.metrics_path)) as writer:
        for step in range(1, 11):
            writer.add(step, 1 / step, 1e-3, 1.0, 50.0, seconds * step)
        writer.add_event(10, HELD_OUT, "0.25")
    for step in (5, 10):
        pictures = np.full((4, 8, 8, 3), 10 * step, np.uint8)
        save_grid(run.sample_path(step), pictures, settings={})
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    first = make_run(folder / "first")
    make_run(folder / "second", seed=7, parent=Parent("first", first.created, 5, ""))
    make_run(folder / "third", dim=16)
    write_notes(folder / "third", RunNotes("A good one", ("fast",), False))
    return folder


@pytest.fixture
def tab(runs: Path, room: Room, qtbot) -> Iterator[RunsTab]:
    shell = SimpleNamespace(window=room.panel, project=room.project, settings=room.settings)
    made = RunsTab(shell, room.controller, RunsPanel(RunModel()), SamplesSide())
    made.head.setParent(room.panel)
    made.side.setParent(room.panel)
    made.panel.setParent(room.panel)
    made.panel.resize(900, 700)
    made.panel.show()
    made.set_shown(True)
    qtbot.waitUntil(lambda: len(made.model.runs) == 3 and made._read_once)
    yield made
    assert made.shutdown(20_000)


def names(tab: RunsTab) -> list[str]:
    return [tab.model.facts(row).name for row in range(tab.model.rowCount())]


def test_table_when_read_shows_what_the_folders_hold(tab: RunsTab, runs: Path, qtbot) -> None:
    row = tab.model.place(runs / "first")
    said = {column: tab.model.index(row, column).data() for column in Column}
    assert said[Column.STEPS] == "0" and said[Column.HELD_OUT] == "0.250" and said[Column.TIME] == "10 s"
    size = sum(facts.bytes for facts in map(read_facts, runs.iterdir()))
    assert "3 runs" in tab.panel.total.text() and size == sum(run.bytes for run in tab.model.runs)
    qtbot.waitUntil(lambda: all(tab.panel.table.thumbnail(run) is not None for run in tab.model.runs))


def test_search_when_typed_finds_names_tags_notes_and_settings(tab: RunsTab, qtbot) -> None:
    for words, found in (
        ("dim=16", ["third"]),
        ("fast", ["third"]),
        ("good ONE", ["third"]),
        ("seed=7 second", ["second"]),
        ("dim=8 fast", []),
    ):
        tab.panel.search.setText(words)
        assert names(tab) == found, words
    assert "No run has" in tab.panel.empty.text()
    qtbot.keyClick(tab.panel.search, Qt.Key.Key_Escape)
    assert len(names(tab)) == 3


def test_tree_when_not_sorted_has_branches_under_what_they_began_at(tab: RunsTab, runs: Path) -> None:
    order = names(tab)
    assert order.index("second") == order.index("first") + 1
    rows = {row.facts.name: row.depth for row in in_tree(tab.model.runs)}
    assert rows == {"first": 0, "second": 1, "third": 0}
    tab.panel.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert names(tab) == ["third", "second", "first"]
    tab.panel.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert names(tab) == order


def test_selection_when_two_are_compared_shows_curves_settings_and_samples(tab: RunsTab, runs: Path, qtbot) -> None:
    tab.panel.table.select([runs / "first", runs / "second"])
    assert tab.model.letters == {runs / "first": "A", runs / "second": "B"}
    chart = tab.panel.overlay.chart
    qtbot.waitUntil(lambda: len(chart._curves["A raw"].x) == 10 and len(chart._curves["B"].x) == 10)
    np.testing.assert_allclose(chart._curves["A raw"].y, 1 / np.arange(1, 11), rtol=1e-6)
    tab.panel.overlay.choose_axis(TIME)
    np.testing.assert_allclose(chart._curves["A raw"].x, np.arange(1, 11))
    assert "1 of" in tab.panel.differs.count.text()
    panels = tab.side.panels
    qtbot.waitUntil(lambda: all(panel.grid.count() == 4 for panel in panels.values()))
    assert "Their seeds differ (0, 7)" in tab.side.note.text()
    tab.panel.table.select([runs / "first"])
    assert tab.model.letters == {} and "8 px" in tab.panel.about.lines[0].text()


def test_notes_when_written_are_in_the_folder(tab: RunsTab, runs: Path, qtbot) -> None:
    tab.panel.table.select([runs / "first"])
    about = tab.panel.about
    about.note.setPlainText("Worth a second look")
    about.tags.setText("slow, kept,,")
    qtbot.keyClick(about.tags, Qt.Key.Key_Return)
    assert about.tags.text() == "slow, kept"
    about.star.click()
    qtbot.waitUntil(lambda: read_notes(runs / "first") == RunNotes("Worth a second look", ("slow", "kept"), True))
    qtbot.waitUntil(lambda: tab.model.facts_of(runs / "first").notes.starred)
    tab.panel.table.select([runs / "third"])
    assert about.note.toPlainText() == "A good one"


def test_star_when_all_selected_have_one_is_offered_to_be_removed(tab: RunsTab, runs: Path, qtbot) -> None:
    def offered() -> str:
        tab.head.menu.aboutToShow.emit()
        return next(act.text() for act in tab.head.menu.actions() if act.objectName() == "run_star")

    tab.panel.table.select([runs / "first", runs / "third"])
    assert offered() == "Star"
    tab.star()
    qtbot.waitUntil(lambda: tab.starred)
    assert offered() == "Remove the star"
    tab.star()
    qtbot.waitUntil(lambda: not tab.starred and not read_notes(runs / "first").starred)


def test_what_differs_when_a_branch_is_compared_counts_its_steps_on_top(tab: RunsTab, qtbot) -> None:
    parent = Parent("first", "", 1522, "")
    configs = [preset("sketch").config.with_settings({**SMALL, "steps": steps}) for steps in (2200, 150, 2000)]
    runs = [
        ListedFacts(Path(name), 0.0, 0, config=config, parent=began)
        for name, config, began in zip("abc", configs, (None, parent, None), strict=True)
    ]
    tab.panel.differs.show_runs(runs, [188_433] * 3)
    tab.panel.differs.resize(340, 300)
    tab.panel.differs.show()
    said = [label.text() for label in tab.panel.differs.findChildren(ElidedLabel)]
    assert {count(2200), f"{count(1522)} + 150", count(188_433)} <= set(said)
    qtbot.waitUntil(lambda: all(label.shown_text() == label.text() for label in figures(tab)))


def figures(tab: RunsTab) -> list[ElidedLabel]:
    return [label for label in tab.panel.differs.findChildren(ElidedLabel) if label.text()[0].isdigit()]


def test_rename_when_typed_moves_the_folder_and_keeps_the_selection(tab: RunsTab, runs: Path, qtbot) -> None:
    tab._settings["run"] = str(runs / "first")
    tab.panel.table.select([runs / "first"])
    tab.model.setData(tab.model.index(tab.model.place(runs / "first"), Column.NAME), "renamed")
    qtbot.waitUntil(lambda: tab.panel.table.order == [runs / "renamed"])
    assert Run.open(runs / "renamed").config.model.dim == 8 and not (runs / "first").exists()
    assert tab._settings["run"] == str(runs / "renamed")
    assert {row.facts.name: row.depth for row in in_tree(tab.model.runs)}["second"] == 1, "its branch finds it"
    tab.rename(runs / "renamed", "third")
    qtbot.waitUntil(lambda: "cannot be the name" in tab.panel.banner.text())


@pytest.mark.parametrize("system", [True, False])
def test_trash_when_undone_brings_the_run_back(tab: RunsTab, runs: Path, qtbot, monkeypatch, system: bool) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(runs.parent / "data"))
    if not system:
        monkeypatch.setattr("studio.training.runs.trash.QFile.moveToTrash", lambda _file: False)
    tab.panel.table.select([runs / "third"])
    qtbot.keyClick(tab.panel.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(tab.model.runs) == 2)
    assert not (runs / "third").exists()
    tab.panel.banner.action_button.click()
    qtbot.waitUntil(lambda: len(tab.model.runs) == 3 and tab.panel.table.order == [runs / "third"])
    assert read_notes(runs / "third").note == "A good one"


def test_trash_when_several_are_put_away_together_brings_all_back_and_can_be_tried_again(
    tab: RunsTab, runs: Path, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr("studio.training.runs.trash.QFile.moveToTrash", lambda _file: False)
    tab.panel.table.select([runs / "first", runs / "third"])
    tab.trash()
    qtbot.waitUntil(lambda: len(tab.model.runs) == 1)
    assert "first, third" in tab.panel.banner.text()
    (runs / "third").mkdir()  # somebody takes the name
    tab.undo_trash()
    qtbot.waitUntil(lambda: bool(tab.last_trashed) and len(tab.model.runs) == 2)
    assert [away.folder.name for away in tab.last_trashed] == ["third"], "it is not lost"
    (runs / "third").rmdir()
    tab.undo_trash()
    qtbot.waitUntil(lambda: len(tab.model.runs) == 3)
    assert read_notes(runs / "third").note == "A good one" and not tab.last_trashed


def test_trash_when_del_is_pressed_again_puts_no_other_run_away_and_steps_bring_it_back(
    tab: RunsTab, runs: Path, room: Room, qtbot, monkeypatch
) -> None:
    monkeypatch.setattr("studio.training.runs.trash.QFile.moveToTrash", lambda _file: False)
    room.project.set_run(Run.open(runs / "first"))
    steps, table, banner = room.project.undo_steps, tab.panel.table, tab.panel.banner
    table.select([runs / "third"])
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Delete)
        qtbot.waitUntil(lambda: len(tab.model.runs) == 2 and bool(banner.text()))
        qtbot.wait(50)
    assert "third" in banner.text() and banner.action_button.isVisible() and not table.order
    for part in (tab.panel.search, tab.panel.total):
        assert not banner.geometry().intersects(QRect(part.mapTo(tab.panel.list, QPoint()), part.size()))
    room.project.set_settings({"seed": 3})
    steps.undo()
    assert isinstance(steps.last, Undoable) and "third" in steps.last.words
    steps.undo()
    qtbot.waitUntil(lambda: table.order == [runs / "third"])
    steps.redo()
    qtbot.waitUntil(lambda: len(tab.model.runs) == 2 and not (runs / "third").exists())
    room.project.set_settings({"seed": 4})
    banner.action_button.click()
    qtbot.waitUntil(lambda: table.order == [runs / "third"])
    assert not isinstance(steps.last, Undoable) and room.project.wished.train.seed == 4
    steps.undo()
    assert steps.last is None


def test_notes_when_something_else_is_under_way_are_kept_in_the_order_in_which_they_were_typed(
    tab: RunsTab, runs: Path, qtbot
) -> None:
    held, done = Event(), []
    tab._do(lambda: held.wait(20), done.append)
    for number in range(30):
        tab._write_notes(runs / "first", RunNotes(f"{number}"))
    tab.panel.table.select([runs / "first"])
    tab.star()
    held.set()
    qtbot.waitUntil(lambda: read_notes(runs / "first") == RunNotes("29", (), True))
    tab._do(lambda: None, done.append)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert read_notes(runs / "first") == RunNotes("29", (), True)


def test_notes_when_the_window_is_closed_at_once_are_written(tab: RunsTab, runs: Path) -> None:
    held = Event()
    tab._do(lambda: held.wait(0.2), lambda _: None)
    tab.panel.table.select([runs / "first"])
    tab.panel.about.note.setPlainText("The last words")
    assert tab.shutdown(20_000)
    assert read_notes(runs / "first").note == "The last words"


def test_note_when_a_list_of_before_comes_later_stays_as_it_was_typed(tab: RunsTab, runs: Path, qtbot) -> None:
    tab.panel.table.select([runs / "first"])
    about, before = tab.panel.about, tab.model.runs
    about.note.setPlainText("Typed")
    about.keep()
    tab._listed(before)  # it was being read meanwhile
    assert about.note.toPlainText() == "Typed"
    qtbot.waitUntil(lambda: tab.model.facts_of(runs / "first").notes.note == "Typed")


def test_note_when_typed_while_the_run_is_renamed_goes_with_it(tab: RunsTab, runs: Path, qtbot) -> None:
    tab.panel.table.select([runs / "first"])
    held = Event()
    tab._do(lambda: held.wait(20), lambda _: None)
    tab.panel.about.note.setPlainText("Before")
    tab.rename(runs / "first", "renamed")
    held.set()
    qtbot.waitUntil(lambda: tab.panel.table.order == [runs / "renamed"])
    assert read_notes(runs / "renamed").note == "Before" and not (runs / "first").exists()
    tab.panel.about.note.setPlainText("After")
    qtbot.waitUntil(lambda: read_notes(runs / "renamed").note == "After")


def test_table_when_the_open_run_is_elsewhere_lists_it_too(tab: RunsTab, runs: Path, room: Room, qtbot) -> None:
    other = make_run(runs.parent / "elsewhere" / "apart")
    room.project.set_run(other)
    tab.refresh()
    qtbot.waitUntil(lambda: tab.model.place(other.folder) is not None)
    assert "3 runs" in tab.panel.total.text() and "apart is in" in tab.panel.total.text()
    room.project.set_run(None)
    qtbot.waitUntil(lambda: not tab._list.busy)
    tab.refresh()
    qtbot.waitUntil(lambda: tab.model.place(other.folder) is None)


def test_kid_when_measured_says_its_space_and_the_floor(tab: RunsTab, runs: Path, qtbot) -> None:
    numbers = dict.fromkeys(SpaceResult.__dataclass_fields__, 0.5)
    spaces = {
        "folder": SpaceResult(**{**numbers, "kid": -0.02, "kid_low": -0.03, "kid_high": 0.01}),
        "random": SpaceResult(**{**numbers, "kid": -0.012, "kid_low": -0.02, "kid_high": 0.01, "floor_kid": 0.003}),
    }
    said = {"step": 10, "weights": "ema", "count": 256, "sampler": "ddim", "sampler_steps": 50, "seed": 1}
    save_quality(runs / "first", QualityResult(**said, spaces=spaces))
    tab.refresh()
    qtbot.waitUntil(lambda: tab.model.facts_of(runs / "first").kid is not None)
    cell = tab.model.index(tab.model.place(runs / "first"), Column.KID)
    assert cell.data() == "−0.0120"
    tip = cell.data(Qt.ItemDataRole.ToolTipRole)
    assert "Random network" in tip and "0.00300" in tip and "256 samples of step 10" in tip


def test_tree_when_two_thousand_began_at_each_other_is_made_at_once(tmp_path: Path) -> None:
    def facts(number: int, parent: int | None) -> ListedFacts:
        began = None if parent is None else Parent(f"run-{parent}", "2026", 5, "")
        return ListedFacts(tmp_path / f"run-{number}", float(number), created="2026", parent=began)

    chain = [facts(0, 1999), *(facts(number, number - 1) for number in range(1, 2000))]
    rows = in_tree(chain)
    assert sorted(row.facts.name for row in rows) == sorted(run.name for run in chain)
    assert max(row.depth for row in rows) == MOST_DEPTH
    assert sum(row.depth == 0 for row in rows) == 1, "a circle is cut once"


def test_trash_when_a_run_is_trained_is_refused_with_who_trains_it(tab: RunsTab, runs: Path, qtbot) -> None:
    with Run.open(runs / "third").lock():
        tab.refresh()
        qtbot.waitUntil(lambda: tab.model.facts_of(runs / "third").standing.trained)
        tab.panel.table.select([runs / "third"])
        tab.trash()
        assert "third" in tab.panel.banner.text() and (runs / "third").exists()
        assert tab.reasons()["rename"] and tab.reasons()["resume"]


def test_run_that_failed_before_its_first_checkpoint_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs" / "first")
    assert state_of(read_facts(run.folder), Here()).words == "Not begun"
    (listed,) = read_listed(tmp_path / "runs")
    assert listed.standing() == "step 0"
    with closing(MetricsWriter(run.metrics_path)) as writer:
        writer.add_event(8, "failed", "NaN")
    assert state_of(read_facts(run.folder), Here()).words == "Failed at step 8"
    (listed,) = read_listed(tmp_path / "runs")
    assert listed.standing() == "Failed at step 8", "in the run's menu"


def test_duplicate_when_chosen_gives_the_next_run_its_settings(tab: RunsTab, runs: Path, room: Room) -> None:
    tab.panel.table.select([runs / "second"])
    tab.duplicate()
    assert room.project.wished.train.seed == 7 and room.project.run is None


def test_model_when_there_are_a_thousand_runs_asks_only_for_what_is_seen(qtbot, tmp_path: Path) -> None:
    model = RunModel()
    facts = [ListedFacts(tmp_path / f"run-{number:04d}", float(number)) for number in range(1000)]
    model.set_runs(facts, Here())
    assert model.rowCount() == 1000
    assert state_of(facts[0], Here()).words == "Damaged"
    model.set_search("run-0999")
    assert model.rowCount() == 1


def test_branch_when_made_is_listed_under_its_parent(
    tab: RunsTab, runs: Path, room: Room, qtbot, scan, tmp_path: Path
) -> None:
    from core.training.job import TrainingJob
    from studio.training.runs.branch_dialog import BranchDialog

    config = room.project.config.with_settings({"steps": 2, "checkpoint_every": 2, "sample_every": 2, "amp": "off"})
    for _ in TrainingJob(config, tmp_path / "made", scan=scan, device="cpu", threads=1).run():
        pass
    shutil.move(tmp_path / "made", runs / "parent")
    tab.refresh()
    qtbot.waitUntil(lambda: tab.model.place(runs / "parent") is not None)
    tab.panel.table.select([runs / "parent"])
    tab.branch()
    dialog = tab.panel.findChild(BranchDialog)
    for name, others, said in (
        ("branch", "odd", "odd"),
        ("../b/x", "seed=5", "../b/x"),
        ("first", "seed=5", "first"),
        ("branch", "dim=-3", "-3"),
        ("branch", "dim=99", "99"),
        ("branch", "dim=32", "or start a run of its own."),
    ):
        dialog.name.setText(name)
        dialog.others.setText(others)
        dialog.steps.setText("3")
        dialog.make.click()
        qtbot.waitUntil(dialog.make.isEnabled, timeout=20_000)
        assert dialog.isVisible() and said in dialog.problem.text(), others
        assert (dialog.name.text(), dialog.others.text(), dialog.steps.text()) == (name, others, "3")
    assert not tab.panel.banner.text()
    dialog.others.setText("seed=5")
    dialog.name.setText("branch")
    dialog.starts.setChecked(False)
    dialog.make.click()
    qtbot.waitUntil(lambda: tab.panel.table.order == [runs / "branch"], timeout=20_000)
    made = Run.open(runs / "branch")
    assert made.config.train.seed == 5 and made.planned_total == 5 and made.state().step == 2
    assert {row.facts.name: row.depth for row in in_tree(tab.model.runs)}["branch"] == 1
    assert isinstance(tab.panel, QWidget)


@pytest.mark.long
def test_branch_when_it_begins_at_a_library_file_says_what_is_assumed(
    tab: RunsTab, runs: Path, room: Room, qtbot, scan
) -> None:
    from studio.training.runs.branch_dialog import BranchDialog

    tab.branch_of_file(Path(__file__).parents[2] / "golden" / "model-1.pt")
    dialog = tab.panel.findChild(BranchDialog)
    assert not dialog.optimizer.isEnabled()
    dialog.name.setText("from-file")
    dialog.starts.setChecked(False)
    dialog.make.click()
    qtbot.waitUntil(lambda: tab.panel.table.order == [runs / "from-file"], timeout=20_000)
    made = Run.open(runs / "from-file")
    assert made.parent is not None and made.parent.name == "model-1.pt"
    assert made.source_folder == scan.folder
    assert made.config.train.batch_size == room.project.config.train.batch_size
    assert "is assumed" in tab.panel.banner.text() and "image_size" in tab.panel.banner.text()
