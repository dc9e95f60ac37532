"""A folder from a stranger: every file gets its verdict, nothing hangs, the order never changes."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import DataError
from core.pictures.folder import picture_files
from core.pictures.folder.names import displayed_name, natural_key
from core.pictures.folder.reasons import REASONS
from core.pictures.folder.scan import Listed, ListingProgress, Scan, ScanDone, ScanProgress, scan, scan_all
from core.presets import PictureFacts

RNG = np.random.default_rng(0)


def picture(path: Path, size: tuple[int, int] = (10, 12), **options: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(RNG.integers(0, 255, (*size, 3), dtype=np.uint8)).save(path, **options)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    root = tmp_path / "hostile"
    for name in ("good_2.png", "good_10.png", "  spaces  .png", "-rf.png", "%s{0}.png", "a\nb.png", "<b>&amp;.png"):
        picture(root / name)
    for name in ("ünï 图像 🖼.png", "עברית.png", "x" * 251 + ".png", "UPPER.JPG", "no_extension"):
        picture(root / name, format="PNG")
    picture(root / "jpeg_inside.png", format="JPEG")
    Path(os.fsdecode(os.fsencode(root) + b"/latin1_\xe9\xff.png")).write_bytes((root / "good_2.png").read_bytes())
    picture(root / Path(*["deep"] * 60) / "bottom.png")
    whole = (root / "good_2.png").read_bytes()
    (root / "half.png").write_bytes(whole[: len(whole) // 2])
    (root / "empty.png").touch()
    (root / "text.png").write_text("not an image\n")
    (root / "notes.txt").write_text("nobody claims that this is a picture\n")
    (root / "dir.png").mkdir()
    os.mkfifo(root / "fifo.png")
    os.mkfifo(root / "fifo")
    (root / "dev.png").symlink_to("/dev/zero")
    (root / "dangling.png").symlink_to("nowhere.png")
    (root / "circle.png").symlink_to("circle.png")
    (root / "alias.png").symlink_to("good_2.png")
    (root / "loop").mkdir()
    (root / "loop" / "up").symlink_to("..")
    (root / "loop" / "self").symlink_to(root)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(root / "sock.png"))
    return root


def test_every_file_of_a_hostile_folder_gets_its_verdict(hostile: Path) -> None:
    result = scan_all(hostile)
    assert {skipped.name: skipped.code for skipped in result.skipped} == {
        "circle.png": "link-loop",
        "dangling.png": "dangling-link",
        "dev.png": "not-a-file",
        "dir.png": "folder",
        "empty.png": "empty",
        "fifo.png": "not-a-file",
        "half.png": "truncated",
        "sock.png": "not-a-file",
        "text.png": "not-a-picture",
    }
    assert all(skipped.reason == REASONS[skipped.code] for skipped in result.skipped)
    assert len(result.pictures) == 16
    assert all(found.path.exists() for found in result.pictures)  # strange names lead to their files
    assert scan_all(hostile).pictures == result.pictures
    shown = [found.name for found in result.pictures]
    assert "latin1_\ufffd\ufffd.png" in shown and "a\ufffdb.png" in shown and "ünï 图像 🖼.png" in shown
    assert all(name.encode() for name in shown)


def test_links_to_folders_are_followed_once_and_never_in_circles(tmp_path: Path) -> None:
    picture(tmp_path / "outside" / "a.png")
    picture(tmp_path / "root" / "b.png")
    (tmp_path / "outside" / "back").symlink_to(tmp_path / "root")
    for name in ("one", "two"):
        (tmp_path / "root" / name).symlink_to(tmp_path / "outside")
    assert [found.name for found in scan_all(tmp_path / "root").pictures] == ["b.png", "one/a.png"]


def test_order_is_natural_and_a_folder_comes_before_its_sub_folders(tmp_path: Path) -> None:
    for name in ("b10.png", "b2.png", "A1.png", "b02.png", "z.png", "10/1.png", "9/1.png"):
        picture(tmp_path / name)
    names = [found.name for found in scan_all(tmp_path).pictures]
    assert names == ["A1.png", "b02.png", "b2.png", "b10.png", "z.png", "9/1.png", "10/1.png"]
    assert sorted(["x²", "x10", "x9", ""], key=natural_key) == ["", "x9", "x10", "x²"]


def test_progress_adds_up_and_done_comes_last(tmp_path: Path) -> None:
    for index in range(120):
        picture(tmp_path / f"{index}.png", (2, 2))
    (tmp_path / "bad.png").write_bytes(b"no")
    *progress, last = scan(tmp_path)
    assert isinstance(last, ScanDone)
    kinds = [type(item) for item in progress]
    listed_at = kinds.index(Listed)
    assert set(kinds[:listed_at]) == {ListingProgress} and set(kinds[listed_at + 1 :]) == {ScanProgress}
    first, listed = progress[0], progress[listed_at]
    assert isinstance(first, ListingProgress) and first.first[0].exists()
    assert isinstance(listed, Listed) and (listed.found, listed.seen) == (121, 121)
    judging = [item for item in progress if isinstance(item, ScanProgress)]
    assert len(judging) >= 2
    told = [found for item in judging for found in item.new_pictures]
    assert tuple(told) == last.scan.pictures and len(told) == 120
    assert [refused.name for item in judging for refused in item.new_skipped] == ["bad.png"]
    final = judging[-1]
    assert (final.found, final.skipped, final.seen, final.of) == (120, 1, 121, 121)


def test_facts_and_classes(tmp_path: Path) -> None:
    picture(tmp_path / "cats" / "a.png", (10, 30))
    picture(tmp_path / "dogs" / "deeper" / "b.png", (20, 50))
    picture(tmp_path / "dogs" / "c.png", (90, 40))
    picture(tmp_path / "d.png", (1, 1))
    result = scan_all(tmp_path)
    assert result.classes == (("cats", 1), ("dogs", 2))
    assert result.facts() == PictureFacts(typical_size=10, all_grey=False, class_names=("cats", "dogs"))
    grey = Image.new("RGB", (28, 28), (5, 5, 5))
    (tmp_path / "grey").mkdir()
    grey.save(tmp_path / "grey" / "a.jpg")
    assert scan_all(tmp_path / "grey").facts() == PictureFacts(typical_size=28, all_grey=True)


def test_a_sample_set_carries_its_own_choices(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", (32, 32))
    (tmp_path / "sample-set.json").write_text(json.dumps({"name": "Faces", "image_size": 24, "horizontal_flip": True}))
    result = scan_all(tmp_path)
    assert result.name == "Faces"
    assert result.facts() == PictureFacts(typical_size=32, all_grey=False, image_size=24, horizontal_flip=True)
    (tmp_path / "sample-set.json").write_text("{broken")
    assert scan_all(tmp_path).sample_set is None


def refused(folder: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        scan_all(folder)
    assert str(folder) in str(caught.value)
    return caught.value


def test_folders_that_cannot_be_used_are_refused_in_words(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing").code == "data.folder-missing"
    assert refused(tmp_path).code == "data.empty-folder"
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.png").write_text("x")
    error = refused(tmp_path)
    assert (error.fields["others"], error.fields["skipped"]) == (1, 1)
    assert refused(tmp_path / "a.txt").code == "data.not-a-folder"


def test_shown_names_never_turn_or_break_a_line() -> None:
    assert displayed_name("a\u202egnp.exe") == "a\ufffdgnp.exe"
    assert displayed_name("family 👨\u200d👩\u200d👧.png") == "family 👨\u200d👩\u200d👧.png"


def test_a_scan_is_frozen(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    result = scan_all(tmp_path)
    assert isinstance(result, Scan)
    with pytest.raises(AttributeError):
        result.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("by_bisection", [0, 64])
def test_pictures_are_found_by_their_paths(tmp_path: Path, by_bisection: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_files, "_BY_BISECTION", by_bisection)
    names = ["10.png", "9.png", "a/2.png", "a/10.png", "b/é\n.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / name)
    (tmp_path / "a" / "3.png").write_bytes(b"broken")
    pictures = scan_all(tmp_path).pictures
    for name in names:
        assert [pictures[place].path for place in pictures.places_of([name])] == [tmp_path / name]
    assert pictures.places_of(reversed(names)).tolist() == [0, 1, 2, 3, 4]
    assert not len(pictures.places_of(["a/3.png", "3.png", "c/2.png", "a", ""]))
