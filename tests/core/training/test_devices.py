"""Training as other devices do it: the fp16 scaler here on the CPU, the rest where there is a GPU."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from core.device import devices
from core.pictures.folder.scan import Scan
from core.runs.checkpoint import read_checkpoint
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import events, state
from core.training.job import TrainingJob

GPU = next((row.name for row in devices() if row.reason is None and row.name != "cpu"), None)


def losses(job: TrainingJob) -> list[float]:
    return [event.loss for event in job.run() if isinstance(event, events.StepDone)]


def test_the_fp16_scaler_trains_and_survives_a_resume(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "autocast_dtype", lambda device, amp: torch.float16)
    config = tiny.with_settings({"steps": 6})
    first = losses(TrainingJob(config, tmp_path / "run", scan=pictures, device="cpu"))
    assert len(first) == 6
    assert all(math.isfinite(loss) for loss in first)
    path, _ = Run.open(tmp_path / "run").newest_checkpoint()
    assert read_checkpoint(path).extra["scaler"]["scale"] > 0
    job = TrainingJob(config, tmp_path / "run", scan=pictures, device="cpu", resume=True, total=8)
    assert len(losses(job)) == 2


def test_a_step_has_the_same_shapes_without_any_memory(tiny: RunConfig) -> None:
    from core.networks.build import build_diffusion

    config = tiny.with_settings({"channels": 3, "dim": 64, "dim_mults": "1,2,4,8", "image_size": 128})
    with torch.device("meta"):
        diffusion = build_diffusion(config)
        x = torch.empty(2, 3, 128, 128)
        loss = diffusion.training_losses(x, torch.zeros(2, dtype=torch.long), x, self_condition_draw=False)
    assert loss.weighted.shape == (2,)
    assert next(diffusion.parameters()).device.type == "meta"


@pytest.mark.gpu
@pytest.mark.skipif(GPU is None, reason="there is no GPU here")
@pytest.mark.parametrize("amp", ["off", "auto", "bf16", "fp16"])
def test_a_gpu_trains_like_the_cpu(pictures: Scan, tiny: RunConfig, tmp_path: Path, amp: str) -> None:
    config = tiny.with_settings({"amp": amp})
    there = losses(TrainingJob(config, tmp_path / "gpu", scan=pictures, device=str(GPU)))
    assert len(there) == 12
    assert all(math.isfinite(loss) for loss in there)
    model = load_checkpoint(tmp_path / "gpu").to(str(GPU))
    assert model.sample(batch_size=2).device.type == torch.device(str(GPU)).type
