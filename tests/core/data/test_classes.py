"""Sub-folders become classes: which there are, what they are called, and which label each picture trains with."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.pictures.feed.batches import Batch, batch_indices, make_batch
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.classes import class_notes, class_of, in_order, labels_of
from core.pictures.folder.names import class_name
from core.pictures.folder.scan import Scan, scan_all
from core.presets import preset, resolve
from core.settings import DataConfig

DATA = DataConfig(
    image_size=4, channels=1, horizontal_flip=False, labels="folders", class_names=("class 2", "class 10")
)


def grey(path: Path, level: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (4, 4), level).save(path)


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Grey 20 in class 2, 100 in class 10, 200 in none."""
    for number in range(3):
        grey(tmp_path / "class 2" / f"{number}.png", 20)
        grey(tmp_path / "class 10" / "deeper" / f"{number}.png", 100)
    grey(tmp_path / "loose.png", 200)
    return scan_all(tmp_path)


def loaded(scan: Scan, data: DataConfig = DATA, **options: int) -> PictureSet:
    *_, last = load_pictures(scan, data, **options)
    assert isinstance(last, PictureSet)
    return last


def drawn(pictures: PictureSet, batch_index: int = 0) -> Batch:
    return make_batch(pictures, seed=3, batch_index=batch_index, batch_size=16, device="cpu")


def test_classes_are_the_folders_below_the_chosen_one_in_natural_order(scan: Scan) -> None:
    assert scan.classes == (("class 2", 3), ("class 10", 3))
    assert scan.class_names == scan.facts().class_names == ("class 2", "class 10")
    assert {picture.name: picture.class_name for picture in scan.pictures}["class 10/deeper/0.png"] == "class 10"
    assert {picture.name: picture.class_name for picture in scan.pictures}["loose.png"] is None


def test_a_folder_copied_from_a_mac_is_the_same_class(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        grey(tmp_path / unicodedata.normalize(form, "Käfer") / f"{form}.png", 0)
    grey(tmp_path / "Kzzz" / "a.png", 0)
    assert scan_all(tmp_path).classes == (("Kzzz", 1), (unicodedata.normalize("NFC", "Käfer"), 2))


def test_folders_whose_names_are_no_text_stay_apart(tmp_path: Path) -> None:
    for odd in (b"\xe9", b"\xff", b"a\nb", b"a\rb"):
        grey(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + odd)) / "a.png", 0)
    names = scan_all(tmp_path).class_names
    assert set(names) == {"\\xe9", "\\xff", "a\\nb", "a\\rb"}
    assert all(name.isprintable() for name in names)


@given(
    st.text(st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1).filter(lambda name: name not in "..")
)
def test_a_name_that_is_text_stays_readable(name: str) -> None:
    shown = class_name(name)
    assert shown == unicodedata.normalize("NFC", shown)
    if name.isprintable():
        assert shown == unicodedata.normalize("NFC", name)
    assert class_of(Path(name) / "x" / "a.png") == shown
    assert class_of(Path(name)) is None


@given(st.lists(st.text(max_size=4)))
def test_the_order_does_not_depend_on_how_the_names_came(names: list[str]) -> None:
    assert in_order(names) == in_order(reversed(names)) == in_order(in_order(names))
    assert set(in_order(names)) == set(names)


def test_a_picture_of_no_listed_class_has_the_label_after_the_last(scan: Scan) -> None:
    assert labels_of(scan.pictures, ("class 10", "class 2")).tolist() == [2, 1, 1, 1, 0, 0, 0]
    assert labels_of(scan.pictures, ("class 2", "gone", "other")).tolist() == [3, 0, 0, 0, 3, 3, 3]


def test_without_labels_a_batch_has_none(scan: Scan) -> None:
    pictures = loaded(scan, replace(DATA, labels="off", class_names=None))
    assert pictures.labels is None
    assert drawn(pictures).labels is None


