"""A branch begins at a checkpoint: the same steps where nothing differs, other networks refused, no half runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.cli.main import main
from core.errors import RunError
from core.networks.build import build_diffusion
from core.runs.checkpoint import read_checkpoint
from core.runs.checkpoint_files import description_path, read_description, steps_in
from core.runs.fitting import TABLES
from core.runs.listing import count_parameters
from core.runs.opening import load_checkpoint
from core.runs.run import Run, is_run
from core.training.branching import first_checkpoint, make_branch, read_origin

from .conftest import tensors, train

MODEL = Path(__file__).parents[2] / "golden" / "model-1.pt"


@pytest.fixture
def parent(pictures, tiny, tmp_path):
    config = tiny.with_settings({"decay": "constant", "warmup_steps": 0, "keep_checkpoints": 10, "amp": "off"})
    train(pictures, config, tmp_path / "parent", threads=1)
    return Run.open(tmp_path / "parent")


def test_branch_when_nothing_differs_takes_the_steps_that_its_parent_took(parent, pictures, tmp_path) -> None:
    origin = read_origin(description_path(parent.checkpoints_folder, 8))
    train(pictures, origin.config.with_settings({"steps": 4}), tmp_path / "branch", origin=origin, threads=1)
    branch = Run.open(tmp_path / "branch")
    assert (branch.state().step, branch.planned_total) == (12, 12)
    expected, found = tensors(parent.folder), tensors(branch.folder)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    said = read_description(description_path(parent.checkpoints_folder, 8))
    assert count_parameters(branch.folder) == sum(p.numel() for p in load_checkpoint(branch.folder).parameters())
    assert branch.parent is not None
    assert (branch.parent.name, branch.parent.step, branch.parent.sha256) == ("parent", 8, said.sha256)
    assert branch.parent.created == parent.created


def test_branch_when_its_process_is_another_has_the_weights_and_tables_of_its_own(parent, tmp_path) -> None:
    origin = read_origin(parent.folder)
    config = origin.config.with_settings({"beta_schedule": "linear", "objective": "pred_noise", "ema_snapshots": 3})
    first = first_checkpoint(origin, config, keep_optimizer=False)
    assert first.optimizer == {}
    tables = dict(build_diffusion(config).named_buffers())
    assert all(torch.equal(first.model[name], tables[name]) for name in TABLES)
    kept = read_checkpoint(description_path(parent.checkpoints_folder, 12))
    assert all(torch.equal(first.ema[name], kept.ema[name]) for name in kept.ema if name not in TABLES)
    made = make_branch(tmp_path / "branch", origin, config, source_folder=tmp_path, device="cpu", keep_optimizer=False)
    assert torch.equal(
        load_checkpoint(made.folder, "raw").state_dict()["model.init_conv.weight"],
        kept.model["model.init_conv.weight"],
    )


def test_branch_when_its_network_is_another_is_refused_by_the_setting(parent, tmp_path) -> None:
    origin = read_origin(parent.folder)
    with pytest.raises(RunError) as caught:
        make_branch(
            tmp_path / "branch",
            origin,
            origin.config.with_settings({"dim": 16}),
            source_folder=tmp_path,
            device="cpu",
        )
    assert (caught.value.code, caught.value.fields["name"]) == ("run.other-network", "dim")
    assert not (tmp_path / "branch").exists()


def test_branch_when_its_first_checkpoint_cannot_be_saved_is_no_run(parent, tmp_path, monkeypatch) -> None:
    def fail(*_given: object) -> None:
        raise RunError("storage.not-saved", path="x", reason="full")

    monkeypatch.setattr("core.training.branching.save_checkpoint", fail)
    origin = read_origin(parent.folder)
    with pytest.raises(RunError):
        make_branch(tmp_path / "branch", origin, origin.config, source_folder=tmp_path, device="cpu")
    assert not is_run(tmp_path / "branch")


def test_origin_when_a_file_counts_absurd_steps_counts_from_none(parent) -> None:
    origin = read_origin(parent.folder)
    assert replace(origin.parent, step=3).step == 3
    foreign = read_origin(MODEL)
    assert foreign.foreign and 0 <= foreign.parent.step < 10**9


@pytest.mark.long
def test_train_command_when_it_begins_from_a_library_file_trains_that_model_on(
    pictures, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = read_origin(MODEL)
    size = origin.config.data.image_size
    status = main(
        [
            *("train", str(pictures.folder), "--run", str(tmp_path / "run"), "--from", str(MODEL)),
            *("--steps", "2", "--device", "cpu", "--threads", "1", "--set", "sample_count=1", "--set", "batch_size=2"),
            *("--set", "sample_steps=2", "--set", "amp=off"),
        ]
    )
    assert status == 0, capsys.readouterr().err
    run = Run.open(tmp_path / "run")
    at = origin.parent.step
    assert run.planned_total == at + 2
    assert at in steps_in(run.checkpoints_folder) and at + 2 in steps_in(run.checkpoints_folder)
    assert run.config.data.image_size == size
    assert run.config.preset == "standard"
    assert run.parent is not None and run.parent.name == "model-1.pt" and run.parent.created == ""
