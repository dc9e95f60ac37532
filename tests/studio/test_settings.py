"""What the window remembers, and what it does when that is destroyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.settings import DEFAULTS, Settings


def test_values_come_back(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "deep" / "settings.json")
    settings["room"] = "sampler"
    assert settings.save() is None
    assert Settings(tmp_path / "deep" / "settings.json")["room"] == "sampler"


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe\x00", b"null"])
def test_a_destroyed_file_is_kept_aside_and_defaults_hold(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(damage)
    settings = Settings(path)
    assert {name: settings[name] for name in DEFAULTS} == DEFAULTS
    assert settings.damaged is not None
    assert settings.damaged.read_bytes() == damage
    assert not path.exists()


def test_a_value_of_another_type_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"thumbnail_columns": "many", "theme": "dark", "unknown": 1}))
    settings = Settings(path)
    assert settings["thumbnail_columns"] == DEFAULTS["thumbnail_columns"]
    assert settings["theme"] == "dark"


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "settings.json")
    settings.save()
    assert settings["theme"] == DEFAULTS["theme"]
