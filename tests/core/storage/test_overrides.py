"""What is said of a model as it is opened: taken where the file leaves it open or agrees, refused where it does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import core
from core.compat.files import recognise
from core.errors import ConfigError
from core.networks.build import build_diffusion
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.overrides import FIXED, FREE
from core.runs.run import Run
from core.settings import RunConfig

TINY = {"dim": 8, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 4, "channels": 1}


def config_of(**settings: Any) -> RunConfig:
    return RunConfig().with_settings(
        {**TINY, "timesteps": 20, "sample_steps": 5, "image_size": 12, "image_height": 8, **settings}
    )


@pytest.fixture(params=["run", "library"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same model, T = 20, sigmoid, pred_v: as a checkpoint of a run, of 12×8 px, and as the library's file."""
    model = build_diffusion(config_of())
    if request.param == "run":
        state = model.state_dict()
        return save_checkpoint(tmp_path, Checkpoint(step=1, config=config_of(), model=state, ema=state))
    core.export_checkpoint(tmp_path / "model-1.pt", model)
    return tmp_path / "model-1.pt"


def test_one_number_is_a_square_and_two_are_height_and_width(path: Path) -> None:
    for said, size in ((32, (32, 32)), ((16, 24), (16, 24)), ([16, 16], (16, 16))):
        assert core.load_checkpoint(path, image_size=said).image_size == size


def test_how_a_model_is_used_can_be_said_of_any_file(path: Path) -> None:
    said = {
        "sampling_timesteps": 4,
        "ddim_sampling_eta": 0.5,
        "auto_normalize": False,
        "dropout": 0.1,
        "offset_noise_strength": 0.2,
        "immiscible": True,
        "immiscible_candidates": 3,
        "class_dropout": 0.3,
        "class_names": None,
    }
    opened = core.load_checkpoint(path, flash_attn=True, image_size=8, **said)
    assert set(said) | {"flash_attn", "image_size"} == set(FREE)
    dropout = said.pop("dropout")
    assert {name: getattr(opened, name) for name in said} == said
    assert opened.model.settings.dropout == dropout and opened.model.mid_attn.flash


AGREEING: list[dict[str, Any]] = [
    {
        "timesteps": 20,
        "beta_schedule": "sigmoid",
        "schedule_fn_kwargs": {},
        "objective": "pred_v",
        "min_snr_gamma": None,
        "dim": 8,
        "init_dim": None,
        "dim_mults": [1, 2],
        "patch_size": 1,
        "channels": 1,
        "attn_heads": 1,
        "attn_dim_head": 4,
        "self_condition": False,
        "full_attn": None,
        "num_classes": None,
        "learned_sinusoidal_cond": False,
        "random_fourier_features": False,
        "learned_sinusoidal_dim": 16,
        "sinusoidal_pos_emb_theta": 10_000,
    },
    {"schedule_fn_kwargs": {"tau": 1.0}, "full_attn": False, "attn_heads": (1, 1), "init_dim": 8, "dim": "8"},
    {"schedule_fn_kwargs": ("start=-3",), "full_attn": (False, True), "min_snr_gamma": "off"},
]


@pytest.mark.parametrize("said", AGREEING)
def test_what_agrees_with_the_file_may_be_said(path: Path, said: dict[str, Any]) -> None:
    assert set(AGREEING[0]) == set(FIXED)
    opened, plain = core.load_checkpoint(path, **said), core.load_checkpoint(path)
    assert all(torch.equal(tensor, plain.state_dict()[key]) for key, tensor in opened.state_dict().items())
    assert (opened.beta_schedule, opened.objective, opened.num_timesteps) == ("sigmoid", "pred_v", 20)


@pytest.mark.family(first=10)
@pytest.mark.parametrize(
    ("name", "value", "truth"),
    [
        ("timesteps", 1000, "20"),
        ("timesteps", "many", "20"),
        ("beta_schedule", "cosine", "sigmoid"),
        ("schedule_fn_kwargs", {"tau": 0.5}, "no options"),
        ("schedule_fn_kwargs", {"colour": 1}, "no options"),
        ("objective", "pred_noise", "pred_v"),
        ("objective", "pred_everything", "pred_v"),
        ("min_snr_gamma", 5, "off"),
        ("dim", 16, "8"),
        ("init_dim", 4, "8"),
        ("dim_mults", (1, 2, 4), "1, 2"),
        ("channels", 3, "1"),
        ("self_condition", True, "False"),
        ("attn_heads", 4, "1, 1"),
        ("attn_dim_head", (4, 8), "4, 4"),
        ("full_attn", True, "False, True"),
        ("learned_sinusoidal_cond", True, "False"),
        ("random_fourier_features", True, "False"),
        ("num_classes", 3, "no classes"),
    ],
)
def test_what_contradicts_the_file_is_refused_with_what_it_says(
    path: Path, name: str, value: object, truth: str
) -> None:
    assert name in FIXED
    with pytest.raises(ConfigError, match=f"{name}: the file says {truth}[.]"):
        core.load_checkpoint(path, **{name: value})


