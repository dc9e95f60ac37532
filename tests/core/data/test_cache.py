"""What is kept on the disk changes nothing but the speed: whole rows only, whoever has been at the files."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import ConfigError
from core.pictures.feed import cache as cache_module
from core.pictures.feed import fill, pictures, source
from core.pictures.feed.batches import make_batch
from core.pictures.feed.cache_folder import FILES, HEADER, CachePlace
from core.pictures.feed.fill import fill_here
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan, scan_all
from core.settings import DataConfig
from tests.clocks import compare
from tests.figures import figure

COUNT = 12
DATA = DataConfig(image_size=8, channels=3, horizontal_flip=False)
ALL = np.arange(COUNT)


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for number in range(COUNT):
        pixels = draw.integers(0, 255, (12, 10 + 4 * number, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return scan_all(folder)


@pytest.fixture
def place(tmp_path: Path) -> CachePlace:
    return CachePlace(tmp_path / "cache")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every set counts as a large one, decoded here instead of in helpers; the names of what was decoded."""
    names: list[str] = []
    read = fill.read_fitted

    def recorded(path, slot, rules):
        names.append(path.name)
        return read(path, slot, rules)

    monkeypatch.setattr(pictures, "AT_ONCE_PIXELS", 0)
    monkeypatch.setattr(fill, "read_fitted", recorded)
    monkeypatch.setattr(
        source, "fill_by_helpers", lambda wanted, rules, _: fill_here(((n, path, s) for n, path, s, _ in wanted), rules)
    )
    return names


def loaded(scan: Scan, place: CachePlace, data: DataConfig = DATA, **options: int) -> PictureSet:
    *_, last = load_pictures(scan, data, cache=place, **options)
    assert isinstance(last, PictureSet)
    return last


def in_memory(scan: Scan, data: DataConfig = DATA) -> PictureSet:
    return loaded(scan, CachePlace(scan.folder / "unused", quota_bytes=0), data)


def cache_of(place: CachePlace) -> Path:
    (folder,) = place.caches.iterdir()
    return folder


