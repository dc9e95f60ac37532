"""Step spacings: as many steps as asked for, whatever the schedule."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue import SCHEDULES
from core.diffusion.process import ForwardProcess
from core.diffusion.schedules import LINEAR_TOO_FEW_TIMESTEPS, make_betas
from core.errors import SamplingError
from core.samplers import SPACINGS, time_pairs
from core.samplers.spacing import SIGMA_MIN, sigma_max


def process_of(schedule: str, timesteps: int) -> ForwardProcess:
    return ForwardProcess(make_betas(schedule, timesteps))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), schedule=st.sampled_from(sorted(SCHEDULES)), spacing=st.sampled_from(sorted(SPACINGS)))
def test_exactly_the_asked_steps_down_to_the_clean_picture(data: st.DataObject, schedule: str, spacing: str) -> None:
    fewest = LINEAR_TOO_FEW_TIMESTEPS + 1 if schedule == "linear" else 1
    timesteps = data.draw(st.integers(fewest, 60) | st.sampled_from([1000, 4000]), label="timesteps")
    start_t = data.draw(st.integers(0, timesteps - 1), label="start_t")
    steps = data.draw(st.integers(1, start_t + 1), label="steps")
    pairs = time_pairs(process_of(schedule, timesteps), steps, spacing=spacing, start_t=start_t)
    times = [t for t, _ in pairs]
    assert len(times) == steps
    assert times[0] == start_t
    assert all(isinstance(t, int) and t >= 0 for t in times)
    assert all(later < earlier for earlier, later in pairwise(times))
    assert [t_next for _, t_next in pairs] == [*times[1:], -1]


@pytest.mark.parametrize("spacing", sorted(SPACINGS))
def test_all_steps_are_all_timesteps_in_every_spacing(spacing: str) -> None:
    process = process_of("cosine", 300)
    everything = [(t, t - 1) for t in range(299, -1, -1)]
    assert time_pairs(process, 300, spacing=spacing) == everything
    assert time_pairs(process, spacing=spacing) == everything
    assert time_pairs(process, spacing=spacing, start_t=4) == everything[-5:]


def test_uniform_is_distinct_even_where_float32_is_not() -> None:
    process = process_of("sigmoid", 100_000)
    times = [t for t, _ in time_pairs(process, 99_999)]
    assert len(set(times)) == 99_999


def test_quadratic_is_a_parabola() -> None:
    times = [t for t, _ in time_pairs(process_of("linear", 1000), 10, spacing="quadratic")]
    assert times == [math.floor(999 * (k / 9) ** 2) for k in range(9, -1, -1)]


@pytest.mark.parametrize("dimensions", [1, 64 * 64 * 3])
@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_log_snr_is_even_in_log_snr_between_the_ends_that_can_be_seen(schedule: str, dimensions: int) -> None:
    process = process_of(schedule, 4000)
    sigma = process.sqrt_one_minus_alphas_cumprod.double() / process.sqrt_alphas_cumprod.double()
    times = [t for t, _ in time_pairs(process, 10, spacing="log_snr", dimensions=dimensions)]
    log_sigma = sigma[times].clamp(SIGMA_MIN, sigma_max(dimensions)).log()
    assert float(log_sigma[-1]) == pytest.approx(max(math.log(SIGMA_MIN), float(sigma[0].log())), rel=0.02)
    steps = -torch.diff(log_sigma)
    torch.testing.assert_close(steps, steps.mean().expand_as(steps), rtol=0.15, atol=0)


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_flow_is_even_in_the_share_of_noise(schedule: str) -> None:
    process = process_of(schedule, 4000)
    signal, spread = process.sqrt_alphas_cumprod.double(), process.sqrt_one_minus_alphas_cumprod.double()
    times = [t for t, _ in time_pairs(process, 10, spacing="flow")]
    share = (spread / (signal + spread))[times]
    assert share.tolist() == pytest.approx([float(share[0]) * k / 10 for k in range(10, 0, -1)], abs=2e-3)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"spacing": "wild"}, "uniform, quadratic, log_snr, flow"),
        ({"steps": 0}, "1 to 40"),
        ({"steps": 41}, "1 to 40"),
        ({"steps": 6, "start_t": 4}, "1 to 5"),
        ({"steps": True}, "1 to 40"),
        ({"steps": 2.0}, "1 to 40"),
        ({"start_t": 40}, "0 to 39"),
        ({"start_t": -1}, "0 to 39"),
        ({"start_t": 1.5}, "0 to 39"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(asked: dict[str, object], says: str) -> None:
    with pytest.raises(SamplingError, match=says):
        time_pairs(process_of("cosine", 40), **asked)


def test_times_when_given_are_the_steps_whatever_the_spacing() -> None:
    process = process_of("cosine", 40)
    assert time_pairs(process, times=[39, 20, 3]) == time_pairs(process, 3, times=(39, 20, 3), spacing="flow")
    assert time_pairs(process, times=[39, 20, 3]) == [(39, 20), (20, 3), (3, -1)]
    assert time_pairs(process, times=[12, 0], start_t=12) == [(12, 0), (0, -1)]


@pytest.mark.parametrize(
    "times", [[], [38, 2], [39, 39, 2], [39, 2, 20], [39, -1], [39, 2.5], [39, True], "39", 39, [39, None]], ids=str
)
def test_times_when_they_do_not_fall_from_the_first_are_refused(times: object) -> None:
    with pytest.raises(SamplingError, match="fall from 39"):
        time_pairs(process_of("cosine", 40), times=times)
    with pytest.raises(SamplingError, match="2, as many as"):
        time_pairs(process_of("cosine", 40), 3, times=[39, 2])


def test_rows_name_their_papers() -> None:
    assert all(row.title and row.help and "arXiv" in row.source for row in SPACINGS.values())
