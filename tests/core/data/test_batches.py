"""What is trained on depends on the seed and the batch's number alone, and every picture comes once an epoch."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import DataError
from core.pictures.decode.decoding import decode
from core.pictures.feed.batches import Batch, batch_indices, make_batch
from core.pictures.feed.pictures import LoadProgress, PictureSet, load_pictures
from core.pictures.folder.scan import Scan, scan_all
from core.settings import DataConfig

RNG = np.random.default_rng(0)
DATA = DataConfig(image_size=8, channels=3, horizontal_flip=False)


@given(
    count=st.integers(1, 40), batch_size=st.integers(1, 50), seed=st.integers(0, 2**63 - 1), epochs=st.integers(1, 3)
)
def test_each_epoch_holds_every_picture_once(count: int, batch_size: int, seed: int, epochs: int) -> None:
    batches = -(-count * epochs // batch_size)
    drawn = np.concatenate([batch_indices(count, batch_size, seed, index) for index in range(batches)])
    for epoch in range(epochs):
        assert sorted(drawn[epoch * count : (epoch + 1) * count]) == list(range(count))


@given(seed=st.integers(0, 2**32), first=st.integers(0, 10_000), other=st.integers(0, 10_000))
def test_a_batch_is_a_pure_function_of_seed_and_number(seed: int, first: int, other: int) -> None:
    before = batch_indices(17, 5, seed, first)
    batch_indices(17, 5, seed, other)
    assert np.array_equal(batch_indices(17, 5, seed, first), before)


def test_epochs_and_seeds_differ() -> None:
    orders = {tuple(batch_indices(30, 30, seed, epoch)) for seed in range(3) for epoch in range(3)}
    assert len(orders) == 9


@pytest.fixture
def folder(tmp_path: Path) -> Scan:
    for index in range(6):
        pixels = RNG.integers(0, 255, (8 + 4 * (index % 2), 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{index}.png")
    return scan_all(tmp_path)


def loaded(scan: Scan, data: DataConfig = DATA, **options: int) -> PictureSet:
    *_, last = load_pictures(scan, data, **options)
    assert isinstance(last, PictureSet)
    return last


def drawn(pictures: PictureSet, batch_index: int = 0, **changes: object) -> Batch:
    pictures.data = replace(pictures.data, **changes)  # type: ignore[arg-type]
    return make_batch(pictures, seed=1, batch_index=batch_index, batch_size=16, device="cpu")


def batch_of(pictures: PictureSet, batch_index: int = 0, **changes: object) -> torch.Tensor:
    return drawn(pictures, batch_index, **changes).pictures


def test_a_batch_is_float_pictures_in_0_to_1(folder: Scan) -> None:
    batch = batch_of(loaded(folder))
    assert batch.shape == (16, 3, 8, 8) and batch.dtype == torch.float32 and batch.is_contiguous()
    assert 0 <= batch.min() < 0.1 and 0.9 < batch.max() <= 1
    indices = batch_indices(6, 16, 1, 0)
    exact = loaded(folder).batch(indices)
    assert torch.equal((batch * 255).round().to(torch.uint8), torch.from_numpy(exact).permute(0, 3, 1, 2))


def test_flips_are_the_same_each_time_and_only_mirror(folder: Scan) -> None:
    pictures = loaded(folder)
    plain, flipped = batch_of(pictures), batch_of(pictures, horizontal_flip=True)
    assert torch.equal(flipped, batch_of(pictures))
    mirrored = [not torch.equal(a, b) for a, b in zip(plain, flipped, strict=True)]
    assert 0 < sum(mirrored) < 16
    for a, b, turned in zip(plain, flipped, mirrored, strict=True):
        assert torch.equal(a.flip(-1) if turned else a, b)
    assert torch.equal(plain, batch_of(pictures, horizontal_flip=False))  # the pictures themselves were not mirrored


@pytest.mark.parametrize("crop", ["centre", "random"])
def test_pictures_beyond_the_memory_budget_give_the_same_batches(folder: Scan, crop: str) -> None:
    data = replace(DATA, crop=crop)
    kept, on_demand = loaded(folder, data), loaded(folder, data, memory_budget_bytes=500)
    assert kept.in_memory and not on_demand.in_memory
    for index in (0, 3, 0):
        assert torch.equal(batch_of(kept, index), batch_of(on_demand, index))


@pytest.mark.parametrize("crop", ["centre", "random"])
@pytest.mark.parametrize(("height", "width"), [(12, 8), (8, 24)])
def test_pictures_that_are_not_square_are_batched_alike_from_memory_and_disk(
    folder: Scan, crop: str, height: int, width: int
) -> None:
    data = replace(DATA, crop=crop, image_size=width, image_height=height)
    kept, on_demand = loaded(folder, data), loaded(folder, data, memory_budget_bytes=500)
    assert kept.shape == on_demand.shape == (height, width, 3)
    assert kept.in_memory and not on_demand.in_memory
    assert batch_of(kept).shape == (16, 3, height, width)
    assert torch.equal(batch_of(kept, 1), batch_of(on_demand, 1))


def test_a_jpeg_turned_on_its_side_is_read_large_enough(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 1200), (90, 90, 90)).save(tmp_path / "a.jpg", exif=exif)
    data = replace(DATA, image_size=64, image_height=256)
    assert loaded(scan_all(tmp_path), data).shape == (256, 64, 3)
    assert min(decode(tmp_path / "a.jpg", 256).image.size) >= 512


def test_random_crops_vary(folder: Scan) -> None:
    pictures = loaded(folder, replace(DATA, crop="random"))
    assert not torch.equal(batch_of(pictures, 0), batch_of(loaded(folder), 0))
    assert torch.equal(batch_of(pictures, 5), batch_of(pictures, 5))


def test_pictures_that_vanished_are_counted_and_the_next_ones_stand_in(folder: Scan) -> None:
    whole = loaded(folder).batch(np.arange(6))
    folder.pictures[2].path.unlink()
    folder.pictures[4].path.write_bytes(b"gone bad")
    folder.pictures[5].path.write_bytes(b"")
    *progress, pictures = load_pictures(folder, DATA)
    assert isinstance(pictures, PictureSet) and len(pictures) == 6 and pictures.failed == 3
    assert progress[-1] == LoadProgress(done=6, of=6, failed=3)
    assert np.array_equal(pictures.batch(np.arange(6)), whole[[0, 1, 3, 3, 0, 0]])
    lost = pictures.lost_since(0)
    assert [(one.name, one.code) for one in lost] == [("2.png", "gone"), ("4.png", "not-a-picture"), ("5.png", "empty")]
    assert "not there any more" in lost[0].reason and pictures.lost_since(3) == ()
    on_demand = loaded(folder, memory_budget_bytes=1)
    assert torch.equal(batch_of(on_demand), batch_of(pictures)) and on_demand.failed == 3
    (folder.folder / "stays.txt").write_text("the folder itself is there")
    for file in folder.pictures:
        file.path.unlink(missing_ok=True)
    with pytest.raises(DataError, match="None of the 6"):
        loaded(folder)
    with pytest.raises(DataError, match="None of the 6"):
        batch_of(loaded(folder, memory_budget_bytes=1))


def test_core_data_imports_no_torch() -> None:
    feed = ", ".join(f"core.pictures.feed.{name}" for name in ("batches", "pictures", "cost"))
    code = f"import {feed}, core.pictures.folder.scan, core.runs.run, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
