"""What is held out belongs to each picture's path: adding, renaming or removing others moves none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import ConfigError
from core.pictures.feed.cost import cost
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder import splits
from core.pictures.folder.scan import Scan, scan_all
from core.pictures.folder.splits import names_below, share_of, split
from core.settings import DataConfig, read_value

DATA = DataConfig(image_size=8, channels=1, horizontal_flip=False)


def grey(path: Path, level: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (8, 8), level).save(path)


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    for number in range(30):
        grey(tmp_path / ("ä", "b/c", ".")[number % 3] / f"{number}.png", number)
    return scan_all(tmp_path)


def held_out_names(scan: Scan, fraction: float) -> set[str]:
    names = [*names_below(scan.pictures)]
    return {names[place] for place in split(scan, fraction).held_out}


def test_every_picture_is_on_one_side_and_stays_there(scan: Scan, tmp_path: Path) -> None:
    train, held_out = split(scan, 0.3)
    assert sorted([*train, *held_out]) == list(range(30)) and 3 <= len(held_out) <= 16
    before = held_out_names(scan, 0.3)
    assert "b/c/1.png" in {*names_below(scan.pictures)}
    assert before <= held_out_names(scan, 0.4)
    for number in range(100, 120):
        grey(tmp_path / "0 first" / f"{number}.png", 1)
    (tmp_path / "2.png").unlink()
    after = held_out_names(scan_all(tmp_path), 0.3)
    assert {name for name in after if not name.startswith("0 first")} == before - {"2.png"}


def test_the_shares_never_change() -> None:
    assert share_of("a.png") == pytest.approx(SHARES["a.png"], abs=1e-12)
    assert share_of("ä/b.png") == share_of("a\u0308/b.png") == pytest.approx(SHARES["ä/b.png"], abs=1e-12)
    share_of("\udcff\ud800.png")  # bytes that are no text, and what Windows allows


SHARES = {"a.png": 0.09898524278394888, "ä/b.png": 0.9700443299029152}


@pytest.mark.parametrize("fraction", [0.05, 0.25, 0.5])
def test_about_as_many_as_wished(fraction: float) -> None:
    for pattern in ("{}.png", "cats/IMG_{:06}.JPG", "{}/picture.webp"):
        held_out = sum(share_of(pattern.format(number)) < fraction for number in range(4000))
        assert abs(held_out / 4000 - fraction) < 0.03


def test_nothing_held_out_is_trained_on_and_nothing_excluded_is_either(scan: Scan) -> None:
    data = replace(DATA, hold_out=0.3, excluded=("ä/0.png", "29.png", "no such.png"))
    *_, pictures = load_pictures(scan, data)
    assert isinstance(pictures, PictureSet) and pictures.held_out is not None
    levels = [set(part.batch(np.arange(len(part)))[:, 0, 0, 0]) for part in (pictures, pictures.held_out)]
    assert levels[0] | levels[1] == set(range(30)) - {0, 29} and not levels[0] & levels[1]
    told = cost(scan, data)
    assert told is not None
    assert (told.pictures, told.held_out) == (len(pictures), len(pictures.held_out))
    assert told.memory_bytes == 30 * 64 and told.disk_bytes == 0 and told.keeps_all
    assert told.pictures_per_second > 0 and told.seconds == pytest.approx(28 / told.pictures_per_second)


def test_counting_can_be_stopped_between_names(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splits, "NAMES_TOGETHER", 4)
    parts = [*splits.sides_in_parts(scan.pictures, 0.3, frozenset({"29.png"}))]
    assert len(parts) == 8 and max(map(len, parts)) == 4
    assert np.array_equal(np.concatenate(parts), splits.sides_of(scan.pictures, 0.3, {"29.png"}))
    stop = threading.Event()
    told: list[int] = []
    sides_of = splits.sides_of

    def counted(*asked: object) -> object:
        told.append(1)
        if len(told) == 3:
            stop.set()
        return sides_of(*asked)

    monkeypatch.setattr(splits, "sides_of", counted)
    assert cost(scan, replace(DATA, hold_out=0.3), stop=stop) is None
    assert len(told) == 3


def test_a_few_excluded_are_looked_for_one_by_one(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    excluded = {"ä/0.png", "b/c/1.png", "29.png", "no such.png", "b/no/1.png", ""}
    expected = splits.sides_of(scan.pictures, 0.0, excluded)
    monkeypatch.setattr(splits, "SEARCHED_FOR_EACH", 1)
    monkeypatch.setattr(splits, "sides_of", None)
    assert np.array_equal(np.concatenate([*splits.sides_in_parts(scan.pictures, 0.0, excluded)]), expected)
    assert np.count_nonzero(expected == splits.EXCLUDED) == 3


def test_measuring_is_stopped_while_a_picture_is_decoded(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, ended = threading.Event(), []

    def busy(*_: object) -> Iterator[None]:
        try:
            for ticks in range(1000):
                if ticks == 3:
                    stop.set()
                yield None
        finally:
            ended.append(ticks)

    monkeypatch.setattr("core.pictures.feed.cost.fill_by_helpers", busy)
    assert cost(scan, DATA, seconds=1000, stop=stop) is None
    assert ended == [3]


def test_leaving_nothing_to_train_on_is_refused(scan: Scan, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="excluded and this folder do not go together: no picture would be left"):
        split(scan, 0.0, [*names_below(scan.pictures)])
    assert read_value("hold_out", "0.5") == 0.5
    with pytest.raises(ConfigError):
        read_value("hold_out", 0.6)
