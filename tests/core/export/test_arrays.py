"""The numbers of a generation read back: the terms add up to what came out. And the script that makes it again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from core.beginning import Beginning, Start, StartPicture
from core.catalogue import EXPORTS, SAMPLERS
from core.cli.main import main
from core.errors import SamplingError
from core.export import Generation, export
from core.recording import Recording
from core.settings import SampleConfig
from tests.core.test_recording import recorded, small
from tests.studio.sampler.conftest import CLASSES, tiny_run


def written(kind: str, path: Path, recording: Recording) -> None:
    list(export(EXPORTS[kind], path, Generation(recording, {"sampler": "ddim"})))


def sums(arrays: dict[str, np.ndarray], terms: list[list[dict[str, object]]]) -> list[np.ndarray]:
    """What came out of every step, as the module's docstring says it."""
    made = []
    for k, facts in enumerate(terms):
        total = np.zeros_like(arrays["x_t"][0], np.float64)
        for fact in facts:
            values = arrays[fact["symbol"]][k - fact["steps_back"]].astype(np.float64)
            if fact["where"] == "inside":
                values = np.where(arrays["known"][k] == 0, values, 0)
            total += fact["coefficient"] * values
        made.append(total)
    return made


@pytest.mark.family(first=2)
@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_numbers_when_read_back_add_up_to_every_next_step(tmp_path: Path, kind: str, sampler: str) -> None:
    recording, path = recorded(small("pred_v"), sampler=sampler), tmp_path / f"a.{kind}"
    written(kind, path, recording)
    if kind == "npz":
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        texts = {name: str(arrays.pop(name)[0]) for name in ("settings", "terms")}
    else:
        arrays = load_file(path)
        with safe_open(path, "np") as file:
            texts = file.metadata()
    assert json.loads(texts["settings"]) == {"sampler": "ddim"}
    assert arrays["x_t"].dtype == np.float32 and arrays["x_t"].shape == (6, 3, 8, 8, 3)
    next_ones = [*arrays["x_t"][1:], arrays["final"]]
    for made, following in zip(sums(arrays, json.loads(texts["terms"])), next_ones, strict=True):
        np.testing.assert_allclose(made, following, atol=1e-5)
    np.testing.assert_array_equal(arrays["x_0"][3], recording.layer("x_0", 3))
    np.testing.assert_array_equal(arrays["t"], recording.t)
    np.testing.assert_array_equal(arrays["pictures"], recording.final)


def test_numbers_when_a_mask_was_filled_add_up_too(tmp_path: Path) -> None:
    picture = StartPicture("a", None, bytes(range(192)), (8, 8, 3))
    mask = StartPicture("m", None, bytes([255] * 32 + [0] * 32), (8, 8, 1))
    recording = recorded(small("pred_noise"), beginning=Beginning(Start.PICTURE, (picture,), mask=mask))
    written("npz", tmp_path / "a.npz", recording)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        arrays = dict(file)
    for made, following in zip(sums(arrays, json.loads(arrays["terms"][0])), arrays["x_next"], strict=True):
        np.testing.assert_allclose(made, following, atol=1e-5)


# --- the script ---------------------------------------------------------------------------------------------------


def run(script: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, script, out], capture_output=True, text=True, timeout=120)


@pytest.mark.long
def test_script_when_run_makes_the_same_pictures_bit_for_bit(tmp_path: Path) -> None:
    run_folder = tiny_run(tmp_path / "odd '\"\n{name}", {"labels": "folders", "class_names": CLASSES})
    script, out = tmp_path / "again.py", tmp_path / "out"
    words = ["--n", "3", "--steps", "4", "--sampler", "ddim", "--eta", "0.5", "--class", "sad,happy", "--guidance", "2"]
    assert main(["sample", str(run_folder), "--out", str(out), "--export", str(script), "--device", "cpu", *words]) == 0
    made = run(script, tmp_path / "again")
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.splitlines()) == 4
    for number in range(3):
        name = f"{number:05d}.png"
        assert pixels(tmp_path / "again" / name).tobytes() == pixels(out / name).tobytes()
    (run_folder / "checkpoints" / "step-00000100.json").unlink()
    assert run(script, tmp_path / "third").returncode != 0
    assert not (tmp_path / "third").exists()


@pytest.mark.long
def test_script_when_it_begins_with_a_picture_of_the_window_holds_its_pixels(tmp_path: Path) -> None:
    run_folder = tiny_run(tmp_path / "faces-01")
    picture = StartPicture("no. 1", None, bytes(range(192)), (8, 8, 3))
    beginning = Beginning(Start.BETWEEN, (picture, picture), 20, 0.25)
    request = SampleConfig(sampler="ddim", sample_steps=3, count=2, seed=5, beginning=beginning)
    from core.runs.opening import load_model

    loaded = load_model(run_folder, "ema", {})
    recording = recorded(loaded.diffusion.eval(), **{name: getattr(request, name) for name in FIELDS})
    settings = {"model_sha256": loaded.sha256, "device": "cpu"}
    made = Generation(recording, settings, request, loaded.path)
    list(export(EXPORTS["script"], tmp_path / "again.py", made))
    assert run(tmp_path / "again.py", tmp_path / "out").returncode == 0
    assert recording.final is not None
    for number, final in enumerate(recording.final):
        np.testing.assert_array_equal(pixels(tmp_path / "out" / f"{number:05d}.png"), final)


FIELDS = ("sampler", "sample_steps", "count", "seed", "beginning")


def pixels(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image)


def test_script_when_the_model_was_in_training_is_refused_in_words(tmp_path: Path) -> None:
    made = Generation(recorded(small("pred_noise")), {}, SampleConfig())
    with pytest.raises(SamplingError, match="their model was in training and is no file"):
        list(export(EXPORTS["script"], tmp_path / "a.py", made))
