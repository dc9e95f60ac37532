"""A recording gives back every frame, in memory or beyond it."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from core.beginning import Beginning, Start, StartPicture
from core.catalogue import OBJECTIVES, SAMPLERS
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.networks.unet import Unet
from core.recording import LAYERS, Recording
from core.sampling import sample_frames
from core.sampling_record import Guide
from core.settings import SampleConfig
from tests.core.recordings import recording_of
from tests.studio.sampler.conftest import make_frame, make_started


@pytest.mark.parametrize("memory_limit_bytes", [2**20, 0])
def test_every_frame_comes_back(memory_limit_bytes: int, tmp_path: Path) -> None:
    recording = Recording(make_started(steps=6, count=3), spill_folder=tmp_path, memory_limit_bytes=memory_limit_bytes)
    assert recording.on_disk == (memory_limit_bytes == 0)
    frames = [make_frame(index, steps=6, count=3) for index in range(6)]
    for frame in frames:
        recording.add(frame)
    assert recording.complete
    for index in (5, 0, 3):
        np.testing.assert_array_equal(recording.x_t(index), frames[index].x_t)
        np.testing.assert_array_equal(recording.x_0(index), frames[index].x_0)
        assert recording.t[index] == frames[index].t
    recording.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.clock
def test_a_thousand_steps_of_64_pictures_are_there_at_once(tmp_path: Path) -> None:
    recording = Recording(make_started(steps=1000, count=64), spill_folder=tmp_path, memory_limit_bytes=2**20)
    frame = make_frame(0, steps=1000, count=64)
    assert recording.on_disk
    for index in range(1000):
        object.__setattr__(frame, "index", index)
        recording.add(frame)
    rng = np.random.default_rng(0)
    lateness = []
    for index in rng.integers(0, 1000, 100):
        began = time.perf_counter()
        recording.x_t(int(index)).copy()
        recording.x_0(int(index)).copy()
        lateness.append(time.perf_counter() - began)
    assert sorted(lateness)[50] < 0.01
    recording.close()


def test_no_room_is_said_with_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(SamplingError, match="the disk is full"):
        Recording(make_started(steps=1000, count=64), spill_folder=tmp_path, memory_limit_bytes=0)
    assert list(tmp_path.iterdir()) == []


def test_frames_out_of_order_are_our_own_mistake() -> None:
    recording = Recording(make_started(steps=5, count=1))
    for index in range(2):
        recording.add(make_frame(index, steps=5, count=1))
    with pytest.raises(AssertionError):
        recording.add(make_frame(3, steps=5, count=1))
    assert recording.arrived == 2


# --- layers: what lies between x_t and what came out -----------------------------------------------------------


def recorded(
    diffusion: GaussianDiffusion,
    spill_folder: Path | None = None,
    *,
    exact_limit_bytes: int = 2**30,
    guide: Guide | None = None,
    **settings: object,
) -> Recording:
    request = SampleConfig(**{"sample_steps": 6, "seed": 1, "count": 3, **settings})
    events = sample_frames(diffusion, request, guide=guide, with_layers=True)
    return recording_of(events, spill_folder=spill_folder, exact_limit_bytes=exact_limit_bytes)


def small(objective: str, **network: object) -> GaussianDiffusion:
    torch.manual_seed(0)
    unet = Unet(4, dim_mults=(1, 2), channels=3, attn_heads=1, attn_dim_head=4, **network)
    with torch.no_grad():
        for parameter in unet.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return GaussianDiffusion(unet, image_size=8, timesteps=40, objective=objective).eval()


@pytest.mark.family(first=8)
@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_terms_when_recorded_add_up_to_what_came_out(sampler: str, objective: str) -> None:
    recording = recorded(small(objective), sampler=sampler)
    assert recording.exact
    for index in range(recording.steps):
        made, deviation = recording.x_next(index), recording.deviation(index)
        assert made is not None and deviation is not None
        assert deviation <= 1e-5 * np.abs(made).max()
        assert [term.symbol for term in recording.terms(index)]
    recording.close()


#: How a formula on the screen reads in Python, in this order.
PYTHON = {
    "√ᾱ_s": "sqrt(alpha_s)",
    "ᾱ_s": "alpha_s",
    "ᾱ_t": "alpha_t",
    "e⁻²ʰ": "exp(-2*h)",
    "e⁻ʰ": "exp(-h)",
    "σ_s": "ratio_s",
    "σ_t": "ratio_t",
    "σ²": "sigma**2",
    "√": "sqrt",
    "·": "*",
    "−": "-",
    "½": "0.5",
    "η": "eta",
    "τ": "tau",
}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_factors_when_computed_as_they_are_written_are_the_coefficients(sampler: str) -> None:
    """The formulas that a person reads are those that the sampler computes."""
    settings = {"eta": 0.7} if SAMPLERS[sampler].takes_eta else {}
    recording = recorded(small("pred_v"), sampler=sampler, **settings)

    def half_log_snr(t: int) -> float:
        return 0.5 * math.log(recording.schedule[t] / (1 - recording.schedule[t]))

    step = 3
    before, t, s = (int(number) for number in (recording.t[step - 1], recording.t[step], recording.t_next[step]))
    names: dict[str, object] = {"sqrt": math.sqrt, "exp": math.exp, "eta": 0.7}
    for letter, timestep in (("t", t), ("s", s)):
        alpha = float(recording.schedule[timestep])
        k = math.sqrt(alpha) + math.sqrt(1 - alpha)
        names |= {f"alpha_{letter}": alpha, f"ratio_{letter}": math.sqrt(1 / alpha - 1), f"k_{letter}": k}
        names[f"tau_{letter}"] = math.sqrt(1 - alpha) / k
    h = half_log_snr(s) - half_log_snr(t)
    names |= {"h": h, "r": h / (2 * (half_log_snr(t) - half_log_snr(before)))}
    terms = {(fact.symbol, fact.steps_back): fact.coefficient for fact in recording.term_facts[step]}
    terms.setdefault(("x_t", 0), terms.get(("x_t_corrected", 0), 0.0))
    names["sigma"], names["b"] = terms.get(("noise", 0), 0.0), terms.get(("x_0_ahead", 0), 0.0)
    checked = 0
    for factor in SAMPLERS[sampler].factors:
        text = factor.written if len(factor.written) > 3 or not factor.equals else factor.equals.split(",")[0]
        if "w" in text:  # iPNDM's weights are a table
            continue
        for written, read in PYTHON.items():
            text = text.replace(written, read)
        assert eval(text, {}, names) == pytest.approx(terms[factor.symbol, factor.steps_back], rel=1e-4), factor
        checked += 1
    assert checked >= 1


def test_terms_when_a_mask_is_filled_add_up(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    mask = np.zeros((8, 8, 1), np.uint8)
    mask[:, 4:] = 255
    picture = StartPicture("a", None, pixels.tobytes(), (8, 8, 3), (8, 8))
    filled = StartPicture("b", None, mask.tobytes(), (8, 8, 1), (8, 8))
    beginning = Beginning(Start.PICTURE, (picture,), mask=filled)
    recording = recorded(small("pred_v"), tmp_path, sample_steps=6, beginning=beginning)
    for index in range(recording.steps):
        made, deviation = recording.x_next(index), recording.deviation(index)
        assert made is not None and deviation is not None and deviation <= 1e-5 * np.abs(made).max()
        assert {term.where for term in recording.terms(index)} == {"inside", "outside"}


@pytest.mark.long
def test_layers_when_derived_are_what_the_equations_say() -> None:
    diffusion = small("pred_v", self_condition=True)
    recording = recorded(diffusion, sampler="ddpm", sample_steps=40)
    for index in (0, 1, 17, 39):
        t = torch.full((3,), int(recording.t[index]))
        x_t, x_0, output = (
            torch.from_numpy(recording.layer(name, index)).permute(0, 3, 1, 2) for name in ("x_t", "x_0", "output")
        )
        noise = diffusion.predict_noise_from_start(x_t, t, x_0)

        def layer(name: str, index: int = index) -> torch.Tensor:
            return torch.from_numpy(recording.layer(name, index)).permute(0, 3, 1, 2)

        torch.testing.assert_close(layer("pred_noise"), noise, rtol=1e-3, atol=1e-4)
        torch.testing.assert_close(layer("pred_v"), diffusion.predict_v(x_0, t, noise), rtol=1e-3, atol=1e-4)
        mean, variance, _ = diffusion.q_posterior(x_0, x_t, t)
        torch.testing.assert_close(layer("posterior_mean"), mean, rtol=1e-4, atol=1e-5)
        raw = diffusion.predict_start_from_v(x_t, t, output)
        assert torch.equal(layer("clipped") != 0, raw.abs() > 1 + 1e-5)
        np.testing.assert_allclose(recording.clipped_share(index), (raw.abs() > 1 + 1e-5).float().flatten(1).mean(1))
        if index:
            np.testing.assert_array_equal(
                recording.layer("change", index), recording.layer("x_0", index) - recording.layer("x_0", index - 1)
            )
            made = layer("posterior_mean") + variance.sqrt() * layer("noise") if index < 39 else layer("posterior_mean")
            following = recording.x_next(index)
            assert following is not None
            torch.testing.assert_close(made, torch.from_numpy(following).permute(0, 3, 1, 2), rtol=1e-4, atol=1e-4)


def test_layers_when_too_large_are_kept_in_half_precision_and_say_so() -> None:
    recording = recorded(small("pred_v"), exact_limit_bytes=1000)
    assert not recording.exact
    deviation = recording.deviation(2)
    assert deviation is not None and 0 < deviation < 1e-2


def test_layers_when_not_asked_for_are_not_there() -> None:
    started, *frames, finished = sample_frames(small("pred_v"), SampleConfig(sample_steps=3, count=2))
    recording = Recording(started)
    for frame in frames:
        recording.add(frame)
    recording.finish(finished)
    assert not recording.has_layers and not recording.has("pred_noise", 0)
    assert recording.deviation(0) is None and recording.x_next(2) is None


def test_every_layer_when_shown_is_pictures() -> None:
    recording = recorded(small("pred_noise"), sampler="ddim", eta=1.0)
    for name in LAYERS:
        if recording.has(name, 1):
            assert recording.picture(name, 1).shape == (3, 8, 8, 3) and recording.picture(name, 1).dtype == np.uint8
    assert recording.has("noise", 1) and not recording.has("noise", 5)
