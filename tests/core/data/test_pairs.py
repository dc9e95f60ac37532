"""Two folders whose pictures belong together: who is whose partner, and that both are seen alike."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import DataError
from core.pictures.feed.batches import assemble, make_batch
from core.pictures.feed.conditions import as_shown, condition_of, grey, low_resolution, made_small
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.pairs import PAIR_REASONS, Pairs, pair
from core.pictures.folder.scan import scan_all
from core.settings import DataConfig

RNG = np.random.default_rng(0)
DATA = DataConfig(image_size=8, channels=3, horizontal_flip=False)


def save(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def noise(height: int = 8, width: int = 8) -> np.ndarray:
    return RNG.integers(0, 255, (height, width, 3), dtype=np.uint8)


def loaded(folder: Path, data: DataConfig, **options: int) -> PictureSet:
    *_, last = load_pictures(scan_all(folder), data, **options)
    assert isinstance(last, PictureSet)
    return last


def paired(folder: Path, second: Path, **more: object) -> DataConfig:
    del folder
    values = {"image_size": 8, "channels": 3, "horizontal_flip": False, **more}
    return DataConfig(condition="folder", condition_folder=str(second), **values)  # type: ignore[arg-type]


def pairs_of(first: Path, second: Path) -> Pairs:
    *_, found = pair(scan_all(first), paired(first, second))
    assert found is not None
    return found


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Ten pictures in two sub-folders, and their negatives as other kinds of files."""
    first, second = tmp_path / "first", tmp_path / "second"
    for number in range(10):
        pixels = noise(12, 16)
        save(first / f"{number % 2}" / f"{number}.png", pixels)
        save(second / f"{number % 2}" / f"{number}.bmp", 255 - pixels)
    return first, second


def test_partners_when_names_agree_whatever_the_ending_are_in_one_order(folders: tuple[Path, Path]) -> None:
    found = pairs_of(*folders)
    names = [(Path(one.name).stem, Path(other.name).stem) for one, other in zip(found.first, found.second, strict=True)]
    assert len(names) == 10 and all(one == other for one, other in names)
    assert found.counts == {} and found.unpaired == ()


def test_pictures_when_in_no_pair_are_told_with_the_reason(folders: tuple[Path, Path]) -> None:
    first, second = folders
    save(first / "0" / "alone.png", noise())
    save(second / "0" / "extra.png", noise())
    save(first / "0" / "2.jpg", noise())
    save(second / "1" / "3.png", noise())
    save(second / "0" / "4.bmp", noise(12, 24))
    (second / "1" / "5.bmp").write_bytes(b"BM" + bytes(50))
    found = pairs_of(first, second)
    told = {(Path(one.name).as_posix(), one.code, one.in_second) for one in found.unpaired}
    assert told == {
        ("0/alone.png", "no-partner", False),
        ("0/extra.png", "no-picture", True),
        ("0/2.png", "named-twice", False),
        ("0/2.jpg", "named-twice", False),
        ("1/3.png", "named-twice", False),
        ("0/4.png", "other-shape", False),
        ("1/5.png", "partner-unusable", False),
    }
    assert sum(found.counts.values()) == 7 and len(found.first) == 6
    assert set(found.counts) <= set(PAIR_REASONS)
    assert "1 not used: its partner in the second folder cannot be used" in [str(note) for note in found.notes()]


def test_partner_when_smaller_to_the_pixel_is_of_the_same_shape(tmp_path: Path) -> None:
    save(tmp_path / "first" / "a.png", noise(101, 67))
    save(tmp_path / "second" / "a.png", noise(25, 17))
    assert len(pairs_of(tmp_path / "first", tmp_path / "second").first) == 1


def test_second_folder_when_inside_the_first_is_no_part_of_it(tmp_path: Path) -> None:
    save(tmp_path / "all" / "a.png", noise())
    save(tmp_path / "all" / "masks" / "a.png", noise())
    found = pairs_of(tmp_path / "all", tmp_path / "all" / "masks")
    assert [one.name for one in found.first] == ["a.png"] and not found.unpaired


def test_folders_when_nothing_belongs_together_are_refused_in_a_sentence(tmp_path: Path) -> None:
    save(tmp_path / "first" / "a.png", noise())
    save(tmp_path / "second" / "b.png", noise())
    with pytest.raises(DataError, match="has a partner in"):
        pairs_of(tmp_path / "first", tmp_path / "second")


@pytest.mark.parametrize("crop", ["centre", "random", "pad", "stretch"])
def test_crop_and_mirroring_of_a_pair_are_the_same(folders: tuple[Path, Path], crop: str) -> None:
    data = paired(*folders, crop=crop, horizontal_flip=True, vertical_flip=True)
    pictures = loaded(folders[0], data)
    seen = []
    for number in range(4):
        batch = assemble(pictures, seed=3, batch_index=number, batch_size=7)
        assert batch.condition is not None
        # The background is the same in both: white, where the picture is not.
        apart = batch.pixels.astype(int) + batch.condition
        outside = (batch.pixels == 255) & (batch.condition == 255)
        assert np.abs(apart - 255)[~outside].max() <= 2, "each is the other's negative, up to rounding"
        seen.append(batch.pixels)
    if crop == "random":
        again = assemble(loaded(folders[0], data), seed=3, batch_index=2, batch_size=7)
        np.testing.assert_array_equal(again.pixels, seen[2])


def test_colour_jitter_of_a_pair_leaves_the_condition_alone(folders: tuple[Path, Path]) -> None:
    plain = assemble(loaded(folders[0], paired(*folders)), seed=1, batch_index=0, batch_size=6)
    jittered = assemble(loaded(folders[0], paired(*folders, colour_jitter=0.5)), seed=1, batch_index=0, batch_size=6)
    assert (plain.pixels != jittered.pixels).any()
    assert plain.condition is not None and jittered.condition is not None
    np.testing.assert_array_equal(plain.condition, jittered.condition)


