"""Several λ between two pictures, and several strengths from one, in one batch: as each would be alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.beginning import Beginning, Branch, Start, StartPicture, evenly
from core.catalogue import SAMPLERS
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.forking import fork_frames
from core.networks.unet import Unet
from core.samplers import PictureNoise
from core.samplers.editing import image_to_image, interpolate
from core.sampling import sample_frames
from core.settings import SampleConfig
from tests.core.recordings import recording_of

ALONE = [name for name, row in SAMPLERS.items() if not row.remembers]


def unet(*, self_condition: bool = False, objective: str = "pred_v") -> GaussianDiffusion:
    torch.manual_seed(0)
    network = Unet(4, dim_mults=(1, 2), channels=3, attn_heads=1, attn_dim_head=4, self_condition=self_condition)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(network, image_size=8, timesteps=40, objective=objective).eval()


def picture(seed: int, count: int) -> Tensor:
    one = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return one.expand(count, -1, -1, -1).contiguous()


@pytest.mark.parametrize("self_condition", [False, True])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_row_of_lambdas_when_made_at_once_is_each_alone(sampler: str, self_condition: bool) -> None:
    diffusion, lams = unet(self_condition=self_condition), torch.tensor(evenly(0, 1, 5))
    options = {"t": 25, "sampler": sampler, "steps": 6}
    together = list(
        interpolate(
            diffusion, picture(1, 5), picture(2, 5), lam=lams, generator=PictureNoise(3, 5, alike=True), **options
        )
    )
    for k, lam in enumerate(lams.tolist()):
        alone = interpolate(diffusion, picture(1, 1), picture(2, 1), lam=lam, generator=PictureNoise(3, 1), **options)
        for one, all_ in zip(alone, together, strict=True):
            torch.testing.assert_close(all_.x_next[k : k + 1], one.x_next, rtol=0, atol=2e-5)


@pytest.mark.parametrize(
    "lam",
    [torch.tensor([0.1, 1.2, 0.3]), torch.tensor([0.1, 0.2]), torch.tensor([0, 1, 1]), torch.full((3,), torch.nan)],
)
def test_row_of_lambdas_when_it_is_none_is_refused(lam: Tensor) -> None:
    with pytest.raises(SamplingError, match="3 floats from 0 to 1"):
        interpolate(unet(), picture(1, 3), picture(2, 3), t=5, lam=lam)


@pytest.mark.parametrize("objective", ["pred_noise", "pred_x0", "pred_v", "pred_flow"])
@pytest.mark.parametrize("self_condition", [False, True])
def test_row_of_strengths_when_no_noise_is_added_is_each_alone(self_condition: bool, objective: str) -> None:
    diffusion = unet(self_condition=self_condition, objective=objective)
    strengths = [5, 16, 27, 30]
    times = [30, 27, 20, 16, 9, 5, 2]
    x_start = picture(1, 4)
    together = list(
        image_to_image(diffusion, x_start, t=strengths, times=times, generator=PictureNoise(3, 4, alike=True))
    )
    for k, t in enumerate(strengths):
        left = times[times.index(t) :]
        alone = list(image_to_image(diffusion, picture(1, 1), t=t, times=left, generator=PictureNoise(3, 1)))
        for one, all_ in zip(alone, together[-len(left) :], strict=True):
            torch.testing.assert_close(all_.x_t[k : k + 1], one.x_t, rtol=0, atol=1e-4)
            torch.testing.assert_close(all_.x_next[k : k + 1], one.x_next, rtol=0, atol=1e-4)
        for before in together[: -len(left)]:
            torch.testing.assert_close(before.x_0[k], x_start[k], rtol=0, atol=1e-4)


@pytest.mark.parametrize("sampler", ALONE)
def test_row_of_strengths_when_a_picture_has_not_begun_is_that_picture_noised(sampler: str) -> None:
    """What came down to t = 8 knowing the picture is √ᾱ·x_0 and noise of the spread that t says."""
    diffusion = unet()
    x_start = torch.zeros(64, 3, 8, 8) + 0.5
    steps = image_to_image(
        diffusion, x_start, t=[8] * 63 + [39], steps=8, sampler=sampler, generator=PictureNoise(3, 64)
    )
    for step in steps:
        if step.t <= 8:
            break
        noise = (step.x_t - diffusion.sqrt_alphas_cumprod[step.t] * x_start)[:63]
        assert noise.std().item() == pytest.approx(diffusion.sqrt_one_minus_alphas_cumprod[step.t].item(), rel=0.05)
        total = sum(term.coefficient * term.tensor for term in step.terms())
        torch.testing.assert_close(total, step.x_next, rtol=0, atol=1e-5)


@pytest.mark.parametrize("sampler", [name for name, row in SAMPLERS.items() if row.remembers])
def test_row_of_strengths_when_a_sampler_remembers_is_refused(sampler: str) -> None:
    with pytest.raises(SamplingError, match="one that does not go on with earlier predictions"):
        image_to_image(unet(), picture(1, 2), t=[3, 9], sampler=sampler)


def test_row_when_requested_is_recorded_with_terms_that_add_up_and_its_settings() -> None:
    diffusion = unet()
    start = StartPicture("a", None, bytes(range(192)), (8, 8, 3))
    for beginning, named in (
        (Beginning(Start.BETWEEN, (start, start), 30, row=evenly(0, 1, 3)), {"mix": [0.0, 0.5, 1.0], "at_t": 30}),
        (Beginning(Start.PICTURE, (start,), 30, row=(10, 20, 30)), {"at_t": [10, 20, 30]}),
    ):
        request = SampleConfig(sampler="ddim", sample_steps=6, count=3, beginning=beginning)
        recording = recording_of(sample_frames(diffusion, request, with_layers=True))
        assert named.items() <= recording.settings.items()
        for index in range(6):
            deviation = recording.deviation(index)
            assert deviation is not None and deviation < 1e-5
        # One noise: what the pictures begin with differs by their own number alone.
        if beginning.start is Start.PICTURE:
            assert (recording.layer("x_t", 0)[0] == recording.layer("x_t", 0)[2]).all()


@pytest.mark.parametrize("self_condition", [False, True])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_row_when_forked_with_its_own_prediction_goes_on_as_the_row(self_condition: bool, eta: float) -> None:
    diffusion = unet(self_condition=self_condition)
    start = StartPicture("a", None, bytes(range(192)), (8, 8, 3))
    for beginning in (
        Beginning(Start.BETWEEN, (start, start), 30, row=evenly(0, 1, 3)),
        Beginning(Start.PICTURE, (start,), 30, row=(10, 20, 30)),
    ):
        request = SampleConfig(sampler="ddim", eta=eta, sample_steps=6, count=3, beginning=beginning)
        _, *frames, finished = events = list(sample_frames(diffusion, request, with_layers=True))
        recording = recording_of(events)
        # Painted as it was, so that the network is asked again from there on.
        branch = Branch(at=2, x_0=recording.layer("x_0", 2))
        _, *again, ended = fork_frames(diffusion, request, recording, branch)
        assert [frame.t for frame in again] == [frame.t for frame in frames]
        for one, other in zip(frames[:3], again[:3], strict=True):
            assert (one.layers["x_t"] == other.layers["x_t"]).all()
        assert abs(ended.x - finished.x).max() < 1e-5
