"""Forks: going another way from a step of a recording."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.beginning import Beginning, Branch, Start, StartPicture
from core.catalogue import OBJECTIVES, SAMPLERS
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.forking import fork_frames
from core.frames import Frame
from core.networks.unet import Unet
from core.recording import Recording
from core.sampling import sample_frames
from core.sampling_record import Guide
from core.settings import SampleConfig
from tests.core.recordings import one_thread, recording_of

STEPS, COUNT = 6, 3


def model(objective: str = "pred_v") -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(4, dim_mults=(1, 2), channels=1, attn_heads=1, attn_dim_head=4, self_condition=True, num_classes=3)
    with torch.no_grad():
        for parameter in unet.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, image_size=8, timesteps=40, objective=objective).eval()


MODEL = model()


def request(**settings: object) -> SampleConfig:
    return SampleConfig(**{"sample_steps": STEPS, "seed": 1, "count": COUNT, "classes": (0, 1), **settings})


def original(diffusion: GaussianDiffusion = MODEL, **settings: object) -> tuple[SampleConfig, Recording]:
    asked = request(**settings)
    return asked, recording_of(sample_frames(diffusion, asked, in_threads=one_thread(), with_layers=True))


def forked(
    asked: SampleConfig,
    of: Recording,
    diffusion: GaussianDiffusion = MODEL,
    *,
    before: tuple[Branch, ...] = (),
    **branch: object,
) -> Recording:
    return recording_of(fork_frames(diffusion, asked, of, Branch(**branch), before=before, in_threads=one_thread()))


def near(one: Recording, other: Recording) -> bool:
    """Whether all steps are the same up to the rounding of a few sums."""
    return all(
        np.allclose(one.layer("x_t", index), other.layer("x_t", index), rtol=1e-4, atol=1e-4)
        for index in range(one.steps)
    )


def same_until(one: Recording, other: Recording) -> int:
    """The first step whose x_t is another; how many steps there are, where none is."""
    for index in range(min(one.steps, other.steps)):
        if not np.array_equal(one.layer("x_t", index), other.layer("x_t", index)):
            return index
    return min(one.steps, other.steps)


class _Never(torch.nn.Module):
    """A network that nobody may ask."""

    def forward(self, *_: object) -> torch.Tensor:
        raise AssertionError("the network was asked")


@pytest.mark.family(first=6)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_fork_when_it_changes_nothing_is_the_original_bit_for_bit_and_asks_nobody(sampler: str, objective: str) -> None:
    diffusion = model(objective)
    asked, first = original(diffusion, sampler=sampler, guidance_scale=2.0)
    unet = diffusion.model
    diffusion.model.forward = _Never().forward  # type: ignore[method-assign]
    again = forked(asked, first, diffusion, at=2)
    assert diffusion.model is unet
    assert same_until(first, again) == STEPS
    assert first.final_x is not None and again.final_x is not None
    np.testing.assert_array_equal(first.final_x, again.final_x)
    for index in range(STEPS):
        for layer in ("x_0", "output"):
            np.testing.assert_array_equal(first.layer(layer, index), again.layer(layer, index))
        assert first.term_facts[index] == again.term_facts[index]


@pytest.mark.parametrize("sampler", ["ddpm", "heun", "unipc"])
@pytest.mark.parametrize(
    "settings",
    [
        {"classes": ()},
        {"classes": (0, 3), "guidance_scale": 2.0},  # the second has none
        {"guidance_scale": 3.0, "guidance_rescale": 0.7},
        {"classes": (), "guide_scale": 2.0},
        {"guidance_scale": 3.0, "guidance_rescale": 0.7, "guide_scale": 2.0},
    ],
)
def test_fork_when_it_changes_nothing_of_what_was_guided_is_the_original(
    sampler: str, settings: dict[str, object]
) -> None:
    guide = Guide(model("pred_v"), "earlier", "ema") if "guide_scale" in settings else None
    if guide is not None:
        with torch.no_grad():
            next(guide.diffusion.parameters()).mul_(0.9)
    asked, threads = request(sampler=sampler, **settings), one_thread()
    first = recording_of(sample_frames(MODEL, asked, guide=guide, in_threads=threads, with_layers=True))
    once = recording_of(fork_frames(MODEL, asked, first, Branch(2), guide=guide, in_threads=threads))
    twice = recording_of(
        fork_frames(MODEL, asked, once, Branch(4), before=(Branch(2),), guide=guide, in_threads=threads)
    )
    for again in (once, twice):
        assert again.recorded == first.recorded
        np.testing.assert_array_equal(first.final_x, again.final_x)
        for layer in first.recorded:
            np.testing.assert_array_equal(first.trajectory(layer), again.trajectory(layer))


def test_fork_when_none_of_the_classes_is_chosen_is_what_no_class_gives() -> None:
    asked, first = original(sampler="ddim", guidance_scale=2.0)
    free = forked(asked, first, at=0, classes=(3,))
    assert free.settings["fork_classes"] == [None]
    assert near(free, original(sampler="ddim", classes=())[1])


@pytest.mark.parametrize("start", [Start.PICTURE, Start.BETWEEN])
def test_fork_when_the_denoising_began_with_pictures_is_the_original_too(start: Start) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8)
    picture = StartPicture("a", None, pixels.tobytes(), (8, 8, 1), (8, 8))
    between = start is Start.BETWEEN
    beginning = Beginning(start, (picture,) * (1 + between), t=30, lam=0.5 if between else None)
    asked, first = original(sampler="ddpm", beginning=beginning)
    again = forked(asked, first, at=3)
    assert same_until(first, again) == STEPS
    np.testing.assert_array_equal(first.final_x, again.final_x)


def test_fork_with_other_noise_when_ddpm_goes_on_from_the_step_after() -> None:
    asked, first = original(sampler="ddpm")
    again = forked(asked, first, at=2, seed=5)
    assert same_until(first, again) == 3
    assert not np.array_equal(first.final_x, again.final_x)
    np.testing.assert_array_equal(again.final_x, forked(asked, first, at=2, seed=5).final_x)


def test_fork_with_eta_is_the_same_as_the_sampler_with_it_where_it_begins_at_the_first_step() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    again = forked(asked, first, at=0, eta=0.7)
    _, wanted = original(sampler="ddim", eta=0.7)
    assert near(again, wanted)
    assert same_until(first, forked(asked, first, at=3, eta=0.7)) == 4


@pytest.mark.parametrize("sampler", ["ddim", "dpm++2m", "unipc", "ipndm", "heun", "ddpm"])
def test_fork_with_guidance_at_the_first_step_is_a_generation_with_it(sampler: str) -> None:
    asked, first = original(sampler=sampler)
    again = forked(asked, first, at=0, guidance_scale=3.0)
    _, wanted = original(sampler=sampler, guidance_scale=3.0)
    assert near(again, wanted)
    later = forked(asked, first, at=3, guidance_scale=3.0)
    assert same_until(first, later) == 4


def test_fork_with_another_class_changes_only_what_follows() -> None:
    asked, first = original(sampler="dpm++2m")
    again = forked(asked, first, at=2, classes=(2,))
    assert same_until(first, again) == 3
    _, wanted = original(sampler="dpm++2m", classes=(2,))
    assert near(forked(asked, first, at=0, classes=(2,)), wanted)


def test_fork_with_a_painted_prediction_goes_on_from_the_paint() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    painted = first.layer("x_0", 2).copy()
    painted[0, :4] = 1.0
    again = forked(asked, first, at=2, x_0=painted)
    np.testing.assert_array_equal(again.layer("x_0", 2), painted)
    assert same_until(first, again) == 3
    for index in range(STEPS):
        made, deviation = again.x_next(index), again.deviation(index)
        assert made is not None and deviation is not None and deviation <= 1e-5 * np.abs(made).max()
    unpainted = forked(asked, first, at=2, x_0=first.layer("x_0", 2))
    assert same_until(first, unpainted) == STEPS


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_fork_of_a_painted_fork_when_it_changes_nothing_is_that_fork_and_asks_nobody_again(sampler: str) -> None:
    asked, first = original(sampler=sampler)
    painted = first.layer("x_0", 1).copy()
    covered = np.zeros((COUNT, 8, 8), np.bool_)
    covered[0, :4] = True
    painted[covered] = 1.0
    older = Branch(1, x_0=painted, covered=covered, held=2)
    once = recording_of(fork_frames(MODEL, asked, first, older, in_threads=one_thread()))
    assert same_until(first, once) == 2
    for index in (1, 2):
        assert (once.layer("x_0", index)[covered] == 1.0).all()
    assert not (once.layer("x_0", 3)[covered] == 1.0).all()
    for at in (2, 4):  # while it is held, and after
        twice = recording_of(fork_frames(MODEL, asked, once, Branch(at), before=(older,), in_threads=one_thread()))
        assert same_until(once, twice) == STEPS
        np.testing.assert_array_equal(once.final_x, twice.final_x)
        np.testing.assert_array_equal(once.trajectory("x_0"), twice.trajectory("x_0"))
    for index in range(STEPS):
        x_next, deviation = once.x_next(index), once.deviation(index)
        assert x_next is not None and deviation is not None and deviation <= 1e-5 * np.abs(x_next).max()


def test_fork_with_paint_when_it_is_held_leaves_the_share_of_the_picture_before_that_the_snr_says() -> None:
    """Where x̂_0 stays, DDIM's x_s is √ᾱ_s·x̂_0 + √(1−ᾱ_s)·(x_t − √ᾱ_t·x̂_0)/√(1−ᾱ_t)."""
    asked, first = original(sampler="ddim", eta=0.0)
    paint = np.full_like(first.layer("x_0", 1), 0.5)
    again = forked(asked, first, at=1, x_0=paint, held=4)
    signal, spread = again.signal_and_spread(1)
    rest = first.layer("x_t", 1).astype(np.float64) - signal * paint
    for index in (2, 3, 4, 5):
        now, wide = again.signal_and_spread(index)
        np.testing.assert_allclose(again.layer("x_t", index), now * paint + wide / spread * rest, atol=1e-4)
        assert (wide / spread * signal / now) == pytest.approx(np.sqrt(again.snr[1] / again.snr[index]))


