"""The copy meter: copies, near copies and new pictures are told apart, beside pictures that nobody trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.errors import RunError
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan, scan_all
from core.runs.copies_file import Copies, read_copies, save_copies
from core.runs.grids import read_settings, save_grid
from core.runs.metrics import COPY_DISTANCE, read_scalar
from core.runs.run import Run
from core.settings import DataConfig, RunConfig
from core.training import copies
from core.training.copies import CopyMeter
from core.training.events import CopiesMeasured
from tests.core.training.conftest import of, train

SIDE = 8
DATA = DataConfig(image_size=SIDE, channels=3, horizontal_flip=False)


def blobs(seed: int, count: int) -> NDArray[np.uint8]:
    """Smooth coloured pictures, each of its own."""
    draw = np.random.default_rng(seed)
    small = draw.integers(0, 256, (count, 3, 3, 3), np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(each).resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for each in small]
    )


def opened(folder: Path, pictures: NDArray[np.uint8], data: DataConfig = DATA) -> PictureSet:
    folder.mkdir()
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number:03}.png")
    *_, found = load_pictures(scan_all(folder), data)
    assert isinstance(found, PictureSet)
    return found


def normalised(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    return (pictures.astype(np.float64) / 255 * 2 - 1).reshape(len(pictures), -1)


def by_hand(samples: NDArray[np.uint8], known: NDArray[np.uint8], k: int = 50) -> tuple[NDArray, NDArray, NDArray]:
    """Places, distances and ratios, one pair at a time."""
    apart = np.array([[np.sqrt(np.square(a - b).mean()) for b in normalised(known)] for a in normalised(samples)])
    near = np.sort(apart, 1)[:, :k]
    return apart.argmin(1), near[:, 0], near[:, 0] / near.mean(1)


def test_samples_when_some_are_copies_are_counted_as_a_plain_computation_has_it(tmp_path: Path) -> None:
    known, new = blobs(0, 70), blobs(1, 4)
    noise = np.random.default_rng(2).normal(0, 3, (2, SIDE, SIDE, 3))
    near = np.clip(known[[7, 9]] + noise, 0, 255).astype(np.uint8)
    halfway = ((known[3].astype(int) + known[4]) // 2).astype(np.uint8)[None]
    samples = np.concatenate([known[[5, 60]], near, halfway, new])
    with_held_out = opened(tmp_path / "p", known)
    found = CopyMeter(with_held_out).measure(samples, 12)
    assert found is not None and found.step == 12
    places, distances, ratios = by_hand(samples, known)
    np.testing.assert_allclose(found.distances, distances, atol=1e-6)
    np.testing.assert_allclose(found.ratios, ratios, atol=1e-6)
    assert found.are_copies.tolist() == [True, True, True, True, False, False, False, False, False]
    assert list(found.names) == [f"{place:03}.png" for place in places]
    np.testing.assert_array_equal(found.nearest, known[places])
    # Nothing is held out: what is compared with is how far training pictures are from each other.
    chosen = (np.arange(64) * 70) // 64
    apart = np.sort([[np.sqrt(np.square(a - b).mean()) for b in normalised(known)] for a in normalised(known[chosen])])
    assert not found.held_out and found.usual == pytest.approx(np.median(apart[:, 1]), abs=1e-6)
    assert found.relative == pytest.approx(np.median(distances) / found.usual)
    assert (found.looked_at, found.pictures) == (70, 70)


def test_samples_when_pictures_are_held_out_are_compared_with_them(tmp_path: Path) -> None:
    pictures = opened(tmp_path / "p", blobs(0, 60), replace(DATA, hold_out=0.3))
    assert pictures.held_out is not None
    known = pictures.take(np.arange(len(pictures)), plain=True)[0]
    held_out = pictures.held_out.take(np.arange(len(pictures.held_out)), plain=True)[0]
    samples = blobs(3, 9)
    found = CopyMeter(pictures).measure(samples, 1)
    assert found is not None and found.held_out and found.looked_at == len(pictures) < 60
    assert found.usual == pytest.approx(np.median(by_hand(held_out, known)[1]), abs=1e-6)
    # As far as pictures of the same kind that nobody trained on, so 1 but for chance.
    assert 0.7 < found.relative < 1.4


def test_mirrored_copy_when_the_set_is_mirrored_is_a_copy(tmp_path: Path) -> None:
    known = blobs(0, 20)
    for flips in (False, True):
        pictures = opened(tmp_path / f"p{flips}", known, replace(DATA, horizontal_flip=flips))
        found = CopyMeter(pictures).measure(known[[4]][:, :, ::-1].copy(), 1)
        assert found is not None and found.are_copies.tolist() == [flips]
        if flips:
            np.testing.assert_array_equal(found.nearest[0], known[4][:, ::-1])


@pytest.mark.parametrize("count", [1, 2])
def test_tiny_set_when_measured_says_what_it_can(tmp_path: Path, count: int) -> None:
    known = blobs(0, count)
    found = CopyMeter(opened(tmp_path / "p", known)).measure(np.concatenate([known[:1], blobs(4, 1)]), 1)
    assert found is not None and found.are_copies.tolist() == [True, False]
    assert np.isnan(found.relative) == (count == 1)


def test_large_set_when_measured_is_looked_at_in_part_from_all_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "MOST_BYTES", 10 * SIDE * SIDE * 3)
    known = blobs(0, 40)
    pictures = opened(tmp_path / "p", known)
    meter = CopyMeter(pictures)
    found = meter.measure(known[[0, 4, 5]], 1)
    assert found is not None and (found.looked_at, found.pictures) == (10, 40)
    assert found.names[:2] == ("000.png", "004.png") and found.are_copies.tolist() == [True, True, False]
    # On a machine that is too slow for that, half of them do.
    monkeypatch.setattr(copies, "MOST_S", -1.0)
    meter.measure(known[[0]], 2)
    slow = meter.measure(known[[0]], 3)
    assert slow is not None and slow.looked_at == 5


def test_pictures_when_none_is_decoded_yet_are_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = opened(tmp_path / "p", blobs(0, 5))
    monkeypatch.setattr(pictures, "ready", lambda _: False)
    meter = CopyMeter(pictures)
    assert meter.measure(blobs(1, 2), 1) is None
    monkeypatch.undo()
    assert meter.measure(blobs(1, 2), 2) is not None


def test_training_when_it_samples_tells_and_keeps_how_near_they_are(
    tmp_path: Path, pictures: Scan, tiny: RunConfig
) -> None:
    seen = train(pictures, tiny, tmp_path / "run")
    run = Run.open(tmp_path / "run")
    told = of(CopiesMeasured, seen)
    assert [event.step for event in told] == [6, 12]
    for event in told:
        kept = read_copies(run.nearest_path(event.step), (8, 8))
        assert event.path == run.nearest_path(event.step) and event.of == 4 == len(kept.names)
        assert event.copies == kept.are_copies.sum() and event.relative == pytest.approx(kept.relative, rel=1e-4)
        assert (event.looked_at, event.pictures, event.held_out) == (10, 10, False)
    steps, values = read_scalar(run.metrics_path, COPY_DISTANCE)
    assert steps.tolist() == [6, 12]
    np.testing.assert_allclose(values, [event.relative for event in told])


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["a"]},
        {"names": [1, 2]},
        {"distances": [0.1, "x"]},
        {"distances": [0.1, float("nan")]},
        {"ratios": [-1, 0.5]},
        {"ratios": None},
        {"step": "7"},
        {"pictures": -1},
        {"usual": [1]},
        {"names": ["a"] * 9, "distances": [0.1] * 9, "ratios": [0.1] * 9},
    ],
)
def test_file_when_it_is_not_as_it_was_written_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "step-00000007.png"
    two = Copies(7, blobs(0, 2), ("a.png", "b.png"), np.array([0.1, 0.0]), np.array([0.5, 0.0]), 0.25, True, 2, 3)
    save_copies(path, two)
    again = read_copies(path, (SIDE, SIDE))
    assert (again.step, again.names, again.usual, again.held_out) == (7, ("a.png", "b.png"), 0.25, True)
    assert again.are_copies.tolist() == [False, True] and again.relative == pytest.approx(0.2)
    said = read_settings(path)
    save_grid(path, two.nearest, settings=said | change)
    with pytest.raises(RunError):
        read_copies(path, (SIDE, SIDE))
