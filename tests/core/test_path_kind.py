"""The kind of a path follows from its content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.path_kind import PathKind, kind_of

PIXELS = Image.fromarray(np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize(
    "name", ["a.png", "a.jfif", "a.jpe", "a.mpo", "a.dib", "a.JPG", "no_suffix", "a.pt", "a.json", "a.dat"]
)
def test_path_kind_when_content_is_a_picture_ignores_the_name(tmp_path: Path, name: str) -> None:
    PIXELS.save(tmp_path / name, "BMP" if name.endswith("dib") else "JPEG")
    assert kind_of(tmp_path / name) is PathKind.PICTURE


@pytest.mark.parametrize(
    "head", [b"\0\0\0\x1cftypavif", b"\0\0\0\x18ftypheic", b"\0\0\0\x0cJXL \r\n\x87\n", b"\xff\x0a\0\0"]
)
def test_path_kind_when_the_picture_format_is_not_read_is_picture(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "photo").write_bytes(head + bytes(100))
    assert kind_of(tmp_path / "photo") is PathKind.PICTURE


def test_path_kind_when_the_header_is_damaged_follows_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert kind_of(tmp_path / "a.png") is PathKind.PICTURE


@pytest.mark.parametrize(
    ("name", "data"),
    [("model", b"PK\x03\x04"), ("model", b"\x80\x02"), ("model.pt", b""), ("a", b"\x08\0\0\0\0\0\0\0{}"), ("b", b"{}")],
)
def test_path_kind_when_the_file_may_hold_a_model_is_model(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert kind_of(tmp_path / name) is PathKind.MODEL


def test_path_kind_when_folder_run_or_other_tells_them_apart(tmp_path: Path) -> None:
    assert kind_of(tmp_path) is PathKind.FOLDER
    (tmp_path / "run.json").write_text("{}")
    assert kind_of(tmp_path) is PathKind.RUN
    (tmp_path / "notes.txt").write_text("of mine")
    assert kind_of(tmp_path / "notes.txt") is PathKind.OTHER
    assert kind_of(tmp_path / "gone") is PathKind.OTHER
