"""The list of models: what it shows of a long name."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.sampler.model_combo import ModelCombo
from studio.sampler.models import ModelChoice, Origin


def test_of_a_long_name_the_step_stays(qtbot: QtBot) -> None:
    combo = ModelCombo()
    qtbot.addWidget(combo)
    long, short = (ModelChoice(Origin.RUN, name, step=900) for name in ("a-very-long-name · of a run", "run"))
    file = ModelChoice(Origin.FILE, "a-file-with-a-very-long-name.safetensors")
    combo.set_choices((long, short, file), long)
    room_px = combo.fontMetrics().horizontalAdvance("a-very… · step 900")
    shown = combo.shown_text(room_px)
    assert shown.startswith("a-") and shown.endswith("… · step 900")
    assert combo.fontMetrics().horizontalAdvance(shown) <= room_px
    assert combo.shown_text(60).endswith("…")
    combo.set_choices((long, short, file), short)
    assert combo.shown_text(room_px) == "run · step 900"
    combo.set_choices((long, short, file), file)
    assert combo.shown_text(room_px).endswith("…")


def test_without_a_model_it_says_what_is_to_be_chosen(qtbot: QtBot) -> None:
    combo = ModelCombo()
    qtbot.addWidget(combo)
    assert combo.currentIndex() == -1 and combo.shown_text(400) == "No model yet"
    combo.set_choices((ModelChoice(Origin.RUN, "run", step=900),), None)
    assert combo.currentIndex() == -1 and combo.shown_text(400) == "Choose a model"
