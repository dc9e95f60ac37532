"""A training that goes on with a smaller batch sees the pictures that it would have seen, and none of them twice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.cli.main import main
from core.errors import DeviceError
from core.pictures.feed.batches import batch_indices
from core.pictures.folder.scan import Scan
from core.presets import PictureFacts, resolve
from core.settings import RunConfig
from core.training import step
from core.training.plan import smaller_batch
from core.training.state import new_state
from tests.core.training.conftest import TINY, train

CPU = torch.device("cpu")


@pytest.fixture
def config(tiny: RunConfig) -> RunConfig:
    return resolve(tiny, PictureFacts(typical_size=8, all_grey=False))


def pictures_of_step(config: RunConfig, at: int, data_shift: int) -> list[int]:
    """The numbers of the pictures, of a thousand, that the step after `at` sees, as step.py takes them."""
    train_, parts = config.train, config.train.gradient_accumulate_every
    batches = [at * parts + part + data_shift for part in range(parts)]
    return np.concatenate([batch_indices(1000, train_.batch_size, train_.seed, batch) for batch in batches]).tolist()


@pytest.mark.parametrize("batch", [4, 6, 9, 7])
@pytest.mark.parametrize("left_out", [0, 1, 5])
def test_after_a_rollback_the_same_pictures_come_in_smaller_bites(config: RunConfig, batch: int, left_out: int) -> None:
    config = config.with_settings({"batch_size": batch, "gradient_accumulate_every": 2})
    state = new_state(config, CPU)
    state.data_shift, state.saved_step = left_out, 3
    halved = config.with_settings(smaller_batch(config) or {})
    later = new_state(halved, CPU)
    later.take(state.to_checkpoint(3, config), Path("checkpoint"))
    for at in (3, 4):
        assert pictures_of_step(halved, at, later.data_shift) == pictures_of_step(config, at, left_out)


def test_a_batch_that_does_not_divide_begins_after_all_that_was_seen(config: RunConfig) -> None:
    fours, fives = (config.with_settings({"batch_size": size}) for size in (4, 5))
    state, later = new_state(fours, CPU), new_state(fives, CPU)
    state.data_shift = 3
    later.take(state.to_checkpoint(0, fours), Path("checkpoint"))
    assert later.data_shift == 3  # 12 pictures were left out; batches of 5 begin at 10 and 15


@pytest.mark.parametrize(("batch", "smaller"), [(9, 3), (7, 1), (1, 1)])
def test_the_message_names_the_batch_that_the_button_takes(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int, smaller: int
) -> None:
    def full(*_: object, **__: object) -> object:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(step, "batch_loss", full)
    config = tiny.with_settings({"batch_size": batch})
    with pytest.raises(DeviceError) as caught:
        train(pictures, config, tmp_path / "run")
    assert caught.value.fields["smaller"] == smaller
    assert (smaller_batch(config) or {"batch_size": 1})["batch_size"] == smaller


def test_the_command_line_names_the_options_that_make_each_step_the_same(
    pictures: Scan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> object:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(step, "batch_loss", full)
    tiny_settings = [f"--set={name}={value}" for name, value in TINY.items() if name not in ("batch_size", "steps")]
    words = ["train", str(pictures.folder), "--run", str(tmp_path / "run"), "--preset", "sketch", "--device", "cpu"]
    assert main([*words, *tiny_settings, "--set=batch_size=6"]) == 1
    assert "--resume --set batch_size=3 --set gradient_accumulate_every=2" in capsys.readouterr().err