def test_fork_of_a_painted_fork_when_painted_again_has_both_as_long_as_each_is_held() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    left, right = np.zeros((2, COUNT, 8, 8), np.bool_)
    left[:, :, :5], right[:, :, 3:] = True, True
    older = {"at": 1, "x_0": np.full_like(first.layer("x_0", 1), -0.5), "covered": left, "held": 3}
    once = forked(asked, first, **older)
    newer = {"at": 2, "x_0": np.full_like(first.layer("x_0", 1), 0.5), "covered": right, "held": 1}
    twice = forked(asked, once, before=(Branch(**older),), **newer)
    assert same_until(once, twice) == 3
    on_top = twice.layer("x_0", 2)
    assert (on_top[:, :, :3] == -0.5).all() and (on_top[:, :, 3:] == 0.5).all()
    assert (twice.layer("x_0", 3)[:, :, :5] == -0.5).all() and not (twice.layer("x_0", 3)[:, :, 5:] == 0.5).any()
    assert not (twice.layer("x_0", 4) == -0.5).any()
    thrice = forked(asked, twice, before=(Branch(**older), Branch(**newer)), at=4)
    np.testing.assert_array_equal(twice.final_x, thrice.final_x)


def test_fork_with_another_sampler_when_paint_is_still_held_holds_it_on() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    paint = np.full_like(first.layer("x_0", 1), 0.5)
    older = {"at": 1, "x_0": paint, "held": 3}
    once = forked(asked, first, **older)
    other = forked(asked, once, before=(Branch(**older),), at=2, sampler="dpm++2m", steps=5)
    held = [bool((other.layer("x_0", index) == 0.5).all()) for index in range(other.steps)]
    assert held == [False, True, True, True, False, False, False]
    later = forked(asked, once, before=(Branch(**older),), at=4, sampler="dpm++2m", steps=2)
    assert same_until(once, later) == 5 and not (later.layer("x_0", 4) == 0.5).any()


