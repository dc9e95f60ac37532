"""Training as other devices do it: the fp16 scaler here on the CPU, the rest where there is a GPU."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from core.device import devices
from core.networks.unet import Unet
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


def kept_for_the_way_back(checkpointing: bool, device: str, **settings: object) -> tuple[int, list[torch.Tensor]]:
    """Bytes that a loss keeps for its backward pass, each storage once, and the gradients that come of it."""
    torch.manual_seed(0)
    model = Unet(**settings).to(device)  # type: ignore[arg-type]
    model.gradient_checkpointing = checkpointing
    size, kept = (32 if device == "cpu" else 256), {}

    def count(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage()._cdata] = tensor
        return tensor

    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1)).to(device)
    torch.manual_seed(2)
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        loss = model(x, torch.tensor([3, 40], device=device)).square().mean()
    weights = {parameter.untyped_storage()._cdata for parameter in model.parameters()}
    bytes_kept = sum(tensor.untyped_storage().nbytes() for key, tensor in kept.items() if key not in weights)
    loss.backward()
    return bytes_kept, [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_gradients_when_checkpointed_then_are_the_same_to_the_bit(dropout: float) -> None:
    network = {"dim": 8, "dim_mults": (1, 2), "attn_heads": 2, "attn_dim_head": 8, "dropout": dropout}
    (plain, gradients), (less, again) = (kept_for_the_way_back(on, "cpu", **network) for on in (False, True))
    assert all(torch.equal(one, other) for one, other in zip(gradients, again, strict=True))
    assert less < plain / 2


@pytest.mark.long
def test_memory_of_a_large_network_when_checkpointed_then_is_a_fraction() -> None:
    """On `meta`: at dim 128 and 256 px, where nobody would compute it here."""
    plain, less = (kept_for_the_way_back(on, "meta", dim=128)[0] for on in (False, True))
    # 5,550 MiB of two pictures, and 1,419 with it; besides, one block at a time is computed again.
    assert less < plain / 3
