"""A model in any form of file opens as what it was, or is refused by name: whatever is said of it, whatever is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

import core
from core.compat.files import recognise
from core.compat.weights_file import METADATA_KEY
from core.errors import CheckpointError, ConfigError
from core.networks.build import build_diffusion
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.fitting import TABLES
from core.runs.overrides import FIXED, model_settings
from core.runs.tensor_header import read_header
from core.runs.tensors import write_tensors
from core.settings import RunConfig

State = dict[str, torch.Tensor]

#: What of a model is compared, beside its tensors.
SAID_OF_A_MODEL = ("image_size", "objective", "min_snr_gamma", "auto_normalize", "ddim_sampling_eta", "num_classes")
SCHEDULES: list[dict[str, Any]] = [
    {"beta_schedule": "linear"},
    {"beta_schedule": "cosine"},
    {"beta_schedule": "cosine", "schedule_fn_kwargs": ("s=0.02",)},
    {"beta_schedule": "sigmoid"},
    {"beta_schedule": "sigmoid", "schedule_fn_kwargs": ("tau=0.7",)},
    {"beta_schedule": "rectified_flow", "schedule_fn_kwargs": ("shift=3",)},
    {"beta_schedule": "drawn", "schedule_fn_kwargs": ("a3=0.8", "a7=0.12")},
]


def drawn_config(seed: int) -> RunConfig:
    """A tiny model with settings of every kind."""
    draw = random.Random(seed)
    settings: dict[str, Any] = {
        "dim": 8,
        "dim_mults": draw.choice([(1,), (1, 2)]),
        "attn_heads": 1,
        "attn_dim_head": 4,
        "channels": draw.choice([1, 3]),
        "image_size": draw.choice([8, 12]),
        "image_height": draw.choice([None, 16]),
        "timesteps": draw.choice([25, 60]),
        "sample_steps": 5,
        "objective": draw.choice(["pred_noise", "pred_x0", "pred_v", "pred_flow"]),
        "min_snr_gamma": draw.choice([None, 0.5, 5.0]),
        "self_condition": draw.random() < 0.5,
        "patch_size": draw.choice([1, 1, 2]),
        "auto_normalize": draw.random() < 0.5,
        "ddim_sampling_eta": draw.choice([0.0, 0.3]),
        **draw.choice(SCHEDULES),
        **draw.choice([{}, {"labels": "folders", "class_names": ("cat", "dog", "owl")}]),
        **draw.choice([{"sinusoidal_pos_emb_theta": 500.0}, {"random_fourier_features": True}, {}]),
    }
    return RunConfig().with_settings(settings)


def write_run(folder: Path, config: RunConfig, state: State) -> Path:
    save_checkpoint(folder / "run", Checkpoint(step=3, config=config, model=state, ema=state))
    return folder / "run"


def write_torch(folder: Path, _config: RunConfig, state: State) -> Path:
    torch.save(state, folder / "bare.pt")
    return folder / "bare.pt"


def write_safetensors(folder: Path, _config: RunConfig, state: State) -> Path:
    save_file(state, folder / "bare.safetensors")
    return folder / "bare.safetensors"


def write_noted(folder: Path, config: RunConfig, state: State) -> Path:
    """As exported, and then without what `state` has lost."""
    path = folder / "noted.safetensors"
    core.export_checkpoint(path, build_diffusion(config))
    with path.open("rb") as file:
        notes = read_header(file).metadata[METADATA_KEY]
    write_tensors(path, state, {METADATA_KEY: notes})
    return path


def write_library(folder: Path, config: RunConfig, state: State) -> Path:
    """As exported; the average has lost nothing."""
    whole = build_diffusion(config)
    whole.load_state_dict(state, strict=False)
    path = folder / "model-1.pt"
    core.export_checkpoint(path, whole, step=3)
    content = torch.load(path, weights_only=True)
    torch.save({**content, "model": state}, path)
    return path


FORMS: dict[str, Callable[[Path, RunConfig, State], Path]] = {
    "run": write_run,
    "torch": write_torch,
    "safetensors": write_safetensors,
    "noted": write_noted,
    "library": write_library,
}


def assert_same(opened: core.GaussianDiffusion, made: core.GaussianDiffusion) -> None:
    theirs, ours = made.state_dict(), opened.state_dict()
    assert list(ours) == list(theirs) and all(torch.equal(ours[name], theirs[name]) for name in theirs)
    for name in SAID_OF_A_MODEL:
        assert getattr(opened, name) == getattr(made, name), name
    of_network = ("dim", "dim_mults", "patch_size", "self_condition")
    for name in (*of_network, "random_fourier_features", "sinusoidal_pos_emb_theta"):
        assert getattr(opened.model.settings, name) == getattr(made.model.settings, name), name
    assert opened.beta_schedule == made.beta_schedule


def other_value(name: str, truth: Mapping[str, Any]) -> Any:
    """A value of the right kind that the model does not have."""
    match truth[name]:
        case bool(value):
            return not value
        case int() | float() as number:
            return 2 * number
        case None:
            return 3
        case dict():
            return {"nonsense": 1.5}
        case str(value):
            return next(
                row for row in core.settings.SETTINGS[name].values if row not in (value, "pred_flow", "pred_noise")
            )
        case tuple(values):
            return (*(not value for value in values),) if name == "full_attn" else (*values, 2)
    raise AssertionError(name)


def try_everything(folder: Path, seed: int, *, lies: int, losses: int) -> list[str]:
    """Save in every form, open, say and lose; what was refused without naming what it is about.

    lies: how many settings are contradicted, of each form. losses: how many tables and how many weights are lost.
    """
    config = drawn_config(seed)
    torch.manual_seed(seed)
    made = build_diffusion(config).eval()
    truth, state = model_settings(config), dict(made.state_dict())
    numbers, draw, unnamed = count(), random.Random(seed), []

    random_times = config.model.random_fourier_features
    without_effect = (
        ("sinusoidal_pos_emb_theta", "learned_sinusoidal_cond") if random_times else ("learned_sinusoidal_dim",)
    )

    def written(form: str, what: State) -> Path:
        place = folder / f"{seed}-{form}-{next(numbers)}"
        place.mkdir()
        return FORMS[form](place, config, what)

    for form in FORMS:
        try:
            path = written(form, state)
        except CheckpointError as error:
            assert error.code == "checkpoint.no-place" and form == "library"
            continue
        unknown = () if form == "run" else recognise(path).unknown
        open_to_say = {name: truth[name] for name in unknown}
        assert_same(core.load_checkpoint(path, **open_to_say), made)
        repeated = {name: truth[name] for name in FIXED}
        assert_same(core.load_checkpoint(path, **{**open_to_say, **repeated}), made)
        for name in draw.sample(FIXED, lies):
            if name in unknown or (name in without_effect and form != "run"):
                continue
            with pytest.raises(ConfigError) as refused:
                core.load_checkpoint(path, **{name: other_value(name, truth)})
            assert name in str(refused.value) and "the file says" in str(refused.value)
        weights = set(state) - set(TABLES)
        if form not in ("run", "noted"):
            weights.discard("model.class_emb.weight")  # what is left is a whole network that knows no classes
        for lost in (*draw.sample(TABLES, losses), *draw.sample(sorted(weights), losses)):
            path = written(form, {name: tensor for name, tensor in state.items() if name != lost})
            with pytest.raises(CheckpointError) as refused:
                core.load_checkpoint(path)
            if lost.removeprefix("model.") not in str(refused.value):
                unnamed.append(f"{form}: {lost}: {refused.value}")
    return unnamed


@pytest.mark.parametrize("seed", [2, 3, 6])
@pytest.mark.filterwarnings("ignore:.*has no place for")
def test_any_model_in_any_form_opens_as_it_was_or_is_refused_by_name(tmp_path: Path, seed: int) -> None:
    assert try_everything(tmp_path, seed, lies=5, losses=1) == []