@pytest.mark.parametrize("sampler", ["ddim", "ddpm", "unipc"])
def test_fork_with_a_mask_leaves_everything_outside_as_it_was(sampler: str) -> None:
    asked, first = original(sampler=sampler)
    mask = np.zeros((8, 8), np.bool_)
    mask[:, 5:] = True
    again = forked(asked, first, at=1, guidance_scale=5.0, mask=mask)
    assert first.final_x is not None and again.final_x is not None
    np.testing.assert_array_equal(first.final_x[:, :, :5], again.final_x[:, :, :5])
    assert not np.array_equal(first.final_x[:, :, 5:], again.final_x[:, :, 5:])
    for index in range(STEPS):
        made, deviation = again.x_next(index), again.deviation(index)
        assert made is not None and deviation is not None and deviation <= 1e-5 * np.abs(made).max()
    assert {term.where for term in again.terms(3)} == {"inside", "outside"}


def test_fork_with_another_sampler_begins_at_its_x_t_with_as_many_steps_as_wished() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    again = forked(asked, first, at=2, sampler="dpm++2m", steps=3)
    assert again.steps == 5 and same_until(first, again) == 3
    assert int(again.t[2]) == int(first.t[2])
    # DPM-Solver++'s first step is DDIM's.
    assert again.settings["fork_sampler"] == "dpm++2m" and again.settings["fork_at"] == 3


