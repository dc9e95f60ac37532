"""What the window remembers, and what it does when that is destroyed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.app.settings import DEFAULTS, Settings
from tests.figures import figure

#: Of each kind of damage that was tried so far, whether it was survived.
destroyed: list[bool] = []


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
    defaults_hold = {name: settings[name] for name in DEFAULTS} == DEFAULTS
    kept = settings.damaged is not None and settings.damaged.read_bytes() == damage
    destroyed.append(defaults_hold and kept)
    figure(
        "G8",
        demanded="settings destroyed: defaults, the old file kept beside, a message",
        measured=f"{sum(destroyed)} of {len(destroyed)} kinds of damage (the message: test_main_window)",
    )
    assert defaults_hold and kept
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


def test_every_destroyed_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    kept = []
    for damage in (b"first", b"second"):
        path.write_bytes(damage)
        kept.append(Settings(path).damaged)
    assert [file.read_bytes() for file in kept if file is not None] == [b"first", b"second"]


def test_a_newer_versions_settings_are_kept_and_what_fits_is_used(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    written = {"version": 99, "theme": "dark", "room": {"name": "lab"}, "hologram": True}
    path.write_text(json.dumps(written))
    settings = Settings(path)
    assert settings["theme"] == "dark"
    assert settings["room"] == DEFAULTS["room"]
    assert settings.newer is not None
    assert json.loads(settings.newer.read_text()) == written
    settings.save()
    assert json.loads(path.read_text())["hologram"] is True
    assert Settings(path).newer is None