@pytest.mark.family(first=8)
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("colour", "red", "colour.*image_size"),
        ("batch_size", 4, "batch_size.*image_size"),
        ("image_height", 8, r"image_size=\(height, width\)"),
        ("min_snr_loss_weight", True, "min_snr_gamma"),
        ("image_size", 7, "image_size"),
        ("image_size", (8, 8, 8), "image_size"),
        ("image_size", "large", "image_size"),
        ("image_size", None, "image_size"),
        ("image_size", True, "image_size"),
        ("sampling_timesteps", 21, "sampling_timesteps"),
        ("sampling_timesteps", "many", "sampling_timesteps"),
        ("ddim_sampling_eta", 2, "ddim_sampling_eta"),
        ("auto_normalize", "perhaps", "auto_normalize"),
        ("class_names", ("a", "b"), "class_names: this model knows no classes"),
    ],
)
def test_what_no_model_has_is_refused_by_name(path: Path, name: str, value: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        core.load_checkpoint(path, **{name: value})


def test_classes_may_be_called_otherwise_and_not_be_others(tmp_path: Path) -> None:
    config = config_of(labels="folders", class_names=("cat", "dog"))
    model = build_diffusion(config)
    state = model.state_dict()
    files = [save_checkpoint(tmp_path, Checkpoint(step=1, config=config, model=state, ema=state))]
    files += [tmp_path / "m.safetensors", tmp_path / "bare.pt"]
    core.export_checkpoint(files[1], model)
    torch.save(state, files[2])
    for path in files:
        assert core.load_checkpoint(path, class_names=("chat", "chien"), num_classes=2).class_names == ("chat", "chien")
        assert core.load_checkpoint(path, class_names=None).class_names is None
        with pytest.raises(ConfigError, match="class_names: 2 names"):
            core.load_checkpoint(path, class_names=("cat", "dog", "owl"))


def test_learned_and_random_frequencies_look_alike_and_can_be_told_apart(
    elsewhere: SimpleNamespace, tmp_path: Path
) -> None:
    path = tmp_path / "m.pt"
    torch.save(elsewhere.network(random_fourier_features=True).state_dict(), path)
    for said, is_random in (
        ({}, False),
        ({"learned_sinusoidal_cond": True}, False),
        ({"learned_sinusoidal_cond": False}, True),
        ({"random_fourier_features": True, "learned_sinusoidal_cond": True}, True),
    ):
        settings = core.load_checkpoint(path, learned_sinusoidal_dim=16, **said).model.settings
        assert settings.random_fourier_features == is_random
    with pytest.raises(ConfigError, match="learned or random frequencies"):
        core.load_checkpoint(path, learned_sinusoidal_cond=False, random_fourier_features=False)


# --- the library's files inside a run folder --------------------------------------------------------------


def test_a_milestone_in_a_run_folder_takes_what_it_does_not_say_from_the_run(tmp_path: Path) -> None:
    settings = {"auto_normalize": False, "ddim_sampling_eta": 0.25, "sinusoidal_pos_emb_theta": 500, "min_snr_gamma": 5}
    config = config_of(**settings)
    run = Run.create(tmp_path / "run", config, source_folder=tmp_path, device="cpu", planned_total=9)
    path = run.folder / "model-1.pt"
    with pytest.warns(UserWarning, match="auto_normalize=False, ddim_sampling_eta=0.25, sinusoidal_pos_emb_theta=500"):
        core.export_checkpoint(path, build_diffusion(config))
    opened = core.load_checkpoint(path)
    assert (opened.image_size, opened.auto_normalize, opened.ddim_sampling_eta) == ((8, 12), False, 0.25)
    assert opened.model.settings.sinusoidal_pos_emb_theta == 500 and recognise(path).unknown == ()
    assert core.load_checkpoint(path, image_size=16, auto_normalize=True).image_size == (16, 16)
    # Of another model, of which the run says nothing.
    core.export_checkpoint(path, build_diffusion(config_of(timesteps=30)))
    other = core.load_checkpoint(path)
    assert (other.num_timesteps, other.image_size, other.auto_normalize) == (30, (32, 32), True)
    assert "image_size" in recognise(path).unknown
    # A run.json that cannot be read is no reason to refuse a whole file.
    (run.folder / "run.json").write_text("{")
    assert core.load_checkpoint(path).image_size == (32, 32)