@pytest.mark.parametrize(
    "older",
    [
        {"at": 1, "seed": 5},
        {"at": 1, "guidance_scale": 3.0},
        {"at": 1, "sampler": "ipndm"},
        {"at": 1, "sampler": "dpm++2m", "steps": 4},
        {"at": 1, "seed": 3, "mask": np.arange(64).reshape(8, 8) % 8 > 4},
    ],
)
def test_fork_of_a_fork_when_it_changes_nothing_is_that_fork(older: dict[str, object]) -> None:
    asked, first = original(sampler="ddpm")
    once = forked(asked, first, **older)
    twice = forked(asked, once, at=3, before=(Branch(**older),))
    assert same_until(once, twice) == once.steps == twice.steps
    np.testing.assert_array_equal(once.final_x, twice.final_x)


def test_fork_of_a_fork_keeps_what_the_first_has_changed() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    older = {"at": 1, "guidance_scale": 3.0, "eta": 0.4}
    once = forked(asked, first, **older)
    twice = forked(asked, once, at=3, seed=9, before=(Branch(**older),))
    assert same_until(once, twice) == 4
    both = forked(asked, first, at=1, guidance_scale=3.0, eta=0.4)
    assert same_until(once, both) == STEPS


@pytest.mark.parametrize(
    ("settings", "branch", "words"),
    [
        ({}, {"at": 6}, "no step 7"),
        ({"sampler": "unipc"}, {"at": 1, "eta": 0.5}, "eta"),
        ({}, {"at": 1, "mask": np.ones((4, 4), np.bool_)}, "mask"),
        ({}, {"at": 1, "mask": np.ones((8, 8), np.bool_), "sampler": "unipc"}, "mask"),
        ({}, {"at": 9, "sampler": "unipc"}, "no step 10"),
        ({}, {"at": 1, "classes": (7,)}, "7"),
        ({}, {"at": 1, "x_0": np.zeros((1, 8, 8, 1), np.float32)}, "x_0"),
        ({}, {"at": 1, "x_0": np.zeros((3, 8, 8, 1), np.float32), "held": 0}, "held"),
        ({}, {"at": 1, "x_0": np.zeros((3, 8, 8, 1), np.float32), "covered": np.ones((8, 8), np.bool_)}, "covered"),
        ({"classes": ()}, {"at": 1, "guidance_scale": 3.0}, "guidance"),
    ],
)
def test_fork_when_it_cannot_be_says_why(settings: dict[str, object], branch: dict[str, object], words: str) -> None:
    asked, first = original(**settings)
    with pytest.raises(SamplingError, match=words):
        forked(asked, first, **branch)


def test_fork_of_pixels_only_is_refused() -> None:
    asked = request()
    first = recording_of(sample_frames(MODEL, asked))
    with pytest.raises(SamplingError, match="Only pixels"):
        forked(asked, first, at=1)


def test_fork_when_a_later_step_is_another_samplers_is_refused() -> None:
    asked, first = original()
    branch = Branch(at=3, sampler="dpm++2m", steps=2)
    other = forked(asked, first, at=3, sampler="dpm++2m", steps=2)
    with pytest.raises(SamplingError) as refused:
        forked(asked, other, before=(branch,), at=2)
    assert refused.value.code == "fork.before-sampler"


def test_fork_when_the_recording_is_unfinished_needs_another_sampler() -> None:
    asked, whole = original()
    part = Recording(whole.started)
    for event in sample_frames(MODEL, asked, in_threads=one_thread(), with_layers=True):
        if isinstance(event, Frame) and event.index < 3:
            part.add(event)
    with pytest.raises(SamplingError) as refused:
        forked(asked, part, at=1)
    assert refused.value.code == "fork.unfinished"
    assert same_until(whole, forked(asked, part, at=1, sampler="dpm++2m", steps=3)) == 2


def test_fork_when_guided_has_the_networks_two_answers_of_the_steps_before() -> None:
    asked, first = original(guidance_scale=2.0)
    again = forked(asked, first, at=2)
    for layer in ("conditional", "unconditional"):
        np.testing.assert_array_equal(first.trajectory(layer), again.trajectory(layer))


def test_fork_of_a_fork_when_another_sampler_takes_no_eta_leaves_that_of_before() -> None:
    asked, first = original(sampler="ddim", eta=0.0)
    branch = Branch(at=1, eta=0.5)
    one = forked(asked, first, at=1, eta=0.5)
    other = forked(asked, one, before=(branch,), at=3, sampler="dpm++2m", steps=2)
    assert same_until(one, other) == 4
    assert other.settings["fork_of"] == [{"fork_at": 2, "fork_t": int(first.t[1]), "fork_eta": 0.5}]
