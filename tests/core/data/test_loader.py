"""Batches that are made ahead are the batches that would have been made, in whatever order they are asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import DataError
from core.pictures.feed import pictures as pictures_module
from core.pictures.feed import source
from core.pictures.feed.batches import Loader, batch_indices, coming_order, make_batch
from core.pictures.feed.cache_folder import CachePlace
from core.pictures.feed.fill import fill_here
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.feed.source import FolderAwayError
from core.pictures.folder.scan import Scan, scan_all
from core.settings import DataConfig

DATA = DataConfig(image_size=8, channels=3, horizontal_flip=True, colour_jitter=0.2, crop="random")
SEED, BATCH = 5, 4
CPU = torch.device("cpu")


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(10):
        Image.fromarray(draw.integers(0, 255, (9, 12, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    return scan_all(folder)


def loaded(scan: Scan, data: DataConfig = DATA, **options: int) -> PictureSet:
    *_, last = load_pictures(scan, data, **options)
    assert isinstance(last, PictureSet)
    return last


def loader_of(pictures: PictureSet) -> closing[Loader]:
    return closing(Loader(pictures, seed=SEED, batch_size=BATCH, device=CPU))


def assert_batch(loader: Loader, pictures: PictureSet, number: int) -> None:
    made = loader.get(number)
    assert made is not None
    wanted = make_batch(pictures, seed=SEED, batch_index=number, batch_size=BATCH, device="cpu")
    assert torch.equal(made.pictures, wanted.pictures)


@pytest.mark.parametrize("budget", [1 << 20, 1])
def test_batches_come_as_asked_also_after_going_back(scan: Scan, budget: int) -> None:
    plain, pictures = loaded(scan), loaded(scan, memory_budget_bytes=budget)
    with loader_of(pictures) as loader:
        for number in [*range(12), 3, 4, 5, 5, 90, 91, 0]:
            assert_batch(loader, plain, number)


@given(count=st.integers(1, 40), batch_size=st.integers(1, 50), first=st.integers(0, 100))
def test_what_is_decoded_first_is_what_is_asked_for_first(count: int, batch_size: int, first: int) -> None:
    order = coming_order(count, batch_size, 1, first)
    assert sorted(order) == list(range(count))
    batches = 2 * -(-count // batch_size) + 1
    asked = np.concatenate([batch_indices(count, batch_size, 1, first + n) for n in range(batches)])
    assert order.tolist() == [*dict.fromkeys(asked.tolist())]


def test_no_thread_is_left_and_none_is_there_before_the_first_batch(scan: Scan) -> None:
    before = threading.active_count()
    loader = Loader(loaded(scan), seed=SEED, batch_size=BATCH, device=CPU)
    assert threading.active_count() == before
    loader.get(0)
    assert threading.active_count() == before + 1
    loader.close()
    loader.close()
    assert threading.active_count() == before


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """A large set, of which a picture is decoded each time the semaphore is released."""
    gate = threading.Semaphore(0)

    def one_by_one(wanted, rules, _):
        for number, path, slot, _ in wanted:
            while not gate.acquire(timeout=0.01):
                yield None
            yield from fill_here([(number, path, slot)], rules)

    monkeypatch.setattr(pictures_module, "AT_ONCE_PIXELS", 0)
    monkeypatch.setattr(source, "fill_by_helpers", one_by_one)
    return gate


def test_the_first_batch_waits_for_its_own_pictures_only(scan: Scan, gate: threading.Semaphore, tmp_path: Path) -> None:
    *_, pictures = load_pictures(scan, DATA, cache=CachePlace(tmp_path / "cache"))
    with closing(pictures), loader_of(pictures) as loader:
        gate.release(BATCH)
        first = loader.get(7)
        assert first is not None
        asked = batch_indices(10, BATCH, SEED, 7)
        assert pictures.ready(asked)
        assert not pictures.ready(np.setdiff1d(np.arange(10), asked))
        gate.release(10)
        assert loader.get(8) is not None
        assert loader.waited_s > 0


def test_a_wait_ends_with_the_wish_to_stop(scan: Scan, gate: threading.Semaphore) -> None:
    stop = threading.Event()
    pictures = loaded(scan)
    with closing(pictures), loader_of(pictures) as loader:
        timer = threading.Timer(0.05, stop.set)
        timer.start()
        assert loader.get(0, stop) is None
        timer.join()
        gate.release(10)
        assert loader.get(0) is not None  # asked again without the wish


def test_what_goes_wrong_is_raised_where_the_batch_is_asked_for_and_tried_again(scan: Scan) -> None:
    plain, pictures = loaded(scan), loaded(scan, memory_budget_bytes=1)
    away = scan.folder.with_name("away")
    scan.folder.rename(away)
    with loader_of(pictures) as loader:
        for _ in range(2):
            with pytest.raises(FolderAwayError, match="not there"):
                loader.get(0)
        scan.folder.mkdir()  # as the place of a disk that was taken out
        with pytest.raises(FolderAwayError):
            loader.get(0)
        scan.folder.rmdir()
        away.rename(scan.folder)
        assert pictures.failed == 0
        assert_batch(loader, plain, 0)
        (scan.folder / "notes.txt").write_text("the folder itself is there")
        for file in scan.pictures:
            file.path.unlink()
    with loader_of(loaded(scan, memory_budget_bytes=1)) as loader, pytest.raises(DataError, match="None of the 10"):
        loader.get(0)


def test_batches_of_pictures_that_vanish_are_made_of_those_that_stay(scan: Scan) -> None:
    pictures = loaded(scan, replace(DATA, crop="centre", horizontal_flip=False, colour_jitter=0), memory_budget_bytes=1)
    for file in scan.pictures[2:]:
        file.path.unlink()
    kept = pictures.batch(np.arange(2))
    with loader_of(pictures) as loader:
        for number in range(5):
            made = loader.get(number)
            assert made is not None
            pixels = (made.pictures * 255).round().byte().permute(0, 2, 3, 1).numpy()
            assert all(any(np.array_equal(one, other) for other in kept) for one in pixels)
    assert pictures.failed == 8
