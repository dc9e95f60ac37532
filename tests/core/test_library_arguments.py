"""What the library's Trainer is given: what is refused, in its own words, and what is said."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from PIL import Image

from core import GaussianDiffusion, Trainer, Unet
from core.errors import ConfigError, DataError
from core.library_trainer import _say_that_there_is_no_fid


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


def test_no_fid_is_said_once(folder: Path, results: Path) -> None:
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
        ({"mixed_precision_type": "fp8"}, "fp16, bf16 or no"),
        ({"convert_image_to": "L"}, "a network of 3 channels sees RGB"),
        ({"convert_image_to": "HSV"}, "one of L, LA, RGB, RGBA"),
    ],
)
def test_arguments_that_cannot_work_are_refused_by_their_names(
    folder: Path, results: Path, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        a_trainer(folder, results, **wrong)
    assert not results.exists()


def test_classes_are_as_many_as_sub_folders(folder: Path, results: Path) -> None:
    with pytest.raises(ConfigError, match="2 of its sub-folders hold pictures"):
        a_trainer(folder, results, a_diffusion(num_classes=3))


def test_a_folder_without_pictures_is_refused(tmp_path: Path, results: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no pictures"):
        a_trainer(tmp_path / "empty", results)


def test_a_network_of_ones_own_is_refused_with_the_reason(folder: Path, results: Path) -> None:
    class OwnUnet(Unet):
        pass

    diffusion = GaussianDiffusion(OwnUnet(4, dim_mults=(1,)), image_size=8, timesteps=25)
    with pytest.raises(ConfigError, match="a run folder must open by itself"):
        a_trainer(folder, results, diffusion)
