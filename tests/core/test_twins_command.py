"""`ddpm-studio twins`: what it prints, in words and as JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.cli.main import WRONG_USAGE, main

TINY = ("dim=8", "dim_mults=1,2", "attn_heads=1", "attn_dim_head=8", "image_size=8", "timesteps=50", "batch_size=4")
COMMON = [part for setting in TINY for part in ("--set", setting)] + ["--device", "cpu", "--threads", "1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    made.mkdir()
    draw = np.random.default_rng(0)
    for number in range(6):
        Image.fromarray(draw.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(made / f"{number}.png")
    return made


@pytest.mark.long
def test_it_says_what_differs_what_is_shared_and_what_it_comes_to(folder: Path, capsys: pytest.CaptureFixture) -> None:
    before = set(folder.parent.rglob("*"))
    assert main(["twins", str(folder), *COMMON, "--change", "min_snr_gamma=off", "--steps", "4", "--seeds", "2"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert "loss_weighting min_snr → none, min_snr_gamma 5 → none; 4 steps each, 2 seeds" in first
    assert first.endswith("errors are of 64 probes of pictures that both train on")
    assert rest[0] == "pair 1 of 2, seed 0: the same pictures, timesteps, noise, first weights"
    assert rest[1].startswith("  A, step 4: error 0.")
    assert "a single seed does not say whether that is chance" in rest[3]
    assert "a step of B takes " in rest[-1]
    assert set(folder.parent.rglob("*")) == before


@pytest.mark.long
def test_what_follows_from_a_change_is_not_told_without_its_values(folder: Path, capsys: pytest.CaptureFixture) -> None:
    for number in range(6):
        (folder / f"class {number % 2}").mkdir(exist_ok=True)
        (folder / f"{number}.png").rename(folder / f"class {number % 2}" / f"{number}.png")
    options = ["--set", "labels=folders", "--change", "labels=off", "--steps", "1", "--seeds", "1"]
    assert main(["twins", str(folder), *COMMON, *options]) == 0
    assert capsys.readouterr().out.startswith("A and B differ in labels folders → off; 1 step each")


def test_json_has_a_line_for_each_event(folder: Path, capsys: pytest.CaptureFixture) -> None:
    options = ["--change", "offset_noise_strength=0.2", "--steps", "3", "--seeds", "1", "--seed", "5", "--json"]
    assert main(["twins", str(folder), *COMMON, *options]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    by_name = {event["event"]: event for event in events}
    assert by_name["pair_started"]["seed"] == 5
    assert not by_name["pair_started"]["noise"]
    assert by_name["twin_steps"]["of"] == 6
    assert len(by_name["probes_measured"]["by_level"]) == len(by_name["twins_started"]["levels"])
    assert events[-1]["event"] == "verdict"
    assert events[-1]["word"] == "one"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--change"),
        (["--change", "seed=3"], "of their own"),
        (["--change", "image_size=16"], "which pictures the network sees"),
        (["--change", "dim=12", "--seeds", "4"], "--seeds"),
        (["--change", "dim=12", "--steps", "0"], "--steps"),
        (["--change", "dim"], "--change"),
        (["--change", "dims=12"], "dims"),
    ],
)
def test_what_cannot_be_is_wrong_usage(
    folder: Path, options: list[str], said: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["twins", str(folder), *COMMON, *options]) == WRONG_USAGE
    assert said in capsys.readouterr().err
