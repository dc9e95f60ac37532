"""Arguments of denoising-diffusion-pytorch's Trainer: which are refused, with which words, and which warn."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from PIL import Image

from core import GaussianDiffusion, Trainer, Unet
from core.compat.left_out import LEFT_OUT_OF_TRAINER
from core.compat.trainer import _say_that_there_is_no_fid
from core.errors import ConfigError, DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("ant", "bee"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("RGB", (9, 9)).save(tmp_path / "pictures" / name / "0.png")
    return tmp_path / "pictures"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def a_diffusion(**options: object) -> GaussianDiffusion:
    unet = Unet(4, dim_mults=(1,), attn_heads=1, attn_dim_head=2, **options)
    return GaussianDiffusion(unet, image_size=8, timesteps=25)


def a_trainer(folder: Path, results: Path, diffusion: GaussianDiffusion | None = None, **options: object) -> Trainer:
    arguments = {"calculate_fid": False, "results_folder": results, **options}
    return Trainer(a_diffusion() if diffusion is None else diffusion, folder, **arguments)


def test_trainer_when_fid_is_asked_for_warns_once(folder: Path, results: Path) -> None:
    _say_that_there_is_no_fid.cache_clear()
    with pytest.warns(UserWarning, match="would have to be downloaded") as told:
        a_trainer(folder, results, calculate_fid=True)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a_trainer(folder, results, calculate_fid=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"save_best_and_latest_only": True}, "save_best_and_latest_only is not part of this program"),
        ({"train_lr": -1}, "“-1” is not a value of train_lr"),
        ({"train_batch_size": 0}, "“0” is not a value of train_batch_size"),
        ({"train_num_steps": 1.5}, "“1.5” is not a value of train_num_steps"),
        ({"num_samples": 0}, "“0” is not a value of num_samples"),
        ({"adam_betas": (0.9,)}, "two numbers"),
        ({"ema_decay": 1.5}, "“1.5” is not a value of ema_decay"),
        ({"mixed_precision_type": "fp8"}, "one of fp16, bf16, no"),
        ({"convert_image_to": "L"}, "a network of 3 channels sees RGB"),
        ({"convert_image_to": "HSV"}, "one of L, LA, RGB, RGBA"),
    ],
)
def test_trainer_when_arguments_are_invalid_raises_with_their_names(
    folder: Path, results: Path, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        a_trainer(folder, results, **wrong)
    assert not results.exists()


def test_trainer_when_classes_differ_from_sub_folders_raises(folder: Path, results: Path) -> None:
    with pytest.raises(ConfigError, match="2 of its sub-folders hold pictures"):
        a_trainer(folder, results, a_diffusion(num_classes=3))


def test_trainer_when_the_folder_has_no_pictures_raises(tmp_path: Path, results: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        a_trainer(tmp_path / "empty", results)


def test_trainer_when_the_network_is_not_a_unet_raises_with_the_reason(folder: Path, results: Path) -> None:
    class OwnUnet(Unet):
        pass

    diffusion = GaussianDiffusion(OwnUnet(4, dim_mults=(1,)), image_size=8, timesteps=25)
    with pytest.raises(ConfigError, match="a run folder must open by itself"):
        a_trainer(folder, results, diffusion)


def test_trainer_when_made_has_the_librarys_attributes(folder: Path, results: Path) -> None:
    options = {"gradient_accumulate_every": 2, "max_grad_norm": 0.5, "num_samples": 5, "train_batch_size": 3}
    trainer = a_trainer(folder, results, **options)
    assert {name: getattr(trainer, name) for name in options if name != "train_batch_size"} | {
        "train_batch_size": trainer.batch_size
    } == options
    assert (trainer.channels, trainer.image_size) == (3, (8, 8))
    assert (trainer.step, trainer.train_num_steps, trainer.save_and_sample_every) == (0, 100_000, 1000)
    assert (trainer.results_folder, trainer.device.type) == (results, trainer.model.device.type)
    assert isinstance(trainer.opt, torch.optim.Optimizer)
    assert isinstance(trainer.ema.ema_model, GaussianDiffusion)


@pytest.mark.parametrize("name", LEFT_OUT_OF_TRAINER)
def test_trainer_when_the_librarys_loop_is_touched_raises_with_the_name(folder: Path, results: Path, name: str) -> None:
    trainer = a_trainer(folder, results)
    assert not hasattr(trainer, name)
    with pytest.raises(ConfigError, match=f"^Trainer.{name} is not part of this program: .{{20,}}"):
        getattr(trainer, name)
    with pytest.raises(AttributeError, match="no attribute 'teacher'"):
        trainer.teacher  # noqa: B018


@pytest.mark.parametrize("milestone", [-1, 1.5, True, "", "a/b", "..\\x", "\0", None, 10**400, "long" * 100])
def test_milestone_when_not_part_of_a_file_name_raises(folder: Path, results: Path, milestone: object) -> None:
    trainer = a_trainer(folder, results)
    with pytest.raises(ConfigError, match="milestone: a whole number from 0, or a word without slashes"):
        trainer.save(milestone)
    if milestone is not None:
        with pytest.raises(ConfigError, match="milestone"):
            trainer.load(milestone)
