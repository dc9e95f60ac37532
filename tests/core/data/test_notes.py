"""Settings that do nothing, or too much, on the pictures at hand are named before a training begins."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from core.cli.main import main
from core.pictures.folder.notes import not_used_notes, notes_of
from core.pictures.folder.scan import Scan, scan_all
from core.pictures.folder.splits import split_of
from core.runs.run import Run
from core.settings import DataConfig, read_value


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    for number, name in enumerate(("cat/a.png", "cat/b,c.png", "dog/Été.png", "dog/photo (1).png", "e.png")):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (40 * number, 9, 9)).save(path)
    return scan_all(tmp_path / "photos")


def data(**settings: object) -> DataConfig:
    return DataConfig(image_size=8, channels=3, horizontal_flip=False, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cat/A.png", "cat/a.png"),
        ("cat\\a.png", "cat/a.png"),
        ("./cat/a.png", "cat/a.png"),
        ("cat/a.pgn", "cat/a.png"),
        ("a.png", "cat/a.png"),
        ("dog/E\u0301te\u0301.png", "dog/Été.png"),
    ],
)
def test_what_is_excluded_without_being_there_is_named_with_what_was_meant(scan: Scan, typed: str, meant: str) -> None:
    (note,) = notes_of(scan, data(excluded=(typed,)))
    assert f"“{typed}” (did you mean “{meant}”?)" in note


def test_a_name_with_a_comma_is_excluded_in_quotes_and_named_without(scan: Scan) -> None:
    excluded = read_value("excluded", '"cat/b,c.png", e.png,dog/photo (1).png')
    assert excluded == ("cat/b,c.png", "e.png", "dog/photo (1).png")
    assert not list(notes_of(scan, data(excluded=excluded))) and len(split_of(scan, data(excluded=excluded)).train) == 2
    (note,) = notes_of(scan, data(excluded=read_value("excluded", "cat/b,c.png")))
    assert "“cat/b”" in note and "“c.png”" in note and 'excluded="a,b.png"' in note


def test_names_of_pictures_keep_what_other_lists_take_for_signs() -> None:
    assert read_value("excluded", "(1).png") == ("(1).png",)
    assert read_value("excluded", "a·b.png") == ("a·b.png",)
    assert read_value("excluded", '5" disc.png,b.png') == ('5" disc.png', "b.png")
    assert read_value("excluded", "('a.png', b.png)"[1:-1].replace("'", '"')) == ("a.png", "b.png")
    assert read_value("dim_mults", "(1, 2·4)") == (1, 2, 4)


def test_only_some_of_many_strange_names_are_named(scan: Scan) -> None:
    (note,) = notes_of(scan, data(excluded=tuple(f"gone/{n}.jpeg" for n in range(40))))
    assert "and 35 more" in note and len(note) < 500


def test_a_hold_out_that_holds_out_nothing_is_told(scan: Scan) -> None:
    (note,) = notes_of(scan, data(hold_out=1e-6))
    assert "holds out none of the 5 pictures" in note
    assert not list(notes_of(scan, data()))


def test_a_class_without_anything_to_train_on_is_told(scan: Scan) -> None:
    settings = {"labels": "folders", "class_names": ("cat", "dog")}
    left_out = ("cat/a.png", "cat/b,c.png")
    (note,) = notes_of(scan, data(excluded=left_out, **settings))
    assert note == "excluded and hold_out leave nothing to train on of “cat”"
    assert not list(notes_of(scan, data(excluded=left_out[:1], **settings)))


def test_train_says_how_many_files_are_not_used_and_why(
    scan: Scan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (scan.folder / "e.png").read_bytes()
    (scan.folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (scan.folder / "p.jxl").write_bytes(b"\xff\x0a" + bytes(100))
    (scan.folder / "q.jxl").write_bytes(b"\xff\x0a" + bytes(100))
    settings = (
        "preset=sketch",
        "dim=8",
        "dim_mults=1,2",
        "image_size=8",
        "sample_count=1",
        "sample_steps=2",
        "amp=off",
    )
    sets = [part for one in settings[1:] for part in ("--set", one)]
    run = tmp_path / "run"
    common = ["train", str(scan.folder), "--steps", "1", "--preset", "sketch", *sets, "--set", "excluded=E.png"]
    assert main([*common, "--run", str(run)]) == 0
    said = capsys.readouterr()
    assert "3 not used: 2 × its kind is JPEG XL" in said.out and "1 × it ends too early" in said.out
    assert "“E.png” (did you mean “e.png”?)" in said.err
    log = (run / "log.txt").read_text("utf-8")
    assert "3 not used: 2 × its kind is JPEG XL" in log and "“E.png”" in log
    assert Run.open(run).config.data.hidden_folders is False
    assert main([*common, "--run", str(tmp_path / "other"), "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = next(event for event in events if event["event"] == "not_used")
    (noted,) = (event["note"] for event in events if event["event"] == "settings_noted")
    assert "“E.png” (did you mean “e.png”?)" in noted
    assert (told["count"], told["of"], told["reasons"]) == (3, 8, {"kind-jxl": 2, "truncated": 1})


def test_nothing_is_said_where_everything_is_used() -> None:
    assert not list(not_used_notes({}))
