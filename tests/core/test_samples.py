"""The bundled sample sets unpack once, whole, and as pictures of the stated size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.cli.train import _pictures
from resources.samples import SAMPLE_SETS, sheets, unpack

BUDGET_BYTES = {"faces": 600_000, "digits": 700_000}


def pictures(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.png"))


@pytest.mark.parametrize("name", SAMPLE_SETS)
def test_sample_set_when_unpacked_is_what_its_row_says(name: str, tmp_path: Path) -> None:
    sample_set = SAMPLE_SETS[name]
    folder = unpack(name, tmp_path / "not" / "there yet")
    found = pictures(folder)
    assert len(found) == sample_set.count
    modes, sizes, blank = set(), set(), 0
    for path in found:
        with Image.open(path) as picture:
            modes.add(picture.mode)
            sizes.add(picture.size)
            low, high = picture.convert("L").getextrema()
            blank += low == high
    assert modes == {{1: "L", 3: "RGB"}[sample_set.channels]}
    assert sizes == {(sample_set.tile_px, sample_set.tile_px)}
    assert blank == 0, "a tile of the sheet is empty"
    classes = {path.parent.name for path in found} if sample_set.classes else set()
    assert len(classes) == sample_set.classes


def test_sample_set_when_unpacked_again_is_unchanged(tmp_path: Path) -> None:
    folder = unpack("faces", tmp_path)
    before = {path: path.stat().st_mtime_ns for path in pictures(folder)}
    assert unpack("faces", tmp_path) == folder
    assert {path: path.stat().st_mtime_ns for path in pictures(folder)} == before


def test_sample_set_when_half_unpacked_is_redone_without_leftovers(tmp_path: Path) -> None:
    folder = unpack("faces", tmp_path)
    for path in pictures(folder)[10:]:
        path.unlink()
    unpack("faces", tmp_path)
    assert len(pictures(folder)) == SAMPLE_SETS["faces"].count
    assert [path.name for path in tmp_path.iterdir()] == ["faces"]


def test_sample_set_when_the_folder_is_somebodys_own_leaves_it_alone(tmp_path: Path) -> None:
    own = tmp_path / "faces" / "holiday.jpg"
    own.parent.mkdir()
    own.write_bytes(b"mine")
    assert unpack("faces", tmp_path) == tmp_path / "sample-faces"
    assert own.read_bytes() == b"mine" and len(list(own.parent.iterdir())) == 1
    added = tmp_path / "sample-faces" / "mine.png"
    added.write_bytes(b"mine too")
    with pytest.raises(FileExistsError):
        unpack("faces", tmp_path)
    assert added.read_bytes() == b"mine too"


def test_sample_set_when_the_run_has_its_name_is_unpacked_elsewhere(tmp_path: Path) -> None:
    assert _pictures(Path("faces"), tmp_path / "faces") == tmp_path / "pictures" / "faces"
    assert not (tmp_path / "faces").exists()


def test_sample_set_when_unpacking_fails_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="no space left"):
        unpack("faces", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SAMPLE_SETS)
def test_sample_sheet_when_measured_is_within_its_budget(name: str) -> None:
    assert len((sheets() / f"{name}.png").read_bytes()) <= BUDGET_BYTES[name]


def test_samples_when_imported_load_neither_torch_nor_qt() -> None:
    code = "import sys, resources.samples; print(sorted({'torch', 'PySide6', 'numpy'} & sys.modules.keys()))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
