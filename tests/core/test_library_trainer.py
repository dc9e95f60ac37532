"""denoising-diffusion-pytorch's Trainer over our session: the same files, the same meaning, nothing overwritten."""

from __future__ import annotations

import copy
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from core import GaussianDiffusion, Trainer, Unet, load_checkpoint
from core.compat.export import export_checkpoint
from core.errors import CheckpointError, RunError
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import scan_all
from core.runs.metrics import read_losses
from core.runs.run import Run
from core.training.state import new_state
from core.training.trainer import TrainingSession

#: As the library's Trainer writes it; see tests/golden/README.md.
GOLDEN = Path(__file__).parents[1] / "golden" / "model-1.pt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten pictures in two sub-folders, which only a model with classes looks at."""
    draw = np.random.default_rng(0)
    for number in range(10):
        path = tmp_path / "pictures" / ("ant", "bee")[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 255, (12, 10, 3), dtype=np.uint8)).save(path)
    return tmp_path / "pictures"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def a_diffusion(*, unet: dict[str, object] | None = None, **options: object) -> GaussianDiffusion:
    torch.manual_seed(0)
    network = Unet(**{"dim": 8, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 4, **(unet or {})})
    return GaussianDiffusion(network, **{"image_size": 8, "timesteps": 25, "sampling_timesteps": 3, **options})


def a_trainer(folder: Path, results: Path, diffusion: GaussianDiffusion | None = None, **options: object) -> Trainer:
    arguments = {"train_batch_size": 4, "train_num_steps": 6, "save_and_sample_every": 2, "num_samples": 4}
    arguments |= {"calculate_fid": False, "ema_update_every": 2, "results_folder": results}
    return Trainer(a_diffusion() if diffusion is None else diffusion, folder, **{**arguments, **options})


def everything(trainer: Trainer) -> dict[str, Tensor]:
    """Weights, average and the optimizer's state, copied."""
    names = {id(parameter): name for name, parameter in trainer.model.named_parameters()}
    moments = {
        f"{names[id(parameter)]}.{moment}": value
        for parameter, state in trainer.opt.state.items()
        for moment, value in state.items()
    }
    parts = {"raw": trainer.model.state_dict(), "ema": trainer.ema.ema_model.state_dict(), "opt": moments}
    return {f"{part}.{name}": tensor.clone() for part, tensors in parts.items() for name, tensor in tensors.items()}


def assert_equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    assert len({name.split(".")[0] for name in one}) == 3
    for name, tensor in one.items():
        assert torch.equal(tensor, other[name]), name


