"""Names, arguments and tensors of denoising-diffusion-pytorch 2.3.4, as they were recorded from it."""

from __future__ import annotations

import hashlib
import inspect
import pickle

import pytest
import torch

import core
from core import GaussianDiffusion, Trainer, Unet
from core.compat.left_out import REFUSED
from core.errors import ConfigError

REQUIRED = inspect.Parameter.empty

#: Class → its arguments and their defaults, in order.
ARGUMENTS = {
    Unet: {
        "dim": REQUIRED,
        "init_dim": None,
        "out_dim": None,
        "dim_mults": (1, 2, 4, 8),
        "channels": 3,
        "self_condition": False,
        "learned_variance": False,
        "learned_sinusoidal_cond": False,
        "random_fourier_features": False,
        "learned_sinusoidal_dim": 16,
        "sinusoidal_pos_emb_theta": 10000,
        "dropout": 0.0,
        "attn_dim_head": 32,
        "attn_heads": 4,
        "full_attn": None,
        "flash_attn": False,
    },
    GaussianDiffusion: {
        "model": REQUIRED,
        "image_size": REQUIRED,
        "timesteps": 1000,
        "sampling_timesteps": None,
        "objective": "pred_v",
        "beta_schedule": "sigmoid",
        "schedule_fn_kwargs": {},
        "ddim_sampling_eta": 0.0,
        "auto_normalize": True,
        "offset_noise_strength": 0.0,
        "min_snr_loss_weight": False,
        "min_snr_gamma": 5,
        "immiscible": False,
    },
    Trainer: {
        "diffusion_model": REQUIRED,
        "folder": REQUIRED,
        "train_batch_size": 16,
        "gradient_accumulate_every": 1,
        "augment_horizontal_flip": True,
        "train_lr": 1e-4,
        "train_num_steps": 100_000,
        "ema_update_every": 10,
        "ema_decay": 0.995,
        "adam_betas": (0.9, 0.99),
        "save_and_sample_every": 1000,
        "num_samples": 25,
        "results_folder": "./results",
        "amp": False,
        "mixed_precision_type": "fp16",
        "split_batches": True,
        "convert_image_to": None,
        "calculate_fid": True,
        "inception_block_idx": 2048,
        "max_grad_norm": 1.0,
        "num_fid_samples": 50_000,
        "save_best_and_latest_only": False,
    },
}

#: Options of a Unet, the number of its tensors, and a digest of their names and shapes, and of its parameters' order.
STATES = [
    ({"dim": 8}, 245, "8f8a020aac46c024", "5d9629eba396a179"),
    (
        {"dim": 8, "init_dim": 6, "out_dim": 5, "dim_mults": (1, 3), "channels": 2},
        141,
        "50ec0f41a40058da",
        "9dce918da9a81927",
    ),
    (
        {"dim": 8, "dim_mults": (1, 2, 2), "self_condition": True, "full_attn": True, "flash_attn": True},
        189,
        "6f68deb2cf33a8c9",
        "9f2718165a9ef42b",
    ),
    (
        {
            "dim": 8,
            "dim_mults": (2, 1, 2),
            "full_attn": (True, False, False),
            "attn_heads": (1, 2, 3),
            "attn_dim_head": (4, 8, 2),
        },
        193,
        "32764e18d2609dc3",
        "72e2da00a408690c",
    ),
    (
        {"dim": 8, "dim_mults": (1, 2), "full_attn": False, "attn_heads": 2, "attn_dim_head": 16, "channels": 1},
        141,
        "33c3b888eb26e8e1",
        "9dce918da9a81927",
    ),
    (
        {"dim": 8, "dim_mults": (1,), "learned_sinusoidal_cond": True, "learned_sinusoidal_dim": 6},
        90,
        "8878fa9cfa4cf098",
        "4e5d3a5a65960560",
    ),
    ({"dim": 8, "dim_mults": (1, 2), "random_fourier_features": True}, 142, "1c4f2d6ec367220e", "dc7301a9919adf8a"),
    (
        {
            "dim": 10,
            "dim_mults": (1, 2),
            "sinusoidal_pos_emb_theta": 100,
            "dropout": 0.1,
            "channels": 4,
            "self_condition": True,
        },
        141,
        "1b584cfc25803e5b",
        "9dce918da9a81927",
    ),
]

