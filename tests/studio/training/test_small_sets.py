"""What the training room offers for small sets: augmentation, and the copy meter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.runs.copies_file import Copies
from core.settings import RunConfig
from core.training.events import CopiesMeasured
from studio import numbers
from studio.imaging import to_array
from studio.training.copy_meter import CopyMeterRow, order_of, pairs_of
from studio.training.field import Problem
from studio.training.form import SettingsForm
from studio.training.live_run import LiveRun, SampleHistory
from studio.training.samples_view import SamplesPanel


def pictures(seed: int, count: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 6, 5, 3), np.uint8)


def measured(**changes: object) -> Copies:
    usual = {
        "step": 500,
        "nearest": pictures(1),
        "names": ("a.png", "b.png", "c.png", "d.png"),
        "distances": np.array([0.4, 0.3, 0.02, 0.5]),
        "ratios": np.array([0.8, 0.7, 0.1, 0.9]),
        "usual": 0.25,
        "held_out": True,
        "looked_at": 100,
        "pictures": 100,
    }
    return Copies(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Copies: 1 of 4 · 1.4 times as far as held-out pictures"),
        ({"usual": 0.352}, "Copies: 1 of 4 · as far as held-out pictures"),
        ({"held_out": False, "usual": 0.7}, "Copies: 1 of 4 · 0.50 times as far as other pictures"),
        ({"usual": float("nan")}, "Copies: 1 of 4"),
        ({"ratios": np.full(4, 0.5), "held_out": False, "usual": 0.34}, "Copies: 0 of 4 · as far as other pictures"),
    ],
)
def test_meter_when_it_is_given_numbers_says_them(qtbot, changes: dict[str, object], says: str) -> None:
    row = CopyMeterRow()
    qtbot.addWidget(row)
    row.resize(400, 30)
    row.show_copies(measured(**changes))
    assert row.words.text() == says
    assert "does not prove" in row.words.accessibleDescription()
    assert row.words.property("tone") == ("warning" if "1 of" in says else None)
    row.show_copies(None)
    assert row.isHidden()


def test_meter_when_only_some_pictures_were_looked_at_says_so(qtbot) -> None:
    row = CopyMeterRow()
    qtbot.addWidget(row)
    row.show_copies(measured(looked_at=100, pictures=12_000))
    assert f"100 of {numbers.count(12_000)} training pictures" in row.words.accessibleDescription()


def test_pairs_when_shown_are_each_sample_beside_its_nearest_the_most_alike_first() -> None:
    images, copies = pictures(0), measured()
    assert order_of(copies) == [2, 1, 0, 3]
    pairs = pairs_of(images, copies)
    assert pairs.shape == (4, 6, 11, 3)
    np.testing.assert_array_equal(pairs[0, :, :5], images[2])
    np.testing.assert_array_equal(pairs[0, :, 6:], copies.nearest[2])


def test_samples_when_their_nearest_pictures_come_show_the_meter_and_at_a_click_the_pairs(qtbot) -> None:
    panel = SamplesPanel()
    qtbot.addWidget(panel)
    wished: list[int] = []
    panel.copies_wished.connect(wished.append)
    history = SampleHistory()
    history.add(500, pictures(0), Path("step-00000500.png"))
    panel.show_history(history)
    assert wished == [500] and panel.copies.isHidden()
    panel.copies_arrived(400, measured())
    assert panel.copies.isHidden()
    panel.copies_arrived(500, measured())
    assert not panel.copies.isHidden() and panel.grid.picture(0).width() == 5
    panel.copies.pairs.click()
    assert panel.grid.count() == 4 and panel.grid.picture(0).width() == 11
    np.testing.assert_array_equal(to_array(panel.grid.picture(0))[:, :5, :3], pictures(0)[2])
    panel.copies.pairs.click()
    assert panel.grid.picture(0).width() == 5
    # Another grid has numbers of its own, which come later.
    history.add(1000, pictures(3), Path("step-00001000.png"))
    panel.grid_added()
    assert wished == [500, 1000] and panel.copies.isHidden()
    panel.copies_measured(1000)
    assert wished == [500, 1000, 1000]
    panel.copies_arrived(1000, None)
    assert panel.copies.isHidden()


def test_curve_when_copies_are_measured_has_a_point_for_each_grid() -> None:
    live = LiveRun(RunConfig(), 0.9)
    told = [
        CopiesMeasured(step, 0, 16, far, True, 100, 100, 0.1, Path("x.png"))
        for step, far in ((500, 1.2), (1000, float("nan")), (1500, 0.9))
    ]
    live.take(told)
    curve = live.curves["copy_distance"]
    assert curve.steps.tolist() == [500, 1500]
    np.testing.assert_allclose(curve.raw, [1.2, 0.9], rtol=1e-6)


def test_form_when_something_is_suggested_brings_it_up_without_a_warning(qtbot) -> None:
    form = SettingsForm()
    qtbot.addWidget(form)
    config = RunConfig()
    form.show_config(config, config, ())
    form.show_problems({"augment": Problem("118 pictures: try it", (("Augment 0.12", 0.12),), suggestion=True)})
    field = form.fields["augment"]
    assert field.note.words.text() == "118 pictures: try it" and field.note.words.property("tone") is None
    assert not form._sections["picture"].more.isChecked()
    wished: list[tuple[str, object]] = []
    form.setting_wished.connect(lambda name, value: wished.append((name, value)))
    field.note.buttons[0].click()
    assert wished == [("augment", 0.12)]
    form.show_problems({})
    assert field.note.isHidden()