@pytest.mark.parametrize("budget", [1 << 20, 1])
def test_a_label_belongs_to_its_picture(scan: Scan, budget: int) -> None:
    pictures = loaded(scan, memory_budget_bytes=budget)
    first = drawn(pictures, 5)
    drawn(pictures, 9)
    again = drawn(pictures, 5)
    assert first.labels is not None and again.labels is not None
    assert torch.equal(first.labels, again.labels) and torch.equal(first.pictures, again.pictures)
    levels = (first.pictures[:, 0, 0, 0] * 255).round().long()
    assert torch.equal(levels, torch.tensor([20, 100, 200])[first.labels])
    assert set(first.labels.tolist()) == {0, 1, 2}


def test_a_picture_that_stands_in_for_a_lost_one_brings_its_own_label(scan: Scan) -> None:
    scan.pictures[0].path.unlink()  # the one of no class
    index = np.array([0])
    pictures = loaded(scan, memory_budget_bytes=1)
    assert pictures.batch(index)[0, 0, 0, 0] == 20
    kept = loaded(scan)
    for found in (pictures, kept):
        pixels, labels, _ = found.take(index)
        assert pixels[0, 0, 0, 0] == 20 and labels is not None and labels.tolist() == [0]
        assert found.failed == 1


def test_the_folder_fills_in_the_classes_only_where_they_are_wished(scan: Scan) -> None:
    config = preset("sketch").config
    assert resolve(config, scan.facts()).data.class_names is None
    wished = resolve(config.with_settings({"labels": "folders"}), scan.facts())
    assert wished.data.class_names == ("class 2", "class 10") and wished.data.num_classes == 2
    assert wished.problems() == ()
    own = config.with_settings({"labels": "folders", "class_names": "class 10,class 2"})
    assert resolve(own, scan.facts()).data.class_names == ("class 10", "class 2")


@pytest.mark.parametrize(
    ("folders", "says"), [((), "there is none"), (("cats",), "there is only “cats”")], ids=["none", "one"]
)
def test_fewer_than_two_classes_are_refused_with_what_to_do(
    tmp_path: Path, folders: tuple[str, ...], says: str
) -> None:
    for place in folders or (".",):
        grey(tmp_path / place / "a.png", 0)
    config = resolve(preset("sketch").config.with_settings({"labels": "folders"}), scan_all(tmp_path).facts())
    (problem,) = config.problems()
    assert problem.code == "config.conflict"
    assert says in str(problem) and "at least two sub-folders" in str(problem) and "labels to off" in str(problem)


def test_a_class_named_twice_is_refused_by_name() -> None:
    config = preset("sketch").config.with_settings({"labels": "folders", "class_names": ("a", "b", "a")})
    (problem,) = config.problems()
    assert (problem.fields["name"], problem.fields["value"]) == ("class_names", "a")


def test_classes_that_came_or_went_are_told() -> None:
    data = replace(DATA, class_names=("a", "b", "c"))
    assert list(class_notes(data, {"a": 1, "b": 1, "c": 1})) == []
    gone, came = class_notes(data, {"a": 1, "new": 1200, "c": 1})
    assert "“b”" in gone
    assert "“new”" in came and "1,200" in came
    assert list(class_notes(replace(data, labels="off"), {"x": 1})) == []


def test_a_batch_of_many_classes_keeps_the_order_of_the_pictures(tmp_path: Path) -> None:
    for number in range(12):
        grey(tmp_path / str(number) / "a.png", number)
    scan = scan_all(tmp_path)
    pictures = loaded(scan, replace(DATA, class_names=scan.class_names))
    batch = drawn(pictures, 2)
    assert batch.labels is not None
    assert batch.labels.tolist() == batch_indices(12, 16, 3, 2).tolist()
    assert torch.equal((batch.pictures[:, 0, 0, 0] * 255).round().long(), batch.labels)
