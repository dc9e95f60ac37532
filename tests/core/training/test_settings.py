"""Every setting that changes the network, the process or the pictures trains, is kept, goes on and samples."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import DeviceError
from core.pictures.folder.scan import Scan, scan_all
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, step, trainer
from tests.core.training.conftest import assert_same_run, of, train

SHORT = {"steps": 4, "checkpoint_every": 2, "sample_every": 4, "sample_count": 2, "sample_steps": 2}

VARIANTS = {
    "schedule options": {"beta_schedule": "sigmoid", "schedule_fn_kwargs": "tau=0.7,start=-2"},
    "learned Fourier times": {"learned_sinusoidal_cond": True, "learned_sinusoidal_dim": 8},
    "random Fourier times": {"random_fourier_features": True, "learned_sinusoidal_dim": 8},
    "another θ": {"sinusoidal_pos_emb_theta": 500},
    "init_dim": {"init_dim": 12},
    "heads and widths per stage": {"attn_heads": "1,2", "attn_dim_head": "8,4", "full_attn": "on,off"},
    "pictures as they come": {"auto_normalize": False},
    "one picture, four noises": {"immiscible": True, "immiscible_candidates": 4, "batch_size": 1},
    "rectified flow": {"objective": "pred_flow", "beta_schedule": "rectified_flow"},
    "rectified flow, shifted, Euler": {
        "objective": "pred_flow",
        "beta_schedule": "rectified_flow",
        "schedule_fn_kwargs": "shift=3",
        "sample_sampler": "euler",
    },
    "an average with pauses": {"ema_update_every": 3},
    "taller than wide": {"image_size": 8, "image_height": 12, "crop": "random"},
    "wider than tall": {"image_size": 16, "image_height": 4},
    "a sampler with its own noise": {"sample_sampler": "ddpm"},
    "a sampler of two calls": {"sample_sampler": "heun"},
}


@pytest.mark.family
@pytest.mark.parametrize("variant", VARIANTS)
def test_it_trains_goes_on_bit_for_bit_and_samples(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, variant: str
) -> None:
    config = tiny.with_settings({**SHORT, **VARIANTS[variant]})
    whole = train(pictures, config, tmp_path / "whole")
    assert all(math.isfinite(event.loss) for event in of(events.StepDone, whole))
    first = train(pictures, config, tmp_path / "parts", until=lambda e: isinstance(e, events.StepDone) and e.step == 1)
    assert Run.open(tmp_path / "parts").config.settings() == Run.open(tmp_path / "whole").config.settings()
    second = train(pictures, config, tmp_path / "parts", resume=True)
    assert_same_run(tmp_path / "whole", whole, tmp_path / "parts", first + second)
    height, width = config.data.height_and_width
    assert of(events.Samples, whole)[0].images.shape == (2, height, width, 3)
    samples = load_checkpoint(tmp_path / "whole", sampling_timesteps=2).sample(batch_size=2)
    assert samples.shape == (2, 3, height, width)
    assert samples.isfinite().all()


@pytest.mark.long
def test_the_variants_train_differently(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    trained = ("schedule options", "learned Fourier times", "random Fourier times", "another θ", "init_dim")
    changed = {"as it is": {}, **{name: VARIANTS[name] for name in trained}}
    losses = {
        name: of(events.StepDone, train(pictures, tiny.with_settings({**SHORT, **changes}), tmp_path / name))[-1].loss
        for name, changes in changed.items()
    }
    assert len(set(losses.values())) == len(losses)


def test_pictures_that_were_not_normalised_are_shown_as_they_come(
    pictures: Scan, tiny: RunConfig, tmp_path: Path
) -> None:
    config = tiny.with_settings({**SHORT, "auto_normalize": False})
    grid = of(events.Samples, train(pictures, config, tmp_path / "run"))[-1].images
    model = load_checkpoint(tmp_path / "run")
    x = trainer.grid_steps(model, config.train)
    *_, last = x
    shown = last.x_next.clamp(0, 1).mul(255).round().permute(0, 2, 3, 1)
    np.testing.assert_array_equal(grid, shown.numpy().astype(np.uint8))


def test_running_out_of_memory_tells_both_sides(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(diffusion, pictures, config, batch, **how):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(step, "batch_loss", full)
    with pytest.raises(DeviceError, match="8×12 px"):
        train(pictures, tiny.with_settings({"image_height": 12}), tmp_path / "run")


def test_a_grid_of_pictures_that_are_not_square_is_whole(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    config = tiny.with_settings({**SHORT, "image_size": 4, "image_height": 8})
    grid = of(events.Samples, train(pictures, config, tmp_path / "run"))[-1]
    with Image.open(grid.path) as sheet:
        assert sheet.size == (2 * 4 + 2, 8)
        np.testing.assert_array_equal(np.asarray(sheet)[:, 6:], grid.images[1])


GOLDEN = Path(__file__).parents[2] / "golden" / "run-1"


@pytest.fixture
def old_run(tmp_path: Path) -> Path:
    """A copy of the golden run; without the newer settings, and with attn_heads as one number."""
    folder = tmp_path / "old"
    for path in sorted(GOLDEN.rglob("*.*")):
        copy = folder / path.relative_to(GOLDEN)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return folder


def test_a_run_of_the_first_version_opens_as_it_was_meant(old_run: Path) -> None:
    plain = json.loads((old_run / "run.json").read_text())["config"]
    assert plain["model"]["attn_heads"] == 2
    assert "labels" not in plain["data"]
    config = Run.open(old_run).config
    assert config.problems() == ()
    assert (config.model.attn_heads, config.model.attn_dim_head, config.model.init_dim) == ((2,), (4,), None)
    assert (config.data.labels, config.data.height_and_width) == ("off", (8, 8))
    assert (config.train.ema_update_every, config.train.sample_sampler) == (1, "ddim")
    assert config.diffusion.auto_normalize and config.diffusion.immiscible_candidates == 0
    for section, values in plain.items():
        if isinstance(values, dict):
            for name, value in values.items():
                kept = config.setting(name)
                assert kept == value or kept == (value,) or list(kept) == value, (section, name)
    model = load_checkpoint(old_run)
    assert (model.num_classes, model.class_names) == (None, None)
    assert model.sample(batch_size=1).shape == (1, 1, 8, 8)


def test_a_run_of_the_first_version_goes_on_as_it_did_then(old_run: Path, tiny: RunConfig, tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    for number in range(4):
        picture = Image.fromarray(draw.integers(0, 255, (8, 8), dtype=np.uint8))
        picture.save(tmp_path / "pictures" / f"{number}.png")
    seen = train(scan_all(tmp_path / "pictures"), tiny, old_run, resume=True, total=4)
    done = of(events.StepDone, seen)
    assert [event.step for event in done] == [3, 4]
    # What the first version computed from the same checkpoint and pictures.
    assert [event.loss for event in done] == pytest.approx([0.289237916, 0.455394268], rel=1e-4)
    assert [event.grad_norm for event in done] == pytest.approx([1.152613640, 1.983609796], rel=1e-3)
