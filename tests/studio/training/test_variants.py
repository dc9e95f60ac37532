"""Every way to train, through the room: flow, classes, candidates for the noise, pictures that are not square."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from core.pictures.folder.scan import Scan, scan_all
from studio.training.state import TrainingState as State
from tests.studio.training.conftest import TINY, Room

SHORT = {"steps": 4, "checkpoint_every": 2, "sample_every": 2}


@pytest.fixture(scope="module")
def two_classes(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    folder = tmp_path_factory.mktemp("pictures") / "tall"
    draw = np.random.default_rng(0)
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        for number in range(3):
            Image.fromarray(draw.integers(0, 255, (16, 8, 3), dtype=np.uint8)).save(folder / name / f"{number}.png")
    return scan_all(folder)


@pytest.mark.parametrize(
    "settings",
    [
        {"objective": "pred_flow", "beta_schedule": "rectified_flow", "schedule_fn_kwargs": "shift=3"},
        {"labels": "folders", "class_dropout": 0.5},
        {"immiscible": True, "immiscible_candidates": 4, "batch_size": 1},
        {"image_height": 16},
        {"random_fourier_features": True, "attn_heads": (1, 2), "auto_normalize": False},
    ],
    ids=["flow", "classes", "candidates", "upright", "network"],
)
def test_it_trains_and_the_plots_show_it(
    room: Room, qtbot: QtBot, two_classes: Scan, settings: dict[str, object]
) -> None:
    room.project.set_scan(two_classes)
    room.project.set_settings({**TINY, **SHORT, **settings})
    panel = room.panel
    qtbot.waitUntil(lambda: "parameters" in panel.form.footer.text(), timeout=60_000)
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state in (State.FINISHED, State.FAILED), timeout=60_000)
    assert room.controller.state is State.FINISHED, panel.banner.text()
    live = panel.live
    assert live is not None and live.step == 4
    height, width = live.config.data.height_and_width
    assert len(live.curve) == 4 and np.isfinite(live.curve.raw).all()
    plot = panel.timesteps.plot
    weights = [plot.value_at("weight", t + 0.5) for t in range(50)]
    assert all(weight is not None and weight >= 0 for weight in weights) and max(filter(None, weights)) > 0
    measured = plot.heights()
    assert 0 < np.isfinite(measured).sum() <= 4 * live.config.train.batch_size
    assert panel.samples.grid.count() == 4
    assert (panel.samples.grid.picture(0).height(), panel.samples.grid.picture(0).width()) == (height, width)


def test_old_samples_that_are_not_square_are_read_again(room: Room, qtbot: QtBot, two_classes: Scan) -> None:
    room.project.set_scan(two_classes)
    room.project.set_settings({**TINY, **SHORT, "image_height": 16})
    room.controller.start()
    qtbot.waitUntil(lambda: room.controller.state is State.FINISHED, timeout=60_000)
    run, made = room.project.run, room.panel.samples.grid.picture(3)
    assert run is not None
    room.controller.new_run()
    room.controller.open_run(run.folder)
    qtbot.waitUntil(lambda: room.panel.samples.grid.count() == 4)
    again = room.panel.samples.grid.picture(3)
    assert (again.width(), again.height()) == (8, 16)
    assert again.convertToFormat(made.format()) == made


def test_the_summary_says_what_is_not_usual(room: Room) -> None:
    room.project.set_settings(
        {
            "image_height": 16,
            "objective": "pred_flow",
            "beta_schedule": "rectified_flow",
            "immiscible": True,
            "immiscible_candidates": 4,
        }
    )
    texts = {name: item.value.text() for name, item in room.panel.summary.items.items()}
    assert texts["picture"].startswith("8 × 16 px")
    assert texts["process"] == "50 · rectified flow · ε − x₀"
    assert texts["loss"].endswith("immiscible K = 4")
