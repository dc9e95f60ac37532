"""A folder is examined: doubles are found and nothing else is, blank pictures, pictures that go away meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from core.pictures.decode.pool import Refused, results
from core.pictures.doctor import alike as making
from core.pictures.doctor import doctor
from core.pictures.doctor.alike import FINGERPRINT, KNOWN, LOST, FingerprintCache
from core.pictures.doctor.doctor import FINDINGS, DoctorProgress, Finding, Report, examine, grouped
from core.pictures.folder import kept
from core.pictures.folder.scan import Scan, scan_all
from resources.samples import unpack


def picture(number: int, size: tuple[int, int] = (96, 80)) -> Image.Image:
    """Colourful, smooth and different for each number."""
    values = np.random.default_rng(number).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(values).resize(size, Image.Resampling.BICUBIC)


def examined(scan: Scan) -> dict[str, Finding]:
    """The findings by kind."""
    report = list(examine(scan))[-1]
    assert isinstance(report, Report)
    order = [finding.kind for finding in report.findings]
    assert order == sorted(order, key=list(FINDINGS).index)
    return {finding.kind: finding for finding in report.findings}


def groups(scan: Scan, finding: Finding) -> list[list[str]]:
    """The names in each group, in order."""
    assert finding.groups is not None and (np.diff(finding.groups) >= 0).all()
    found: dict[int, list[str]] = {}
    for place, group in zip(finding.places.tolist(), finding.groups.tolist(), strict=True):
        found.setdefault(group, []).append(scan.pictures.name(place))
    return list(found.values())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were really read."""
    told: list[str] = []

    def counting(task: str, files: Iterator[tuple[int, str]]) -> object:
        def seen() -> Iterator[tuple[int, str]]:
            for place, path in files:
                told.append(Path(path).name)
                yield place, path

        return results(task, seen())

    monkeypatch.setattr(making, "results", counting)
    return told


SAVED_AGAIN: dict[str, Callable[[Image.Image, Path], None]] = {
    "jpeg": lambda image, path: image.save(path.with_suffix(".jpg"), quality=60),
    "webp": lambda image, path: image.save(path.with_suffix(".webp"), quality=70),
    "half": lambda image, path: image.resize((48, 40), Image.Resampling.LANCZOS).save(path.with_suffix(".png")),
    "odd": lambda image, path: image.resize((71, 59), Image.Resampling.BICUBIC).save(path.with_suffix(".png")),
    "double": lambda image, path: image.resize((192, 160), Image.Resampling.BILINEAR).save(path.with_suffix(".bmp")),
    "alpha": lambda image, path: image.convert("RGBA").save(path.with_suffix(".tif")),
}


def test_copies_and_the_same_saved_again_are_found_and_nothing_else(tmp_path: Path) -> None:
    for number in range(20):
        picture(number).save(tmp_path / f"{number}.png")
    (tmp_path / "copy.png").write_bytes((tmp_path / "3.png").read_bytes())
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "another").write_bytes((tmp_path / "3.png").read_bytes())
    for name, save in SAVED_AGAIN.items():
        save(picture(7), tmp_path / f"z {name}")
    picture(5).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "mirrored.png")
    picture(6).crop((0, 0, 60, 80)).save(tmp_path / "cropped.png")
    picture(9).convert("L").save(tmp_path / "grey.png")
    scan = scan_all(tmp_path)
    found = examined(scan)
    assert set(found) == {"same", "alike"}
    assert groups(scan, found["same"]) == [["3.png", "copy.png", str(Path("below", "another"))]]
    (alike,) = groups(scan, found["alike"])
    assert alike[0] == "7.png" and len(alike) == 1 + len(SAVED_AGAIN)
    assert all(name.startswith("z ") for name in alike[1:])
    assert found["alike"].left_out().tolist() == found["alike"].places[1:].tolist()
    assert len(found["same"].left_out()) == 2


