"""One step taken apart: what is told adds up for every sampler, and the pointer, keys and tooltips find it."""

from __future__ import annotations

import math
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.beginning import Beginning, Start, StartPicture
from core.catalogue import OBJECTIVES, SAMPLERS
from core.memory import Memory, Neighbours
from core.recall import nearest, perfect_memory
from core.recording import Recording
from core.runs.checkpoint import save_checkpoint
from core.runs.opening import load_model
from core.runs.run import Run
from core.sampling_record import Guide
from studio.imaging import to_array, to_image
from studio.sampler.angle import place_of_phi
from studio.sampler.memory_panel import BESIDE_PX, GUESS_PX, ROW_PX, MemoryPanel, share_text
from studio.sampler.step_told import Told, power, tell
from studio.sampler.step_way import StepWay
from studio.widgets.symbols import spoken
from tests.core.test_recording import recorded, small
from tests.studio.sampler.conftest import CLASSES, RecordingMaker, Room, tiny_checkpoint, tiny_run


def adds_up(told: Told) -> float:
    """How far what is drawn is from adding up."""
    assert told.result is not None and told.result.values is not None
    total = sum(a.coefficient * a.tile.values.astype(np.float64) for a in told.addends if a.tile.values is not None)
    return float(np.abs(total - told.result.values).max())


def masked() -> Beginning:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    mask = np.zeros((8, 8, 1), np.uint8)
    mask[:, 4:] = 255
    picture = StartPicture("a", None, pixels.tobytes(), (8, 8, 3), (8, 8))
    return Beginning(Start.PICTURE, (picture,), mask=StartPicture("b", None, mask.tobytes(), (8, 8, 1), (8, 8)))


def shown(qtbot: QtBot, recording: Recording, step: int, picture: int = 1) -> StepWay:
    way = StepWay()
    qtbot.addWidget(way)
    way.resize(1248, 466)
    way.show_recording(recording)
    way.set_selected(picture)
    way.show_step(step)
    way.show()
    way.grab()
    return way


# --- what is told ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_step_when_told_adds_up_and_keeps_its_places(sampler: str) -> None:
    recording = recorded(small("pred_v"), sampler=sampler)
    factors = SAMPLERS[sampler].factors
    for step in range(recording.steps):
        told = tell(recording, step, 1)
        assert adds_up(told) <= 1e-5
        # The places stay while one scrubs: a term that a step has not is pale and says why.
        assert [addend.tip.split(" = ")[0] for addend in told.addends] == [factor.written for factor in factors]
        for addend in told.addends:
            assert addend.pale == (addend.tile.values is None) == bool(addend.tile.why)
            assert SAMPLERS[sampler].source in addend.tip
        assert SAMPLERS[sampler].formula in told.formula
    assert told.result is not None and told.result.label == "{x_0}"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_flow_when_told_is_the_recordings_and_says_how_in_numbers(objective: str) -> None:
    recording = recorded(small(objective))
    told = tell(recording, 2, 1)
    for tile, layer in zip(told.flow, ("x_t", "output", "x_0", "pred_noise"), strict=True):
        np.testing.assert_array_equal(tile.values, recording.layer(layer, 2)[1])
    factors = OBJECTIVES[objective].x_start_factors
    assert factors is not None
    for factor in factors(*recording.signal_and_spread(2)):
        if factor not in (0, 1):
            assert f"{abs(factor):#.3g}" in told.flow[2].caption


def test_guidance_when_told_shows_both_outputs_and_how_they_were_combined() -> None:
    diffusion = small("pred_v", num_classes=3)
    recording = recorded(diffusion, classes=(0, 1), guidance_scale=2.5)
    told = tell(recording, 1, 1)
    with_class, without = (tile.values for tile in told.guided)
    assert with_class is not None and without is not None
    np.testing.assert_allclose(told.flow[1].values, without + 2.5 * (with_class - without), atol=1e-5)
    assert told.flow[1].caption == "∅ + 2.50·(c − ∅)"
    assert not tell(recorded(diffusion, classes=(0, 1)), 1, 1).guided


