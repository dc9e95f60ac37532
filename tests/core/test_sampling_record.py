"""The settings inside a sampled picture are enough to make it again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.beginning import Beginning, Start, StartPicture
from core.cli.main import FAILED, main
from core.networks.build import build_diffusion
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.checkpoint_files import read_description, sha256_of
from core.runs.grids import read_settings
from core.runs.opening import load_checkpoint
from core.sampling import sample_frames
from core.settings import RunConfig, SampleConfig

TIMESTEPS = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with classes whose raw and averaged weights differ, and pictures."""
    folder = tmp_path_factory.mktemp("sampling")
    tiny = {"dim": 8, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": 8, "channels": 1}
    classes = {"labels": "folders", "class_names": ("cats", "dogs", "1")}
    config = RunConfig().with_settings({**tiny, "timesteps": TIMESTEPS, "horizontal_flip": False, **classes})
    torch.manual_seed(0)
    raw, ema = build_diffusion(config).state_dict(), build_diffusion(config).state_dict()
    save_checkpoint(folder / "run", Checkpoint(step=5, config=config, model=raw, ema=ema))
    draw = np.random.default_rng(0)
    Image.fromarray(draw.integers(0, 255, (16, 16), dtype=np.uint8)).save(folder / "picture.png")
    Image.fromarray(draw.integers(0, 255, (8, 12), dtype=np.uint8)).save(folder / "other.png")
    half = np.zeros((16, 16), dtype=np.uint8)
    half[:, 8:] = 255
    Image.fromarray(half).save(folder / "mask.png")
    return folder


#: The words of a request, beyond the model. Each leaves something on a default.
REQUESTS: dict[str, list[str]] = {
    "plain": [],
    "DDIM with noise": ["--eta", "0.7", "--steps", "6"],
    "in bf16": ["--precision", "bf16", "--steps", "4"],
    "raw weights, another spacing": ["--weights", "raw", "--spacing", "quadratic", "--steps", "5"],
    "all steps of DDPM": ["--sampler", "ddpm"],
    "guided classes": ["--class", "dogs,0", "--class", "1", "--guidance", "3", "--guidance-rescale", "0.5"],
    "another size": ["--image-size", "12", "--sampler", "dpm++2m"],
    "from a picture": ["--from", "picture.png", "--sampler", "ddpm"],
    "between pictures": ["--from", "picture.png", "--to", "other.png", "--mix", "0.3", "--at-t", "20"],
    "inside a mask": ["--from", "picture.png", "--mask", "mask.png", "--steps", "6", "--spacing", "quadratic"],
    "inside a mask, with a class": [
        "--from",
        "picture.png",
        "--mask",
        "mask.png",
        "--class",
        "dogs",
        "--guidance",
        "2",
    ],
}


def sample(folder: Path, out: Path, words: list[str]) -> int:
    given = [str(folder / word) if word.endswith(".png") else word for word in words]
    return main(["sample", str(folder / "run"), "--out", str(out), "--device", "cpu", *given])


def words_for(settings: dict[str, object]) -> list[str]:
    """The command that the settings inside a picture mean."""
    options = {
        "sampler": "--sampler",
        "sample_steps": "--steps",
        "spacing": "--spacing",
        "seed": "--seed",
        "eta": "--eta",
        "precision": "--precision",
        "count": "--n",
        "weights": "--weights",
        "at_t": "--at-t",
        "mix": "--mix",
        "mask": "--mask",
        "guidance_scale": "--guidance",
        "guidance_rescale": "--guidance-rescale",
    }
    words = [word for name, option in options.items() if name in settings for word in (option, str(settings[name]))]
    classes, start, size = settings.get("classes", []), settings.get("start", []), settings["image_size"]
    assert isinstance(classes, list) and isinstance(start, list) and isinstance(size, list)
    words += [word for name in classes for word in ("--class", str(name))]
    words += [word for option, name in zip(("--from", "--to"), start, strict=False) for word in (option, name)]
    return [*words, "--image-size", str(size[0])]


@pytest.mark.family(first=2)
@pytest.mark.parametrize("request_name", REQUESTS)
def test_settings_in_a_picture_when_used_make_it_again(folder: Path, tmp_path: Path, request_name: str) -> None:
    assert sample(folder, tmp_path / "first", ["--n", "5", "--seed", "9", *REQUESTS[request_name]]) == 0
    settings = read_settings(tmp_path / "first" / "00004.png")
    description = read_description(next((folder / "run").glob("*.json")))
    assert (settings["model"], settings["model_step"], settings["model_sha256"]) == ("run", 5, description.sha256)
    assert sample(folder, tmp_path / "again", words_for(settings)) == 0
    for name in ("00000.png", "00004.png"):
        made, again = (np.asarray(Image.open(tmp_path / where / name)) for where in ("first", "again"))
        np.testing.assert_array_equal(made, again)
        assert read_settings(tmp_path / "first" / name) == read_settings(tmp_path / "again" / name)
    pictures = [
        name
        for option, name in zip(REQUESTS[request_name], REQUESTS[request_name][1:], strict=False)
        if option in ("--from", "--to")
    ]
    assert settings.get("start", []) == pictures
    assert settings.get("start_sha256", []) == [sha256_of(folder / name) for name in pictures]


def test_settings_in_a_picture_when_left_to_the_model_are_numbers(folder: Path, tmp_path: Path) -> None:
    assert sample(folder, tmp_path, ["--n", "1", "--sampler", "ddim"]) == 0
    settings = read_settings(tmp_path / "00000.png")
    assert (settings["eta"], settings["spacing"], settings["count"], settings["weights"]) == (0.0, "uniform", 1, "ema")
    assert (settings["sampler"], settings["sample_steps"], settings["image_size"]) == ("ddim", 25, [8, 8])


def test_settings_in_a_picture_when_many_were_made_describe_the_whole_request(folder: Path, tmp_path: Path) -> None:
    words = ["--n", "70", "--sampler", "ddpm", "--steps", "2", "--class", "dogs,1,cats"]
    assert sample(folder, tmp_path / "first", words) == 0
    settings = read_settings(tmp_path / "first" / "00069.png")
    assert (settings["count"], settings["index"], settings["class"]) == (70, 69, "dogs")
    assert sample(folder, tmp_path / "again", words_for(settings)) == 0
    made, again = (np.asarray(Image.open(tmp_path / where / "00069.png")) for where in ("first", "again"))
    np.testing.assert_array_equal(made, again)


def test_spacing_when_filling_a_mask_is_used(folder: Path) -> None:
    diffusion = load_checkpoint(folder / "run")
    pictures = (StartPicture("picture", folder / "picture.png"),)
    mask = StartPicture("mask", folder / "mask.png")
    request = SampleConfig(sample_steps=4, count=1, beginning=Beginning(Start.PICTURE, pictures, mask=mask))
    times = []
    for spacing in ("uniform", "quadratic"):
        started, *frames, _ = sample_frames(diffusion, replace(request, spacing=spacing))
        times.append([frame.t for frame in frames])  # type: ignore[union-attr]
        assert started.settings["spacing"] == spacing and len(times[-1]) == started.steps  # type: ignore[union-attr]
    assert times[0] != times[1]


# --- what is there stays ---------------------------------------------------------------------------------------


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["00000.png", "00007.png", "grid.png", "step-0000-x_t.png"])
def test_sample_when_the_folder_has_pictures_of_its_names_refuses(
    folder: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(b"a person's own")
    (tmp_path / "holiday.png").write_bytes(b"another")
    before = files_in(tmp_path)
    assert sample(folder, tmp_path, ["--n", "2", "--steps", "2", "--grid", "--every"]) == FAILED
    assert f"{name} is there already" in (told := capsys.readouterr().err) and "--force" in told
    assert files_in(tmp_path) == before


def test_sample_when_the_folder_has_other_files_keeps_them(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "holiday.png").write_bytes(b"a person's own")
    assert sample(folder, tmp_path, ["--n", "1", "--steps", "2"]) == 0
    assert (tmp_path / "holiday.png").read_bytes() == b"a person's own"


def test_sample_when_forced_replaces_pictures_and_names_what_stays(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample(folder, tmp_path, ["--n", "4", "--steps", "2", "--seed", "1"]) == 0
    assert sample(folder, tmp_path, ["--n", "2", "--steps", "2", "--seed", "2", "--force"]) == 0
    assert "still holds 2 pictures of earlier: 00002.png, 00003.png" in capsys.readouterr().err
    seeds = [read_settings(tmp_path / f"0000{k}.png")["seed"] for k in range(4)]
    assert seeds == [2, 2, 1, 1]


def test_sample_when_a_picture_appears_meanwhile_does_not_replace_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.runs import grids

    save = grids.save_picture

    def and_another(path: Path, *arguments: object, **options: object) -> None:
        save(path, *arguments, **options)  # type: ignore[arg-type]
        (tmp_path / "00001.png").symlink_to(tmp_path / "nowhere")

    monkeypatch.setattr(grids, "save_picture", and_another)
    assert sample(folder, tmp_path, ["--n", "2", "--steps", "2"]) == FAILED
    assert (tmp_path / "00001.png").is_symlink()


def test_settings_in_a_picture_when_read_are_plain_json(folder: Path, tmp_path: Path) -> None:
    assert sample(folder, tmp_path, ["--n", "1", "--steps", "2", "--class", "cats"]) == 0
    assert json.loads(json.dumps(read_settings(tmp_path / "00000.png")))["class"] == "cats"