@pytest.mark.parametrize("crop", ["centre", "random"])
def test_pair_of_the_same_picture_twice_when_augmented_is_warped_as_one(
    folders: tuple[Path, Path], tmp_path: Path, crop: str
) -> None:
    for path in (folders[0]).rglob("*.png"):
        with Image.open(path) as image:
            save(tmp_path / "same" / path.relative_to(folders[0]), np.asarray(image))
    data = paired(folders[0], tmp_path / "same", crop=crop, horizontal_flip=True, augment=0.6)
    plain = paired(folders[0], tmp_path / "same", crop=crop, horizontal_flip=True)
    for number in range(6):
        batch = assemble(loaded(folders[0], data), seed=2, batch_index=number, batch_size=9)
        assert batch.condition is not None
        np.testing.assert_array_equal(batch.condition, batch.pixels)
        unwarped = assemble(loaded(folders[0], plain), seed=2, batch_index=number, batch_size=9)
        assert (unwarped.pixels != batch.pixels).any()


def test_held_out_pairs_stay_together_and_excluded_ones_are_gone(folders: tuple[Path, Path]) -> None:
    pictures = loaded(folders[0], paired(*folders, hold_out=0.4, excluded=("0/0.png",)))
    assert pictures.held_out is not None and len(pictures) + len(pictures.held_out) == 9
    for each in (pictures, pictures.held_out):
        taken = each.take(np.arange(len(each)), plain=True)
        assert taken.condition is not None
        assert np.abs(taken.pixels.astype(int) + taken.condition - 255).max() <= 2
        assert "0/0.png" not in [Path(each.name(place)).as_posix() for place in range(len(each))]


def test_pair_when_its_second_picture_is_lost_is_stood_in_for_by_another_pair(folders: tuple[Path, Path]) -> None:
    first, second = folders
    scan = scan_all(first)
    data = paired(first, second)
    (found,) = (each for each in pair(scan, data) if each is not None)
    Path(found.second.path(0)).unlink()
    *_, pictures = load_pictures(scan, data)
    # The second folder is listed again: a pair that was gone before is in none.
    assert isinstance(pictures, PictureSet) and len(pictures) == 9
    assert "1 not used" in str(pictures.notes[0])


def test_pair_when_its_second_picture_goes_while_it_trains_is_stood_in_for(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.pictures.feed import pictures as module

    monkeypatch.setattr(module, "AT_ONCE_PIXELS", 0)
    monkeypatch.setenv("DDPM_STUDIO_CACHE_GB", "0")
    pictures = loaded(folders[0], paired(*folders), memory_budget_bytes=1)
    try:
        (folders[1] / "0" / "0.bmp").unlink()
        taken = pictures.take(np.arange(10), plain=True)
        assert taken.condition is not None and pictures.failed == 1
        assert np.abs(taken.pixels.astype(int) + taken.condition - 255).max() <= 2
        assert [Path(lost.name).name for lost in pictures.lost_since(0)] == ["0.png"]
        np.testing.assert_array_equal(taken.pixels[0], taken.pixels[1])
    finally:
        pictures.close()


def test_low_resolution_when_made_is_bicubic_down_and_up() -> None:
    pixels = noise(8, 12)[None]
    small = np.asarray(Image.fromarray(pixels[0]).resize((6, 4), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(made_small(pixels, 2)[0], small)
    up = np.asarray(Image.fromarray(small).resize((12, 8), Image.Resampling.BICUBIC))
    np.testing.assert_array_equal(low_resolution(pixels, 2)[0], up)


@given(level=st.tuples(*[st.integers(0, 255)] * 3))
def test_grey_is_the_luma_of_each_pixel(level: tuple[int, int, int]) -> None:
    pixels = np.full((1, 2, 2, 3), level, np.uint8)
    expected = (299 * level[0] + 587 * level[1] + 114 * level[2]) / 1000
    assert np.abs(grey(pixels, 2).astype(float) - expected).max() <= 1
    np.testing.assert_array_equal(as_shown(grey(pixels, 2), 3)[..., 0], grey(pixels, 2)[..., 0])


def test_condition_when_given_as_a_file_is_what_training_sees_of_it(tmp_path: Path) -> None:
    save(tmp_path / "one" / "a.png", noise(16, 16))
    for condition, added in (("low-resolution", 3), ("grey", 1)):
        data = DataConfig(image_size=8, channels=3, horizontal_flip=False, condition=condition)
        taken = loaded(tmp_path / "one", data).take(np.array([0]))
        with Image.open(tmp_path / "one" / "a.png") as image:
            how = {"size": (8, 8), "channels": 3, "added": added, "factor": 2}
            made = condition_of(image, condition, **how)
            assert taken.condition is not None
            np.testing.assert_array_equal(made, taken.condition[0])
    # The small picture itself is scaled up as in training.
    small = Image.fromarray(made_small(taken.pixels, 2)[0])
    np.testing.assert_array_equal(
        condition_of(small, "low-resolution", size=(8, 8), channels=3, added=3, factor=2),
        low_resolution(taken.pixels, 2)[0],
    )


def test_condition_when_of_colours_goes_to_the_device_in_the_pictures_range(folders: tuple[Path, Path]) -> None:
    data = DataConfig(image_size=8, channels=3, horizontal_flip=False, condition="grey")
    batch = make_batch(loaded(folders[0], data), seed=0, batch_index=0, batch_size=4, device="cpu")
    assert batch.condition is not None and batch.condition.shape == (4, 1, 8, 8)
    assert float(batch.condition.min()) >= 0 and float(batch.condition.max()) <= 1