@pytest.mark.parametrize(("name", "alike"), [("faces", [8, 115]), ("digits", [])])
def test_the_sample_sets_have_no_false_doubles(tmp_path: Path, name: str, alike: list[int]) -> None:
    # The two devils of the faces differ by mouth and brows alone; every other pair by more.
    folder = unpack(name, tmp_path)
    # Of the digits the ones, which are most alike; of all 4,200 no two are taken for doubles either.
    scan = scan_all(folder / "1" if name == "digits" else folder)
    found = examined(scan)
    assert "same" not in found and "blank" not in found
    assert (found["alike"].places.tolist() if "alike" in found else []) == alike


def test_blank_ones_are_no_doubles_of_each_other(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(4):
        noise = rng.integers(0, 5, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(noise + np.uint8(60 * number)).save(tmp_path / f"blank {number}.jpg")
        level = np.linspace(100, 112 + 8 * number, 40).astype(np.uint8)
        Image.fromarray(np.broadcast_to(level, (40, 40))).save(tmp_path / f"pale {number}.png")
        Image.new("RGBA", (9 + number, 9), (200, 10 * number, 0, 0)).save(tmp_path / f"clear {number}.png")
    black = Image.new("LA", (40, 40), (0, 0))
    black.paste((0, 255), (10, 10, 30, 20))
    black.save(tmp_path / "black on nothing.png")
    scan = scan_all(tmp_path)
    found = examined(scan)
    assert set(found) == {"blank", "clear"}
    for kind in ("blank", "clear"):
        names = [scan.pictures.name(place) for place in found[kind].places]
        assert len(names) == 4 and all(name.startswith(kind) for name in names)
        assert found[kind].left_out() is found[kind].places


def test_more_than_the_first_frame_is_said(tmp_path: Path) -> None:
    frames = [picture(number) for number in range(2)]
    for suffix in ("gif", "webp", "png", "tif"):
        frames[0].save(tmp_path / f"long.{suffix}", save_all=True, append_images=frames[1:])
        frames[1].resize((50, 70)).save(tmp_path / f"short.{suffix}")
    scan = scan_all(tmp_path)
    names = [scan.pictures.name(place) for place in examined(scan)["long"].places]
    assert sorted(names) == ["long.gif", "long.png", "long.tif", "long.webp"]


def test_a_second_examination_reads_only_what_changed(tmp_path: Path, asked: list[str]) -> None:
    for number in range(6):
        picture(number).save(tmp_path / f"{number}.png")
    first = examined(scan_all(tmp_path))
    assert not first and len(asked) == 6
    asked.clear()
    (tmp_path / "2.png").write_bytes((tmp_path / "1.png").read_bytes())
    picture(1).save(tmp_path / "new.jpg", quality=80)
    scan = scan_all(tmp_path)
    found = examined(scan)
    assert sorted(asked) == ["2.png", "new.jpg"]
    assert groups(scan, found["same"]) == [["1.png", "2.png"]]
    assert groups(scan, found["alike"]) == [["1.png", "new.jpg"]]
    (kept,) = Path(FingerprintCache().folder or "").iterdir()
    kept.write_bytes(kept.read_bytes()[:-3])
    asked.clear()
    assert examined(scan).keys() == found.keys() and len(asked) == 7


def test_what_is_kept_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        picture(number).save(tmp_path / f"{number}.png")
    pictures = scan_all(tmp_path).pictures
    examined(scan_all(tmp_path))
    monkeypatch.setattr(kept, "_PART", 1)
    cache = FingerprintCache()
    made = np.zeros(4, FINGERPRINT)
    for _ in cache.recall(pictures, made):
        pass
    assert (made["bits"] == KNOWN).all()
    (file,) = Path(cache.folder or "").iterdir()
    before = file.read_bytes()
    made["bits"][0] = LOST
    writing = cache.keep(pictures, made)
    next(writing)
    assert len(list(file.parent.iterdir())) == 2
    writing.close()
    assert list(file.parent.iterdir()) == [file] and file.read_bytes() == before
    assert sum(1 for _ in cache.keep(pictures, made)) == 4
    again = np.zeros(4, FINGERPRINT)
    for _ in FingerprintCache().recall(pictures, again):
        pass
    assert again["bits"].tolist() == [0, KNOWN, KNOWN, KNOWN]
    assert np.array_equal(again[1:], made[1:])


def test_what_vanishes_or_changes_meanwhile_is_told_and_not_kept(tmp_path: Path, asked: list[str]) -> None:
    for number in range(6):
        picture(number).save(tmp_path / f"{number}.png")
    scan = scan_all(tmp_path)
    (tmp_path / "2.png").unlink()
    picture(1).save(tmp_path / "4.png", compress_level=1)  # after it was listed
    found = examined(scan)
    assert set(found) == {"lost", "alike"}
    assert found["lost"].places.tolist() == [2] and found["lost"].remedy == "leave_out"
    assert found["alike"].places.tolist() == [1, 4]
    asked.clear()
    assert examined(scan).keys() == found.keys()
    assert asked == ["2.png", "4.png"]


@pytest.mark.long
def test_it_stops_at_once_and_goes_on_where_it_was(tmp_path: Path, asked: list[str]) -> None:
    image = picture(0, (1200, 900))
    for number in range(60):
        image.putpixel((0, 0), (number, 0, 0))
        image.save(tmp_path / f"{number}.bmp")
    scan = scan_all(tmp_path)
    work = examine(scan)
    for event in work:
        assert isinstance(event, DoctorProgress) and event.of == 60
        if event.done >= 5:
            break
    work.close()
    asked.clear()
    (alike,) = groups(scan, examined(scan)["alike"])
    assert len(alike) == 60 and 0 < len(asked) <= 55, "it stopped before it had seen them all"


def test_it_says_how_far_it_is_ten_times_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(0).save(tmp_path / "0.png")
    picture(1).save(tmp_path / "1.png")
    scan = scan_all(tmp_path)
    now_s = 100.0

    def slow(_task: str, files: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Refused] | None]:
        nonlocal now_s
        for place, _ in files:
            for _ in range(5):
                now_s += 0.06
                yield None
            yield place, Refused("gone")

    monkeypatch.setattr(making, "results", slow)
    monkeypatch.setattr(doctor, "time", SimpleNamespace(monotonic=lambda: now_s))
    told, at_s = [], []
    for event in examine(scan):
        told.append(event)
        at_s.append(now_s)
    assert len(told) >= 5 and np.diff(at_s).max() == pytest.approx(0.12)
    assert [event.done for event in told[:-1] if isinstance(event, DoctorProgress)][-1] >= 1


@pytest.mark.skipif(os.name != "posix", reason="such names are no names elsewhere")
def test_names_of_any_kind_are_examined(tmp_path: Path) -> None:
    names = [b"a\nb.png", b"<b>c.png", b"\xff\xfe.png", "שלום.png".encode(), b"-rf", b"%s{0}.png"]
    for name in names:
        path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))  # noqa: PTH118 (bytes)
        with path.open("wb") as file:
            picture(1).save(file, "PNG")
    scan = scan_all(tmp_path)
    assert len(scan.pictures) == len(names)
    assert [len(group) for group in groups(scan, examined(scan)["same"])] == [len(names)]
    assert not list(Path(FingerprintCache().folder or "").glob("*.tmp"))


def test_groups_stand_one_after_another() -> None:
    leaders = np.array([0, 1, 1, 3, 0, 1], np.int64)
    finding = grouped("same", leaders, np.array([10, 11, 12, 13, 14, 15], np.int64))
    assert finding.groups is not None
    assert (finding.places.tolist(), finding.groups.tolist()) == ([10, 14, 11, 12, 15], [0, 0, 1, 1, 1])
    assert finding.left_out().tolist() == [14, 12, 15] and finding.numbers["groups"] == 2


def test_a_group_whose_first_is_left_out_keeps_another() -> None:
    groups_of = np.array([0, 0, 0, 3, 3, 5, 5], np.int64)
    finding = grouped("alike", groups_of, np.arange(7))
    before = np.zeros(7, bool)
    assert finding.left_out(before).tolist() == [1, 2, 4, 6]
    before[[0, 3, 4, 6]] = True
    assert finding.left_out(before).tolist() == [0, 2, 4, 6], "1 in place of 0; of 3 and 4 none is left to keep"
    assert finding.left_out().tolist() == [1, 2, 4, 6]
    nothing = grouped("alike", np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert not len(nothing.left_out(before))