#: Everything that its package exports.
EXPORTED = [
    "GaussianDiffusion",
    "Unet",
    "Trainer",
    "LearnedGaussianDiffusion",
    "ContinuousTimeGaussianDiffusion",
    "WeightedObjectiveGaussianDiffusion",
    "ElucidatedDiffusion",
    "VParamContinuousTimeGaussianDiffusion",
    "GaussianDiffusion1D",
    "Unet1D",
    "Trainer1D",
    "Dataset1D",
    "KarrasUnet",
    "InvSqrtDecayLRSched",
    "KarrasUnet1D",
    "KarrasUnet3D",
    "XMWrapper",
    # not exported at the top, and used all the same
    "Dataset",
]


def digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@pytest.mark.parametrize("kind", ARGUMENTS, ids=lambda kind: kind.__name__)
def test_arguments_when_compared_with_the_library_have_its_order_and_defaults(kind: type) -> None:
    ours = {name: p.default for name, p in list(inspect.signature(kind.__init__).parameters.items())[1:]}
    ours = {name: dict(value) if name == "schedule_fn_kwargs" else value for name, value in ours.items()}
    expected = ARGUMENTS[kind]
    assert list(ours)[: len(expected)] == list(expected)
    assert {name: ours[name] for name in expected} == expected


@pytest.mark.parametrize(("options", "count", "names_and_shapes", "order"), STATES)
def test_tensors_when_compared_with_the_library_have_its_names_shapes_and_order(
    options: dict[str, object], count: int, names_and_shapes: str, order: str
) -> None:
    unet = Unet(**options)
    state = unet.state_dict()
    assert len(state) == count
    assert digest([f"{name} {tuple(tensor.shape)}" for name, tensor in state.items()]) == names_and_shapes
    # An optimizer's state counts the parameters.
    assert digest([name for name, _ in unet.named_parameters()]) == order


@pytest.mark.parametrize("option", ["learned_sinusoidal_cond", "random_fourier_features"])
def test_fourier_features_when_called_see_time_from_0_to_1(option: str) -> None:
    unet = Unet(4, dim_mults=(1,), attn_heads=1, attn_dim_head=2, **{option: True})
    diffusion = GaussianDiffusion(unet, image_size=4, timesteps=41)
    seen: list[torch.Tensor] = []
    unet.time_mlp.register_forward_pre_hook(lambda _, times: seen.append(times[0]))
    diffusion(torch.rand(3, 3, 4, 4), times=torch.tensor([0, 10, 40])).backward()
    torch.testing.assert_close(seen[0], torch.tensor([0, 0.25, 1.0]))


def test_names_of_the_library_when_imported_exist_or_are_refused_with_a_reason() -> None:
    assert {name for name in EXPORTED if name not in core.__all__} == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_variants_when_left_out_are_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is not part of this program: .{{20,}}"):
        exec(f"from core import {name}")
    assert name not in dir(core)


@pytest.mark.parametrize("name", ["Unett", "__wrapped__", "__path_hooks__", "load_tests"])
def test_names_when_unknown_to_the_library_raise_as_usual(name: str) -> None:
    assert not hasattr(core, name)
    with pytest.raises(ImportError):
        exec(f"from core import {name}")


def test_public_names_when_pickled_survive() -> None:
    for name in core.__all__:
        assert name in dir(core)
        value = getattr(core, name)
        if inspect.isclass(value):
            assert pickle.loads(pickle.dumps(value)) is value
