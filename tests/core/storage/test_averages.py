"""EMAs of any length: the profiles' mathematics, which snapshots are kept, and what is made of them."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial.legendre import leggauss

from core.cli.main import main
from core.errors import CheckpointError, ConfigError
from core.inputs import ema_of_length, length_of
from core.networks.build import build_diffusion
from core.runs import averages
from core.runs.averages import (
    TRACKED,
    Profile,
    averaged,
    decay_at,
    fit,
    forget_after,
    gamma_of,
    inner_products,
    lengths_at,
    most_snapshots,
    save_snapshot,
    snapshot_path,
    snapshots_in,
    spacing,
)
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.grids import read_settings
from core.runs.opening import load_model
from core.runs.run import Run
from core.settings import RunConfig

LENGTHS = st.floats(0.01, 0.25)
STEPS = st.integers(1, 10**6)


@given(LENGTHS)
def test_gamma_when_its_length_is_computed_gives_the_length_back(length: float) -> None:
    gamma = gamma_of(length)
    assert math.sqrt((gamma + 1) / (gamma + 3)) / (gamma + 2) == pytest.approx(length, rel=1e-9)


def test_gamma_of_the_lengths_in_the_paper_is_the_papers() -> None:
    assert [round(gamma_of(length), 2) for length in TRACKED] == [16.97, 6.94]


@given(STEPS, LENGTHS, STEPS, LENGTHS)
def test_inner_product_when_integrated_numerically_is_the_same(a: int, of_a: float, b: int, of_b: float) -> None:
    """∫ over [0, min(a, b)] by Gauss-Legendre in s, τ = min·e^-s: the integrand falls like e^-(γ_a+γ_b+1)s."""
    gammas, ends, until = (gamma_of(of_a), gamma_of(of_b)), (a, b), min(a, b)
    falls = sum(gammas) + 1
    places, weights = leggauss(300)
    s = (places + 1) / 2 * 60 / falls
    logs = sum(
        math.log(gamma + 1) + gamma * (math.log(until) - s) - (gamma + 1) * math.log(t)
        for gamma, t in zip(gammas, ends, strict=True)
    )
    integrated = float((np.exp(logs + math.log(until) - s) * weights).sum() * 30 / falls)
    closed = inner_products([Profile(a, of_a)], [Profile(b, of_b)])[0, 0]
    assert closed == pytest.approx(integrated, rel=1e-9, abs=1e-290)


@given(st.integers(1, 300), LENGTHS)
def test_decay_when_unrolled_weighs_each_step_by_its_part_of_the_profile(steps: int, length: float) -> None:
    gamma, parts = gamma_of(length), np.zeros(steps)
    for step in range(1, steps + 1):
        decay = decay_at(step, gamma)
        parts *= decay
        parts[step - 1] += 1 - decay
    ends = (np.arange(steps + 1) / steps) ** (gamma + 1)
    np.testing.assert_allclose(parts, np.diff(ends), rtol=1e-6, atol=1e-12)


@given(st.integers(1, 2000), LENGTHS)
def test_fit_when_the_wished_profile_is_stored_takes_it_alone(step: int, length: float) -> None:
    stored = [Profile(step, length), *(Profile(max(1, step // 2), tracked) for tracked in TRACKED if tracked != length)]
    stored = list(dict.fromkeys(stored))
    coefficients, apart = fit(stored, [Profile(step, length)])
    np.testing.assert_allclose(coefficients[:, 0], [1, *[0] * (len(stored) - 1)], atol=1e-6)
    assert apart[0] < 1e-5


@given(st.integers(0, 10**7), st.integers(1, 256))
def test_spacing_when_a_run_grows_keeps_between_half_and_all_that_may_be_kept(step: int, most: int) -> None:
    every = spacing(step, most)
    assert step // every <= most
    assert every == averages.FIRST_SPACING or 2 * (step // every) >= most - 1
    assert every % spacing(step // 2, most) == 0  # what is kept later was kept before


def test_snapshots_when_a_network_is_large_are_fewer() -> None:
    assert most_snapshots(64, 188_148) == 64
    assert most_snapshots(64, 35_700_000) == 14
    assert most_snapshots(64, 10**9) == 1


@pytest.mark.parametrize(("name", "length"), [("ema", None), ("raw", None), ("ema-0.08", 0.08), ("ema-.1", 0.1)])
def test_weights_when_named_say_their_length(name: str, length: float | None) -> None:
    assert length_of(name) == length


@pytest.mark.parametrize("name", ["ema-", "ema-0.5", "ema-1", "ema-nan", "EMA", "ema-0.08 ", "ema-1e-2", ""])
def test_weights_when_named_otherwise_are_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        length_of(name)


@given(st.floats(0.01, 0.25))
def test_length_when_named_comes_back(length: float) -> None:
    assert length_of(ema_of_length(length)) == pytest.approx(length, abs=1e-6)


# --- A run whose weights go where they like, with every average tracked in float64 -----------------------

MOST = 64
TINY = {"dim": 4, "dim_mults": (1,), "attn_heads": 1, "attn_dim_head": 4, "image_size": 8, "channels": 1}
CONFIG = RunConfig().with_settings({**TINY, "horizontal_flip": False, "timesteps": 50, "ema_snapshots": MOST})
TOTAL = 600
ASKED = (0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25)
AT = (304, 448, TOTAL)


class Walked:
    """A run folder with snapshots and a checkpoint at the end, and the averages of ASKED at the steps of AT."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run = Run.create(folder, CONFIG, source_folder=folder.parent, device="cpu", planned_total=TOTAL)
        torch.manual_seed(0)
        model = build_diffusion(CONFIG)
        draw = torch.Generator().manual_seed(0)
        weights = torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).double()
        self.direct: dict[tuple[int, float], dict[str, torch.Tensor]] = {}
        tracked = {length: weights.clone() for length in {*ASKED, *TRACKED}}
        for step in range(1, TOTAL + 1):
            # Falls towards zero and trembles on the way, as weights do under a decaying learning rate.
            noise = torch.randn(weights.shape, generator=draw, dtype=torch.float64)
            weights = 0.998 * weights + 0.01 * (1 - step / (TOTAL + 1)) * noise
            for length, mean in tracked.items():
                mean.lerp_(weights, 1 - decay_at(step, gamma_of(length)))
            if step % spacing(step, MOST) == 0 or step in AT:
                named = {length: self._named(model, tracked[length]) for length in tracked}
                stored = {f"{k:g}.{name}": tensor.float() for k in TRACKED for name, tensor in named[k].items()}
            if step % spacing(step, MOST) == 0:
                save_snapshot(run.averages_folder, step, stored, most=MOST)
            if step in AT:
                self.direct |= {(step, length): named[length] for length in ASKED}
        state = model.state_dict()
        self.checkpoint = save_checkpoint(
            run.checkpoints_folder, Checkpoint(step=TOTAL, config=CONFIG, model=state, ema=state, averages=stored)
        )

    @staticmethod
    def _named(model: torch.nn.Module, flat: torch.Tensor) -> dict[str, torch.Tensor]:
        named = dict(model.named_parameters())
        parts = flat.split([parameter.numel() for parameter in named.values()])
        return {name: part.view(named[name].shape).clone() for name, part in zip(named, parts, strict=True)}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return Walked(tmp_path_factory.mktemp("walked") / "run")