@pytest.mark.parametrize("settings", [{}, {"classes": (0, 1)}, {"classes": (0, 1), "guidance_scale": 2.5}])
def test_a_guide_when_told_is_beside_the_other_outputs_and_adds_up_to_what_was_gone_on_with(
    qtbot: QtBot, settings: dict[str, object]
) -> None:
    torch.manual_seed(5)
    diffusion, worse = small("pred_v", num_classes=3), small("pred_v", num_classes=3)
    with torch.no_grad():
        for parameter in worse.parameters():
            parameter.mul_(0.8)
    guide = Guide(worse, "early", "ema", 100, None)
    recording = recorded(diffusion, guide=guide, guide_scale=1.5, **settings)
    told = tell(recording, 2, 1)
    by_class = "guidance_scale" in settings
    own, *without, of_guide = (tile.values for tile in told.guided)
    assert own is not None and of_guide is not None and len(without) == by_class
    expected = own + 0.5 * (own - of_guide)
    if by_class:
        assert without[0] is not None
        expected = without[0] + 2.5 * (own - without[0]) + 0.5 * (own - of_guide)
    np.testing.assert_allclose(told.flow[1].values, expected, atol=1e-5)
    letter = "c" if settings else "m"
    captions = {True: "∅ + 2.50·(c − ∅) + 0.500·(c − g)", False: f"g + 1.50·({letter} − g)"}
    assert told.flow[1].caption == captions[by_class]
    assert [tile.label for tile in told.guided] == [letter, *(["∅"] if by_class else []), "g"]
    assert all("2406.02507" in tile.tip for tile in told.guided)
    scene = shown(qtbot, recording, 2).scene
    rects = [rect for _, rect in scene.places]
    assert len(rects) == len(told.tiles)
    for number, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[number + 1 :])


def test_self_conditioning_when_told_shows_what_was_fed_back() -> None:
    recording = recorded(small("pred_v", self_condition=True))
    first, second = tell(recording, 0, 1).fed_back, tell(recording, 1, 1).fed_back
    assert first is not None and first.values is None
    assert second is not None
    np.testing.assert_array_equal(second.values, recording.layer("x_0", 0)[1])
    assert tell(recorded(small("pred_v")), 1, 1).fed_back is None


def test_a_mask_when_told_says_what_was_put_back_and_adds_up() -> None:
    recording = recorded(small("pred_v"), beginning=masked())
    for step in range(recording.steps):
        told = tell(recording, step, 1)
        assert adds_up(told) <= 1e-5
        assert [a.tile.caption for a in told.addends if not a.pale][-1] == "put back outside"
        assert "inside the mask" in {addend.tile.caption for addend in told.addends}


@pytest.mark.parametrize(
    ("sampler", "settings", "step", "why"),
    [
        ("ddim", {"eta": 0.0}, 2, "no noise at η = 0"),
        ("ddpm", {}, -1, "none in the last step"),
        ("dpm++2m", {}, 0, "nothing to remember yet"),
        ("heun", {}, 0, "not asked twice: almost pure noise"),
    ],
)
def test_a_term_that_is_zero_when_told_says_why(sampler: str, settings: dict[str, float], step: int, why: str) -> None:
    recording = recorded(small("pred_v"), sampler=sampler, **settings)
    told = tell(recording, step % recording.steps, 0)
    assert why in {addend.tile.why for addend in told.addends if addend.pale}


def test_terms_when_remembered_say_of_which_step() -> None:
    recording = recorded(small("pred_v"), sampler="ipndm", sample_steps=8)
    captions = [addend.tile.caption for addend in tell(recording, 5, 0).addends]
    assert captions == ["", "", "of step 5", "of step 4", "of step 3"]


def test_a_second_answer_and_a_corrected_x_t_when_told_are_named() -> None:
    heun = tell(recorded(small("pred_v"), sampler="heun"), 3, 0)
    assert heun.addends[2].tile.caption.startswith("asked at t = ")
    unipc = tell(recorded(small("pred_v"), sampler="unipc"), 3, 0)
    assert [unipc.addends[0].tile.caption, unipc.addends[0].tile.label] == ["corrected", "{x_t_corrected}"]


