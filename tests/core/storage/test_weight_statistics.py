"""What a block's numbers are like in a checkpoint: against the tensors themselves, and that no others are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import CheckpointError, ConfigError
from core.runs.checkpoint import read_checkpoint, save_checkpoint
from core.runs.run import Run
from core.runs.tensors import TensorFile
from core.runs.weight_statistics import BINS, MOMENTS, weight_statistics
from core.settings import RunConfig
from core.training.state import new_state

LIBRARY_FILE = Path(__file__).parents[2] / "golden" / "model-1.pt"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = RunConfig().with_settings(
        {
            "dim": 8,
            "dim_mults": (1, 2),
            "attn_heads": 1,
            "attn_dim_head": 4,
            "image_size": 8,
            "channels": 1,
            "timesteps": 30,
            "optimizer": "muon",
            "horizontal_flip": False,
        }
    )
    run = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=9)
    state = new_state(config, torch.device("cpu"))
    for number in range(2):
        for parameter in state.diffusion.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(number))
        state.optimizer.step()
        state.ema.update(number + 1)
    save_checkpoint(run.checkpoints_folder, state.to_checkpoint(2, config))
    return run


def test_statistics_when_taken_are_those_of_the_blocks_numbers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = run.checkpoints_folder.glob("*.json")
    whole = read_checkpoint(path, with_optimizer=True)
    read: list[str] = []
    plain = TensorFile.read
    monkeypatch.setattr(TensorFile, "read", lambda file, name: (read.append(name), plain(file, name))[1])
    seen = weight_statistics(run.folder, "downs.0.0")
    assert all(".downs.0.0." in name for name in read)
    assert (seen.step, seen.path, seen.module) == (2, path, "downs.0.0")
    assert [numbers.name for numbers in seen.weights] == ["raw", "ema"]
    assert [numbers.name for numbers in seen.moments] == list(MOMENTS)
    for numbers, tensors in (
        (seen.weights[0], [t for name, t in whole.model.items() if name.startswith("model.downs.0.0.")]),
        (seen.weights[1], [t for name, t in whole.ema.items() if name.startswith("model.downs.0.0.")]),
        *(
            (numbers, [t for name, t in whole.optimizer.items() if ".downs.0.0." in name and name.endswith(moment)])
            for numbers, moment in zip(seen.moments, (".exp_avg", ".momentum_buffer"), strict=True)
        ),
    ):
        values = torch.cat([tensor.flatten().double() for tensor in tensors]).numpy()
        assert numbers.count == values.size == numbers.counts.sum() > 0
        assert (numbers.least, numbers.greatest) == (values.min(), values.max())
        np.testing.assert_allclose(
            [numbers.mean, numbers.std, numbers.norm],
            [values.mean(), values.std(), np.sqrt(np.square(values).sum())],
            rtol=1e-9,
            atol=1e-12,
        )
        assert len(numbers.counts) == BINS and len(numbers.edges) == BINS + 1
        assert numbers.edges[-1] == -numbers.edges[0] == np.abs(values).max()
    # The kernels have Muon's mean, the others Adam's: together they are the block.
    assert sum(numbers.count for numbers in seen.moments) == seen.weights[0].count


def test_statistics_when_asked_of_one_parameter_or_a_part_are_of_it_alone(run: Run) -> None:
    one = weight_statistics(run.folder, "downs.0.0.block1.norm.g")
    assert one.weights[0].count == 8 and [numbers.name for numbers in one.moments] == ["exp_avg"]
    part = weight_statistics(run.folder, "downs.0.0.block1.proj")
    assert part.weights[0].count == 8 * 8 * 9 + 8
    assert [numbers.count for numbers in part.moments] == [8, 8 * 8 * 9]


def test_statistics_when_a_file_is_the_librarys_are_of_its_weights() -> None:
    seen = weight_statistics(LIBRARY_FILE, "init_conv")
    assert [numbers.name for numbers in seen.weights] == ["raw", "ema"] and seen.moments == ()
    content = torch.load(LIBRARY_FILE, weights_only=True)["model"]
    parts = [content["model.init_conv.weight"].flatten(), content["model.init_conv.bias"]]
    assert seen.weights[0].greatest == float(torch.cat(parts).max())


def test_statistics_when_there_are_none_say_why(run: Run, tmp_path: Path) -> None:
    for module in ("time_mlp.2", "downs.0.", ""):
        with pytest.raises(ConfigError, match="one of "):
            weight_statistics(run.folder, module)
    (path,) = run.checkpoints_folder.glob("*.safetensors")
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    for asked in (run.folder, next(run.checkpoints_folder.glob("*.json")), path):
        with pytest.raises(CheckpointError):
            weight_statistics(asked, "init_conv")