@pytest.fixture
def own(walked: Walked, tmp_path: Path) -> Iterator[Path]:
    """A copy of its folder, to spoil; the checkpoint in it."""
    shutil.copytree(walked.folder, tmp_path / "run")
    return tmp_path / "run" / "checkpoints" / walked.checkpoint.name


def apart(some: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    """‖a − b‖/‖b‖ over all weights."""
    assert some.keys() == other.keys()
    difference = sum(float((some[name].double() - other[name]).square().sum()) for name in other)
    return math.sqrt(difference / sum(float(tensor.square().sum()) for tensor in other.values()))


def test_snapshots_of_a_run_are_even_and_as_many_as_may_be_kept(walked: Walked) -> None:
    assert snapshots_in(walked.folder / "averages") == list(range(16, TOTAL + 1, 16))


@pytest.mark.parametrize("step", AT)
@pytest.mark.parametrize("length", ASKED[1:-1])
def test_average_when_made_of_snapshots_is_within_a_hundredth_of_one_that_was_tracked(
    walked: Walked, step: int, length: float
) -> None:
    made = averaged(walked.checkpoint, length, None if step == TOTAL else step)
    assert apart(made, walked.direct[step, length]) < 0.01


@pytest.mark.parametrize("length", [ASKED[0], ASKED[-1]])
def test_average_when_there_are_many_snapshots_may_be_very_short_or_long(walked: Walked, length: float) -> None:
    assert apart(averaged(walked.checkpoint, length), walked.direct[TOTAL, length]) < 0.01
    with pytest.raises(CheckpointError):  # at half the steps there were half as many
        averaged(walked.checkpoint, length, AT[0])


def test_lengths_when_snapshots_are_kept_are_more_than_without(own: Path) -> None:
    found = lengths_at(own)
    assert found is not None and found.snapshots == TOTAL // 16
    assert found.shortest <= 0.02 and found.longest == 0.25
    shutil.rmtree(own.parent.parent / "averages")
    alone = lengths_at(own)
    assert alone is not None and alone.snapshots == 0
    assert found.shortest < alone.shortest < 0.05 < alone.longest < found.longest


def test_length_when_out_of_reach_is_refused_with_what_can_be_had(own: Path) -> None:
    shutil.rmtree(own.parent.parent / "averages")
    with pytest.raises(CheckpointError) as caught:
        averaged(own, 0.25)
    assert caught.value.code == "averages.out-of-reach"
    found = lengths_at(own)
    assert f"{found.shortest:g} to {found.longest:g}" in str(caught.value)


def test_average_when_a_snapshot_is_spoilt_does_without_it(own: Path, walked: Walked) -> None:
    draw = np.random.default_rng(0)
    folder = own.parent.parent / "averages"
    for step in snapshots_in(folder)[3:30:9]:
        path = snapshot_path(folder, step)
        spoilt = bytearray(path.read_bytes())
        spoilt[draw.integers(len(spoilt) // 2, len(spoilt))] ^= 1 << draw.integers(8)
        path.write_bytes(spoilt)
    snapshot_path(folder, snapshots_in(folder)[7]).write_bytes(b"")
    assert apart(averaged(own, 0.07), walked.direct[TOTAL, 0.07]) < 0.01


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 7))
def test_snapshot_when_any_bit_is_flipped_is_noticed_or_reads_the_same(walked: Walked, place: int, bit: int) -> None:
    path = snapshot_path(walked.folder / "averages", 64)
    whole = path.read_bytes()
    before = averages.read_snapshot(path, 64)
    spoilt = bytearray(whole)
    spoilt[place % len(whole)] ^= 1 << bit
    other = walked.folder.parent / "spoilt.safetensors"
    other.write_bytes(spoilt)
    try:
        after = averages.read_snapshot(other, 64)
    except CheckpointError:
        return
    assert after.keys() == before.keys() and all(torch.equal(after[name], before[name]) for name in before)


def test_snapshot_when_it_is_called_like_another_step_is_refused(walked: Walked) -> None:
    with pytest.raises(CheckpointError):
        averages.read_snapshot(snapshot_path(walked.folder / "averages", 64), 96)


def test_run_when_it_goes_back_forgets_later_snapshots(own: Path) -> None:
    folder = own.parent.parent / "averages"
    forget_after(folder, 100)
    assert snapshots_in(folder) == [16, 32, 48, 64, 80, 96]


def test_step_when_it_has_no_snapshot_is_refused(walked: Walked) -> None:
    with pytest.raises(CheckpointError) as caught:
        averaged(walked.checkpoint, 0.07, step=100)
    assert caught.value.code == "averages.no-step"


def test_model_when_opened_with_a_length_has_that_average(walked: Walked) -> None:
    loaded = load_model(walked.folder, "ema-0.07", {})
    weights = {name: parameter.detach() for name, parameter in loaded.diffusion.named_parameters()}
    assert apart(weights, walked.direct[TOTAL, 0.07]) < 0.01
    assert loaded.step == TOTAL


def test_model_when_its_run_tracked_nothing_cannot_be_opened_with_a_length(tmp_path: Path) -> None:
    config = CONFIG.with_settings({"ema_snapshots": 0})
    state = build_diffusion(config).state_dict()
    path = save_checkpoint(tmp_path / "checkpoints", Checkpoint(step=3, config=config, model=state, ema=state))
    assert lengths_at(path) is None
    with pytest.raises(CheckpointError) as caught:
        load_model(path, "ema-0.07", {})
    assert caught.value.code == "averages.none"


# --- on the command line -----------------------------------------------------------------------------------


def test_sample_when_given_a_length_draws_with_that_average_and_says_so(walked: Walked, tmp_path: Path) -> None:
    common = ["sample", str(walked.folder), "--n", "1", "--steps", "2", "--device", "cpu"]
    assert main([*common, "--out", str(tmp_path / "long"), "--ema-length", "0.2"]) == 0
    assert main([*common, "--out", str(tmp_path / "usual")]) == 0
    picture, usual = (tmp_path / name / "00000.png" for name in ("long", "usual"))
    assert read_settings(picture)["weights"] == "ema-0.2" and read_settings(usual)["weights"] == "ema"
    assert picture.read_bytes() != usual.read_bytes()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--ema-length", "0.3"], "a number from 0.01 to 0.25"),
        (["--ema-length", "0.1", "--weights", "raw"], "the length says which weights they are"),
        (["--ema-length", "0.01"], "Choose a length from"),
    ],
)
def test_sample_when_the_length_cannot_be_had_says_why_and_writes_nothing(
    walked: Walked, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["sample", str(walked.folder), "--out", str(tmp_path / "out"), *options]) != 0
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_inspect_says_which_lengths_there_are(walked: Walked, capsys: pytest.CaptureFixture[str]) -> None:
    found = lengths_at(walked.checkpoint)
    assert found is not None
    for path in (walked.folder, walked.checkpoint):
        assert main(["inspect", str(path)]) == 0
        assert f"ema_lengths: {found.shortest:g} to {found.longest:g}" in capsys.readouterr().out
        assert main(["inspect", str(path), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["ema_lengths"] == [found.shortest, found.longest]
