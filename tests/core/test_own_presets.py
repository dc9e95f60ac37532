"""Presets of one's own: kept and read back, named on the command line, and refused in words where a file is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.own_presets import FOLDER_VARIABLE, own_presets, read_preset, remove_preset, save_preset, starting_config
from core.presets import preset

CHANGED = preset("sketch").config.with_settings(
    {"dim": 24, "dim_mults": "1,2,4", "loss_weighting": "none", "image_size": 16, "excluded": ("a.png",)}
)


def test_preset_when_kept_is_read_as_it_was_without_what_is_of_the_pictures(tmp_path: Path) -> None:
    save_preset(tmp_path, "Mine", "for dots", CHANGED)
    (one,) = own_presets(tmp_path)
    assert (one.name, one.description) == ("Mine", "for dots")
    assert one.config == CHANGED.with_settings({"excluded": None})
    save_preset(tmp_path, "mine", "again", preset("small").config)
    (again,) = own_presets(tmp_path)
    assert again.config == preset("small").config and again.path == one.path
    remove_preset(again)
    assert own_presets(tmp_path) == []


def test_starting_config_when_named_finds_built_in_own_and_file(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "presets"))
    one = save_preset(tmp_path / "presets", "Mine", "", CHANGED)
    for said in ("mine", str(one.path)):
        assert starting_config(said).model.dim == 24
    assert starting_config("Sketch") == preset("sketch").config
    with pytest.raises(ConfigError, match="Mine"):
        starting_config("yours")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04",
        b"[" * 100_000,
        b"{}",
        json.dumps({"format": "ddpm-studio preset", "version": 2}).encode(),
        json.dumps({"format": "ddpm-studio preset", "version": 1, "name": "x"}).encode(),
        json.dumps({"format": "ddpm-studio preset", "version": 1, "name": "../x", "settings": {}}).encode(),
        json.dumps(
            {"format": "ddpm-studio preset", "version": 1, "name": "x", "preset": "sketch", "settings": {"dim": 1e99}}
        ).encode(),
        json.dumps(
            {"format": "ddpm-studio preset", "version": 1, "name": "x", "preset": "sketch", "settings": {"di": 3}}
        ).encode(),
        json.dumps(
            {"format": "ddpm-studio preset", "version": 1, "name": "x", "preset": "none", "settings": {}}
        ).encode(),
        b"x" * 300_000,
    ],
)
def test_preset_when_a_file_is_none_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.preset.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_preset(path)
    assert caught.value.code == "preset.not-read" and "odd.preset.json" in str(caught.value)
    assert own_presets(tmp_path) == []


@pytest.mark.parametrize("name", ["", "a/b", ".x", "sketch", "x" * 100, "a\x00"])
def test_preset_when_its_name_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        save_preset(tmp_path, name, "", CHANGED)
