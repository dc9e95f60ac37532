"""Presets of one's own in the form: saved, chosen, shown as chosen, taken back, refused where a file is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMenu

from core.own_presets import read_preset, save_preset
from core.presets import preset
from studio.app.theme import theme
from studio.app.window import MainWindow
from studio.training.own_presets import PresetDialog
from studio.training.queue import QueuedRun

from .conftest import Room


def entries(room: Room) -> list[str]:
    combo = room.panel.form.preset
    return [combo.itemText(place) for place in range(combo.count())]


def test_preset_when_saved_is_chosen_like_one_of_the_program(room: Room, qtbot, tmp_path: Path) -> None:
    own, form, project = room.controller.own_presets, room.panel.form, room.project
    chosen = project.wished
    own.ask_save()
    dialog = form.findChild(PresetDialog)
    dialog.name.setText("a/b")
    assert not dialog.save.isEnabled() and dialog.problem.text()
    dialog.name.setText("Mine")
    dialog.description.setPlainText("for dots")
    dialog.save.click()
    qtbot.waitUntil(lambda: "Mine" in own.known)
    assert entries(room)[-1] == "Mine" and form.preset.currentText() == "Mine", "these are its settings"
    project.set_preset("small")
    assert form.preset.currentText().startswith("Small")
    form.preset.setCurrentIndex(form.preset.count() - 1)
    form.preset.activated.emit(form.preset.count() - 1)
    assert project.wished == chosen and form.preset.currentText() == "Mine"
    project.set_settings({"batch_size": 7})
    assert form.preset.currentText() == "Mine", "with one setting that is another, as with the program's own"
    assert room.controller._configuring.headline().startswith("Mine · ")
    room.panel.summary.show_config(project.config, ())
    assert room.panel.summary.items["preset"].value.text() == "Mine (Sketch)"
    assert QueuedRun(tmp_path / "dots", project.wished, ()).in_words() == "Mine · dots"
    project.keep_choices()
    project.set_preset("sketch")
    assert form.preset.currentText().startswith("Sketch") and project.wished.own_preset == ""
    project.set_config(own.known["Mine"].config)
    form.presets.menu().aboutToShow.emit()
    titles = [action.text() for action in form.presets.menu().actions()]
    assert titles == ["Save as preset…", "Import…", "Export", "Remove"]
    assert [menu.actions()[0].text() for menu in form.presets.menu().findChildren(QMenu)] == ["Mine", "Mine"]
    own.forget("Mine")
    qtbot.waitUntil(lambda: not own.known)
    assert "Mine" not in entries(room)
    room.panel.banner.acted.emit()
    qtbot.waitUntil(lambda: "Mine" in own.known)


def dots(room: Room) -> set[str]:
    return {name for name, field in room.panel.form.fields.items() if field.row.is_changed()}


def test_preset_of_ones_own_when_chosen_is_what_dots_and_reverting_relate_to(room: Room, qtbot) -> None:
    own, form, project = room.controller.own_presets, room.panel.form, room.project
    assert "steps" in dots(room), "against Sketch"
    own.save("Mine", "")
    qtbot.waitUntil(lambda: form.preset.currentText() == "Mine")
    assert dots(room) == set()
    project.set_preset("sketch")
    form.preset.setCurrentIndex(form.preset.count() - 1)
    form.preset.activated.emit(form.preset.count() - 1)
    assert form.preset.currentText() == "Mine" and dots(room) == set()
    project.set_settings({"steps": 77})
    assert dots(room) == {"steps"} and form.preset.currentText() == "Mine"
    form.field("steps").reset.emit("steps")
    assert project.wished.train.steps == 12 and dots(room) == set()


def test_preset_when_a_file_is_none_is_refused_in_words(room: Room, qtbot, tmp_path: Path) -> None:
    path = tmp_path / "odd.preset.json"
    path.write_text("{}", "utf-8")
    room.controller.own_presets.import_file(path)
    qtbot.waitUntil(lambda: "not used as a preset" in room.panel.banner.text())
    assert not room.controller.own_presets.known


@pytest.mark.long
def test_preset_when_dropped_onto_the_window_is_taken_in(window: MainWindow, qtbot, tmp_path: Path) -> None:
    made = save_preset(tmp_path / "elsewhere", "Handed on", "", preset("small").config.with_settings({"dim": 24}))
    window._dropped([made.path])
    own = window.training.own_presets
    qtbot.waitUntil(lambda: "Handed on" in own.known)
    assert read_preset(own.known["Handed on"].path).config.model.dim == 24
    window.training._panel.banner.acted.emit()
    assert window.project.wished.model.dim == 24


def test_what_is_wrong_with_a_name_is_read_whole(room: Room) -> None:
    room.controller.own_presets.ask_save()
    dialog = room.panel.form.findChild(PresetDialog)
    for name in ("Sketch", "Mine/" * 20, "Mine"):
        dialog.name.setText(name)
        QApplication.processEvents()
        problem = dialog.problem
        assert problem.isVisible() == (name != "Mine")
        if name != "Mine":
            assert problem.y() >= dialog.description.geometry().bottom() + 6
            assert problem.height() >= problem.heightForWidth(problem.width())
            assert problem.palette().windowText().color() == theme().color("error")
    dialog.reject()
