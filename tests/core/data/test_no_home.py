"""A user without a home, or whose home cannot be written, trains all the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.pictures.feed import cache_folder
from core.pictures.feed.cache_folder import NOWHERE, CachePlace, why_nothing_is_kept
from core.pictures.folder.scan import scan_all


@pytest.fixture
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", cache_folder.FOLDER_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nobody)


@pytest.mark.usefixtures("no_home")
def test_without_a_home_nothing_is_kept_and_that_is_said(tmp_path: Path) -> None:
    place = CachePlace.usual()
    assert place.quota_bytes == 0
    assert place.taken().caches == 0
    assert list(place.empty()) == []
    assert not NOWHERE.exists()
    assert why_nothing_is_kept() == "there is no home folder"
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "0.png")
    assert [len(scan_all(tmp_path).pictures) for _ in range(2)] == [1, 1]


@pytest.mark.usefixtures("no_home")
def test_a_folder_that_is_chosen_is_used_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CachePlace.usual(tmp_path).folder == tmp_path
    monkeypatch.setenv(cache_folder.FOLDER_VARIABLE, str(tmp_path))
    assert CachePlace.usual().quota_bytes == cache_folder.DEFAULT_BYTES
    assert why_nothing_is_kept() == ""


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache_folder.FOLDER_VARIABLE, str(tmp_path / "home" / "cache"))
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert why_nothing_is_kept() == f"{tmp_path} cannot be written"
    monkeypatch.setenv(cache_folder.GIGABYTES_VARIABLE, "0")
    assert why_nothing_is_kept() == "", "nothing was to be kept"
