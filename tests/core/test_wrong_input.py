"""Invalid tensors, labels and settings of a network and its diffusion raise an error of ours with what is legal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from core import SAMPLERS, GaussianDiffusion, Unet
from core.errors import ConfigError, SamplingError

X = torch.full((2, 3, 8, 8), 0.25)
T = torch.tensor([3, 7])
NAMES = ("ant", "bee", "cat")


def unet(**options: object) -> Unet:
    return Unet(**{"dim": 4, "dim_mults": (1, 2), "attn_heads": 1, "attn_dim_head": 2, **options})


def diffusion(model: object = None, **options: object) -> GaussianDiffusion:
    options = {"image_size": 8, "timesteps": 30, "sampling_timesteps": 2, **options}
    return GaussianDiffusion(unet() if model is None else model, **options)


@pytest.fixture(scope="module")
def plain() -> GaussianDiffusion:
    return diffusion()


@pytest.fixture(scope="module")
def classy() -> GaussianDiffusion:
    return diffusion(unet(num_classes=3, self_condition=True), class_names=NAMES)


def half(x: Tensor, t: Tensor, _: Tensor | None) -> Tensor:
    return 0.5 * x


#: t as it must not be, for two pictures and 30 timesteps.
WRONG_T = [
    torch.tensor([30, 3]),
    torch.tensor([-1, 3]),
    torch.tensor([0.5, 3]),
    torch.tensor([True, False]),
    torch.tensor([3]),
    torch.tensor([1, 2, 3]),
    torch.tensor(3),
    3,
    None,
    [3, 7],
    np.array([3, 7]),
    torch.tensor([1, 2], device="meta"),
]

#: What takes t, and a batch.
OF_T = {
    "q_sample": lambda d, x, t: d.q_sample(x, t),
    "q_posterior": lambda d, x, t: d.q_posterior(x, x, t),
    "predict_start_from_noise": lambda d, x, t: d.predict_start_from_noise(x, t, x),
    "predict_noise_from_start": lambda d, x, t: d.predict_noise_from_start(x, t, x),
    "predict_v": lambda d, x, t: d.predict_v(x, t, x),
    "predict_start_from_v": lambda d, x, t: d.predict_start_from_v(x, t, x),
    "predict_start_from_flow": lambda d, x, t: d.predict_start_from_flow(x, t, x),
    "model_predictions": lambda d, x, t: d.model_predictions(x, t),
    "p_mean_variance": lambda d, x, t: d.p_mean_variance(x, t),
    "p_losses": lambda d, x, t: d.p_losses(x, t),
    "training_losses": lambda d, x, t: d.training_losses(x, t, x),
}


@pytest.mark.parametrize("name", OF_T)
def test_timesteps_when_invalid_raise(plain: GaussianDiffusion, name: str) -> None:
    for t in WRONG_T:
        with pytest.raises(ConfigError, match=r"a tensor of 2 whole numbers from 0 to 29|where the model is"):
            OF_T[name](plain, X, t)


def test_timesteps_when_of_any_whole_type_are_accepted(plain: GaussianDiffusion) -> None:
    torch.manual_seed(0)
    expected = plain.p_losses(X, T), plain.p_mean_variance(X, T)[0]
    for kind in (torch.int32, torch.int16, torch.uint8):
        torch.manual_seed(0)
        assert torch.equal(plain.p_losses(X, T.to(kind)), expected[0])
        assert torch.equal(plain.p_mean_variance(X, T.to(kind))[0], expected[1])


@pytest.mark.parametrize("name", OF_T)
@pytest.mark.parametrize(
    "x", [X.numpy(), X.int(), X.bool(), X.cfloat(), X.to_sparse(), None, "x", 3, torch.tensor(0.5), X.to("meta")]
)
def test_batch_when_it_is_no_tensor_of_pictures_raises(plain: GaussianDiffusion, name: str, x: object) -> None:
    with pytest.raises(ConfigError, match=r"a tensor of floats|where the model is|batch, 3, height"):
        OF_T[name](plain, x, T)


@pytest.mark.parametrize("name", ["model_predictions", "p_mean_variance", "p_losses", "training_losses"])
@pytest.mark.parametrize("x", [X[:, :1], X[:, 0], X[:, :, :, :7]])
def test_batch_when_channels_or_size_do_not_fit_raises(plain: GaussianDiffusion, name: str, x: Tensor) -> None:
    with pytest.raises(ConfigError, match=r"batch, 3, height, width|6 px or 8 px"):
        OF_T[name](plain, x, T)


@pytest.mark.parametrize("noise", [3, 0.5, X[:1], X[:, :1], X.numpy(), X.int(), X.to("meta"), "noise"])
def test_noise_when_of_another_shape_or_type_raises(plain: GaussianDiffusion, noise: object) -> None:
    for call in (plain.q_sample, plain.p_losses, plain.training_losses, plain.predict_v):
        with pytest.raises(ConfigError, match="noise"):
            call(X, T, noise)
    with pytest.raises(ConfigError, match="noise"):
        plain(X, noise)


WRONG_CLASSES = [
    ("dog", "0 to 2, or 3 for none; or a name: ant, bee, cat"),
    (1.5, "a label from 0 to 2"),
    (1.0, "a label from 0 to 2"),
    (True, "a label from 0 to 2"),
    (4, "a label from 0 to 2"),
    (-1, "a label from 0 to 2"),
    ([0, None], "“None”.*a label from 0 to 2"),
    ([0, "dog"], "“dog”"),
    ([0, 1.5], "“1.5”"),
    ([[0, 1]], "one label for each of the 2 pictures"),
    ([[0], [1]], "a label from 0 to 2"),
    ([0], "one label for each of the 2 pictures"),
    ([0, 1, 2], "one label for each of the 2 pictures"),
    ([], "one label for each of the 2 pictures"),
    (torch.tensor([0.0, 1.0]), "a label from 0 to 2"),
    (torch.tensor([True, False]), "a label from 0 to 2"),
    (torch.tensor([0, 4]), "“4”"),
    (torch.tensor([0, 1], device="meta"), "a label from 0 to 2"),
    (np.array([0.5, 1]), "a label from 0 to 2"),
    (object(), "a label from 0 to 2"),
    (b"ant", "a label from 0 to 2"),
]


@pytest.mark.parametrize(("classes", "legal"), WRONG_CLASSES)
def test_classes_when_unknown_raise(classy: GaussianDiffusion, classes: object, legal: str) -> None:
    for ask in (
        lambda: classy.class_labels(classes, 2),
        lambda: classy(X, classes=classes),
        lambda: classy.sample(2, classes=classes),
        lambda: classy.model_predictions(X, T, classes=classes),
        lambda: SAMPLERS["ddim"](classy, X, classes=classes),
    ):
        with pytest.raises(SamplingError, match=legal):
            ask()


def test_classes_when_named_or_numbered_are_accepted(classy: GaussianDiffusion) -> None:
    for classes in (["ant", "cat"], ["ant", 2], [np.int64(0), 2], np.array([0, 2]), torch.tensor([0, 2]), (0, "cat")):
        assert classy.class_labels(classes, 2).tolist() == [0, 2]
    for one in ("cat", 2, np.int64(2), torch.tensor(2)):
        assert classy.class_labels(one, 3).tolist() == [2, 2, 2]
    nameless = diffusion(unet(num_classes=3))
    with pytest.raises(SamplingError, match=r"a label from 0 to 2, or 3 for none\.$"):
        nameless.class_labels("cat", 1)


@pytest.mark.parametrize(
    ("ask", "legal"),
    [
        (lambda u: u(X[:, :1], T), r"\(batch, 3, height, width\)"),
        (lambda u: u(X[0], T), r"\(batch, 3, height, width\)"),
        (lambda u: u(X.numpy(), T), r"\(batch, 3, height, width\)"),
        (lambda u: u(X.double(), T), "torch.float32, as its weights"),
        (lambda u: u(X[..., :7], T), "6 px or 8 px"),
        (lambda u: u(X, T[:1]), "2 timesteps, one for each"),
        (lambda u: u(X, torch.tensor(3)), "2 timesteps, one for each"),
        (lambda u: u(X, 3), "2 timesteps, one for each"),
        (lambda u: u(X, T > 3), "2 timesteps, one for each"),
        (lambda u: u(X, T.to("meta")), "time"),
        (lambda u: u(X, T, X[:1]), "x_self_cond"),
        (lambda u: u(X, T, 1), "x_self_cond"),
        (lambda u: u(X, T, None, torch.tensor([0, 4])), "2 labels from 0 to 2, or 3 for none"),
        (lambda u: u(X, T, None, torch.tensor([-1, 0])), "2 labels from 0 to 2, or 3 for none"),
        (lambda u: u(X, T, None, torch.tensor([0])), "2 labels from 0 to 2, or 3 for none"),
        (lambda u: u(X, T, None, torch.tensor([0.0, 1.0])), "2 labels from 0 to 2, or 3 for none"),
        (lambda u: u(X, T, None, [0, 1]), "2 labels from 0 to 2, or 3 for none"),
        (lambda _: unet()(X, T, None, torch.tensor([0, 1])), "made without num_classes"),
        (lambda _: unet(channels=10**30), "a whole number from 1 to"),
        (lambda _: unet(learned_variance="maybe"), "true or false"),
        (lambda _: unet(full_attn=X), "full_attn"),
    ],
)
def test_unet_when_called_with_invalid_arguments_raises(
    classy: GaussianDiffusion, ask: Callable[[object], object], legal: str
) -> None:
    with pytest.raises(ConfigError, match=legal):
        ask(classy.model)


def test_switches_when_written_as_words_are_read() -> None:
    assert not unet(self_condition="off").self_condition
    assert unet(self_condition="off").init_conv.in_channels == 3


@pytest.mark.parametrize(
    ("wrong", "legal"),
    [
        ({"sampling_timesteps": True}, "from 1 to timesteps, 30"),
        ({"min_snr_loss_weight": "x"}, "true or false"),
        ({"min_snr_loss_weight": True, "min_snr_gamma": None}, "a number above 0"),
        ({"immiscible_candidates": 1, "immiscible": True}, "0 for the assignment within the batch, or 2 or more"),
        ({"immiscible_candidates": 1}, "0 for the assignment within the batch, or 2 or more"),
        ({"objective": ["pred_v"]}, "one of pred_noise"),
        ({"beta_schedule": None}, "one of linear"),
        ({"image_size": True}, "one whole number"),
        ({"class_names": "ab"}, "a list of names"),
        ({"class_names": 5}, "a list of names"),
        ({"class_names": ("ant", "ant")}, "each of them once"),
        ({"betas": torch.ones(30, dtype=torch.complex64) / 2}, "between 0 and 1"),
        ({"model": Unet}, "the class Unet.*a Unet that was made"),
    ],
)
def test_diffusion_when_settings_are_invalid_raises(wrong: dict[str, object], legal: str) -> None:
    with pytest.raises(ConfigError, match=legal):
        diffusion(**wrong)


def test_diffusion_when_the_models_attributes_are_invalid_raises() -> None:
    for attribute in ("channels", "out_dim", "num_classes", "downsample_factor"):

        def model(x: Tensor, t: Tensor, _: Tensor | None) -> Tensor:
            return x

        setattr(model, attribute, "three")
        with pytest.raises(ConfigError, match=f"the model's {attribute}"):
            diffusion(model)


@pytest.mark.parametrize("answer", [lambda x: None, lambda x: x[:, :1], lambda x: (x,), lambda x: x.numpy()])
def test_diffusion_when_the_network_returns_another_shape_raises(answer: Callable[[Tensor], object]) -> None:
    with pytest.raises(ConfigError, match=r"what the model returned: a tensor of the shape of x, \(2, 3, 8, 8\)"):
        diffusion(lambda x, t, _: answer(x))(X)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_diffusion_when_the_network_is_any_callable_samples_any_channels(channels: int) -> None:
    model = diffusion(half)
    shape = (2, channels, 8, 8)
    assert model(torch.rand(shape)).isfinite()
    assert model.p_losses(torch.rand(shape), T).isfinite()
    assert model.p_sample_loop(shape).shape == model.ddim_sample(shape).shape == shape
    with pytest.raises(ConfigError, match=r"\(batch, channels, 8, 8\)"):
        model(torch.rand(2, channels, 8, 9))
