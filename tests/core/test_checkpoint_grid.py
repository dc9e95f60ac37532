"""One x_T through several models: each row is what that model makes alone, and nothing of one spoils another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.checkpoint_grid import (
    CELL_PX,
    LIMIT_BYTES,
    MOST_COLUMNS,
    CheckpointGrid,
    RowFailed,
    RowStarted,
    RowStep,
    evenly,
    for_picture,
    sample_rows,
)
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import SamplingError
from core.frames import Frame, SamplingEvent, SamplingStarted
from core.networks.build import build_diffusion
from core.runs.grids import read_settings
from core.sampling import sample_frames
from core.settings import RunConfig, SampleConfig

TINY = {"dim": 8, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": 8, "timesteps": 30}
REQUEST = SampleConfig(sampler="ddpm", sample_steps=5, seed=3, count=4)


def model(seed: int, **changes: object) -> GaussianDiffusion:
    torch.manual_seed(seed)
    return build_diffusion(RunConfig().with_settings({**TINY, "channels": 3, **changes})).eval()


def refused() -> Iterator[SamplingEvent]:
    raise SamplingError("sampling.training-gone")
    yield  # what makes it a generator


def filled(request: SampleConfig, *models: GaussianDiffusion | None) -> CheckpointGrid:
    """A row for each; None: one that fails."""
    grid = CheckpointGrid([100 * (k + 1) for k in range(len(models))], request.first)
    for event in sample_rows(refused if one is None else partial(sample_frames, one, request) for one in models):
        grid.add(event)
    return grid


def test_rows_when_sampled_have_each_models_own_denoising_of_one_noise() -> None:
    models, one = [model(seed) for seed in (0, 1)], for_picture(REQUEST, 2)
    grid = filled(one, *models)
    assert grid.complete and grid.columns == (0, 1, 2, 3, 4)
    for row, alone in enumerate(models):
        frames = [event for event in sample_frames(alone, one) if isinstance(event, Frame)]
        for column, frame in enumerate(frames):
            assert np.array_equal(grid.picture("x_t", row, column), frame.x_t[0])
            assert np.array_equal(grid.picture("x_0", row, column), frame.x_0[0])
        assert grid.t.tolist() == [frame.t for frame in frames]
    # The same x_T, which is that of the picture in its batch.
    first = next(event for event in sample_frames(models[0], REQUEST) if isinstance(event, Frame))
    for row in (0, 1):
        assert np.array_equal(grid.picture("x_t", row, 0), first.x_t[2])
    assert not np.array_equal(grid.picture("x_0", 0, 4), grid.picture("x_0", 1, 4))


def test_for_picture_when_classes_are_taken_in_turn_keeps_the_pictures_own() -> None:
    request = replace(REQUEST, classes=(4, 5, 6))
    assert [for_picture(request, k).classes for k in range(4)] == [(4,), (5,), (6,), (4,)]
    assert for_picture(REQUEST, 1).classes == ()


def test_rows_when_one_fails_say_why_and_the_others_come() -> None:
    grid = filled(for_picture(REQUEST, 0), model(0), None, model(1))
    assert list(grid.failed) == [1] and grid.failed[1].code == "sampling.training-gone"
    assert grid.arrived == [5, 0, 5] and grid.complete
    assert not grid.has(1, 0) and grid.has(2, 4)
    alone = filled(for_picture(REQUEST, 0), model(1))
    assert np.array_equal(grid.picture("x_0", 2, 4), alone.picture("x_0", 0, 4))


def test_rows_when_the_first_fails_take_their_columns_from_the_next() -> None:
    grid = filled(for_picture(REQUEST, 0), None, model(0))
    assert grid.columns == (0, 1, 2, 3, 4) and grid.arrived == [0, 5]


def test_rows_when_a_checkpoint_makes_other_pictures_refuse_it_in_words() -> None:
    grid = filled(for_picture(REQUEST, 0), model(0), model(0, image_size=16), model(0, channels=1))
    assert sorted(grid.failed) == [1, 2]
    assert "16 × 16 × 3" in str(grid.failed[1]) and "8 × 8 × 1" in str(grid.failed[2])


@pytest.mark.parametrize(("side", "steps"), [(32, 1000), (256, 1000), (512, 250)])
def test_grid_when_the_pictures_are_large_keeps_fewer_steps_and_stays_within_its_limit(side: int, steps: int) -> None:
    grid = CheckpointGrid(range(8))
    started = SamplingStarted(steps, 1, side, side, 3, np.linspace(1, 0, steps))
    for row in range(8):
        grid.add(RowStarted(row, started))
    assert 2 <= len(grid.columns) <= MOST_COLUMNS
    assert (grid.columns[0], grid.columns[-1]) == (0, steps - 1)
    assert grid.size_bytes <= LIMIT_BYTES


@given(st.integers(0, 200), st.integers(1, 60))
def test_evenly_when_there_are_more_keeps_both_ends_and_even_gaps(count: int, most: int) -> None:
    chosen = evenly(range(count), most)
    assert len(chosen) == min(count, most) == len(set(chosen))
    assert list(chosen) == sorted(chosen)
    if count:
        assert chosen[-1] == count - 1 and (most == 1 or chosen[0] == 0)
    gaps = np.diff(chosen)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sheet_when_saved_has_every_picture_enlarged_and_what_made_it(tmp_path: Path, channels: int) -> None:
    grid = filled(for_picture(REQUEST, 1), model(0, channels=channels), None)
    sheet = grid.sheet("x_0")
    factor = CELL_PX // 8
    pixels = grid.picture("x_0", 0, 4).astype(float)
    if channels == 4:
        alpha = pixels[..., 3:] / 255
        pixels = pixels[..., :3] * alpha + 255 * (1 - alpha)
    enlarged = np.broadcast_to(pixels, (8, 8, 3)).repeat(factor, 0).repeat(factor, 1)
    windows = np.lib.stride_tricks.sliding_window_view(sheet[: CELL_PX + 40], (CELL_PX, CELL_PX), (0, 1))
    apart = np.abs(windows[..., ::factor, ::factor].astype(float) - np.moveaxis(enlarged, 2, 0)[:, ::factor, ::factor])
    # In one place, whose first pixel of each enlarged one is `factor`² places.
    places = np.argwhere(apart.max(axis=(2, 3, 4)) <= 1)
    (top, left), (low, right) = places.min(0), places.max(0)
    assert len(places) == factor**2 and (low - top, right - left) == (factor - 1, factor - 1)
    assert np.abs(sheet[top : top + CELL_PX, left : left + CELL_PX] - enlarged).max() <= 1
    grid.save(tmp_path / "grid.png", "x_0")
    said = read_settings(tmp_path / "grid.png")
    assert said["checkpoints"] == [100, 200] and said["columns_t"] == grid.t.tolist()
    assert said["picture"] == 1 and said["sampler"] == "ddpm" and said["seed"] == 3
    assert "200" in str(said["failed"])


def test_events_when_told_say_which_row_and_step_in_order() -> None:
    events = list(sample_rows([partial(sample_frames, model(0), for_picture(REQUEST, 0)), refused]))
    assert isinstance(events[0], RowStarted) and isinstance(events[-1], RowFailed)
    assert [(e.row, e.frame.index) for e in events if isinstance(e, RowStep)] == [(0, k) for k in range(5)]