def test_the_deviation_when_told_says_how_exact_and_why_less(make_recording: RecordingMaker) -> None:
    exact = tell(recorded(small("pred_v")), 2, 0)
    assert "within" in exact.adds_up and "half precision" not in exact.adds_up
    rounded = tell(recorded(small("pred_v"), exact_limit_bytes=0), 2, 0)
    assert "half precision" in rounded.adds_up
    assert "Only the pictures" in tell(make_recording(5, 4), 2, 0).no_sum
    silent = recorded(small("pred_v"))
    silent.term_facts[2] = ()
    told = tell(silent, 2, 0)
    assert told.flow and not told.addends and "does not tell" in told.no_sum
    assert [power(2e-7), power(9.5e-8), power(1.2e-3)] == ["2·10⁻⁷", "1·10⁻⁷", "2·10⁻³"]


# --- the window ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", ["ddim", "ipndm"])
def test_a_pixel_when_pointed_at_is_marked_in_all_tiles_and_its_sum_written_out(qtbot: QtBot, sampler: str) -> None:
    recording = recorded(small("pred_v"), sampler=sampler)
    way = shown(qtbot, recording, 4)
    scene = way.scene
    told = scene.told
    assert told is not None and told.result is not None and told.result.values is not None
    assert len(scene.places) == len(told.tiles)
    for tile, rect in scene.places:
        place = QPointF(rect.left() + 5.5 * rect.width() / 8, rect.top() + 2.5 * rect.height() / 8)
        assert scene.pixel_at(place) == (5, 2), tile.label
    before = scene.grab().toImage()
    QTest.mouseMove(scene, place.toPoint())
    assert scene.pointed == (5, 2)
    after = scene.grab().toImage()
    for _, rect in scene.places:
        assert before.copy(rect.toRect()) != after.copy(rect.toRect())
    value = float(told.result.values[2, 5, 0])
    assert scene.pixel_text().startswith("Pixel 5, 2, red:")
    assert scene.pixel_text().endswith(f"= {value:#.3g}".replace("-", "−"))
    QTest.mouseClick(scene, Qt.MouseButton.LeftButton, pos=place.toPoint())
    QTest.mouseClick(scene, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert scene.chosen == (5, 2) and "green" in scene.pixel_text()
    QTest.mouseClick(scene, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert scene.chosen is None


def test_tiles_and_coefficients_when_rested_on_give_equation_and_source(qtbot: QtBot) -> None:
    way = shown(qtbot, recorded(small("pred_v"), sampler="ddim", eta=1.0), 2)
    scene = way.scene
    for tile, rect in scene.places:
        assert tile.tip == scene.tip_at(rect.center())
        assert "arXiv" in tile.tip or tile is scene.told.result  # type: ignore[union-attr]
    tips = {tip for _, tip in scene._tips}
    assert any("η·√" in tip and "arXiv 2010.02502" in tip for tip in tips)
    assert any("half contrast" in tip for tip in tips)


@pytest.mark.parametrize("size", [(600, 288), (960, 420), (1600, 760)])
@pytest.mark.parametrize("sampler", ["ddim", "ipndm"])
def test_tiles_when_painted_at_any_size_stay_inside_and_apart(
    qtbot: QtBot, sampler: str, size: tuple[int, int]
) -> None:
    way = shown(qtbot, recorded(small("pred_v"), sampler=sampler, sample_steps=8), 5)
    scene = way.scene
    scene.resize(*size)
    scene.grab()
    rects = [rect for _, rect in scene.places]
    assert len(rects) == len(scene.told.tiles)  # type: ignore[union-attr]
    for number, rect in enumerate(rects):
        assert scene.rect().toRectF().contains(rect)
        assert not any(rect.intersects(other) for other in rects[number + 1 :])


def test_the_angle_when_scrubbed_follows_the_cursor(qtbot: QtBot) -> None:
    recording = recorded(small("pred_v"))
    way = shown(qtbot, recording, 0)
    pictures = []
    for step in range(recording.steps):
        way.show_step(step)
        phi = way.angle.circle.phi()
        assert phi is not None
        assert math.cos(phi) ** 2 == pytest.approx(recording.alphas_cumprod[step])
        assert way.angle.degrees.text().endswith("°")
        pictures.append(way.angle.circle.grab().toImage())
    assert all(before != after for before, after in pairwise(pictures))
    assert len(way.angle.circle.ticks()) == recording.steps


def test_phi_when_the_angle_is_small_stands_clear_of_every_line() -> None:
    radius = 125.0
    for degrees in np.linspace(0.5, 89.5, 90).tolist():
        phi = math.radians(degrees)
        place = place_of_phi(phi, radius)
        across, up = place.x(), -place.y()
        # From the letter's middle to the axis, to the radius, and to what is projected: half a letter and a little.
        apart = [up, abs(math.sin(phi) * across - math.cos(phi) * up)]
        if across < math.cos(phi) * radius:
            apart.append(abs(math.sin(phi) * radius - up))
        assert min(apart) >= 6, degrees


def test_a_share_when_it_is_next_to_nothing_is_no_zero_and_no_dot() -> None:
    assert share_text(1.0) == "100.0 %" and share_text(0.123) == "12.3 %" and share_text(0.001) == "0.1 %"
    assert share_text(0.0009) == share_text(1e-30) == "< 0.1 %" and share_text(0.0) == "0 %"


@pytest.mark.parametrize("height", [96, 110, 136, 195, 300])
def test_the_strongest_pictures_when_there_is_little_room_are_whole_rows(qtbot: QtBot, height: int) -> None:
    panel = MemoryPanel()
    qtbot.addWidget(panel)
    view = panel.view
    view.resize(208, max(height, view.minimumSizeHint().height()))
    guess, row, count = view._sizes()
    assert count >= (5 if height >= 136 else 3)
    assert guess + BESIDE_PX + count * row <= view.height() + 1e-6
    assert view.sizeHint().height() - BESIDE_PX - 5 * ROW_PX == GUESS_PX


def test_nothing_recorded_when_shown_says_what_to_do(qtbot: QtBot) -> None:
    way = StepWay()
    qtbot.addWidget(way)
    assert "Generate" in way.scene.accessibleDescription()
    assert way.head.back.isHidden()


def test_this_step_when_chosen_with_its_key_follows_cursor_and_picture(room: Room, class_run: Path) -> None:
    room.open(class_run)
    chips = room.panel.controls.options.class_row.chips
    room.click(chips.viewport(), chips.visualRect(chips.model().index(2, 0)).center())
    room.choose("ddpm", 5)
    room.generate()
    room.press(Qt.Key.Key_2)
    way, recording = room.panel.taken_apart, room.recording
    assert way.isVisible() and room.settings["sampler_way"] == "step"
    room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Up)
    room.press(Qt.Key.Key_Left)
    assert room.panel.shown == (3, 1)
    assert way.head.where.text() == "Picture 2 of 4 · sad"
    told = way.scene.told
    assert told is not None
    np.testing.assert_array_equal(told.flow[0].values, recording.layer("x_t", 3)[1])
    way.head.next.click()
    assert room.panel.shown.picture == 2
    np.testing.assert_array_equal(way.scene.told.flow[0].values, recording.layer("x_t", 3)[2])  # type: ignore[union-attr]
    assert "DDPM" in way.head.summary.text() and spoken("{x_t}")
    for _ in range(5):
        room.press(Qt.Key.Key_Down)
    assert room.panel.shown.picture == 3 and not way.head.next.isEnabled()


# --- perfect memory --------------------------------------------------------------------------------------------


def run_with_pictures(where: Path, *, horizontal_flip: bool = False) -> tuple[Run, np.ndarray]:
    """A run whose pictures, (7, 8, 8, 3) uint8, are noise in a folder beside it."""
    pixels = np.random.default_rng(0).integers(0, 256, (7, 8, 8, 3), np.uint8)
    (where / "pictures").mkdir()
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(where / "pictures" / f"{number}.png")
    checkpoint = tiny_checkpoint(0, {"horizontal_flip": horizontal_flip})
    run = Run.create(
        where / "faces-03", checkpoint.config, source_folder=where / "pictures", device="cpu", planned_total=100
    )
    save_checkpoint(run.checkpoints_folder, checkpoint)
    return run, pixels


def test_perfect_memory_when_a_step_is_looked_at_says_which_pictures_weigh_in(room: Room, tmp_path: Path) -> None:
    run, pixels = run_with_pictures(tmp_path)
    room.open(run.folder)
    room.choose("ddim", 5)
    room.generate()
    view = room.panel.taken_apart.memory.view
    assert view.recalled is None and view.words
    room.press(Qt.Key.Key_2)
    room.press(Qt.Key.Key_Down)
    room.qtbot.waitUntil(lambda: view.recalled is not None, timeout=30_000)
    room.panel.playback.go(3)
    diffusion = load_model(run.folder, "ema", {}).diffusion
    x_t = torch.from_numpy(room.recording.layer("x_t", 3)[1:2]).permute(0, 3, 1, 2)
    all_pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255
    x_0, weights = perfect_memory(diffusion, all_pictures, x_t, int(room.recording.t[3]))
    strongest = weights[0].topk(5)
    assert [name for name, _ in view.rows()] == [f"{number}.png" for number in strongest.indices.tolist()]
    assert view.recalled is not None
    shares = view.recalled.weights[3].tolist()
    np.testing.assert_allclose(shares, strongest.values, atol=1e-6)
    assert [share for _, share in view.rows()] == list(map(share_text, shares))
    apart = (x_0[0].permute(1, 2, 0).numpy() - room.recording.layer("x_0", 3)[1]).astype(np.float64)
    assert view.distance_text().endswith(f"{np.sqrt(np.square(apart).mean()):#.3g}")
    assert not view.guess.isNull() and view.grab().toImage() != QImage()
    taken = [
        step
        for step in range(5)
        if float(
            perfect_memory(
                diffusion,
                all_pictures,
                torch.from_numpy(room.recording.layer("x_t", step)[1:2]).permute(0, 3, 1, 2),
                int(room.recording.t[step]),
            )[1].max()
        )
        > 0.5
    ]
    assert view.recalled is not None and view.recalled.taken_at == (taken[0] if taken else -1)
    room.press(Qt.Key.Key_Down)
    assert view.recalled is None and view.words  # it is asked anew of another picture


def test_perfect_memory_when_the_pictures_are_not_known_says_so(room: Room, run_folder: Path, tmp_path: Path) -> None:
    copied = tmp_path / "alone" / "model"
    shutil.copytree(run_folder / "checkpoints", copied)
    room.open(next(copied.glob("*.json")))
    room.choose("ddim", 3)
    room.generate()
    room.press(Qt.Key.Key_2)
    view = room.panel.taken_apart.memory.view
    room.qtbot.waitUntil(lambda: "not known" in view.words, timeout=30_000)
    QTest.mouseClick(room.panel.taken_apart.memory.nearest, Qt.MouseButton.LeftButton)
    dialog = room.panel.nearest
    room.qtbot.waitUntil(lambda: "not known" in dialog.sentence.text(), timeout=30_000)
    assert dialog.isVisible() and dialog.view.near is None


def test_the_distance_from_perfect_memory_when_chosen_for_a_well_is_told_at_every_step(
    room: Room, tmp_path: Path
) -> None:
    run, pixels = run_with_pictures(tmp_path)
    room.open(run.folder)
    room.choose("ddim", 5)
    room.generate()
    well, recording = room.panel.wells.x_0, room.recording
    assert not recording.has("from_memory", 3)
    well.choice.actions_of["from_memory"].trigger()
    room.qtbot.waitUntil(lambda: recording.has("from_memory", 3), timeout=30_000)
    room.panel.playback.go(3)
    diffusion = load_model(run.folder, "ema", {}).diffusion
    x_t = torch.from_numpy(recording.layer("x_t", 3)).permute(0, 3, 1, 2)
    all_pictures = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255
    x_0, _ = perfect_memory(diffusion, all_pictures, x_t, int(recording.t[3]))
    apart = np.abs(recording.layer("x_0", 3) - x_0.permute(0, 2, 3, 1).numpy())
    np.testing.assert_allclose(recording.layer("from_memory", 3), apart, rtol=0, atol=2e-6)
    drawn = np.stack([to_array(well.grid.picture(picture))[..., :3] for picture in range(recording.count)])
    np.testing.assert_allclose(drawn, np.clip(127.5 + 255 * apart, 0, 255), rtol=0, atol=1)
    room.generate()  # the layer stays chosen, and is asked for again
    assert room.recording is not recording
    room.qtbot.waitUntil(lambda: room.recording.has("from_memory", 0), timeout=30_000)


def test_the_distance_from_perfect_memory_when_the_pictures_are_not_known_says_so(
    room: Room, run_folder: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "alone" / "model"
    shutil.copytree(run_folder / "checkpoints", copied)
    room.open(next(copied.glob("*.json")))
    room.choose("ddim", 3)
    room.generate()
    well = room.panel.wells.x_t
    well.choice.actions_of["from_memory"].trigger()
    room.qtbot.waitUntil(lambda: "not known" in well.grid.accessibleDescription(), timeout=30_000)
    room.panel.playback.go(1)
    assert "not known" in well.grid.accessibleDescription() and not room.recording.has("from_memory", 1)


def test_perfect_memory_when_a_class_was_asked_is_of_its_pictures(room: Room, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (len(CLASSES), 3, 8, 8, 3), np.uint8)
    for name, pictures in zip(CLASSES, pixels, strict=True):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number, picture in enumerate(pictures):
            Image.fromarray(picture).save(tmp_path / "pictures" / name / f"{number}.png")
    changes = {"labels": "folders", "class_names": CLASSES, "horizontal_flip": False}
    checkpoint = tiny_checkpoint(0, changes)
    run = Run.create(
        tmp_path / "moods", checkpoint.config, source_folder=tmp_path / "pictures", device="cpu", planned_total=100
    )
    save_checkpoint(run.checkpoints_folder, checkpoint)
    room.open(run.folder)
    chips = room.panel.controls.options.class_row.chips
    room.click(chips.viewport(), chips.visualRect(chips.model().index(2, 0)).center())
    room.choose("ddim", 3)
    room.generate()
    room.panel.wells.x_0.choice.actions_of["from_memory"].trigger()
    recording = room.recording
    room.qtbot.waitUntil(lambda: recording.recalled is not None, timeout=30_000)
    assert recording.recalled is not None
    diffusion = load_model(run.folder, "ema", {}).diffusion
    seen = set()
    for picture in range(recording.count):
        name = recording.class_name(picture)
        seen.add(name)
        known = pixels[CLASSES.index(name)] if name else pixels.reshape(-1, 8, 8, 3)
        x_t = torch.from_numpy(recording.layer("x_t", 1)[picture : picture + 1]).permute(0, 3, 1, 2)
        every = torch.from_numpy(known).permute(0, 3, 1, 2) / 255
        x_0, _ = perfect_memory(diffusion, every, x_t, int(recording.t[1]))
        np.testing.assert_allclose(recording.recalled[1, picture], x_0[0].permute(1, 2, 0), rtol=0, atol=2e-6)
    assert seen - {""}
    room.press(Qt.Key.Key_2)
    view = room.panel.taken_apart.memory.view
    room.qtbot.waitUntil(lambda: view.recalled is not None, timeout=30_000)
    assert view.recalled is not None and view.recalled.of_class == recording.class_name(0) and view.recalled.count == 3


def test_nearest_pictures_when_wished_are_cores_answer_with_the_sets_own_distances(room: Room, tmp_path: Path) -> None:
    run, pixels = run_with_pictures(tmp_path, horizontal_flip=True)
    room.open(run.folder)
    dialog = room.panel.nearest
    room.press(Qt.Key.Key_N)
    assert dialog.isVisible() and "when all steps are there" in dialog.sentence.text()
    room.choose("ddim", 5)
    room.generate()
    memory = Memory.of(pixels, horizontal_flip=True)
    seen: list[bool] = []
    # By the key, by the menu, and of a kept one, of which only the place is known.
    ways = (lambda: room.press(Qt.Key.Key_N), room.panel.picture_menu.nearest.trigger, lambda: room.press(Qt.Key.Key_N))
    for picture, wish in zip((0, 1, 2), ways, strict=True):
        if picture == 2:
            room.qtbot.waitUntil(lambda: room.recording.kept_at is not None, timeout=30_000)
            before = room.recording
            room.panel.kept.chosen.emit(room.panel.kept.generations[0])
            room.qtbot.waitUntil(lambda before=before: room.recording is not before, timeout=30_000)
        room.panel.wells.selected.emit(picture)
        wish()
        room.qtbot.waitUntil(lambda: dialog.view.near is not None, timeout=30_000)
        near, sample = dialog.view.near, room.recording.x_0(4)[picture]
        *_, found = nearest(memory, torch.from_numpy(sample[None].astype(np.float32) / 255).permute(0, 3, 1, 2))
        assert near is not None and isinstance(found, Neighbours)
        places, turns = found.places[0].tolist(), found.turned[0].tolist()
        assert near.names == tuple(f"{place}.png" for place in places)
        assert near.distances == tuple(found.distances[0].tolist()) and near.word == found.closeness[0]
        assert (near.usual, near.least) == (found.quantile(0.5), found.quantile(0.05))
        for place, turn, shown_picture in zip(places, turns, near.pictures, strict=True):
            np.testing.assert_array_equal(shown_picture, pixels[place][:, ::-1] if turn else pixels[place])
        for value in (*near.distances[:2], near.usual, near.least):
            assert f"{value:#.3g}" in dialog.sentence.text()
        assert [dialog.view.distance_text(k).endswith("mirrored") for k in range(4)] == [turn > 0 for turn in turns]
        assert dialog.view.sample == to_image(sample) and near.names[3] in dialog.view.accessibleDescription()
        assert dialog.grab().toImage().size().width() > 500
        seen += near.mirrored
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    assert True in seen and False in seen


# --- the wells' layers -----------------------------------------------------------------------------------------


def test_a_well_when_another_layer_is_chosen_shows_it_and_remembers(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 5)
    room.generate()
    room.panel.playback.go(2)
    wells, recording = room.panel.wells, room.recording
    for layer, action in wells.x_0.choice.actions_of.items():
        action.trigger()
        assert wells.layers == ["x_t", layer] == room.settings["sampler_layers"]
        if layer == "from_memory":  # there is no picture that it could be asked of
            continue
        drawn = recording.picture(layer, 2)
        for picture in range(recording.count):
            image = wells.x_0.grid.picture(picture)
            assert image.pixelColor(3, 4).getRgb()[:3] == tuple(drawn[picture, 4, 3])
        wells.x_0.grid.hovered.emit(1, 3, 4)
        value = recording.layer(layer, 2)[1, 4, 3, 0]
        assert f"{float(f'{value:.3g}'):g}".replace("-", "−")[:4] in wells.x_0.reading.text()


def test_a_layer_when_a_step_has_none_says_so_and_selection_and_single_view_stay(room: Room, run_folder: Path) -> None:
    room.open(run_folder)
    room.choose("ddpm", 5)
    room.generate()
    wells = room.panel.wells
    wells.choose_layers(["x_t", "noise"])
    room.panel.playback.go(1)
    wells.set_large(True)
    assert wells.x_0.grid.picture(0).width() == 8
    room.panel.playback.go(4)
    assert "No noise" in wells.x_0.grid.accessibleDescription()
    assert wells.x_0.grid.pixel_at(QPointF(wells.x_0.grid.rect().center())) == (-1, -1, -1)
    room.panel.playback.go(1)
    assert wells.x_0.grid.single() == wells.x_t.grid.single() == 0
    assert wells.x_0.grid.pixel_at(QPointF(wells.x_0.grid.rect().center()))[0] == 0


def test_classes_when_pictures_are_large_enough_stand_on_their_tiles(room: Room, tmp_path: Path) -> None:
    names = ("happy", "a class with a very long name")
    room.open(tiny_run(tmp_path / "moods-02", {"labels": "folders", "class_names": names}))
    chips = room.panel.controls.options.class_row.chips
    for row in (1, 2):
        room.click(chips.viewport(), chips.visualRect(chips.model().index(row, 0)).center())
    room.choose("ddim", 3, count=2)
    room.generate()
    grid = room.panel.wells.x_0.grid
    with_labels = grid.grab().toImage()
    grid.set_labels([])
    assert grid.grab().toImage() != with_labels
    grid.set_labels(names)
    grid.resize(100, 100)  # two pictures of 48 px
    small_with = grid.grab().toImage()
    grid.set_labels([])
    assert grid.grab().toImage() == small_with
