"""What has no effect is locked with its reason; what only the network's parts can refuse is told at its row."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.setting import Control
from core.settings import SETTINGS
from studio.training.panel import summaries
from tests.studio.training.conftest import Room


def test_candidates_wait_for_immiscible(room: Room) -> None:
    form = room.panel.form
    control = form.field("immiscible_candidates").row.control
    assert not control.isEnabled()
    assert control.toolTip().startswith("Only with Immiscible on.\nHow many noises")
    form.field("immiscible").control.click()
    assert control.isEnabled()
    assert control.toolTip().startswith("How many noises")


def test_options_that_the_schedule_does_not_take_are_told_and_hold_the_start(room: Room, qtbot: QtBot) -> None:
    field = room.panel.form.field("schedule_fn_kwargs")
    room.project.set_settings({"beta_schedule": "cosine", "schedule_fn_kwargs": "tau=0.7"})
    qtbot.waitUntil(field.note.isVisible, timeout=60_000)
    assert "tau" in field.note.words.text()
    assert not room.transport.start.isEnabled()
    assert room.transport.start.toolTip() == field.note.words.text()
    room.project.set_settings({"beta_schedule": "sigmoid"})
    assert not field.note.isVisible()
    assert room.transport.start.isEnabled()


def test_a_height_that_does_not_fit_is_told_at_its_own_row(room: Room) -> None:
    room.project.set_settings({"patch_size": 1, "image_size": 8, "image_height": 9})
    form = room.panel.form
    note = form.field("image_height").note
    assert note.isVisible() and not form.field("image_size").note.isVisible()
    assert [button.text() for button in note.buttons] == ["8 px", "10 px"]
    note.buttons[1].click()
    assert room.project.config.data.height_and_width == (10, 8)
    assert not note.isVisible()


def test_patches_are_chosen_and_sizes_judged_with_them(room: Room) -> None:
    room.project.set_settings({"patch_size": 1, "image_size": 10})
    form = room.panel.form
    control, note = form.field("patch_size").control, form.field("image_size").note
    assert [control.itemText(place) for place in range(control.count())] == ["Off", "2 × 2 px", "4 × 4 px"]
    assert not note.isVisible()
    control.setCurrentIndex(1)
    control.activated.emit(1)
    assert room.project.wished.model.patch_size == 2
    assert note.words.text() == "Size = 10 px does not fit this network: sides must divide by 4. Choose 8 px or 12 px."
    note.buttons[0].click()
    assert room.project.problems() == ()
    assert "· 2×2" in summaries(room.project.config)["network"]


def test_the_keys_go_from_top_to_bottom(room: Room) -> None:
    form = room.panel.form
    for section in ("training", "picture"):  # the later one is unfolded first
        form._sections[section].set_expanded(True)
    order: list[QWidget] = []
    stop: QWidget = form.preset
    for _ in range(400):
        order.append(stop)
        stop = stop.nextInFocusChain()
        if stop is form.preset:
            break
    names = [widget.objectName() for widget in order if widget.objectName().startswith("setting_")]
    sections = [SETTINGS[name.removeprefix("setting_")].group for name in names]
    assert sections == sorted(sections, key=list(form._sections).index)
    in_picture = [name.removeprefix("setting_") for name in names if sections[names.index(name)] == "picture"]
    made = [name for name, row in SETTINGS.items() if row.group == "picture" and row.control is not Control.NONE]
    # What is suggested for few pictures stands among the first rows.
    assert in_picture == sorted(made, key=lambda name: not SETTINGS[name].basic and name != "augment")


def test_weights_that_span_too_much_are_told_with_a_mend_and_do_not_hold_the_start(room: Room, qtbot: QtBot) -> None:
    room.project.set_settings({"beta_schedule": "rectified_flow", "objective": "pred_x0", "min_snr_gamma": None})
    note = room.panel.form.field("min_snr_gamma").note
    assert "a million times" in note.words.text()
    assert not room.project.problems()
    note.buttons[0].click()
    assert room.project.wished.diffusion.min_snr_gamma == 5
    assert not note.isVisible()


def test_a_schedule_is_offered_its_own_options_with_their_range(room: Room) -> None:
    field = room.panel.form.field("schedule_fn_kwargs")
    offered = {}
    for schedule in ("cosine", "sigmoid", "rectified_flow", "linear"):
        room.project.set_settings({"beta_schedule": schedule})
        texts = [field.control.itemData(place) for place in range(field.control.count())]
        offered[schedule] = {text.partition("=")[0] for text in texts if text}
        assert bool(offered[schedule]) == bool(field.hint.text())
    assert offered == {"cosine": {"s"}, "sigmoid": {"tau"}, "rectified_flow": {"shift"}, "linear": set()}
    room.project.set_settings({"beta_schedule": "sigmoid"})
    assert "tau 0.3 … 3" in field.hint.text()