def test_trainer_when_trained_trains_the_given_model_into_a_run_folder(
    folder: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diffusion = a_diffusion()
    before = copy.deepcopy(diffusion.state_dict())
    trainer = a_trainer(folder, results, diffusion)
    trainer.train()
    assert trainer.model is diffusion
    assert trainer.step == 6
    assert not torch.equal(before["model.final_conv.weight"], diffusion.state_dict()["model.final_conv.weight"])
    for milestone in (1, 2, 3):
        assert (results / f"model-{milestone}.pt").is_file()
        with Image.open(results / f"sample-{milestone}.png") as grid:
            assert grid.size == (18, 18)
    assert "step 6 of 6: loss" in capsys.readouterr().out
    run = Run.open(results)
    assert run.planned_total == 6
    assert run.source_folder == folder
    assert list(read_losses(run.metrics_path)[0]) == list(range(1, 7))
    opened = load_checkpoint(results)
    for name, tensor in trainer.ema.ema_model.state_dict().items():
        assert torch.equal(opened.state_dict()[name], tensor), name
    assert trainer.ema.ema_model.sample(batch_size=2).shape == (2, 3, 8, 8)


def test_trainer_when_made_writes_its_arguments_as_the_runs_settings(folder: Path, results: Path) -> None:
    options = {
        "train_batch_size": 3,
        "gradient_accumulate_every": 2,
        "augment_horizontal_flip": False,
        "train_lr": 3e-4,
        "ema_update_every": 5,
        "ema_decay": 0.9,
        "adam_betas": (0.8, 0.95),
        "num_samples": 5,
        "max_grad_norm": 0.5,
        "train_num_steps": 2,
    }
    trainer = a_trainer(folder, results, **options)
    trainer.train()
    train = Run.open(results).config.train
    assert (train.batch_size, train.gradient_accumulate_every, train.learning_rate) == (3, 2, 3e-4)
    assert (train.ema_update_every, train.ema_decay, train.adam_betas) == (5, 0.9, (0.8, 0.95))
    assert (train.sample_count, train.max_grad_norm, train.steps) == (5, 0.5, 2)
    assert (train.weight_decay, train.warmup_steps, train.decay, train.amp) == (0, 0, "constant", "off")
    assert (train.sample_sampler, train.sample_steps) == ("ddim", 3)
    assert Run.open(results).config.data.horizontal_flip is False
    for group in trainer.opt.param_groups:
        assert (group["betas"], group["lr"], group["weight_decay"]) == ((0.8, 0.95), 3e-4, 0)


def test_trainer_when_compared_with_a_session_is_equal_bit_for_bit(folder: Path, results: Path, tmp_path: Path) -> None:
    diffusion = a_diffusion(unet={"dropout": 0.1, "self_condition": True}, immiscible=True)
    twin = copy.deepcopy(diffusion)
    trainer = a_trainer(folder, results, diffusion)
    trainer.train()
    config = Run.open(results).config
    scan = scan_all(folder)
    run = Run.create(tmp_path / "native", config, source_folder=folder, device="cpu", planned_total=6)
    pictures = next(item for item in load_pictures(scan, config.data) if isinstance(item, PictureSet))
    state = new_state(config, torch.device("cpu"), twin)
    for _ in TrainingSession(run, pictures, device="cpu", state=state).run():
        pass
    native, ours = twin.state_dict(), trainer.model.state_dict()
    assert all(torch.equal(native[name], ours[name]) for name in ours)
    averaged = trainer.ema.ema_model.state_dict()
    assert all(torch.equal(tensor, averaged[name]) for name, tensor in state.ema.module.state_dict().items())


def test_milestone_when_loaded_restores_everything(folder: Path, results: Path) -> None:
    trainer = a_trainer(folder, results)
    trainer.train()
    trainer.save("mine")
    expected = everything(trainer)
    other = a_trainer(folder, results)
    other.load("mine")
    assert other.step == 6
    assert_equal(everything(other), expected)


@pytest.mark.family
@pytest.mark.parametrize("again", ["another", "the same"])
def test_milestone_when_resumed_equals_the_training_that_never_stopped(
    folder: Path, results: Path, again: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer = a_trainer(folder, results)
    trainer.train()
    expected = everything(trainer)
    kept = (results / "model-3.pt").read_bytes()
    other = trainer if again == "the same" else a_trainer(folder, results)
    other.load(2)
    assert other.step == 4
    other.train()
    assert other.step == 6
    assert_equal(everything(other), expected)
    aside = results / "after-step-00000004"
    assert f"later steps is in {aside}" in capsys.readouterr().out
    assert (aside / "model-3.pt").read_bytes() == kept
    assert (aside / "sample-3.png").is_file()
    assert (aside / "checkpoints" / "step-00000006.json").is_file()
    assert (aside / "samples" / "step-00000006.png").is_file()
    assert (results / "model-3.pt").is_file()
    assert list(read_losses(Run.open(results).metrics_path)[0]) == list(range(1, 7))


@pytest.mark.long
def test_trainer_when_the_total_grows_continues(folder: Path, results: Path) -> None:
    trainer = a_trainer(folder, results)
    trainer.train()
    trainer.train_num_steps = 8
    trainer.train()
    assert trainer.step == 8
    assert Run.open(results).planned_total == 8
    assert (results / "model-4.pt").is_file()
    straight = a_trainer(folder, results.with_name("straight"), train_num_steps=8)
    straight.train()
    assert_equal(everything(trainer), everything(straight))


def test_trainer_when_the_folder_has_a_run_refuses_to_start_over(folder: Path, results: Path) -> None:
    a_trainer(folder, results).train()
    files = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    with pytest.raises(RunError, match=r"trainer\.load\(3\) before trainer\.train\(\)") as refused:
        a_trainer(folder, results).train()
    assert refused.value.code == "run.exists"
    assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == files


def of_the_library(results: Path, *, milestones: int, every: int) -> None:
    """A results folder as the library leaves it."""
    results.mkdir()
    for milestone in range(1, milestones + 1):
        diffusion = a_diffusion()
        optimizer = torch.optim.Adam(diffusion.parameters(), lr=1e-4, betas=(0.9, 0.99))
        diffusion(torch.rand(2, 3, 8, 8)).backward()
        optimizer.step()
        path = results / f"model-{milestone}.pt"
        export_checkpoint(path, diffusion, optimizer=optimizer, step=milestone * every)
        (results / f"sample-{milestone}.png").write_bytes(b"a grid")
    (results / "notes.txt").write_text("mine")


def test_milestones_of_the_library_when_resumed_are_kept(folder: Path, results: Path) -> None:
    of_the_library(results, milestones=3, every=2)
    later = (results / "model-3.pt").read_bytes()
    with pytest.raises(RunError, match=r"trainer\.load\(3\)"):
        a_trainer(folder, results).train()
    trainer = a_trainer(folder, results)
    trainer.load(2)
    assert trainer.step == 4
    assert all(state["step"] == 1 for state in trainer.opt.state.values())
    trainer.train()
    assert trainer.step == 6
    assert (results / "notes.txt").read_text() == "mine"
    assert (results / "sample-2.png").read_bytes() == b"a grid"
    assert (results / "after-step-00000004" / "model-3.pt").read_bytes() == later
    assert (results / "model-3.pt").read_bytes() != later
    assert load_checkpoint(results).sample(batch_size=1).shape == (1, 3, 8, 8)
    # From its first moment the run opens where the milestone was.
    assert Run.open(results).checkpoints_folder.joinpath("step-00000004.json").is_file()


def test_milestone_when_of_another_interval_stays_until_its_number_returns(folder: Path, results: Path) -> None:
    of_the_library(results, milestones=2, every=1)
    loaded = (results / "model-2.pt").read_bytes()
    trainer = a_trainer(folder, results)  # saves every 2 steps, so step 2 is its milestone 1
    trainer.load(2)
    trainer.train_num_steps = 3
    trainer.train()
    assert (results / "model-2.pt").read_bytes() == loaded  # the same script can be run again
    trainer.train_num_steps = 4
    trainer.train()
    assert (results / "loaded" / "model-2.pt").read_bytes() == loaded
    assert (results / "model-2.pt").read_bytes() != loaded


def test_checkpoint_of_the_library_when_loaded_is_resumed(folder: Path, results: Path) -> None:
    results.mkdir()
    shutil.copy(GOLDEN, results / "model-1.pt")
    diffusion = load_checkpoint(GOLDEN, weights="raw", image_size=16, sampling_timesteps=2)
    with torch.no_grad():
        diffusion.model.final_conv.weight.zero_()
    trainer = a_trainer(folder, results, diffusion, save_and_sample_every=1)
    trainer.load(1)
    stored = torch.load(GOLDEN, weights_only=True)
    assert trainer.step == stored["step"]
    assert all(torch.equal(tensor, diffusion.state_dict()[name]) for name, tensor in stored["model"].items())
    averaged = trainer.ema.ema_model.state_dict()
    assert all(torch.equal(tensor, stored["ema"][f"ema_model.{name}"]) for name, tensor in averaged.items())
    for parameter, state in zip(diffusion.parameters(), stored["opt"]["state"].values(), strict=True):
        assert all(torch.equal(trainer.opt.state[parameter][moment], value) for moment, value in state.items())
    trainer.train_num_steps = trainer.step + 1
    trainer.train()
    assert (results / f"model-{trainer.step}.pt").is_file()


def test_results_folder_when_it_has_other_files_keeps_them(folder: Path, results: Path) -> None:
    results.mkdir()
    (results / "notes.txt").write_text("mine")
    (results / "model-best.pt").write_bytes(b"theirs")
    a_trainer(folder, results, train_num_steps=2).train()
    assert (results / "notes.txt").read_text() == "mine"
    assert (results / "model-best.pt").read_bytes() == b"theirs"


def test_trainer_when_interrupted_saves_and_load_resumes(
    folder: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = a_trainer(folder, results.with_name("straight"))
    expected.train()
    trainer = a_trainer(folder, results)
    follow = Trainer._follow
    before = signal.getsignal(signal.SIGINT)

    def interrupted(self: Trainer, event: object) -> None:
        follow(self, event)
        if self.step == 3:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "_follow", interrupted)
        with pytest.raises(KeyboardInterrupt):
            trainer.train()
    assert signal.getsignal(signal.SIGINT) is before
    assert trainer.step == 3
    other = a_trainer(folder, results)
    other.load()
    assert other.step == 3
    other.train()
    assert_equal(everything(other), everything(expected))


def test_trainer_when_settings_differ_from_the_run_raises(folder: Path, results: Path) -> None:
    a_trainer(folder, results).train()
    other = a_trainer(folder, results, train_lr=5e-4)
    other.load(3)
    with pytest.raises(RunError, match=r"learning_rate = 0\.0001, not 0\.0005"):
        other.train()


def test_milestone_when_missing_raises_with_the_existing_ones(folder: Path, results: Path) -> None:
    trainer = a_trainer(folder, results)
    with pytest.raises(CheckpointError, match=r"no model-7\.pt; there is no model-N\.pt"):
        trainer.load(7)
    trainer.train()
    with pytest.raises(CheckpointError, match=r"no model-7\.pt; there is model-1\.pt, model-2\.pt, model-3\.pt"):
        trainer.load(7)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: a_diffusion(unet={"dim": 12}), r"is \(12,\) instead of \(8,\)|instead of"),
        (lambda: a_diffusion(beta_schedule="cosine"), "of another schedule or objective"),
        (lambda: a_diffusion(objective="pred_noise"), "its loss_weight is of another schedule or objective"),
    ],
)
def test_milestone_when_of_another_model_raises_and_changes_nothing(
    folder: Path, results: Path, make: Callable[[], GaussianDiffusion], words: str
) -> None:
    results.mkdir()
    export_checkpoint(results / "model-1.pt", make(), step=2)
    trainer = a_trainer(folder, results)
    before = everything(trainer)
    with pytest.raises(CheckpointError, match=words):
        trainer.load(1)
    after = everything(trainer)
    assert trainer.step == 0
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_milestone_when_it_lacks_settings_takes_them_from_the_run(
    folder: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def of_classes() -> GaussianDiffusion:
        return a_diffusion(unet={"num_classes": 2}, objective="pred_flow")

    trainer = a_trainer(folder, results, of_classes())
    trainer.train()
    assert trainer.model.class_names == ("ant", "bee")
    assert capsys.readouterr().out.count("have no place for") == 1
    assert not list(results.glob("model-*.pt"))
    assert (results / "sample-3.png").is_file()
    expected = everything(trainer)
    other = a_trainer(folder, results, of_classes())
    other.load(2)
    other.train()
    assert_equal(everything(other), expected)
    with pytest.raises(CheckpointError, match="no place for"):
        other.save(9)


@pytest.mark.family
@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB"), (4, "RGBA"), (3, None)])
def test_trainer_when_pictures_have_any_channels_and_sides_trains(
    folder: Path, results: Path, channels: int, mode: str | None
) -> None:
    diffusion = a_diffusion(unet={"channels": channels}, image_size=(8, 12), auto_normalize=False)
    trainer = a_trainer(folder, results, diffusion, convert_image_to=mode, train_num_steps=2)
    trainer.train()
    data = Run.open(results).config.data
    assert (data.channels, data.height_and_width) == (channels, (8, 12))
    with Image.open(results / "sample-1.png") as grid:
        assert grid.size == (26, 18)


def test_mixed_precision_when_chosen_is_what_the_device_has(folder: Path, results: Path) -> None:
    a_trainer(folder, results, amp=True, train_num_steps=2).train()
    assert Run.open(results).config.train.amp in {"auto", "fp16"}
    half = a_trainer(folder, results.with_name("half"), amp=True, mixed_precision_type="bf16", train_num_steps=2)
    half.train()
    assert Run.open(half.results_folder).config.train.amp == "bf16"


def test_trainer_when_results_lie_in_the_folder_does_not_train_on_its_samples(folder: Path) -> None:
    results = folder / "results"
    of_the_library(results, milestones=1, every=2)
    Image.new("RGB", (9, 9)).save(results / "sample-1.png")
    trainer = a_trainer(folder, results)
    assert len(trainer._scan.pictures) == 10


def test_trainer_when_torch_is_seeded_takes_its_seed(folder: Path, results: Path) -> None:
    seeds = []
    for number in (1, 1, 2):
        diffusion = a_diffusion()
        torch.manual_seed(number)
        trainer = a_trainer(folder, results.with_name(f"{len(seeds)}"), diffusion, train_num_steps=2)
        trainer.train()
        seeds.append(Run.open(trainer.results_folder).config.train.seed)
    assert seeds[0] == seeds[1] != seeds[2]
