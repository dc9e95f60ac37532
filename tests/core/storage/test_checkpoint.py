"""Checkpoints: what is written comes back, what is none is refused in words. Kills and damage: tests/durability."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

import core
from core.errors import CheckpointError, ConfigError
from core.networks.build import build_diffusion
from core.runs import checkpoint_files
from core.runs.atomic import TEMP_SUFFIX, json_text
from core.runs.checkpoint import (
    Checkpoint,
    find_checkpoint,
    newest_good,
    prune,
    read_checkpoint,
    save_checkpoint,
)
from core.runs.checkpoint_files import verify
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig

CONFIG = RunConfig().with_settings(
    {
        "dim": 8,
        "dim_mults": (1, 2),
        "attn_heads": 1,
        "attn_dim_head": 8,
        "image_size": 8,
        "channels": 1,
        "timesteps": 30,
    }
    | {"horizontal_flip": False, "min_snr_gamma": 5.0, "objective": "pred_noise"}
)


def checkpoint(step: int) -> Checkpoint:
    weights = {"a.weight": torch.full((3, 4), float(step)), "b": torch.tensor(step)}
    moments = {"a.weight.exp_avg": torch.arange(12.0).reshape(3, 4), "a.weight.step": torch.tensor(float(step))}
    halves = {name: value.to(torch.bfloat16) for name, value in weights.items()}
    return Checkpoint(
        step=step, config=CONFIG, model=weights, ema=halves, optimizer=moments, extra={"elapsed_s": 1.5 * step}
    )


def same(a: Any, b: Any) -> bool:
    return set(a) == set(b) and all(a[k].dtype == b[k].dtype and torch.equal(a[k], b[k]) for k in a)


def test_everything_comes_back(tmp_path: Path) -> None:
    written = checkpoint(500)
    path = save_checkpoint(tmp_path, written)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["step-00000500.json", "step-00000500.safetensors"]
    read = read_checkpoint(path, with_optimizer=True)
    assert (read.step, read.config, read.extra) == (500, CONFIG, {"elapsed_s": 750.0})
    assert same(read.model, written.model) and same(read.ema, written.ema) and same(read.optimizer, written.optimizer)
    assert read_checkpoint(path.with_suffix(".safetensors")).optimizer == {}
    # Any safetensors program reads it.
    assert set(safetensors.torch.load_file(path.with_suffix(".safetensors"))) == {
        *(f"{section}.{name}" for section in ("model", "ema") for name in written.model),
        *(f"optimizer.{name}" for name in written.optimizer),
    }


def test_saving_a_step_again_replaces_it_and_leaves_nothing(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(5))
    path = save_checkpoint(tmp_path, replace(checkpoint(5), extra={"second": True}))
    prune(tmp_path, 3)
    assert read_checkpoint(path).extra == {"second": True}
    assert len(list(tmp_path.iterdir())) == 2


def test_prune_keeps_the_newest_good_ones_and_takes_what_nobody_owns(tmp_path: Path) -> None:
    for step in (1, 2, 3, 4):
        save_checkpoint(tmp_path, checkpoint(step))
    (tmp_path / "step-00000004.safetensors").write_bytes(b"short")
    (tmp_path / "step-00000009.safetensors").write_bytes(b"killed before its description was written")
    (tmp_path / f".abc{TEMP_SUFFIX}").touch()
    (tmp_path / "notes.txt").touch()
    prune(tmp_path, 2)
    # 4 is damaged: it does not count, and nothing good goes in its place.
    expected = {f"step-0000000{step}.{kind}" for step in (2, 3, 4) for kind in ("json", "safetensors")}
    assert {file.name for file in tmp_path.iterdir()} == {*expected, "notes.txt"}


def test_a_newer_format_is_refused_in_words_and_not_passed_over(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, checkpoint(1))
    path = save_checkpoint(tmp_path, checkpoint(2))
    path.write_text(json_text({"format": "ddpm-studio checkpoint", "version": 99}))
    with pytest.raises(CheckpointError, match="newer version"):
        newest_good(tmp_path)


# --- models ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run.create(tmp_path / "run", CONFIG, source_folder=tmp_path, device="cpu", planned_total=9)
    torch.manual_seed(0)
    raw, ema = build_diffusion(CONFIG), build_diffusion(CONFIG)
    save_checkpoint(
        made.checkpoints_folder, Checkpoint(step=3, config=CONFIG, model=raw.state_dict(), ema=ema.state_dict())
    )
    return made


def test_a_model_is_what_its_settings_say() -> None:
    diffusion = build_diffusion(CONFIG)
    assert diffusion.image_size == (8, 8) and diffusion.channels == 1 and diffusion.num_timesteps == 30
    assert diffusion.objective == "pred_noise" and diffusion.sampling_timesteps == 30
    plain = build_diffusion(CONFIG.with_settings({"min_snr_gamma": None}))
    assert not torch.equal(diffusion.loss_weight, plain.loss_weight)


@pytest.mark.parametrize("weights", ["ema", "raw"])
def test_a_model_is_loaded_from_a_run_or_a_file(run: Run, weights: Any) -> None:
    stored = read_checkpoint(run.checkpoints_folder / "step-00000003.json")
    expected = stored.ema if weights == "ema" else stored.model
    for path in (run.folder, run.checkpoints_folder / "step-00000003.safetensors"):
        loaded = core.load_checkpoint(path, weights=weights)
        assert same(loaded.state_dict(), expected) and not loaded.training
    assert not same(stored.ema, stored.model)


def test_how_it_is_used_can_be_said_and_what_is_no_argument_is_told(run: Run) -> None:
    loaded = load_checkpoint(run.folder, image_size=16, sampling_timesteps=7, ddim_sampling_eta=0.5)
    assert (loaded.image_size, loaded.sampling_timesteps, loaded.ddim_sampling_eta) == ((16, 16), 7, 0.5)
    for weights in ("best", ["ema"], None):
        with pytest.raises(ConfigError, match="ema, raw, or ema-LENGTH"):
            load_checkpoint(run.folder, weights=weights)  # type: ignore[arg-type]
    for path in (5, None, b"run", ["run"]):
        with pytest.raises(ConfigError, match="path"):
            load_checkpoint(path)  # type: ignore[arg-type]


def test_what_is_no_checkpoint_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "model-1.pt").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    codes = {}
    for name in ("a.txt", "model-1.pt", "empty", "missing"):
        with pytest.raises(CheckpointError) as caught:
            load_checkpoint(tmp_path / name)
        codes[name] = caught.value.code
        assert name in str(caught.value)
    assert codes == {
        "a.txt": "checkpoint.unknown",
        "model-1.pt": "checkpoint.refused",
        "empty": "checkpoint.none",
        "missing": "storage.not-read",
    }
    stored = read_checkpoint(run.checkpoints_folder / "step-00000003.json")
    short = {name: tensor for name, tensor in stored.ema.items() if name != "model.init_conv.weight"}
    save_checkpoint(run.checkpoints_folder, replace(stored, step=4, ema=short))
    with pytest.raises(CheckpointError, match=r"init_conv\.weight"):
        load_checkpoint(run.folder)


# --- beside a training that prunes -------------------------------------------------------------------------


def train_on(run: Run) -> int:
    """What a training does between two looks of another program: save one step more, with other weights, and prune."""
    newest = read_checkpoint(newest_good(run.checkpoints_folder)[0] or Path())
    save_checkpoint(run.checkpoints_folder, replace(newest, step=newest.step + 1, ema=newest.model, model=newest.ema))
    prune(run.checkpoints_folder, 1)
    return newest.step + 1


@pytest.mark.parametrize("weights", ["ema", "raw"])
@pytest.mark.parametrize("times", [1, 4])
def test_what_is_pruned_before_it_is_read_is_chosen_anew(
    run: Run, monkeypatch: pytest.MonkeyPatch, times: int, weights: Any
) -> None:
    chosen: list[str] = []

    def found_and_pruned(path: Path) -> Path:
        found = find_checkpoint(path)
        chosen.append(found.name)
        if len(chosen) <= times:
            train_on(run)
        return found

    monkeypatch.setattr(core.runs.checkpoint, "find_checkpoint", found_and_pruned)
    loaded = load_checkpoint(run.folder, weights=weights)
    assert chosen == [f"step-{3 + n:08d}.json" for n in range(times + 1)]
    stored = read_checkpoint(run.checkpoints_folder / chosen[-1])
    assert same(loaded.state_dict(), stored.ema if weights == "ema" else stored.model)


def test_what_is_pruned_while_its_tensors_are_read_is_chosen_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def read_late(path: Path) -> Checkpoint:
        reads.append(path.name)
        if len(reads) == 1:
            train_on(run)
        return read_checkpoint(path)

    monkeypatch.setattr(core.runs.checkpoint, "read_checkpoint", read_late)
    load_checkpoint(run.folder)
    assert reads == ["step-00000003.json", "step-00000004.json"]


def test_it_is_not_chosen_for_ever_and_a_file_is_never_exchanged(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[Path] = []

    def found_and_pruned(path: Path) -> Path:
        chosen.append(find_checkpoint(path))
        train_on(run)
        return chosen[-1]

    monkeypatch.setattr(core.runs.checkpoint, "find_checkpoint", found_and_pruned)
    with pytest.raises(CheckpointError, match=r"step-00000007\.json could not be read"):
        load_checkpoint(run.folder)
    assert len(chosen) == 5
    with pytest.raises(CheckpointError, match=r"step-00000008\.json could not be read"):
        load_checkpoint(run.checkpoints_folder / "step-00000008.json")
    assert len(chosen) == 6


@pytest.mark.parametrize("beside", [False, True])
def test_what_is_pruned_while_the_folder_is_looked_through_hides_nothing_newer(
    run: Run, monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    if beside:  # an older one that is kept must not be taken for the newest
        (run.checkpoints_folder / "step-00000003.pin").touch()
        train_on(run)
    newest = run.state().step
    looked_at = []

    def verified_late(path: Path) -> Any:
        looked_at.append(path.name)
        if len(looked_at) == 1:
            monkeypatch.setattr(checkpoint_files, "verify", verify)
            train_on(run)
        return verify(path)

    monkeypatch.setattr(checkpoint_files, "verify", verified_late)
    assert newest_good(run.checkpoints_folder) == (run.checkpoints_folder / f"step-{newest + 1:08d}.json", [])
    assert looked_at == [f"step-{newest:08d}.json"]