@pytest.mark.parametrize("crop", ["centre", "random", "pad", "stretch"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_second_training_reads_the_same_and_needs_no_folder(
    scan: Scan, place: CachePlace, decoded: list[str], crop: str, channels: int
) -> None:
    data = replace(DATA, crop=crop, channels=channels)
    expected = in_memory(scan, data).batch(ALL, seed=3, batch_index=7)
    with closing(loaded(scan, place, data)) as first:
        assert first.on_disk and not first.in_memory
        assert np.array_equal(first.batch(ALL, seed=3, batch_index=7), expected)
        assert np.array_equal(first.batch(ALL, seed=3, batch_index=7), expected)
    decoded.clear()
    scan.folder.rename(scan.folder.with_name("away"))
    with closing(loaded(scan, place, data)) as second:
        assert np.array_equal(second.batch(ALL, seed=3, batch_index=7), expected)
    assert decoded == []


def test_helpers_write_into_the_cache_themselves(scan: Scan, place: CachePlace, monkeypatch) -> None:
    expected = in_memory(scan).batch(ALL)
    monkeypatch.setattr(pictures, "AT_ONCE_PIXELS", 0)
    with closing(loaded(scan, place)) as found:
        steps = found.filling(ALL[::-1])
        assert steps is not None
        for _ in steps:
            pass
        assert found.ready(ALL)
        assert np.array_equal(found.batch(ALL), expected)
    with closing(loaded(scan, CachePlace(place.folder, quota_bytes=0), replace(DATA, crop="random"))) as loose:
        assert np.array_equal(loose.batch(ALL), in_memory(scan, replace(DATA, crop="random")).batch(ALL))


def test_with_one_size_the_file_is_one_array(scan: Scan, place: CachePlace, decoded: list[str]) -> None:
    with closing(loaded(scan, place)) as found:
        expected = found.batch(ALL)
    rows = np.fromfile(cache_of(place) / FILES[1], np.uint8).reshape(COUNT, 8, 8, 3)
    assert np.array_equal(rows, expected)


@pytest.mark.parametrize("crop", ["centre", "random"])
@pytest.mark.parametrize("seed", range(12))
def test_damage_anywhere_is_found_and_decoded_again(
    scan: Scan, place: CachePlace, decoded: list[str], crop: str, seed: int
) -> None:
    data = replace(DATA, crop=crop)
    with closing(loaded(scan, place, data)) as found:
        expected = found.batch(ALL, seed=1)
    draw = random.Random(seed)
    path = cache_of(place) / draw.choice(FILES)
    content = bytearray(path.read_bytes())
    at = draw.randrange(len(content))
    damage = draw.choice(["flip", "cut", "zeros", "gone", "grown"])
    if damage == "flip":
        content[at] ^= 1 << draw.randrange(8)
    elif damage == "zeros":
        content[at:] = bytes(len(content) - at)
    elif damage == "grown":
        content += draw.randbytes(100)
    path.write_bytes(content[:at] if damage == "cut" else content)
    if damage == "gone":
        path.unlink()
    for _ in range(2):
        with closing(loaded(scan, place, data)) as again:
            assert np.array_equal(again.batch(ALL, seed=1), expected), f"{damage} in {path.name}"


def test_a_link_or_a_pipe_in_its_place_is_never_followed(scan: Scan, place: CachePlace, decoded: list[str]) -> None:
    with closing(loaded(scan, place)) as found:
        expected = found.batch(ALL)
    mine = place.folder / "mine"
    for name in FILES:
        for make in (lambda path: path.symlink_to(mine), os.mkfifo):
            mine.write_bytes(b"x" * 10_000)
            (cache_of(place) / name).unlink(missing_ok=True)
            make(cache_of(place) / name)
            with closing(loaded(scan, place)) as again:
                assert np.array_equal(again.batch(ALL), expected)
            assert mine.read_bytes() == b"x" * 10_000


def test_only_what_changed_is_decoded_again(scan: Scan, place: CachePlace, decoded: list[str]) -> None:
    with closing(loaded(scan, place)) as found:
        found.batch(ALL)
    Image.new("RGB", (9, 9), (1, 2, 3)).save(scan.folder / "3.png")
    Image.new("RGB", (9, 9), (4, 5, 6)).save(scan.folder / "3b.png")
    now = scan_all(scan.folder)
    decoded.clear()
    with closing(loaded(now, place)) as found:
        pixels = found.batch(np.arange(COUNT + 1))
        assert (pixels[3] == (1, 2, 3)).all() and (pixels[4] == (4, 5, 6)).all()
    assert sorted(decoded) == ["3.png", "3b.png"]


def test_other_rules_are_another_cache(scan: Scan, place: CachePlace, decoded: list[str], monkeypatch) -> None:
    for changes in ({}, {"background": "black"}, {"image_size": 16}, {"channels": 1}, {"crop": "pad"}):
        with closing(loaded(scan, place, replace(DATA, **changes))) as found:
            found.batch(ALL)
    monkeypatch.setattr(cache_module, "RULES_VERSION", cache_module.RULES_VERSION + 1)
    with closing(loaded(scan, place)) as found:
        found.batch(ALL)
    assert len(decoded) == 6 * COUNT and len([*place.caches.iterdir()]) == 6
    with closing(loaded(scan, place, replace(DATA, horizontal_flip=True, colour_jitter=0.1))) as found:
        found.batch(ALL)
    assert len(decoded) == 6 * COUNT  # what is done to a batch is not kept


def test_the_oldest_is_given_up_for_a_new_one_but_never_one_in_use(
    scan: Scan, place: CachePlace, decoded: list[str]
) -> None:
    def fill_one(size: int, quota: int) -> PictureSet:
        found = loaded(scan, CachePlace(place.folder, quota), replace(DATA, image_size=size))
        found.batch(ALL)
        return found

    for age, size in enumerate((64, 96)):
        with closing(fill_one(size, 10**9)):
            pass
        used = time.time() - 100 + age
        for folder in place.caches.iterdir():
            if folder.stat().st_mtime > used:
                os.utime(folder / HEADER, (used, used))
    ages = {folder: (folder / HEADER).stat().st_mtime for folder in place.caches.iterdir()}
    oldest, newer = sorted(ages, key=ages.__getitem__)
    quota = COUNT * 3 * (96 * 96 + 80 * 80) + 50_000
    with closing(fill_one(80, quota)) as third:
        assert third.on_disk
        assert not oldest.exists() and newer.exists()
        with closing(fill_one(112, quota)) as fourth:  # of which only the one in use stays, and is too large
            assert not fourth.on_disk and fourth.in_memory and not newer.exists()
        assert third.on_disk and np.array_equal(
            third.batch(ALL), in_memory(scan, replace(DATA, image_size=80)).batch(ALL)
        )


def test_a_cache_that_another_training_fills_is_left_to_it(scan: Scan, place: CachePlace, decoded: list[str]) -> None:
    with closing(loaded(scan, place)) as first, closing(loaded(scan, place)) as second:
        assert first.on_disk and not second.on_disk
        assert np.array_equal(first.batch(ALL), second.batch(ALL))
    with closing(loaded(scan, place)) as third:
        assert third.on_disk


def test_a_disk_that_fills_up_stops_nothing(
    scan: Scan, place: CachePlace, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, write, written = in_memory(scan).batch(ALL), cache_module.write_at, []

    def full(path: Path, data: bytes, offset: int) -> None:
        written.append(path)
        if len(written) > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data, offset)

    monkeypatch.setattr(cache_module, "write_at", full)
    with closing(loaded(scan, place)) as found:
        assert np.array_equal(found.batch(ALL), expected)
        assert found.not_kept == os.strerror(errno.ENOSPC)
        decoded.clear()
        assert np.array_equal(found.batch(ALL), expected) and decoded == []
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "AT_ONCE_PIXELS", 0)
    monkeypatch.setattr(source, "fill_by_helpers", lambda wanted, rules, _: fill_here([w[:3] for w in wanted], rules))
    with closing(loaded(scan, place)) as found:
        assert np.array_equal(found.batch(ALL), expected)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_takes_no_files_is_done_without(scan: Scan, place: CachePlace, decoded: list[str]) -> None:
    place.folder.mkdir()
    place.folder.chmod(0o500)
    with closing(loaded(scan, place)) as found:
        assert not found.on_disk and found.in_memory


def test_where_a_cache_lies_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert CachePlace.usual().folder.is_relative_to(os.environ["XDG_CACHE_HOME"])
    monkeypatch.setenv("DDPM_STUDIO_CACHE", str(tmp_path / "here"))
    monkeypatch.setenv("DDPM_STUDIO_CACHE_GB", "1.5")
    assert CachePlace.usual() == CachePlace(tmp_path / "here", 1_500_000_000)
    monkeypatch.setenv("DDPM_STUDIO_CACHE", "~no such user/here")
    assert CachePlace.usual().folder == Path("~no such user/here"), "as a shell has it"
    for bad in ("much", "-1", "nan"):
        monkeypatch.setenv("DDPM_STUDIO_CACHE_GB", bad)
        with pytest.raises(ConfigError, match="DDPM_STUDIO_CACHE_GB"):
            CachePlace.usual()


def test_what_is_chosen_holds_where_the_environment_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert CachePlace.usual(tmp_path, 7) == CachePlace(tmp_path, 7)
    monkeypatch.setenv("DDPM_STUDIO_CACHE", str(tmp_path / "here"))
    assert CachePlace.usual(tmp_path, 7) == CachePlace(tmp_path / "here", 7)
    monkeypatch.setenv("DDPM_STUDIO_CACHE_GB", "0")
    assert CachePlace.usual(tmp_path, 7).quota_bytes == 0


def test_what_is_kept_is_counted_and_emptied_but_for_what_is_read(
    scan: Scan, place: CachePlace, decoded: list[str]
) -> None:
    assert place.taken() == (0, 0, 0)
    for size in (20, 24):
        loaded(scan, place, replace(DATA, image_size=size)).close()
    (place.caches / "notes").mkdir()
    (place.caches / "notes" / "of mine.txt").write_text("not a cache")
    (place.caches / "empty").mkdir()
    with closing(loaded(scan, place)) as used:
        taken = place.taken()
        assert taken.used == 1 and taken.caches == 3 and taken.bytes > 0
        assert [*place.empty()] == [None] * 3
        assert place.taken()[::2] == (1, 1)
        assert used.on_disk and len(used.batch(ALL))
    [*_] = place.empty()
    assert sorted(path.name for path in place.caches.iterdir()) == ["empty", "notes"], "somebody else's"
    assert (place.caches / "notes" / "of mine.txt").exists()


FILLING = """
import sys
from contextlib import closing
from pathlib import Path
import numpy as np
from core.settings import DataConfig
from core.pictures.feed import pictures, source
from core.pictures.feed.cache_folder import CachePlace
from core.pictures.feed.fill import fill_here
from core.pictures.folder.scan import scan_all
pictures.AT_ONCE_PIXELS = 0
source.fill_by_helpers = lambda wanted, rules, _: fill_here((w[:3] for w in wanted), rules)
scan = scan_all(Path(sys.argv[1]))
data = DataConfig(image_size=64, channels=3, horizontal_flip=False)
*_, found = pictures.load_pictures(scan, data, cache=CachePlace(Path(sys.argv[2])))
assert found.on_disk
print("filling", flush=True)
for _ in found.filling(np.arange(len(found))):
    pass
"""


def test_killed_at_any_moment_it_holds_whole_pictures_only(
    scan: Scan, place: CachePlace, decoded: list[str], tmp_path: Path
) -> None:
    script = tmp_path / "filling.py"
    script.write_text(FILLING)
    data = replace(DATA, image_size=64)
    expected = in_memory(scan, data).batch(ALL)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    draw = random.Random(0)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, str(script), str(scan.folder), str(place.folder)], stdout=subprocess.PIPE, env=environment
        )
        with child, child.stdout as told:
            assert told.readline() == b"filling\n"
            time.sleep(draw.uniform(0, 0.02))
            child.send_signal(signal.SIGKILL)
        decoded.clear()
        with closing(loaded(scan, place, data)) as found:
            assert found.on_disk, "the lock of a killed process is free"
            there = COUNT - len(found._source.rows.missing(ALL))
            assert np.array_equal(found.batch(ALL), expected)
            assert len(decoded) == COUNT - there
        for name in FILES:
            (cache_of(place) / name).unlink()


