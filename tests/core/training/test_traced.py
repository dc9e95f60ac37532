"""What is traced of a step is what that step used, and what each trick promises is true of it."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from core.device import prepare_for_device
from core.diffusion.gaussian_diffusion import GaussianDiffusion, TrainingPass
from core.diffusion.process import objective_named, signal_to_noise_ratio
from core.diffusion.weightings import loss_weights
from core.networks.build import build_diffusion
from core.pictures.feed.pictures import PictureSet, load_pictures
from core.pictures.folder.scan import Scan
from core.presets import resolve
from core.randomness import spread_of_means, with_offset
from core.runs.checkpoint import read_checkpoint
from core.runs.run import Run
from core.settings import RunConfig, TrainConfig
from core.training import events
from core.training.state import EMA, mean_lag
from core.training.traced import (
    NoNetwork,
    StepTensors,
    fed_back_errors,
    first_batch_after,
    guess_at,
    noise_differences,
    offset_draws,
    pairing_of,
    trace_batches,
    without_network,
)

from .conftest import of, train

TRICKS: dict[str, dict[str, object]] = {
    "plain": {},
    "all": {"immiscible": True, "offset_noise_strength": 0.2, "self_condition": True, "gradient_accumulate_every": 2},
    "candidates": {"immiscible": True, "immiscible_candidates": 3, "objective": "pred_noise", "dropout": 0.2},
}


def loaded(scan: Scan, config: RunConfig) -> PictureSet:
    return next(item for item in load_pictures(scan, config.data) if isinstance(item, PictureSet))


def traced(scan: Scan, config: RunConfig, batch: int = 0, diffusion: GaussianDiffusion | None = None) -> StepTensors:
    config = resolve(config, scan.facts())
    with closing(loaded(scan, config)) as pictures:
        return next(trace_batches(config, pictures, diffusion or without_network(config), [batch]))


@pytest.mark.parametrize("tricks", TRICKS)
def test_a_batch_when_traced_is_what_the_sessions_step_used(
    tmp_path: Path, pictures: Scan, tiny: RunConfig, tricks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[tuple[tuple[Any, ...], dict[str, Any], TrainingPass]] = []
    training_pass = GaussianDiffusion.training_pass

    def spied(self: GaussianDiffusion, *given: Any, **more: Any) -> TrainingPass:
        passed = training_pass(self, *given, **more)
        passes.append((given, more, passed))
        return passed

    config = tiny.with_settings({**TRICKS[tricks], "steps": 4, "checkpoint_every": 4, "amp": "off"})
    train(pictures, config, tmp_path / "run")
    # The fifth step begins with the weights that were saved after the fourth.
    kept = read_checkpoint(Run.open(tmp_path / "run").newest_checkpoint()[0])
    diffusion = build_diffusion(kept.config)
    diffusion.load_state_dict(kept.model)
    prepare_for_device(diffusion, "cpu")  # another memory format is another order of sums
    with monkeypatch.context() as patch:
        patch.setattr(GaussianDiffusion, "training_pass", spied)
        seen = train(pictures, config, tmp_path / "run", resume=True, total=5)
    (step,) = of(events.StepDone, seen)
    assert step.step == 5
    run, losses = Run.open(tmp_path / "run"), []
    first = first_batch_after(run.config, 4)
    numbers = range(first, first + config.train.gradient_accumulate_every)
    with closing(loaded(pictures, run.config)) as read:
        for (given, more, used), step_tensors in zip(
            passes, trace_batches(run.config, read, diffusion, numbers), strict=False
        ):
            x_start, t, noise = given
            assert torch.equal(step_tensors.x_start, x_start)
            assert torch.equal(step_tensors.t, t)
            assert torch.equal(step_tensors.assigned, noise)
            assert torch.equal(step_tensors.x_t, used.x_t)
            assert torch.equal(step_tensors.target, used.target)
            assert step_tensors.output is not None
            assert torch.equal(step_tensors.output, used.output)
            assert torch.equal(step_tensors.weight, used.loss.weight)
            assert step_tensors.coin == more["self_condition_draw"]
            assert (step_tensors.x_0_fed_back is None) == (used.x_0_fed_back is None)
            if used.x_0_fed_back is not None:
                assert torch.equal(step_tensors.x_0_fed_back, used.x_0_fed_back)
            assert noise_differences(diffusion, step_tensors).largest == 0
            losses.append(step_tensors.raw)
            weighted = step_tensors.weighted
    np.testing.assert_array_equal(torch.cat(losses).numpy(), step.losses)
    assert weighted is not None
    if config.train.gradient_accumulate_every == 1:
        assert float(weighted.mean()) == step.loss
    assert diffusion.training == build_diffusion(kept.config).training  # left as it was


def test_a_trace_without_dropout_leaves_the_global_generator_alone(pictures: Scan, tiny: RunConfig) -> None:
    config = resolve(tiny.with_settings({"dropout": 0.5}), pictures.facts())
    diffusion = build_diffusion(config).eval()
    before = torch.get_rng_state()
    with closing(loaded(pictures, config)) as read:
        first, again = (next(trace_batches(config, read, diffusion, [3], dropout=False)) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert first.output is not None and again.output is not None
    assert torch.equal(first.output, again.output)


def test_a_trace_without_a_network_draws_what_one_with_it_draws(pictures: Scan, tiny: RunConfig) -> None:
    config = tiny.with_settings(TRICKS["all"])
    alone = traced(pictures, config, 2)
    beside = traced(pictures, config, 2, build_diffusion(resolve(config, pictures.facts())))
    for name in ("x_start", "t", "noise", "with_offset", "assigned", "x_t", "target", "weight"):
        assert torch.equal(getattr(alone, name), getattr(beside, name)), name
    assert alone.coin == beside.coin
    assert alone.output is None and alone.raw is None and alone.weighted is None and alone.x_0_fed_back is None
    assert isinstance(without_network(resolve(config, pictures.facts())).model, NoNetwork)


def test_other_noise_when_asked_for_is_that_of_another_batch_over_the_same_pictures(
    pictures: Scan, tiny: RunConfig
) -> None:
    config = resolve(tiny, pictures.facts())
    process = without_network(config)
    with closing(loaded(pictures, config)) as read:
        own, other, same = (
            next(trace_batches(config, read, process, [batch], drawn_by=lambda batch, by=by: batch + by))
            for batch, by in ((1, 0), (1, 2), (3, 0))
        )
    assert torch.equal(own.x_start, other.x_start)
    assert torch.equal(other.noise, same.noise)
    assert torch.equal(other.t, same.t)
    assert not torch.equal(own.noise, other.noise)
    assert (other.batch, other.drawn) == (1, 3)


# --- what the tricks promise -----------------------------------------------------------------------------------


def test_immiscible_when_traced_puts_the_noise_of_the_target_into_x_t_and_is_the_best_assignment(
    pictures: Scan, tiny: RunConfig
) -> None:
    config = resolve(tiny.with_settings({"immiscible": True, "objective": "pred_noise"}), pictures.facts())
    process, step = without_network(config), traced(pictures, config)
    signal, spread = process.sqrt_alphas_cumprod[step.t], process.sqrt_one_minus_alphas_cumprod[step.t]
    made = signal.view(-1, 1, 1, 1) * step.x_start + spread.view(-1, 1, 1, 1) * step.target
    assert torch.equal(step.x_t, made)
    paired = pairing_of(step.x_start, step.with_offset, step.assigned)
    assert torch.equal(step.with_offset[paired.order], step.assigned)
    assert sorted(paired.order.tolist()) == list(range(4))
    apart = cdist(step.x_start.flatten(1).double(), step.noise.flatten(1).double())
    rows, columns = linear_sum_assignment(apart)
    assert float(paired.after.sum()) == pytest.approx(apart[rows, columns].sum())
    assert float(paired.before.sum()) == pytest.approx(np.trace(apart))


def test_noise_that_only_x_t_holds_is_told(pictures: Scan, tiny: RunConfig) -> None:
    """The defect of denoising-diffusion-pytorch 2.3.4, whose q_sample permutes a copy."""
    config = resolve(tiny, pictures.facts())
    process, step = without_network(config), traced(pictures, config)
    wrong = process.q_sample(step.x_start, step.t, step.assigned.roll(1, 0))
    told = noise_differences(process, StepTensors(**{**vars(step), "x_t": wrong}))
    assert told.x_t > 1
    assert told.target == 0
    assert told.largest == told.x_t


def test_candidates_when_traced_are_nearer_and_nobodys_first(pictures: Scan, tiny: RunConfig) -> None:
    step = traced(pictures, tiny.with_settings({"immiscible": True, "immiscible_candidates": 8}))
    paired = pairing_of(step.x_start, step.with_offset, step.assigned)
    assert (paired.after <= paired.before).all()
    kept = paired.order == torch.arange(4)
    assert torch.equal(kept, (step.with_offset == step.assigned).flatten(1).all(1))
    assert (paired.order[~kept] == -1).all()


def test_offsets_when_drawn_alone_are_those_that_training_adds(pictures: Scan, tiny: RunConfig) -> None:
    config = resolve(tiny.with_settings({"offset_noise_strength": 0.3}), pictures.facts())
    step = traced(pictures, config, 5)
    noise, offsets = offset_draws(config, step.x_start.shape, 5)
    assert torch.equal(noise, step.noise)
    assert torch.equal(noise + 0.3 * offsets[..., None, None], step.with_offset)


@pytest.mark.parametrize("strength", [0.0, 0.1, 0.5])
def test_the_spread_of_the_mean_of_noise_with_an_offset_is_the_closed_form(strength: float) -> None:
    draw = torch.Generator().manual_seed(0)
    noise = torch.randn(20_000, 1, 6, 6, generator=draw)
    moved = with_offset(noise, strength, lambda shape: torch.randn(shape, generator=draw))
    assert float(moved.mean((2, 3)).std()) == pytest.approx(spread_of_means(36, strength), rel=0.02)
    assert spread_of_means(36, strength) == pytest.approx(math.sqrt(1 / 36 + strength**2))


def test_min_snr_when_traced_weighs_as_its_table_and_never_more_than_without(pictures: Scan, tiny: RunConfig) -> None:
    config = resolve(tiny.with_settings({"min_snr_gamma": 2.0}), pictures.facts())
    process, step = without_network(config), traced(pictures, config)
    snr = signal_to_noise_ratio(process.betas.double())
    for name in ("pred_noise", "pred_x0", "pred_v", "pred_flow"):
        objective, weights = objective_named(name), loss_weights(name, snr, "min_snr", {"gamma": 2.0})
        torch.testing.assert_close(weights * objective.output_error(snr), snr.clamp(max=2.0))
    expected = loss_weights(config.diffusion.objective, snr, "min_snr", {"gamma": 2.0})[step.t]
    torch.testing.assert_close(step.weight, expected.float(), rtol=1e-4, atol=1e-7)


def test_a_guess_when_fed_back_is_the_training_steps_own(pictures: Scan, tiny: RunConfig) -> None:
    config = resolve(tiny.with_settings({"self_condition": True}), pictures.facts())
    torch.manual_seed(0)
    diffusion, step = build_diffusion(config).eval(), traced(pictures, config)
    guess = guess_at(diffusion, step.x_start, step.assigned, None, None, 30)
    assert guess.x_0_again is not None
    times = torch.full((4,), 30)
    first = diffusion.model_predictions(guess.x_t, times)
    torch.testing.assert_close(guess.x_0, first.pred_x_start.clamp(-1, 1))
    second = diffusion.model_predictions(guess.x_t, times, first.pred_x_start)
    torch.testing.assert_close(guess.x_0_again, second.pred_x_start.clamp(-1, 1))
    assert guess_at(diffusion, step.x_start, step.assigned, None, None, 30, again=False).x_0_again is None
    (told,) = fed_back_errors(diffusion, step.x_start, step.assigned, None, None, [30])
    assert told.t == 30
    assert told.without == pytest.approx(float((guess.x_0 - step.x_start).square().mean().sqrt()))
    assert told.with_it == pytest.approx(float((guess.x_0_again - step.x_start).square().mean().sqrt()))


@pytest.mark.parametrize(("warmup", "every"), [("updates", 1), ("updates", 3), ("power", 10)])
def test_the_lag_of_an_average_is_the_mean_age_of_what_it_holds(warmup: str, every: int) -> None:
    module = torch.nn.Linear(1, 1).double()
    with torch.no_grad():
        module.weight.zero_()
    ema = EMA(module, 0.9, update_every=every, warmup=warmup)
    for step in range(1, 251):
        with torch.no_grad():
            module.weight.fill_(step)  # an average of steps is behind the last one by its mean age
        ema.update(step)
    assert 250 - float(ema.module.weight) == pytest.approx(
        mean_lag(TrainConfig(ema_decay=0.9, ema_update_every=every, ema_warmup=warmup), 250)
    )
    assert mean_lag(TrainConfig(ema_decay=0.9), 5000) == pytest.approx(9)
