"""What was measured of a run's samples, in its folder: kept, found again; what others put there is passed over."""

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.runs.checkpoint_files import checksum_of
from core.runs.quality_file import BitsResult, QualityResult, SpaceResult, read_quality, save_quality

SPACE = SpaceResult(
    kid=0.012,
    kid_low=-0.001,
    kid_high=0.03,
    fd=4.5,
    fd_low=4.0,
    fd_high=5.0,
    density=0.9,
    coverage=0.7,
    floor_kid=-1e-4,
    floor_fd=3.9,
)
RESULT = QualityResult(
    step=500,
    weights="ema",
    count=1000,
    sampler="ddim",
    sampler_steps=50,
    seed=0,
    spaces={"folder": SPACE, "random": replace(SPACE, kid=0.5, floor_kid_low=-0.1, floor_kid_high=0.1)},
    bits=BitsResult(total=3.5, error=0.02, prior=1e-5, decoder=1.25, pictures=64, held_out=True),
    seconds=12.5,
)


def test_results_when_saved_are_read_by_step_and_the_newer_of_a_step_counts(tmp_path: Path) -> None:
    assert read_quality(tmp_path) == () == read_quality(tmp_path / "nowhere")
    later, raw = replace(RESULT, step=10_000_000, bits=None), replace(RESULT, weights="raw")
    for result in (later, replace(RESULT, seed=4), raw, RESULT):
        save_quality(tmp_path, result)
    assert read_quality(tmp_path) == (RESULT, raw, later)
    assert sorted(path.name for path in (tmp_path / "quality").iterdir()) == [
        "step-00000500-ema.json",
        "step-00000500-raw.json",
        "step-10000000-ema.json",
    ]


@pytest.mark.parametrize("change", [{"kid": float("nan")}, {"fd": -1.0}, {"coverage": float("inf")}], ids=str)
def test_saving_when_a_number_is_none_is_refused(tmp_path: Path, change: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        save_quality(tmp_path, replace(RESULT, spaces={"folder": replace(SPACE, **change)}))
    assert not (tmp_path / "quality").exists()


def signed(plain: dict[str, object]) -> str:
    return json.dumps({**plain, "checksum": checksum_of(plain)}, indent=2) + "\n"


@pytest.mark.parametrize(
    "change",
    [
        {"step": 501},
        {"step": -1},
        {"step": True},
        {"weights": "both"},
        {"count": 0},
        {"sampler": "x" * 41},
        {"sampler": "<b>"},
        {"seed": 1.5},
        {"spaces": {}},
        {"spaces": {"folder": 1}},
        {"spaces": {"../folder": asdict(SPACE)}},
        {"spaces": {"folder": asdict(SPACE) | {"kid": "0"}}},
        {"spaces": {"folder": asdict(SPACE) | {"kid": None}}},
        {"spaces": {"folder": asdict(SPACE) | {"kid": float("nan")}}},
        {"spaces": {"folder": asdict(SPACE) | {"fd": 10**400}}},
        {"spaces": {"folder": asdict(SPACE) | {"more": 0}}},
        {"spaces": {f"s{number}": asdict(SPACE) for number in range(17)}},
        {"bits": {"total": 1}},
        {"bits": [1]},
        {"held_out": 1},
        {"seconds": -1},
        {"format": "ddpm-studio run"},
        {"version": 2},
    ],
    ids=lambda change: str(change)[:60],
)
def test_files_when_they_hold_what_is_no_result_are_passed_over_though_the_checksum_is_right(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = save_quality(tmp_path, RESULT)
    later = replace(RESULT, step=600)
    save_quality(tmp_path, later)
    plain = json.loads(path.read_text())
    plain.pop("checksum")
    path.write_text(signed(plain | change))
    assert read_quality(tmp_path) == (later,)


def test_files_when_damaged_long_foreign_or_no_files_are_passed_over(tmp_path: Path) -> None:
    path = save_quality(tmp_path, RESULT)
    text = path.read_text()
    for spoilt in ("", text[:-5], text.replace("0.012", "0.013"), text + " " * (1 << 18), "[" * 100_000, "\0", "3"):
        path.write_text(spoilt)
        assert read_quality(tmp_path) == ()
    path.write_text(text)
    folder = path.parent
    (folder / "step-00000900-ema.json").mkdir()
    (folder / "notes.json").write_text(text)
    (folder / "step-00000501-ema.json").write_text(text)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "step-00000700-ema.json")
    assert read_quality(tmp_path) == (RESULT,)
