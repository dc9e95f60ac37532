"""A new run on a CPU computes in the precision whose steps are faster, and says which for good."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core import precision
from core.cli.main import main
from core.diffusion.gaussian_diffusion import GaussianDiffusion
from core.errors import Phrase
from core.networks.build import build_diffusion
from core.pictures.feed.cache_folder import usual_folder
from core.pictures.folder.scan import Scan
from core.precision import PRECISION_FILE
from core.runs.checkpoint import Checkpoint, save_checkpoint
from core.runs.grids import read_settings
from core.runs.opening import load_checkpoint
from core.runs.run import Run
from core.settings import RunConfig
from core.training import measuring
from core.training.events import PrecisionChosen, SettingsNoted
from core.training.measuring import faster_precision

from .conftest import train

CPU = torch.device("cpu")


@pytest.fixture
def resolved(tiny: RunConfig, monkeypatch: pytest.MonkeyPatch) -> RunConfig:
    """Settings whose steps are measured, small as they are."""
    monkeypatch.setattr(precision, "WORTH_MEASURING", 1)
    return replace(tiny, data=replace(tiny.data, channels=3, horizontal_flip=False))


def steps_take(monkeypatch: pytest.MonkeyPatch, *, float32_s: float, bf16_s: float) -> list[object]:
    """Steps that take so long in each precision; the precisions in the order in which they were taken."""
    taken: list[object] = []

    def step(state, *_: object) -> tuple[float, float]:
        taken.append(state.dtype)
        return 0.0, bf16_s if state.dtype == torch.bfloat16 else float32_s

    monkeypatch.setattr(measuring, "_step", step)
    return taken


@pytest.mark.parametrize(("bf16_s", "amp"), [(0.01, "bf16"), (0.0197, "off"), (0.03, "off")])
def test_precision_when_bf16_gains_more_than_noise_is_bf16(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch, bf16_s: float, amp: str
) -> None:
    taken = steps_take(monkeypatch, float32_s=0.02, bf16_s=bf16_s)
    assert faster_precision(resolved, CPU) == PrecisionChosen(amp, 0.02, bf16_s)
    assert taken == [None, torch.bfloat16] * (len(taken) // 2)


def test_precision_when_the_network_works_on_patches_counts_their_points(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_take(monkeypatch, float32_s=0.02, bf16_s=0.01)
    plain = resolved.with_settings({"patch_size": 1})
    state = measuring.new_state(plain, CPU)
    weights = sum(parameter.numel() for parameter in state.diffusion.parameters())
    monkeypatch.setattr(precision, "WORTH_MEASURING", weights * 8 * 8 * resolved.train.batch_size)
    assert faster_precision(plain, CPU) is not None
    assert faster_precision(plain.with_settings({"patch_size": 2}), CPU) is None


def test_a_run_says_which_precision_nobody_chose(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        steps_take(patch, float32_s=0.02, bf16_s=0.01)
        faster_precision(resolved, CPU)  # kept, so that the run takes true steps
    for amp, measured in (("auto", ("amp",)), ("bf16", ())):
        train(pictures, tiny.with_settings({"amp": amp, "steps": 1}), tmp_path / amp)
        run = Run.open(tmp_path / amp)
        assert run.config.train.amp == "bf16" and run.measured == measured


def test_precision_when_measured_before_is_read_and_not_measured_again(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = steps_take(monkeypatch, float32_s=0.02, bf16_s=0.01)
    first, count = faster_precision(resolved, CPU, threads=1), len(taken)
    assert faster_precision(resolved, CPU, threads=1) == first and len(taken) == count
    faster_precision(resolved.with_settings({"batch_size": 5}), CPU, threads=1)
    assert len(taken) > count


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"x": {"amp": "off"}}', '{"x": 1}', "\0"])
def test_precision_when_the_file_is_damaged_is_measured_and_written_anew(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch, spoilt: str
) -> None:
    steps_take(monkeypatch, float32_s=0.02, bf16_s=0.01)
    path = usual_folder() / PRECISION_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(spoilt)
    assert faster_precision(resolved, CPU).amp == "bf16"
    assert [times["amp"] for times in json.loads(path.read_text()).values()] == ["bf16"]


def test_precision_when_there_is_nothing_to_gain_or_it_is_stopped_is_not_measured(
    tiny: RunConfig, resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    stop.set()
    assert faster_precision(resolved, CPU, stop=stop) is None
    assert faster_precision(resolved, torch.device("cuda")) is None
    monkeypatch.setattr(precision, "WORTH_MEASURING", 10**9)
    taken = steps_take(monkeypatch, float32_s=0.02, bf16_s=0.01)
    assert faster_precision(resolved, CPU) is None and not taken
    assert not (usual_folder() / PRECISION_FILE).exists()
    # Of a network of patches it is their points that count.
    patched = build_diffusion(resolved.with_settings({"patch_size": 2}))
    weights = sum(parameter.numel() for parameter in patched.parameters())
    monkeypatch.setattr(precision, "WORTH_MEASURING", weights * 4 * 4 * 2 + 1)
    assert precision.faster_sampling(patched, 2, threads=1) is None


def test_run_when_made_with_auto_says_its_precision_and_keeps_it_when_it_goes_on(
    pictures: Scan, tiny: RunConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = PrecisionChosen("bf16", 0.02, 0.01)
    monkeypatch.setattr(measuring, "faster_precision", lambda *_, **__: chosen)
    config = tiny.with_settings({"amp": "auto"})
    events = train(pictures, config, tmp_path / "run", until=lambda event: getattr(event, "step", 0) == 4)
    run = Run.open(tmp_path / "run")
    assert chosen in events and run.config.train.amp == "bf16" and "2.00 times" in run.log_path.read_text()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a run that goes on has its precision")

    monkeypatch.setattr(measuring, "faster_precision", never)
    train(pictures, tiny, tmp_path / "run", resume=True)
    assert Run.open(tmp_path / "run").config.train.amp == "bf16"


def test_run_when_nothing_was_measured_is_float32_for_good(pictures: Scan, tiny: RunConfig, tmp_path: Path) -> None:
    events = train(pictures, tiny.with_settings({"amp": "auto"}), tmp_path / "run")
    run, note = Run.open(tmp_path / "run"), Phrase("note.precision-not-measured")
    assert run.config.train.amp == "off"
    assert SettingsNoted(note, warns=False) in events and str(note) in run.log_path.read_text(), "and says so"


# --- sampling ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bf16_s", "amp"), [(0.01, "bf16"), (0.03, "off")])
def test_sampling_when_its_precision_is_auto_takes_the_faster_and_measures_it_once(
    resolved: RunConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    bf16_s: float,
    amp: str,
) -> None:
    torch.manual_seed(0)
    weights = build_diffusion(resolved).state_dict()
    path = save_checkpoint(tmp_path, Checkpoint(step=1, config=resolved, model=weights, ema=weights))
    now, called = 0.0, []

    def timed(model: GaussianDiffusion, x_t: torch.Tensor, *_: object) -> None:
        nonlocal now
        half = any(tensor.dtype == torch.bfloat16 for tensor in model.parameters())
        called.append((half, len(x_t)))
        now += bf16_s if half else 0.02

    def sample(out: str) -> dict[str, object]:
        words = ["sample", str(path), "--n", "2", "--steps", "2", "--precision", "auto", "--device", "cpu"]
        assert main([*words, "--threads", "1", "--out", str(tmp_path / out)]) == 0
        return read_settings(tmp_path / out / "00000.png")

    with monkeypatch.context() as patch:
        patch.setattr(GaussianDiffusion, "model_predictions", timed)
        patch.setattr(precision.time, "perf_counter", lambda: now)
        found = precision.faster_sampling(load_checkpoint(path), 2, threads=1)
    assert found == PrecisionChosen(amp, pytest.approx(0.02), pytest.approx(bf16_s))
    assert [half for half, _ in called] == [False, True] * (len(called) // 2)
    # What was measured is kept: now the network answers as ever, and nothing is measured.
    assert sample("first")["precision"] == sample("second")["precision"] == amp
    assert "a call of the network took 20 ms in float32" in capsys.readouterr().err


def test_sampling_when_there_is_nothing_to_gain_is_not_measured(
    resolved: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "WORTH_MEASURING", 10**9)
    assert precision.faster_sampling(build_diffusion(resolved), 2, threads=1) is None
    assert not (usual_folder() / PRECISION_FILE).exists()