def batch_by_hand(count: int) -> torch.Tensor:
    """What no batch of 32 px can do without: rows of bytes put together, turned and made numbers."""
    rows = [np.zeros((32, 32, 3), np.uint8) for _ in range(count)]
    return torch.from_numpy(np.stack(rows)).permute(0, 3, 1, 2).to(torch.float32).div_(255).contiguous()


@pytest.mark.clock
def test_pictures_from_the_cache_take_little_more_than_the_same_bytes_by_hand(
    tmp_path: Path, place: CachePlace, decoded: list[str]
) -> None:
    for number in range(200):
        Image.new("RGB", (32, 32), (number, 9, 99)).save(tmp_path / f"{number}.png")
    scan, data = scan_all(tmp_path), replace(DATA, image_size=32, horizontal_flip=True)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with closing(loaded(scan, place, data)) as found:
            assert found.on_disk
            batches = iter(range(10**9))
            for _ in range(8):  # all is decoded, and everything is warm
                make_batch(found, seed=0, batch_index=next(batches), batch_size=64, device="cpu")
            taken = compare(
                lambda: [
                    make_batch(found, seed=0, batch_index=next(batches), batch_size=64, device="cpu") for _ in range(40)
                ],
                lambda: [batch_by_hand(64) for _ in range(40)],
            )
    finally:
        torch.set_num_threads(threads)
    measured = f"{40 * 64 / taken.work_s:,.0f}, {taken.ratio:.1f} times what the same bytes take by hand"
    figure("I7", demanded="≥ 20,000 pictures/s of 32 px from the cache, per core", measured=measured)
    assert taken.ratio <= 8  # 1.7 here, which are 85,000 pictures a second
