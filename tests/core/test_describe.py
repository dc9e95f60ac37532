"""A live model and the settings that make it again."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from core import GaussianDiffusion, Unet
from core.errors import ConfigError
from core.networks.build import build_diffusion, describe
from core.settings import RunConfig


def per_stage(numbers: st.SearchStrategy, stages: int) -> st.SearchStrategy:
    return numbers | st.lists(numbers, min_size=stages, max_size=stages).map(tuple)


@st.composite
def unets(draw: st.DrawFn) -> Unet:
    stages = draw(st.integers(1, 3))
    return Unet(
        dim=draw(st.sampled_from([4, 6])),
        init_dim=draw(st.none() | st.integers(1, 7)),
        dim_mults=draw(st.lists(st.integers(1, 2), min_size=stages, max_size=stages)),
        channels=draw(st.integers(1, 4)),
        self_condition=draw(st.booleans()),
        learned_sinusoidal_cond=draw(st.booleans()),
        random_fourier_features=draw(st.booleans()),
        learned_sinusoidal_dim=draw(st.sampled_from([2, 16])),
        sinusoidal_pos_emb_theta=draw(st.sampled_from([10000, 100.5])),
        dropout=draw(st.sampled_from([0.0, 0.25])),
        attn_dim_head=draw(per_stage(st.integers(1, 4), stages)),
        attn_heads=draw(per_stage(st.integers(1, 2), stages)),
        full_attn=draw(st.none() | per_stage(st.booleans(), stages)),
        flash_attn=draw(st.booleans()),
        num_classes=draw(st.none() | st.integers(2, 3)),
        patch_size=draw(st.sampled_from([1, 2, 4])),
    )


@st.composite
def diffusions(draw: st.DrawFn) -> GaussianDiffusion:
    unet = draw(unets())
    sides = st.integers(1, 3).map(lambda times: times * unet.downsample_factor)
    timesteps = draw(st.integers(21, 60))
    schedule, options = draw(
        st.sampled_from(
            [
                ("linear", {}),
                ("cosine", {}),
                ("cosine", {"s": 0.012}),
                ("sigmoid", {"start": -2, "end": 3, "tau": 0.7}),
                ("rectified_flow", {"shift": 1 / 3}),
            ]
        )
    )
    return GaussianDiffusion(
        unet,
        image_size=draw(sides | st.tuples(sides, sides)),
        timesteps=timesteps,
        sampling_timesteps=draw(st.none() | st.integers(1, timesteps)),
        objective=draw(st.sampled_from(["pred_noise", "pred_x0", "pred_v", "pred_flow"])),
        beta_schedule=schedule,
        schedule_fn_kwargs=options,
        ddim_sampling_eta=draw(st.floats(0, 1)),
        auto_normalize=draw(st.booleans()),
        offset_noise_strength=draw(st.sampled_from([0.0, 0.1])),
        min_snr_loss_weight=draw(st.booleans()),
        min_snr_gamma=draw(st.sampled_from([5, 2.5])),
        immiscible=draw(st.booleans()),
        immiscible_candidates=draw(st.sampled_from([0, 4])),
        class_dropout=draw(st.sampled_from([0.1, 0.3])),
    )


def loss_of(diffusion: GaussianDiffusion) -> Tensor:
    torch.manual_seed(0)
    pictures = torch.rand(2, diffusion.channels, *diffusion.image_size)
    classes = None if diffusion.num_classes is None else torch.tensor([0, 1])
    t, noise = torch.tensor([1, 20]), torch.randn_like(pictures)
    noise = diffusion.prepare_noise(pictures, noise, generator=torch.Generator().manual_seed(1))
    x_start = diffusion.normalize(pictures)
    return diffusion.training_losses(x_start, t, noise, classes=classes, self_condition_draw=True).weighted


@pytest.mark.long
@given(diffusions())
@settings(max_examples=25, deadline=None)
def test_describe_when_built_again_gives_the_same_model(diffusion: GaussianDiffusion) -> None:
    config = describe(diffusion)
    assert RunConfig.from_dict(config.to_dict()) == config
    again = build_diffusion(config, sampling_timesteps=diffusion.sampling_timesteps)
    assert describe(again) == config
    assert repr(again.model) == repr(diffusion.model)
    for name, table in diffusion.named_buffers():
        assert torch.equal(table, again.get_buffer(name)), name
    assert again.image_size == diffusion.image_size
    for name in ("ddim_sampling_eta", "is_ddim_sampling", "sampling_timesteps", "auto_normalize", "class_dropout"):
        assert getattr(again, name) == getattr(diffusion, name), name
    again.load_state_dict(diffusion.state_dict())
    assert torch.equal(loss_of(again.eval()), loss_of(diffusion.eval()))


def a_unet(**options: object) -> Unet:
    return Unet(4, dim_mults=(1,), attn_heads=1, attn_dim_head=2, **options)


def a_diffusion(model: object = None, **options: object) -> GaussianDiffusion:
    return GaussianDiffusion(model or a_unet(), **{"image_size": 4, "timesteps": 25, **options})


def test_describe_when_attributes_were_changed_says_the_changes() -> None:
    diffusion = a_diffusion()
    diffusion.ddim_sampling_eta, diffusion.immiscible = 0.5, True
    config = describe(diffusion)
    assert config.diffusion.ddim_sampling_eta == 0.5
    assert config.diffusion.immiscible


def test_describe_when_called_draws_no_random_numbers() -> None:
    diffusion = a_diffusion()
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    describe(diffusion)
    assert torch.equal(torch.rand(3), expected)


def test_describe_when_classes_have_names_keeps_them() -> None:
    diffusion = a_diffusion(a_unet(num_classes=2), class_names=("ant", "bee"))
    assert describe(diffusion).data.class_names == ("ant", "bee")
    assert describe(a_diffusion(a_unet(num_classes=2))).data.class_names == ("0", "1")


class OtherNetwork(nn.Module):
    channels = 3

    def forward(self, x: Tensor, t: Tensor, x_self_cond: Tensor | None) -> Tensor:
        return x


class OwnUnet(Unet):
    pass


class OwnDiffusion(GaussianDiffusion):
    pass


def with_other_tables() -> GaussianDiffusion:
    diffusion = a_diffusion(beta_schedule="cosine")
    diffusion.load_state_dict(a_diffusion().state_dict())
    return diffusion


def with_another_layer() -> GaussianDiffusion:
    diffusion = a_diffusion()
    diffusion.model.final_conv = nn.Conv2d(4, 3, 3, padding=1)
    return diffusion


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: a_diffusion(OtherNetwork()), "OtherNetwork is not part of this program"),
        (lambda: a_diffusion(OwnUnet(4, dim_mults=(1,))), "OwnUnet .* a run folder must open by itself"),
        (lambda: OwnDiffusion(a_unet(), image_size=4, timesteps=25), "OwnDiffusion"),
        (lambda: a_diffusion(betas=torch.linspace(0.1, 0.2, 5, dtype=torch.float64)), "has no name"),
        (with_other_tables, "betas .* changed after it was made"),
        (with_another_layer, r"final_conv\.weight .* changed after it was made"),
        (lambda: a_diffusion(a_unet(channels=5)), "not a value of channels"),
    ],
)
def test_describe_when_settings_cannot_express_the_model_raises(make: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        describe(make())
