"""`ddpm-studio export`, and `inspect` on files of other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import core
from core.cli.main import FAILED, WRONG_USAGE, main
from core.compat.files import recognise
from core.networks.build import build_diffusion
from core.runs.checkpoint import Checkpoint, find_checkpoint, prune, read_checkpoint, save_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training.optimizers import build_optimizer

GOLDEN = Path(__file__).parents[1] / "golden" / "model-1.pt"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    config = RunConfig().with_settings(
        {"dim": 8, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": 8, "channels": 1}
        | {"timesteps": 10, "sample_steps": 5, "learning_rate": 3e-4, "horizontal_flip": False}
    )
    made = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=9)
    raw, ema = build_diffusion(config), build_diffusion(config)
    optimizer = build_optimizer(raw, learning_rate=3e-4, weight_decay=0.0)
    raw(torch.rand(2, 1, 8, 8)).backward()
    optimizer.step()
    names = {id(parameter): name for name, parameter in raw.named_parameters()}
    moments = {
        f"{names[id(parameter)]}.{moment}": value
        for parameter, values in optimizer.state.items()
        for moment, value in values.items()
    }
    checkpoint = Checkpoint(step=5, config=config, model=raw.state_dict(), ema=ema.state_dict(), optimizer=moments)
    save_checkpoint(made.checkpoints_folder, checkpoint)
    return made


def test_export_when_given_a_run_writes_everything(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model-1.pt"
    assert main(["export", str(run.folder), "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert told.out.strip() == str(out)
    assert told.err == "model-1.pt has no place for image_size 8 px: say it again where the file is opened\n"
    content = torch.load(out, weights_only=True)
    raw, ema = (core.load_checkpoint(run.folder, weights=weights) for weights in ("raw", "ema"))  # type: ignore[arg-type]
    for state, prefix in ((content["model"], ""), (content["ema"], "online_model."), (content["ema"], "ema_model.")):
        expected = (ema if prefix == "ema_model." else raw).state_dict()
        assert all(torch.equal(state[prefix + name], tensor) for name, tensor in expected.items())
    adam = torch.optim.Adam(raw.parameters())
    adam.load_state_dict(content["opt"])
    assert adam.param_groups[0]["lr"] == 3e-4 and content["step"] == int(content["ema"]["step"]) == 5
    assert len(adam.state) == len(list(raw.parameters()))
    for parameter, (name, _) in zip(raw.parameters(), raw.named_parameters(), strict=True):
        assert adam.state[parameter]["exp_avg"].shape == parameter.shape, name


def test_export_when_a_checkpoint_is_pruned_meanwhile_writes_the_next(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[Path] = []

    def found_and_pruned(path: Path) -> Path:
        chosen.append(find_checkpoint(path))
        if len(chosen) == 1:
            save_checkpoint(run.checkpoints_folder, replace(read_checkpoint(chosen[0], with_optimizer=True), step=6))
            prune(run.checkpoints_folder, 1)
        return chosen[-1]

    monkeypatch.setattr(core.runs.checkpoint, "find_checkpoint", found_and_pruned)
    assert main(["export", str(run.folder), "--out", str(tmp_path / "model-1.pt")]) == 0
    assert torch.load(tmp_path / "model-1.pt", weights_only=True)["step"] == 6


@pytest.mark.parametrize("weights", [None, "ema", "raw"])
def test_export_when_safetensors_writes_one_set_of_weights(
    run: Run, tmp_path: Path, weights: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made" / "m.safetensors"
    options = [] if weights is None else ["--weights", weights]
    assert main(["export", str(run.folder), "--out", str(out), "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out) == {"event": "exported", "path": str(out), "bytes": out.stat().st_size}
    expected = core.load_checkpoint(run.folder, weights=weights or "ema").state_dict()  # type: ignore[arg-type]
    opened = core.load_checkpoint(out)
    assert all(torch.equal(opened.state_dict()[name], tensor) for name, tensor in expected.items())
    assert opened.image_size == (8, 8)


def test_export_when_given_the_librarys_file_keeps_it_unchanged(tmp_path: Path) -> None:
    out = tmp_path / "model-2.pt"
    assert main(["export", str(GOLDEN), "--out", str(out)]) == 0
    ours, theirs = (torch.load(path, weights_only=True) for path in (out, GOLDEN))
    assert list(ours) == list(theirs) and ours["opt"]["param_groups"] == theirs["opt"]["param_groups"]
    for section in ("model", "ema"):
        assert list(ours[section]) == list(theirs[section])
        assert all(torch.equal(ours[section][name], tensor) for name, tensor in theirs[section].items())


def test_export_when_the_file_exists_replaces_it_only_with_force(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "model-1.pt"
    out.write_bytes(b"precious")
    assert main(["export", str(run.folder), "--out", str(out)]) == FAILED
    assert "is there already" in capsys.readouterr().err and out.read_bytes() == b"precious"
    assert main(["export", str(run.folder), "--out", str(out), "--force"]) == 0
    assert recognise(out).step == 5


def test_export_when_options_are_wrong_exits_with_wrong_usage(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(run.folder), "--out", str(tmp_path / "m.zip")]) == WRONG_USAGE
    assert main(["export", str(run.folder), "--out", str(tmp_path / "m.pt"), "--weights", "ema"]) == WRONG_USAGE
    capsys.readouterr()
    for size in ("0", "5000"):
        words = ["export", str(run.folder), "--out", str(tmp_path / "m.pt"), "--image-size", size]
        assert main(words) == WRONG_USAGE
        assert f"“{size}” is not a value of --image-size" in capsys.readouterr().err
    assert main(["export", str(tmp_path / "nowhere.pt"), "--out", str(tmp_path / "m.pt")]) == FAILED
    assert "nowhere.pt" in capsys.readouterr().err
    assert not list(tmp_path.glob("m.*"))


def test_inspect_when_given_a_file_of_another_program_says_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(GOLDEN), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["kind"] == "checkpoint of denoising-diffusion-pytorch"
    assert {name: facts[name] for name in ("step", "dim", "dim_mults", "channels", "self_condition", "parameters")} == {
        "step": 40,
        "dim": 8,
        "dim_mults": [1, 2],
        "channels": 1,
        "self_condition": False,
        "parameters": 49417,
    }
    assert (facts["beta_schedule"], facts["objective"], facts["min_snr_gamma"]) == ("sigmoid", "pred_v", None)
    assert facts["unknown"]["image_size"] == [32, 32]
    assert main(["inspect", str(GOLDEN)]) == 0
    assert "unknown: image_size (taken as 32 px), " in capsys.readouterr().out
    (tmp_path / "cut.pt").write_bytes(GOLDEN.read_bytes()[:5000])
    assert main(["inspect", str(tmp_path / "cut.pt")]) == FAILED
    assert "was not opened" in capsys.readouterr().err
